import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { badnessOf, type Interval } from '#contract/history.ts'
import type { Span } from './advance.ts'
import { downsample, type Edge, lengthOf, toIntervals, toStrip } from './window.ts'

const span = (from: number, to: number | null, value: string): Span => ({
  lane: 'status',
  from,
  to,
  value,
  source: 'observed',
  precisionMs: 5,
  reason: null,
})

const edge = (changes: Partial<Edge> = {}): Edge => ({
  from: 0,
  to: 1000,
  now: 1000,
  confirmedAt: 1000,
  gapMs: 15,
  reason: 'not-confirmed',
  ...changes,
})

const interval = (from: number, to: number, value: string): Interval => ({
  from,
  to,
  value,
  source: 'observed',
  precisionMs: null,
  reason: null,
  open: false,
  mixed: false,
})

describe('a window on a lane', () => {
  test('what began earlier is carried in, without the precision of a change that is not in it', () => {
    const [first, second] = toIntervals(
      [span(-500, 300, 'healthy'), span(300, null, 'down')],
      edge(),
    )
    expect(first).toMatchObject({
      from: 0,
      to: 300,
      value: 'healthy',
      precisionMs: null,
      open: false,
    })
    expect(second).toMatchObject({ from: 300, to: 1000, value: 'down', precisionMs: 5, open: true })
  })

  test('an open interval is believed only as far as it was confirmed', () => {
    const intervals = toIntervals([span(0, null, 'healthy')], edge({ confirmedAt: 400 }))
    expect(intervals.map(({ from, to, value, reason }) => [from, to, value, reason])).toEqual([
      [0, 400, 'healthy', null],
      [400, 1000, 'unknown', 'not-confirmed'],
    ])
  })

  test('nothing is known of the time to come', () => {
    expect(toIntervals([span(0, null, 'healthy')], edge({ to: 5000 })).at(-1)?.to).toBe(1000)
  })
})

const lane = fc
  .array(
    fc.record({
      length: fc.integer({ min: 1, max: 40 }),
      value: fc.constantFrom('healthy', 'degraded', 'down', 'unknown'),
    }),
    { minLength: 1, maxLength: 200 },
  )
  .map((pieces) => {
    let at = 0
    return pieces.map(({ length, value }) => {
      at += length
      return interval(at - length, at, value)
    })
  })

describe('a down-sampled lane', () => {
  test('covers the same time without overlap and hides no bad state', () => {
    fc.assert(
      fc.property(lane, fc.integer({ min: 2, max: 100 }), (intervals, bucketMs) => {
        const lean = downsample(intervals, bucketMs, 0)
        expect(lean[0]?.from).toBe(0)
        expect(lean.at(-1)?.to).toBe(intervals.at(-1)?.to)
        for (const one of lean) expect(one.to).toBeGreaterThan(one.from)
        expect(lean.slice(1).map((one) => one.from)).toEqual(lean.slice(0, -1).map((one) => one.to))
        for (const original of intervals) {
          const shown = lean.filter((one) => one.from < original.to && one.to > original.from)
          // Whatever it is, there is at least one as bad over its time.
          const worst = Math.max(...shown.map((one) => badnessOf(one.value)))
          expect(worst).toBeGreaterThanOrEqual(badnessOf(original.value))
        }
        const end = intervals.at(-1)?.to ?? 0
        expect(lean.length).toBeLessThanOrEqual(Math.ceil(end / bucketMs) * 2 + 1)
      }),
      { numRuns: 500 },
    )
  })
})

test('P10 uptime is counted as a brute-force count of every millisecond does', () => {
  fc.assert(
    fc.property(lane, (intervals) => {
      let up = 0
      let observed = 0
      for (const { from, to, value } of intervals) {
        for (let at = from; at < to; at += 1) {
          if (value !== 'unknown') observed += 1
          if (value === 'healthy' || value === 'degraded') up += 1
        }
      }
      expect(lengthOf(intervals, ({ value }) => value !== 'unknown')).toBe(observed)
      expect(lengthOf(intervals, ({ value }) => value === 'healthy' || value === 'degraded')).toBe(
        up,
      )
    }),
    { numRuns: 10_000 },
  )
})

test('a strip shows the worst of each bucket, reported time in capitals, and nothing where nothing was', () => {
  const intervals = [
    { ...interval(100, 300, 'healthy'), source: 'reported' as const },
    interval(300, 610, 'healthy'),
    interval(610, 620, 'down'),
    interval(620, 1000, 'healthy'),
  ]
  expect(toStrip(intervals, { from: 0, to: 1000 }, 10)).toBe('.HHhhhxhhh')
})
