import * as z from 'zod/mini'
import { CfConfiguration, CfConnectorList, CfTunnel } from '#contract/cloudflare.ts'
import { type Failover, verifyDeadlineMs } from '#contract/failover.ts'
import { toConfiguration, toListedTunnel, toSeenConnectors } from '../cloudflare/translate.ts'
import { diff } from '../poller/diff.ts'
import type { Look } from '../poller/present.ts'
import { activeIdOf, type Sight } from '../poller/sight.ts'
import type { Store } from '../store/open.ts'
import { noEvent } from './advance.ts'
import { loadKeys } from './keys.ts'
import { createRecorder, type Recorder } from './record.ts'

/**
 * A month of history for the first start of the demo: what the simulator says that a watcher saw goes
 * through the same translation and the same recorder as what is seen live, with a clock of its own.
 */

const Line = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('look'),
    at: z.number(),
    tunnel: CfTunnel,
    connectors: CfConnectorList,
    configuration: CfConfiguration,
  }),
  z.object({ type: z.literal('gap'), from: z.number(), to: z.number() }),
  z.object({
    type: z.literal('failover'),
    at: z.number(),
    tunnelId: z.string(),
    fromId: z.string(),
    toId: z.string(),
    by: z.string(),
  }),
  z.object({ type: z.literal('end'), at: z.number() }),
])
type Line = z.infer<typeof Line>
type LookLine = Extract<Line, { type: 'look' }>
type FailoverLine = Extract<Line, { type: 'failover' }>

/** How often the watcher asked: nothing that it tells is less precise. */
const periodMs = 5_000
/** After a gap every tunnel is seen within this long. */
const catchUpMs = 2_000
/** A connector that becomes active within this long of a failover to it became so by that failover. */
const failoverMs = 90_000
const looksAtOnce = 500

/** When the two parts of a tunnel that have intervals were last confirmed. */
type Confirmed = { listed: number; connectors: number }
type Known = { sight: Sight; said: Pick<LookLine, 'tunnel' | 'connectors' | 'configuration'> } & {
  confirmed: Confirmed
}

/** Whether nothing was ever recorded: only then may a past be put in. */
export async function isUnwatched(db: Store): Promise<boolean> {
  return (await db.selectFrom('tunnels').select('key').limit(1).executeTakeFirst()) === undefined
}

/**
 * Records the simulator's replay. Call it in demo mode only, before anything else loads keys or books
 * from the store. Every tunnel ends confirmed at the last moment of the replay, so the live recorder goes
 * on from there without a gap.
 *
 * @param lines of `GET /__simulator/replay`, oldest first; none is no past and records nothing.
 * @throws when a line can't be read, the lines break off, or the store can't be written to. What was
 *   recorded until then stays.
 */
export async function seedDemo(
  { db, newId }: { db: Store; newId: () => string },
  lines: AsyncIterable<string>,
): Promise<void> {
  let seeding: Seeding | null = null
  for await (const text of lines) {
    const line = Line.parse(JSON.parse(text))
    seeding ??= await createSeeding(db, newId, line.type === 'gap' ? line.from : line.at)
    await seeding.take(line)
    if (line.type === 'end') return
  }
  if (seeding) throw new Error('The replay of the demo’s past broke off.')
}

type Seeding = Awaited<ReturnType<typeof createSeeding>>

