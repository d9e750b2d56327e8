import { type Role, roles } from './roles.ts'

/**
 * The two tables that say what exists. `operations` is Tandem's own API: router, guard, OpenAPI, audit
 * and buttons read the same row. `upstreamCalls` is the allow-list: nothing else of Cloudflare's API
 * can be reached through Tandem.
 */

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Path parameters are ids in braces; `{accountId}` comes from the configuration, never from a request. */
export const upstreamCalls = {
  tunnelList: { method: 'GET', path: '/accounts/{accountId}/warp_connector', write: false },
  tunnelGet: {
    method: 'GET',
    path: '/accounts/{accountId}/warp_connector/{tunnelId}',
    write: false,
  },
  tunnelCreate: { method: 'POST', path: '/accounts/{accountId}/warp_connector', write: true },
  tunnelUpdate: {
    method: 'PATCH',
    path: '/accounts/{accountId}/warp_connector/{tunnelId}',
    write: true,
  },
  tunnelDelete: {
    method: 'DELETE',
    path: '/accounts/{accountId}/warp_connector/{tunnelId}',
    write: true,
  },
  // Reads nothing but a secret, and needs the Write permission.
  tokenGet: {
    method: 'GET',
    path: '/accounts/{accountId}/warp_connector/{tunnelId}/token',
    write: true,
  },
  connectorList: {
    method: 'GET',
    path: '/accounts/{accountId}/warp_connector/{tunnelId}/connections',
    write: false,
  },
  connectorGet: {
    method: 'GET',
    path: '/accounts/{accountId}/warp_connector/{tunnelId}/connectors/{connectorId}',
    write: false,
  },
  failoverRun: {
    method: 'PUT',
    path: '/accounts/{accountId}/warp_connector/{tunnelId}/failover',
    write: true,
  },
  configurationGet: {
    method: 'GET',
    path: '/accounts/{accountId}/warp_connector/{tunnelId}/configurations',
    write: false,
  },
  configurationPut: {
    method: 'PUT',
    path: '/accounts/{accountId}/warp_connector/{tunnelId}/configurations',
    write: true,
  },
  accountTokenVerify: { method: 'GET', path: '/accounts/{accountId}/tokens/verify', write: false },
  userTokenVerify: { method: 'GET', path: '/user/tokens/verify', write: false },
} as const satisfies Record<string, { method: Method; path: string; write: boolean }>

export type UpstreamCall = keyof typeof upstreamCalls

export type Operation = {
  method: Method
  /** Under `/api`. */
  path: string
  /** The least role that may; `anyone` needs no sign-in. */
  role: Role | 'anyone'
  /** Operators may use it for their own records only. */
  own?: true
  /** The sign-in must be recent: what a stolen session must not be good for. */
  recent?: true
  /**
   * Written down, with who and when, before anything is sent. Who comes, goes and may come in is written
   * down as well, under names of its own: see `auditEvents`.
   */
  audited?: true
  /** Upstream calls a use of it may cost; left out: it is answered from memory. */
  cost?: number
}

