import * as z from 'zod/mini'

/**
 * The two tables that say what exists. `operations` is Tandem's own API: router, guard, OpenAPI, audit
 * and buttons read the same row. `upstreamCalls` is the allow-list: nothing else of Cloudflare's API
 * can be reached through Tandem.
 */

/** In rising order: each may do what those before it may. A `screen` is a wall that only looks. */
export const roles = ['screen', 'viewer', 'operator', 'admin'] as const
export const Role = z.enum(roles)
export type Role = z.infer<typeof Role>

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
  /** What it does, as a sentence for the OpenAPI document. */
  summary: string
}

export const operations = {
  sessionGet: {
    method: 'GET',
    path: '/session',
    role: 'anyone',
    audited: false,
    cost: 4,
    summary:
      'Mode, accounts, who is asking, role, server time and the state of the poller; from memory, or with ?fresh=true after asking Cloudflare how the tokens fare',
  },
  tunnelList: {
    method: 'GET',
    path: '/tunnels',
    role: 'screen',
    audited: false,
    cost: 0,
    summary: 'All tunnels with status, HA readiness, active connector, counts and data age',
  },
  tunnelCreate: {
    method: 'POST',
    path: '/tunnels',
    role: 'admin',
    audited: true,
    cost: 1,
    summary: 'Create a tunnel',
  },
  tunnelGet: {
    method: 'GET',
    path: '/tunnels/{tunnelId}',
    role: 'screen',
    audited: false,
    cost: 1,
    summary: 'One tunnel; from memory, or with ?fresh=true from Cloudflare',
  },
  tunnelUpdate: {
    method: 'PATCH',
    path: '/tunnels/{tunnelId}',
    role: 'admin',
    recent: true,
    audited: true,
    cost: 1,
    summary: 'Rename a tunnel or set its secret',
  },
  tunnelDelete: {
    method: 'DELETE',
    path: '/tunnels/{tunnelId}',
    role: 'admin',
    audited: true,
    cost: 1,
    summary: 'Delete a tunnel that has no connections',
  },
  tokenGet: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/token',
    role: 'admin',
    recent: true,
    audited: true,
    cost: 1,
    summary: 'The install token of a tunnel: a secret, fetched on request and never kept',
  },
  connectorList: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/connectors',
    role: 'screen',
    audited: false,
    cost: 1,
    summary: 'The connectors of a tunnel; from memory, or with ?fresh=true from Cloudflare',
  },
  connectorGet: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/connectors/{connectorId}',
    role: 'screen',
    audited: false,
    cost: 1,
    summary: 'One connector; from memory, or with ?fresh=true from Cloudflare',
  },
  configurationGet: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/configuration',
    role: 'viewer',
    audited: false,
    cost: 1,
    summary: 'The HA configuration of a tunnel, read from Cloudflare when it is asked for',
  },
  configurationPut: {
    method: 'PUT',
    path: '/tunnels/{tunnelId}/configuration',
    role: 'admin',
    audited: true,
    cost: 1,
    summary: 'Set the HA configuration of a tunnel',
  },
  failoverRun: {
    method: 'POST',
    path: '/tunnels/{tunnelId}/failovers',
    role: 'operator',
    recent: true,
    audited: true,
    cost: 24,
    summary: 'Promote a connector: checked before, sent once, verified after',
  },
  failoverChecks: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/failovers/checks',
    role: 'operator',
    audited: false,
    cost: 1,
    summary: 'What speaks against a failover to ?to= now, from a fresh read of the connectors',
  },
  failoverList: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/failovers',
    role: 'viewer',
    audited: false,
    cost: 0,
    summary: 'The failovers of a tunnel, newest first, fifty at most',
  },
  preferencePut: {
    method: 'PUT',
    path: '/tunnels/{tunnelId}/preference',
    role: 'operator',
    audited: true,
    cost: 0,
    summary: 'Set or take back which connector should carry the traffic when nothing is wrong',
  },
  markList: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/marks',
    role: 'viewer',
    audited: false,
    cost: 0,
    summary: 'Acknowledgements, notes and maintenance of a tunnel in a window',
  },
  acknowledgementAdd: {
    method: 'POST',
    path: '/tunnels/{tunnelId}/acknowledgement',
    role: 'operator',
    audited: true,
    cost: 0,
    summary: 'Say that the changes of a tunnel until a time, or one entry of its log, were seen',
  },
  noteAdd: {
    method: 'POST',
    path: '/tunnels/{tunnelId}/notes',
    role: 'operator',
    audited: true,
    cost: 0,
    summary: 'Write a note to a moment of a tunnel’s timeline',
  },
  noteDelete: {
    method: 'DELETE',
    path: '/tunnels/{tunnelId}/notes/{noteId}',
    role: 'operator',
    audited: true,
    cost: 0,
    summary: 'Take a note off the timeline: one’s own, or for admins anybody’s',
  },
  maintenanceAdd: {
    method: 'POST',
    path: '/tunnels/{tunnelId}/maintenance',
    role: 'operator',
    audited: true,
    cost: 0,
    summary: 'Announce maintenance of a tunnel: walls stay quiet, changes need no acknowledgement',
  },
  maintenanceEnd: {
    method: 'POST',
    path: '/tunnels/{tunnelId}/maintenance/{maintenanceId}/end',
    role: 'operator',
    audited: true,
    cost: 0,
    summary: 'End a maintenance before its time, or call it off',
  },
  failoverGet: {
    method: 'GET',
    path: '/failovers/{failoverId}',
    role: 'screen',
    audited: false,
    cost: 0,
    summary: 'One failover with its phases and times',
  },
  historyGet: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/history',
    role: 'viewer',
    audited: false,
    cost: 0,
    summary: 'What a tunnel and its connectors did in a window: intervals, connections, events',
  },
  connectorHistoryGet: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/connectors/{connectorId}/history',
    role: 'viewer',
    audited: false,
    cost: 0,
    summary: 'The same for one connector',
  },
  historyExport: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/history.csv',
    role: 'viewer',
    audited: false,
    cost: 0,
    summary: 'A window of one tunnel’s history as CSV, streamed',
  },
  historySummary: {
    method: 'GET',
    path: '/history/summary',
    role: 'screen',
    audited: false,
    cost: 0,
    summary:
      'Per tunnel in a window: availability, time without an active connector, changes, strips',
  },
  activityList: {
    method: 'GET',
    path: '/activity',
    role: 'screen',
    audited: false,
    cost: 0,
    summary: 'The event log of all tunnels, newest first, a page at a time',
  },
  activityCsv: {
    method: 'GET',
    path: '/activity.csv',
    role: 'viewer',
    audited: false,
    cost: 0,
    summary: 'The event log as CSV, streamed',
  },
  activityJsonl: {
    method: 'GET',
    path: '/activity.jsonl',
    role: 'viewer',
    audited: false,
    cost: 0,
    summary: 'The event log as JSON Lines, streamed',
  },
  eventStream: {
    method: 'GET',
    path: '/events',
    role: 'screen',
    audited: false,
    cost: 0,
    summary: 'Server-Sent Events: a snapshot, then changes; resumes with Last-Event-ID or ?after=',
  },
  openapiGet: {
    method: 'GET',
    path: '/openapi.json',
    role: 'anyone',
    audited: false,
    cost: 0,
    summary: 'This description of Tandem’s own API',
  },
  auditList: {
    method: 'GET',
    path: '/audit',
    role: 'operator',
    own: true,
    audited: false,
    cost: 0,
    summary: 'What people did, newest first, a page at a time; operators see their own records',
  },
  auditCsv: {
    method: 'GET',
    path: '/audit.csv',
    role: 'operator',
    own: true,
    audited: false,
    cost: 0,
    summary: 'The same as CSV, streamed',
  },
  auditJsonl: {
    method: 'GET',
    path: '/audit.jsonl',
    role: 'operator',
    own: true,
    audited: false,
    cost: 0,
    summary: 'The same as JSON Lines, streamed, with the hashes',
  },
  auditChain: {
    method: 'GET',
    path: '/audit/chain',
    role: 'admin',
    audited: false,
    cost: 0,
    summary: 'Whether the chain of audit records is whole, and which record is not',
  },
  signIn: {
    method: 'POST',
    path: '/sign-in',
    role: 'anyone',
    audited: false,
    cost: 0,
    summary:
      'Sign in with a name and a password; with a code where the person uses an authenticator app',
  },
  signInOidc: {
    method: 'GET',
    path: '/sign-in/oidc',
    role: 'anyone',
    audited: false,
    cost: 0,
    summary: 'Go to the identity provider, to sign in there and come back',
  },
  signInOidcEnd: {
    method: 'GET',
    path: '/sign-in/oidc/callback',
    role: 'anyone',
    audited: false,
    cost: 0,
    summary: 'Where the identity provider sends the browser back to',
  },
  signInAgain: {
    method: 'POST',
    path: '/sign-in/again',
    role: 'viewer',
    audited: false,
    cost: 0,
    summary: 'Prove once more who is there, for what needs a recent sign-in',
  },
  signOut: {
    method: 'POST',
    path: '/sign-out',
    role: 'viewer',
    audited: false,
    cost: 0,
    summary: 'End this session',
  },
  setUp: {
    method: 'POST',
    path: '/setup',
    role: 'anyone',
    audited: false,
    cost: 0,
    summary: 'Make the first admin, with the one-time code from the log',
  },
  invitationLook: {
    method: 'POST',
    path: '/invitations/look',
    role: 'anyone',
    audited: false,
    cost: 0,
    summary: 'Whom an invitation is for',
  },
  invitationAccept: {
    method: 'POST',
    path: '/invitations/accept',
    role: 'anyone',
    audited: false,
    cost: 0,
    summary: 'Set the password that an invitation is for, and sign in',
  },
  accountGet: {
    method: 'GET',
    path: '/me',
    role: 'viewer',
    audited: false,
    cost: 0,
    summary: 'Whoever asks, as somebody who signs in here',
  },
  passwordChange: {
    method: 'POST',
    path: '/me/password',
    role: 'viewer',
    audited: false,
    cost: 0,
    summary: 'Set another password; every other session of the person ends',
  },
  sessionList: {
    method: 'GET',
    path: '/me/sessions',
    role: 'viewer',
    audited: false,
    cost: 0,
    summary: 'Where the person is signed in',
  },
  sessionEndOthers: {
    method: 'DELETE',
    path: '/me/sessions',
    role: 'viewer',
    audited: false,
    cost: 0,
    summary: 'End every session of the person but the one that asks',
  },
  secondFactorNew: {
    method: 'POST',
    path: '/me/second-factor',
    role: 'viewer',
    recent: true,
    audited: false,
    cost: 0,
    summary: 'Begin to use an authenticator app: what it has to be shown',
  },
  secondFactorConfirm: {
    method: 'PUT',
    path: '/me/second-factor',
    role: 'viewer',
    recent: true,
    audited: false,
    cost: 0,
    summary: 'Use it from now on, with a first code of it',
  },
  secondFactorRemove: {
    method: 'DELETE',
    path: '/me/second-factor',
    role: 'viewer',
    recent: true,
    audited: false,
    cost: 0,
    summary: 'Use it no longer',
  },
  sessionEnd: {
    method: 'DELETE',
    path: '/sessions/{sessionId}',
    role: 'viewer',
    audited: false,
    cost: 0,
    summary: 'End a session: one’s own, or for admins anybody’s',
  },
  personList: {
    method: 'GET',
    path: '/people',
    role: 'admin',
    audited: false,
    cost: 0,
    summary: 'Everybody who may come in',
  },
  personAdd: {
    method: 'POST',
    path: '/people',
    role: 'admin',
    recent: true,
    audited: false,
    cost: 0,
    summary: 'Add a person; answers a one-time invitation',
  },
  personChange: {
    method: 'PATCH',
    path: '/people/{personId}',
    role: 'admin',
    recent: true,
    audited: false,
    cost: 0,
    summary: 'Give a person another role, disable or enable; the person’s sessions end',
  },
  personRemove: {
    method: 'DELETE',
    path: '/people/{personId}',
    role: 'admin',
    recent: true,
    audited: false,
    cost: 0,
    summary: 'Remove a person with sessions and invitations; what they did stays on record',
  },
  personInvite: {
    method: 'POST',
    path: '/people/{personId}/invitations',
    role: 'admin',
    recent: true,
    audited: false,
    cost: 0,
    summary: 'A new one-time invitation, to set another password',
  },
  invitationRevoke: {
    method: 'DELETE',
    path: '/people/{personId}/invitations',
    role: 'admin',
    audited: false,
    cost: 0,
    summary: 'Take back the invitation of a person: its link is no longer good',
  },
  personSessions: {
    method: 'GET',
    path: '/people/{personId}/sessions',
    role: 'admin',
    audited: false,
    cost: 0,
    summary: 'Where a person is signed in',
  },
  personSignOut: {
    method: 'DELETE',
    path: '/people/{personId}/sessions',
    role: 'admin',
    audited: false,
    cost: 0,
    summary: 'End every session of a person',
  },
  screenList: {
    method: 'GET',
    path: '/screens',
    role: 'admin',
    audited: false,
    cost: 0,
    summary: 'Screens that have access',
  },
  pairingBegin: {
    method: 'POST',
    path: '/screens/pairings',
    role: 'anyone',
    audited: false,
    cost: 0,
    summary: 'A screen asks for access: the code that it shows',
  },
  screenApprove: {
    method: 'POST',
    path: '/screens/approvals',
    role: 'admin',
    recent: true,
    audited: false,
    cost: 0,
    summary: 'Give the screen that shows a code its access',
  },
  screenLinkMake: {
    method: 'POST',
    path: '/screens/links',
    role: 'admin',
    recent: true,
    audited: false,
    cost: 0,
    summary: 'A one-time link that gives a screen its access',
  },
  screenClaim: {
    method: 'POST',
    path: '/screens/claims',
    role: 'anyone',
    audited: false,
    cost: 0,
    summary: 'A screen takes its access, once it was given',
  },
  screenRename: {
    method: 'PATCH',
    path: '/screens/{screenId}',
    role: 'admin',
    audited: false,
    cost: 0,
    summary: 'Give a screen another name',
  },
  screenRevoke: {
    method: 'DELETE',
    path: '/screens/{screenId}',
    role: 'admin',
    audited: false,
    cost: 0,
    summary: 'Take a screen’s access away',
  },
  demoRole: {
    method: 'POST',
    path: '/demo/role',
    role: 'anyone',
    audited: false,
    cost: 0,
    summary: 'Try another role on, in the demo',
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
