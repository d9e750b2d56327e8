import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { getRouteApi, useLocation } from '@tanstack/react-router'
import { Suspense, use, useEffect, useMemo, useRef, useState } from 'react'
import type { HistorySummary } from '#contract/history.ts'
import { useAddressText } from '#web/api/address-text.ts'
import { useDialogAddress } from '#web/api/dialog-address.ts'
import { useWhyNot } from '#web/api/operations.ts'
import { historySummaryQuery, sessionQuery, tunnelsQuery } from '#web/api/queries.ts'
import { useRecent } from '#web/charts/use-recent.ts'
import { useStable } from '#web/charts/use-stable.ts'
import { filtered } from '#web/fleet/filter.ts'
import { openView, savedViews, viewSearch } from '#web/fleet/saved-views.ts'
import type { TunnelsSearch } from '#web/router.tsx'
import { Button } from '#web/ui/Button.tsx'
import { useClock } from '#web/ui/clock.ts'
import { handsFocusHome } from '#web/ui/home.ts'
import { Icon } from '#web/ui/Icon.tsx'
import { Kbd } from '#web/ui/Kbd.tsx'
import { later } from '#web/ui/later.ts'
import { LookEverywhere } from '#web/ui/look-everywhere.ts'
import { Name } from '#web/ui/Name.tsx'
import { countText } from '#web/ui/numbers.ts'
import { usePageTitle } from '#web/ui/page-title.ts'
import { refuse } from '#web/ui/refusal.ts'
import { useShortcut } from '#web/ui/shortcuts.ts'
import { GroupMenu } from './GroupMenu.tsx'
import { type Figures, sorted } from './rows.ts'
import { SummaryStrip } from './SummaryStrip.tsx'
import type { Change, SortKey } from './search.ts'
import { createSelection } from './selection.ts'
import { TagFilter } from './TagFilter.tsx'
import { TunnelTable } from './TunnelTable.tsx'
import { SelectionContext, useAnySelected } from './use-selection.ts'
import { ViewButton } from './ViewButton.tsx'

const CreateTunnelDialog = later(
  async () => (await import('./CreateTunnelDialog.tsx')).CreateTunnelDialog,
)
const FirstRun = later(async () => (await import('./FirstRun.tsx')).FirstRun)
const FirstSweep = later(async () => (await import('./FirstSweep.tsx')).FirstSweep)

const NoMatch = later(async () => (await import('./NoMatch.tsx')).NoMatch)

const SelectionBar = later(async () => (await import('./SelectionBar.tsx')).SelectionBar)

const GroupedTable = later(async () => (await import('./GroupedTable.tsx')).GroupedTable)

const dayMs = 86_400_000
const route = getRouteApi('/')

