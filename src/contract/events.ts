import * as z from 'zod/mini'
import { Failover } from './failover.ts'
import { HistoryEvent } from './history.ts'
import { PollerState, Session } from './session.ts'
import { namesOf, nothingPolled, usual } from './stream.ts'
import { ConnectorList, Tunnel } from './tunnel.ts'

const Snapshot = z.object({
  type: z.literal('snapshot'),
  session: Session,
  tunnels: z.array(Tunnel),
  failovers: z.array(Failover),
})

/** One look at Cloudflare landed. */
const Polled = z.object({
  type: z.literal('polled'),
  at: z.number(),
  /** Tunnels that were confirmed unchanged, or whose age moved: id → checkedAt. */
  checked: z.record(z.string(), z.number()),
  /** Tunnels that changed, whole. A deleted one carries `deletedAt`. */
  tunnels: z.array(Tunnel),
  /** Connectors that changed, whole, by tunnel: only to streams that watch one of these tunnels. */
  connectors: z.array(ConnectorList),
  /** To all other streams: the tunnels whose connectors changed. Whoever shows them asks again. */
  connectorsMoved: z.array(z.string()),
})

const others = [
  z.object({ type: z.literal('pollerChanged'), poller: PollerState }),
  /** Tokens or disk: everything in the shared session but the poller. */
  z.object({ type: z.literal('sessionChanged'), session: Session }),
  z.object({ type: z.literal('configurationChanged'), tunnelId: z.string() }),
  z.object({ type: z.literal('failoverChanged'), failover: Failover }),
  /** Entries that were just written into the log. */
  z.object({ type: z.literal('logged'), events: z.array(HistoryEvent) }),
  /** Every 15 s, so that silence is noticed. `at` is the server's clock. */
  z.object({ type: z.literal('heartbeat'), at: z.number() }),
  /** This stream's sign-in ended or was taken away: nothing more comes. */
  z.object({ type: z.literal('signed-out'), at: z.number() }),
  /** Tandem is stopping on purpose: this is not an outage of any tunnel. */
  z.object({ type: z.literal('bye'), at: z.number() }),
] as const

/** What happens live. `snapshot` replaces everything, the others change what they name. */
export const LiveEvent = z.discriminatedUnion('type', [Snapshot, Polled, ...others])
export type LiveEvent = z.infer<typeof LiveEvent>

const ToldTunnel = z.partial(Tunnel, namesOf(usual))

/**
 * The same as the live stream puts it, without what is usual: `stream.ts` makes one of the other. Each is one JSON
 * line; its SSE id is the version `epoch-number` that a reconnecting page hands back.
 */
export const ToldEvent = z.discriminatedUnion('type', [
  z.extend(Snapshot, { tunnels: z.array(ToldTunnel) }),
  z.partial(z.extend(Polled, { tunnels: z.array(ToldTunnel) }), namesOf(nothingPolled)),
  ...others,
])
export type ToldEvent = z.infer<typeof ToldEvent>
