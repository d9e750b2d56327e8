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
  /** Written down, with who and when, before anything is sent. */
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
    cost: 0,
    summary: 'Mode, accounts, who is asking, role, server time and the state of the poller',
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
    role: 'viewer',
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
} as const satisfies Record<string, Operation>

export type OperationId = keyof typeof operations

const doing: Partial<Record<OperationId, string>> = {
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
