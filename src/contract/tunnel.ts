import * as z from 'zod/mini'

/**
 * Tunnels, connectors and connections as Tandem speaks of them. Derived by the proxy, shown by the
 * page: one rule, one place. `at` values are epoch milliseconds in the proxy's clock; `null` is "not
 * reported" or "never". Unknown is a state of its own and never counts as good.
 */

export const tunnelStatuses = ['healthy', 'degraded', 'down', 'inactive', 'unknown'] as const
export const TunnelStatus = z.enum(tunnelStatuses)
export type TunnelStatus = z.infer<typeof TunnelStatus>

/** `none`: Cloudflare reports no HA role for it, as on tunnels without HA. */
export const connectorRoles = ['active', 'passive', 'offline', 'unknown', 'none'] as const
export const ConnectorRole = z.enum(connectorRoles)
export type ConnectorRole = z.infer<typeof ConnectorRole>

/**
 * What happens if the active connector fails now?
 * `ready` a standby takes over · `exposed` nobody takes over · `no-active` nobody is active although
 * somebody is connected · `disconnected` nobody is connected · `conflict` Cloudflare reports two
 * active ones · `not-ha` Cloudflare reports no HA for it · `unknown` not looked yet, or roles are missing or unreadable.
 */
export const readinessKinds = [
  'ready',
  'exposed',
  'no-active',
  'disconnected',
  'conflict',
  'not-ha',
  'unknown',
] as const
export const ReadinessKind = z.enum(readinessKinds)
export type ReadinessKind = z.infer<typeof ReadinessKind>

export const haModes = ['none', 'disabled', 'aws', 'local'] as const
export const HaMode = z.enum(haModes)
export type HaMode = z.infer<typeof HaMode>

/** Since when, and who says so: `reported` by Cloudflare, or `observed` by Tandem's own looking. */
export const Since = z.object({ at: z.number(), source: z.enum(['reported', 'observed']) })
export type Since = z.infer<typeof Since>

export const Tunnel = z.object({
  id: z.string(),
  accountId: z.string(),
  /** As Cloudflare stores it; show it inside `<bdi>`. */
  name: z.string(),
  /** People's own labels, kept by Tandem; sorted. See `tags.ts`. */
  tags: z.array(z.string()),
  status: TunnelStatus,
  /** Cloudflare's own word when it is one we do not know, else null. */
  statusReported: z.nullable(z.string()),
  readiness: ReadinessKind,
  /** Passive connectors that are connected. */
  standbyCount: z.number(),
  /** Whether the tunnel is HA; null while unknown. */
  ha: z.nullable(z.boolean()),
  /** Null while not reported. An unknown word of Cloudflare's reads as null too. */
  haMode: z.nullable(HaMode),
  activeConnectorId: z.nullable(z.string()),
  /** Colos of the active connector, e.g. `lhr16`. */
  activeColos: z.array(z.string()),
  /** All colos, sorted, without repeats. */
  colos: z.array(z.string()),
  /** Null until the connectors were read for the first time. */
  connectorCount: z.nullable(z.number()),
  /** Those that carry something. */
  connectionCount: z.nullable(z.number()),
  /** Since when the present status holds. */
  since: z.nullable(Since),
  /** Since when the present connector is active, as far as Tandem saw it; null while unknown. */
  activeSince: z.nullable(Since),
  /** Since when the present readiness holds, as far as Tandem saw it; null until the connectors were read. */
  readinessSince: z.nullable(Since),
  /** The last change that Tandem saw, or null if none since it is watching. */
  changedAt: z.nullable(z.number()),
  createdAt: z.nullable(z.number()),
  deletedAt: z.nullable(z.number()),
  /** Oldest of the two facts this row rests on: the listing and the connectors. Null: never. */
  checkedAt: z.nullable(z.number()),
  /** Past this age (milliseconds) what is shown counts as stale. */
  staleAfterMs: z.number(),
  /** Why this row is not fresh, in one sentence, when its last look failed; else null. */
  trouble: z.nullable(z.string()),
  /** Missing from the last complete listing since then; null while listed. */
  unlistedSince: z.nullable(z.number()),
  /** A failover of this tunnel that is running now. */
  failoverId: z.nullable(z.string()),
  /** The connector that should be active when nothing is wrong; null: none is preferred. */
  preferredConnectorId: z.nullable(z.string()),
  /** Since when another one than the preferred is active; null: it is not, or that is not known. */
  onStandbySince: z.nullable(z.number()),
  /** The last failover that was marked as a drill and not refused, when, and whether it was confirmed, late at least. */
  lastDrill: z.nullable(
    z.object({
      failoverId: z.string(),
      at: z.number(),
      ending: z.enum(['confirmed', 'confirmed-late', 'not-confirmed']),
    }),
  ),
  /**
   * Changes of the active connector, the loss of it and of the whole tunnel, that nobody has acknowledged
   * and that no maintenance had announced; null: there are none. A switch counts once, though its moment with
   * nobody active was seen. `mostWaiting` of them are as many or more.
   */
  unacknowledged: z.nullable(
    z.object({ count: z.number(), firstAt: z.number(), lastAt: z.number() }),
  ),
  /** The last acknowledgement, told for 24 h; null: there is none. */
  acknowledged: z.nullable(
    z.object({ at: z.number(), by: z.string(), comment: z.nullable(z.string()) }),
  ),
  /** The maintenance window that is open now; of several the one that ends last. Null: none is. */
  maintenance: z.nullable(
    z.object({ from: z.number(), to: z.number(), by: z.string(), text: z.nullable(z.string()) }),
  ),
})
export type Tunnel = z.infer<typeof Tunnel>

