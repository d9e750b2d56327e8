import { randomUUID } from 'node:crypto'
import type { HistoryEvent, UnknownReason } from '#contract/history.ts'
import type { ConnectorRole, TunnelStatus } from '#contract/tunnel.ts'
import type { ListedTunnel, SeenConnector } from '../cloudflare/translate.ts'
import { loadKeys } from '../history/keys.ts'
import { createHistoryReader } from '../history/read.ts'
import { createRecorder } from '../history/record.ts'
import { createMarks } from '../marks/marks.ts'
import type { Look } from '../poller/present.ts'
import { keepSame, type Sight } from '../poller/sight.ts'
import type { Store } from '../store/open.ts'

/**
 * Somebody who watches made-up tunnels: the real recorder and reader on a real store, with a clock of its
 * own and no network. What it sees is told to it in a few words.
 */
export type Watcher = Awaited<ReturnType<typeof startWatcher>>

/** What is to be seen of one tunnel. */
export type Scene = {
  status?: TunnelStatus
  /** The role of each connector, in their order; null: not listed. */
  roles: (ConnectorRole | null)[]
  /** How often each connector has reconnected: another number is another connection. */
  runs?: number[]
  colo?: string
  deletedAt?: number | null
}

export const tunnelIdOf = (n: number) => `6f000000-0000-4000-8000-${String(n).padStart(12, '0')}`
export const connectorIdOf = (tunnel: number, n: number) =>
  `c${String(n).padStart(7, '0')}-0000-4000-8000-${String(tunnel).padStart(12, '0')}`
const connectionIdOf = (tunnel: number, n: number, run: number) =>
  `d${String(n).padStart(7, '0')}-${String(Math.floor(run / 1000)).padStart(4, '0')}-4000-8${String(run % 1000).padStart(3, '0')}-${String(tunnel).padStart(12, '0')}`

export const toListed = (n: number, { status = 'healthy', deletedAt = null }: Scene, bornAt = 1) =>
  ({
    id: tunnelIdOf(n),
    accountId: 'a'.repeat(32),
    name: `tunnel-${n}`,
    status,
    statusReported: null,
    tunType: 'warp_connector',
    createdAt: bornAt,
    deletedAt,
    connsActiveAt: null,
    connsInactiveAt: null,
    metadata: null,
  }) satisfies ListedTunnel

export const toConnectors = (tunnel: number, { roles, runs = [], colo = 'lhr01' }: Scene) =>
  roles.flatMap((role, n): SeenConnector[] => {
    if (role === null) return []
    const connection = {
      id: connectionIdOf(tunnel, n, runs[n] ?? 0),
      colo,
      originIp: `198.51.100.${n}`,
      openedAt: null,
      clientVersion: '2026.10.1',
      pendingReconnect: null,
    }
    return [
      {
        id: connectorIdOf(tunnel, n),
        role,
        roleReported: null,
        version: '2026.10.1',
        arch: 'amd64',
        features: null,
        runAt: null,
        connections: role === 'offline' ? [] : [connection],
        colos: role === 'offline' ? [] : [colo],
        originIps: role === 'offline' ? [] : [`198.51.100.${n}`],
      },
    ]
  })

export async function startWatcher(db: Store, startAt: number, { gapMs = 15_000 } = {}) {
  let at = startAt
  let reason: UnknownReason = 'not-confirmed'
  let isClockRight = true
  const told: HistoryEvent[] = []
  const troubles: (number | null)[] = []
  const keys = await loadKeys(db)
  const recorder = await createRecorder({
    db,
    keys,
    now: () => at,
    gapMs: () => gapMs,
    reason: () => reason,
    madeBy: () => null,
    isClockRight: () => isClockRight,
    onEvents: (events) => told.push(...events),
    onTrouble: (since) => troubles.push(since),
  })
  const marks = await createMarks({
    db,
    keys,
    now: () => at,
    after: () => () => {},
    newId: randomUUID,
    log: recorder.log,
    tell: () => {},
  })
  const reader = createHistoryReader({
    db,
    keys,
    now: () => at,
    books: recorder.books,
    gapMs: () => gapMs,
    reason: recorder.reasonSince,
    nameOf: (tunnelId) => recorder.books().get(tunnelId)?.sight?.listed.name ?? null,
    marks,
  })
  const sights = new Map<string, Sight>()
  for (const [id, { sight }] of recorder.books()) if (sight) sights.set(id, sight)

  /** Looks at the listing, then at the connectors, as the poller lands them. */
  function toLooks(tunnel: number, scene: Scene): Look[] {
    const id = tunnelIdOf(tunnel)
    const before = sights.get(id) ?? null
    const listed = keepSame(before?.listed, toListed(tunnel, scene))
    const connectors = keepSame(before?.connectors ?? undefined, toConnectors(tunnel, scene))
    const first: Sight = {
      listed,
      connectors: before?.connectors ?? null,
      configuration: before?.configuration ?? null,
    }
    const second: Sight = { ...first, connectors }
    sights.set(id, second)
    const common = { changes: [], at }
    if (listed.deletedAt !== null) return [{ part: 'listed', before, after: first, ...common }]
    return [
      { part: 'listed', before, after: first, ...common },
      { part: 'connectors', before: first, after: second, ...common },
    ]
  }

  return {
    db,
    keys,
    recorder,
    reader,
    told,
    /** Since when it said that nothing is recorded; null: that it is again. */
    troubles,
    now: () => at,
    toLooks,
    pass(ms: number) {
      at += ms
    },
    jump(to: number) {
      at = to
    },
    because(why: UnknownReason) {
      reason = why
    },
    /** What Cloudflare's clock says of this one. */
    trustClock(is: boolean) {
      isClockRight = is
    },
    async see(tunnel: number, scene: Scene) {
      await recorder.record(toLooks(tunnel, scene))
    },
    /** Sees the same again and again, every 5 s. */
    async keepSeeing(tunnel: number, scene: Scene, ms: number) {
      const until = at + ms
      for (;;) {
        await recorder.record(toLooks(tunnel, scene))
        if (at >= until) return
        at = Math.min(at + 5_000, until)
      }
    },
    async window(tunnel: number, from: number, to: number, options = {}) {
      const history = await reader.history(tunnelIdOf(tunnel), { from, to }, options)
      if (!history) throw new Error(`There is no history of tunnel ${tunnel}.`)
      return history
    },
  }
}