export const operations = {
  sessionGet: {
    method: 'GET',
    path: '/session',
    role: 'anyone',
    cost: 4,
  },
  tunnelList: {
    method: 'GET',
    path: '/tunnels',
    role: 'screen',
  },
  tunnelCreate: {
    method: 'POST',
    path: '/tunnels',
    role: 'admin',
    audited: true,
    cost: 1,
  },
  tunnelGet: {
    method: 'GET',
    path: '/tunnels/{tunnelId}',
    role: 'screen',
    cost: 1,
  },
  tunnelUpdate: {
    method: 'PATCH',
    path: '/tunnels/{tunnelId}',
    role: 'admin',
    recent: true,
    audited: true,
    cost: 1,
  },
  tunnelDelete: {
    method: 'DELETE',
    path: '/tunnels/{tunnelId}',
    role: 'admin',
    audited: true,
    cost: 1,
  },
  tokenGet: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/token',
    role: 'admin',
    recent: true,
    audited: true,
    cost: 1,
  },
  connectorList: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/connectors',
    role: 'screen',
    cost: 1,
  },
  connectorGet: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/connectors/{connectorId}',
    role: 'screen',
    cost: 1,
  },
  connectorFind: {
    method: 'GET',
    path: '/connectors',
    role: 'viewer',
  },
  configurationGet: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/configuration',
    role: 'viewer',
    cost: 1,
  },
  configurationPut: {
    method: 'PUT',
    path: '/tunnels/{tunnelId}/configuration',
    role: 'admin',
    audited: true,
    cost: 1,
  },
  failoverRun: {
    method: 'POST',
    path: '/tunnels/{tunnelId}/failovers',
    role: 'operator',
    recent: true,
    audited: true,
    cost: 26,
  },
  failoverChecks: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/failovers/checks',
    role: 'operator',
    cost: 1,
  },
  failoverList: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/failovers',
    role: 'viewer',
  },
  preferencePut: {
    method: 'PUT',
    path: '/tunnels/{tunnelId}/preference',
    role: 'operator',
    audited: true,
  },
  tunnelTag: {
    method: 'PATCH',
    path: '/tunnels/{tunnelId}/tags',
    role: 'operator',
    audited: true,
  },
  markList: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/marks',
    role: 'viewer',
  },
  acknowledgementAdd: {
    method: 'POST',
    path: '/tunnels/{tunnelId}/acknowledgement',
    role: 'operator',
    audited: true,
  },
  noteAdd: {
    method: 'POST',
    path: '/tunnels/{tunnelId}/notes',
    role: 'operator',
    audited: true,
  },
  noteDelete: {
    method: 'DELETE',
    path: '/tunnels/{tunnelId}/notes/{noteId}',
    role: 'operator',
    audited: true,
  },
  maintenanceAdd: {
    method: 'POST',
    path: '/tunnels/{tunnelId}/maintenance',
    role: 'operator',
    audited: true,
  },
  maintenanceEnd: {
    method: 'POST',
    path: '/tunnels/{tunnelId}/maintenance/{maintenanceId}/end',
    role: 'operator',
    audited: true,
  },
  failoverGet: {
    method: 'GET',
    path: '/failovers/{failoverId}',
    role: 'screen',
  },
  historyGet: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/history',
    role: 'viewer',
  },
  connectorHistoryGet: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/connectors/{connectorId}/history',
    role: 'viewer',
  },
  historyExport: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/history.csv',
    role: 'viewer',
  },
  historySummary: {
    method: 'GET',
    path: '/history/summary',
    role: 'screen',
  },
  activityList: {
    method: 'GET',
    path: '/activity',
    role: 'screen',
  },
  activityCsv: {
    method: 'GET',
    path: '/activity.csv',
    role: 'viewer',
  },
  activityJsonl: {
    method: 'GET',
    path: '/activity.jsonl',
    role: 'viewer',
  },
  eventStream: {
    method: 'GET',
    path: '/events',
    role: 'screen',
  },
  openapiGet: {
    method: 'GET',
    path: '/openapi.json',
    role: 'anyone',
  },
  auditList: {
    method: 'GET',
    path: '/audit',
    role: 'operator',
    own: true,
  },
  auditCsv: {
    method: 'GET',
    path: '/audit.csv',
    role: 'operator',
    own: true,
  },
  auditJsonl: {
    method: 'GET',
    path: '/audit.jsonl',
    role: 'operator',
    own: true,
  },
  auditChain: {
    method: 'GET',
    path: '/audit/chain',
    role: 'admin',
  },
  signIn: {
    method: 'POST',
    path: '/sign-in',
    role: 'anyone',
  },
  signInOidc: {
    method: 'GET',
    path: '/sign-in/oidc',
    role: 'anyone',
  },
  signInOidcEnd: {
    method: 'GET',
    path: '/sign-in/oidc/callback',
    role: 'anyone',
  },
  signInAgain: {
    method: 'POST',
    path: '/sign-in/again',
    role: 'viewer',
  },
  signOut: {
    method: 'POST',
    path: '/sign-out',
    role: 'viewer',
  },
  setUp: {
    method: 'POST',
    path: '/setup',
    role: 'anyone',
  },
  invitationLook: {
    method: 'POST',
    path: '/invitations/look',
    role: 'anyone',
  },
  invitationAccept: {
    method: 'POST',
    path: '/invitations/accept',
    role: 'anyone',
  },
  accountGet: {
    method: 'GET',
    path: '/me',
    role: 'viewer',
  },
  passwordChange: {
    method: 'POST',
    path: '/me/password',
    role: 'viewer',
  },
  sessionList: {
    method: 'GET',
    path: '/me/sessions',
    role: 'viewer',
  },
  sessionEndOthers: {
    method: 'DELETE',
    path: '/me/sessions',
    role: 'viewer',
  },
  secondFactorNew: {
    method: 'POST',
    path: '/me/second-factor',
    role: 'viewer',
    recent: true,
  },
  secondFactorConfirm: {
    method: 'PUT',
    path: '/me/second-factor',
    role: 'viewer',
    recent: true,
  },
  secondFactorRemove: {
    method: 'DELETE',
    path: '/me/second-factor',
    role: 'viewer',
    recent: true,
  },
  sessionEnd: {
    method: 'DELETE',
    path: '/sessions/{sessionId}',
    role: 'viewer',
  },
  personList: {
    method: 'GET',
    path: '/people',
    role: 'admin',
  },
  personAdd: {
    method: 'POST',
    path: '/people',
    role: 'admin',
    recent: true,
  },
  personChange: {
    method: 'PATCH',
    path: '/people/{personId}',
    role: 'admin',
    recent: true,
  },
  personRemove: {
    method: 'DELETE',
    path: '/people/{personId}',
    role: 'admin',
    recent: true,
  },
  personInvite: {
    method: 'POST',
    path: '/people/{personId}/invitations',
    role: 'admin',
    recent: true,
  },
  invitationRevoke: {
    method: 'DELETE',
    path: '/people/{personId}/invitations',
    role: 'admin',
  },
  personSessions: {
    method: 'GET',
    path: '/people/{personId}/sessions',
    role: 'admin',
  },
  personSignOut: {
    method: 'DELETE',
    path: '/people/{personId}/sessions',
    role: 'admin',
  },
  screenList: {
    method: 'GET',
    path: '/screens',
    role: 'admin',
  },
  pairingBegin: {
    method: 'POST',
    path: '/screens/pairings',
    role: 'anyone',
  },
  screenApprove: {
    method: 'POST',
    path: '/screens/approvals',
    role: 'admin',
    recent: true,
  },
  screenLinkMake: {
    method: 'POST',
    path: '/screens/links',
    role: 'admin',
    recent: true,
  },
  screenClaim: {
    method: 'POST',
    path: '/screens/claims',
    role: 'anyone',
  },
  screenRename: {
    method: 'PATCH',
    path: '/screens/{screenId}',
    role: 'admin',
  },
  screenRevoke: {
    method: 'DELETE',
    path: '/screens/{screenId}',
    role: 'admin',
  },
  demoRole: {
    method: 'POST',
    path: '/demo/role',
    role: 'anyone',
  },
} as const satisfies Record<string, Operation>

