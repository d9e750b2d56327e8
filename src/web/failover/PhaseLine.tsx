import type { Failover } from '#contract/failover.ts'
import { Icon } from '#web/ui/Icon.tsx'
import { tip } from '#web/ui/tip.ts'
import { elapsedMs, type Phase, phasesOf, secondsText } from './phases.ts'

/** The five phases as stops of a line: passed, waited for, or never come to, with the seconds each took. */
export function PhaseLine({ failover }: { failover: Failover }) {
  const phases = phasesOf(failover)
  return (
    <ol aria-label="Phases" className="grid gap-y-0 sm:grid-cols-5">
      {phases.map((phase, at) => (
        <Stop
          key={phase.id}
          phase={phase}
          totalMs={elapsedMs(failover, failover.endedAt ?? 0)}
          // The line is drawn as far as it was travelled.
          before={at === 0 ? null : phase.state === 'done' || phase.state === 'current'}
          after={at === phases.length - 1 ? null : isPassed(phases[at + 1])}
        />
      ))}
    </ol>
  )
}

const isPassed = (phase: Phase | undefined) => phase?.state === 'done' || phase?.state === 'current'

const unknown = { dot: 'bg-unknown-soft hatch ring-1 ring-unknown ring-inset', ink: 'text-ink-2' }
const looks: Record<Phase['state'], { dot: string; ink: string; word: string }> = {
  done: { dot: 'bg-good text-panel', ink: 'text-ink', word: '' },
  current: { dot: 'bg-overlay ring-2 ring-accent ring-inset', ink: 'text-ink', word: 'waiting…' },
  waiting: { dot: 'bg-overlay ring-1 ring-line-strong ring-inset', ink: 'text-ink-2', word: '' },
  unclear: { ...unknown, word: 'no answer' },
  unseen: { ...unknown, word: 'time not seen' },
  failed: { dot: 'bg-bad text-panel rounded-sm', ink: 'text-bad', word: 'not seen' },
  skipped: { dot: 'bg-overlay ring-1 ring-line-strong ring-inset', ink: 'text-ink-3', word: '' },
}

function Stop({
  phase,
  totalMs,
  before,
  after,
}: {
  phase: Phase
  /** From the sending to the end. */
  totalMs: number
  before: boolean | null
  after: boolean | null
}) {
  const look = looks[phase.state]
  const refused = phase.id === 'accepted' && phase.state === 'failed'
  return (
    <li
      className="relative flex min-h-11 items-start gap-3 sm:flex-col sm:items-center sm:gap-1.5 sm:text-center"
      aria-current={phase.state === 'current' ? 'step' : undefined}
      {...tip(phase.meaning)}
    >
      <Track
        on={before}
        className="max-sm:top-0 max-sm:left-2.5 max-sm:h-1 max-sm:w-0.5 sm:top-2.5 sm:right-1/2 sm:left-0 sm:mr-3 sm:h-0.5"
      />
      <Track
        on={after}
        className="max-sm:top-6 max-sm:bottom-0 max-sm:left-2.5 max-sm:w-0.5 sm:top-2.5 sm:right-0 sm:left-1/2 sm:ml-3 sm:h-0.5"
      />
      <span
        className={`relative flex size-5 shrink-0 items-center justify-center rounded-full max-sm:mt-0.5 ${look.dot}`}
      >
        {phase.state === 'done' ? <Icon name="check" className="size-3.5" /> : null}
        {phase.state === 'failed' ? <Icon name="close" className="size-3" /> : null}
        {phase.state === 'current' ? <span className="size-2 rounded-full bg-accent" /> : null}
      </span>
      <span className="flex min-w-0 flex-1 items-baseline justify-between gap-2 sm:flex-col sm:items-center sm:gap-0">
        <span className={`font-medium ${look.ink}`}>{phase.word}</span>
        <span className="text-sm text-ink-2 sm:min-h-5">
          {phase.tookMs === null
            ? refused
              ? 'refused'
              : look.word
            : phase.id === 'confirmed'
              ? `${secondsText(totalMs)} in all`
              : `+${secondsText(phase.tookMs)}`}
        </span>
      </span>
    </li>
  )
}

function Track({ on, className }: { on: boolean | null; className: string }) {
  if (on === null) return null
  return (
    <span
      aria-hidden="true"
      className={`absolute ${className} ${on ? 'bg-good' : 'bg-line-edge'}`}
    />
  )
}
