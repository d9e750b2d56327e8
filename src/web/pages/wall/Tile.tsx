import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import type { TunnelSummary } from '#contract/history.ts'
import type { ConnectorRole, Tunnel } from '#contract/tunnel.ts'
import { statusAtOf } from '#web/api/ages.ts'
import { failoverQuery } from '#web/api/queries.ts'
import { Strip } from '#web/charts/Strip.tsx'
import { useClock } from '#web/ui/clock.ts'
import { Icon } from '#web/ui/Icon.tsx'
import { Name } from '#web/ui/Name.tsx'
import { shortId } from '#web/ui/names.ts'
import { readinessText } from '#web/ui/ReadinessMark.tsx'
import { RoleShape } from '#web/ui/RoleMark.tsx'
import { StatusShape, statusLooks } from '#web/ui/StatusMark.tsx'
import { ageText, durationText } from '#web/ui/time.ts'
import type { Grade, Judged } from './judge.ts'

const activeRole: ConnectorRole = 'active'

/** Quiet when fine; what calls for somebody is a solid block of colour. */
const surfaces: Record<Grade, string> = {
  down: 'bg-bad text-danger-ink',
  'no-active': 'bg-bad text-danger-ink',
  degraded: 'bg-warn-soft text-ink shadow-[inset_0.3em_0_0_var(--warn)]',
  exposed: 'bg-warn-soft text-ink shadow-[inset_0.3em_0_0_var(--warn)]',
  unknown: 'bg-unknown-soft hatch text-ink shadow-[inset_0.3em_0_0_var(--unknown)]',
  fine: 'bg-panel text-ink',
  idle: 'bg-panel text-ink-2',
}

type TileProps = Judged & {
  summary: TunnelSummary | null
  dense: boolean
  /** Whether it leads to the tunnel's page; nobody goes anywhere from a screen on a wall. */
  opens: boolean
}

/** One tunnel. All lengths are in sizes of its text, which the wall chooses. */
export const Tile = memo(function Tile(props: TileProps) {
  const { tunnel, grade, muted, summary, dense, opens } = props
  const surface = muted ? surfaces.idle : surfaces[grade]
  const body = (
    <>
      <span className="truncate font-semibold">
        <Name name={tunnel.name} />
      </span>
      <StatusLine {...props} />
      {dense ? null : <RoleLine {...props} />}
      {summary && !dense ? (
        <span className="mt-auto block rounded-[0.2em] bg-panel p-[0.15em]">
          <Strip summary={summary} className="h-[0.9em] w-full" />
        </span>
      ) : null}
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

/** `● Healthy  3 h 12 m`; what is stale says so, and what it was. */
function StatusLine({ tunnel, grade, stale }: TileProps) {
  const isSolid = grade === 'down' || grade === 'no-active'
  const look = statusLooks[tunnel.status]
  return (
    <span className="flex min-w-0 items-center gap-[0.4em]">
      <StatusShape
        status={stale ? 'unknown' : tunnel.status}
        className={`size-[0.8em] ${isSolid ? '!text-current' : ''}`}
      />
      <span className="truncate font-medium">
        {stale ? 'Unknown' : (tunnel.statusReported ?? look.word)}
      </span>
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
  const text = useClock((now) => (since === null ? '' : ageText(now - since.at)))
  if (since === null) return null
  return (
    <>
      {since.source === 'observed' ? '≥ ' : ''}
      {text}
    </>
  )
}

/** Who carries the traffic and where, and who stands by; or the failover that is running. */
function RoleLine({ tunnel, grade, stale }: TileProps) {
  if (tunnel.failoverId) return <FailoverLine failoverId={tunnel.failoverId} />
  const { activeConnectorId, activeColos, readiness, standbyCount } = tunnel
  const isQuiet = stale || grade === 'idle'
  return (
    <span className={`flex min-w-0 items-center gap-[0.4em] ${isQuiet ? 'opacity-80' : ''}`}>
      {activeConnectorId ? (
        <>
          <RoleShape role={activeRole} className="size-[0.75em]" />
          <span className="truncate">
            <span className="@max-[12em]:hidden">{shortId(activeConnectorId)} </span>
            {activeColos[0] ?? ''}
          </span>
        </>
      ) : null}
      <span className={`shrink-0 whitespace-nowrap ${activeConnectorId ? 'ml-auto' : ''}`}>
        {readinessText(readiness, standbyCount)}
      </span>
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
