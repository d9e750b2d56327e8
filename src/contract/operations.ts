import * as z from 'zod/mini'

/**
 * The two tables that say what exists. `operations` is Tandem's own API: router, guard, OpenAPI, audit
 * and buttons read the same row. `upstreamCalls` is the allow-list: nothing else of Cloudflare's API
 * can be reached through Tandem.
 */

export const roles = ['viewer', 'operator', 'admin'] as const
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
  role: Role
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
    role: 'viewer',
    audited: false,
    cost: 0,
    summary: 'Mode, accounts, who is asking, role, server time and the state of the poller',
  },
  tunnelList: {
    method: 'GET',
    path: '/tunnels',
    role: 'viewer',
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
    role: 'viewer',
    audited: false,
    cost: 1,
    summary: 'One tunnel; from memory, or with ?fresh=true from Cloudflare',
  },
  tunnelUpdate: {
    method: 'PATCH',
    path: '/tunnels/{tunnelId}',
    role: 'admin',
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
    audited: true,
    cost: 1,
    summary: 'The install token of a tunnel: a secret, fetched on request and never kept',
  },
  connectorList: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/connectors',
    role: 'viewer',
    audited: false,
    cost: 1,
    summary: 'The connectors of a tunnel; from memory, or with ?fresh=true from Cloudflare',
  },
  connectorGet: {
    method: 'GET',
    path: '/tunnels/{tunnelId}/connectors/{connectorId}',
    role: 'viewer',
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
    audited: true,
    cost: 24,
    summary: 'Promote a connector: checked before, sent once, verified after',
  },
  failoverGet: {
    method: 'GET',
    path: '/failovers/{failoverId}',
    role: 'viewer',
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
    role: 'viewer',
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
    role: 'viewer',
    audited: false,
    cost: 0,
    summary: 'Server-Sent Events: a snapshot, then changes; resumes with Last-Event-ID or ?after=',
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
}

/**
 * Why may this role not do that? A sentence for the button that is off, or null when it may.
 * The proxy's guard asks the same question before anything else happens.
 */
export function whyNot(role: Role, operationId: OperationId): string | null {
  const needed = operations[operationId].role
  if (roles.indexOf(role) >= roles.indexOf(needed)) return null
  const article = needed === 'viewer' ? 'a' : 'an'
  return `${doing[operationId] ?? 'This'} needs the role of ${article} ${needed}; you are ${role === 'viewer' ? 'a' : 'an'} ${role}.`
}
