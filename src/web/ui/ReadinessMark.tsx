import type { ConnectorRole, ReadinessKind } from '#contract/tunnel.ts'
import { RoleShape } from './RoleShape.tsx'
import { readinessLooks, readinessText } from './readiness.ts'
import { tip } from './tip.ts'

/** Who stands where, as a picture (active first, then up to two standbys), and in words. */
export function ReadinessMark({
  readiness,
  standbyCount,
  stale = false,
  quiet = false,
  className = '',
}: {
  readiness: ReadinessKind
  standbyCount: number
  stale?: boolean
  /** Without alarm, e.g. for a tunnel that never ran. */
  quiet?: boolean
  className?: string
}) {
  const look = readinessLooks[readiness]
  const faded = stale || quiet
  const word = faded || readiness === 'not-ha' || readiness === 'unknown' ? 'text-ink-2' : look.ink
  return (
    <span
      className={`inline-flex items-center gap-2 whitespace-nowrap ${className}`}
      {...tip(stale ? `${look.meaning} — when last seen` : look.meaning)}
    >
      <ReadinessPicture
        readiness={readiness}
        standbyCount={standbyCount}
        className={`w-9 shrink-0 ${faded ? 'text-unknown' : look.ink}`}
      />
      <span className={readiness === 'ready' && !faded ? '' : word}>
        {readinessText(readiness, standbyCount)}
      </span>
    </span>
  )
}

/** Who stands where, without words. */
export function ReadinessPicture({
  readiness,
  standbyCount,
  className = '',
}: {
  readiness: ReadinessKind
  standbyCount: number
  className?: string
}) {
  return (
    <span className={`flex items-center gap-0.5 ${className}`} aria-hidden="true">
      {picture(readiness, standbyCount).map(({ key, role }) => (
        <RoleShape key={key} role={role} className="size-2.5" />
      ))}
    </span>
  )
}

function picture(readiness: ReadinessKind, standbyCount: number) {
  const standbys = Array.from({ length: Math.min(standbyCount, 2) }, () => 'passive' as const)
  const parties: Record<ReadinessKind, readonly (ConnectorRole | 'ghost')[]> = {
    ready: ['active', ...standbys],
    exposed: ['active', 'ghost'],
    'no-active': ['ghost', ...standbys],
    disconnected: ['offline'],
    conflict: ['active', 'active'],
    'not-ha': ['none'],
    unknown: ['unknown'],
  }
  return parties[readiness].map((role, place) => ({ role, key: `${place} ${role}` }))
}
