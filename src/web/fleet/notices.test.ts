import { expect, test } from 'vitest'
import type { Me, SessionAnswer, TokenState } from '#contract/session.ts'
import { session as begun } from '#web/api/session-of-tests.ts'
import { noticesOf } from './notices.ts'

const me = begun.me as Me

const session = (
  change: Partial<SessionAnswer> = {},
  poller: Partial<SessionAnswer['poller']> = {},
): SessionAnswer => ({
  ...begun,
  mode: 'live',
  serverAt: 0,
  ...change,
  poller: { ...begun.poller, listedAt: 0, sweptAt: 0, sweepMs: 0, clockSkewMs: 0, ...poller },
})
const told = (of: SessionAnswer) => noticesOf(of, of.serverAt, 'utc')
const ids = (of: SessionAnswer) => told(of).map(({ id }) => id)

test('a good day has no notices', () => {
  expect(ids(session())).toEqual([])
})

test('a missing permission is told in its own words, once, and others are sent to the admin', () => {
  const token = {
    purpose: 'everything',
    verdict: 'permission-missing',
    sentence: 'The token lacks WARP Read.',
    expiresAt: null,
    lockedUntil: null,
    permissions: [],
    checkedAt: null,
  } satisfies TokenState
  const notices = told(
    session({ tokens: [token], me: { ...me, role: 'viewer' } }, { state: 'rejected' }),
  )
  expect(notices).toHaveLength(1)
  expect(notices[0]?.text).toBe('The token lacks WARP Read. Tell your administrator.')
})

test('a token that works is worth a notice fourteen days before it ends, to whom can replace it', () => {
  const day = 86_400_000
  const until = (expiresAt: number | null) =>
    session({
      serverAt: day,
      tokens: [
        {
          purpose: 'everything',
          verdict: 'works',
          sentence: 'Works.',
          expiresAt,
          lockedUntil: null,
          permissions: [],
          checkedAt: null,
        },
      ],
    })
  expect(ids(until(null))).toEqual([])
  expect(ids(until(16 * day))).toEqual([])
  expect(told(until(15 * day))[0]?.text).toMatch(/expires on 1970-01-16, in 14 days/)
  // A process reads its environment once.
  expect(told(until(15 * day))[0]?.text).toMatch(/in \.env, .* SIGHUP; .* container, .* anew\.$/)
  expect(told(until(2 * day))[0]?.text).toMatch(/in a day/)
  expect(told(until(2 * day - 1))[0]?.text).toMatch(/in less than a day/)
  expect(ids({ ...until(2 * day), me: { ...me, role: 'viewer' } })).toEqual([])
})

test('a screen says a week ahead that its access ends', () => {
  const day = 86_400_000
  const screen = { ...me, role: 'screen' as const, endsAt: 30 * day }
  const at = (now: number) => noticesOf(session({ me: screen }), now, 'utc')
  expect(at(23 * day)).toEqual([])
  expect(at(24 * day)[0]).toMatchObject({ id: 'screen', tone: 'warn' })
  expect(at(24 * day)[0]?.text).toMatch(/ends in 6 d, at 31 Jan, 00:00:00: /)
})

test('a pause says until when', () => {
  const [notice] = told(session({}, { state: 'paused', reason: 'Too many calls.', until: 99 }))
  expect(notice).toMatchObject({ tone: 'warn', text: 'Too many calls.', until: 99 })
})

test('a time that is not of today is told with its day', () => {
  const hour = 3_600_000
  const broken = { ...session(), notRecordingSince: hour }
  const at = (now: number) => noticesOf(broken, now, 'utc')[0]?.text
  expect(at(23 * hour)).toMatch(/ since 01:00:00: /)
  expect(at(24 * hour)).toMatch(/ since 1 Jan, 01:00:00: /)
})

test('a clock is worth a notice from half a minute on, in either direction', () => {
  expect(ids(session({}, { clockSkewMs: 29_000 }))).toEqual([])
  expect(told(session({}, { clockSkewMs: 540_000 }))[0]?.text).toMatch(/9 m behind Cloudflare/)
  expect(told(session({}, { clockSkewMs: -31_000 }))[0]?.text).toMatch(/31 s ahead of/)
})

test('a disk that takes nothing is told with its reason', () => {
  const full = session({ notRecordingSince: 1, notRecordingBecause: 'the disk is full' })
  expect(told(full)[0]?.text).toMatch(
    /^History has not been recorded since .+: the disk is full\. /,
  )
})

test('everything broken at once is told worst first', () => {
  const broken = session(
    {
      notRecordingSince: 1,
      storeNotice: 'Moved aside.',
      me: { ...me, reason: 'Everyone is admin here.' },
    },
    { state: 'failing', listIncompleteSince: 1, clockSkewMs: 90_000 },
  )
  expect(ids(broken)).toEqual(['disk', 'failing', 'incomplete', 'skew', 'store', 'role'])
})