async function createSeeding(db: Store, newId: () => string, startAt: number) {
  const known = new Map<string, Known>()
  const failovers: Failover[] = []
  let looks: Look[] = []
  /** The stretch without a watcher that not every tunnel has been seen after yet. */
  let gap: { from: number; to: number } | null = null
  let trouble: unknown = null

  const recorder: Recorder = await createRecorder({
    db,
    keys: await loadKeys(db),
    now: () => startAt,
    // The watcher never rests, but where it says so.
    gapMs: () => (gap ? catchUpMs : Number.POSITIVE_INFINITY),
    reason: () => 'tandem-stopped',
    madeBy: (tunnelId, connectorId, at) => {
      const made = failovers.find(
        (one) =>
          one.tunnelId === tunnelId &&
          one.to.connectorId === connectorId &&
          one.requestedAt <= at &&
          at <= one.requestedAt + failoverMs,
      )
      return made ? { by: made.by, failoverId: made.id } : null
    },
    isClockRight: () => true,
    onEvents: () => {},
    onTrouble: (_, error) => {
      trouble = error
    },
  })

  async function take(line: Line) {
    const at = line.type === 'gap' ? line.from : line.at
    if (gap && at > gap.to + catchUpMs) await closeGap(gap)
    switch (line.type) {
      case 'look':
        see(line)
        if (looks.length >= looksAtOnce) await write()
        return
      case 'gap':
        return openGap(line)
      case 'failover':
        return begin(line)
      case 'end':
        return end(line.at)
      default:
        return line satisfies never
    }
  }

  async function write() {
    const batch = looks
    looks = []
    await recorder.record(batch)
    assertWritten()
  }

  function assertWritten() {
    if (trouble) throw new Error('The demo’s past can’t be written down.', { cause: trouble })
  }

  async function log(tunnelId: string | null, event: Parameters<Recorder['log']>[1]) {
    await recorder.log(tunnelId, event)
    assertWritten()
  }

  /** One part after the other, as the poller lands them; a part that says the same needs no landing. */
  function see({ at, tunnel, connectors, configuration }: LookLine) {
    const listed = toListedTunnel(tunnel, tunnel.account_tag ?? '')
    if (!listed) return
    const before = known.get(listed.id)
    const differs = (part: keyof Known['said'], now: unknown) =>
      JSON.stringify(before?.said[part]) !== JSON.stringify(now)
    const one: Known = {
      sight: before?.sight ?? { listed, connectors: null, configuration: null },
      said: { tunnel, connectors, configuration },
      confirmed: before?.confirmed ?? { listed: at, connectors: at },
    }
    const isFirst = before === undefined || (gap !== null && one.confirmed.listed <= gap.from)
    // The watcher asked a period earlier, and saw what it had seen before.
    if (!isFirst) confirm(one, at - periodMs)
    const land = (part: Look['part'], after: Sight) => {
      const last = before || part !== 'listed' ? one.sight : null
      looks.push({ part, before: last, after, changes: diff(last, after), at })
      one.sight = after
      if (part !== 'other') one.confirmed = { ...one.confirmed, [part]: at }
    }
    if (isFirst || differs('tunnel', tunnel)) land('listed', { ...one.sight, listed })
    if (isFirst || differs('connectors', connectors)) {
      const seen = toSeenConnectors(connectors)
      land('connectors', { ...one.sight, connectors: seen.connectors })
    }
    if (differs('configuration', configuration)) {
      const read = toConfiguration(configuration, listed.id, at)
      land('other', { ...one.sight, configuration: read })
    }
    known.set(listed.id, one)
    noticeFailovers(listed.id, one.sight, at)
  }

  /** Seen as it was, at `at` once more. */
  function confirm(one: Known, at: number) {
    for (const part of ['listed', 'connectors'] as const) {
      if (one.confirmed[part] >= at) continue
      const { sight } = one
      looks.push({ part, before: sight, after: sight, changes: [], at })
      one.confirmed = { ...one.confirmed, [part]: at }
    }
  }

  function confirmAll(at: number) {
    for (const one of known.values()) if (one.sight.listed.deletedAt === null) confirm(one, at)
  }

  async function openGap({ from, to }: { from: number; to: number }) {
    confirmAll(from)
    await write()
    gap = { from, to }
    await log(null, { ...noEvent, at: from, kind: 'watching-stopped', from: 'tandem-stopped' })
  }

  async function closeGap({ to }: { to: number }) {
    await write()
    gap = null
    await log(null, { ...noEvent, at: to, kind: 'watching-resumed' })
  }

  async function begin({ at, tunnelId, fromId, toId, by }: FailoverLine) {
    const sight = known.get(tunnelId)?.sight
    if (!sight) return
    const party = (connectorId: string) => {
      const seen = sight.connectors?.find((connector) => connector.id === connectorId)
      return { connectorId, colos: seen?.colos ?? [], version: seen?.version ?? null }
    }
    const failover: Failover = {
      id: newId(),
      tunnelId,
      accountId: sight.listed.accountId,
      tunnelName: sight.listed.name,
      by,
      drill: false,
      reason: null,
      accepted: [],
      state: 'accepted',
      from: party(fromId),
      activeBefore: [fromId],
      to: party(toId),
      requestedAt: at,
      sentAt: at,
      acceptedAt: at,
      demotedAt: null,
      promotedAt: null,
      vacantAt: null,
      vacantMs: null,
      endedAt: null,
      activeNow: [fromId],
      detail: null,
      cloudflare: [],
      afterwards: [],
    }
    failovers.push(failover)
    await log(tunnelId, {
      ...toEntry(failover),
      at,
      kind: 'failover-started',
      to: failover.to.connectorId,
    })
  }

  const toEntry = ({ id, by, from, to }: Failover) => ({
    ...noEvent,
    connectorId: to.connectorId,
    from: from?.connectorId ?? null,
    by,
    failoverId: id,
  })

  /** What a look at the connectors says of the failovers that are under way. */
  function noticeFailovers(tunnelId: string, { connectors }: Sight, at: number) {
    const active = activeIdOf(connectors)
    for (const failover of failovers) {
      if (failover.tunnelId !== tunnelId || failover.endedAt !== null) continue
      if (active !== failover.from?.connectorId) failover.demotedAt ??= at
      failover.activeNow = active === null ? [] : [active]
      if (active !== failover.to.connectorId) continue
      Object.assign(failover, { state: 'confirmed', promotedAt: at, endedAt: at })
    }
  }

  async function end(at: number) {
    confirmAll(at)
    await write()
    await recorder.flush()
    assertWritten()
    for (const failover of failovers) {
      const endedAt = Math.min(failover.requestedAt + verifyDeadlineMs, at)
      if (failover.endedAt === null) Object.assign(failover, { state: 'not-confirmed', endedAt })
      await log(failover.tunnelId, {
        ...toEntry(failover),
        at: failover.endedAt ?? endedAt,
        kind: 'failover-ended',
        to: failover.state,
      })
    }
    if (failovers.length > 0)
      await db.insertInto('failovers').values(failovers.map(toRow)).execute()
  }

  return { take }
}

const toRow = (failover: Failover) => ({
  id: failover.id,
  tunnel_id: failover.tunnelId,
  account_id: failover.accountId,
  running: 0,
  requested_at: failover.requestedAt,
  idempotency_key: null,
  drill: failover.drill ? 1 : 0,
  audit_id: null,
  body: JSON.stringify(failover),
})