/** One tunnel with what only its own page needs. */
export const TunnelDetail = z.extend(Tunnel, {
  tunType: z.nullable(z.string()),
  connsActiveAt: z.nullable(z.number()),
  connsInactiveAt: z.nullable(z.number()),
  /** Anything Cloudflare keeps for it: untrusted, of any depth. */
  metadata: z.unknown(),
})
export type TunnelDetail = z.infer<typeof TunnelDetail>

export const TunnelList = z.object({
  /** Where the live stream goes on from: `epoch-number`. */
  version: z.string(),
  /** When it was put together: the same answer is given for as long as nothing changes. The session tells the time. */
  at: z.number(),
  tunnels: z.array(Tunnel),
})
export type TunnelList = z.infer<typeof TunnelList>

export const Connection = z.object({
  id: z.string(),
  /** IATA code plus a number, e.g. `lhr16`. */
  colo: z.nullable(z.string()),
  originIp: z.nullable(z.string()),
  openedAt: z.nullable(z.number()),
  clientVersion: z.nullable(z.string()),
  /** Disconnected but still tracked by Cloudflare for some minutes, as all of an offline connector are. Null: not reported. */
  pendingReconnect: z.nullable(z.boolean()),
})
export type Connection = z.infer<typeof Connection>

/** Whether it carries anything. One that waits to come back does not; one of which nothing is said does. */
export const isUp = ({ pendingReconnect }: Pick<Connection, 'pendingReconnect'>) =>
  pendingReconnect !== true

/** One reason for or against promoting a connector. A block can't be overridden, a risk can. */
export const Check = z.object({
  id: z.string(),
  kind: z.enum(['block', 'risk']),
  sentence: z.string(),
})
export type Check = z.infer<typeof Check>

export const Connector = z.object({
  id: z.string(),
  tunnelId: z.string(),
  /** When it was read alone, later than all of its tunnel; null: it is as old as its list. */
  checkedAt: z.nullable(z.number()),
  role: ConnectorRole,
  /** Cloudflare's own word when it is one we do not know, else null. */
  roleReported: z.nullable(z.string()),
  /** Since when it has this role, as far as Tandem saw it. */
  roleSince: z.nullable(Since),
  version: z.nullable(z.string()),
  arch: z.nullable(z.string()),
  features: z.nullable(z.array(z.string())),
  runAt: z.nullable(z.number()),
  connections: z.array(Connection),
  colos: z.array(z.string()),
  originIps: z.array(z.string()),
  /** What speaks against making this connector the active one. No block: it can be promoted. */
  promotion: z.array(Check),
})
export type Connector = z.infer<typeof Connector>

/** What would happen if the active connector failed now, in sentences, worst first. */
export const Outlook = z.object({
  verdict: z.enum(['good', 'weak', 'bad', 'unknown']),
  sentence: z.string(),
  notes: z.array(z.string()),
})
export type Outlook = z.infer<typeof Outlook>

export const ConnectorList = z.object({
  tunnelId: z.string(),
  /** When Cloudflare was last asked; null: not yet. */
  checkedAt: z.nullable(z.number()),
  connectors: z.array(Connector),
  outlook: Outlook,
})
export type ConnectorList = z.infer<typeof ConnectorList>

/** As a search finds one: what it is found by, and no more. */
export const FoundConnector = z.pick(Connector, {
  id: true,
  tunnelId: true,
  role: true,
  roleReported: true,
  version: true,
  colos: true,
  originIps: true,
})
export type FoundConnector = z.infer<typeof FoundConnector>

export const ConnectorsFound = z.object({ connectors: z.array(FoundConnector) })
export type ConnectorsFound = z.infer<typeof ConnectorsFound>

export const Configuration = z.object({
  tunnelId: z.string(),
  checkedAt: z.nullable(z.number()),
  /** False when Cloudflare does not offer this resource on the account (it answers 404). */
  reported: z.boolean(),
  haMode: z.nullable(HaMode),
  /** Cloudflare's own word when it is one we do not know, else null. */
  haModeReported: z.nullable(z.string()),
  version: z.nullable(z.number()),
  createdAt: z.nullable(z.number()),
  /** Null: not reported. */
  updatedAt: z.nullable(z.union([z.number(), z.literal('never')])),
  /** AWS: the network interface that moves, e.g. `eni-0123456789abcdef0`. */
  fnrId: z.nullable(z.string()),
  /** Local: virtual addresses of the active connector. */
  vips: z.array(z.string()),
  /** Local: addresses to clean up after a change. */
  vipsPrevious: z.array(z.string()),
})
export type Configuration = z.infer<typeof Configuration>

/** Cloudflare's ids: lower-case UUIDs. Anything else never reaches an address. */
export const Uuid = z
  .string()
  .check(
    z.regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'must be a UUID'),
  )

/** The secret a new connector joins with. Shown on request, never kept. */
export const InstallToken = z.object({ token: z.string() })
export type InstallToken = z.infer<typeof InstallToken>
