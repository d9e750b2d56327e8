import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { createContext, memo, type ReactNode, use } from 'react'
import type { TunnelSummary } from '#contract/history.ts'
import type { ConnectorRole, Tunnel, TunnelStatus } from '#contract/tunnel.ts'
import { statusAtOf } from '#web/api/ages.ts'
import { failoverQuery } from '#web/api/queries.ts'
import { Strip } from '#web/charts/Strip.tsx'
import { reachedOf } from '#web/failover/reached.ts'
import type { Grade, Judged } from '#web/fleet/judge.ts'
import { sinceOf, sinceText } from '#web/fleet/since.ts'
import { useClock } from '#web/ui/clock.ts'
import { Icon } from '#web/ui/Icon.tsx'
import { Name } from '#web/ui/Name.tsx'
import { shortId, visibleName } from '#web/ui/names.ts'
import { changesText, countText, waitingText } from '#web/ui/numbers.ts'
import { RoleShape } from '#web/ui/RoleShape.tsx'
import { readinessText } from '#web/ui/readiness.ts'
import { StatusShape, statusLooks } from '#web/ui/StatusMark.tsx'
import { ageText, durationText } from '#web/ui/time.ts'
import { dayIn, minuteIn } from '#web/ui/zone.ts'
import type { Density } from './settings.ts'

/**
 * The full minute that a wall's tiles count from, epoch ms. One clock for all of them: three hundred of their own
 * were most of what a wall at rest had to do.
 */
export const Minute = createContext(0)

const activeRole: ConnectorRole = 'active'
const standbyRole: ConnectorRole = 'passive'

/** Quiet when fine; what calls for somebody is a solid block of colour. */
const surfaces: Record<Grade, string> = {
  down: 'bg-bad text-danger-ink',
  'no-active': 'bg-bad text-danger-ink',
  degraded: 'bg-warn-soft text-ink shadow-[inset_0.3em_0_0_var(--warn)]',
  exposed: 'bg-warn-soft text-ink shadow-[inset_0.3em_0_0_var(--warn)]',
  unknown: 'bg-unknown-soft hatch text-ink shadow-[inset_0.3em_0_0_var(--unknown)]',
  changed: 'bg-accent-soft text-ink shadow-[inset_0.3em_0_0_var(--accent)]',
  fine: 'bg-panel text-ink',
  idle: 'bg-panel text-ink-2',
}

type Maintenance = NonNullable<Tunnel['maintenance']>

type TileProps = Judged & {
  summary: TunnelSummary | null
  density: Density
  zone: string | undefined
  /** Whether it leads to the tunnel's page; nobody goes anywhere from a screen on a wall. */
  opens: boolean
}

/** One tunnel. All lengths are in sizes of its text, which the wall chooses. */
export const Tile = memo(function Tile(props: TileProps) {
  const { tunnel, grade, muted, summary, density, opens } = props
  const look = muted ? 'idle' : grade
  const body = (
    <>
      <Line>
        <span className="min-w-0 truncate font-semibold tracking-tight">
          <Name name={tunnel.name} />
        </span>
        <Changes tunnel={tunnel} />
      </Line>
      <StatusLine {...props} />
      {density === 'dense' ? <TellingLine {...props} /> : <RoleLines {...props} />}
      {density === 'dense' ? null : (
        <span className="mt-auto flex shrink-0 flex-col">
          <Foot {...props} />
        </span>
      )}
      {summary && density === 'dense' ? (
        <Strip
          flat
          summary={summary}
          className="absolute inset-x-0 bottom-0 h-[0.3em] w-full bg-panel"
        />
      ) : null}
    </>
  )
  const room =
    density === 'dense'
      ? 'justify-evenly pt-[0.1em] pr-[0.4em] pb-[0.3em] pl-[0.55em] leading-[1.1]'
      : density === 'normal'
        ? 'justify-center gap-[0.2em] py-[0.35em] pr-[0.4em] pl-[0.55em] leading-[1.2]'
        : 'justify-center gap-[0.2em] px-[0.6em] py-[0.2em] leading-[1.2]'
  const box = `relative flex size-full min-w-0 flex-col overflow-hidden rounded-[0.3em] ${room} ${surfaces[look]}`
  return (
    <li className="@container min-h-0 min-w-0 contain-strict" data-grade={look}>
      {opens ? (
        <Link
          to="/tunnels/$tunnelId"
          params={{ tunnelId: tunnel.id }}
          preload={false}
          className={box}
        >
          {body}
        </Link>
      ) : (
        <div className={box}>{body}</div>
      )}
    </li>
  )
})

const Line = ({ className = '', children }: { className?: string; children: ReactNode }) => (
  <span className={`flex min-w-0 shrink-0 items-center gap-[0.4em] ${className}`}>{children}</span>
)

/** Changes that nobody has acknowledged: how many. They stay until somebody does. */
function Changes({ tunnel: { unacknowledged } }: { tunnel: Tunnel }) {
  if (!unacknowledged) return null
  const { count } = unacknowledged
  return (
    <span className="ml-auto flex shrink-0 items-center gap-[0.2em] rounded-[0.2em] bg-accent px-[0.3em] leading-[1.15] font-semibold text-accent-ink">
      <Icon name="failover" className="size-[0.8em]" />
      <span aria-hidden="true">{waitingText(count)}</span>
      <span className="sr-only">{changesText(count)} not acknowledged</span>
    </span>
  )
}

