import { whyNot } from '#contract/operations.ts'
import type { Session, SessionAnswer } from '#contract/session.ts'
import type { Connector, Tunnel } from '#contract/tunnel.ts'
import { candidatesOf, isPromotable } from './order.ts'

/** Why can't a failover be started now? Sentences for buttons; the proxy asks the same again. Pure. */

/** Until when Cloudflare refuses the calls that a failover needs; null when it does not. Epoch ms. */
export function lockedUntil(session: Pick<Session, 'tokens'>, now: number): number | null {
  const times = session.tokens
    .filter(({ purpose }) => purpose !== 'reading')
    .map(({ lockedUntil }) => lockedUntil ?? 0)
  const until = Math.max(0, ...times)
  return until > now ? until : null
}

/** What keeps everybody from failing over this tunnel, whoever the target; null when nothing does. */
export function whyNoFailover(
  session: Pick<SessionAnswer, 'me' | 'tokens' | 'notRecordingSince'>,
  tunnel: Tunnel,
  now: number,
): string | null {
  const role = whyNot(session.me?.role ?? null, 'failoverRun')
  if (role) return role
  if (tunnel.deletedAt !== null) return 'The tunnel has been deleted.'
  if (tunnel.ha === false)
    return 'The tunnel is not HA. That is chosen when a tunnel is created and can’t be changed.'
  if (session.notRecordingSince !== null)
    return 'Tandem can’t write to its disk: a failover that could not be recorded is refused.'
  if (lockedUntil(session, now) !== null)
    return 'Cloudflare is refusing calls for now. A failover is not queued: try again when the time is up.'
  return null
}

/** The same for the button that lets somebody pick: there must be one to pick. */
export function whyNoStandby(connectors: readonly Connector[]): string | null {
  if (connectors.length === 0) return 'No connector is known.'
  const candidates = candidatesOf(connectors)
  if (candidates.some(isPromotable)) return null
  if (candidates.length === 0) return 'There is no other connector. Add a replica first.'
  return candidates.some(({ role }) => role === 'unknown')
    ? 'Cloudflare reports a role that Tandem does not know, so no connector can be promoted safely.'
    : 'No standby is connected: nobody could take over.'
}
