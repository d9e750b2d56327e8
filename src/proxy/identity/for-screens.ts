import type { LiveEvent } from '#contract/events.ts'
import type { Failover } from '#contract/failover.ts'
import type { HistoryEvent } from '#contract/history.ts'
import type { PollerState, Session } from '#contract/session.ts'
import type { Connector, ConnectorList, Tunnel, TunnelDetail } from '#contract/tunnel.ts'
import type { Who } from './who.ts'

/**
 * What a screen on a wall is not told: addresses of origins, names and words of people (but for those of
 * acknowledgements), anything free-form that could hold either, and how the tokens fare. Everything that a
 * screen can ask goes through here. Pure.
 */
export const isScreen = (who: Who | null) => who?.role === 'screen'

export const sessionForScreen = (session: Session): Session => ({
  ...session,
  tokens: [],
  storeNotice: null,
  storeBytes: null,
  poller: pollerForScreen(session.poller),
})

/** Cloudflare's own words may name an address, as when it refuses a token that comes from another one. */
const pollerForScreen = (poller: PollerState): PollerState =>
  poller.state === 'rejected'
    ? { ...poller, reason: 'Cloudflare does not take Tandem’s token.' }
    : poller.state === 'failing'
      ? { ...poller, reason: 'Cloudflare does not answer Tandem as it should.' }
      : poller

/**
 * Who acknowledged a change, and with which words, is meant for the wall: whoever writes them is told so. Tags
 * are told, because a wall may be one site's. Who does the maintenance and why is not.
 */
export const tunnelForScreen = <T extends Tunnel>(tunnel: T): T => ({
  ...tunnel,
  trouble: tunnel.trouble && 'Cloudflare did not tell of it as it should.',
  maintenance: tunnel.maintenance && { ...tunnel.maintenance, by: 'somebody', text: null },
})

export const detailForScreen = (tunnel: TunnelDetail): TunnelDetail => ({
  ...tunnelForScreen(tunnel),
  metadata: null,
})

export const connectorForScreen = (connector: Connector): Connector => ({
  ...connector,
  connections: connector.connections.map((connection) => ({ ...connection, originIp: null })),
  originIps: [],
  // Nobody promotes at a wall, and a sentence may name an address.
  promotion: [],
})

export const connectorsForScreen = (list: ConnectorList): ConnectorList => ({
  ...list,
  connectors: list.connectors.map(connectorForScreen),
  // Its notes are the sentences of `promotion` once more.
  outlook: { ...list.outlook, notes: [] },
})

export const failoverForScreen = (failover: Failover): Failover => ({
  ...failover,
  by: 'somebody',
  reason: null,
  accepted: [],
  detail: null,
  cloudflare: [],
})

/** Entries about single connections name addresses, so a screen gets none of them. */
export const loggedForScreen = (events: HistoryEvent[]): HistoryEvent[] =>
  events
    .filter(({ kind }) => !kind.startsWith('connection-'))
    .map((event) => (event.kind === 'acknowledged' ? event : { ...event, by: null, note: null }))

export function eventForScreen(event: LiveEvent): LiveEvent {
  switch (event.type) {
    case 'snapshot':
      return {
        ...event,
        session: sessionForScreen(event.session),
        tunnels: event.tunnels.map(tunnelForScreen),
        failovers: event.failovers.map(failoverForScreen),
      }
    case 'sessionChanged':
      return { ...event, session: sessionForScreen(event.session) }
    case 'polled':
      return {
        ...event,
        tunnels: event.tunnels.map(tunnelForScreen),
        connectors: event.connectors.map(connectorsForScreen),
      }
    case 'failoverChanged':
      return { ...event, failover: failoverForScreen(event.failover) }
    case 'logged':
      return { ...event, events: loggedForScreen(event.events) }
    case 'pollerChanged':
      return { ...event, poller: pollerForScreen(event.poller) }
    case 'configurationChanged':
    case 'heartbeat':
    case 'signed-out':
    case 'bye':
      return event
    default:
      return event satisfies never
  }
}
