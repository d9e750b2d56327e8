import { expect, test } from 'vitest'
import type { Check, Connector, ConnectorRole } from '#contract/tunnel.ts'
import { activeOf, candidatesOf, inOrder, isPromotable } from './order.ts'

const connector = (id: string, role: ConnectorRole, promotion: Check[] = []): Connector => ({
  id,
  tunnelId: 't',
  checkedAt: null,
  role,
  roleReported: null,
  roleSince: null,
  version: null,
  arch: null,
  features: null,
  runAt: null,
  connections: [],
  colos: [],
  originIps: [],
  promotion,
})
const risk = (sentence: string): Check => ({ id: sentence, kind: 'risk', sentence })
const block: Check = { id: 'b', kind: 'block', sentence: 'no' }
const ids = (connectors: Connector[]) => connectors.map(({ id }) => id)

test('the active one comes first, then standbys by how well they could take over, then the rest', () => {
  const connectors = [
    connector('off', 'offline', [block]),
    connector('odd', 'unknown', [block]),
    connector('blocked', 'passive', [block]),
    connector('risky', 'passive', [risk('x'), risk('y')]),
    connector('act', 'active', [block]),
    connector('good', 'passive'),
  ]
  expect(ids(inOrder(connectors))).toEqual(['act', 'good', 'risky', 'blocked', 'odd', 'off'])
  expect(ids(candidatesOf(connectors))).toEqual(['good', 'risky', 'blocked', 'odd', 'off'])
})

test('equals stand by id, so none jumps when the answer comes in another order', () => {
  const connectors = ['c', 'a', 'b'].map((id) => connector(id, 'passive'))
  expect(ids(inOrder(connectors))).toEqual(['a', 'b', 'c'])
  expect(ids(inOrder(connectors.toReversed()))).toEqual(['a', 'b', 'c'])
})

test('two active ones are none, and both can be chosen from', () => {
  const connectors = [connector('a', 'active', [block]), connector('b', 'active', [block])]
  expect(activeOf(connectors)).toBeNull()
  expect(ids(candidatesOf(connectors))).toEqual(['a', 'b'])
})

test('a block can’t be overridden, a risk can', () => {
  expect(isPromotable(connector('a', 'passive', [risk('x')]))).toBe(true)
  expect(isPromotable(connector('a', 'passive', [risk('x'), block]))).toBe(false)
})
