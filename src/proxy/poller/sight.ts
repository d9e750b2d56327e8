import type { Configuration } from '#contract/tunnel.ts'
import type { ListedTunnel, SeenConnector } from '../cloudflare/translate.ts'
import { readinessOf } from '../failover/checks.ts'

/** What was seen of one tunnel at one moment. Null: that part was not read yet. */
export type Sight = {
  listed: ListedTunnel
  connectors: SeenConnector[] | null
  configuration: Configuration | null
}

/**
 * What was seen again keeps the identity of what was known: from here on "did it change?" is a look at two
 * references, a thousand times a sweep.
 */
export const keepSame = <T>(known: T | undefined, seen: T): T =>
  known !== undefined && JSON.stringify(known) === JSON.stringify(seen) ? known : seen

export const isSameSight = (a: Sight | null, b: Sight): boolean =>
  a !== null &&
  a.listed === b.listed &&
  a.connectors === b.connectors &&
  a.configuration === b.configuration

/** Whether a tunnel is HA, as far as its configuration or its connectors' roles tell. */
export const haOf = ({ configuration, connectors }: Sight): boolean | null => {
  if (configuration?.haMode) return configuration.haMode !== 'disabled'
  if (connectors?.some((connector) => connector.role !== 'none')) return true
  // Neither a mode nor a role is reported although somebody is connected: no HA.
  return configuration && connectors && connectors.length > 0 ? false : null
}

/**
 * Whose turn it is, as the active lane has it: a connector's id, `none`, `several`, or `unknown`. The readiness decides,
 * so that what was an alarm while it lasted is one in the history, and nothing else is.
 */
export function turnOf(connectors: SeenConnector[]): string {
  switch (readinessOf(connectors, null).readiness) {
    case 'unknown':
      return 'unknown'
    case 'conflict':
      return 'several'
    case 'ready':
    case 'exposed':
      return activeIdOf(connectors) ?? 'none'
    default:
      return 'none'
  }
}

/** The one active connector; null when there is none or more than one. */
export function activeIdOf(connectors: SeenConnector[] | null): string | null {
  const actives = (connectors ?? []).filter((connector) => connector.role === 'active')
  return actives.length === 1 ? (actives[0]?.id ?? null) : null
}

/**
 * Since when a tunnel is as it was seen, as Cloudflare itself reports it; null: it does not. Since when there is a
 * connection (`conns_active_at`) does not say since when one is missing.
 */
export function reportedSince(listed: ListedTunnel): number | null {
  if (listed.status === 'inactive') return listed.createdAt
  if (listed.status === 'down') return listed.connsInactiveAt
  return listed.status === 'healthy' ? listed.connsActiveAt : null
}
