import type { Store } from '../store/open.ts'

/**
 * Short keys for long ids and repeated words. Given out here, by the one process that writes; those that
 * are new are written together with the rows that use them.
 */
export type Keys = Awaited<ReturnType<typeof loadKeys>>

export async function loadKeys(db: Store) {
  const tunnels = new Map<string, { key: number; accountId: string; watchedSince: number }>()
  const tunnelIds = new Map<number, string>()
  const connectors = new Map<string, number>()
  const connectorIds = new Map<number, string>()
  const words = new Map<string, number>()
  const texts = new Map<number, string>()
  for (const row of await db.selectFrom('tunnels').selectAll().execute()) {
    tunnels.set(row.tunnel_id, {
      key: row.key,
      accountId: row.account_id,
      watchedSince: Number(row.watched_since),
    })
    tunnelIds.set(row.key, row.tunnel_id)
  }
  for (const row of await db.selectFrom('connectors').selectAll().execute()) {
    connectors.set(`${row.tunnel}/${row.connector_id}`, row.key)
    connectorIds.set(row.key, row.connector_id)
  }
  for (const row of await db.selectFrom('words').selectAll().execute()) {
    words.set(row.word, row.key)
    texts.set(row.key, row.word)
  }
  const last = { tunnel: most(tunnelIds), connector: most(connectorIds), word: most(texts) }
  let fresh = emptyFresh()

  function tunnel(tunnelId: string, accountId: string, at: number): number {
    const known = tunnels.get(tunnelId)
    if (known) return known.key
    last.tunnel += 1
    const key = last.tunnel
    tunnels.set(tunnelId, { key, accountId, watchedSince: at })
    tunnelIds.set(key, tunnelId)
    fresh.tunnels.push({ key, tunnel_id: tunnelId, account_id: accountId, watched_since: at })
    return key
  }

  function connector(tunnelKey: number, connectorId: string): number {
    const name = `${tunnelKey}/${connectorId}`
    const known = connectors.get(name)
    if (known !== undefined) return known
    last.connector += 1
    const key = last.connector
    connectors.set(name, key)
    connectorIds.set(key, connectorId)
    fresh.connectors.push({ key, tunnel: tunnelKey, connector_id: connectorId })
    return key
  }

  function word(text: string): number {
    const known = words.get(text)
    if (known !== undefined) return known
    last.word += 1
    const key = last.word
    words.set(text, key)
    texts.set(key, text)
    fresh.words.push({ key, word: text })
    return key
  }

  return {
    tunnel,
    connector,
    word,
    /** Keys for something that may be missing. */
    maybeWord: (text: string | null) => (text === null ? null : word(text)),
    /** What must be written with the next rows. Handed out until `written` says that it was. */
    unwritten: () => fresh,
    written: () => {
      fresh = emptyFresh()
    },
    /** A tunnel, with its connectors, whose rows are gone. */
    forget: (tunnelId: string) => {
      const key = tunnels.get(tunnelId)?.key ?? -1
      tunnels.delete(tunnelId)
      tunnelIds.delete(key)
      for (const [name, connectorKey] of connectors) {
        if (!name.startsWith(`${key}/`)) continue
        connectors.delete(name)
        connectorIds.delete(connectorKey)
      }
    },
    known: (tunnelId: string) => tunnels.get(tunnelId) ?? null,
    /** The key of a connector that is on record; -1, which none has, for any other. */
    connectorKey: (tunnelKey: number, connectorId: string) =>
      connectors.get(`${tunnelKey}/${connectorId}`) ?? -1,
    tunnelIds: () => [...tunnels.keys()],
    tunnelOf: (key: number) => tunnelIds.get(key) ?? null,
    connectorOf: (key: number | null) => (key === null ? null : (connectorIds.get(key) ?? null)),
    textOf: (key: number | null) => (key === null ? null : (texts.get(key) ?? null)),
  }
}

const most = (map: Map<number, string>) => {
  let found = 0
  for (const key of map.keys()) found = Math.max(found, key)
  return found
}

const emptyFresh = () => ({
  tunnels: [] as { key: number; tunnel_id: string; account_id: string; watched_since: number }[],
  connectors: [] as { key: number; tunnel: number; connector_id: string }[],
  words: [] as { key: number; word: string }[],
})
