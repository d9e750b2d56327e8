import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createBudget, type Purpose, windowMs } from './budget.ts'

const hour = 3_600_000

function start({ limit = 1200, pollShare = 0.6 } = {}) {
  const time = { now: 1_700_000_000_000 }
  const budget = createBudget({ limit, pollShare, now: () => time.now })
  return { time, budget, began: time.now }
}

/** Polls as often as it may for so long; `answer` plays Cloudflare. Returns when each call left. */
function pollFor(
  { time, budget }: ReturnType<typeof start>,
  forMs: number,
  answer: () => void = () => {},
) {
  const until = time.now + forMs
  const calls: number[] = []
  for (;;) {
    const waitMs = budget.waitMs('poll')
    if (time.now + waitMs > until) break
    time.now += waitMs
    if (waitMs > 0) continue
    budget.spend('poll')
    calls.push(time.now)
    answer()
  }
  time.now = until
  return calls
}

function most(times: number[], inMs = windowMs) {
  let first = 0
  let result = 0
  for (const [last, at] of times.entries()) {
    while ((times[first] ?? at) <= at - inMs) first += 1
    result = Math.max(result, last - first + 1)
  }
  return result
}

describe('polling', () => {
  test('uses at most 60 % of the limit in any five minutes, and hardly less', () => {
    const calls = pollFor(start(), hour)
    expect(most(calls)).toBeLessThanOrEqual(720)
    expect(calls.length).toBeGreaterThan(680 * 12)
  })

  test('begins with a first look at a usual account and then never pauses', () => {
    const world = start()
    const calls = pollFor(world, hour)
    expect(calls.filter((at) => at === world.began)).toHaveLength(40)
    const pauses = calls.slice(40).map((at, index) => at - (calls[index + 39] ?? at))
    expect(Math.max(...pauses)).toBeLessThanOrEqual(442)
  })

  test.each([
    ['a share that the reserve leaves no room for', { pollShare: 0.8 }],
    ['the smallest limit', { limit: 120 }],
  ])('%s: it never pauses either', (_, options) => {
    const world = start(options)
    const calls = pollFor(world, hour)
    const first = calls.filter((at) => at === world.began).length
    const pauses = calls.slice(first).map((at, n) => at - (calls[first + n - 1] ?? at))
    expect(Math.max(...pauses)).toBeLessThanOrEqual(Math.ceil(world.budget.msPerPoll) + 1)
    const { polling } = world.budget.state()
    expect(most(calls)).toBeLessThanOrEqual(polling)
    expect(calls.length).toBeGreaterThan(polling * 0.88 * 12)
  })

  test('takes its share of another limit', () => {
    const calls = most(pollFor(start({ limit: 300, pollShare: 0.5 }), hour))
    expect(calls).toBeGreaterThan(145)
    expect(calls).toBeLessThanOrEqual(150)
  })

  test('leaves the last tenth to people even when they spend a lot', () => {
    const { time, budget } = start()
    while (budget.waitMs('person') === 0) budget.spend('person')
    expect(budget.state().used).toBe(970)
    expect(budget.waitMs('poll')).toBe(windowMs)
    time.now += windowMs
    expect(budget.waitMs('poll')).toBe(0)
  })
})

describe('a restart', () => {
  const restart = ({ time, budget }: ReturnType<typeof start>) => ({
    ...start(),
    time,
    budget: createBudget({
      limit: 1200,
      pollShare: 0.6,
      now: () => time.now,
      earlier: budget.spent(0),
    }),
  })

  test('knows what was spent, and gets no call more out of the five minutes', () => {
    const first = start()
    for (let count = 0; count < 970; count += 1) {
      first.budget.spend('person')
      first.time.now += 100
    }
    const { time, budget } = restart(first)
    expect(budget.state().used).toBe(970)
    expect(budget.waitMs('person')).toBeGreaterThan(0)
    expect(budget.waitMs('poll')).toBeGreaterThan(0)
    time.now = first.began + windowMs + 11_000
    expect(budget.state().used).toBeLessThan(970)
    time.now = first.began + windowMs + 110_000
    expect(budget.state().used).toBe(0)
  })

  test('again and again: polling keeps to its share', () => {
    let world = start()
    const calls: number[] = []
    for (let count = 0; count < 100; count += 1) {
      calls.push(...pollFor(world, 3000))
      world = restart(world)
    }
    calls.push(...pollFor(world, hour))
    expect(most(calls)).toBeLessThanOrEqual(720)
    expect(calls.length).toBeGreaterThan(680 * 11)
  })

  test('what was written in part is written to its end', () => {
    const { time, budget } = start()
    budget.spend('poll')
    const [first] = budget.spent(0)
    time.now += 1000
    budget.spend('person')
    expect(budget.spent(time.now)).toEqual([{ ...first, calls: 2 }])
    time.now += 10_000
    budget.spend('person')
    expect(budget.spent(time.now)).toHaveLength(1)
  })
})

