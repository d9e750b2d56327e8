import type { ConnectorRole, FoundConnector, Tunnel } from '#contract/tunnel.ts'

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

type Entry = { found: Found; text: string; names: readonly string[] }

/**
 * Everything that can be found, with the text it is found by.
 *
 * @param connectors those that the proxy found the words in, of whichever tunnels
 */
export function findables(
  tunnels: readonly Tunnel[],
  connectors: readonly FoundConnector[],
): Entry[] {
  const byId = new Map(tunnels.map((tunnel) => [tunnel.id, tunnel]))
  const entries: Entry[] = tunnels.map((tunnel) => ({
    found: { kind: 'tunnel', id: tunnel.id, tunnel },
    names: [tunnel.name.toLowerCase(), tunnel.id],
    text: [tunnel.name, tunnel.id, tunnel.accountId, ...tunnel.colos, ...tunnel.tags]
      .join(' ')
      .toLowerCase(),
  }))
  const seen = new Set(connectors.map(({ id }) => id))
  // The list knows the active ones, also while nothing answers.
  const active = tunnels.flatMap(({ id, activeConnectorId, activeColos }): FoundConnector[] =>
    activeConnectorId === null || seen.has(activeConnectorId)
      ? []
      : [
          {
            id: activeConnectorId,
            tunnelId: id,
            role: 'active',
            roleReported: null,
            version: null,
            colos: activeColos,
            originIps: [],
          },
        ],
  )
  for (const connector of [...connectors, ...active]) {
    const tunnel = byId.get(connector.tunnelId)
    if (!tunnel) continue
    const { id, role, roleReported } = connector
    const details = [...connector.colos, ...connector.originIps, connector.version ?? '']
    entries.push({
      found: {
        kind: 'connector',
        id: `${tunnel.id}/${id}`,
        tunnel,
        connectorId: id,
        details: details.filter(Boolean).join(' · '),
        role,
        roleReported,
      },
      names: [id],
      text: [id, role, tunnel.name, ...details].join(' ').toLowerCase(),
    })
  }
  return entries
}

/** The best matches: every word must occur; a name or an id that begins with the query comes first. */
export function find(entries: readonly Entry[], query: string, most: number): Found[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  const whole = words.join(' ')
  const rank = ({ names, found }: Entry) =>
    (names.some((name) => name.startsWith(whole))
      ? 0
      : names.some((name) => name.includes(whole))
        ? 1
        : 2) + (found.kind === 'tunnel' ? 0 : 0.5)
  return entries
    .filter(({ text }) => words.every((word) => text.includes(word)))
    .map((entry) => ({ entry, rank: rank(entry) }))
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ entry }) => entry.found)
}
