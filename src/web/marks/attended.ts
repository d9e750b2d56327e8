import { acknowledges } from '#contract/acknowledges.ts'
import { type HistoryEvent, isChange } from '#contract/history.ts'
import { holds, type Mark, windowOf } from '#contract/marks.ts'
import type { Tunnel } from '#contract/tunnel.ts'

/** Does an entry of the log wait for somebody, and who has seen it? Pure. */
export type Attended =
  | { state: 'waits' }
  | { state: 'acknowledged'; mark: Mark }
  /** Nobody has to see it, or not yet known. */
  | { state: 'none' }

/**
 * @param marks what people said to its tunnel; undefined while that is on its way
 * @param waiting what the proxy says waits of its tunnel: nothing outside of it does
 */
export function attendedOf(
  event: HistoryEvent,
  waiting: Tunnel['unacknowledged'],
  marks: readonly Mark[] | undefined,
): Attended {
  if (!isChange(event) || !marks) return { state: 'none' }
  const mark = marks.find((each) => acknowledges(each, event))
  if (mark) return { state: 'acknowledged', mark }
  const isAnnounced = marks.some((each) => {
    const window = windowOf(each)
    return window !== null && holds(window, event.at)
  })
  const isWithin = waiting !== null && waiting.firstAt <= event.at && event.at <= waiting.lastAt
  return { state: isWithin && !isAnnounced ? 'waits' : 'none' }
}
