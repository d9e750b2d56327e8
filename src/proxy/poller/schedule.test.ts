import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createBudget } from '../cloudflare/budget.ts'
import {
  dueAt,
  listPeriodMs,
  nextListAt,
  nextStep,
  periods,
  sweepPeriodMs,
  type TunnelSubject,
} from './schedule.ts'

const now = 1_700_000_000_000

const tunnel = (more: Partial<TunnelSubject> = {}): TunnelSubject => ({
  tunnelId: 't',
  seenAt: now - 60_000,
  changed: false,
  watched: false,
  ha: true,
  configuredAt: now,
  notBefore: 0,
  configurationNotBefore: 0,
  busy: false,
  ...more,
})
const sweepMs = 60_000
const account = (listDueAt: number, busy = false) => ({ accountId: 'a', listDueAt, busy })

describe('what comes first', () => {
  const changed = tunnel({ tunnelId: 'changed', changed: true })
  const unread = tunnel({ tunnelId: 'unread', seenAt: null })
  const watched = tunnel({ tunnelId: 'watched', watched: true })
  const ha = tunnel({ tunnelId: 'ha' })
  const rest = tunnel({ tunnelId: 'rest', ha: false })

  test('a listing that is due', () => {
    expect(nextStep([account(now)], [changed, watched], now, 0, sweepMs)).toEqual({
      kind: 'list',
      accountId: 'a',
    })
    expect(nextStep([account(now, true)], [ha], now, 0, sweepMs)).toMatchObject({
      kind: 'connectors',
    })
  })

  test.each([
    [[rest, ha, watched, changed], 'changed'],
    [[rest, ha, watched, unread], 'unread'],
    [[rest, ha, watched], 'watched'],
    [[rest, ha], 'ha'],
    [[rest], 'rest'],
  ])('then changed or never read, watched, HA, the rest (%#)', (tunnels, tunnelId) => {
    for (const order of [tunnels, tunnels.toReversed()]) {
      expect(nextStep([], order, now, 0, sweepMs)).toEqual({ kind: 'connectors', tunnelId })
    }
  })

  test('every third look goes to whoever waits longest, and another third to who is watched', () => {
    const old = tunnel({ tunnelId: 'old', ha: false, seenAt: now - 600_000 })
    const looks = [0, 1, 2].map((turn) => nextStep([], [changed, watched, old], now, turn, 600_000))
    expect(looks.map((step) => 'tunnelId' in step && step.tunnelId)).toEqual([
      'changed',
      'watched',
      'old',
    ])
  })

  test('nobody is asked twice at once, nor before its time after a failure', () => {
    const busy = tunnel({ busy: true, changed: true })
    const failed = tunnel({ notBefore: now + 7000, changed: true })
    expect(nextStep([account(now + 9000)], [busy, failed], now, 0, sweepMs)).toEqual({
      kind: 'wait',
      until: now + 7000,
    })
  })

  test('of the first configurations that comes first which has to tell whether there is HA', () => {
    const known = tunnel({ seenAt: now, configuredAt: null, ha: true })
    const unknown = tunnel({ tunnelId: 'u', seenAt: now, configuredAt: null, ha: null })
    const again = tunnel({ tunnelId: 'v', seenAt: now, configuredAt: 1, ha: null })
    for (const tunnels of [
      [known, unknown, again],
      [again, unknown, known],
    ])
      expect(nextStep([], tunnels, now, 2, sweepMs)).toEqual({
        kind: 'configuration',
        tunnelId: 'u',
      })
  })

  test('a configuration is read when nothing else is due, and now and then even so', () => {
    const idle = tunnel({ seenAt: now, configuredAt: now - 400_000 })
    expect(nextStep([], [idle], now, 0, sweepMs)).toEqual({ kind: 'configuration', tunnelId: 't' })
    const turns = Array.from({ length: 18 }, (_, turn) =>
      nextStep([], [idle, tunnel({ tunnelId: 'due', configuredAt: now })], now, turn, sweepMs),
    )
    expect(turns.filter(({ kind }) => kind === 'configuration')).toHaveLength(2)
    const failed = tunnel({ seenAt: now, configuredAt: null, configurationNotBefore: now + 60_000 })
    expect(nextStep([], [failed], now, 0, sweepMs)).toMatchObject({ kind: 'wait' })
  })

  test('when each is due', () => {
    expect(dueAt(tunnel({ seenAt: now, watched: true }))).toBe(now + periods.watchedMs)
    expect(dueAt(tunnel({ seenAt: now }))).toBe(now + periods.haMs)
    expect(dueAt(tunnel({ seenAt: now, ha: null }))).toBe(now + periods.haMs)
    expect(dueAt(tunnel({ seenAt: now, ha: false }))).toBe(now + periods.restMs)
    expect(dueAt(tunnel({ seenAt: null }))).toBe(0)
    expect(periods.watchedMs).toBeLessThan(2000)
  })
})

