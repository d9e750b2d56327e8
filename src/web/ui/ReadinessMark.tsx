import type { ConnectorRole, ReadinessKind } from '#contract/tunnel.ts'
import { rolePaths } from './RoleShape.tsx'
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
      className={`whitespace-nowrap ${readiness === 'ready' && !faded ? '' : word} ${className}`}
      {...tip(stale ? `${look.meaning} — when last seen` : look.meaning)}
    >
      <ReadinessPicture
        readiness={readiness}
        standbyCount={standbyCount}
        className={`mid-2.5 mr-2 w-9 ${faded ? 'text-unknown' : look.ink}`}
      />
      {readinessText(readiness, standbyCount)}
    </span>
  )
}

/** How far the shapes of a picture are apart, in units of which each is 12 wide. */
const pitch = 14.4

/** Who stands where, without words: one drawing, because a list has dozens of them. */
export function ReadinessPicture({
  readiness,
  standbyCount,
  className = '',
}: {
  readiness: ReadinessKind
  standbyCount: number
  className?: string
}) {
  const roles = parties(standbyCount)[readiness]
  return (
    <svg
      viewBox={`0 0 ${roles.length * pitch - (pitch - 12)} 12`}
      preserveAspectRatio="xMinYMid"
      aria-hidden="true"
      className={`h-2.5 shrink-0 ${className}`}
    >
      {roles.map((role, place) => (
        <path
          // oxlint-disable-next-line react/no-array-index-key -- two standbys differ by their place only
          key={place}
          {...rolePaths[role]}
          transform={place > 0 ? `translate(${place * pitch})` : undefined}
        />
      ))}
    </svg>
  )
}

function parties(
  standbyCount: number,
): Record<ReadinessKind, readonly (ConnectorRole | 'ghost')[]> {
  const standbys = Array.from({ length: Math.min(standbyCount, 2) }, () => 'passive' as const)
  return {
    ready: ['active', ...standbys],
    exposed: ['active', 'ghost'],
    'no-active': ['ghost', ...standbys],
    disconnected: ['offline'],
    conflict: ['active', 'active'],
    'not-ha': ['none'],
    unknown: ['unknown'],
  }
}
