import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { type Failover, isRunning } from '#contract/failover.ts'
import type { Problem } from '#contract/problem.ts'
import { useCheckedAt } from '#web/api/ages.ts'
import { toProblem } from '#web/api/client.ts'
import { failoverQuery, tunnelQuery } from '#web/api/queries.ts'
import { Button } from '#web/ui/Button.tsx'
import { useClock } from '#web/ui/clock.ts'
import { Dialog } from '#web/ui/Dialog.tsx'
import { Name } from '#web/ui/Name.tsx'
import { shortId } from '#web/ui/names.ts'
import { ProblemCallout } from '#web/ui/ProblemCallout.tsx'
import { Skeleton } from '#web/ui/Skeleton.tsx'
import { Age, useStale } from '#web/ui/TimeAgo.tsx'
import { ChooseStandby } from './ChooseStandby.tsx'
import { Consent } from './Consent.tsx'
import { FailoverProgress, type Lost } from './FailoverProgress.tsx'
import { Notice } from './Notice.tsx'
import { isDone } from './phases.ts'
import { useChoice } from './use-choice.ts'

/**
 * A failover from the choice to its end, in one dialog: pick the standby, see who hands over to whom,
 * confirm, and follow it. What it shows stands in the address: the caller keeps `to` and `failoverId`
 * there, so a reload or a colleague with the link sees the same.
 */
export function FailoverDialog({
  tunnelId,
  to,
  failoverId,
  onChoose,
  onFollow,
  onClose,
}: {
  tunnelId: string
  to: string | undefined
  failoverId: string | undefined
  /** Somebody picked a standby; also leads back from a failover that ended. */
  onChoose: (connectorId: string | undefined) => void
  onFollow: (failoverId: string) => void
  onClose: () => void
}) {
  const { data: tunnel } = useSuspenseQuery(tunnelQuery(tunnelId))
  const following = useQuery({ ...failoverQuery(failoverId ?? ''), enabled: Boolean(failoverId) })
  const choice = useChoice({ tunnelId, to, onFollow, isAsking: !failoverId })
  const failover = failoverId ? (following.data ?? null) : null
  const running = failover !== null && isRunning(failover.state)
  const safe = useRef<HTMLButtonElement>(null)
  const isSlow = useClock((now) => now - choice.askedAt > slowMs)
  const mayLeave = choice.sending && isSlow
  const seenAt = useCheckedAt(tunnel)
  const unseen = useStale(seenAt, tunnel.trouble === null ? tunnel.staleAfterMs : failedReadMs)

  // The safe button is under Enter when the dialog opens, when what it shows turns, and when a button goes.
  const view = failover?.state ?? (failoverId ? 'loading' : 'choose')
  useEffect(() => {
    if (view !== 'loading') safe.current?.focus()
  }, [view])

  const title = failover ? titleOf(failover) : 'Fail over'
  return (
    <Dialog
      size="lg"
      title={
        <>
          {title} <Name name={tunnel.name} />
        </>
      }
      busy={(choice.sending && !mayLeave) || running}
      onClose={onClose}
      footer={
        failoverId ? (
          <FollowFooter
            failover={failover}
            activeId={tunnel.activeConnectorId}
            mayNot={choice.mayNot}
            safe={safe}
            onChoose={onChoose}
            onClose={onClose}
          />
        ) : (
          <>
            <output className="mr-auto text-sm text-ink-2">
              {mayLeave
                ? 'You may leave: it may still be sent, and the tunnel’s page shows it then.'
                : null}
            </output>
            <Button
              ref={safe}
              data-autofocus=""
              variant="ghost"
              disabledReason={choice.sending && !mayLeave ? 'Still sending' : null}
              onClick={onClose}
            >
              {mayLeave ? 'Leave' : 'Cancel'}
            </Button>
            <Button
              variant="danger"
              icon="failover"
              busy={choice.sending}
              disabledReason={choice.reason}
              onClick={choice.send}
              className="min-w-44"
            >
              {choice.sending
                ? 'Sending…'
                : choice.target
                  ? `Promote ${shortId(choice.target.id)}`
                  : 'Promote'}
            </Button>
          </>
        )
      }
    >
      {failoverId ? (
        <div ref={fromItsTop}>
          <Followed
            failover={failover?.tunnelId === tunnelId ? failover : null}
            activeId={tunnel.activeConnectorId}
            lost={unseen ? { seenAt, trouble: tunnel.trouble } : null}
            problem={
              following.error
                ? toProblem(following.error)
                : failover && failover.tunnelId !== tunnelId
                  ? strayProblem
                  : null
            }
            onRetry={following.error ? () => void following.refetch() : null}
          />
        </div>
      ) : (
        <div className="flex flex-col gap-4">
          <Notice
            {...choice.notice}
            onLookAgain={() => {
              choice.notice.onLookAgain()
              safe.current?.focus()
            }}
            onChoose={(connectorId) => {
              onChoose(connectorId)
              safe.current?.focus()
            }}
          />
          <ChooseStandby
            connectors={choice.connectors}
            target={choice.target}
            age={
              <p className="text-sm text-ink-2">
                {choice.isReading ? (
                  'Asking Cloudflare…'
                ) : (
                  <>
                    Cloudflare was asked{' '}
                    <Age at={choice.readAt} staleAfterMs={tunnel.staleAfterMs} ago />
                  </>
                )}
              </p>
            }
            onChoose={onChoose}
          />
          {choice.target && choice.mayNot === null ? (
            <Consent
              checks={choice.checks}
              consent={choice.consent}
              runningId={tunnel.failoverId}
              onChange={choice.setConsent}
              onFollow={onFollow}
            />
          ) : null}
        </div>
      )}
    </Dialog>
  )
}

