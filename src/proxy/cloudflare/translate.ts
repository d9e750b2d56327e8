import type { CfConfiguration, CfConnection, CfConnector, CfTunnel } from '#contract/cloudflare.ts'
import { shortId } from '#contract/short-id.ts'
import {
  type Configuration,
  type Connection,
  type Connector,
  type ConnectorRole,
  HaMode,
  isUp,
  TunnelStatus,
} from '#contract/tunnel.ts'

/** Cloudflare's words → Tandem's. Pure; an unknown word stays unknown and keeps its text. */

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** An ISO date → epoch milliseconds; null where there is none or it can't be read. */
export function toAt(value: string | undefined): number | null {
  // Cloudflare's zero date (year 1) means "never".
  const at = value === undefined ? Number.NaN : Date.parse(value)
  return Number.isFinite(at) && at > 0 ? at : null
}

const deepest = 100

/**
 * Metadata may be anything: what lies deeper than a hundred levels is left out, because everything that
 * walks over it later (JSON, comparing, drawing) takes one step of the stack for each level.
 */
function prune(value: unknown, level = 0): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (level >= deepest) return '…'
  if (Array.isArray(value)) return value.map((item) => prune(item, level + 1))
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, prune(item, level + 1)]),
  )
}

/** What a listing says of one tunnel. */
export type ListedTunnel = {
  id: string
  accountId: string
  name: string
  status: TunnelStatus
  statusReported: string | null
  tunType: string | null
  createdAt: number | null
  deletedAt: number | null
  connsActiveAt: number | null
  connsInactiveAt: number | null
  metadata: unknown
}

/** @returns null when the row has no usable id: nothing can be asked about it. */
export function toListedTunnel(cf: CfTunnel, accountId: string): ListedTunnel | null {
  const id = cf.id?.toLowerCase()
  if (!id || !uuid.test(id)) return null
  const known = TunnelStatus.safeParse(cf.status)
  return {
    id,
    accountId,
    name: cf.name ?? '',
    status: known.success ? known.data : 'unknown',
    statusReported: known.success ? null : (cf.status ?? null),
    tunType: cf.tun_type ?? null,
    createdAt: toAt(cf.created_at),
    deletedAt: toAt(cf.deleted_at),
    connsActiveAt: toAt(cf.conns_active_at),
    connsInactiveAt: toAt(cf.conns_inactive_at),
    metadata: prune(cf.metadata ?? null),
  }
}

/** A connector without what only the tunnel as a whole can tell (role age, promotion). */
export type SeenConnector = Omit<Connector, 'checkedAt' | 'roleSince' | 'promotion' | 'tunnelId'>

const haRoles = ['active', 'passive', 'offline'] as const satisfies ConnectorRole[]

function toConnection(cf: CfConnection, index: number, isLost: boolean): Connection {
  return {
    // A connection without an id still counts; its place stands in for the id.
    id: cf.id ?? `connection-${index + 1}`,
    colo: cf.colo_name ?? null,
    originIp: cf.origin_ip ?? null,
    openedAt: toAt(cf.opened_at),
    clientVersion: cf.client_version ?? null,
    pendingReconnect: isLost ? true : (cf.is_pending_reconnect ?? null),
  }
}

const distinct = (values: (string | null)[]) =>
  [...new Set(values.filter((value) => value !== null))].toSorted((a, b) => a.localeCompare(b))

/** @returns null when the connector has no usable id. */
export function toSeenConnector(cf: CfConnector): SeenConnector | null {
  const id = cf.id?.toLowerCase()
  if (!id || !uuid.test(id)) return null
  const role = haRoles.find((known) => known === cf.ha_status)
  // What is still listed of a connector that is offline is of before: “Cloudflare continues to track connections for
  // several minutes after they disconnect”, and need not mark each.
  const isLost = role === 'offline'
  const connections = cf.conns.map((connection, at) => toConnection(connection, at, isLost))
  const live = connections.filter(isUp)
  return {
    id,
    role: role ?? (cf.ha_status === undefined ? 'none' : 'unknown'),
    roleReported: role ? null : (cf.ha_status ?? null),
    version: cf.version ?? connections.find((one) => one.clientVersion)?.clientVersion ?? null,
    arch: cf.arch ?? null,
    features: cf.features ?? null,
    runAt: toAt(cf.run_at),
    connections,
    colos: distinct(live.map((connection) => connection.colo)),
    originIps: distinct(live.map((connection) => connection.originIp)),
  }
}

/** Connectors in a stable order; of two with the same id the one that started last is kept. */
export function toSeenConnectors(list: CfConnector[]): {
  connectors: SeenConnector[]
  oddities: string[]
  /** Rows without an id: whoever is not named may be one of them. */
  nameless: number
} {
  const oddities: string[] = []
  const byId = new Map<string, SeenConnector>()
  let nameless = 0
  for (const cf of list) {
    const connector = toSeenConnector(cf)
    if (!connector) {
      nameless += 1
      continue
    }
    const twin = byId.get(connector.id)
    if (twin) oddities.push(`Cloudflare lists connector ${shortId(connector.id)} twice.`)
    if (!twin || (connector.runAt ?? 0) >= (twin.runAt ?? 0)) byId.set(connector.id, connector)
  }
  if (nameless > 0) oddities.push(`Cloudflare lists ${nameless} without an id.`)
  return {
    connectors: [...byId.values()].toSorted((a, b) => a.id.localeCompare(b.id)),
    oddities,
    nameless,
  }
}

export const isConnected = (connector: Pick<Connector, 'connections'>) =>
  connector.connections.some(isUp)

/** @param cf null when Cloudflare does not offer the resource on this account (404). */
export function toConfiguration(
  cf: CfConfiguration | null,
  tunnelId: string,
  checkedAt: number,
): Configuration {
  const known = HaMode.safeParse(cf?.ha_mode)
  const addresses = (list: { address?: string | undefined }[] | undefined) =>
    (list ?? []).map((entry) => entry.address).filter((address) => address !== undefined)
  return {
    tunnelId,
    checkedAt,
    reported: cf !== null,
    haMode: known.success ? known.data : null,
    haModeReported: known.success ? null : (cf?.ha_mode ?? null),
    version: cf?.configuration_version ?? null,
    createdAt: toAt(cf?.created_at),
    updatedAt: cf?.updated_at === null ? 'never' : toAt(cf?.updated_at),
    fnrId: cf?.config?.fnr_id ?? null,
    vips: addresses(cf?.config?.vips),
    vipsPrevious: addresses(cf?.config?.vips_previous),
  }
}
