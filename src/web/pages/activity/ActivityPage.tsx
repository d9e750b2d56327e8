import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import { toProblem } from '#web/api/client.ts'
import { activityQuery, activitySearch } from '#web/api/queries.ts'
import { DayLog, LogLoading } from '#web/log/DayLog.tsx'
import { Exports } from '#web/log/Exports.tsx'
import { Button } from '#web/ui/Button.tsx'
import { EmptyState } from '#web/ui/EmptyState.tsx'
import { ProblemCallout } from '#web/ui/ProblemCallout.tsx'
import { usePageTitle } from '#web/ui/page-title.ts'
import { ActivityFilters } from './ActivityFilters.tsx'
import { EventRow } from './EventRow.tsx'
import { type ActivitySearch, activityFilter } from './filter.ts'

const route = getRouteApi('/activity')

/** What happened, to all tunnels, newest first: filtered, live, and to take away. */
export function ActivityPage() {
  usePageTitle('Activity')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const filter = useMemo(() => activityFilter(search), [search])
  const query = useInfiniteQuery(activityQuery(filter))
  const events = useMemo(() => query.data?.pages.flatMap((page) => page.events) ?? [], [query.data])
  const change = (next: Partial<ActivitySearch>) =>
    void navigate({ search: (old) => ({ ...old, ...next }), replace: true, resetScroll: false })
  const clear = () => void navigate({ search: {}, replace: true, resetScroll: false })
  const isFiltered = Boolean(search.tunnel ?? search.kind ?? search.range)

  return (
    <div className="mx-auto flex max-w-360 flex-col gap-3 px-3 pt-4 pb-12 sm:px-6">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-xl font-semibold">Activity</h1>
        <Exports path="/api/activity" query={activitySearch(filter)} />
      </div>
      <ActivityFilters search={search} onChange={change} onClear={isFiltered ? clear : null} />
      {query.error ? (
        <ProblemCallout
          problem={toProblem(query.error)}
          action={
            <Button size="sm" icon="refresh" onClick={() => void query.refetch()}>
              Try again
            </Button>
          }
        />
      ) : null}
      {query.isPending ? (
        <LogLoading />
      ) : events.length > 0 ? (
        <DayLog
          key={JSON.stringify(search)}
          entries={events}
          rowPx={42}
          renderEntry={(event, zone) => <EventRow event={event} zone={zone} />}
          hasMore={query.hasNextPage}
          isLoading={query.isFetchingNextPage}
          onMore={() => {
            if (query.hasNextPage && !query.isFetching) void query.fetchNextPage()
          }}
        />
      ) : query.error ? null : (
        <div className="rounded-lg border border-line bg-panel">
          {isFiltered ? (
            <EmptyState
              title="Nothing like that happened"
              action={<Button onClick={clear}>Clear filters</Button>}
            >
              No entry of the log is of this tunnel, of these kinds and of this time.
            </EmptyState>
          ) : (
            <EmptyState title="Nothing has happened yet">
              Every change that Tandem sees is written down here, as soon as it sees it.
            </EmptyState>
          )}
        </div>
      )}
    </div>
  )
}
