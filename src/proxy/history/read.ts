import { type ExpressionBuilder, sql } from 'kysely'
import {
  type ActivityPage,
  type Cause,
  type ConnectionLife,
  type EventKind,
  eventKinds,
  type HistoryEvent,
  type HistorySummary,
  type Interval,
  type LaneKind,
  mostIntervals,
  type RoleLane,
  stripBuckets,
  type TunnelHistory,
  type TunnelSummary,
  type UnknownReason,
} from '#contract/history.ts'
import type { Mark, Window } from '#contract/marks.ts'
import { haOf } from '../poller/sight.ts'
import type { Store } from '../store/open.ts'
import type { Schema } from '../store/schema.ts'
import { type Book, isConnector, type Span } from './advance.ts'
import type { Keys } from './keys.ts'
import { merged, outside } from './outside.ts'
import { causeList, type GapMs, laneKinds, tandemKey, toConnectionId, toSpan } from './record.ts'
import { downsample, type Edge, lengthOf, toIntervals, toStrip } from './window.ts'

/** Windows, summaries and the log, out of the rows. */
export type HistoryReader = ReturnType<typeof createHistoryReader>

export type HistoryReaderDeps = {
  db: Store
  keys: Keys
  now: () => number
  books: () => Map<string, Book>
  gapMs: GapMs
  /** Why nothing is known of a tunnel of that account since that confirmation. */
  reason: (confirmedAt: number | null, accountId: string | null) => UnknownReason
  nameOf: (tunnelId: string) => string | null
  /** What people said of a stretch, and when they announced maintenance. */
  marks: {
    ofTunnel: (tunnelId: string, range: Window) => Promise<Mark[]>
    windowsOf: (tunnelId: string) => Window[]
  }
}

type Range = { from: number; to: number }
type Counts = { roleChanges: number; reconnects: number; lastHour: number }
/** By tunnel, how often another connector became the active one. */
type Switches = ReadonlyMap<number, { inWindow: number; lastHour: number }>

const lastHourOf = ({ to }: Range): Range => ({ from: to - 3_600_000, to })
const switched = eventKinds.indexOf('active-changed')

/** Connectors of a window that comes in buckets, unless more than these are there. */
const mostLanes = 48
/** Ninety days with twenty reconnects a day. */
const mostLives = 2000
const mostEvents = 2000
/** What the pictures and figures are about: no number of connections that come and go displaces it. */
const tellingKinds: EventKind[] = [
  'active-changed',
  'no-active-began',
  'no-active-ended',
  'several-active-began',
  'several-active-ended',
  'failover-started',
  'failover-ended',
  'failover-after',
]
const tellingPlaces = tellingKinds.map((kind) => eventKinds.indexOf(kind))
/** Rows that an export holds at once. */
const pageRows = 1000
/** Tunnels in one query of a summary: between them others get their turn. */
const tunnelsAtOnce = 25

/** A piece of a tunnel's window: what its page has, of one kind at a time. */
export type HistoryPage = Pick<
  TunnelHistory,
  'status' | 'active' | 'connections' | 'marks' | 'events'
> & { lanes: Pick<RoleLane, 'connectorId' | 'intervals'>[] }
const emptyPage: HistoryPage = {
  status: [],
  active: [],
  lanes: [],
  connections: [],
  marks: [],
  events: [],
}

