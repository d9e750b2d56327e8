import { expect, test } from 'vitest'
import type { Interval } from '#contract/history.ts'
import type { Lane } from './series.ts'
import { nearestShown, placeOf } from './spot.ts'

const interval = (from: number, to: number, value: string) =>
  ({ from, to, value }) as unknown as Interval
const lane = (id: string, ...intervals: Interval[]) => ({ id, intervals }) as unknown as Lane
const valueAt = (lanes: readonly Lane[], stretch: { from: number; to: number }) =>
  placeOf({ laneId: 'b', at: 25 }, lanes, stretch)?.interval?.value
const before = [interval(0, 10, 'first'), interval(10, 20, 'second')]
const its = interval(20, 30, 'its')

test('what the keyboard is at stays the same when a lane comes, an interval leaves, and a new one begins', () => {
  expect(valueAt([lane('b', ...before, its)], { from: 0, to: 30 })).toBe('its')
  const moved = [lane('a', its), lane('b', its, interval(30, 60, 'new'))]
  expect(valueAt(moved, { from: 18, to: 60 })).toBe('its')
  expect(placeOf({ laneId: 'b', at: 25 }, moved, { from: 18, to: 60 })).toMatchObject({
    lane: 1,
    index: 0,
  })
})

test('an interval that has left the window hands over to the one at its edge', () => {
  const lanes = [lane('b', its, interval(30, 60, 'new'))]
  expect(valueAt(lanes, { from: 28, to: 60 })).toBe('its')
  expect(valueAt(lanes, { from: 40, to: 70 })).toBe('new')
  expect(valueAt([lane('b', interval(40, 50, 'late'))], { from: 10, to: 60 })).toBe('late')
  expect(valueAt([lane('b', ...before)], { from: 0, to: 60 })).toBe('second')
})

test('an empty lane keeps its place, one that is gone has none', () => {
  expect(placeOf({ laneId: 'b', at: 25 }, [lane('b')], { from: 0, to: 30 })).toMatchObject({
    lane: 0,
    interval: undefined,
  })
  expect(placeOf({ laneId: 'b', at: 25 }, [lane('a', its)], { from: 0, to: 30 })).toBeNull()
})

test('from interval to interval the keyboard stays among those that are seen', () => {
  const all = [...before, its, interval(30, 60, 'new')]
  const seen = (wanted: number) => nearestShown(all, wanted, { from: 12, to: 29 })
  expect([-1, 0, 1, 2, 3, 4, Number.POSITIVE_INFINITY].map(seen)).toEqual([1, 1, 1, 2, 2, 2, 2])
  expect(nearestShown(all, 4, { from: 0, to: 60 })).toBe(3)
  expect(nearestShown(all, 0, { from: 70, to: 80 })).toBe(-1)
  expect(nearestShown([], 0, { from: 0, to: 60 })).toBe(-1)
})
