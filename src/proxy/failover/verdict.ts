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
  const others = actives.filter((id) => id !== target)
  const demoted = old === undefined || !actives.includes(old)
  const promoted = actives.includes(target)
  const next: Failover = {
    ...failover,
    activeNow: actives,
    demotedAt: failover.demotedAt ?? (demoted ? at : null),
    promotedAt: failover.promotedAt ?? (promoted ? at : null),
  }
  // Two active ones are no outcome, whoever the other one is.
  if (promoted && others.length === 0) {
    return { ...next, state: 'confirmed', detail: null, endedAt: at }
  }
  const third = others.find((id) => id !== old)
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

/**
 * The end when nothing else ended it within the deadline; unchanged before that.
 *
 * @param isRead whether the connectors could be read at all since the PUT.
 */
export function applyDeadline(failover: Failover, now: number, isRead: boolean): Failover {
  const startedAt = failover.sentAt ?? failover.requestedAt
  if (!isRunning(failover.state) || now - startedAt < verifyDeadlineMs) return failover
  return {
    ...failover,
    state: 'not-confirmed',
    endedAt: now,
    detail: notConfirmedSentence(failover, isRead),
  }
}

function notConfirmedSentence(failover: Failover, isRead: boolean): string {
  const { activeNow, to } = failover
  const asked = failover.acceptedAt
    ? 'Cloudflare accepted the request but'
    : 'It is not known whether Cloudflare took the request; it'
  const then = 'It may still happen: Tandem keeps looking.'
  if (!isRead) {
    return `${asked} could not be asked for the connectors since. ${then} Look at them in Cloudflare’s dashboard before trying again.`
  }
  const reports =
    activeNow.length > 1
      ? `reports ${activeNow.map(shortId).join(' and ')} active at once`
      : activeNow.length > 0
        ? `still reports ${activeNow.map(shortId).join(' and ')} active`
        : 'reports no active connector'
  return `${asked} ${reports} after 60 s. ${then} Check the host of ${shortId(to.connectorId)} before trying again.`
}
