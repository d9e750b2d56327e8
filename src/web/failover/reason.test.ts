import { expect, test } from 'vitest'
import type { SessionAnswer } from '#contract/session.ts'
import type { Tunnel } from '#contract/tunnel.ts'
import { tunnelOf } from '#web/fleet/tunnel-of.ts'
import { lockedUntil, whyNoFailover, whyNoFailovers, whyNotFromRow } from './reason.ts'

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

test('what keeps everybody from all failovers is known without a tunnel', () => {
  expect(whyNoFailovers(session(), now)).toBeNull()
  expect(whyNoFailovers(session({ notRecordingSince: 1 }), now)).toMatch(/disk/)
  expect(whyNoFailovers(session({ tokens: [token('everything', 5000)] }), now)).toMatch(
    /not queued/,
  )
})

test('a row offers a failover only where somebody could take over', () => {
  expect(whyNotFromRow(tunnelOf('a'))).toBeNull()
  expect(whyNotFromRow(tunnelOf('a', { readiness: 'no-active' }))).toBeNull()
  expect(whyNotFromRow(tunnelOf('a', { readiness: 'no-active', standbyCount: 0 }))).toMatch(
    /No standby/,
  )
  expect(whyNotFromRow(tunnelOf('a', { readiness: 'exposed', standbyCount: 0 }))).toMatch(
    /No standby/,
  )
  expect(whyNotFromRow(tunnelOf('a', { readiness: 'not-ha' }))).toMatch(/not HA/)
  const unread = tunnelOf('a', { readiness: 'unknown', connectorCount: null })
  expect(whyNotFromRow(unread)).toMatch(/not read yet/)
  // One of an unknown role among others: the dialog looks at each.
  expect(whyNotFromRow(tunnelOf('a', { readiness: 'unknown' }))).toBeNull()
  expect(whyNotFromRow(tunnelOf('a', { failoverId: 'f' }))).toMatch(/running/)
})

test('a row says what the tunnel’s page says', () => {
  for (const change of [{ deletedAt: 1 }, { ha: false }]) {
    const tunnel = tunnelOf('a', change)
    expect(whyNotFromRow(tunnel)).toBe(whyNoFailover(session(), tunnel, now))
  }
})