/** A tile's shape and word are those of its colour, whichever of Cloudflare's facts it rests on; the headline's too. */
export const shapes: Record<Grade, TunnelStatus> = {
  down: 'down',
  'no-active': 'down',
  degraded: 'degraded',
  exposed: 'degraded',
  unknown: 'unknown',
  changed: 'healthy',
  fine: 'healthy',
  idle: 'inactive',
}

function wordOf({ tunnel, grade, stale }: TileProps): string {
  const { status, statusReported, readiness, standbyCount, checkedAt } = tunnel
  if (stale) return statusLooks.unknown.word
  if (grade === 'no-active' || grade === 'exposed') return readinessText(readiness, standbyCount)
  if (grade === 'changed') return 'Changed'
  if (grade !== 'unknown' || status === 'unknown')
    return statusReported ?? statusLooks[shapes[grade]].word
  return checkedAt === null ? 'Not read yet' : statusLooks.unknown.word
}

/** `● Healthy  3 h`; what is stale says so, and how old it is. */
function StatusLine(props: TileProps) {
  const { tunnel, grade, stale, muted, density } = props
  const isSolid = !muted && (grade === 'down' || grade === 'no-active')
  return (
    <Line className={grade === 'fine' ? 'text-ink-2' : ''}>
      <StatusShape
        status={shapes[grade]}
        className={`size-[0.8em] ${isSolid ? '!text-current' : ''}`}
      />
      <span className="truncate font-medium">{wordOf(props)}</span>
      <span className="ml-auto shrink-0 whitespace-nowrap">
        {stale ? (
          <LastSeen tunnel={tunnel} />
        ) : density === 'dense' && tunnel.maintenance ? (
          <MaintenanceMark {...props} maintenance={tunnel.maintenance} />
        ) : (
          <SinceWhen {...props} />
        )}
      </span>
    </Line>
  )
}

function LastSeen({ tunnel }: { tunnel: Tunnel }) {
  const age = useClock((now) => {
    const at = statusAtOf(tunnel)
    return at === null ? 'never seen' : `${ageText(now - at)} old`
  })
  return <>{age}</>
}

/** To the minute: seconds that run on every tile can't be read from across the room, and draw all of it anew. */
function SinceWhen(judged: Judged) {
  const since = sinceOf(judged)
  const now = use(Minute)
  return <>{since ? sinceText(since, now - ((now - since.at) % 60_000)) : null}</>
}

/**
 * The one line that a small tile has room for: what matters most of all that a larger one says. Maintenance, which
 * stays for days, takes none of it: it stands beside the status.
 */
function TellingLine(props: TileProps) {
  const said = saidOf(props, use(Minute))
  const failoverId = runningIn(props)
  if (failoverId) return <FailoverLine failoverId={failoverId} {...props} />
  return said && !props.tunnel.maintenance ? <Said {...said} /> : <RoleLine {...props} />
}

/** Until when somebody works on it, in the place of how long it has been so; of what is stale, only that. */
function MaintenanceMark({
  zone,
  maintenance,
}: {
  zone: string | undefined
  maintenance: Maintenance
}) {
  const end = endText(maintenance, zone, use(Minute))
  return (
    <span className="inline-flex items-center gap-[0.2em] text-ink">
      <Icon name="wrench" className="size-[0.8em]" />
      {/* Without the word the whole of “No standby” has room. */}
      <span className="sr-only @min-[17.5em]:not-sr-only">Maintenance to </span>
      {end}
    </span>
  )
}

/** The failover that is running; null: none, or nobody can see any more whether it is. */
const runningIn = ({ tunnel, stale }: TileProps) => (stale ? null : tunnel.failoverId)

/** Who carries the traffic and where, and who stands by; or the failover that is running. */
function RoleLines(props: TileProps) {
  const { tunnel, grade, stale, density } = props
  const failoverId = runningIn(props)
  if (failoverId) return <FailoverLine failoverId={failoverId} {...props} />
  if (density !== 'roomy' || stale || !tunnel.activeConnectorId) return <RoleLine {...props} />
  const ink = grade === 'fine' ? 'text-ink-2' : ''
  return (
    <>
      <Line className={ink}>
        <Active tunnel={tunnel} />
      </Line>
      <Line className={ink}>
        <Standbys tunnel={tunnel} hasRoom />
      </Line>
    </>
  )
}

