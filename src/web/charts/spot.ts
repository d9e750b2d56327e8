import type { Interval } from '#contract/history.ts'
import type { Stretch } from './range.ts'
import type { Lane } from './series.ts'

/**
 * A place on the timeline by what it is, not by its number: lanes come, and intervals leave at the left while the
 * window moves on.
 */
export type Spot = { laneId: string; at: number }

/**
 * Where a spot is among the lanes now. What has left the window hands over to what is at its edge; a lane with
 * nothing in it has no interval, and one that is gone no place. Pure.
 */
export function placeOf(
  { laneId, at }: Spot,
  lanes: readonly Lane[],
  { from, to }: Stretch,
): { lane: number; index: number; interval: Interval | undefined } | null {
  const lane = lanes.findIndex(({ id }) => id === laneId)
  const intervals = lanes[lane]?.intervals
  if (!intervals) return null
  const seen = Math.min(Math.max(at, from), to - 1)
  const later = intervals.findIndex((each) => each.to > seen)
  const index = later < 0 ? intervals.length - 1 : later
  return { lane, index, interval: intervals[index] }
}

/** Of a lane the interval of that number, or the one nearest to it that a stretch shows; -1 where it shows none. */
export function nearestShown(
  intervals: readonly Interval[],
  wanted: number,
  { from, to }: Stretch,
): number {
  const shown = (each: Interval) => each.to > from && each.from <= to
  return Math.min(Math.max(wanted, intervals.findIndex(shown)), intervals.findLastIndex(shown))
}
