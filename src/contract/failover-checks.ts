import { shortId } from './short-id.ts'

/**
 * Everything that can speak against a failover: one list. A block can't be overridden. A risk can: by
 * ticking it by name and, where it is grave, with a reason.
 */
export type CheckRule = {
  kind: 'block' | 'risk'
  grave: boolean
  /** As it is told; “…” stands for what differs. Null: the words are Cloudflare's, or say why a look failed. */
  sentence: string | null
  /** What the rule protects from. */
  why: string
}

/** A connector whose oldest connection is younger has only just come up. */
export const justConnectedMs = 60_000
export const justLostMs = 60_000
/** So many times back within the time below are too many. */
export const mostReconnects = 3
export const reconnectsWithinMs = 3_600_000
export const coolDownMs = 60_000
export const repeatedMs = 600_000
/** This one included. */
export const mostRepeated = 3
export const staleReadMs = 15_000
/** What is read for a failover counts as fresh for so long: what lies between the read's leaving and the PUT. */
export const freshReadMs = 2000

const block = (sentence: string | null, why: string): CheckRule => ({
  kind: 'block',
  grave: false,
  sentence,
  why,
})
const risk = (sentence: string, why: string): CheckRule => ({
  kind: 'risk',
  grave: false,
  sentence,
  why,
})
const grave = (sentence: string, why: string): CheckRule => ({
  kind: 'risk',
  grave: true,
  sentence,
  why,
})

export const checkIds = [
  'tunnel-deleted',
  'not-ha',
  'locked-out',
  'no-write',
  'not-recording',
  'cloudflare-silent',
  'failover-running',
  'active-changed',
  'not-linked',
  'already-active',
  'offline',
  'not-connected',
  'role-unknown',
  'role-not-reported',
  'just-connected',
  'reconnects',
  'repeated',
  'stale-read',
  'just-disconnected',
  'cool-down',
  'older-version',
  'same-origin',
  'same-colo',
  'outbound-stays',
  'sessions-hang',
] as const
export type CheckId = (typeof checkIds)[number]

export const checkRules: Record<CheckId, CheckRule> = {
  'tunnel-deleted': block(
    'The tunnel has been deleted.',
    'Cloudflare no longer routes anything through a deleted tunnel.',
  ),
  'not-ha': block(
    'The tunnel is not HA: Cloudflare reports no HA for it.',
    'Only a tunnel with HA has an active and passive connectors.',
  ),
  'locked-out': block(
    'Cloudflare refuses every call of this token for another … s, a failover too.',
    'A failover that waits for a lock-out to end would come minutes late, when nobody expects it. It is never queued.',
  ),
  'no-write': block(null, 'Only a token with the permission WARP Write may move the traffic.'),
  'not-recording': block(
    'Tandem can’t write to its disk: a failover that could not be recorded is refused.',
    'Who moved the traffic must be on record before it moves.',
  ),
  'cloudflare-silent': block(
    null,
    'Without a fresh look nobody knows which connector is active: a decision would rest on old data.',
  ),
  'failover-running': block(
    '… started a failover … s ago.',
    'Two at once on one tunnel would undo each other, and neither could be verified.',
  ),
  'active-changed': block(
    'Active is now …, not ….',
    'The traffic is not where it was when the decision was made. Look first, then decide again.',
  ),
  'not-linked': block(
    'Cloudflare no longer lists … for this tunnel.',
    'Cloudflare promotes only a connector that is linked to the tunnel.',
  ),
  'already-active': block(
    'It is the active connector already.',
    'There is nothing to move: the traffic is there.',
  ),
  offline: block(
    'Cloudflare reports it offline.',
    'A connector that is not there can’t carry traffic.',
  ),
  'not-connected': block(
    'It has no connection to Cloudflare.',
    'Without a connection to Cloudflare no traffic reaches it.',
  ),
  'role-unknown': block(
    'Cloudflare reports the role “…”, which Tandem does not know.',
    'What Cloudflare would do with it in that state is not known.',
  ),
  'role-not-reported': block(
    'Cloudflare reports no HA role for it.',
    'Only a connector with an HA role can be promoted.',
  ),
  'just-connected': grave(
    'It connected only … s ago and may not be stable yet.',
    'A connector that has just come up may go down again: a host that restarts in a loop looks like this.',
  ),
  reconnects: grave(
    'It reconnected … times in the last hour.',
    'A connector that keeps losing its connection would take the traffic with it.',
  ),
  repeated: grave(
    'This would be failover number … of this tunnel in 10 minutes.',
    'Three failovers in ten minutes mean that moving the traffic does not cure the fault, and each one breaks connections.',
  ),
  'stale-read': grave(
    'What Cloudflare told of the connectors is … s old.',
    'The active connector may have changed since Cloudflare told this.',
  ),
  'just-disconnected': risk(
    'It lost a connection … s ago.',
    'It lost a connection a moment ago; its network may be unsteady.',
  ),
  'cool-down': risk(
    'The last failover of this tunnel was only … s ago.',
    'Connections that were made again after the last failover would break once more, before anybody can tell whether it helped.',
  ),
  'older-version': risk(
    'It runs …, older than the active connector’s ….',
    'An older client may lack a fix or a feature that the site relies on.',
  ),
  'same-origin': risk(
    'It shares the origin IP … with the active connector.',
    'What cut the active one off from there cuts this one off as well.',
  ),
  'same-colo': risk(
    'It shares the colo … with the active connector.',
    'A fault of that data centre hits both.',
  ),
  'outbound-stays': risk(
    'Outbound traffic of the site does not follow by itself: …, so the site’s own routing must move it.',
    'Cloudflare moves the routes towards the site. What leaves the site goes where the site’s own routing sends it.',
  ),
  'sessions-hang': risk(
    'Open connections through the old one may hang and have to be made again.',
    'Connections are bound to the machine that they were made through; the other one does not know them.',
  ),
}

/** Where it is explained, with how Tandem finds it out and what to do about it: a path of Tandem's own page. */
export const checkLink = (id: CheckId): string => `/failover-checks#${id}`

/**
 * `Active is now 1bedc50d, not 8f0c3a11`, without a full stop.
 *
 * @param activeIds all that are active now; Cloudflare has been seen to report two.
 * @param seenId the one that was active when somebody looked; null: none was, or several.
 */
export function activeChangedText(activeIds: readonly string[], seenId: string | null): string {
  const now = `Active is now ${activeIds.map(shortId).join(' and ') || 'no connector'}`
  if (seenId === null) return `${now}, not as it was seen`
  return `${now}, not ${shortId(seenId)}${activeIds.length > 1 ? ' alone' : ''}`
}

/** Risks that a person can tick, by id. */
export const riskIds: readonly CheckId[] = checkIds.filter((id) => checkRules[id].kind === 'risk')
