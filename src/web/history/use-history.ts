import { type QueryKey, type UseQueryOptions, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import type { TunnelHistory } from '#contract/history.ts'
import type { TunnelDetail } from '#contract/tunnel.ts'
import { useCheckedAt } from '#web/api/ages.ts'
import { isLive } from '#web/charts/range.ts'
import { carriedOn, endsUnknown } from '#web/charts/series.ts'
import type { RangeControl } from '#web/charts/use-range.ts'
import { useStale } from '#web/ui/TimeAgo.tsx'

/**
 * A window of history that stays true while it is open. New entries of the log make it ask again
 * (`api/land-logged.ts`); between them what is open is carried on to the last look.
 */
export function useHistory<K extends QueryKey>(
  options: UseQueryOptions<TunnelHistory, Error, TunnelHistory, K>,
  tunnel: TunnelDetail,
  { range, grainMs }: Pick<RangeControl, 'range' | 'grainMs'>,
) {
  const { data, error, isPlaceholderData, isFetching, refetch } = useQuery(options)
  const checkedAt = useCheckedAt(tunnel)
  const stale = useStale(checkedAt, tunnel.staleAfterMs)
  const live = isLive(range)
  // No finer than what can be seen: each step paints the charts again.
  const lookedAt = checkedAt === null ? null : Math.floor(checkedAt / grainMs) * grainMs
  const history = useMemo(
    () => data && (live && !stale ? carriedOn(data, lookedAt) : data),
    [data, live, stale, lookedAt],
  )

  // Watching stopped or went on: no entry of this tunnel's log tells of it, but its lanes do.
  const ended = data !== undefined && endsUnknown(data)
  const seenAgain = ended && checkedAt !== null && checkedAt > data.at
  const lost = data !== undefined && !ended && stale && live
  useEffect(() => {
    if (seenAgain || lost) void refetch()
  }, [seenAgain, lost, refetch])

  return {
    history,
    error: error ?? null,
    /** Nobody knows whether what was open is so still. */
    stale,
    /** What is shown is still the window of before. */
    isPrevious: isPlaceholderData,
    isFetching,
    refetch,
  }
}
