import { expect, test } from 'vitest'
import type { SessionAnswer } from '#contract/session.ts'
import type { Connector, ConnectorRole, Tunnel } from '#contract/tunnel.ts'
import { lockedUntil, whyNoFailover, whyNoStandby } from './reason.ts'

const now = 1000
const session = (change: Partial<SessionAnswer> = {}) =>
  ({ me: { role: 'operator' }, notRecordingSince: null, tokens: [], ...change }) as SessionAnswer
const tunnel = (change: Partial<Tunnel> = {}) =>
  ({ ha: true, deletedAt: null, ...change }) as Tunnel
const token = (
  purpose: SessionAnswer['tokens'][number]['purpose'],
  lockedUntil: number | null,
) => ({
  purpose,
  verdict: 'works' as const,
  sentence: '',
  expiresAt: null,
  lockedUntil,
  permissions: [],
  checkedAt: null,
})
const connector = (id: string, role: ConnectorRole, blocked = false) =>
  ({
    id,
    role,
    promotion: blocked ? [{ id: 'b', kind: 'block', sentence: 'no' }] : [],
  }) as unknown as Connector

test('nothing keeps an operator from an HA tunnel', () => {
  expect(whyNoFailover(session(), tunnel(), now)).toBeNull()
  // Not known to be HA is no reason: the proxy finds out before it sends.
  expect(whyNoFailover(session(), tunnel({ ha: null }), now)).toBeNull()
})

test('the role, a deletion, a tunnel without HA and a full disk each say why', () => {
  expect(
    whyNoFailover(session({ me: { role: 'viewer' } } as Partial<SessionAnswer>), tunnel(), now),
  ).toMatch(/operator/)
  expect(whyNoFailover(session(), tunnel({ deletedAt: 1 }), now)).toMatch(/deleted/)
  expect(whyNoFailover(session(), tunnel({ ha: false }), now)).toMatch(/not HA/)
  expect(whyNoFailover(session({ notRecordingSince: 1 }), tunnel(), now)).toMatch(/disk/)
})

test('a lock-out counts for the token that writes, not for the one that only reads', () => {
  const reading = session({ tokens: [token('reading', 5000), token('writing', null)] })
  expect(lockedUntil(reading, now)).toBeNull()
  expect(whyNoFailover(reading, tunnel(), now)).toBeNull()
  const everything = session({ tokens: [token('everything', 5000)] })
  expect(lockedUntil(everything, now)).toBe(5000)
  expect(whyNoFailover(everything, tunnel(), now)).toMatch(/not queued/)
  expect(lockedUntil(everything, 5000)).toBeNull()
})

test('there must be somebody to promote', () => {
  expect(whyNoStandby([])).toMatch(/No connector/)
  expect(whyNoStandby([connector('a', 'active', true)])).toMatch(/no other connector/)
  expect(whyNoStandby([connector('a', 'active', true), connector('b', 'offline', true)])).toMatch(
    /No standby/,
  )
  expect(whyNoStandby([connector('a', 'active', true), connector('b', 'unknown', true)])).toMatch(
    /does not know/,
  )
  expect(whyNoStandby([connector('a', 'active', true), connector('b', 'passive')])).toBeNull()
})
