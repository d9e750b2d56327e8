import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import type { TunnelSummary } from '#contract/history.ts'
import type { ConnectorRole, Tunnel } from '#contract/tunnel.ts'
import { statusAtOf } from '#web/api/ages.ts'
import { failoverQuery } from '#web/api/queries.ts'
import { Strip } from '#web/charts/Strip.tsx'
import type { Grade, Judged } from '#web/fleet/judge.ts'
import { useClock } from '#web/ui/clock.ts'
import { Icon } from '#web/ui/Icon.tsx'
import { Name } from '#web/ui/Name.tsx'
import { shortId, visibleName } from '#web/ui/names.ts'
import { countText } from '#web/ui/numbers.ts'
import { readinessText } from '#web/ui/ReadinessMark.tsx'
import { RoleShape } from '#web/ui/RoleMark.tsx'
import { StatusShape, statusLooks } from '#web/ui/StatusMark.tsx'
import { ageText, durationText } from '#web/ui/time.ts'
import { clockOf } from './clock.ts'
import type { Density } from './settings.ts'

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
  const dense = density === 'dense'
  const surface = muted ? surfaces.idle : surfaces[grade]
  const body = (
    <>
      <span className="flex shrink-0 items-center gap-[0.4em]">
        <span className="min-w-0 truncate font-semibold">
          <Name name={tunnel.name} />
        </span>
        <Changes tunnel={tunnel} />
      </span>
      <StatusLine {...props} />
      {dense ? null : <RoleLines {...props} />}
      {dense ? null : (
        <span className="mt-auto flex shrink-0 flex-col">
          <Foot {...props} />
        </span>
      )}
      {summary && dense ? (
        <Strip flat summary={summary} className="absolute inset-x-0 bottom-0 h-[0.28em] w-full" />
      ) : null}
    </>
  )
  const box = `relative flex size-full min-w-0 flex-col justify-center gap-[0.2em] overflow-hidden rounded-[0.3em] px-[0.6em] py-[0.35em] leading-[1.2] ${surface}`
  return (
    <li className="min-h-0 min-w-0" data-grade={grade}>
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

/** Changes that nobody has acknowledged: how many. They stay until somebody does. */
function Changes({ tunnel: { unacknowledged } }: { tunnel: Tunnel }) {
  if (!unacknowledged) return null
  const { count } = unacknowledged
  return (
    <span className="ml-auto flex shrink-0 items-center gap-[0.2em] rounded-[0.2em] bg-accent px-[0.3em] leading-[1.15] font-semibold text-accent-ink">
      <Icon name="failover" className="size-[0.8em]" />
      <span aria-hidden="true">{countText(count)}</span>
      <span className="sr-only">
        {count === 1 ? '1 change' : `${countText(count)} changes`} not acknowledged
      </span>
    </span>
  )
}

/** For so long a wall says who acknowledged, and why. */
const acknowledgedMs = 10 * 60_000

/** The day as a strip; in its place who works on the tunnel, or who just acknowledged its change. */
function Foot({ tunnel, summary, density, zone }: TileProps) {
  const { maintenance, acknowledged } = tunnel
  const said = useClock((now) =>
    maintenance
      ? `Maintenance until ${clockOf(maintenance.to, zone).slice(0, 5)}`
      : acknowledged && now - acknowledged.at < acknowledgedMs
        ? `${visibleName(acknowledged.by)}: ${visibleName(acknowledged.comment ?? 'acknowledged')}`
        : '',
  )
  if (said)
    return (
      <span className="flex min-w-0 items-center gap-[0.4em] text-ink">
        <Icon name={maintenance ? 'clock' : 'check'} className="size-[0.8em]" />
        <bdi className="min-w-0 truncate">{said}</bdi>
      </span>
    )
  if (!summary) return null
  return (
    <span className="block rounded-[0.2em] bg-panel p-[0.15em]">
      <Strip
        summary={summary}
        className={`w-full ${density === 'roomy' ? 'h-[1.1em]' : 'h-[0.9em]'}`}
      />
    </span>
  )
}

/** What a tile without room for more says of a tunnel. */
const gradeWords: Record<Grade, string | null> = {
  down: null,
  'no-active': 'No active',
  degraded: null,
  exposed: 'No standby',
  unknown: 'Not read',
  changed: null,
  fine: null,
  idle: null,
}

/** `● Healthy  3 h 12 m`; what is stale says so, and what it was. */
function StatusLine({ tunnel, grade, stale, density }: TileProps) {
  const isSolid = grade === 'down' || grade === 'no-active'
  const word =
    (density === 'dense' ? gradeWords[grade] : null) ??
    tunnel.statusReported ??
    statusLooks[tunnel.status].word
  return (
    <span
      className={`flex min-w-0 shrink-0 items-center gap-[0.4em] ${grade === 'fine' ? 'text-ink-2' : ''}`}
    >
      <StatusShape
        status={grade === 'unknown' && (stale || density === 'dense') ? 'unknown' : tunnel.status}
        className={`size-[0.8em] ${isSolid ? '!text-current' : ''}`}
      />
      <span className="truncate font-medium">{stale ? 'Unknown' : word}</span>
      <span className="ml-auto shrink-0 whitespace-nowrap">
        {stale ? <LastSeen tunnel={tunnel} /> : <SinceWhen tunnel={tunnel} />}
      </span>
    </span>
  )
}

function LastSeen({ tunnel }: { tunnel: Tunnel }) {
  const age = useClock((now) => {
    const at = statusAtOf(tunnel)
    return at === null ? 'never seen' : `${ageText(now - at)} old`
  })
  return <>{age}</>
}

function SinceWhen({ tunnel: { since } }: { tunnel: Tunnel }) {
  const text = useClock((now) =>
    since === null ? '' : sinceText(now - since.at, since.source === 'observed'),
  )
  if (since === null) return null
  return <>{text}</>
}

/** `≥` where it began before Tandem saw it. */
const sinceText = (ms: number, isAtLeast: boolean) =>
  ms < 5000 ? 'just now' : `${isAtLeast ? '≥ ' : ''}${ageText(ms)}`

/** Who carries the traffic and where, and who stands by; or the failover that is running. */
function RoleLines({ tunnel, grade, density }: TileProps) {
  if (tunnel.failoverId) return <FailoverLine failoverId={tunnel.failoverId} />
  const { activeConnectorId, activeColos, readiness, standbyCount } = tunnel
  const colo = activeColos[0] ?? ''
  const ink = grade === 'fine' ? 'text-ink-2' : ''
  const active = activeConnectorId ? (
    <>
      <RoleShape role={activeRole} className="size-[0.75em]" />
      <span className="truncate">
        {density === 'roomy' ? `${shortId(activeConnectorId)} ${colo}` : colo}
      </span>
    </>
  ) : null
  const standby = (
    <span className="truncate whitespace-nowrap">{readinessText(readiness, standbyCount)}</span>
  )
  if (density === 'roomy')
    return (
      <>
        <span className={`flex min-w-0 shrink-0 items-center gap-[0.4em] ${ink}`}>
          {active ?? standby}
        </span>
        {active ? (
          <span className={`flex min-w-0 shrink-0 items-center gap-[0.4em] ${ink}`}>
            <RoleShape role={standbyCount > 0 ? standbyRole : 'ghost'} className="size-[0.75em]" />
            {standby}
          </span>
        ) : null}
      </>
    )
  return (
    <span className={`flex min-w-0 shrink-0 items-center justify-between gap-[0.6em] ${ink}`}>
      {active ? <span className="flex min-w-0 items-center gap-[0.4em]">{active}</span> : null}
      {standby}
    </span>
  )
}

function FailoverLine({ failoverId }: { failoverId: string }) {
  const { data } = useQuery(failoverQuery(failoverId))
  const text = useClock((now) => (data ? durationText(now - data.requestedAt) : ''))
  return (
    <span className="flex min-w-0 items-center gap-[0.4em] rounded-[0.2em] bg-accent-soft px-[0.3em] text-accent-text">
      <Icon name="failover" className="size-[0.9em]" />
      <span className="truncate">Failing over {text}</span>
    </span>
  )
}
