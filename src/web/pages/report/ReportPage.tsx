import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { type ReactNode, useMemo } from 'react'
import type { TunnelHistory } from '#contract/history.ts'
import { useCheckedAt } from '#web/api/ages.ts'
import { toProblem } from '#web/api/client.ts'
import { sessionQuery, tunnelHistoryQuery, tunnelQuery } from '#web/api/queries.ts'
import { CursorContext, createCursor } from '#web/charts/cursor.ts'
import { MomentContext } from '#web/charts/MomentLine.tsx'
import { connectionsRem } from '#web/charts/plot.ts'
import { precisionText } from '#web/charts/precision.ts'
import { RangePicker } from '#web/charts/RangePicker.tsx'
import { RoleTimeline } from '#web/charts/RoleTimeline.tsx'
import { momentOf, type Range, type Stretch } from '#web/charts/range.ts'
import { laneTitle, type Telling } from '#web/charts/series.ts'
import { fromText, lengthText, toText } from '#web/charts/TellingView.tsx'
import { useRange } from '#web/charts/use-range.ts'
import { TunnelFigures } from '#web/history/Figures.tsx'
import { HistoryRoom } from '#web/history/HistoryRoom.tsx'
import { ConnectionHistory } from '#web/history/later.ts'
import { MarksRail } from '#web/marks/MarksRail.tsx'
import { Button } from '#web/ui/Button.tsx'
import { Callout } from '#web/ui/Callout.tsx'
import { sayNotCopied, useCopy } from '#web/ui/CopyId.tsx'
import { serverNow } from '#web/ui/clock.ts'
import { Icon } from '#web/ui/Icon.tsx'
import { Name } from '#web/ui/Name.tsx'
import { visibleName } from '#web/ui/names.ts'
import { useOffers } from '#web/ui/offers.ts'
import { ProblemCallout } from '#web/ui/ProblemCallout.tsx'
import { usePageTitle } from '#web/ui/page-title.ts'
import { Table, Td, Th } from '#web/ui/Table.tsx'
import { Term } from '#web/ui/Term.tsx'
import { useStale } from '#web/ui/TimeAgo.tsx'
import { useFixedTheme } from '#web/ui/theme.ts'
import { durationText } from '#web/ui/time.ts'
import { instantIn, useZone, type Zone, zoneName } from '#web/ui/zone.ts'
import {
  coveredBy,
  type Entry,
  type Kept,
  leftText,
  markdownOf,
  onPaper,
  quietText,
} from './report.ts'

const route = getRouteApi('/tunnels/$tunnelId/report')

/** What happened to a tunnel in a stretch of time, who did what and how long it took: on one or two sheets of paper. */
export function ReportPage() {
  const { tunnelId } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { data: tunnel } = useSuspenseQuery(tunnelQuery(tunnelId))
  const write = (range: string | undefined) =>
    void navigate({ search: { range }, replace: true, resetScroll: false })
  const control = useRange(search.range, write)
  // What could not be read is over with the first stretch that is chosen, be it the one that was shown instead.
  const go = (next: Range) => {
    if (search.unread !== undefined) write(undefined)
    control.go(next)
  }
  const {
    data: history,
    error,
    refetch,
    isPlaceholderData: isPrevious,
  } = useQuery(tunnelHistoryQuery(tunnelId, control.range))
  // Head and figures are of one answer, and of what it covers.
  const { from, to } = history && !isPrevious ? coveredBy(history) : control.stretch
  const stretch = useMemo(() => ({ from, to }), [from, to])
  const checkedAt = useCheckedAt(tunnel)
  const stale = useStale(checkedAt, tunnel.staleAfterMs)
  usePageTitle('Report', tunnel.name)
  // On paper, and so on the screen that shows what will be on it.
  useFixedTheme('light')
  const cursor = useMemo(() => createCursor(), [])
  return (
    <CursorContext value={cursor}>
      <div className="mx-auto flex max-w-240 flex-col gap-5 px-3 pt-4 pb-12 sm:px-6 print:max-w-none print:gap-4 print:p-0">
        <div className="flex flex-col gap-3 print:hidden">
          <p className="flex text-sm">
            <Link
              to="/tunnels/$tunnelId"
              params={{ tunnelId }}
              search={{ range: search.range }}
              className="inline-flex min-h-6 items-center gap-1 text-ink-2 hover:text-ink"
            >
              <Icon name="chevronLeft" className="size-3.5 text-ink-3" />
              Back to the tunnel
            </Link>
          </p>
          <RangePicker control={{ ...control, go }} />
          {search.unread === undefined ? null : (
            <Callout tone="warn" title="That stretch of time could not be read">
              The address asks for “<bdi>{visibleName(search.unread)}</bdi>”. The last 24 hours are
              shown instead: choose a stretch above, or write both ends like 2026-11-24T09:00+01:00.
            </Callout>
          )}
        </div>
        {history ? (
          <MomentContext value={momentOf(control.range)}>
            <Report
              name={tunnel.name}
              history={history}
              isPrevious={isPrevious}
              stretch={stretch}
              ha={tunnel.ha}
              seenUntil={stale ? checkedAt : null}
            />
          </MomentContext>
        ) : error ? (
          <ProblemCallout problem={toProblem(error)} onRetry={() => void refetch()} />
        ) : (
          <HistoryRoom lanes={4} />
        )}
      </div>
    </CursorContext>
  )
}

