import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import type { HistoryEvent } from '#contract/history.ts'
import { toProblem } from '#web/api/client.ts'
import { activityQuery, activitySearch } from '#web/api/queries.ts'
import { Button, buttonClass } from '#web/ui/Button.tsx'
import { EmptyState } from '#web/ui/EmptyState.tsx'
import { Icon } from '#web/ui/Icon.tsx'
import { ProblemCallout } from '#web/ui/ProblemCallout.tsx'
import { usePageTitle } from '#web/ui/page-title.ts'
import { Skeleton } from '#web/ui/Skeleton.tsx'
import { tip } from '#web/ui/Tooltip.tsx'
import { longDayIn, useZone, type Zone } from '#web/ui/zone.ts'
import { ActivityFilters } from './ActivityFilters.tsx'
import { EventRow } from './EventRow.tsx'
import { type ActivitySearch, activityFilter } from './filter.ts'
import { type Row, toRows } from './rows.ts'

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
        <Exports filter={filter} />
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
        <Loading />
      ) : events.length > 0 ? (
        <Log
          key={JSON.stringify(search)}
          events={events}
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

/** The whole log of the filters, as files. */
function Exports({ filter }: { filter: ReturnType<typeof activityFilter> }) {
  const query = activitySearch(filter)
  return (
    <div className="flex items-center gap-2">
      <a
        href={`/api/activity.csv?${query}`}
        download
        className={buttonClass('secondary')}
        {...tip('All entries of these filters, as a table')}
      >
        <Icon name="download" />
        CSV
      </a>
      <a
        href={`/api/activity.jsonl?${query}`}
        download
        className={buttonClass('secondary')}
        {...tip('All entries of these filters, one JSON object in a line')}
      >
        <Icon name="download" />
        JSON Lines
      </a>
    </div>
  )
}

function Loading() {
  return (
    <output
      aria-busy="true"
      className="flex flex-col gap-px rounded-lg border border-line bg-panel p-4"
    >
      <span className="sr-only">Loading the log</span>
      {Array.from({ length: 12 }, (_, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- all the same
        <Skeleton key={index} className="my-2 h-5 w-full" />
      ))}
    </output>
  )
}

/** Within so many pixels of its top a page counts as being read from there. */
const topPx = 120
/** The next page is asked for when so many rows are left. */
const aheadRows = 20

/**
 * The entries. What is new comes on top of a reader who is there; whoever has scrolled keeps their place and
 * is told how many there are.
 */
function Log({
  events,
  hasMore,
  isLoading,
  onMore,
}: {
  events: readonly HistoryEvent[]
  hasMore: boolean
  isLoading: boolean
  onMore: () => void
}) {
  const zone = useZone()
  const list = useRef<HTMLDivElement>(null)
  const isAtTop = useAtTop()
  const newestId = events[0]?.id
  const [shownId, setShownId] = useState(newestId)
  if (isAtTop && shownId !== newestId) setShownId(newestId)
  const waiting = Math.max(
    0,
    events.findIndex(({ id }) => id === shownId),
  )
  const rows = useMemo(() => toRows(events.slice(waiting), zone), [events, waiting, zone])
  const { items, before, after, measure, firstVisible } = useVirtualRows(rows, list)

  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (last >= rows.length - aheadRows) onMore()
  }, [last, rows.length, onMore])

  const day = rows[firstVisible]
  return (
    <div ref={list} className="relative rounded-lg border border-line bg-panel">
      {waiting > 0 ? (
        <div className="pointer-events-none sticky top-[calc(var(--top)+0.5rem)] z-10 -mb-9 flex h-9 justify-center">
          <Button
            variant="primary"
            size="sm"
            icon="arrowUp"
            className="pointer-events-auto shadow-overlay"
            onClick={() => {
              setShownId(newestId)
              window.scrollTo({ top: 0, behavior: 'instant' })
            }}
          >
            {waiting === 1 ? '1 new entry' : `${waiting} new entries`}
          </Button>
        </div>
      ) : null}
      {day ? (
        <p
          aria-hidden="true"
          className="sticky top-(--top) z-5 -mb-9 h-9 rounded-t-lg border-b border-line bg-panel px-3 text-sm leading-9 font-semibold sm:px-4"
        >
          {longDayIn(day.at, zone)}
        </p>
      ) : null}
      <ol aria-label="Entries, newest first">
        <li aria-hidden="true" style={{ height: before }} />
        {items.map(({ index, key }) => {
          const row = rows[index]
          return row ? (
            <li key={key} ref={measure} data-index={index}>
              <RowView row={row} zone={zone} />
            </li>
          ) : null
        })}
        <li aria-hidden="true" style={{ height: after }} />
      </ol>
      <p className="flex h-12 items-center justify-center text-sm text-ink-2">
        {isLoading ? 'Loading…' : hasMore ? '' : 'This is where the log begins.'}
      </p>
    </div>
  )
}

function RowView({ row, zone }: { row: Row; zone: Zone }) {
  if (row.kind === 'event')
    return (
      <div className="border-t border-line/70">
        <EventRow event={row.event} zone={zone} />
      </div>
    )
  return (
    <h2 className="h-9 px-3 text-sm leading-9 font-semibold sm:px-4">{longDayIn(row.at, zone)}</h2>
  )
}

function useVirtualRows(rows: readonly Row[], list: { current: HTMLElement | null }) {
  const [offset, setOffset] = useState(0)
  useLayoutEffect(() => {
    const top = (list.current?.getBoundingClientRect().top ?? 0) + window.scrollY
    setOffset(Math.round(top))
  }, [list])
  // oxlint-disable-next-line react/incompatible-library -- no compiler memoizes here, and nothing is handed on
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (index) => (rows[index]?.kind === 'day' ? 36 : 42),
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 12,
    scrollMargin: offset,
  })
  const items = virtual.getVirtualItems()
  const [first, last] = [items[0], items.at(-1)]
  const top = (virtual.scrollOffset ?? 0) + stickyPx()
  return {
    items,
    before: first ? first.start - offset : 0,
    after: last ? virtual.getTotalSize() - (last.end - offset) : 0,
    measure: virtual.measureElement,
    firstVisible: items.find(({ end }) => end > top + 18)?.index ?? 0,
  }
}

/** How much of the window the page's header covers. */
const stickyPx = () =>
  Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--top')) || 0

function useAtTop(): boolean {
  return useSyncExternalStore(
    (listener) => {
      window.addEventListener('scroll', listener, { passive: true })
      return () => window.removeEventListener('scroll', listener)
    },
    () => window.scrollY < topPx,
  )
}
