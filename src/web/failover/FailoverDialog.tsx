import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { type Failover, isRunning } from '#contract/failover.ts'
import type { Problem } from '#contract/problem.ts'
import { useConnectorsCheckedAt } from '#web/api/ages.ts'
import { kindOf, toProblem } from '#web/api/client.ts'
import { useCheckConnectors } from '#web/api/fresh.ts'
import { useFailoverRun } from '#web/api/operations.ts'
import { connectorsQuery, failoverQuery, sessionQuery, tunnelQuery } from '#web/api/queries.ts'
import { Button } from '#web/ui/Button.tsx'
import { Callout } from '#web/ui/Callout.tsx'
import { useClock } from '#web/ui/clock.ts'
import { Dialog } from '#web/ui/Dialog.tsx'
import { Name } from '#web/ui/Name.tsx'
import { shortId } from '#web/ui/names.ts'
import { ProblemCallout } from '#web/ui/ProblemCallout.tsx'
import { Skeleton } from '#web/ui/Skeleton.tsx'
import { Age } from '#web/ui/TimeAgo.tsx'
import { countdownText } from '#web/ui/time.ts'
import { ChooseStandby } from './ChooseStandby.tsx'
import { FailoverProgress } from './FailoverProgress.tsx'
import { activeOf, candidatesOf, isPromotable } from './order.ts'
import { lockedUntil, whyNoFailover } from './reason.ts'

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
  const choice = useChoice({ tunnelId, to, onFollow, asking: !failoverId })
  const failover = failoverId ? (following.data ?? null) : null
  const running = failover !== null && isRunning(failover.state)
  const safe = useRef<HTMLButtonElement>(null)

  // The safe button is under Enter when the dialog opens and when what it shows turns.
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
      busy={choice.sending || running}
      onClose={onClose}
      footer={
        failoverId ? (
          <FollowFooter failover={failover} safe={safe} onChoose={onChoose} onClose={onClose} />
        ) : (
          <>
            <Button
              ref={safe}
              data-autofocus=""
              variant="ghost"
              disabledReason={choice.sending ? 'Still sending' : null}
              onClick={onClose}
            >
              Cancel
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
        <Followed
          failover={failover?.tunnelId === tunnelId ? failover : null}
          problem={
            following.error
              ? toProblem(following.error)
              : failover && failover.tunnelId !== tunnelId
                ? strayProblem
                : null
          }
        />
      ) : (
        <div className="flex flex-col gap-4">
          {choice.notice}
          <ChooseStandby
            tunnel={tunnel}
            connectors={choice.connectors}
            target={choice.target}
            age={choice.age}
            onChoose={onChoose}
          />
        </div>
      )}
    </Dialog>
  )
}

const titleOf = ({ state }: Failover) =>
  isRunning(state) ? 'Failing over' : state === 'confirmed' ? 'Failed over' : 'Failover of'

const strayProblem: Problem = {
  type: 'urn:tandem:problem:not-found',
  title: 'That failover belongs to another tunnel',
  status: 404,
  detail: 'The address of this dialog was put together from two. Close it and look again.',
}