type ReportProps = {
  name: string
  history: TunnelHistory
  /** It is still that of the stretch before. */
  isPrevious: boolean
  stretch: Stretch
  ha: boolean | null
  /** The last look, where it is too old to be believed. */
  seenUntil: number | null
}

const beingRead = 'This stretch is still being read.'

function Report({ name, history, isPrevious, stretch, ha, seenUntil }: ReportProps) {
  const zone = useZone()
  const { data: session } = useSuspenseQuery(sessionQuery)
  const { lanes, troubles, entries } = useMemo(() => onPaper(history, zone), [history, zone])
  const { copied, copy } = useCopy(sayNotCopied)
  const disabledReason = isPrevious ? beingRead : null
  const takeText = () => copy(markdownOf(name, history, stretch, zone, seenUntil))
  const print = () => window.print()
  useOffers(() => [
    { icon: 'copy', words: 'Copy the report as Markdown', reason: disabledReason, run: takeText },
    { icon: 'download', words: 'Print the report', reason: disabledReason, run: print },
  ])
  return (
    <>
      <header className="flex flex-wrap items-start gap-3">
        <div className="min-w-0 flex-1 basis-60">
          <h1 className="text-2xl font-semibold break-words">
            <Name name={name} />
          </h1>
          <p className="text-ink-2">
            {instantIn(stretch.from, zone)} to {instantIn(stretch.to, zone)},{' '}
            {durationText(stretch.to - stretch.from)}. Times in {zoneName(zone)}.
          </p>
        </div>
        <div className="flex gap-2 print:hidden">
          <Button
            icon={copied ? 'check' : 'copy'}
            disabledReason={disabledReason}
            onClick={takeText}
          >
            {copied ? 'Copied' : 'Copy as Markdown'}
          </Button>
          <Button variant="primary" icon="download" disabledReason={disabledReason} onClick={print}>
            Print
          </Button>
        </div>
      </header>
      {/* What stood there keeps its room, and none of it gets onto paper. */}
      <output className={isPrevious ? 'sr-only print:not-sr-only' : 'sr-only'}>
        {isPrevious ? beingRead : ''}
      </output>
      <div
        aria-busy={isPrevious || undefined}
        className={`flex flex-col gap-5 transition-opacity print:gap-4 ${isPrevious ? 'opacity-35 print:hidden' : ''}`}
      >
        <TunnelFigures history={history} ha={ha} />
        <Part title={<Term of="role">Roles</Term>}>
          <div className="relative">
            <MarksRail {...{ stretch, zone }} marks={history.marks} lanes={lanes.kept.length} />
            <RoleTimeline
              {...{ history, stretch, zone, seenUntil }}
              lanes={lanes.kept}
              renderTitle={(lane) => (
                <span className={lane.connectorId ? 'font-mono' : 'text-ink-2'}>
                  {laneTitle(lane)}
                </span>
              )}
            />
          </div>
          <Left count={lanes.left} />
        </Part>
        <Part title="Connections">
          <ConnectionHistory {...{ history, stretch, zone }} room={<ConnectionsRoom />} />
        </Part>
        <Troubles
          troubles={troubles}
          quiet={quietText(history)}
          zone={zone}
          seenUntil={seenUntil}
        />
        <Entries entries={entries} zone={zone} />
        <footer className="text-sm text-ink-2">
          Made {instantIn(serverNow(), zone)} by{' '}
          <bdi>{session.me ? visibleName(session.me.name) : 'somebody'}</bdi> with Tandem. Time that
          nobody watched counts as neither up nor down. Tunnel{' '}
          <span className="font-mono">{history.tunnelId}</span>.
        </footer>
      </div>
    </>
  )
}

