import type { UnknownReason } from '#contract/history.ts'

/** Since when nobody could look, and why: until the next one, or until somebody does. */
export type Stop = { at: number; because: UnknownReason }

/**
 * One gap has one reason: its longest part's. Waiting for a turn is never that, because a gap is three periods long and
 * a turn comes in one.
 *
 * @param stops the parts that the gap from `from` to `to` may have, in their order.
 */
export function longestReason(from: number, stops: Stop[], to: number): UnknownReason {
  let longest: { ms: number; because: UnknownReason } = { ms: 0, because: 'not-confirmed' }
  for (const [index, { at, because }] of stops.entries()) {
    const ms = (stops[index + 1]?.at ?? to) - Math.max(at, from)
    if (ms > longest.ms) longest = { ms, because }
  }
  return longest.because
}