describe('people and failovers', () => {
  test('a person is never kept waiting by polling', () => {
    const world = start()
    pollFor(world, hour)
    for (let count = 0; count < 250; count += 1) {
      expect(world.budget.waitMs('person')).toBe(0)
      world.budget.spend('person')
    }
  })

  test('a verification finds 30 calls when everything else is refused', () => {
    const { budget } = start()
    for (let count = 0; count < 970; count += 1) budget.spend('person')
    expect(budget.waitMs('person')).toBeGreaterThan(0)
    for (let count = 0; count < 30; count += 1) {
      expect(budget.waitMs('verify')).toBe(0)
      budget.spend('verify')
    }
    expect(budget.waitMs('verify')).toBe(windowMs)
  })

  test('a look that somebody asks for leaves the last tenth to changes and failovers', () => {
    const { budget } = start()
    while (budget.waitMs('look') === 0) budget.spend('look')
    expect(budget.state().used).toBe(880)
    expect(budget.waitMs('person')).toBe(0)
    expect(budget.waitMs('verify')).toBe(0)
  })

  test('the smallest limit leaves a failover its calls too, however much is polled and looked at', () => {
    const world = start({ limit: 120, pollShare: 0.8 })
    pollFor(world, windowMs)
    while (world.budget.waitMs('look') === 0) world.budget.spend('look')
    const { hardStop, used } = world.budget.state()
    expect(hardStop - used).toBeGreaterThanOrEqual(30)
  })

  test('a look needs no pace of polling, and takes none away', () => {
    const world = start()
    pollFor(world, 1000)
    expect(world.budget.waitMs('poll')).toBeGreaterThan(0)
    expect(world.budget.waitMs('look')).toBe(0)
  })

  test('says when the next call may leave, and it may leave then', () => {
    const { time, budget } = start()
    for (let count = 0; count < 970; count += 1) {
      budget.spend('person')
      time.now += 10
    }
    const waitMs = budget.waitMs('person')
    time.now += waitMs - 1
    expect(budget.waitMs('person')).toBe(1)
    time.now += 1
    expect(budget.waitMs('person')).toBe(0)
  })
})

test('no random load gets more than 1,000 calls into any 300 s', () => {
  const purpose = fc.constantFrom<Purpose>('poll', 'look', 'person', 'verify')
  const step = fc.record({
    purpose,
    times: fc.integer({ min: 1, max: 400 }),
    afterMs: fc.integer({ min: 0, max: 120_000 }),
  })
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
      const { time, budget } = start()
      const calls: { at: number; purpose: Purpose }[] = []
      for (const { purpose, times, afterMs } of steps) {
        time.now += afterMs
        for (let count = 0; count < times && budget.waitMs(purpose) === 0; count += 1) {
          budget.spend(purpose)
          calls.push({ at: time.now, purpose })
        }
      }
      expect(most(calls.map(({ at }) => at))).toBeLessThanOrEqual(1000)
      const polls = calls.filter((call) => call.purpose === 'poll').map(({ at }) => at)
      expect(most(polls)).toBeLessThanOrEqual(720)
    }),
    { numRuns: 200 },
  )
})

/** Cloudflare's own count, in fixed windows of five minutes. */
function counter(limit: number, time: { now: number }) {
  let windowEnds = 0
  let used = 0
  const turn = () => {
    if (time.now >= windowEnds) {
      windowEnds = time.now + windowMs
      used = 0
    }
  }
  return {
    spend(calls: number) {
      turn()
      used += calls
    },
    used: () => {
      turn()
      return used
    },
    header: () => {
      turn()
      const resetMs = Math.max(1000, windowEnds - time.now)
      return { name: 'default', remaining: Math.max(0, limit - used), resetMs, quota: limit }
    },
  }
}

describe('what Cloudflare says is left', () => {
  test('no neighbour is seen where nobody else spends, for an hour', () => {
    const world = start()
    const { budget, time } = world
    const upstream = counter(1200, time)
    pollFor(world, hour, () => {
      upstream.spend(1)
      budget.learn(upstream.header())
      expect(budget.state().neighbour).toBe(false)
    })
  })

  test('a neighbour is noticed, and forgotten a minute after it stopped', () => {
    const world = start()
    const { budget, time } = world
    const upstream = counter(1200, time)
    const answer = () => {
      upstream.spend(1)
      budget.learn(upstream.header())
    }
    pollFor(world, 30_000, answer)
    upstream.spend(21)
    pollFor(world, 5000, answer)
    expect(budget.state().neighbour).toBe(true)
    pollFor(world, 125_000, answer)
    expect(budget.state().neighbour).toBe(false)
  })

  test('little left slows polling to what is left over the tenth, evenly until the reset', () => {
    const world = start()
    world.budget.learn({ name: 'default', remaining: 180, resetMs: 120_000, quota: 1200 })
    const calls = pollFor(world, 119_000)
    // 60 over the 120 that stay; the first ones were saved up.
    expect(calls.length).toBeGreaterThan(50)
    expect(calls.length).toBeLessThanOrEqual(60)
  })

  test('a tenth or less left stops polling and looks until the reset, and never a change', () => {
    const world = start()
    world.budget.learn({ name: 'default', remaining: 3, resetMs: 120_000, quota: 1200 })
    expect(world.budget.waitMs('poll')).toBe(120_000)
    expect(world.budget.waitMs('look')).toBe(120_000)
    expect(world.budget.waitMs('person')).toBe(0)
    expect(world.budget.state().remaining).toBe(3)
    world.time.now += 120_001
    expect(world.budget.waitMs('poll')).toBe(0)
    expect(world.budget.state().remaining).toBeNull()
  })

  test('a small limit of its own kind does not count as nearly empty', () => {
    const world = start()
    world.budget.learn({ name: 'burst', remaining: 95, resetMs: 60_000, quota: 100 })
    const calls = pollFor(world, 59_000)
    expect(calls.length).toBeGreaterThan(75)
    expect(calls.length).toBeLessThanOrEqual(85)
  })

  test.each([1, 2, 3])('a neighbour that spends %i a second never empties the limit', (pace) => {
    const world = start()
    const { budget, time } = world
    const upstream = counter(1200, time)
    let spentTo = time.now
    let highest = 0
    pollFor(world, hour, () => {
      const due = Math.floor(((time.now - spentTo) * pace) / 1000)
      upstream.spend(1 + due)
      spentTo += (due * 1000) / pace
      highest = Math.max(highest, upstream.used())
      budget.learn(upstream.header())
    })
    expect(highest).toBeLessThan(1200)
  })
})
