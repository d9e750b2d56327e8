import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { mostTunnels } from '#contract/most-tunnels.ts'
import { readinessKinds } from '#contract/tunnel.ts'
import { parseSearch, stringifySearch } from '#web/api/search.ts'
import { isAlarm, judged } from '#web/fleet/judge.ts'
import { tunnelOf } from '#web/fleet/tunnel-of.ts'
import { chosen, hidesFailing } from './chosen.ts'
import { isQuiet } from './quiet.ts'
import { hoursOf, isFiltered, wallSearch } from './settings.ts'

const at = (hour: number) => Date.UTC(2026, 10, 24, hour, 30)

test('an address says the whole wall', () => {
  const address =
    '?account=a1&status=down,degraded&readiness=exposed&name=lhr&tag=team:network,Site:LONDON&page=45&theme=dark&zone=Europe/Berlin&sound=on&flash=off&quiet=22-7&density=dense'
  expect(wallSearch(parseSearch(address))).toEqual({
    account: 'a1',
    status: ['degraded', 'down'],
    readiness: ['exposed'],
    name: 'lhr',
    tag: ['site:london', 'team:network'],
    page: 45,
    theme: 'dark',
    zone: 'Europe/Berlin',
    sound: 'on',
    flash: 'off',
    quiet: '22-7',
    density: 'dense',
  })
})

test('what makes no sense is left out, and the rest holds', () => {
  const wrong =
    '?status=on-fire&page=-3&theme=pink&zone=Mars/Olympus&sound=loud&quiet=25-7&density=thick&name=lhr'
  const search = wallSearch(parseSearch(wrong))
  expect(stringifySearch(search)).toBe('?name=lhr')
})

test('any address gives a wall whose own address gives the same wall', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.string()), (search) => {
      const once = wallSearch(search)
      expect(wallSearch(parseSearch(stringifySearch(once)))).toEqual(once)
    }),
  )
})

const ids = fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: mostTunnels })

test('a wall that names its tunnels shows exactly these, and nothing that is no id', () => {
  fc.assert(
    fc.property(ids, fc.array(fc.string()), (tunnel, noise) => {
      const once = wallSearch({ tunnel: [...noise, ...tunnel, ...tunnel].join(',') })
      expect(once.tunnel).toEqual(tunnel)
      expect(wallSearch(parseSearch(stringifySearch(once)))).toEqual(once)
      const all = [...tunnel, 'another'].map((id) => tunnelOf(id, { id }))
      expect(chosen(all, once).map(({ id }) => id)).toEqual(tunnel)
    }),
  )
  expect(wallSearch({ tunnel: 'none, of them' }).tunnel).toBeUndefined()
})

test('an address with all the tunnels that it may name is taken by a proxy in front', () => {
  const many = fc.sample(fc.uuid(), 2 * mostTunnels)
  const search = stringifySearch(wallSearch({ tunnel: many }))
  expect(search.length).toBeLessThan(8000)
  expect(search).toContain(many[0])
})

test('a wall hides what fails where its filters leave out any that somebody is called for', () => {
  const statuses = ['healthy', 'degraded', 'down'] as const
  for (const status of statuses)
    for (const readiness of readinessKinds) {
      const one = tunnelOf('one', { status, readiness })
      if (!judged([one], new Set()).some(isAlarm)) continue
      const others = {
        status: statuses.filter((each) => each !== status),
        readiness: readinessKinds.filter((each) => each !== readiness),
      }
      expect(chosen([one], { status: others.status })).toEqual([])
      expect(hidesFailing({ status: others.status })).toBe(true)
      // What is down is nothing else than disconnected.
      expect(status === 'down' || hidesFailing({ readiness: others.readiness })).toBe(true)
    }
  expect(hidesFailing({ readiness: ['ready', 'exposed', 'disconnected'] })).toBe(true)
  const failing = { readiness: ['no-active', 'disconnected', 'conflict'] } as const
  expect(hidesFailing({ status: [...statuses], readiness: [...failing.readiness] })).toBe(false)
  expect(hidesFailing({ name: 'lhr', tag: ['site:london'] })).toBe(false)
})

test('a wall of one site’s tunnels is one of some', () => {
  expect(isFiltered({ tag: ['site:london'] })).toBe(true)
  expect(isFiltered({ theme: 'dark', page: 45 })).toBe(false)
})

test('quiet hours may cross midnight', () => {
  const quiet = (hour: number) => isQuiet('22-7', at(hour), 'UTC')
  expect([21, 22, 23, 0, 6, 7, 12].map(quiet)).toEqual([
    false,
    true,
    true,
    true,
    true,
    false,
    false,
  ])
})

test('quiet hours are the hours of the wall’s zone', () => {
  expect(isQuiet('12-13', at(11), 'UTC')).toBe(false)
  expect(isQuiet('12-13', at(11), 'Europe/Berlin')).toBe(true)
  expect(isQuiet(undefined, at(11), 'UTC')).toBe(false)
})

test('hours that are none are no hours', () => {
  expect(['7-7', '24-3', 'x', '', '1-2-3'].map(hoursOf)).toEqual([null, null, null, null, null])
})
