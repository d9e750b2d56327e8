import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Window } from '#contract/marks.ts'
import { merged, outside } from './outside.ts'

/** Small times, so that begins and ends meet all the time. */
const moment = fc.integer({ min: 0, max: 40 })
const window = fc
  .tuple(moment, moment)
  .map(([a, b]): Window => ({ from: Math.min(a, b), to: Math.max(a, b) }))
const windows = fc.array(window, { maxLength: 6 })
const bounds = window.filter(({ from, to }) => from < to)
/** A lane: stretches that follow each other without overlapping, some with gaps between them. */
const lane = fc.uniqueArray(moment, { maxLength: 12 }).map((moments) => {
  const cuts = moments.toSorted((a, b) => a - b)
  return cuts
    .slice(1)
    .map((to, at) => ({ from: cuts[at] ?? 0, to, value: String(at) }))
    .filter((_, at) => at % 3 !== 2)
})

const ticks = Array.from({ length: 41 }, (_, at) => at)
const within = (all: readonly Window[], at: number) =>
  all.some(({ from, to }) => from <= at && at < to)

test('merged windows hold the same moments, in order, and never touch', () => {
  fc.assert(
    fc.property(windows, bounds, (all, edge) => {
      const result = merged(all, edge)
      expect(ticks.filter((at) => within(result, at))).toEqual(
        ticks.filter((at) => within(all, at) && within([edge], at)),
      )
      const gaps = result.slice(1).map(({ from }, at) => from - (result[at]?.to ?? 0))
      expect(gaps.every((gap) => gap > 0)).toBe(true)
    }),
  )
})

test('every moment of a lane is either outside, as it was, or in a window; none is both', () => {
  fc.assert(
    fc.property(lane, windows, (stretches, all) => {
      const away = merged(all, { from: 0, to: 41 })
      const rest = outside(stretches, away)
      const valueAt = (of: typeof stretches, at: number) =>
        of.filter(({ from, to }) => from <= at && at < to).map(({ value }) => value)
      for (const at of ticks)
        expect(valueAt(rest, at)).toEqual(within(away, at) ? [] : valueAt(stretches, at))
      expect(rest.every(({ from, to }) => from < to)).toBe(true)
    }),
  )
})

test('a window that ends where a stretch begins takes nothing of it', () => {
  const stretch = { from: 10, to: 20 }
  expect(
    outside(
      [stretch],
      [
        { from: 0, to: 10 },
        { from: 20, to: 30 },
      ],
    ),
  ).toEqual([stretch])
  expect(outside([stretch], [{ from: 9, to: 11 }])).toEqual([{ from: 11, to: 20 }])
  expect(outside([stretch], [{ from: 10, to: 20 }])).toEqual([])
})