export type OperationId = keyof typeof operations

const doing: Partial<Record<OperationId, string>> = {
  personList: 'Managing people',
  personAdd: 'Adding a person',
  personChange: 'Changing a person',
  personRemove: 'Removing a person',
  personInvite: 'Inviting a person',
  invitationRevoke: 'Taking an invitation back',
  personSessions: 'Seeing where a person is signed in',
  personSignOut: 'Ending a person’s sessions',
  screenList: 'Managing screens',
  screenApprove: 'Pairing a screen',
  screenLinkMake: 'Making a link for a screen',
  screenRename: 'Renaming a screen',
  screenRevoke: 'Taking a screen’s access away',
  tunnelCreate: 'Creating a tunnel',
  tunnelUpdate: 'Renaming a tunnel or changing its secret',
  tunnelDelete: 'Deleting a tunnel',
  tokenGet: 'Seeing an install token',
  configurationPut: 'Changing the HA configuration',
  failoverRun: 'A failover',
  auditList: 'Seeing what people did',
  auditChain: 'Checking the chain of records',
  failoverChecks: 'A failover',
  preferencePut: 'Choosing the preferred connector',
  tunnelTag: 'Editing tags',
  acknowledgementAdd: 'Acknowledging changes',
  noteAdd: 'Writing notes',
  noteDelete: 'Deleting notes',
  maintenanceAdd: 'Planning maintenance',
  maintenanceEnd: 'Ending maintenance',
}

/**
 * Why may this role not do that? A sentence for the button that is off, or null when it may; a role of
 * null is somebody who is not signed in. The proxy's guard asks the same question before anything else.
 */
export function whyNot(role: Role | null, operationId: OperationId): string | null {
  const needed = operations[operationId].role as Role | 'anyone'
  if (needed === 'anyone') return null
  const deed = doing[operationId] ?? 'This'
  if (role === null) return `${deed} needs a sign-in.`
  if (roles.indexOf(role) >= roles.indexOf(needed)) return null
  return `${deed} needs the role of ${withArticle(needed)}; you are ${withArticle(role)}.`
}

const withArticle = (role: Role) => `${/^[aeiou]/.test(role) ? 'an' : 'a'} ${role}`