/** Most are sent at once: whoever waits longer need not stay, but must not take that for a cancellation. */
const slowMs = 5_000

/** While one runs the connectors are read every few seconds: after one that failed, what is older is old. */
const failedReadMs = 10_000

/** On a phone whoever accepted the risks had scrolled down to them. */
const fromItsTop = (followed: HTMLElement | null) => followed?.scrollIntoView()

const titleOf = ({ state }: Failover) =>
  isRunning(state) ? 'Failing over' : state === 'confirmed' ? 'Failed over' : 'Failover of'

const strayProblem: Problem = {
  type: 'urn:tandem:problem:not-found',
  title: 'That failover belongs to another tunnel',
  status: 404,
  detail: 'This link mixes two tunnels. Close it and start again.',
}

function Followed({
  failover,
  activeId,
  lost,
  problem,
  onRetry,
}: {
  failover: Failover | null
  activeId: string | null
  lost: Lost | null
  problem: Problem | null
  /** Null: asking again would not help. */
  onRetry: (() => void) | null
}) {
  if (failover) return <FailoverProgress failover={failover} activeId={activeId} lost={lost} />
  if (problem) return <ProblemCallout problem={problem} onRetry={onRetry} />
  return (
    <output className="flex flex-col gap-4" aria-busy="true">
      <span className="sr-only">Loading</span>
      <Skeleton className="h-28 w-full" />
      <Skeleton className="h-14 w-full" />
    </output>
  )
}

function FollowFooter({
  failover,
  activeId,
  mayNot,
  safe,
  onChoose,
  onClose,
}: {
  failover: Failover | null
  activeId: string | null
  /** Why the role may not start another one; null when it may. */
  mayNot: string | null
  safe: { current: HTMLButtonElement | null }
  onChoose: (connectorId: string | undefined) => void
  onClose: () => void
}) {
  if (failover && isRunning(failover.state))
    return (
      <>
        <p className="mr-auto text-sm text-ink-2">You may leave: it goes on without you.</p>
        <Button ref={safe} onClick={onClose}>
          Leave it running
        </Button>
      </>
    )
  const from = failover && isDone(failover) ? failover.from : null
  // Nobody is sent back to what is active already.
  const back = from?.connectorId === activeId ? null : from
  return (
    <>
      {back ? (
        <Button
          icon="failover"
          className="mr-auto"
          disabledReason={mayNot}
          onClick={() => onChoose(back.connectorId)}
        >
          {`Fail back to ${shortId(back.connectorId)}`}
        </Button>
      ) : failover && failover.state !== 'confirmed' ? (
        <Button className="mr-auto" disabledReason={mayNot} onClick={() => onChoose(undefined)}>
          Choose again
        </Button>
      ) : null}
      <Button ref={safe} variant="primary" onClick={onClose}>
        Done
      </Button>
    </>
  )
}
