import { expect, test } from 'vitest'
import type { FoundConnector, Tunnel } from '#contract/tunnel.ts'
import { tunnelOf } from '#web/fleet/tunnel-of.ts'
import { find, findables } from './find.ts'

const tunnel = (id: string, name: string): Tunnel =>
  tunnelOf(name, { id, activeConnectorId: `${id}-active`, colos: ['lhr16'] })
const connector = (
  id: string,
  role: FoundConnector['role'],
  originIps: string[],
): FoundConnector => ({
  id,
  tunnelId: 't1',
  role,
  roleReported: null,
  version: '2026.9.558.0',
  colos: ['man02'],
  originIps,
})
const connectors = [
  connector('t1-active', 'active', ['198.51.100.7']),
  connector('t1-passive', 'passive', ['203.0.113.9']),
  connector('t1-lost', 'offline', []),
]
const entries = findables([tunnel('t1', 'lon-branch'), tunnel('t2', 'branch-lon')], connectors)
const search = (query: string) => find(entries, query, 10).map(({ id }) => id)

test('a tunnel whose name begins with the text comes first', () => {
  expect(search('branch')[0]).toBe('t2')
  expect(search('lon')[0]).toBe('t1')
})

test('a connector is found by its address, its colo and its id', () => {
  expect(search('203.0.113.9')).toEqual(['t1/t1-passive'])
  expect(search('man02')).toEqual(['t1/t1-active', 't1/t1-passive', 't1/t1-lost'])
  expect(search('t1-pass')).toEqual(['t1/t1-passive'])
})

test('a tunnel is found by a part of its id, before the many whose account it occurs in', () => {
  const many = Array.from({ length: 60 }, (_, at) =>
    tunnelOf(`gw-${at}`, { id: `7f-${at}`, accountId: 'ac-c0ffee' }),
  )
  const all = findables([...many, tunnelOf('meant', { id: 'c0ffee12-9b1d' })], [])
  expect(find(all, 'c0ffee', 40)[0]?.id).toBe('c0ffee12-9b1d')
  expect(find(all, '9b1d', 40).map(({ id }) => id)).toEqual(['c0ffee12-9b1d'])
})

test('the active connector of a tunnel whose connectors nobody told of is found all the same', () => {
  expect(search('t2-active')).toEqual(['t2/t2-active'])
})

test('a connector that is lost is found as what it is', () => {
  expect(find(entries, 't1-lost', 10)).toMatchObject([{ role: 'offline' }])
})

test('all words must fit, and nothing typed finds nothing', () => {
  expect(search('lon 203.0.113.9')).toEqual(['t1/t1-passive'])
  expect(search('lon 10.0.0.1')).toEqual([])
  expect(search('  ')).toEqual([])
})