test.each([
  [1, 5000],
  [5, 5000],
  [20, 17_640],
])('listings of %i pages take half of the pace at most: every %i ms', (pages, periodMs) => {
  const msPerPoll = 441
  expect(listPeriodMs(pages, msPerPoll)).toBe(periodMs)
  expect((pages * msPerPoll) / listPeriodMs(pages, msPerPoll)).toBeLessThanOrEqual(0.5)
})

test('a listing that takes long leaves as long to the connectors, and a night that the machine slept through none', () => {
  expect(nextListAt(now, now + 20_000, 5_000)).toBe(now + 40_000)
  expect(nextListAt(now, now + 8 * 3_600_000, 5_000)).toBe(now + 120_000)
})

type Fleet = {
  tunnels: number
  accounts: number
  /** That listing one account takes. */
  pages?: number
  watched: number
  changing: number
  answerMs: number
}

/**
 * Schedule and budget as the poller drives them, without a network: `parallel` looks at once, each
 * answered after `answerMs`. Returns every look with its time.
 */
function drive(fleet: Fleet, forMs: number) {
  const { tunnels, accounts, pages = 1, watched, changing, answerMs } = fleet
  let at = now
  const budget = createBudget({ limit: 1200, pollShare: 0.6, now: () => at })
  const owners = Array.from({ length: accounts }, (_, n) => ({
    accountId: `a${n}`,
    listDueAt: 0,
    busy: false,
  }))
  const subjects = Array.from({ length: tunnels }, (_, n) =>
    tunnel({
      tunnelId: String(n),
      seenAt: null,
      configuredAt: null,
      ha: n % 5 !== 4,
      watched: n < watched,
    }),
  )
  const looks: { at: number; kind: string; id: string }[] = []
  const answers: { at: number; land: () => void }[] = []
  const listCalls = accounts * pages
  const sweepMs = sweepPeriodMs(tunnels, listCalls, budget.msPerPoll)
  let turn = 0
  let running = 0
  const start = (land: () => void) => {
    running += 1
    answers.push({ at: at + answerMs, land })
  }
  /** Listings half read: they go first. */
  const halves: (() => void)[] = []
  function list(owner: (typeof owners)[number], sentAt: number, page: number) {
    budget.spend('poll')
    looks.push({ at, kind: 'list', id: owner.accountId })
    start(() => {
      if (page < pages) {
        halves.push(() => list(owner, sentAt, page + 1))
        return
      }
      owner.busy = false
      owner.listDueAt = nextListAt(sentAt, at, listPeriodMs(listCalls, budget.msPerPoll))
      for (const one of subjects.slice(tunnels - changing)) {
        one.changed = true
        one.configuredAt = null
      }
    })
  }
  while (at < now + forMs) {
    let wakeAt = Number.POSITIVE_INFINITY
    while (running < 4) {
      const waitMs = budget.waitMs('poll')
      if (waitMs > 0) {
        wakeAt = at + waitMs
        break
      }
      const half = halves.shift()
      if (half) {
        half()
        continue
      }
      const step = nextStep(owners, subjects, at, turn, sweepMs)
      if (step.kind === 'wait') {
        wakeAt = step.until
        break
      }
      if (step.kind === 'list') {
        const owner = owners.find(({ accountId }) => accountId === step.accountId)
        if (!owner) break
        owner.busy = true
        list(owner, at, 1)
        continue
      }
      budget.spend('poll')
      turn += 1
      const subject = subjects[Number(step.tunnelId)]
      looks.push({ at, kind: step.kind, id: step.tunnelId })
      if (!subject) break
      subject.busy = true
      subject.changed = step.kind === 'connectors' ? false : subject.changed
      start(() => {
        subject.busy = false
        if (step.kind === 'connectors') subject.seenAt = at
        else subject.configuredAt = at
      })
    }
    const answer = answers.toSorted((a, b) => a.at - b.at)[0]
    at = Math.min(wakeAt, answer?.at ?? Number.POSITIVE_INFINITY)
    if (answer && answer.at <= at) {
      answers.splice(answers.indexOf(answer), 1)
      running -= 1
      answer.land()
    }
  }
  return { looks, msPerPoll: budget.msPerPoll }
}

/** The longest that one of them was not looked at, from the first look at it on. */
function longestGap(looks: { at: number; kind: string; id: string }[], id: string, until: number) {
  const times = looks.filter((look) => look.kind === 'connectors' && look.id === id)
  const gaps = times.slice(1).map((look, n) => look.at - (times[n]?.at ?? 0))
  return Math.max(until - (times.at(-1)?.at ?? now), ...gaps)
}

