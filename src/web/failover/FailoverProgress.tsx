import { type Failover, isRunning } from '#contract/failover.ts'
import { Callout } from '#web/ui/Callout.tsx'
import { useClock } from '#web/ui/clock.ts'
import { shortId } from '#web/ui/names.ts'
import { Moment } from '#web/ui/TimeAgo.tsx'
import { Handover } from './Handover.tsx'
import { PhaseLine } from './PhaseLine.tsx'
import {
  aftermathOf,
  elapsedMs,
  endingOf,
  figuresOf,
  handoverOf,
  isUndone,
  lastActiveOf,
  ownWordsOf,
  secondsText,
} from './phases.ts'

/** When the connectors were last seen, and why not since. */
export type Lost = { seenAt: number | null; trouble: string | null }

/**
 * A failover as it runs, and how it ended. The live stream moves it.
 *
 * @param activeId the connector that is active now; null: none is, or several are.
 * @param lost null: what it rests on is fresh.
 */
export function FailoverProgress({
  failover,
  activeId,
  lost,
}: {
  failover: Failover
  activeId: string | null
  lost: Lost | null
}) {
  const seconds = useClock((now) => Math.floor(elapsedMs(failover, now) / 1000))
  const ending = endingOf(failover, seconds * 1000)
  const ownWords = ownWordsOf(failover)
  const running = isRunning(failover.state)
  const { from, to, way } = handoverOf(failover)
  const [lastId = null, ...others] = lastActiveOf(failover)
  // Somebody, or Cloudflare, has moved the traffic since: what the record tells of it is of its time.
  const isPast = !running && (others.length > 0 ? null : lastId) !== activeId
  const old = failover.from
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 text-sm text-ink-2">
        <p>
          {failover.drill ? 'Drill started' : 'Started'} by{' '}
          <bdi className="text-ink">{failover.by}</bdi> at <Moment at={failover.requestedAt} />
        </p>
        <Counter failover={failover} />
      </div>
      <Handover
        from={
          old && {
            ...old,
            role: from,
            next: running && from === 'active' ? 'passive' : from,
          }
        }
        several={old ? [] : failover.activeBefore}
        to={{ ...failover.to, role: to, next: running ? 'active' : to }}
        stale={lost !== null || isPast}
        way={way}
      />
      <PhaseLine failover={failover} />
      <output className="block">
        {running && lost ? (
          <LostCallout {...lost} />
        ) : (
          <Callout tone={ending.tone} title={ending.title}>
            {ending.text}
            {lost === null && (isPast || isUndone(failover)) ? ` ${presentOf(activeId)}` : null}
            {ownWords === null ? null : (
              <span className="mt-1 block text-sm">Cloudflare: {ownWords}</span>
            )}
          </Callout>
        )}
      </output>
      <Aftermath failover={failover} />
      <Record failover={failover} />
    </div>
  )
}

const presentOf = (activeId: string | null) =>
  activeId === null
    ? 'Now no connector is active, or several are.'
    : `Now ${shortId(activeId)} is active.`

/** Stands in the place of how far it is: that is not known. */
function LostCallout({ seenAt, trouble }: Lost) {
  return (
    <Callout
      tone="warn"
      title={
        seenAt === null ? (
          'The connectors can’t be seen'
        ) : (
          <>
            Seen last at <Moment at={seenAt} />
          </>
        )
      }
    >
      {trouble ?? 'Nothing newer has come since.'} Whether the traffic has moved is not known; the
      request is not sent again.
    </Callout>
  )
}

/** What the connectors did in the ten minutes after the end. */
function Aftermath({ failover }: { failover: Failover }) {
  const rows = aftermathOf(failover)
  if (rows.length === 0) return null
  return (
    <section aria-label="After its end">
      <h3 className="font-medium">After its end</h3>
      <ul className="mt-1 flex flex-col gap-1">
        {rows.map(({ at, sentence }) => (
          <li key={at} className="flex gap-3">
            <span className="text-ink-2">
              <Moment at={at} />
            </span>
            <span>{sentence}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** What was measured, and what was known and said when it was started. */
function Record({ failover }: { failover: Failover }) {
  const figures = isRunning(failover.state) ? [] : figuresOf(failover)
  const { reason, accepted } = failover
  if (figures.length === 0 && reason === null && accepted.length === 0) return null
  return (
    <div className="flex flex-col gap-3 border-t border-line pt-4">
      {figures.length > 0 ? (
        <dl className="flex flex-wrap gap-x-8 gap-y-2">
          {figures.map(({ name, value }) => (
            <div key={name}>
              <dt className="text-sm text-ink-2">{name}</dt>
              <dd className="font-medium">{value}</dd>
            </div>
          ))}
        </dl>
      ) : null}
      {reason === null ? null : (
        <p className="break-words">
          <span className="text-ink-2">Reason: </span>
          <bdi>{reason}</bdi>
        </p>
      )}
      {accepted.length > 0 ? (
        <details className="text-sm text-ink-2">
          <summary className="min-h-6 cursor-pointer">
            {accepted.length === 1
              ? '1 risk was accepted'
              : `${accepted.length} risks were accepted`}
          </summary>
          <ul className="mt-1 list-disc pl-5">
            {accepted.map(({ sentence }) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </details>
      ) : null}
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
