import type { Interval, LaneKind } from '#contract/history.ts'
import type { ConnectorRole, TunnelStatus } from '#contract/tunnel.ts'
import { RoleShape } from '#web/ui/RoleShape.tsx'
import { StatusShape } from '#web/ui/StatusMark.tsx'
import { durationText } from '#web/ui/time.ts'
import { instantIn, type Zone } from '#web/ui/zone.ts'
import { precisionText } from './precision.ts'
import { lookOf, type Telling } from './series.ts'

/** An interval as a few lines: what, since when, until when, how long, why. */
export function TellingView({
  telling,
  interval,
  kind,
  zone,
  seenUntil,
}: {
  telling: Telling
  interval: Interval
  kind: LaneKind
  zone: Zone
  /** The last look, where it is too old to be believed. */
  seenUntil: number | null
}) {
  return (
    <div className="flex flex-col gap-1">
      <p className="flex items-center gap-2 font-medium">
        <StateShape kind={kind} interval={interval} />
        {telling.state}
        <span className="font-normal text-ink-2">{telling.title}</span>
      </p>
      <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-3 text-ink-2">
        <dt>From</dt>
        <dd className="text-ink">{fromText(telling, zone)}</dd>
        <dt>To</dt>
        <dd className="text-ink">{toText(telling, zone, seenUntil)}</dd>
        <dt>Lasted</dt>
        <dd className="text-ink">{lengthText(telling)}</dd>
      </dl>
      {telling.notes.map((note) => (
        <p key={note} className="text-ink-2">
          {note}
        </p>
      ))}
    </div>
  )
}

/** The mark of a state, the same as everywhere on the page: without its colour where it is stale. */
export function StateShape({
  kind,
  interval,
  stale = false,
}: {
  kind: LaneKind
  interval: Interval
  stale?: boolean
}) {
  const look = lookOf(kind, interval)
  if (kind === 'status') {
    const status: TunnelStatus =
      look === 'healthy' || look === 'degraded' || look === 'down' || look === 'inactive'
        ? look
        : 'unknown'
    return <StatusShape status={status} stale={stale} />
  }
  const roles: Partial<Record<typeof look, [ConnectorRole | 'ghost', string]>> = {
    active: ['active', 'text-good'],
    holder: ['active', 'text-good'],
    passive: ['passive', 'text-ink-2'],
    offline: ['offline', 'text-bad'],
    vacant: ['ghost', 'text-bad'],
    several: ['active', 'text-bad'],
    unknown: ['unknown', 'text-unknown'],
  }
  const [role, tone] = roles[look] ?? ['none', 'text-unknown']
  return <RoleShape role={role} className={`size-3 ${stale ? 'text-unknown' : tone}`} />
}

export const fromText = ({ from, fromPrecisionMs }: Telling, zone: Zone): string =>
  from === null ? 'before this window' : `${instantIn(from, zone)}${precisionText(fromPrecisionMs)}`

/** @param seenUntil the last look, where it is too old to be believed; null: what holds is seen to go on. */
export function toText(
  { to, toPrecisionMs, goesOn, unknown }: Telling,
  zone: Zone,
  seenUntil: number | null = null,
): string {
  if (to !== null) return `${instantIn(to, zone)}${precisionText(toPrecisionMs)}`
  if (!goesOn) return 'after this window'
  return seenUntil === null || unknown ? 'ongoing' : seenUntilText(seenUntil, zone)
}

/** The end of what was still so at the last look. */
export const seenUntilText = (seenUntil: number, zone: Zone): string =>
  `seen until ${instantIn(seenUntil, zone)}`

export function lengthText({ ms, cut, mixed }: Telling): string {
  if (mixed) return `${durationText(ms)} at most${cut ? ' in this window' : ''}`
  return cut ? `${durationText(ms)} in this window, or longer` : durationText(ms)
}

/** The same as one sentence after the other, for a screen reader. */
export function tellingText(telling: Telling, zone: Zone, seenUntil: number | null = null): string {
  const { title, state, goesOn, unknown, cut, notes } = telling
  const [from, to, length] = [
    fromText(telling, zone),
    toText(telling, zone, seenUntil),
    lengthText(telling),
  ]
  const when =
    goesOn && seenUntil !== null && !unknown
      ? `Since ${from}, ${to}, ${length}.`
      : goesOn && !cut
        ? `Since ${from}, ${length} so far.`
        : `From ${from} to ${to}, ${length}.`
  return [`${title}: ${state}.`, when, ...notes].join(' ')
}
