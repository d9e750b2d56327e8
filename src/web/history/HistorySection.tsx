import { Link } from '@tanstack/react-router'
import { memo, useCallback, useDeferredValue, useId, useMemo, useState } from 'react'
import type { TunnelHistory } from '#contract/history.ts'
import type { TunnelDetail } from '#contract/tunnel.ts'
import { checkedAtOf } from '#web/api/ages.ts'
import { toProblem } from '#web/api/client.ts'
import { connectorHistoryQuery, tunnelHistoryQuery } from '#web/api/queries.ts'
import { ConnectionLives } from '#web/charts/ConnectionLives.tsx'
import { CursorContext, createCursor } from '#web/charts/cursor.ts'
import { IntervalTable } from '#web/charts/IntervalTable.tsx'
import { MomentContext, useMomentInView } from '#web/charts/MomentLine.tsx'
import { connectionsRem } from '#web/charts/plot.ts'
import { RangePicker } from '#web/charts/RangePicker.tsx'
import { RoleTimeline } from '#web/charts/RoleTimeline.tsx'
import {
  isLive,
  momentOf,
  rangeQuery,
  rangeSearch,
  rangeText,
  reaching,
  type Stretch,
  toRange,
} from '#web/charts/range.ts'
import { type Lane, laneTitle, lookOf, toLanes } from '#web/charts/series.ts'
import { StateShape } from '#web/charts/TellingView.tsx'
import { type RangeControl, useRange } from '#web/charts/use-range.ts'
import { useStable } from '#web/charts/use-stable.ts'
import { MarksRail } from '#web/marks/MarksRail.tsx'
import { MarksTable } from '#web/marks/MarksTable.tsx'
import { buttonClass } from '#web/ui/Button.tsx'
import { serverNow } from '#web/ui/clock.ts'
import { Icon } from '#web/ui/Icon.tsx'
import { shortId } from '#web/ui/names.ts'
import { Panel } from '#web/ui/Panel.tsx'
import { ProblemCallout } from '#web/ui/ProblemCallout.tsx'
import { Segmented } from '#web/ui/Segmented.tsx'
import { Skeleton } from '#web/ui/Skeleton.tsx'
import { tip } from '#web/ui/tip.ts'
import { useZone } from '#web/ui/zone.ts'
import { ConnectorFigures, TunnelFigures } from './Figures.tsx'
import { HistoryRoom } from './HistoryRoom.tsx'
import { ConnectionHistory } from './later.ts'
import { useHistory } from './use-history.ts'

type SectionProps = {
  tunnel: TunnelDetail
  /** Of one connector only; of all where left out. */
  connectorId?: string
  /** How many connectors there are, to keep the room of their lanes. */
  expected: number
  /** What stands in the address. */
  rangeText: string | undefined
  onRange: (text: string | undefined) => void
}

/** What the pictures show, of the control of the range. */
type Shown = Pick<RangeControl, 'range' | 'stretch' | 'grainMs'>

/** What a tunnel, or one connector of it, did over time: figures, roles, connections. One range for all. */
export function HistorySection({ rangeText, onRange, ...subject }: SectionProps) {
  const titleId = useId()
  const control = useRange(rangeText, onRange)
  const { range, stretch, grainMs } = control
  const shown = useMemo(() => ({ range, stretch, grainMs }), [range, stretch, grainMs])
  const go = useStable(control.go)
  const back = useStable(() => control.back?.())
  const cursor = useMemo(() => createCursor(), [])
  return (
    <CursorContext value={cursor}>
      <section aria-labelledby={titleId} className="flex min-w-0 flex-col gap-3">
        <h2 id={titleId} className="font-semibold">
          History
        </h2>
        <RangePicker control={control} />
        <History {...subject} shown={shown} onGo={go} onBack={back} />
      </section>
    </CursorContext>
  )
}

type HistoryProps = Omit<SectionProps, 'rangeText' | 'onRange'> & {
  shown: Shown
  onGo: RangeControl['go']
  onBack: () => void
}

const History = memo(function History({
  tunnel,
  connectorId,
  expected,
  shown,
  onGo,
  onBack,
}: HistoryProps) {
  const query = connectorId
    ? connectorHistoryQuery(tunnel.id, connectorId, shown.range)
    : tunnelHistoryQuery(tunnel.id, shown.range)
  const { history, error, stale, isPrevious, refetch } = useHistory(
    query as ReturnType<typeof tunnelHistoryQuery>,
    tunnel,
    shown,
  )
  return (
    <MomentContext value={momentOf(shown.range)}>
      {error ? <ProblemCallout problem={toProblem(error)} onRetry={() => void refetch()} /> : null}
      {history ? (
        <Pictures {...{ tunnel, connectorId, history, shown, stale, isPrevious, onGo, onBack }} />
      ) : error ? null : (
        <HistoryRoom lanes={expected + 2} />
      )}
    </MomentContext>
  )
})

