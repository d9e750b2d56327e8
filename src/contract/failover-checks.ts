/**
 * Everything that can speak against a failover: one list. A block can't be overridden. A risk can: by
 * ticking it by name and, where it is grave, with a reason. `why` says what the rule protects from.
 */
export type CheckRule = { kind: 'block' | 'risk'; grave: boolean; why: string; link: string | null }

const haPage =
  'https://developers.cloudflare.com/cloudflare-one/connections/connect-networks/private-net/warp-connector/'

const block = (why: string, link: string | null = null): CheckRule => ({
  kind: 'block',
  grave: false,
  why,
  link,
})
const risk = (why: string, link: string | null = null): CheckRule => ({
  kind: 'risk',
  grave: false,
  why,
  link,
})
const grave = (why: string): CheckRule => ({ kind: 'risk', grave: true, why, link: null })

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
  'tunnel-deleted': block('Cloudflare no longer routes anything through a deleted tunnel.'),
  'not-ha': block(
    'Only a tunnel that was created with HA has an active and passive connectors.',
    haPage,
  ),
  'locked-out': block(
    'A failover that waits for a lock-out to end would come minutes late, when nobody expects it. It is never queued.',
  ),
  'no-write': block('Only a token with the permission WARP Write may move the traffic.'),
  'not-recording': block('Who moved the traffic must be on record before it moves.'),
  'cloudflare-silent': block(
    'Without a fresh look nobody knows which connector is active: a decision would rest on old data.',
  ),
  'failover-running': block(
    'Two at once on one tunnel would undo each other, and neither could be verified.',
  ),
  'active-changed': block(
    'The traffic is not where it was when the decision was made. Look first, then decide again.',
  ),
  'not-linked': block('Cloudflare promotes only a connector that is linked to the tunnel.', haPage),
  'already-active': block('There is nothing to move: the traffic is there.'),
  offline: block('A connector that is not there can’t carry traffic.'),
  'not-connected': block('Without a connection to Cloudflare no traffic reaches it.'),
  'role-unknown': block('What Cloudflare would do with it in that state is not known.'),
  'role-not-reported': block('Only a connector with an HA role can be promoted.', haPage),
  'just-connected': grave(
    'A connector that has just come up may go down again: a host that restarts in a loop looks like this.',
  ),
  reconnects: grave('A connector that keeps losing its connection would take the traffic with it.'),
  repeated: grave(
    'Three failovers in ten minutes mean that moving the traffic does not cure the fault, and each one breaks connections.',
  ),
  'stale-read': grave('The active connector may have changed since Cloudflare told this.'),
  'just-disconnected': risk('It lost a connection a moment ago; its network may be unsteady.'),
  'cool-down': risk(
    'Connections that were made again after the last failover would break once more, before anybody can tell whether it helped.',
  ),
  'older-version': risk('An older client may lack a fix or a feature that the site relies on.'),
  'same-origin': risk('What cut the active one off from there cuts this one off as well.'),
  'same-colo': risk('A fault of that data centre hits both.'),
  'outbound-stays': risk(
    'Cloudflare moves the routes towards the site. What leaves the site goes where the site’s own routing sends it.',
    haPage,
  ),
  'sessions-hang': risk(
    'Connections are bound to the machine that they were made through; the other one does not know them.',
    haPage,
  ),
}

/** Risks that a person can tick, by id. */
export const riskIds: readonly CheckId[] = checkIds.filter((id) => checkRules[id].kind === 'risk')
