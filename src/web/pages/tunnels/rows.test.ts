import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Tunnel } from '#contract/tunnel.ts'
import { forgetAges, landAges } from '#web/api/ages.ts'
import { filtered } from '#web/fleet/filter.ts'
import { severity } from '#web/fleet/severity.ts'
import { tunnelOf as tunnel } from '#web/fleet/tunnel-of.ts'
import { counts, sorted } from './rows.ts'

const names = (tunnels: readonly Tunnel[]) => tunnels.map(({ name }) => name)

describe('the order of the list', () => {
  test('begins with what needs somebody now and ends with what never ran', () => {
    const list = [
      tunnel('never ran', { status: 'inactive', readiness: 'disconnected' }),
      tunnel('fine'),
      tunnel('not ha', { readiness: 'not-ha' }),
      tunnel('unread', { readiness: 'unknown' }),
      tunnel('one failure away', { readiness: 'exposed' }),
      tunnel('degraded', { status: 'degraded' }),
      tunnel('nobody active', { readiness: 'no-active' }),
      tunnel('down', { status: 'down', readiness: 'disconnected' }),
    ]
    expect(names(sorted(list, undefined))).toEqual([
      'down',
      'nobody active',
      'degraded',
      'one failure away',
      'unread',
      'not ha',
      'fine',
      'never ran',
    ])
  })

  test('a healthy status does not hide a bad readiness', () => {
    expect(severity(tunnel('a', { readiness: 'conflict' }))).toBeLessThan(severity(tunnel('b')))
  })

  test('names count as people count, and equal names keep their places', () => {
    const list = ['gw-10', 'gw-2', 'GW-1'].map((name) => tunnel(name))
    expect(names(sorted(list, 'name'))).toEqual(['GW-1', 'gw-2', 'gw-10'])
    const twins = [tunnel('x', { id: 'b' }), tunnel('x', { id: 'a' })]
    expect(sorted(twins, undefined).map(({ id }) => id)).toEqual(['a', 'b'])
    expect(sorted(twins.toReversed(), undefined).map(({ id }) => id)).toEqual(['a', 'b'])
  })

  test('is the same whatever order came before, and holds who came and not who went', () => {
    const some = fc.uniqueArray(fc.record({ id: fc.stringMatching(/^[a-f]$/), n: fc.nat(2) }), {
      selector: ({ id }) => id,
    })
    const changes = fc.array(fc.tuple(some, fc.constantFrom('name', 'connectors', undefined)))
    fc.assert(
      fc.property(changes, (steps) => {
        for (const [list, sort] of steps) {
          const tunnels = list.map(({ id, n }) => tunnel(`gw-${n}`, { id, connectorCount: n }))
          const byId = tunnels.toSorted((a, b) => (a.id < b.id ? -1 : 1))
          const wanted = byId.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
          expect(sorted(tunnels, sort)).toEqual(wanted)
        }
      }),
    )
  })

  test('unknown values are last in both directions', () => {
    const list = [
      tunnel('unread', { connectorCount: null }),
      tunnel('two'),
      tunnel('four', { connectorCount: 4 }),
    ]
    expect(names(sorted(list, 'connectors', 'asc'))).toEqual(['two', 'four', 'unread'])
    expect(names(sorted(list, 'connectors', 'desc'))).toEqual(['four', 'two', 'unread'])
  })

  test('the age of the data counts as it is shown, though a look that found nothing new left the row alone', () => {
    const list = [
      tunnel('old', { id: 'a', checkedAt: 5000 }),
      tunnel('never', { id: 'b', checkedAt: null }),
      tunnel('seen since', { id: 'c', checkedAt: 1000 }),
    ]
    landAges([['c', 9000]])
    expect(names(sorted(list, 'age', 'asc'))).toEqual(['seen since', 'old', 'never'])
    expect(names(sorted(list, 'age', 'desc'))).toEqual(['old', 'seen since', 'never'])
    forgetAges()
  })

  test('what changed last comes first', () => {
    const list = [tunnel('old', { changedAt: 1 }), tunnel('new', { changedAt: 9 }), tunnel('never')]
    expect(names(sorted(list, 'changed'))).toEqual(['new', 'old', 'never'])
  })
})

describe('the filter', () => {
  const list = [
    tunnel('dub-gw', { colos: ['dub01'], activeConnectorId: 'abc' }),
    tunnel('lon-gw'),
    tunnel('par-gw', { status: 'down', readiness: 'disconnected', colos: [] }),
  ]

  test('finds names, colos and the active connector, all words of the text', () => {
    expect(names(filtered(list, { q: 'DUB gw' }))).toEqual(['dub-gw'])
    expect(names(filtered(list, { q: 'lhr16' }))).toEqual(['lon-gw'])
    expect(names(filtered(list, { q: 'abc' }))).toEqual(['dub-gw'])
    expect(filtered(list, { q: 'dub lhr16' })).toEqual([])
  })

  test('takes any of several statuses, and readiness on top', () => {
    expect(names(filtered(list, { status: ['down', 'degraded'] }))).toEqual(['par-gw'])
    expect(filtered(list, { status: ['down'], readiness: ['ready'] })).toEqual([])
  })

  test('finds a name as it is shown, whatever hides in it', () => {
    expect(filtered([tunnel('du\u200bb')], { q: 'dub' })).toHaveLength(1)
  })
})

test('the counts say how many there are of each', () => {
  expect(counts([tunnel('a'), tunnel('b'), tunnel('c', { status: 'down' })])).toEqual({
    status: { healthy: 2, down: 1 },
    readiness: { ready: 3 },
  })
})
