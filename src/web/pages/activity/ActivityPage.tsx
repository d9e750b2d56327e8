import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import { activityQuery, activitySearch } from '#web/api/queries.ts'
import { Exports } from '#web/log/Exports.tsx'
import { LogView } from '#web/log/LogView.tsx'
import { Button } from '#web/ui/Button.tsx'
import { EmptyState } from '#web/ui/EmptyState.tsx'
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
      <LogView
        key={JSON.stringify(search)}
        query={query}
        entries={events}
        rowPx={42}
        renderEntry={(event, zone) => <EventRow event={event} zone={zone} />}
        empty={
          isFiltered ? (
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
          )
        }
      />
    </div>
  )
}