export function createHistoryReader(deps: HistoryReaderDeps) {
  const { db, keys, now } = deps

  function edgeOf(tunnelId: string, range: Range, part: 'listed' | 'connectors'): Edge {
    const book = deps.books().get(tunnelId)
    const confirmedAt = (part === 'listed' ? book?.listedAt : book?.seenAt) ?? null
    const accountId = keys.known(tunnelId)?.accountId ?? null
    return {
      ...range,
      now: now(),
      confirmedAt,
      // What is not on disk may contradict the last state that is.
      gapMs: book?.isBehind ? 0 : deps.gapMs(part, book?.sight ? haOf(book.sight) : null),
      reason: book?.isBehind ? 'not-recorded' : deps.reason(confirmedAt, accountId),
    }
  }

  const spansOf = (kinds: number[], tunnels: number[], { from, to }: Range) =>
    db
      .selectFrom('spans')
      .selectAll()
      .where('kind', 'in', kinds)
      .where('tunnel', 'in', tunnels)
      .where('began_at', '<', to)
      .where((eb) => eb.or([eb('until_at', 'is', null), eb('until_at', '>', from)]))
      .orderBy('kind')
      .orderBy('tunnel')
      .orderBy('began_at')
      .execute()

  /**
   * One tunnel's window.
   *
   * @param options.whole never down-sampled, for exports.
   * @returns null for a tunnel that Tandem never recorded.
   */
  async function history(
    tunnelId: string,
    range: Range,
    { connectorId, whole = false }: { connectorId?: string | undefined; whole?: boolean } = {},
  ): Promise<TunnelHistory | null> {
    const known = keys.known(tunnelId)
    if (!known) return null
    const rows = await spansOf(Object.values(laneKinds), [known.key], range)
    const spans = rows.map((row) => toSpan(keys, row)).filter((span) => span !== null)
    const listed = edgeOf(tunnelId, range, 'listed')
    const seen = edgeOf(tunnelId, range, 'connectors')
    const status = toIntervals(
      spans.filter((span) => span.lane === 'status'),
      listed,
    )
    const active = toIntervals(
      spans.filter((span) => span.lane === 'active'),
      seen,
    )
    const reconnects = await reconnectsByConnector(known.key, range)
    const begin = beginOf(tunnelId, range, status)
    // Nobody saw it join: it may have been there from the beginning.
    const unseenMs = ([first]: Interval[]) =>
      first && first.precisionMs === null ? Math.max(0, first.from - begin) : 0
    const lanes = toLanes(spans, seen)
      .filter((lane) => !connectorId || lane.connectorId === connectorId)
      .map((lane) => ({
        ...lane,
        totalMs: unseenMs(lane.intervals) + lengthOf(lane.intervals, () => true),
        observedMs: lengthOf(lane.intervals, isObserved),
        activeMs: lengthOf(lane.intervals, (one) => isObserved(one) && one.value === 'active'),
        reconnects: reconnects.get(lane.connectorId) ?? 0,
      }))
    const switches = await countSwitches(range, known.key)
    const counts = await countChanges([known.key], range, switches)
    const { bucketMs, shown, lean } = whole
      ? asItIs(lanes)
      : leanerIfNeeded([status, active], lanes, range)
    const connector = connectorId === undefined ? null : keys.connectorKey(known.key, connectorId)
    const lives = await livesOf(known.key, range, connector, whole)
    const events = await eventsOf(known.key, range, connector, whole)
    const cut = whole ? undefined : lives[mostLives]
    return {
      tunnelId,
      ...range,
      at: now(),
      watchedSince: known.watchedSince,
      bucketMs,
      status: lean('status', status),
      active: lean('active', active),
      lanes: shown.map((lane) => ({ ...lane, intervals: lean('role', lane.intervals) })),
      lanesLeftOut: lanes.length - shown.length,
      summary: summarise(tunnelId, range, status, active, counts(known.key)),
      changeCauses: await changeCauses(known.key, range),
      connections: (whole ? lives : lives.slice(0, mostLives)).toSorted(
        (a, b) => a.openedAt - b.openedAt,
      ),
      connectionsFrom: cut ? (cut.closedAt ?? now()) : null,
      events: events.list,
      marks: await deps.marks.ofTunnel(tunnelId, range),
      truncated: cut !== undefined || events.isCut,
    }
  }

  /** Those that lived until last come first: what is cut off had closed before all that is not. */
  async function livesOf(
    tunnel: number,
    { from, to }: Range,
    connector: number | null,
    whole: boolean,
  ) {
    const rows = await db
      .selectFrom('lives')
      .selectAll()
      .where('tunnel', '=', tunnel)
      .where('opened_at', '<', to)
      .where((eb) => eb.or([eb('closed_at', 'is', null), eb('closed_at', '>', from)]))
      .$if(connector !== null, (select) => select.where('connector', '=', connector ?? -1))
      .orderBy((eb) => eb.fn.coalesce('closed_at', eb.val(Number.MAX_SAFE_INTEGER)), 'desc')
      .$if(!whole, (select) => select.limit(mostLives + 1))
      .execute()
    const seenAt = deps.books().get(keys.tunnelOf(tunnel) ?? '')?.seenAt ?? null
    return rows.map((row) => toLife(row, seenAt))
  }

  function toLife(row: Schema['lives'], seenAt: number | null): ConnectionLife {
    const closedAt = row.closed_at === null ? null : Number(row.closed_at)
    return {
      connectorId: keys.connectorOf(row.connector) ?? '',
      connectionId: toConnectionId(row.connection),
      colo: keys.textOf(row.colo),
      originIp: keys.textOf(row.origin_ip),
      version: keys.textOf(row.version),
      openedAt: Number(row.opened_at),
      source: row.reported === 1 ? 'reported' : 'observed',
      closedAt,
      lastSeenAt: closedAt ?? seenAt ?? Number(row.opened_at),
      precisionMs: maybeNumber(row.precision_ms),
    }
  }

  /** The log of a window, newest last; what is too much is left out from its beginning. */
  async function eventsOf(
    tunnel: number,
    { from, to }: Range,
    connector: number | null,
    whole: boolean,
  ) {
    const select = db
      .selectFrom('events')
      .selectAll()
      .where('tunnel', 'in', [tandemKey, tunnel])
      .where('at', '>=', from)
      .where('at', '<', to)
      .$if(connector !== null, (query) =>
        query.where((eb) =>
          eb.or([
            eb('connector', 'is', null),
            eb('connector', '=', connector ?? -1),
            // Whose it became: it tells of the one that lost it too, and of the active lane.
            eb('kind', '=', switched),
          ]),
        ),
      )
      .orderBy('at', 'desc')
      .orderBy('seq', 'desc')
      .$if(!whole, (query) => query.limit(mostEvents + 1))
    const telling = await select.where('kind', 'in', tellingPlaces).execute()
    const others = await select.where('kind', 'not in', tellingPlaces).execute()
    const first = whole ? telling : telling.slice(0, mostEvents)
    const rest = whole ? others : others.slice(0, mostEvents - first.length)
    return {
      list: [...first, ...rest]
        .toSorted((a, b) => Number(a.at) - Number(b.at) || a.seq - b.seq)
        .map((row) => toEvent(row)),
      isCut: first.length < telling.length || rest.length < others.length,
    }
  }

  async function changeCauses(tunnel: number, { from, to }: Range): Promise<Record<Cause, number>> {
    const rows = await db
      .selectFrom('events')
      .select(['cause', (eb) => eb.fn.countAll<number>().as('count')])
      .where('tunnel', '=', tunnel)
      .where('at', '>=', from)
      .where('at', '<', to)
      .where('kind', '=', switched)
      .groupBy('cause')
      .execute()
    const causes = { manual: 0, automatic: 0, unknown: 0 }
    for (const { cause, count } of rows)
      causes[causeList[cause ?? -1] ?? 'unknown'] += Number(count)
    return causes
  }

  function toEvent(row: Schema['events']): HistoryEvent {
    const tunnelId = row.tunnel === tandemKey ? null : keys.tunnelOf(row.tunnel)
    return {
      id: `${row.tunnel}-${row.at}-${row.seq}`,
      at: Number(row.at),
      tunnelId,
      tunnelName: tunnelId === null ? null : deps.nameOf(tunnelId),
      kind: eventKinds[row.kind] ?? 'watching-resumed',
      connectorId: keys.connectorOf(row.connector),
      from: keys.textOf(row.from_word),
      to: keys.textOf(row.to_word),
      cause: row.cause === null ? null : (causeList[row.cause] ?? null),
      by: keys.textOf(row.by_word),
      failoverId: row.failover_id,
      note: keys.textOf(row.note),
      precisionMs: maybeNumber(row.precision_ms),
    }
  }

  /** The connections of one connector that were open at some time since then. */
  async function livesSince(tunnelId: string, connectorId: string, from: number) {
    const known = keys.known(tunnelId)
    if (!known) return []
    const connector = keys.connectorKey(known.key, connectorId)
    return livesOf(known.key, { from, to: Number.MAX_SAFE_INTEGER }, connector, false)
  }

  /** When the active connector last became another one, whoever did it; null: not since then. */
  async function switchedAt(tunnelId: string, from: number): Promise<number | null> {
    const known = keys.known(tunnelId)
    if (!known) return null
    const row = await db
      .selectFrom('events')
      .select('at')
      .where('tunnel', '=', known.key)
      .where('at', '>=', from)
      .where('kind', '=', switched)
      .orderBy('at', 'desc')
      .limit(1)
      .executeTakeFirst()
    return row ? Number(row.at) : null
  }

  /** When this connector was last the active one and ceased to be; null: it is, or it never was. */
  async function ceasedAt(tunnelId: string, connectorId: string): Promise<number | null> {
    const known = keys.known(tunnelId)
    if (!known) return null
    const rows = await spansOf([laneKinds.active], [known.key], {
      from: 0,
      to: Number.MAX_SAFE_INTEGER,
    })
    const last = rows.findLast((row) => keys.textOf(row.value) === connectorId)
    return last?.until_at == null ? null : Number(last.until_at)
  }

  /**
   * The figures of every tunnel that was there in a window, in small portions so that nobody waits for it.
   *
   * @param withStrips false: the figures alone, with empty strips
   */
  async function summary(range: Range, withStrips = true): Promise<HistorySummary> {
    const tunnels: TunnelSummary[] = []
    const ids = keys.tunnelIds().filter((id) => {
      const deletedAt = deps.books().get(id)?.sight?.listed.deletedAt ?? null
      return deletedAt === null || deletedAt > range.from
    })
    const switches = await countSwitches(range, null)
    for (let at = 0; at < ids.length; at += tunnelsAtOnce) {
      const some = ids.slice(at, at + tunnelsAtOnce)
      tunnels.push(...(await summariesOf(some, range, switches, withStrips)))
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
    return { ...range, tunnels }
  }

  /**
   * The status or the active lane of some tunnels. A lane without subjects is one row after the other, so
   * the one that reaches into the window is the last that began before it: found by the key, however long
   * the history is.
   *
   * @param only leave out those that begin in the window with another value; null: none of them
   */
  async function plainSpansOf(
    kind: number,
    tunnels: number[],
    { from, to }: Range,
    only: string | null,
  ) {
    const carried = await db
      .selectFrom('tunnels as t')
      .select((eb) => {
        const last = eb
          .selectFrom('spans as b')
          .where('b.kind', '=', kind)
          .whereRef('b.tunnel', '=', 't.key')
          .where('b.began_at', '<', from)
          .orderBy('b.began_at', 'desc')
          .limit(1)
        return [
          't.key as tunnel',
          last.select('b.began_at').as('began_at'),
          last.select('b.value').as('value'),
          last.select('b.reported').as('reported'),
          last.select('b.until_at').as('until_at'),
        ]
      })
      .where('t.key', 'in', tunnels)
      .execute()
    const begun = await db
      .selectFrom('spans')
      .select(['tunnel', 'began_at', 'value', 'reported', 'until_at'])
      .where('kind', '=', kind)
      .where('tunnel', 'in', tunnels)
      .where('began_at', '>=', from)
      .where('began_at', '<', to)
      .$if(only !== null, (select) =>
        select.where('value', '=', (eb) =>
          eb.selectFrom('words').select('key').where('word', '=', only),
        ),
      )
      .orderBy('tunnel')
      .orderBy('began_at')
      .execute()
    return [...carried, ...begun]
  }

  async function plainLanes(
    lane: 'status' | 'active',
    tunnels: number[],
    range: Range,
    only: string | null = null,
  ) {
    const lanes = new Map<number, Span[]>(tunnels.map((key) => [key, []]))
    for (const row of await plainSpansOf(laneKinds[lane], tunnels, range, only)) {
      const value = keys.textOf(row.value)
      // A tunnel without anything before the window has nothing to carry in.
      if (value === null || row.began_at === null) continue
      lanes.get(row.tunnel)?.push({
        lane,
        from: Number(row.began_at),
        to: row.until_at === null ? null : Number(row.until_at),
        value,
        source: row.reported === 1 ? 'reported' : 'observed',
        precisionMs: null,
        reason: null,
      })
    }
    return lanes
  }

  async function summariesOf(
    ids: string[],
    range: Range,
    switches: Switches,
    withStrips = true,
  ): Promise<TunnelSummary[]> {
    const keyed = ids.flatMap((id) => keys.known(id)?.key ?? [])
    const statuses = await plainLanes('status', keyed, range)
    // Without strips nobody asks who was active: months of a busy fleet are a hundred thousand rows of that.
    const actives = await plainLanes('active', keyed, range, withStrips ? null : 'none')
    const counts = await countChanges(keyed, range, switches)
    return ids.map((tunnelId) => {
      const key = keys.known(tunnelId)?.key ?? tandemKey
      const status = toIntervals(statuses.get(key) ?? [], edgeOf(tunnelId, range, 'listed'))
      const active = toIntervals(actives.get(key) ?? [], edgeOf(tunnelId, range, 'connectors'))
      return summarise(tunnelId, range, status, active, counts(key), withStrips)
    })
  }

  /** When a window begins that the tunnel was there in. */
  function beginOf(tunnelId: string, range: Range, [first]: Interval[]): number {
    const listed = deps.books().get(tunnelId)?.sight?.listed
    return Math.max(range.from, listed?.createdAt ?? first?.from ?? range.from)
  }

  function summarise(
    tunnelId: string,
    range: Range,
    status: Interval[],
    active: Interval[],
    counts: Counts,
    withStrips = true,
  ): TunnelSummary {
    const listed = deps.books().get(tunnelId)?.sight?.listed
    const begin = beginOf(tunnelId, range, status)
    const end = Math.min(range.to, listed?.deletedAt ?? range.to, now())
    const observedMs = lengthOf(status, isObserved)
    const windows = merged(deps.marks.windowsOf(tunnelId), { from: begin, to: end })
    const apart = windows.length > 0 ? outside(status, windows) : null
    const none = active.filter((interval) => interval.value === 'none')
    return {
      tunnelId,
      totalMs: Math.max(0, end - begin),
      observedMs,
      upMs: lengthOf(status, isUp),
      availability: availabilityOf(status),
      maintenanceMs: windows.reduce((sum, { from, to }) => sum + to - from, 0),
      availabilityOutside: apart && availabilityOf(apart),
      observedOutsideMs: apart && lengthOf(apart, isObserved),
      noActiveMs: lengthOf(none, () => true),
      noActiveTimes: none.length,
      longestNoActiveMs: Math.max(0, ...none.map((interval) => interval.to - interval.from)),
      roleChanges: counts.roleChanges,
      reconnects: counts.reconnects,
      flapsLastHour: counts.lastHour,
      ...(withStrips ? stripsOf(range, status, active) : { strip: '', activeStrip: '' }),
    }
  }

  function stripsOf(range: Range, status: Interval[], active: Interval[]) {
    const actives = [...new Set(active.map((interval) => interval.value))].filter(isConnector)
    return {
      strip: toStrip('status', status, range, stripBuckets),
      activeStrip: toStrip('active', active, range, stripBuckets, (value) =>
        value === 'none'
          ? '-'
          : value === 'several'
            ? '+'
            : value === 'unknown'
              ? 'u'
              : String.fromCharCode(97 + (actives.indexOf(value) % 20)),
      ),
    }
  }

  /** Connections opened in a window and its switches, and what counts as flapping in its last hour. */
  async function countChanges(tunnels: number[], range: Range, switches: Switches) {
    const reconnects = await countOpened(tunnels, range)
    const recent = await countOpened(tunnels, lastHourOf(range), { again: true })
    return (tunnel: number): Counts => ({
      roleChanges: switches.get(tunnel)?.inWindow ?? 0,
      reconnects: reconnects.get(tunnel) ?? 0,
      lastHour: (recent.get(tunnel) ?? 0) + (switches.get(tunnel)?.lastHour ?? 0),
    })
  }

  /**
   * How often another connector became the active one, as the log has it: who was it before a window that begins
   * without one, or unwatched, its lane does not tell.
   *
   * @param tunnel null: of all, which the index of the kind holds together
   */
  async function countSwitches(range: Range, tunnel: number | null): Promise<Switches> {
    const { from: hourFrom, to } = lastHourOf(range)
    // Of one tunnel not along the index of the kind, which goes through those of all.
    const kind = tunnel === null ? sql.ref<number>('kind') : sql<number>`+kind`
    const rows = await db
      .selectFrom('events')
      .select([
        'tunnel',
        sql<number>`sum(at >= ${range.from})`.as('inWindow'),
        sql<number>`sum(at >= ${hourFrom})`.as('lastHour'),
      ])
      .where('at', '>=', Math.min(range.from, hourFrom))
      .where('at', '<', to)
      .where(kind, '=', switched)
      .$if(tunnel !== null, (select) => select.where('tunnel', '=', tunnel ?? tandemKey))
      .groupBy('tunnel')
      .execute()
    return new Map(rows.map(({ tunnel: key, ...counts }) => [key, counts]))
  }

  async function reconnectsByConnector(tunnel: number, { from, to }: Range) {
    const rows = await db
      .selectFrom('lives')
      .select(['connector', (eb) => eb.fn.countAll<number>().as('count')])
      .where('tunnel', '=', tunnel)
      .where('opened_at', '>=', from)
      .where('opened_at', '<', to)
      .groupBy('connector')
      .execute()
    return new Map(rows.map((row) => [keys.connectorOf(row.connector), Number(row.count)]))
  }

  /** @param options.again only where an earlier connection of the same connector had ended. */
  async function countOpened(
    tunnels: number[],
    { from, to }: Range,
    { again = false } = {},
  ): Promise<Map<number, number>> {
    const rows = await db
      .selectFrom('lives as l')
      .select(['l.tunnel', (eb) => eb.fn.countAll<number>().as('count')])
      .where('l.tunnel', 'in', tunnels)
      .where('l.opened_at', '>=', from)
      .where('l.opened_at', '<', to)
      .$if(again, (select) =>
        select.where((eb) =>
          eb.exists(
            eb
              .selectFrom('lives as e')
              .select('e.tunnel')
              .whereRef('e.tunnel', '=', 'l.tunnel')
              .whereRef('e.connector', '=', 'l.connector')
              .whereRef('e.opened_at', '<', 'l.opened_at')
              .whereRef('e.closed_at', '<=', 'l.opened_at'),
          ),
        ),
      )
      .groupBy('l.tunnel')
      .execute()
    return new Map(rows.map((row) => [row.tunnel, Number(row.count)]))
  }

  /**
   * The log of all tunnels, newest first. Of each kind it is one walk along an index, merged with the others:
   * what it costs is what it answers, not what lies between. For several tunnels the walk passes over the others;
   * their connections, most of a log, are kinds of their own, for which a wall does not ask.
   *
   * @param query.tunnelIds at least one.
   * @param query.connectorId one of the tunnel's, which must be given with it and alone.
   * @param query.kinds at least one.
   * @param query.cursor `at-tunnel-seq` of the last one that is already known.
   */
  async function activity(query: {
    from: number
    to: number
    tunnelIds?: readonly string[] | undefined
    connectorId?: string | undefined
    kinds?: EventKind[] | undefined
    cursor?: [number, number, number] | undefined
    limit: number
  }): Promise<ActivityPage> {
    const { cursor, connectorId } = query
    const kinds = [...new Set(query.kinds ?? eventKinds)].map((kind) => eventKinds.indexOf(kind))
    const tunnels = query.tunnelIds?.map((id) => keys.known(id)?.key ?? -1) ?? []
    const all = db
      .selectFrom('events')
      .selectAll()
      .where('at', '>=', query.from)
      .where('at', '<', cursor ? Math.min(query.to, cursor[0] + 1) : query.to)
      .$if(cursor !== undefined, (select) => select.where(before(cursor ?? [0, 0, 0])))
      .$if(tunnels.length > 1, (select) => select.where('tunnel', 'in', tunnels))
    const [tunnel = null] = tunnels.length === 1 ? tunnels : []
    const connector =
      tunnel === null || connectorId === undefined ? null : keys.connectorKey(tunnel, connectorId)
    const select =
      tunnel === null
        ? kinds
            .map((kind) => all.where('kind', '=', kind))
            .reduce((one, next) => one.unionAll(next))
        : all
            .where('tunnel', '=', tunnel)
            .$if(connector !== null, (select) => select.where('connector', '=', connector ?? -1))
            .$if(query.kinds !== undefined, (select) => select.where('kind', 'in', kinds))
    const rows = await select
      .orderBy('at', 'desc')
      .orderBy('tunnel', 'desc')
      .orderBy('seq', 'desc')
      .limit(query.limit + 1)
      .execute()
    const shown = rows.slice(0, query.limit)
    const last = shown.at(-1)
    return {
      events: shown.map(toEvent),
      cursor: rows.length > query.limit && last ? `${last.at}-${last.tunnel}-${last.seq}` : null,
    }
  }

  /**
   * A tunnel's window for an export: cut at its edges and nowhere else, a thousand rows at a time, however long
   * it is.
   */
  async function* pages(tunnelId: string, range: Range): AsyncGenerator<HistoryPage> {
    const known = keys.known(tunnelId)
    if (!known) return
    // One edge for all of it: what happens while somebody reads is not in it.
    const listed = edgeOf(tunnelId, range, 'listed')
    const seen = edgeOf(tunnelId, range, 'connectors')
    for await (const spans of spanPages(laneKinds.status, known.key, range))
      yield { ...emptyPage, status: toIntervals(spans, listed) }
    for await (const spans of spanPages(laneKinds.active, known.key, range))
      yield { ...emptyPage, active: toIntervals(spans, seen) }
    for await (const spans of spanPages(laneKinds.role, known.key, range))
      yield { ...emptyPage, lanes: toLanes(spans, seen) }
    for await (const connections of lifePages(known.key, range)) yield { ...emptyPage, connections }
    yield { ...emptyPage, marks: await deps.marks.ofTunnel(tunnelId, range) }
    for await (const events of eventPages(known.key, range)) yield { ...emptyPage, events }
  }

  function spanPages(kind: number, tunnel: number, { from, to }: Range) {
    return rowPages(
      async (last: Schema['spans'] | null) =>
        db
          .selectFrom('spans')
          .selectAll()
          .where('kind', '=', kind)
          .where('tunnel', '=', tunnel)
          .where('began_at', '>=', Number(last?.began_at ?? 0))
          .where('began_at', '<', to)
          .where((eb) => eb.or([eb('until_at', 'is', null), eb('until_at', '>', from)]))
          .$if(last !== null, (select) =>
            select.where((eb) =>
              eb.or([
                eb('began_at', '>', Number(last?.began_at)),
                eb('subject', '>', last?.subject ?? 0),
              ]),
            ),
          )
          .orderBy('began_at')
          .orderBy('subject')
          .limit(pageRows)
          .execute(),
      (row) => toSpan(keys, row),
    )
  }

  function lifePages(tunnel: number, { from, to }: Range) {
    const seenAt = deps.books().get(keys.tunnelOf(tunnel) ?? '')?.seenAt ?? null
    return rowPages(
      async (last: Schema['lives'] | null) =>
        db
          .selectFrom('lives')
          .selectAll()
          .where('tunnel', '=', tunnel)
          .where('opened_at', '>=', Number(last?.opened_at ?? 0))
          .where('opened_at', '<', to)
          .where((eb) => eb.or([eb('closed_at', 'is', null), eb('closed_at', '>', from)]))
          .$if(last !== null, (select) =>
            select.where((eb) =>
              eb.or([
                eb('opened_at', '>', Number(last?.opened_at)),
                eb('connection', '>', last?.connection ?? Buffer.alloc(0)),
              ]),
            ),
          )
          .orderBy('opened_at')
          .orderBy('connection')
          .limit(pageRows)
          .execute(),
      (row) => toLife(row, seenAt),
    )
  }

  function eventPages(tunnel: number, { from, to }: Range) {
    return rowPages(async (last: Schema['events'] | null) => {
      const walk = (key: number) =>
        db
          .selectFrom('events')
          .selectAll()
          .where('tunnel', '=', key)
          .where('at', '>=', Number(last?.at ?? from))
          .where('at', '<', to)
          .$if(last !== null, (select) =>
            select.where((eb) =>
              eb.or([
                eb('at', '>', Number(last?.at)),
                eb('tunnel', '>', last?.tunnel ?? 0),
                eb.and([eb('tunnel', '=', last?.tunnel ?? 0), eb('seq', '>', last?.seq ?? 0)]),
              ]),
            ),
          )
      return walk(tandemKey)
        .unionAll(walk(tunnel))
        .orderBy('at')
        .orderBy('tunnel')
        .orderBy('seq')
        .limit(pageRows)
        .execute()
    }, toEvent)
  }

  /** One tunnel's figures for a window; null for one that Tandem never recorded. */
  async function summaryOf(tunnelId: string, range: Range): Promise<TunnelSummary | null> {
    const known = keys.known(tunnelId)
    if (!known) return null
    const switches = await countSwitches(range, known.key)
    const [summary = null] = await summariesOf([tunnelId], range, switches)
    return summary
  }

  return {
    history,
    pages,
    summary,
    summaryOf,
    activity,
    livesSince,
    switchedAt,
    ceasedAt,
  }
}

/** @param ask for the rows that come after `last`, at most `pageRows` of them. */
async function* rowPages<Row, T>(
  ask: (last: Row | null) => Promise<Row[]>,
  toOne: (row: Row) => T | null,
): AsyncGenerator<T[]> {
  for (let last: Row | null = null; ; ) {
    const rows: Row[] = await ask(last)
    if (rows.length > 0) yield rows.map(toOne).filter((one) => one !== null)
    last = rows.at(-1) ?? null
    if (rows.length < pageRows) return
    // Whoever else wants something is next.
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}

/** Older than that entry, in the order of the log. */
const before =
  ([at, tunnel, seq]: [number, number, number]) =>
  (eb: ExpressionBuilder<Schema, 'events'>) =>
    eb.or([
      eb('at', '<', at),
      eb.and([eb('at', '=', at), eb('tunnel', '<', tunnel)]),
      eb.and([eb('at', '=', at), eb('tunnel', '=', tunnel), eb('seq', '<', seq)]),
    ])

const isObserved = (interval: Interval) =>
  interval.source === 'observed' && interval.value !== 'unknown'

const isUp = (interval: Interval) =>
  isObserved(interval) && (interval.value === 'healthy' || interval.value === 'degraded')

function availabilityOf(status: Interval[]): number | null {
  // A tunnel that never ran is neither up nor down.
  const countedMs = lengthOf(status, (one) => isObserved(one) && one.value !== 'inactive')
  return countedMs > 0 ? lengthOf(status, isUp) / countedMs : null
}

function toLanes(spans: Span[], edge: Edge): Pick<RoleLane, 'connectorId' | 'intervals'>[] {
  const lanes = new Map<string, Span[]>()
  for (const span of spans) {
    if (span.lane !== 'role') continue
    const lane = lanes.get(span.connectorId) ?? []
    lane.push(span)
    lanes.set(span.connectorId, lane)
  }
  return [...lanes]
    .map(([connectorId, lane]) => ({ connectorId, intervals: toIntervals(lane, edge) }))
    .filter((lane) => lane.intervals.length > 0)
    .toSorted((a, b) => a.connectorId.localeCompare(b.connectorId))
}

const maybeNumber = (value: number | null) => (value === null ? null : Number(value))

type Leaner<L> = {
  bucketMs: number | null
  shown: L[]
  lean: (kind: LaneKind, lane: Interval[]) => Interval[]
}

const asItIs = <L>(lanes: L[]): Leaner<L> => ({
  bucketMs: null,
  shown: lanes,
  lean: (_, lane) => lane,
})

/**
 * Past `mostIntervals` a window comes in buckets as wide as it takes, and without the connectors that left
 * longest ago: so many lanes that each has some buckets.
 */
function leanerIfNeeded<L extends Pick<RoleLane, 'intervals'>>(
  plain: Interval[][],
  lanes: L[],
  { from, to }: Range,
): Leaner<L> {
  const all = [...plain, ...lanes.map(({ intervals }) => intervals)]
  if (all.reduce((sum, lane) => sum + lane.length, 0) <= mostIntervals) return asItIs(lanes)
  const isThere = ({ intervals }: L) => intervals.at(-1)?.open === true
  const endOf = ({ intervals }: L) => intervals.at(-1)?.to ?? 0
  const left = lanes.filter((lane) => !isThere(lane)).toSorted((a, b) => endOf(b) - endOf(a))
  const room = Math.max(0, mostLanes - (lanes.length - left.length))
  const leftOut = new Set(left.slice(room))
  const shown = lanes.filter((lane) => !leftOut.has(lane))
  const perLane = Math.max(1, Math.floor(mostIntervals / (plain.length + shown.length)))
  const bucketMs = Math.ceil((to - from) / perLane)
  return { bucketMs, shown, lean: (kind, lane) => downsample(kind, lane, bucketMs, from) }
}
