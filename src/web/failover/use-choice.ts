import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { FailoverCheck } from '#contract/failover.ts'
import { activeChangedText } from '#contract/failover-checks.ts'
import type { Problem } from '#contract/problem.ts'
import type { Connector } from '#contract/tunnel.ts'
import { useConnectorsCheckedAt } from '#web/api/ages.ts'
import { kindOf, toProblem } from '#web/api/client.ts'
import { useFailoverRun, useWhyNot } from '#web/api/operations.ts'
import { connectorsQuery, failoversQuery, sessionQuery, tunnelQuery } from '#web/api/queries.ts'
import { serverNow, useClock } from '#web/ui/clock.ts'
import { countdownText } from '#web/ui/time.ts'
import {
  type Consent,
  newKey,
  noConsent,
  useFailoverChecks,
  whyNotYet,
  withNamed,
} from './checks.ts'
import { activeOf, activesOf, blocksOf, candidatesOf, inOrder, isPromotable } from './order.ts'
import { outdoneBy } from './outdone.ts'
import { lockedUntil, whyNoFailover } from './reason.ts'

const none: readonly FailoverCheck[] = []

/** What is chosen, what speaks against sending it, what the person accepts, and the sending. */
export function useChoice({
  tunnelId,
  to,
  onFollow,
  isAsking,
}: {
  tunnelId: string
  to: string | undefined
  onFollow: (failoverId: string) => void
  /** The choice is what the dialog shows. */
  isAsking: boolean
}) {
  const { data: session } = useSuspenseQuery(sessionQuery)
  const { data: tunnel } = useSuspenseQuery(tunnelQuery(tunnelId))
  const { data: list } = useSuspenseQuery(connectorsQuery(tunnelId))
  const checkedAt = useConnectorsCheckedAt(tunnel, list)
  const run = useFailoverRun(tunnelId)
  const mayNot = useWhyNot('failoverChecks')
  const { connectors } = list
  const best = candidatesOf(connectors).find(isPromotable) ?? null
  // What is proposed and where each stands is settled when the dialog opens: nothing changes under a hand.
  const now = { proposedId: best?.id, order: inOrder(connectors).map(({ id }) => id) }
  const [opening, setOpening] = useState(now)
  if (opening.proposedId === undefined && best) setOpening(now)
  const targetId = to ?? opening.proposedId
  const target = connectors.find(({ id }) => id === targetId) ?? null
  // The active one as the person saw it: another one has to be looked at before anything is sent.
  const activeId = activeOf(connectors)?.id ?? null
  const [seenActiveId, setSeenActiveId] = useState(activeId)
  // Before the first look nobody saw that none is active. The stream may tell of that look before its list is here.
  const isRead = list.checkedAt !== null
  const [wasRead, setWasRead] = useState(isRead)
  if (!wasRead && isRead) {
    setWasRead(true)
    setOpening(now)
    setSeenActiveId(activeId)
  }
  const changed = isAsking && wasRead && seenActiveId !== activeId
  // A failover that is followed changes it before everybody's eyes.
  if (!isAsking && seenActiveId !== activeId) setSeenActiveId(activeId)

  const checks = useFailoverChecks(
    tunnelId,
    target?.id ?? null,
    seenActiveId,
    isAsking && mayNot === null,
  )
  const [key, setKey] = useState(newKey)
  // Ticks are about one target and one active connector: whoever looks at another has not accepted anything of it.
  const subject = `${target?.id} ${seenActiveId}`
  const [said, setSaid] = useState({ of: subject, consent: noConsent })
  const consent: Consent =
    said.of === subject ? said.consent : { ...said.consent, ticked: noConsent.ticked }

  const [refusal, setRefusal] = useState({ of: '', checks: none })
  const named = refusal.of === subject ? refusal.checks : none

  // What was said is said of the failover that is followed; the next decision is another.
  const [wasAsking, setWasAsking] = useState(isAsking)
  if (wasAsking !== isAsking) {
    setWasAsking(isAsking)
    setOpening(now)
    setKey(newKey())
    setSaid({ of: '', consent: noConsent })
    setRefusal({ of: '', checks: none })
  }

  const barrier = useClock((now) => whyNoFailover(session, tunnel, now))
  const lockEndsAt = useClock((now) => lockedUntil(session, now))
  const refused = run.error && run.variables.key === key ? toProblem(run.error) : null
  const isLost = refused !== null && leavesOpen(refused)
  const isPast = useClock((now) => (refused?.retryAt ?? now + 1) <= now)
  // A refusal is of what was asked for, and of its time; what may have been sent is never put aside.
  const isOfThis =
    run.variables?.client_id === target?.id && run.variables?.expected_active_id === seenActiveId
  const problem = isLost || (isOfThis && !isPast) ? refused : null
  // On its way, or its answer got lost: it may have been sent to Cloudflare.
  const maybeSent = isAsking && (run.isPending || isLost)
  const lockLeft = useClock((now) => {
    const until = lockEndsAt ?? problem?.retryAt ?? null
    return until !== null && until > now ? countdownText(until - now) : null
  })

  const told = withNamed(checks.data?.checks ?? null, named)
  const reason =
    barrier ??
    (lockLeft ? 'Cloudflare is refusing calls for now.' : null) ??
    (changed ? 'The active connector has changed: look again first.' : null) ??
    (target === null ? 'Choose a standby that can take over.' : null) ??
    (target && blocksOf(target)[0]?.sentence) ??
    whyNotYet(told, consent)

  // What was asked for began, and may have ended, while its answer does not come.
  const [asked, setAsked] = useState({ firstAt: 0, lastAt: 0 })
  const { data: begun } = useQuery({
    ...failoversQuery(tunnelId),
    enabled: maybeSent,
    refetchInterval: 5_000,
  })
  const joined = begun?.failovers.find(
    (one) => one.requestedAt >= asked.firstAt && one.to.connectorId === run.variables?.client_id,
  )
  const joinedId = maybeSent ? joined?.id : undefined
  useEffect(() => {
    if (joinedId) onFollow(joinedId)
  }, [joinedId, onFollow])
  // Whatever is answered once one is followed leads nobody away from it.
  const { reset } = run
  useEffect(() => {
    if (!isAsking) reset()
  }, [isAsking, reset])

  const send = () => {
    if (!target || reason) return
    const lastAt = serverNow()
    // After a lost answer the first one may be what began.
    setAsked({ firstAt: isLost ? asked.firstAt : lastAt, lastAt })
    const words = consent.reason.trim()
    const request = {
      client_id: target.id,
      expected_active_id: seenActiveId,
      ticked: [...consent.ticked],
      reason: words === '' ? null : words,
      drill: consent.drill,
    }
    run.mutate(
      { ...request, key },
      {
        onSuccess: ({ id }) => onFollow(id),
        onError: (error) => {
          // Somebody else was faster: their failover is the one to follow.
          const { failoverId, checks: named = none } = toProblem(error)
          setRefusal({ of: subject, checks: named })
          if (failoverId) onFollow(failoverId)
          else void checks.refetch()
        },
      },
    )
  }

  return {
    connectors: connectors.toSorted(
      (a, b) => placeOf(a, opening.order) - placeOf(b, opening.order),
    ),
    target,
    /** Why the role may not fail over; null when it may. */
    mayNot,
    reason,
    sending: run.isPending,
    /** When it was sent off; 0: not yet. Epoch ms, by the server's clock. */
    askedAt: asked.lastAt,
    send,
    checks: told,
    consent,
    setConsent: (next: Consent) => setSaid({ of: subject, consent: next }),
    /** The first look is still under way. */
    isReading: checks.isLoading,
    readAt: checkedAt,
    notice: {
      // What is under way is not told about as if it were yet to be sent.
      barrier: run.isPending ? null : barrier,
      lockLeft: run.isPending ? null : lockLeft,
      change:
        changed && !run.isPending ? activeChangedText(activesOf(connectors), seenActiveId) : null,
      problem,
      isLost,
      checkProblem: checks.error ? toProblem(checks.error) : null,
      gone: targetId !== undefined && target === null ? targetId : null,
      outdone: to === undefined && target ? outdoneBy(best, target) : null,
      onLookAgain: () => {
        setSeenActiveId(activeId)
        run.reset()
      },
    },
  }
}

/** No answer, somebody else's, or one of a Tandem that broke on the way: it may have been sent to Cloudflare. */
const leavesOpen = (problem: Problem) =>
  problem.status === 0 || ['outcome-unknown', 'internal'].includes(kindOf(problem) ?? '')

/** Who joined later stands behind the others. */
const placeOf = ({ id }: Connector, order: readonly string[]) =>
  order.includes(id) ? order.indexOf(id) : order.length
