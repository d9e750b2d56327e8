import type { ConnectorList, ConnectorRole, Tunnel } from '#contract/tunnel.ts'

/** What the palette can find: tunnels and connectors by anything one may know of them. */

export type Found =
  | { kind: 'tunnel'; id: string; tunnel: Tunnel }
  | {
      kind: 'connector'
      id: string
      tunnel: Tunnel
      connectorId: string
      /** What else is known of it, for people. */
      details: string
      role: ConnectorRole
      /** Cloudflare's own word when it is one we do not know. */
      roleReported: string | null
    }

type Entry = { found: Found; text: string; name: string }

/** Everything that can be found, with the text it is found by. Build it once per opening. */
export function findables(tunnels: readonly Tunnel[], lists: readonly ConnectorList[]): Entry[] {
  const byId = new Map(tunnels.map((tunnel) => [tunnel.id, tunnel]))
  const entries: Entry[] = tunnels.map((tunnel) => ({
    found: { kind: 'tunnel', id: tunnel.id, tunnel },
    name: tunnel.name.toLowerCase(),
    text: [tunnel.name, tunnel.id, tunnel.accountId, ...tunnel.colos, ...tunnel.tags]
      .join(' ')
      .toLowerCase(),
  }))
  const seen = new Set<string>()
  for (const { tunnelId, connectors } of lists) {
    const tunnel = byId.get(tunnelId)
    if (!tunnel) continue
    for (const connector of connectors) {
      seen.add(connector.id)
      const details = [...connector.colos, ...connector.originIps, connector.version ?? '']
      entries.push({
        found: {
          kind: 'connector',
          id: `${tunnelId}/${connector.id}`,
          tunnel,
          connectorId: connector.id,
          details: details.filter(Boolean).join(' · '),
          role: connector.role,
          roleReported: connector.roleReported,
        },
        name: connector.id,
        text: [connector.id, connector.role, tunnel.name, ...details].join(' ').toLowerCase(),
      })
    }
  }
  // Of tunnels whose connectors were not fetched, the list knows the active one.
  for (const tunnel of tunnels) {
    const connectorId = tunnel.activeConnectorId
    if (!connectorId || seen.has(connectorId)) continue
    entries.push({
      found: {
        kind: 'connector',
        id: `${tunnel.id}/${connectorId}`,
        tunnel,
        connectorId,
        details: tunnel.activeColos.join(' · '),
        role: 'active',
        roleReported: null,
      },
      name: connectorId,
      text: [connectorId, 'active', tunnel.name, ...tunnel.activeColos].join(' ').toLowerCase(),
    })
  }
  return entries
}

/** The best matches: every word must occur; what begins with the query comes first. */
export function find(entries: readonly Entry[], query: string, most: number): Found[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  const whole = words.join(' ')
  const rank = ({ name, found }: Entry) =>
    (name.startsWith(whole) ? 0 : name.includes(whole) ? 1 : 2) +
    (found.kind === 'tunnel' ? 0 : 0.5)
  return entries
    .filter(({ text }) => words.every((word) => text.includes(word)))
    .map((entry) => ({ entry, rank: rank(entry) }))
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ entry }) => entry.found)
}
