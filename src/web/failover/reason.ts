import { whyNot } from '#contract/operations.ts'
import type { Session, SessionAnswer } from '#contract/session.ts'
import type { Tunnel } from '#contract/tunnel.ts'

/** Why can't a failover be started now? Sentences for buttons; the proxy asks the same again. Pure. */

/** Until when Cloudflare refuses the calls that a failover needs; null when it does not. Epoch ms. */
export function lockedUntil(session: Pick<Session, 'tokens'>, now: number): number | null {
  const times = session.tokens
    .filter(({ purpose }) => purpose !== 'reading')
    .map(({ lockedUntil }) => lockedUntil ?? 0)
  const until = Math.max(0, ...times)
  return until > now ? until : null
}

type Facts = Pick<SessionAnswer, 'me' | 'tokens' | 'notRecordingSince'>

/** What keeps everybody from failing over any tunnel; null when nothing does. */
export function whyNoFailovers(session: Facts, now: number): string | null {
  const role = whyNot(session.me?.role ?? null, 'failoverRun')
  if (role) return role
  if (session.notRecordingSince !== null)
    return 'Tandem can’t write to its disk: a failover that could not be recorded is refused.'
  if (lockedUntil(session, now) !== null)
    return 'Cloudflare is refusing calls for now. A failover is not queued: try again when the time is up.'
  return null
}

/** What keeps everybody from failing over this tunnel, whoever the target; null when nothing does. */
export const whyNoFailover = (session: Facts, tunnel: Tunnel, now: number): string | null =>
  whyNoFailovers(session, now) ?? whyNever(tunnel)

/** Why none can be begun from a row of the list, which has no connectors to look at. The dialog's checks go deeper. */
export const whyNotFromRow = (tunnel: Tunnel): string | null =>
  whyNever(tunnel) ??
  (tunnel.failoverId ? 'A failover of this tunnel is running.' : null) ??
  whyNobody(tunnel)

function whyNever({ deletedAt, ha }: Tunnel): string | null {
  if (deletedAt !== null) return deleted
  return ha === false ? notHa : null
}

function whyNobody({ readiness, standbyCount, connectorCount }: Tunnel): string | null {
  switch (readiness) {
    case 'ready':
    case 'conflict':
      return null
    case 'no-active':
      return standbyCount > 0 ? null : noStandby
    case 'exposed':
      return noStandby
    case 'disconnected':
      return 'No connector is connected.'
    case 'not-ha':
      return notHa
    case 'unknown':
      return connectorCount === null ? 'Its connectors were not read yet.' : null
    default:
      return readiness satisfies never
  }
}

export const deleted = 'The tunnel has been deleted.'
const notHa = 'The tunnel is not HA: Cloudflare reports no HA for it.'
export const noStandby = 'No standby is connected: nobody could take over.'
