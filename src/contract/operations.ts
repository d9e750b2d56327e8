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
  audited: boolean
  /** Upstream calls a use of it may cost; 0 is answered from memory. */
  cost: number
}

export const operations = {
  sessionGet: {
    method: 'GET',
    path: '/session',
    role: 'anyone',
    audited: false,
    cost: 4,
  },
  tunnelList: {
    method: 'GET',
    path: '/tunnels',
    role: 'screen',
    audited: false,
    cost: 0,
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
    audited: false,
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
    audited: false,
    cost: 1,
  },
  connectorGet: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/connectors/{connectorId}',
    role: 'screen',
    audited: false,
    cost: 1,
  },
  connectorFind: {
    method: 'GET',
    path: '/connectors',
    role: 'viewer',
    audited: false,
    cost: 0,
  },
  configurationGet: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/configuration',
    role: 'viewer',
    audited: false,
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
    audited: false,
    cost: 1,
  },
  failoverList: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/failovers',
    role: 'viewer',
    audited: false,
    cost: 0,
  },
  preferencePut: {
    method: 'PUT',
    path: '/tunnels/{tunnelId}/preference',
    role: 'operator',
    audited: true,
    cost: 0,
  },
  tunnelTag: {
    method: 'PATCH',
    path: '/tunnels/{tunnelId}/tags',
    role: 'operator',
    audited: true,
    cost: 0,
  },
  markList: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/marks',
    role: 'viewer',
    audited: false,
    cost: 0,
  },
  acknowledgementAdd: {
    method: 'POST',
    path: '/tunnels/{tunnelId}/acknowledgement',
    role: 'operator',
    audited: true,
    cost: 0,
  },
  noteAdd: {
    method: 'POST',
    path: '/tunnels/{tunnelId}/notes',
    role: 'operator',
    audited: true,
    cost: 0,
  },
  noteDelete: {
    method: 'DELETE',
    path: '/tunnels/{tunnelId}/notes/{noteId}',
    role: 'operator',
    audited: true,
    cost: 0,
  },
  maintenanceAdd: {
    method: 'POST',
    path: '/tunnels/{tunnelId}/maintenance',
    role: 'operator',
    audited: true,
    cost: 0,
  },
  maintenanceEnd: {
    method: 'POST',
    path: '/tunnels/{tunnelId}/maintenance/{maintenanceId}/end',
    role: 'operator',
    audited: true,
    cost: 0,
  },
  failoverGet: {
    method: 'GET',
    path: '/failovers/{failoverId}',
    role: 'screen',
    audited: false,
    cost: 0,
  },
  historyGet: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/history',
    role: 'viewer',
    audited: false,
    cost: 0,
  },
  connectorHistoryGet: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/connectors/{connectorId}/history',
    role: 'viewer',
    audited: false,
    cost: 0,
  },
  historyExport: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/history.csv',
    role: 'viewer',
    audited: false,
    cost: 0,
  },
  historySummary: {
    method: 'GET',
    path: '/history/summary',
    role: 'screen',
    audited: false,
    cost: 0,
  },
  activityList: {
    method: 'GET',
    path: '/activity',
    role: 'screen',
    audited: false,
    cost: 0,
  },
  activityCsv: {
    method: 'GET',
    path: '/activity.csv',
    role: 'viewer',
    audited: false,
    cost: 0,
  },
  activityJsonl: {
    method: 'GET',
    path: '/activity.jsonl',
    role: 'viewer',
    audited: false,
    cost: 0,
  },
  eventStream: {
    method: 'GET',
    path: '/events',
    role: 'screen',
    audited: false,
    cost: 0,
  },
  openapiGet: {
    method: 'GET',
    path: '/openapi.json',
    role: 'anyone',
    audited: false,
    cost: 0,
  },
  auditList: {
    method: 'GET',
    path: '/audit',
    role: 'operator',
    own: true,
    audited: false,
    cost: 0,
  },
  auditCsv: {
    method: 'GET',
    path: '/audit.csv',
    role: 'operator',
    own: true,
    audited: false,
    cost: 0,
  },
  auditJsonl: {
    method: 'GET',
    path: '/audit.jsonl',
    role: 'operator',
    own: true,
    audited: false,
    cost: 0,
  },
  auditChain: {
    method: 'GET',
    path: '/audit/chain',
    role: 'admin',
    audited: false,
    cost: 0,
  },
  signIn: {
    method: 'POST',
    path: '/sign-in',
    role: 'anyone',
    audited: false,
    cost: 0,
  },
  signInOidc: {
    method: 'GET',
    path: '/sign-in/oidc',
    role: 'anyone',
    audited: false,
    cost: 0,
  },
  signInOidcEnd: {
    method: 'GET',
    path: '/sign-in/oidc/callback',
    role: 'anyone',
    audited: false,
    cost: 0,
  },
  signInAgain: {
    method: 'POST',
    path: '/sign-in/again',
    role: 'viewer',
    audited: false,
    cost: 0,
  },
  signOut: {
    method: 'POST',
    path: '/sign-out',
    role: 'viewer',
    audited: false,
    cost: 0,
  },
  setUp: {
    method: 'POST',
    path: '/setup',
    role: 'anyone',
    audited: false,
    cost: 0,
  },
  invitationLook: {
    method: 'POST',
    path: '/invitations/look',
    role: 'anyone',
    audited: false,
    cost: 0,
  },
  invitationAccept: {
    method: 'POST',
    path: '/invitations/accept',
    role: 'anyone',
    audited: false,
    cost: 0,
  },
  accountGet: {
    method: 'GET',
    path: '/me',
    role: 'viewer',
    audited: false,
    cost: 0,
  },
  passwordChange: {
    method: 'POST',
    path: '/me/password',
    role: 'viewer',
    audited: false,
    cost: 0,
  },
  sessionList: {
    method: 'GET',
    path: '/me/sessions',
    role: 'viewer',
    audited: false,
    cost: 0,
  },
  sessionEndOthers: {
    method: 'DELETE',
    path: '/me/sessions',
    role: 'viewer',
    audited: false,
    cost: 0,
  },
  secondFactorNew: {
    method: 'POST',
    path: '/me/second-factor',
    role: 'viewer',
    recent: true,
    audited: false,
    cost: 0,
  },
  secondFactorConfirm: {
    method: 'PUT',
    path: '/me/second-factor',
    role: 'viewer',
    recent: true,
    audited: false,
    cost: 0,
  },
  secondFactorRemove: {
    method: 'DELETE',
    path: '/me/second-factor',
    role: 'viewer',
    recent: true,
    audited: false,
    cost: 0,
  },
  sessionEnd: {
    method: 'DELETE',
    path: '/sessions/{sessionId}',
    role: 'viewer',
    audited: false,
    cost: 0,
  },
  personList: {
    method: 'GET',
    path: '/people',
    role: 'admin',
    audited: false,
    cost: 0,
  },
  personAdd: {
    method: 'POST',
    path: '/people',
    role: 'admin',
    recent: true,
    audited: false,
    cost: 0,
  },
  personChange: {
    method: 'PATCH',
    path: '/people/{personId}',
    role: 'admin',
    recent: true,
    audited: false,
    cost: 0,
  },
  personRemove: {
    method: 'DELETE',
    path: '/people/{personId}',
    role: 'admin',
    recent: true,
    audited: false,
    cost: 0,
  },
  personInvite: {
    method: 'POST',
    path: '/people/{personId}/invitations',
    role: 'admin',
    recent: true,
    audited: false,
    cost: 0,
  },
  invitationRevoke: {
    method: 'DELETE',
    path: '/people/{personId}/invitations',
    role: 'admin',
    audited: false,
    cost: 0,
  },
  personSessions: {
    method: 'GET',
    path: '/people/{personId}/sessions',
    role: 'admin',
    audited: false,
    cost: 0,
  },
  personSignOut: {
    method: 'DELETE',
    path: '/people/{personId}/sessions',
    role: 'admin',
    audited: false,
    cost: 0,
  },
  screenList: {
    method: 'GET',
    path: '/screens',
    role: 'admin',
    audited: false,
    cost: 0,
  },
  pairingBegin: {
    method: 'POST',
    path: '/screens/pairings',
    role: 'anyone',
    audited: false,
    cost: 0,
  },
  screenApprove: {
    method: 'POST',
    path: '/screens/approvals',
    role: 'admin',
    recent: true,
    audited: false,
    cost: 0,
  },
  screenLinkMake: {
    method: 'POST',
    path: '/screens/links',
    role: 'admin',
    recent: true,
    audited: false,
    cost: 0,
  },
  screenClaim: {
    method: 'POST',
    path: '/screens/claims',
    role: 'anyone',
    audited: false,
    cost: 0,
  },
  screenRename: {
    method: 'PATCH',
    path: '/screens/{screenId}',
    role: 'admin',
    audited: false,
    cost: 0,
  },
  screenRevoke: {
    method: 'DELETE',
    path: '/screens/{screenId}',
    role: 'admin',
    audited: false,
    cost: 0,
  },
  demoRole: {
    method: 'POST',
    path: '/demo/role',
    role: 'anyone',
    audited: false,
    cost: 0,
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