/** What is chosen, what speaks against sending it, and the sending. */
function useChoice({
  tunnelId,
  to,
  onFollow,
  asking,
}: {
  tunnelId: string
  to: string | undefined
  onFollow: (failoverId: string) => void
  /** The choice is what the dialog shows. */
  asking: boolean
}) {
  const { data: session } = useSuspenseQuery(sessionQuery)
  const { data: tunnel } = useSuspenseQuery(tunnelQuery(tunnelId))
  const { data: list } = useSuspenseQuery(connectorsQuery(tunnelId))
  const checkedAt = useConnectorsCheckedAt(tunnel, list)
  const run = useFailoverRun(tunnelId)
  const check = useCheckConnectors(tunnelId)
  const { connectors } = list
  const candidates = candidatesOf(connectors)
  const target =
    connectors.find(({ id }) => id === to) ??
    (to === undefined ? (candidates.find(isPromotable) ?? null) : null)

  // The active one as the person saw it: another one has to be looked at before anything is sent.
  const activeId = activeOf(connectors)?.id ?? null
  const [seenActiveId, setSeenActiveId] = useState(activeId)
  const changed = asking && seenActiveId !== activeId
  // A failover that is followed changes it before everybody's eyes.
  if (!asking && seenActiveId !== activeId) setSeenActiveId(activeId)

  // Whoever decides decides on fresh data.
  const { mutate: checkNow } = check
  useEffect(() => {
    if (asking) checkNow()
  }, [asking, checkNow])

  const barrier = useClock((now) => whyNoFailover(session, tunnel, now))
  const lockEndsAt = useClock((now) => lockedUntil(session, now))
  const problem = run.error ? toProblem(run.error) : null
  const lockLeft = useClock((now) => {
    const until = lockEndsAt ?? problem?.retryAt ?? null
    return until !== null && until > now ? countdownText(until - now) : null
  })

  const reason =
    barrier ??
    (lockLeft ? 'Cloudflare is refusing calls for now.' : null) ??
    (changed ? 'The active connector has changed: look again first.' : null) ??
    (target === null
      ? 'Choose a standby that can take over.'
      : isPromotable(target)
        ? null
        : 'This connector can’t be promoted now.')

  const send = () => {
    if (!target || reason) return
    run.mutate(
      { client_id: target.id, expected_active_id: seenActiveId },
      {
        onSuccess: ({ id }) => onFollow(id),
        onError: (error) => {
          const refused = toProblem(error)
          // Somebody else was faster: their failover is the one to follow.
          if (refused.failoverId) onFollow(refused.failoverId)
          else checkNow()
        },
      },
    )
  }

  const lookAgain = () => {
    setSeenActiveId(activeId)
    run.reset()
  }
  return {
    connectors,
    target,
    reason,
    sending: run.isPending,
    send,
    age: (
      <p className="text-sm text-ink-2">
        {check.isPending ? (
          'Asking Cloudflare…'
        ) : (
          <>
            Cloudflare was asked <Age at={checkedAt} staleAfterMs={tunnel.staleAfterMs} ago />
          </>
        )}
      </p>
    ),
    notice: (
      <Notice
        barrier={barrier}
        lockLeft={lockLeft}
        change={changed ? { was: seenActiveId, is: activeId } : null}
        problem={problem}
        checkProblem={check.error ? toProblem(check.error) : null}
        gone={to !== undefined && target === null ? to : null}
        onLookAgain={lookAgain}
      />
    ),
  }
}

/** The one thing that most needs saying before anything can be sent. */
function Notice({
  barrier,
  lockLeft,
  change,
  problem,
  checkProblem,
  gone,
  onLookAgain,
}: {
  barrier: string | null
  lockLeft: string | null
  change: { was: string | null; is: string | null } | null
  problem: Problem | null
  checkProblem: Problem | null
  gone: string | null
  onLookAgain: () => void
}): ReactNode {
  const nameOf = (id: string | null) => (id === null ? 'no connector' : shortId(id))
  if (lockLeft)
    return (
      <Callout tone="bad" title={`Cloudflare is refusing calls for another ${lockLeft}`}>
        {problem?.detail ??
          'Nothing was sent and nothing waits to be sent: try again when the time is up.'}
      </Callout>
    )
  if (barrier)
    return (
      <Callout tone="bad" title="No failover can be started">
        {barrier}
      </Callout>
    )
  if (change)
    return (
      <Callout
        tone="bad"
        title={`Active is now ${nameOf(change.is)}, not ${nameOf(change.was)}`}
        action={
          <Button size="sm" onClick={onLookAgain}>
            I have looked again
          </Button>
        }
      >
        Nothing was sent. What you see below is the present state.
      </Callout>
    )
  if (problem && kindOf(problem) !== 'failover-running') return <ProblemCallout problem={problem} />
  if (gone)
    return (
      <Callout tone="bad" title={`${shortId(gone)} is not one of this tunnel’s connectors`}>
        It may be gone. Choose another one.
      </Callout>
    )
  if (checkProblem)
    return (
      <Callout tone="warn" title="Cloudflare could not be asked just now">
        {checkProblem.detail} You see the last known state; before anything is sent, Tandem asks
        again.
      </Callout>
    )
  return null
}

function Followed({ failover, problem }: { failover: Failover | null; problem: Problem | null }) {
  if (failover) return <FailoverProgress failover={failover} />
  if (problem) return <ProblemCallout problem={problem} />
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
  safe,
  onChoose,
  onClose,
}: {
  failover: Failover | null
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
  const back = failover?.state === 'confirmed' ? failover.from : null
  return (
    <>
      {back ? (
        <Button icon="failover" className="mr-auto" onClick={() => onChoose(back.connectorId)}>
          {`Fail back to ${shortId(back.connectorId)}`}
        </Button>
      ) : failover && failover.state !== 'confirmed' ? (
        <Button className="mr-auto" onClick={() => onChoose(undefined)}>
          Choose again
        </Button>
      ) : null}
      <Button ref={safe} variant="primary" onClick={onClose}>
        Done
      </Button>
    </>
  )
}
