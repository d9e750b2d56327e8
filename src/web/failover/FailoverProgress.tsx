import { type Failover, isRunning } from '#contract/failover.ts'
import { Callout } from '#web/ui/Callout.tsx'
import { useClock } from '#web/ui/clock.ts'
import { Instant } from '#web/ui/TimeAgo.tsx'
import { clockText } from '#web/ui/time.ts'
import { Handover } from './Handover.tsx'
import { PhaseLine } from './PhaseLine.tsx'
import { elapsedMs, endingOf, secondsText } from './phases.ts'

/** A failover as it runs, and how it ended. The live stream moves it. */
export function FailoverProgress({ failover }: { failover: Failover }) {
  const ending = endingOf(failover)
  const running = isRunning(failover.state)
  const promoted = failover.promotedAt !== null || failover.lateAt !== null
  const gone = failover.demotedAt !== null || failover.lateAt !== null
  const old = failover.from
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 text-sm text-ink-2">
        <p>
          Started by <bdi className="text-ink">{failover.by}</bdi> at{' '}
          <Instant at={failover.requestedAt}>{clockText(failover.requestedAt)}</Instant>
        </p>
        <Counter failover={failover} />
      </div>
      <Handover
        from={
          old && {
            ...old,
            role: gone ? 'passive' : 'active',
            next: gone || running ? 'passive' : 'active',
          }
        }
        to={{
          ...failover.to,
          role: promoted ? 'active' : 'passive',
          next: promoted || running ? 'active' : 'passive',
        }}
        way={promoted && gone ? 'moved' : running ? 'planned' : 'stayed'}
      />
      <PhaseLine failover={failover} />
      <output className="block">
        <Callout tone={ending.tone} title={ending.title}>
          {ending.text}
          {failover.cloudflare.length > 0 ? (
            <span className="mt-1 block text-sm">
              Cloudflare:{' '}
              {failover.cloudflare
                .map(({ code, message }) => `${message} (${code})`.trim())
                .join(' · ')}
            </span>
          ) : null}
        </Callout>
      </output>
    </div>
  )
}

/** Seconds since it was sent; stands still once it ended. */
function Counter({ failover }: { failover: Failover }) {
  const running = isRunning(failover.state)
  const text = useClock((now) => {
    const ms = elapsedMs(failover, now)
    return running ? `${Math.floor(ms / 1000)} s` : secondsText(ms)
  })
  return (
    <p aria-hidden="true">
      <span className="text-lg font-semibold text-ink">{text}</span>
      {running ? ' of 60 s' : ''}
    </p>
  )
}
