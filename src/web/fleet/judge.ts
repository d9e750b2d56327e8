import type { Tunnel } from '#contract/tunnel.ts'
import { byName, severity } from './severity.ts'

/** How does each tunnel stand, as somebody six metres away must know it? Pure. */

/**
 * `down` nobody is connected · `no-active` somebody is, and nobody carries the traffic (or two claim to) ·
 * `degraded` Cloudflare calls it so · `exposed` one failure from outage · `unknown` not seen lately, or
 * not readable · `changed` all is well again, and nobody has acknowledged what changed · `fine` · `idle` never ran.
 */
export const grades = [
  'down',
  'no-active',
  'degraded',
  'exposed',
  'unknown',
  'changed',
  'fine',
  'idle',
] as const
export type Grade = (typeof grades)[number]

export type Judged = {
  tunnel: Tunnel
  grade: Grade
  /** Too old to be believed: what it was when last seen is told as the past. */
  stale: boolean
  /** A maintenance window is open: it is shown, and nobody is called for it. */
  muted: boolean
}

function gradeOf({ status, readiness, unacknowledged }: Tunnel): Grade {
  if (status === 'inactive') return 'idle'
  if (status === 'down' || readiness === 'disconnected') return 'down'
  if (readiness === 'no-active' || readiness === 'conflict') return 'no-active'
  if (status === 'degraded') return 'degraded'
  if (readiness === 'exposed') return 'exposed'
  if (status === 'unknown' || readiness === 'unknown') return 'unknown'
  return unacknowledged ? 'changed' : 'fine'
}

export const judged = (tunnels: readonly Tunnel[], staleIds: ReadonlySet<string>): Judged[] =>
  tunnels.map((tunnel) => {
    const stale = staleIds.has(tunnel.id)
    const grade: Grade = stale ? 'unknown' : gradeOf(tunnel)
    return { tunnel, stale, grade, muted: tunnel.maintenance !== null }
  })

/**
 * Within a grade by name, so that a tile moves only when its tunnel changes. What nobody is called for comes last:
 * a site in announced maintenance must not take the first page from what is wrong.
 */
export const worstFirst = (all: readonly Judged[]): Judged[] =>
  all
    .map((one) => ({ one, muted: Number(one.muted), place: placeOf(one) }))
    .toSorted(
      (a, b) =>
        a.muted - b.muted ||
        a.place - b.place ||
        severity(a.one.tunnel) - severity(b.one.tunnel) ||
        byName(a.one.tunnel, b.one.tunnel),
    )
    .map(({ one }) => one)

/** What was down when it was last seen is not less urgent because nobody can see it any more. */
const placeOf = ({ tunnel, grade }: Judged): number =>
  Math.min(grades.indexOf(grade), grades.indexOf(gradeOf(tunnel)))

/** Grades that somebody is called for. */
export const isAlarm = ({ grade, muted }: Judged) =>
  !muted && (grade === 'down' || grade === 'no-active')

/** The same of what was last seen of it, however long ago. */
export const wasAlarm = (one: Judged) => isAlarm({ ...one, grade: gradeOf(one.tunnel) })
