import type { HistorySummary } from '#contract/history.ts'
import { useClock } from '#web/ui/clock.ts'

/** It is asked for every ten minutes. */
const oldMs = 30 * 60_000

/** A summary that ended long ago is none: it is not told as the last 24 hours. */
export function useRecent(summary: HistorySummary | undefined): HistorySummary | undefined {
  const isOld = useClock((now) => summary !== undefined && now - summary.to > oldMs)
  return isOld ? undefined : summary
}