function Pictures({
  tunnel,
  connectorId,
  history,
  shown: { range, stretch: wanted },
  stale,
  isPrevious,
  onGo,
  onBack,
}: {
  tunnel: TunnelDetail
  connectorId: string | undefined
  history: TunnelHistory
  stale: boolean
  isPrevious: boolean
} & Pick<HistoryProps, 'shown' | 'onGo' | 'onBack'>) {
  const zone = useZone()
  const [view, setView] = useState<'chart' | 'table'>('chart')
  const lanes = useMemo(() => toLanes(history), [history])
  const stretch = useMemo(
    () => (isLive(range) ? reaching(wanted, history.at) : wanted),
    [range, wanted, history.at],
  )
  const seenUntil = stale ? checkedAtOf(tunnel) : null
  const zoom = useStable((next: Stretch) => onGo(toRange(next, serverNow())))
  const shown = { history, lanes, stretch, zone }
  const roles = useMomentInView()
  // The roles come first; what stands below them follows when they are painted.
  const picture = useMemo(() => ({ history, stretch }), [history, stretch])
  const below = useDeferredValue<typeof picture | null>(picture, null)
  const csv = `/api/tunnels/${tunnel.id}/history.csv?${rangeQuery(range, stretch.to)}`
  const renderConnector = useCallback(
    (id: string) => <ConnectorLink tunnelId={tunnel.id} connectorId={id} />,
    [tunnel.id],
  )
  const renderTitle = useCallback(
    (lane: Lane) => <LaneTitle lane={lane} tunnelId={tunnel.id} stale={stale} />,
    [tunnel.id, stale],
  )

  return (
    <>
      {connectorId ? (
        <ConnectorFigures history={history} connectorId={connectorId} />
      ) : (
        <TunnelFigures history={history} ha={tunnel.ha} />
      )}
      <Panel
        title={connectorId ? 'Role' : 'Roles'}
        aside={
          <span className="flex flex-wrap items-center gap-3">
            {isPrevious ? <span className="text-sm text-ink-2">Loading…</span> : null}
            {connectorId ? null : (
              <Link
                to="/tunnels/$tunnelId/report"
                params={{ tunnelId: tunnel.id }}
                search={{ range: rangeSearch(rangeText(range)) }}
                className={buttonClass('ghost', 'sm')}
                {...tip('This stretch on one or two sheets of paper, or for a ticket')}
              >
                <Icon name="activity" />
                Report
              </Link>
            )}
            {connectorId ? null : (
              <a
                href={csv}
                download
                className={buttonClass('ghost', 'sm')}
                {...tip('Every interval, connection and event of this stretch')}
              >
                <Icon name="download" />
                CSV
              </a>
            )}
            <Segmented
              label="Show the roles as"
              value={view}
              options={[
                { value: 'chart', label: 'Chart' },
                { value: 'table', label: 'Table' },
              ]}
              onChange={setView}
            />
          </span>
        }
      >
        {lanes.every(({ intervals }) => intervals.length === 0) ? (
          <Nothing history={history} />
        ) : view === 'table' ? (
          <>
            <IntervalTable {...shown} seenUntil={seenUntil} />
            <MarksTable marks={history.marks} zone={zone} />
          </>
        ) : (
          <div ref={roles} className="relative scroll-mt-[calc(var(--top)+5rem)]">
            <MarksRail marks={history.marks} lanes={lanes.length} stretch={stretch} zone={zone} />
            <RoleTimeline {...shown} {...{ renderTitle, seenUntil, onBack }} onZoom={zoom} />
          </div>
        )}
      </Panel>
      <Panel title="Connections">
        <div className="flex flex-col gap-4">
          <div style={{ minHeight: `${connectionsRem}rem` }}>
            {below ? (
              <ConnectionHistory
                {...below}
                zone={zone}
                onZoom={zoom}
                onBack={onBack}
                room={<ConnectionsRoom />}
              />
            ) : (
              <ConnectionsRoom />
            )}
          </div>
          <div className="-mx-4 -mb-4 border-t border-line">
            {below ? (
              <ConnectionLives
                history={below.history}
                zone={zone}
                seenUntil={seenUntil}
                {...(connectorId ? {} : { renderConnector })}
              />
            ) : null}
          </div>
        </div>
      </Panel>
    </>
  )
}

const ConnectionsRoom = () => (
  <Skeleton className="w-full" style={{ height: `${connectionsRem}rem` }} />
)

/** No lane has anything: not recorded yet, or all of it lies before Tandem began. */
function Nothing({ history: { watchedSince, to } }: { history: TunnelHistory }) {
  return (
    <p className="py-10 text-center text-ink-2">
      {watchedSince === null || watchedSince > to
        ? 'Nothing is known of this stretch: Tandem did not watch this tunnel yet.'
        : 'Nothing was recorded in this stretch of time.'}
    </p>
  )
}

/** A lane's name, and what it is at now; of what is stale, what it was. */
function LaneTitle({ lane, tunnelId, stale }: { lane: Lane; tunnelId: string; stale: boolean }) {
  const last = lane.intervals.at(-1)
  return (
    <span className="flex min-w-0 items-center gap-2">
      <span className="size-3 shrink-0 leading-none">
        {last?.open ? <StateShape kind={lane.kind} interval={last} stale={stale} /> : null}
      </span>
      {lane.connectorId === null ? (
        <span className="truncate text-ink-2">{laneTitle(lane)}</span>
      ) : (
        <span
          className="truncate"
          {...tip(lane.gone ? `${lane.connectorId}\nNo longer listed` : lane.connectorId)}
        >
          <ConnectorLink tunnelId={tunnelId} connectorId={lane.connectorId} quiet={lane.gone} />
        </span>
      )}
      {last?.open ? (
        <span className="sr-only">
          {stale
            ? `, ${lookOf(lane.kind, last)} when last seen`
            : `, now ${lookOf(lane.kind, last)}`}
        </span>
      ) : null}
    </span>
  )
}

function ConnectorLink({
  tunnelId,
  connectorId,
  quiet = false,
}: {
  tunnelId: string
  connectorId: string
  quiet?: boolean
}) {
  return (
    <Link
      to="/tunnels/$tunnelId/connectors/$connectorId"
      params={{ tunnelId, connectorId }}
      search={(old) => ({ range: (old as { range?: string }).range })}
      className={`inline-flex min-h-6 items-center font-mono hover:underline ${quiet ? 'text-ink-2' : 'text-accent-text'}`}
    >
      {shortId(connectorId)}
    </Link>
  )
}