/** `▲ d766fc33 lhr13  △ 1`; of what nobody can see any more, what it was. */
function RoleLine({ tunnel, grade, stale, density, zone }: TileProps) {
  const { status, activeConnectorId, activeColos, colos, checkedAt, failoverId, maintenance } =
    tunnel
  const now = use(Minute)
  if (stale) {
    if (checkedAt === null) return null
    const did = failoverId ? 'failing over' : statusLooks[status].word
    return (
      <Line>
        <span className="min-w-0 truncate">was {[did, ...activeColos.slice(0, 1)].join(', ')}</span>
        {density === 'dense' && maintenance ? (
          <span className="ml-auto shrink-0 text-ink">
            <Icon name="wrench" className="size-[0.8em]" />
            <span className="sr-only">Maintenance to {endText(maintenance, zone, now)}</span>
          </span>
        ) : null}
      </Line>
    )
  }
  return (
    <span
      className={`flex min-w-0 shrink-0 items-center justify-between gap-[0.3em] ${grade === 'fine' ? 'text-ink-2' : ''}`}
    >
      {activeConnectorId || colos[0] ? (
        <span className="flex min-w-0 items-center gap-[0.25em]">
          {activeConnectorId ? <Active tunnel={tunnel} /> : colos[0]}
        </span>
      ) : null}
      <span className="flex shrink-0 items-center gap-[0.25em]">
        <Standbys tunnel={tunnel} />
      </span>
    </span>
  )
}

function Active({ tunnel: { activeConnectorId, activeColos } }: { tunnel: Tunnel }) {
  return (
    <>
      <RoleShape role={activeRole} className="size-[0.75em]" />
      <span className="truncate">
        {shortId(activeConnectorId ?? '')} {activeColos[0]}
      </span>
    </>
  )
}

/** How many stand by; the word beside the shape where there is room for it. */
function Standbys({
  tunnel: { readiness, standbyCount },
  hasRoom = false,
}: {
  tunnel: Tunnel
  hasRoom?: boolean
}) {
  if (readiness === 'disconnected' || readiness === 'not-ha' || readiness === 'unknown')
    return <span className="whitespace-nowrap">{readinessText(readiness, standbyCount)}</span>
  return (
    <>
      <RoleShape role={standbyCount > 0 ? standbyRole : 'ghost'} className="size-[0.75em]" />
      <span className="whitespace-nowrap">
        {countText(standbyCount)}
        <span className={hasRoom ? '' : 'sr-only @min-[17.5em]:not-sr-only'}>
          {' '}
          {standbyCount === 1 ? 'standby' : 'standbys'}
        </span>
      </span>
    </>
  )
}

/** For so long a wall says who acknowledged, and why. */
const acknowledgedMs = 10 * 60_000

/** A tile has room for the hour or the day. Within one, midnight or not, the hour tells it. */
const endText = ({ to }: Maintenance, zone: string | undefined, now: number) =>
  (to - now < 86_400_000 ? minuteIn : dayIn)(to, zone)

/** Who works on the tunnel, or who just acknowledged its change; null: neither. */
function saidOf({ tunnel: { maintenance, acknowledged }, zone }: TileProps, now: number) {
  if (maintenance)
    return { icon: 'wrench', text: `Maintenance to ${endText(maintenance, zone, now)}` } as const
  return acknowledged && now - acknowledged.at < acknowledgedMs
    ? ({
        icon: 'check',
        text: `${visibleName(acknowledged.by)}: ${visibleName(acknowledged.comment ?? 'acknowledged')}`,
      } as const)
    : null
}

function Said({ text, icon }: NonNullable<ReturnType<typeof saidOf>>) {
  return (
    <Line className="text-ink">
      <Icon name={icon} className="size-[0.8em]" />
      <bdi className="min-w-0 truncate">{text}</bdi>
    </Line>
  )
}

/** The day as a strip, whose room is there before it has come; in its place what somebody said. */
function Foot(props: TileProps) {
  const { summary, density } = props
  const said = saidOf(props, use(Minute))
  if (said) return <Said {...said} />
  const height = density === 'roomy' ? 'h-[1.1em]' : 'h-[0.9em]'
  return (
    <span className={`block rounded-[0.2em] p-[0.15em] ${summary ? 'bg-panel' : ''}`}>
      {summary ? (
        <Strip summary={summary} className={`w-full ${height}`} />
      ) : (
        <span className={`block ${height}`} />
      )}
    </span>
  )
}

/** How long it runs, and where there is room, how far it is and whose it is. */
function FailoverLine({ failoverId, density, opens }: TileProps & { failoverId: string }) {
  const { data } = useQuery(failoverQuery(failoverId))
  const length = useClock((now) =>
    data ? ` ${durationText(now - (data.sentAt ?? data.requestedAt))}` : '',
  )
  // A screen is not told who it is.
  const more = data ? [reachedOf(data), ...(opens ? [visibleName(data.by)] : [])].join(' · ') : ''
  const isRoomy = density === 'roomy'
  return (
    <span
      className={`flex min-w-0 shrink-0 gap-x-[0.4em] rounded-[0.2em] bg-accent-soft px-[0.3em] text-accent-text ${isRoomy ? 'flex-col' : ''}`}
    >
      <Line>
        <Icon name="failover" className="size-[0.8em]" />
        <span className="whitespace-nowrap">Failing over{length}</span>
      </Line>
      <span className={`min-w-0 truncate ${isRoomy ? '' : 'sr-only @min-[17.5em]:not-sr-only'}`}>
        <bdi>{more}</bdi>
      </span>
    </span>
  )
}
