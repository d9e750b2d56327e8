import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLimits } from './limits.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

function guesser() {
  let at = 1_800_000_000_000
  const limits = createLimits({ now: () => at })
  return {
    limits,
    wait: (ms: number) => {
      at += ms
    },
    now: () => at,
    /** One try that fails; whether it was looked at. */
    fails: (account: string, place: string, device: string | null = null) =>
      limits.take({ account, place, device }).retryAt === null,
  }
}

describe('S13 guessing', () => {
  test('at long secrets keeps out the place that does it, and nobody else', () => {
    const { limits } = guesser()
    const take = (place: string) =>
      limits.take({ account: '\ninvitation', place, device: null, isSecret: true }).retryAt
    for (let n = 0; n < 100; n += 1) {
      for (let times = 0; times < 5; times += 1) expect(take(`192.0.2.${n}`)).toBeNull()
      expect(take(`192.0.2.${n}`)).not.toBeNull()
    }
    expect(take('198.51.100.1')).toBeNull()
  })

  test('one place, one account, 10,000 tries in an hour: 15 at most are looked at', () => {
    const { fails, wait } = guesser()
    let looked = 0
    for (let n = 0; n < 10_000; n += 1) {
      if (fails('ada', '192.0.2.1')) looked += 1
      wait(hourMs / 10_000)
    }
    expect(looked).toBeLessThanOrEqual(15)
    expect(looked).toBeGreaterThanOrEqual(5)
  })

  test('after five failures the pauses are 1, 2, 4, 8 and then 15 minutes', () => {
    const { limits, wait, now } = guesser()
    const attempt = { account: 'ada', place: '192.0.2.1', device: null }
    const pauses = []
    for (let n = 0; n < 11; n += 1) {
      const { retryAt } = limits.take(attempt)
      expect(retryAt).toBeNull()
      const next = limits.take(attempt).retryAt
      if (next === null) continue
      pauses.push((next - now()) / minuteMs)
      wait(next - now())
      if (pauses.length === 6) break
    }
    expect(pauses).toEqual([1, 2, 4, 8, 15, 15])
  })

  test('500 places, one account: 30 in an hour are looked at, and the person’s own browser goes on', () => {
    const { limits, fails, wait } = guesser()
    let looked = 0
    for (let n = 0; n < 10_000; n += 1) {
      if (fails('ada', `198.51.${n % 250}.${n % 500}`)) looked += 1
      wait(hourMs / 10_001)
    }
    expect(looked).toBeLessThanOrEqual(30)
    const own = limits.take({ account: 'ada', place: '203.0.113.5', device: 'hers' })
    expect(own.retryAt).toBeNull()
    // Nobody is locked out for good: an hour later a new browser gets in too.
    wait(hourMs)
    expect(fails('ada', '203.0.113.77')).toBe(true)
  })

  test('one place, many accounts: 20 in a minute', () => {
    const { fails } = guesser()
    const looked = Array.from({ length: 200 }, (_, n) => fails(`name ${n}`, '192.0.2.1'))
    expect(looked.filter(Boolean)).toHaveLength(20)
  })

  test('tries at the same moment count before their answers are there', () => {
    const { limits } = guesser()
    const attempt = { account: 'ada', place: '192.0.2.1', device: null }
    const admitted = Array.from({ length: 50 }, () => limits.take(attempt)).filter(
      ({ retryAt }) => retryAt === null,
    )
    expect(admitted).toHaveLength(5)
  })

  test('a right password forgets what was wrong before, one that was not looked at counts as nothing', () => {
    const { limits, fails, wait } = guesser()
    for (let n = 0; n < 4; n += 1) fails('ada', '192.0.2.1')
    const right = limits.take({ account: 'ada', place: '192.0.2.1', device: null })
    if (right.retryAt === null) right.succeeded()
    wait(minuteMs)
    for (let n = 0; n < 4; n += 1) expect(fails('ada', '192.0.2.1')).toBe(true)
    for (let n = 0; n < 15; n += 1) {
      const unseen = limits.take({ account: 'ada', place: '192.0.2.1', device: null })
      expect(unseen.retryAt).toBeNull()
      if (unseen.retryAt === null) unseen.undo()
    }
  })

  test('a right password without its code is no failure, and a try of its place', () => {
    const { limits, fails, wait } = guesser()
    const attempt = { account: 'ada', place: '192.0.2.1', device: null }
    const looked = Array.from({ length: 50 }, () => {
      const admission = limits.take(attempt)
      if (admission.retryAt === null) admission.forgive()
      return admission.retryAt === null
    })
    expect(looked.filter(Boolean)).toHaveLength(20)
    wait(minuteMs)
    for (let n = 0; n < 5; n += 1) expect(fails('ada', '192.0.2.1')).toBe(true)
    for (let n = 0; n < 25; n += 1) expect(fails('ada', `198.51.100.${n}`)).toBe(true)
    expect(fails('ada', '203.0.113.1')).toBe(false)
  })

  test('what fails while a right password without its code is compared stays a failure', () => {
    const { limits, wait } = guesser()
    const attempt = { account: 'ada', place: '192.0.2.1', device: null }
    const looked = Array.from({ length: 4 }, () => {
      const right = limits.take(attempt)
      const codes = Array.from({ length: 4 }, () => limits.take(attempt).retryAt)
      if (right.retryAt === null) right.forgive()
      wait(minuteMs)
      return codes.filter((retryAt) => retryAt === null).length
    })
    expect(looked).toEqual([4, 0, 0, 0])
  })

  test('however tries overlap, the sixth that fails and those after it have their pauses', () => {
    const step = fc.record({
      waitMs: fc.constantFrom(0, 1000, 20_000),
      ends: fc.constantFrom('failed', 'failed', 'succeeded', 'forgiven', 'undone'),
      /** How many are tried before this one ends. */
      others: fc.integer({ min: 0, max: 6 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { limits, wait, now } = guesser()
        let failed: number[] = []
        const ends: (() => void)[][] = steps.map(() => [])
        for (const [n, step] of steps.entries()) {
          for (const end of ends[n] ?? []) end()
          wait(step.waitMs)
          const admission = limits.take({ account: 'ada', place: '192.0.2.1', device: 'hers' })
          if (admission.retryAt !== null) continue
          const end = {
            failed: () => {},
            succeeded: () => {
              failed = []
              admission.succeeded()
            },
            forgiven: admission.forgive,
            undone: admission.undo,
          }[step.ends]
          ends[n + 1 + step.others]?.push(end)
          if (step.ends !== 'failed') continue
          const pause = now() - (failed.at(-1) ?? 0)
          failed.push(now())
          expect(failed.length > 5 ? pause : minuteMs).toBeGreaterThanOrEqual(minuteMs)
        }
      }),
      { numRuns: 1000 },
    )
  })
})

test('whatever is tried, and however: never more than the limits allow, and the memory has an end', () => {
  const attempt = fc.record({
    account: fc.integer({ min: 0, max: 5 }).map((n) => `name ${n}`),
    place: fc.integer({ min: 0, max: 8 }).map((n) => `192.0.2.${n}`),
    device: fc.option(fc.constantFrom('d1', 'd2')),
    waitMs: fc.integer({ min: 0, max: 30_000 }),
    ends: fc.constantFrom('failed', 'succeeded', 'forgiven', 'undone'),
  })
  fc.assert(
    fc.property(fc.array(attempt, { maxLength: 400 }), (attempts) => {
      const { limits, wait, now } = guesser()
      const looked: { at: number; place: string; account: string; device: string | null }[] = []
      for (const { account, place, device, waitMs, ends } of attempts) {
        const admission = limits.take({ account, place, device })
        expect(admission.retryAt ?? Number.POSITIVE_INFINITY).toBeGreaterThan(now())
        if (admission.retryAt === null && ends === 'undone') admission.undo()
        if (admission.retryAt === null && ends === 'succeeded') admission.succeeded()
        if (admission.retryAt === null && ends === 'forgiven') admission.forgive()
        if (admission.retryAt === null && ends === 'failed')
          looked.push({ at: now(), place, account, device })
        wait(waitMs)
      }
      for (const { at, place, account } of looked) {
        const since = (ms: number) => looked.filter((one) => one.at >= at && one.at < at + ms)
        expect(since(minuteMs).filter((one) => one.place === place).length).toBeLessThanOrEqual(20)
        const strangers = since(hourMs).filter(
          (one) => one.account === account && one.device === null,
        )
        expect(strangers.length).toBeLessThanOrEqual(30)
      }
    }),
    { numRuns: 200 },
  )
})

test('a flood of names does not fill the memory', () => {
  const { limits, wait } = guesser()
  for (let n = 0; n < 60_000; n += 1) {
    limits.take({
      account: `name ${n}`,
      place: `2001:db8:${(n % 65_536).toString(16)}::/64`,
      device: null,
    })
    if (n % 1000 === 0) wait(1000)
  }
  expect(limits.remembered()).toBeLessThanOrEqual(60_000)
})
