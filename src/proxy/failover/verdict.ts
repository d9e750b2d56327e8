import type { Failover } from '#contract/failover.ts'
import { isRunning, verifyDeadlineMs } from '#contract/failover.ts'
import { shortId } from './checks.ts'

/**
 * What a read of the connectors says about a failover under way. Pure: "confirmed" only ever comes out of
 * a read that left after the PUT and showed the target active and the old one not.
 */
export type Reading = {
  at: number
  /** When the read left. */
  sentAt: number
  /** Ids that Cloudflare reported active. */
  actives: string[]
}

/** A third connector counts as the outcome only when it is still active this long after the PUT. */
const settleMs = 10_000

export function applyReading(failover: Failover, reading: Reading): Failover {
  if (
    !isRunning(failover.state) ||
    reading.sentAt < (failover.sentAt ?? Number.POSITIVE_INFINITY)
  ) {
    return failover
  }
  const { at, actives } = reading
  const target = failover.to.connectorId
  const old = failover.from?.connectorId
  const demoted = old === undefined || !actives.includes(old)
  const promoted = actives.includes(target)
  const next: Failover = {
    ...failover,
    activeNow: actives,
    demotedAt: failover.demotedAt ?? (demoted ? at : null),
    promotedAt: failover.promotedAt ?? (promoted ? at : null),
  }
  if (promoted && demoted) return { ...next, state: 'confirmed', detail: null, endedAt: at }
  const third = actives.find((id) => id !== target && id !== old)
  if (third && !promoted && at - (failover.sentAt ?? at) >= settleMs) {
    return {
      ...next,
      state: 'other-active',
      endedAt: at,
      detail: `Now active: ${shortId(third)}, not ${shortId(target)}. Cloudflare itself promoted another connector.`,
    }
  }
  return next
}

/** The end when nothing else ended it within the deadline; unchanged before that. */
export function applyDeadline(failover: Failover, now: number): Failover {
  const startedAt = failover.sentAt ?? failover.requestedAt
  if (!isRunning(failover.state) || now - startedAt < verifyDeadlineMs) return failover
  return {
    ...failover,
    state: 'not-confirmed',
    endedAt: now,
    detail: notConfirmedSentence(failover),
  }
}

function notConfirmedSentence(failover: Failover): string {
  const { activeNow, to } = failover
  const target = shortId(to.connectorId)
  const reports = activeNow.includes(to.connectorId)
    ? `reports ${target} active, but the old one still too,`
    : activeNow.length > 0
      ? `still reports ${activeNow.map(shortId).join(' and ')} active`
      : 'reports no active connector'
  const asked = failover.acceptedAt
    ? 'Cloudflare accepted the request but'
    : 'It is not known whether Cloudflare took the request; it'
  return `${asked} ${reports} after 60 s. It may still happen: Tandem keeps looking. Check the connector’s host before trying again.`
}