describe('over an hour', () => {
  const hour = 3_600_000

  test('what is watched is asked again within 2 s, also in an account of 50', () => {
    const { looks } = drive(
      { tunnels: 50, accounts: 1, watched: 1, changing: 0, answerMs: 150 },
      hour,
    )
    const times = looks.filter(({ kind, id }) => kind === 'connectors' && id === '0').slice(1)
    const gaps = times.slice(1).map((look, n) => look.at - (times[n]?.at ?? 0))
    expect(Math.max(...gaps)).toBeLessThanOrEqual(2500)
    const late = gaps.filter((gap) => gap > 2000)
    expect(late.length / gaps.length).toBeLessThan(0.02)
  })

  test('the first look reaches everybody in an account of ten within 5 s', () => {
    const { looks } = drive(
      { tunnels: 10, accounts: 1, watched: 0, changing: 0, answerMs: 150 },
      5000,
    )
    const reached = new Set(looks.filter(({ kind }) => kind === 'connectors').map(({ id }) => id))
    expect(reached.size).toBe(10)
  })

  test('1,000 tunnels in 20 accounts are all looked at, and listed, in bounded time', () => {
    const { looks, msPerPoll } = drive(
      { tunnels: 1000, accounts: 20, watched: 0, changing: 0, answerMs: 100 },
      2 * hour,
    )
    const sweepMs = sweepPeriodMs(1000, 20, msPerPoll)
    const settled = looks.filter(({ at }) => at > now + hour / 2)
    for (let n = 0; n < 1000; n += 37) {
      expect(longestGap(settled, String(n), now + 2 * hour)).toBeLessThan(2.5 * sweepMs)
    }
    const lists = looks.filter(({ kind, id }) => kind === 'list' && id === 'a7')
    const gaps = lists.slice(1).map((look, n) => look.at - (lists[n]?.at ?? 0))
    expect(Math.max(...gaps)).toBeLessThan(2 * listPeriodMs(20, msPerPoll))
  })

  test.each([
    [2, 6],
    [1, 9],
    [20, 5],
  ])('%i accounts of %i pages each leave half of the pace to the tunnels', (accounts, pages) => {
    const tunnels = accounts * pages * 100
    const { looks, msPerPoll } = drive(
      { tunnels, accounts, pages, watched: 0, changing: 0, answerMs: 150 },
      hour,
    )
    const settled = looks.filter(({ at }) => at > now + hour / 4)
    const listings = settled.filter(({ kind }) => kind === 'list')
    expect(listings.length / settled.length).toBeLessThan(0.52)
    const first = looks.filter(({ kind, id }) => kind === 'list' && id === 'a0')
    const starts = first.filter((_, n) => n % pages === 0)
    const gaps = starts.slice(1).map((look, n) => look.at - (starts[n]?.at ?? 0))
    expect(Math.max(...gaps)).toBeLessThan(2 * listPeriodMs(accounts * pages, msPerPoll))
  })

  // What was not seen for 2.5 periods is stale on every page, and after three the record has a gap.
  test.each([
    ['three are watched', { watched: 3, changing: 0 }],
    ['ten are watched', { watched: 10, changing: 0 }],
    ['ten change at every listing', { watched: 0, changing: 10 }],
    ['three are watched and ten change', { watched: 3, changing: 10 }],
  ])('the others do not become stale while %s', (_, busy) => {
    for (const tunnels of [60, 200]) {
      const fleet = { tunnels, accounts: 1, answerMs: 150, ...busy }
      const { looks, msPerPoll } = drive(fleet, hour)
      const settled = looks.filter(({ at }) => at > now + hour / 4)
      const longest = Math.max(
        ...Array.from({ length: tunnels }, (_, n) => longestGap(settled, String(n), now + hour)),
      )
      expect(longest).toBeLessThan(2.5 * sweepPeriodMs(tunnels, 1, msPerPoll))
    }
  })

  test('nobody starves, however many are watched or change all the time', () => {
    const fleet = fc.record({
      tunnels: fc.integer({ min: 1, max: 120 }),
      accounts: fc.integer({ min: 1, max: 20 }),
      watched: fc.integer({ min: 0, max: 120 }),
      changing: fc.integer({ min: 0, max: 120 }),
      answerMs: fc.integer({ min: 5, max: 1500 }),
    })
    fc.assert(
      fc.property(fleet, (given) => {
        const { looks, msPerPoll } = drive(given, 900_000)
        // Listings take half of the looks at most. Of the others a third goes by age, less every third of
        // those, which reads a configuration; and once for each tunnel that third reads its first one.
        const looksByAge = (given.tunnels * 9) / 2 + given.tunnels * 3
        const bound = looksByAge * 2 * msPerPoll + periods.restMs + 20_000
        for (let n = 0; n < given.tunnels; n += 1) {
          expect(longestGap(looks, String(n), now + 900_000)).toBeLessThanOrEqual(bound)
        }
      }),
      { numRuns: 25 },
    )
  })
})
