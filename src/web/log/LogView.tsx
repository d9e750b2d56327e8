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
  const { error } = query
  return (
    <>
      {error ? (
        <ProblemCallout problem={toProblem(error)} onRetry={() => void query.refetch()} />
      ) : null}
      {query.isPending ? (
        <LogLoading />
      ) : entries.length > 0 ? (
        <DayLog
          entries={entries}
          rowPx={rowPx}
          renderEntry={renderEntry}
          hasMore={query.hasNextPage}
          isLoading={query.isFetchingNextPage}
          onMore={() => {
            if (query.hasNextPage && !query.isFetching) void query.fetchNextPage()
          isOfStretch={isOfStretch}
          }}
        />
      ) : error ? null : (
        <div className="rounded-lg border border-line bg-panel">{empty}</div>
      )}
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
  refetch: () => unknown
  fetchNextPage: () => unknown
}
