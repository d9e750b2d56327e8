import type { Check, Connector } from '#contract/tunnel.ts'

/** Which connector first? Active, then standbys by how well they could take over, then the rest. Pure. */

export const blocksOf = (connector: Connector): Check[] =>
  connector.promotion.filter(({ kind }) => kind === 'block')

export const risksOf = (connector: Connector): Check[] =>
  connector.promotion.filter(({ kind }) => kind === 'risk')

/** Whether the proxy's checks would let it be promoted. */
export const isPromotable = (connector: Connector): boolean => blocksOf(connector).length === 0

const places: Record<Connector['role'], number> = {
  active: 0,
  passive: 1,
  none: 2,
  unknown: 3,
  offline: 4,
}

/** The order in which connectors stand side by side. By id where nothing else tells, so that none jumps. */
export function inOrder(connectors: readonly Connector[]): Connector[] {
  return connectors.toSorted(
    (a, b) =>
      places[a.role] - places[b.role] ||
      blocksOf(a).length - blocksOf(b).length ||
      risksOf(a).length - risksOf(b).length ||
      a.id.localeCompare(b.id),
  )
}

/** The one that is active; null when there is none, or when Cloudflare reports more than one. */
export function activeOf(connectors: readonly Connector[]): Connector | null {
  const actives = connectors.filter(({ role }) => role === 'active')
  return actives.length === 1 ? (actives[0] ?? null) : null
}

/** Ids of all that are active. */
export const activesOf = (connectors: readonly Connector[]) =>
  connectors.filter(({ role }) => role === 'active').map(({ id }) => id)

/** Everybody that a failover could be about: all but the active one, best first. */
export function candidatesOf(connectors: readonly Connector[]): Connector[] {
  const active = activeOf(connectors)
  return inOrder(connectors.filter((connector) => connector !== active))
}
