import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { getRouteApi, useRouteContext } from '@tanstack/react-router'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import type { TunnelSummary } from '#contract/history.ts'
import type { SessionAnswer } from '#contract/session.ts'
import { useLive } from '#web/api/live.ts'
import { historySummaryQuery, sessionQuery, tunnelsQuery } from '#web/api/queries.ts'
import { StripPatterns } from '#web/charts/Strip.tsx'
import { useRecent } from '#web/charts/use-recent.ts'
import { headlineOf } from '#web/fleet/headline.ts'
import { type Judged, judged, worstFirst } from '#web/fleet/judge.ts'
import { usePageIcon } from '#web/fleet/page-icon.ts'
import { useStaleIds } from '#web/fleet/use-stale-ids.ts'
import { useClock, useMinute } from '#web/ui/clock.ts'
import { usePageTitle } from '#web/ui/page-title.ts'
import { useFixedTheme } from '#web/ui/theme.ts'
import { useAlarm } from './alarm.ts'
import { asked, chosen } from './chosen.ts'
import { usePixelShift, usePointerRests, useWakeLock, useWallKeys } from './kiosk.ts'
import { type Layout, layoutOf } from './layout.ts'
import { isFiltered, usualPageSeconds, type WallSearch } from './settings.ts'
import { Ticker } from './Ticker.tsx'
import { Minute, Tile } from './Tile.tsx'
import { WallFooter } from './WallFooter.tsx'
import { WallHeader } from './WallHeader.tsx'
import { WallNotice } from './WallNotice.tsx'
import { Watchdog } from './Watchdog.tsx'

const route = getRouteApi('/wall')
const dayMs = 86_400_000
/** Not all of the session, which changes with every few calls to Cloudflare: the whole wall would be drawn anew. */
const ofSession = {
  ...sessionQuery,
  select: ({ mode, me, poller }: SessionAnswer) => ({
    isDemo: mode === 'demo',
    isScreen: me?.role === 'screen',
    /** The tunnels were read at least once. */
    isListed: poller.listedAt !== null,
  }),
}

/** A screen that nobody touches for months: do I need to stand up, and where? */
export function WallPage() {
  const search = route.useSearch()
  const { live } = useRouteContext({ from: '__root__' })
  const { data: session } = useSuspenseQuery(ofSession)
  const { data: list } = useSuspenseQuery(tunnelsQuery)
  const { data: day } = useQuery(historySummaryQuery({ lastMs: dayMs }))
  const shown = useMemo(() => chosen(list.tunnels, search), [list.tunnels, search])
  const staleIds = useStaleIds(shown)
  const all = useMemo(() => worstFirst(judged(shown, staleIds)), [shown, staleIds])
  const headline = useMemo(() => headlineOf(all), [all])
  const told = useRecent(day)
  const summaries = useMemo(
    () => new Map(told?.tunnels.map((each) => [each.tunnelId, each])),
    [told],
  )
  const isLost = useLive(live).state === 'lost'
  const alarm = useAlarm(all, list.tunnels.length > 0, search)

  const translate = usePixelShift()
  const pointerRests = usePointerRests()
  useFixedTheme(search.theme)
  const [help, setHelp] = useState<ReactNode>(null)
  useWallKeys(setHelp)
  useWakeLock()
  usePageTitle(isLost ? 'Not live' : headline.text, 'Wall')
  usePageIcon(isLost ? 'unknown' : headline.tone)

  return (
    <div
      style={{ translate }}
      className={`fixed inset-0 flex flex-col gap-[1vh] overflow-hidden bg-page p-[1.2vh] text-[2.2vh] leading-tight ${
        pointerRests ? '[&,&_*]:cursor-none' : ''
      }`}
    >
      <WallHeader headline={headline} zone={search.zone} flash={alarm.flash} />
      <Watchdog />
      <main
        className={`min-h-0 flex-1 transition-none ${isLost ? 'opacity-35 [&_ul]:grayscale' : ''}`}
        aria-label="Tunnels"
      >
        <StripPatterns />
        <Tiles
          all={all}
          summaries={summaries}
          search={search}
          isScreen={session.isScreen}
          isListed={session.isListed}
        />
      </main>
      {/* A notice takes the room of what happened, never that of the tiles: they stay where they were looked for. */}
      <div className="flex h-[10.2vh] shrink-0 flex-col overflow-hidden max-sm:h-[18vh]">
        <WallNotice zone={search.zone} />
        <Ticker
          zone={search.zone}
          only={isFiltered(search) ? shown : null}
          asked={asked(list.tunnels, search)}
        />
      </div>
      <WallFooter demo={session.isDemo} alarm={alarm} />
      {help}
    </div>
  )
}

