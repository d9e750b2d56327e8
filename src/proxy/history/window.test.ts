import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { badnessOf, type Interval, isPartial, type LaneKind } from '#contract/history.ts'
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
  unknownMs: 0,
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

const values = {
  status: ['healthy', 'degraded', 'down', 'inactive', 'unknown'],
  active: ['a', 'b', 'none', 'several', 'unknown'],
  role: ['active', 'passive', 'offline', 'none', 'unknown'],
} as const
const kinds = ['status', 'active', 'role'] as const satisfies LaneKind[]

/** @param holes whether the lane may end and begin again, as a connector that leaves and joins does. */
const laneOf = (kind: LaneKind, holes: boolean) =>
  fc
    .array(
      fc.record({
        hole: holes ? fc.integer({ min: 0, max: 20 }) : fc.constant(0),
        length: fc.integer({ min: 1, max: 40 }),
        value: fc.constantFrom(...values[kind]),
      }),
      { minLength: 1, maxLength: 200 },
    )
    .map((pieces) => {
      let at = 0
      return pieces.map(({ hole, length, value }) => {
        at += hole + length
        return interval(at - length, at, value)
      })
    })
const lane = laneOf('status', false)
const shape = (intervals: Interval[]) =>
  intervals.map(({ from, to, value, mixed, unknownMs }) => [from, to, value, mixed, unknownMs])

describe.each(kinds)('a down-sampled %s lane', (kind) => {
  test.each([
    ['one stretch after the other', false],
    ['with holes', true],
  ])('%s covers the same time without overlap, hides no bad state and is bounded', (_, holes) => {
    fc.assert(
      fc.property(laneOf(kind, holes), fc.integer({ min: 2, max: 100 }), (intervals, bucketMs) => {
        const lean = downsample(kind, intervals, bucketMs, 0)
        expect(lean[0]?.from).toBe(intervals[0]?.from)
        expect(lean.at(-1)?.to).toBe(intervals.at(-1)?.to)
        for (const one of lean) expect(one.to).toBeGreaterThan(one.from)
        for (const [index, next] of lean.slice(1).entries())
          expect(next.from).toBeGreaterThanOrEqual(lean[index]?.to ?? 0)
        for (const original of intervals) {
          const { from, to, value } = original
          const shown = lean.filter((one) => one.from < to && one.to > from)
          expect(lengthWithin(shown, original, () => true)).toBe(to - from)
          // Whatever it is, what is shown over its time is as bad, and what is hidden is told of.
          const least = Math.min(...shown.map((one) => badnessOf(kind, one.value)))
          expect(least).toBeGreaterThanOrEqual(badnessOf(kind, value))
          expect(shown.every((one) => one.mixed || one.value === value)).toBe(true)
        }
        for (const one of lean) {
          const unknownMs = lengthWithin(intervals, one, ({ value }) => value === 'unknown')
          expect(one.mixed || one.value === 'unknown' ? unknownMs : 0).toBe(unknownMs)
          expect(one.unknownMs).toBe(one.mixed ? unknownMs : 0)
        }
        const end = intervals.at(-1)?.to ?? 0
        expect(lean.length).toBeLessThanOrEqual(Math.ceil(end / bucketMs))
      }),
      { numRuns: 300 },
    )
  })
})

/** Milliseconds of `intervals` inside of a stretch for which `is` holds. */
const lengthWithin = (
  intervals: Interval[],
  { from, to }: { from: number; to: number },
  is: (interval: Interval) => boolean,
) =>
  lengthOf(
    intervals
      .filter((one) => one.from < to && from < one.to)
      .map((one) => ({ ...one, from: Math.max(one.from, from), to: Math.min(one.to, to) })),
    is,
  )

describe('a bucket', () => {
  test('of a connector without an HA role that nobody watched is unknown', () => {
    const lean = downsample('role', [interval(0, 10, 'none'), interval(10, 100, 'unknown')], 100, 0)
    expect(shape(lean)).toEqual([[0, 100, 'unknown', true, 90]])
  })

  test('with a moment of trouble and nothing else known shows both', () => {
    const [one, ...others] = downsample(
      'role',
      [interval(0, 1, 'offline'), interval(1, 100, 'unknown')],
      100,
      0,
    )
    expect(shape(one ? [one] : [])).toEqual([[0, 100, 'offline', true, 99]])
    expect(others).toEqual([])
    expect(one && isPartial(one)).toBe(true)
  })

  test('shows a degraded state that was seen, whatever else is not known', () => {
    const lean = downsample(
      'status',
      [interval(0, 10, 'degraded'), interval(10, 100, 'unknown')],
      100,
      0,
    )
    expect(shape(lean)).toEqual([[0, 100, 'degraded', true, 90]])
  })

  test('with something hidden does not say so of the long stretch beside it', () => {
    const lean = downsample(
      'status',
      [interval(0, 150, 'down'), interval(150, 1000, 'healthy'), interval(1000, 1030, 'down')],
      100,
      0,
    )
    expect(shape(lean)).toEqual([
      [0, 100, 'down', false, 0],
      [100, 200, 'down', true, 0],
      [200, 1000, 'healthy', false, 0],
      [1000, 1030, 'down', false, 0],
    ])
  })

  test('that ends with what still holds is open, whatever was worse in it', () => {
    const still = { ...interval(10, 90, 'active'), open: true }
    expect(downsample('role', [interval(0, 10, 'offline'), still], 100, 0)).toMatchObject([
      { value: 'offline', open: true },
    ])
    const long = { ...interval(0, 250, 'active'), open: true }
    expect(downsample('role', [long], 100, 0)).toMatchObject([{ from: 0, to: 250, open: true }])
  })

  test('holds five thousand leavings and joinings as one', () => {
    const flapping = Array.from({ length: 5_000 }, (_, n) => interval(n * 2, n * 2 + 1, 'passive'))
    expect(downsample('role', flapping, 1_000, 0).length).toBeLessThanOrEqual(10)
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
  expect(toStrip('status', intervals, { from: 0, to: 1000 }, 10)).toBe('.HHhhhxhhh')
})

test('a moment of trouble in a bucket of a strip of which little else is known is told as that', () => {
  const intervals = [
    interval(0, 10, 'down'),
    interval(10, 110, 'unknown'),
    interval(110, 160, 'unknown'),
    interval(160, 200, 'degraded'),
    interval(200, 290, 'down'),
    interval(290, 300, 'unknown'),
  ]
  expect(toStrip('status', intervals, { from: 0, to: 300 }, 3)).toBe('yex')
})
