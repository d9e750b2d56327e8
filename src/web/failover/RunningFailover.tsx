import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Failover, isRunning } from '#contract/failover.ts'
import { failoverQuery } from '#web/api/queries.ts'
import { Button, IconButton } from '#web/ui/Button.tsx'
import { useClock } from '#web/ui/clock.ts'
import { Icon } from '#web/ui/Icon.tsx'
import { shortId } from '#web/ui/names.ts'
import { elapsedMs, endingOf } from './phases.ts'
import { reachedOf } from './reached.ts'

/**
 * A failover of the tunnel that one looks at, for everybody who looks: who, how far, how long. Once it
 * ended it stays with its outcome until it is put away.
 */
export function RunningFailover({
  failoverId,
  onFollow,
}: {
  /** The one that runs now; null when none does. */
  failoverId: string | null
  onFollow: (failoverId: string) => void
}) {
  const [shownId, setShownId] = useState(failoverId)
  if (failoverId !== null && failoverId !== shownId) setShownId(failoverId)
  const { data: failover } = useQuery({
    ...failoverQuery(shownId ?? ''),
    enabled: shownId !== null,
  })
  if (shownId === null || !failover || failover.id !== shownId) return null
  return (
    <Strip
      failover={failover}
      onFollow={() => onFollow(shownId)}
      onPutAway={() => setShownId(null)}
    />
  )
}

const boxes = {
  info: 'bg-accent-soft text-accent-text',
  good: 'bg-good-soft text-good',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
}

function Strip({
  failover,
  onFollow,
  onPutAway,
}: {
  failover: Failover
  onFollow: () => void
  onPutAway: () => void
}) {
  const running = isRunning(failover.state)
  const seconds = useClock((now) => Math.floor(elapsedMs(failover, now) / 1000))
  const { tone, title } = endingOf(failover, seconds * 1000)
  return (
    <section
      aria-label="Failover of this tunnel"
      className={`flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 rounded-lg px-4 py-1.5 ${boxes[tone]}`}
    >
      <Icon name="failover" className="size-4" />
      <p className="min-w-0 flex-1 text-ink">
        <bdi className="font-medium">{failover.by}</bdi>{' '}
        {running ? 'is failing over' : 'failed over'}
        {failover.drill ? ' (a drill)' : ''}{' '}
        {failover.from ? (
          <>
            from <span className="font-mono">{shortId(failover.from.connectorId)}</span>{' '}
          </>
        ) : null}
        to <span className="font-mono">{shortId(failover.to.connectorId)}</span>
        {' · '}
        <span className={running ? 'text-ink-2' : 'font-medium'}>
          {running ? `${reachedOf(failover)}, ${seconds} s` : title}
        </span>
      </p>
      <Button size="sm" onClick={onFollow}>
        {running ? 'Follow it' : 'What happened'}
      </Button>
      {running ? null : <IconButton size="sm" icon="close" label="Put away" onClick={onPutAway} />}
    </section>
  )
}