function Tiles({
  all,
  summaries,
  search,
  isScreen,
  isListed,
}: {
  all: readonly Judged[]
  summaries: ReadonlyMap<string, TunnelSummary>
  search: WallSearch
  isScreen: boolean
  isListed: boolean
}) {
  const room = useRef<HTMLDivElement>(null)
  const layout = useLayout(room, all.length, search)
  const seconds = search.page ?? usualPageSeconds
  // By the clock, so that walls beside each other turn together.
  const page = useClock((now) => (layout ? Math.floor(now / 1000 / seconds) % layout.pages : 0))
  const minute = useMinute()
  const first = page * (layout?.perPage ?? 0)
  return (
    <div ref={room} className="size-full">
      {layout && all.length > 0 ? (
        <ul
          className="grid size-full place-content-center"
          style={{
            fontSize: `${layout.textPx}px`,
            gap: `${layout.gapPx}px`,
            gridTemplateColumns: `repeat(${layout.columns}, ${layout.widthPx}px)`,
            gridTemplateRows: `repeat(${layout.rows}, ${layout.heightPx}px)`,
          }}
        >
          <Minute value={minute}>
            {all.slice(first, first + layout.perPage).map((one) => (
              <Tile
                // One that goes to another place is made anew there: React would move all tiles between the two.
                key={`${one.grade} ${one.tunnel.id}`}
                {...one}
                summary={summaries.get(one.tunnel.id) ?? null}
                density={layout.density}
                zone={search.zone}
                opens={!isScreen}
              />
            ))}
          </Minute>
        </ul>
      ) : null}
      {layout && layout.pages > 1 ? (
        <p className="absolute right-[1.2vh] bottom-[1.2vh] text-[2.2vh] font-medium max-sm:bottom-[4.2vh]">
          Page {page + 1} of {layout.pages}
        </p>
      ) : null}
      {all.length === 0 ? <Nothing search={search} isListed={isListed} /> : null}
    </div>
  )
}

/** Unknown is not none: what was never read is not said to be empty. */
function Nothing({ search, isListed }: { search: WallSearch; isListed: boolean }) {
  return (
    <p className="grid size-full place-content-center text-center text-[3vh] text-balance text-ink-2">
      {isListed
        ? isFiltered(search)
          ? 'No tunnel matches this wall’s filters.'
          : 'There is no tunnel yet. The first one appears here by itself.'
        : 'Tandem can’t see the tunnels yet. They appear here by themselves.'}
    </p>
  )
}

/** How the tiles fill the room that there is; null before it was measured. */
function useLayout(
  room: { current: HTMLElement | null },
  count: number,
  { density }: WallSearch,
): Layout | null {
  const [size, setSize] = useState<{ width: number; height: number; screen: number } | null>(null)
  useEffect(() => {
    const node = room.current
    if (!node) return
    const sizes = new ResizeObserver(() =>
      setSize({
        width: node.clientWidth,
        height: node.clientHeight,
        screen: window.innerHeight,
      }),
    )
    sizes.observe(node)
    return () => sizes.disconnect()
  }, [room])
  return useMemo(
    () => (size ? layoutOf(count, size, size.screen, density) : null),
    [size, count, density],
  )
}
