import type { ReactNode } from 'react'
import type { TunnelHistory } from '#contract/history.ts'
import { availabilityText, observedShare, outsideText, percentText } from '#web/charts/percent.ts'
import { unobservedMs } from '#web/charts/series.ts'
import { Stat, Stats } from '#web/ui/Stat.tsx'
import { durationText } from '#web/ui/time.ts'

/** A window in a few numbers. Unknown time counts as neither up nor down, and is always told beside them. */

export function TunnelFigures({
  history: { summary, changeCauses },
  ha,
}: {
  history: TunnelHistory
  ha: boolean | null
}) {
  const gaps = summary.noActiveTimes
  const isBlind = summary.observedMs === 0
  const never = isBlind ? <None /> : 'Never'
  const observedNote = isBlind ? 'nothing was observed' : 'as far as observed'
  return (
    <Stats label="The history in numbers">
      <Stat name="Available" note={availabilityNote(summary)}>
        {summary.availability === null ? <None /> : percentText(summary.availability)}
      </Stat>
      {ha === false ? null : (
        <Stat
          name="Without an active connector"
          note={
            summary.noActiveMs === 0
              ? observedNote
              : `${times(gaps)}${gaps > 1 ? `, the longest ${durationText(summary.longestNoActiveMs)}` : ''}`
          }
        >
          <span className={summary.noActiveMs > 0 ? 'text-bad' : ''}>
            {summary.noActiveMs === 0 ? never : durationText(summary.noActiveMs)}
          </span>
        </Stat>
      )}
      {ha === false ? null : (
        <Stat name="Active connector changed" note={causesText(changeCauses)}>
          {summary.roleChanges === 0 ? never : times(summary.roleChanges)}
        </Stat>
      )}
      <Stat name="Connections opened" note="reconnects included">
        {summary.reconnects === 0 && isBlind ? <None /> : summary.reconnects}
      </Stat>
      <Unobserved {...summary} />
    </Stats>
  )
}

export function ConnectorFigures({
  history: { summary, lanes },
  connectorId,
}: {
  history: TunnelHistory
  connectorId: string
}) {
  const lane = lanes.find((each) => each.connectorId === connectorId)
  const observedMs = lane?.observedMs ?? 0
  const totalMs = lane?.totalMs ?? summary.totalMs
  return (
    <Stats label="The history in numbers">
      <Stat name="Active" note={ofObserved({ totalMs, observedMs })}>
        {lane && observedMs > 0 ? percentText(lane.activeMs / observedMs) : <None />}
      </Stat>
      <Stat name="Was active for" note="as far as observed">
        {lane && observedMs > 0 ? durationText(lane.activeMs) : <None />}
      </Stat>
      <Stat name="Connections opened" note="reconnects included">
        {lane && observedMs > 0 ? lane.reconnects : <None />}
      </Stat>
      <Unobserved totalMs={totalMs} observedMs={observedMs} />
    </Stats>
  )
}

function Unobserved({ totalMs, observedMs }: { totalMs: number; observedMs: number }) {
  const ms = unobservedMs({ totalMs, observedMs })
  return (
    <Stat name="Not observed" note={ms === 0 ? 'watched all the time' : 'neither up nor down'}>
      {ms === 0 ? 'Nothing' : durationText(ms)}
    </Stat>
  )
}

const None = (): ReactNode => <span className="font-normal text-ink-2">Not known</span>

const ofObserved = (figures: { observedMs: number; totalMs: number }) =>
  figures.observedMs === 0
    ? 'nothing was observed'
    : `of the ${percentText(observedShare(figures))} observed`

const availabilityNote = (summary: TunnelHistory['summary']) =>
  summary.availability === null
    ? availabilityText(summary)
    : summary.availabilityOutside === null
      ? ofObserved(summary)
      : outsideText(summary.availabilityOutside)

const times = (n: number) => (n === 1 ? 'Once' : `${n} times`)

function causesText({ manual, automatic, unknown }: TunnelHistory['changeCauses']): string {
  const words = [
    [manual, 'manual'],
    [automatic, 'automatic'],
    [unknown, 'of unknown cause'],
  ] as const
  return words
    .filter(([n]) => n > 0)
    .map(([n, word]) => `${n} ${word}`)
    .join(', ')
}