export function TunnelsPage() {
  const { data: list } = useSuspenseQuery(tunnelsQuery)
  const { data: session } = useSuspenseQuery(sessionQuery)
  const search = route.useSearch()
  const view = openView(savedViews.use(), viewSearch(search))
  usePageTitle(view?.name ?? '', 'Tunnels')
  const navigate = route.useNavigate()
  const mayNotCreate = useWhyNot('tunnelCreate')
  const deleted = useLocation({ select: ({ state }) => state.deleted })
  const {
    text: query,
    change: setQuery,
    settle,
  } = useAddressText(
    search.q,
    (q) => void navigate({ search: (old) => ({ ...old, q }), replace: true }),
  )

  const figures = useFigures()
  // Only the two orders by availability look at them.
  const counted = search.sort === 'day' || search.sort === 'month' ? figures : undefined
  // Ages move without a row that changes; more often the order would never rest.
  const agesAt = useClock((now) => (search.sort === 'age' ? Math.floor(now / 10_000) : 0))
  const order = useMemo(
    () => sorted(list.tunnels, search.sort, search.dir, counted),
    // oxlint-disable-next-line react/exhaustive-deps -- the ages themselves are read where they are kept
    [list.tunnels, search.sort, search.dir, counted, agesAt],
  )
  const { status, readiness, tag } = search
  const rows = useMemo(
    () => filtered(order, { q: query, status, readiness, tag }),
    [order, query, status, readiness, tag],
  )
  const [selection] = useState(createSelection)
  useEffect(() => {
    const ids = new Set(list.tunnels.map(({ id }) => id))
    selection.survive((id) => ids.has(id))
  }, [selection, list.tunnels])
  const isSelecting = useAnySelected(selection)
  const isFiltered = Boolean(query || status || readiness || tag)

  const lookEverywhere = use(LookEverywhere)
  const { open, close } = useDialogAddress<TunnelsSearch>(search.dialog)
  const openCreate = () => open({ dialog: 'create' })
  const clear = () => {
    setQuery('')
    filterBy(() => ({ q: undefined, status: undefined, readiness: undefined, tag: undefined }))
  }
  // Another list begins at its top; of the same one the place under the hand stays.
  const filterBy = useStable((change: Change, resetScroll?: boolean) => {
    void navigate({ search: (old) => ({ ...old, ...change(old) }), replace: true, resetScroll })
  })
  const groupBy = useStable((group: string | undefined) =>
    filterBy(() => ({ group, closed: undefined })),
  )
  const sortBy = useStable((key: SortKey) => {
    void navigate({
      replace: true,
      // Once up, once down, then worst first again.
      search: (old: TunnelsSearch): TunnelsSearch =>
        old.sort !== key
          ? { ...old, sort: key, dir: undefined }
          : old.dir === 'desc'
            ? { ...old, sort: undefined, dir: undefined }
            : { ...old, dir: 'desc' },
    })
  })
  const askedWith = (q: string) => `${q} ${search.sort} ${search.dir} ${status} ${readiness} ${tag}`
  const table = {
    asked: askedWith(query.trim()),
    settled: askedWith(search.q ?? ''),
    figures,
    sort: search.sort,
    direction: search.dir,
    onSort: sortBy,
  }
  useShortcut('create', () => {
    if (mayNotCreate) refuse(mayNotCreate)
    else openCreate()
  })

  return (
    <div className="mx-auto flex max-w-520 flex-col px-3 pt-4 pb-20 sm:px-6">
      <div className="relative flex items-center gap-3 pb-3 max-sm:flex-wrap">
        <h1 className="min-w-0 flex-1 truncate text-xl font-semibold">
          {view ? <Name name={view.name} /> : 'Tunnels'}{' '}
          <span className="ml-1 text-lg font-normal text-ink-3 normal-nums">
            {list.tunnels.length > 0 ? countText((view ? rows : list.tunnels).length) : ''}
          </span>
        </h1>
        {deleted === undefined ? null : (
          <output className="max-w-1/2 truncate text-ink-2">
            Deleted <Name name={deleted} />
          </output>
        )}
        <div className="flex shrink-0 items-center gap-2 max-sm:contents">
          <Suspense>
            {session.poller.firstSweep && list.tunnels.length > 0 ? (
              <FirstSweep sweep={session.poller.firstSweep} />
            ) : null}
          </Suspense>
          {list.tunnels.length > 0 ? <ViewButton search={viewSearch(search)} /> : null}
          <Button variant="primary" icon="plus" disabledReason={mayNotCreate} onClick={openCreate}>
            Create tunnel
          </Button>
        </div>
      </div>
      {list.tunnels.length === 0 ? (
        <Suspense>
          <FirstRun session={session} mayNotCreate={mayNotCreate} onCreate={openCreate} />
        </Suspense>
      ) : (
        <SelectionContext value={selection}>
          <SummaryStrip
            tunnels={list.tunnels}
            status={status}
            readiness={readiness}
            onFilter={filterBy}
          />
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
            <SearchField value={query} onChange={setQuery} onLeave={settle} />
            <TagFilter tags={tag} onFilter={filterBy} />
            <output className="text-ink-2 empty:hidden">
              {isFiltered
                ? `${countText(rows.length)} of ${countText(list.tunnels.length)} shown`
                : ''}
            </output>
            {isFiltered ? (
              <Button ref={handsFocusHome} variant="ghost" size="sm" icon="close" onClick={clear}>
                Clear filters
              </Button>
            ) : null}
            <span className="ml-auto">
              <GroupMenu tunnels={list.tunnels} group={search.group} onChange={groupBy} />
            </span>
          </div>
          {rows.length === 0 ? (
            <Suspense>
              <NoMatch
                of={list.tunnels.length}
                onClear={clear}
                onLook={query ? () => lookEverywhere(query) : null}
              />
            </Suspense>
          ) : (
            <Suspense>
              {search.group ? (
                <GroupedTable
                  rows={rows}
                  group={search.group}
                  closed={search.closed}
                  onFilter={filterBy}
                  renderTable={(lines, renderHead) => (
                    <TunnelTable {...table} rows={lines} renderHead={renderHead} />
                  )}
                />
              ) : (
                <TunnelTable {...table} rows={rows} />
              )}
            </Suspense>
          )}
          <Suspense>
            {isSelecting ? (
              <SelectionBar tunnels={order} rows={rows} search={search} figures={figures} />
            ) : null}
          </Suspense>
        </SelectionContext>
      )}
      <Suspense>
        {search.dialog === 'create' ? <CreateTunnelDialog onClose={close} /> : null}
      </Suspense>
    </div>
  )
}

const byTunnel = (summary: HistorySummary | undefined) =>
  new Map(summary?.tunnels.map((each) => [each.tunnelId, each]))

/** Strips and percentages. The list is there before them, and the long window comes after the short one. */
function useFigures(): Figures {
  const { data: day } = useQuery(historySummaryQuery({ lastMs: dayMs }))
  const { data: month } = useQuery({
    ...historySummaryQuery({ lastMs: 30 * dayMs }, { strips: false }),
    enabled: day !== undefined,
  })
  const recent = useRecent(day)
  return useMemo(
    () => ({ day: byTunnel(recent), month: byTunnel(recent && month) }),
    [recent, month],
  )
}

function SearchField({
  value,
  onChange,
  onLeave,
}: {
  value: string
  onChange: (value: string) => void
  onLeave: () => void
}) {
  const input = useRef<HTMLInputElement>(null)
  useShortcut('search', () => {
    input.current?.focus()
    input.current?.select()
  })
  return (
    <div className="relative w-full sm:w-80">
      <Icon
        name="search"
        className="pointer-events-none absolute top-2.5 left-2.5 size-4 text-ink-3"
      />
      <input
        ref={input}
        type="search"
        aria-label="Search tunnels by name, tag, id, colo or active connector"
        placeholder="Name, tag, id, colo or connector"
        autoComplete="off"
        spellCheck={false}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onBlur={onLeave}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return
          if (event.key === 'Escape') {
            if (value) onChange('')
            else event.currentTarget.blur()
          } else if (event.key === 'ArrowDown' || event.key === 'Enter') {
            document.querySelector<HTMLElement>('[data-row][tabindex="0"]')?.focus()
          } else return
          event.preventDefault()
        }}
        className="h-9 w-full rounded-md bg-panel pr-8 pl-8.5 ring-1 ring-line-edge ring-inset [&::-webkit-search-cancel-button]:hidden"
      />
      <span className="pointer-events-none absolute top-2 right-2 flex" aria-hidden="true">
        {value ? null : <Kbd>/</Kbd>}
      </span>
    </div>
  )
}
