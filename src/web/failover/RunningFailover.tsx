import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Failover, isRunning } from '#contract/failover.ts'
import { failoverQuery } from '#web/api/queries.ts'
import { Button, IconButton } from '#web/ui/Button.tsx'
import { useClock } from '#web/ui/clock.ts'
import { Icon } from '#web/ui/Icon.tsx'
import { shortId } from '#web/ui/names.ts'
import { deedOf, elapsedMs, endingOf } from './phases.ts'
import { reachedOf } from './reached.ts'

/**
 * A failover of the tunnel that one looks at, for everybody who looks: who, how far, how long. Once it
 * ended it stays with its outcome until it is put away.
 */
export function RunningFailover({
  failoverId,
  stale,
  onFollow,
}: {
  /** The one that runs now; null when none does. */
  failoverId: string | null
  /** What is known of the tunnel is too old to tell how far it is. */
  stale: boolean
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
      stale={stale}
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
  stale,
  onFollow,
  onPutAway,
}: {
  failover: Failover
  stale: boolean
  onFollow: () => void
  onPutAway: () => void
}) {
  const running = isRunning(failover.state)
  // It may long be over: nothing goes on counting.
  const unseen = running && stale
  const seconds = useClock((now) => (unseen ? 0 : Math.floor(elapsedMs(failover, now) / 1000)))
  const { tone, title } = endingOf(failover, seconds * 1000)
  return (
    <section
      aria-label="Failover of this tunnel"
      className={`flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 rounded-lg px-4 py-1.5 ${unseen ? 'bg-unknown-soft text-ink-2' : boxes[tone]}`}
    >
      <Icon name="failover" className="size-4" />
      <p className="min-w-0 flex-1 text-ink">
        <bdi className="font-medium">{failover.by}</bdi>{' '}
        {unseen ? 'was failing over' : deedOf(failover)}
        {failover.drill ? ' (a drill)' : ''}{' '}
        {failover.from ? (
          <>
            from <span className="font-mono">{shortId(failover.from.connectorId)}</span>{' '}
          </>
        ) : null}
        to <span className="font-mono">{shortId(failover.to.connectorId)}</span>
        {' · '}
        <span className={running ? 'text-ink-2' : 'font-medium'}>
          {unseen ? 'when last seen' : running ? `${reachedOf(failover)}, ${seconds} s` : title}
        </span>
      </p>
      <Button size="sm" onClick={onFollow}>
        {running ? 'Follow it' : 'What happened'}
      </Button>
      {running ? null : <IconButton size="sm" icon="close" label="Put away" onClick={onPutAway} />}
    </section>
  )
}
