import { useInfiniteQuery, useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Suspense, useMemo, useState } from 'react'
import type { HistoryEvent } from '#contract/history.ts'
import { useDialogAddress } from '#web/api/dialog-address.ts'
import { activityQuery, activitySearch, tunnelQuery, tunnelsQuery } from '#web/api/queries.ts'
import { isLive, stretchOf } from '#web/charts/range.ts'
import { useStable } from '#web/charts/use-stable.ts'
import { type ActivitySearch, activityFilter } from '#web/log/activity-address.ts'
import { Exports } from '#web/log/Exports.tsx'
import { LogView } from '#web/log/LogView.tsx'
import { Button } from '#web/ui/Button.tsx'
import { useClock } from '#web/ui/clock.ts'
import { EmptyState } from '#web/ui/EmptyState.tsx'
import { later } from '#web/ui/later.ts'
import { usePageTitle } from '#web/ui/page-title.ts'
import { nothingWaits, refuse } from '#web/ui/refusal.ts'
import { useShortcut } from '#web/ui/shortcuts.ts'
import { ActivityFilters } from './ActivityFilters.tsx'
import { EventRow } from './EventRow.tsx'

const AcknowledgeDialog = later(
  async () => (await import('#web/marks/AcknowledgeDialog.tsx')).AcknowledgeDialog,
)

const route = getRouteApi('/activity')

/** What happened, to all tunnels, newest first: filtered, live, and to take away. */
export function ActivityPage() {
  usePageTitle('Activity')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const filter = useMemo(() => activityFilter(search), [search])
  const query = useInfiniteQuery(activityQuery(filter))
  // What follows the present leaves behind what was there before.
  const { range } = filter
  const from = useClock((now) => {
    if (!range || !isLive(range)) return 0
    const step = Math.min(60_000, range.lastMs / 10)
    return stretchOf(range, Math.floor(now / step) * step).from
  })
  const events = useMemo(
    () => query.data?.pages.flatMap((page) => page.events).filter(({ at }) => at >= from) ?? [],
    [query.data, from],
  )
  const change = (next: Partial<ActivitySearch>) =>
    void navigate({ search: (old) => ({ ...old, ...next }), resetScroll: false })
  const { data: list } = useSuspenseQuery(tunnelsQuery)
  // An entry that is being acknowledged may leave the pages that are loaded: what is typed about it stays.
  const found = events.find(({ id }) => id === search.event)
  const [kept, setKept] = useState(found)
  if (found && found !== kept) setKept(found)
  const acknowledging = search.dialog && kept?.id === search.event ? kept : undefined
  const tunnelId = acknowledging?.tunnelId ?? ''
  const row = list.tunnels.find(({ id }) => id === tunnelId)
  const [keptRow, setKeptRow] = useState(row)
  if (row && row !== keptRow) setKeptRow(row)
  // A deleted tunnel leaves the list: that it is deleted, and when, its own facts tell.
  const { data: facts } = useQuery({
    ...tunnelQuery(tunnelId),
    enabled: acknowledging !== undefined && !row,
  })
  const itsTunnel = row ?? facts ?? (keptRow?.id === tunnelId ? keptRow : undefined)
  const { open, close } = useDialogAddress<ActivitySearch>(search.dialog)
  const acknowledge = useStable(({ id }: HistoryEvent) =>
    open({ dialog: 'acknowledge', event: id }),
  )
  // The entry under the hand; else the newest that waits.
  useShortcut('acknowledge', () => {
    const here = document.activeElement?.closest('[data-entry]')
    const waiting = [here, document]
      .map((place) => place?.querySelector<HTMLElement>('[data-acknowledge]'))
      .find(Boolean)
    if (waiting) waiting.click()
    else refuse(nothingWaits)
  })
  const clear = () => void navigate({ search: {}, resetScroll: false })
  const isFiltered = Boolean(search.tunnel ?? search.kind ?? search.range)

  return (
    <div className="mx-auto flex max-w-360 flex-col gap-3 px-3 pt-4 pb-12 sm:px-6">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-xl font-semibold">Activity</h1>
        <Exports path="/api/activity" query={activitySearch(filter)} />
      </div>
      <ActivityFilters search={search} onChange={change} onClear={isFiltered ? clear : null} />
      <LogView
        key={JSON.stringify([search.tunnel, search.kind, search.range])}
        query={query}
        entries={events}
        rowPx={37}
        renderEntry={(event, zone) => (
          <EventRow event={event} zone={zone} onAcknowledge={acknowledge} />
        )}
        isOfStretch={search.range !== undefined}
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
      <Suspense>
        {acknowledging && itsTunnel ? (
          <AcknowledgeDialog tunnel={itsTunnel} event={acknowledging} onClose={close} />
        ) : null}
      </Suspense>
    </div>
  )
}
