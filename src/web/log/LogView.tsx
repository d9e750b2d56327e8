import type { ReactNode } from 'react'
import { toProblem } from '#web/api/client.ts'
import { ProblemCallout } from '#web/ui/ProblemCallout.tsx'
import type { Zone } from '#web/ui/zone.ts'
import { DayLog, LogLoading } from './DayLog.tsx'
import type { Entry } from './rows.ts'

/** A log that is asked for page by page: what went wrong, that it is on its way, its entries, or that there are none. */
export function LogView<T extends Entry>({
  query,
  entries,
  rowPx,
  renderEntry,
  isOfStretch,
  empty,
}: {
  query: LogQuery
  /** Newest first. */
  entries: readonly T[]
  rowPx: number
  renderEntry: (entry: T, zone: Zone) => ReactNode
  /** Whether it is filtered by time. */
  isOfStretch: boolean
  empty: ReactNode
}) {
  const { error, isFetchNextPageError } = query
  const again = isFetchNextPageError ? query.fetchNextPage : query.refetch
  const problem = error ? (
    <ProblemCallout problem={toProblem(error)} onRetry={() => void again()} />
  ) : null
  return (
    <>
      {isFetchNextPageError ? null : problem}
      {query.isPending ? (
        <LogLoading />
      ) : entries.length > 0 ? (
        <DayLog
          entries={entries}
          rowPx={rowPx}
          renderEntry={renderEntry}
          hasMore={query.hasNextPage}
          isLoading={query.isFetchingNextPage}
          isOfStretch={isOfStretch}
          onMore={() => {
            // What failed is asked for again by a hand: asked by itself it would be with every drawing.
            if (query.hasNextPage && !query.isFetching && !error) void query.fetchNextPage()
          }}
        />
      ) : error ? null : (
        <div className="rounded-lg border border-line bg-panel">{empty}</div>
      )}
      {isFetchNextPageError ? problem : null}
    </>
  )
}

/** What it needs of an infinite query. */
type LogQuery = {
  error: Error | null
  isPending: boolean
  isFetching: boolean
  hasNextPage: boolean
  isFetchingNextPage: boolean
  isFetchNextPageError: boolean
  refetch: () => unknown
  fetchNextPage: () => unknown
}