const ConnectionsRoom = () => <div style={{ height: `${connectionsRem}rem` }} />

function Part({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-2 [--ground:var(--page)]">
      <h2 className="font-semibold">{title}</h2>
      {children}
    </section>
  )
}

/** A screen that is too narrow for it scrolls; paper can’t. */
const unbroken = 'whitespace-nowrap print:whitespace-normal'

function Troubles({
  troubles,
  quiet,
  zone,
  seenUntil,
}: {
  troubles: Kept<Telling>
  /** What is said where there is none. */
  quiet: string
  zone: Zone
  seenUntil: number | null
}) {
  return (
    <Part title="Problems">
      {troubles.kept.length === 0 ? (
        <p className="text-ink-2">{quiet}</p>
      ) : (
        <Table caption="Problems">
          <thead>
            <tr>
              <Th>What</Th>
              <Th>State</Th>
              <Th>From</Th>
              <Th>To</Th>
              <Th>Lasted</Th>
            </tr>
          </thead>
          <tbody>
            {troubles.kept.map((one) => (
              <tr key={`${one.title} ${one.from} ${one.to}`} className={row}>
                <Td className={unbroken}>{one.title}</Td>
                <Td className="min-w-44 font-medium">
                  {one.state}
                  {one.notes.length > 0 ? (
                    <span className="block text-sm font-normal text-ink-2">{one.notes[0]}</span>
                  ) : null}
                </Td>
                <Td className={unbroken}>{fromText(one, zone)}</Td>
                <Td className={unbroken}>{toText(one, zone, seenUntil)}</Td>
                <Td className={unbroken}>{lengthText(one)}</Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      <Left count={troubles.left} />
    </Part>
  )
}

function Entries({ entries, zone }: { entries: Kept<Entry>; zone: Zone }) {
  return (
    <Part title="What happened, and who did what">
      {entries.kept.length === 0 ? (
        <p className="text-ink-2">Nothing was recorded in this stretch of time.</p>
      ) : (
        <Table caption="What happened, and who did what">
          <thead>
            <tr>
              <Th>When</Th>
              <Th>What</Th>
              <Th>Who</Th>
            </tr>
          </thead>
          <tbody>
            {entries.kept.map(({ id, at, precisionMs, what, who }) => (
              <tr key={id} className={row}>
                <Td className="sm:whitespace-nowrap">
                  {instantIn(at, zone)}
                  <span className="text-ink-2">{precisionText(precisionMs)}</span>
                </Td>
                <Td className="min-w-44 break-words">{what}</Td>
                <Td className="min-w-30">{who === null ? '' : <bdi>{visibleName(who)}</bdi>}</Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      <Left count={entries.left} />
    </Part>
  )
}

/** Rows are lower on paper: `onPaper` counts how many there is room for. */
const row = 'break-inside-avoid print:text-sm print:*:h-6 print:*:py-0.5'

function Left({ count }: { count: number }) {
  if (count === 0) return null
  return <p className="text-sm text-ink-2">{leftText(count)}</p>
}
