import type { Insertable, Transaction } from 'kysely'
import {
  Cause,
  type EventKind,
  eventKinds,
  type HistoryEvent,
  UnknownReason,
} from '#contract/history.ts'
import type { Look } from '../poller/present.ts'
import { haOf, isSameSight, type Sight } from '../poller/sight.ts'
import { putConfirmations } from '../store/dialect.ts'
import { isLocked, type Store } from '../store/open.ts'
import type { Schema } from '../store/schema.ts'
import { createTurns } from '../turns.ts'
import {
  advance,
  type Book,
  type Context,
  emptyBook,
  isConnector,
  type Life,
  type LoggedEvent,
  type Span,
  type Writes,
} from './advance.ts'
import type { Keys } from './keys.ts'
import { longestReason, type Stop } from './stops.ts'

/**
 * Looks → rows. What changed is on disk when `record` returns; what was only confirmed waits for the next
 * `flush`, one statement for all.
 *
 * What the disk refuses waits in memory for a short while and is written with the next try, so that a lock
 * that another program holds for seconds costs nothing. A disk that refuses for longer is not made up for
 * from memory: what was seen meanwhile is given up, and the next look that can be written declares the
 * time since the last one that was as not recorded.
 */
export type Recorder = Awaited<ReturnType<typeof createRecorder>>

export type RecorderDeps = {
  db: Store
  keys: Keys
  now: () => number
  /** Three poll periods of a tunnel's listing or connectors, milliseconds. */
  gapMs: GapMs
  /** Why nobody was looking at that account since that confirmation, should the next look find a gap. */
  reason: (confirmedAt: number | null, accountId: string | null) => UnknownReason
  madeBy: (tunnelId: string, connectorId: string, at: number) => ReturnType<Context['madeBy']>
  /** Whether Cloudflare's clock agrees with ours. */
  isClockRight: () => boolean
  /** Told what was written into the log. */
  onEvents: (events: HistoryEvent[]) => void
  /** Told when writing stops to work, with since when, and when it works again, with null. */
  onTrouble: (since: number | null, error?: unknown) => void
}

/** @param ha non-HA tunnels are looked at less often. */
export type GapMs = (part: 'listed' | 'connectors', ha: boolean | null) => number

export const laneKinds = { status: 0, active: 1, role: 2 } as const
export const causeList = Cause.options
export const reasonList = UnknownReason.options
/** The log's entries about Tandem itself. */
export const tandemKey = 0
const rowsAtOnce = 500
const momentsKept = 10_000
/** What was seen waits this long for a disk that refuses it; then it is given up. */
const keptMs = 30_000
/** Between two tries of a disk that refuses: each may block everything for as long as a lock is waited for. */
const retryMs = 1_000
/** A lock that somebody holds for less is nothing to tell people of. */
const patienceMs = 5_000
/** What was done is never given up; this many entries of it are kept. */
const notesKept = 1_000
/** Of one time without a look, more parts than restarts make. */
const stopsRead = 200
/** A clock that was ahead of ours by less is waited for. */
const aheadMs = 60_000

export async function createRecorder(deps: RecorderDeps) {
  const { db, keys, now } = deps
  const books = await loadBooks(db, keys)
  const watchingSince = now()
  /** An earlier run could not look any more, and ended so. */
  const stopsBefore = await lastStops(db, keys)
  /** Tunnels that an earlier run saw later than now, as it left them: its clock was wrong, or ours is. */
  const ahead = new Map<string, Book>()
  for (const [id, book] of books) {
    if (confirmedLast(book) <= watchingSince + aheadMs) continue
    ahead.set(id, book)
    books.set(id, clampedTo(watchingSince, book))
  }
  /** When an earlier run was last at work, whatever it could see; 0: there was none. */
  const aliveUntil = Math.min(await lastSign(db), watchingSince)
  const unflushed = new Set<string>()
  let trouble: { since: number; triedAt: number; told: boolean } | null = null
  let waiting = emptyWaiting()
  /** Looks that were given up, as `part/tunnelId`: what comes next does not join what came before, and why. */
  const lost = new Map<string, UnknownReason>()
  /** How many entries one moment of a tunnel has already, newest moments last. */
  const counted = new Map<string, { at: number; entries: number }>()
  /** Entries of moments up to here may be on disk without being counted: earlier runs wrote them. */
  let uncountedUntil = await lastEventAt(db)
  /** One after the other: keys and books that one of them changes are on disk before the next reads them. */
  const inTurn = createTurns()

  /** Never throws: what can't be written is said by `onTrouble`, and shown live all the same. */
  const record = (looks: Look[]): Promise<void> =>
    inTurn(async () => {
      const advanced = new Map<string, Book>()
      const changed = new Set<string>()
      const rows = emptyRows()
      const dated = looks.filter((look) => isDated(look, rows))
      for (const { part, after, at } of dated) {
        const { id, accountId } = after.listed
        const before = advanced.get(id) ?? waiting.books.get(id) ?? books.get(id) ?? emptyBook()
        const { book, writes } = advance(before, after, toContext(before, part, after, at))
        advanced.set(id, book)
        const tunnel = keys.tunnel(id, accountId, at)
        const added = await addRows(rows, tunnel, after.listed.name, writes)
        if (added || !isSameSight(before.sight, after)) {
          rows.sights.set(tunnel, JSON.stringify(after))
          changed.add(id)
        }
      }
      const more: Waiting = { ...emptyWaiting(), rows }
      for (const [id, book] of advanced) {
        unflushed.add(id)
        // What is only confirmed is true at once, but for a tunnel with rows that are not on disk.
        if (changed.has(id) || waiting.books.has(id)) more.books.set(id, book)
        else books.set(id, book)
      }
      for (const { part, after } of dated) {
        if (part !== 'other' && more.books.has(after.listed.id))
          more.parts.add(`${part}/${after.listed.id}`)
      }
      if (more.books.size > 0 || hasRows(waiting)) await write(more)
    })

  /**
   * Whether it can be said when a look was. Time in a book never goes back, so what an earlier run wrote with
   * a clock that was ahead would stand for the present until ours has caught up: with Cloudflare's clock as
   * the witness it is cut off, and unknown since this start. Where ours is the wrong one, nothing is touched,
   * and nothing recorded until it is right.
   */
  function isDated({ after, at }: Look, rows: Rows): boolean {
    const { id } = after.listed
    const left = ahead.get(id)
    if (!left) return true
    if (at >= confirmedLast(left)) books.set(id, left)
    else if (deps.isClockRight()) {
      rows.cuts.add(keys.known(id)?.key ?? tandemKey)
      for (const part of ['listed', 'connectors']) lost.set(`${part}/${id}`, 'tandem-stopped')
    } else return false
    ahead.delete(id)
    return true
  }

  /** Why nothing is known of a tunnel of that account since `confirmedAt`. */
  function reasonSince(confirmedAt: number | null, accountId: string | null): UnknownReason {
    if (trouble) return 'not-recorded'
    const since = deps.reason(confirmedAt, accountId)
    if (confirmedAt === null || confirmedAt >= watchingSince) return since
    const stops: Stop[] = [
      { at: confirmedAt, because: 'not-confirmed' },
      ...stopsBefore,
      { at: aliveUntil, because: 'tandem-stopped' },
      { at: watchingSince, because: since },
    ]
    return longestReason(confirmedAt, stops, now())
  }

  function toContext(before: Book, part: Look['part'], after: Sight, at: number): Context {
    const { id, accountId } = after.listed
    const why = lost.get(`${part}/${id}`)
    lost.delete(`${part}/${id}`)
    const confirmedAt = part === 'listed' ? before.listedAt : before.seenAt
    return {
      part,
      at,
      // What was given up leaves a gap, however short.
      gapMs: why ? -1 : part === 'other' ? 0 : deps.gapMs(part, haOf(after)),
      reason: why ?? reasonSince(confirmedAt, accountId),
      ha: haOf(after),
      watchingSince,
      madeBy: (connectorId) => deps.madeBy(id, connectorId, at),
    }
  }

  async function addRows(
    rows: Rows,
    tunnel: number,
    name: string,
    { spans, lives, events }: Writes,
  ): Promise<boolean> {
    for (const span of spans) {
      const row = toSpanRow(keys, tunnel, span)
      rows.spans.set(`${row.kind}/${tunnel}/${row.began_at}/${row.subject}`, row)
    }
    for (const life of lives) {
      const row = toLifeRow(keys, tunnel, life)
      rows.lives.set(`${tunnel}/${row.opened_at}/${life.connectionId}`, row)
    }
    for (const event of events) await logEvent(rows, tunnel, event, name)
    return spans.length + lives.length + events.length > 0
  }

  async function logEvent(rows: Rows, tunnel: number, event: LoggedEvent, name?: string) {
    const seq = await nextSeq(tunnel, event.at)
    const tunnelId = tunnel === tandemKey ? null : keys.tunnelOf(tunnel)
    const tunnelName = name ?? books.get(tunnelId ?? '')?.sight?.listed.name ?? null
    rows.told.push({ id: `${tunnel}-${event.at}-${seq}`, tunnelId, tunnelName, ...event })
    rows.events.push({
      tunnel,
      at: event.at,
      seq,
      kind: eventKinds.indexOf(event.kind),
      connector: event.connectorId === null ? null : keys.connector(tunnel, event.connectorId),
      from_word: keys.maybeWord(event.from),
      to_word: keys.maybeWord(event.to),
      cause: event.cause === null ? null : causeList.indexOf(event.cause),
      by_word: keys.maybeWord(event.by),
      failover_id: event.failoverId,
      note: keys.maybeWord(event.note),
      precision_ms: event.precisionMs,
    })
  }

  /** A moment comes back: one look tells of its own time and of the times that Cloudflare reports. */
  async function nextSeq(tunnel: number, at: number): Promise<number> {
    const moment = `${tunnel}/${at}`
    const seq =
      counted.get(moment)?.entries ?? (at <= uncountedUntil ? await entriesAt(tunnel, at) : 0)
    counted.delete(moment)
    counted.set(moment, { at, entries: seq + 1 })
    const [oldest] = counted
    if (oldest && counted.size > momentsKept) {
      counted.delete(oldest[0])
      uncountedUntil = Math.max(uncountedUntil, oldest[1].at)
    }
    return seq
  }

  /** A disk that can't be read either can't be written to: then the number is as good as any. */
  async function entriesAt(tunnel: number, at: number): Promise<number> {
    const row = await db
      .selectFrom('events')
      .select((eb) => eb.fn.max('seq').as('last'))
      .where('tunnel', '=', tunnel)
      .where('at', '=', at)
      .executeTakeFirst()
      .catch(() => undefined)
    return row?.last == null ? 0 : Number(row.last) + 1
  }

  /**
   * All or nothing, in one transaction, together with what waits. A disk that refuses is left alone for a
   * while.
   *
   * @param options.confirmed books without rows: they can be written later just as well.
   */
  async function write(
    more: Waiting,
    { confirmed, atOnce = false }: { confirmed?: Map<string, Book>; atOnce?: boolean } = {},
  ): Promise<void> {
    const all = join(waiting, more)
    if (trouble && !atOnce && now() - trouble.triedAt < retryMs) return wait(all)
    const books = new Map([...(confirmed ?? []), ...all.books])
    try {
      await db.transaction().execute(async (trx) => {
        await writeRows(trx, all.rows)
        await writeConfirmations(trx, books)
      })
    } catch (error) {
      wait(all)
      refused(error)
      return
    }
    landed(all, books)
  }

  function landed(all: Waiting, written: Map<string, Book>) {
    waiting = emptyWaiting()
    keys.written()
    for (const [id, book] of all.books) {
      books.set(id, { ...book, isBehind: lost.has(`listed/${id}`) || lost.has(`connectors/${id}`) })
    }
    for (const id of written.keys()) unflushed.delete(id)
    const told = trouble?.told
    trouble = null
    if (told) deps.onTrouble(null)
    if (all.rows.told.length > 0) deps.onEvents(all.rows.told)
  }

  function wait(all: Waiting) {
    waiting = all
    for (const id of all.books.keys()) markBehind(id)
  }

  /** Whoever reads must not take the last state that is on disk for the present one. */
  function markBehind(id: string) {
    const book = books.get(id)
    if (book) books.set(id, { ...book, isBehind: true })
  }

  function refused(error: unknown) {
    trouble ??= { since: now(), triedAt: now(), told: false }
    trouble.triedAt = now()
    const lasted = now() - trouble.since
    if (!trouble.told && (!isLocked(error) || lasted >= patienceMs)) {
      trouble.told = true
      deps.onTrouble(trouble.since, error)
    }
    if (lasted >= keptMs) giveUp()
  }

  /** All but what can't be seen again: what Tandem and people did, and the end of a tunnel that was deleted. */
  function giveUp() {
    const { rows, parts, books: unwritten } = waiting
    for (const part of parts) lost.set(part, 'not-recorded')
    waiting = emptyWaiting()
    waiting.rows.cuts = rows.cuts
    const gone = new Set<number>()
    for (const [id, book] of unwritten) {
      if (book.sight?.listed.deletedAt == null) continue
      waiting.books.set(id, book)
      gone.add(keys.known(id)?.key ?? tandemKey)
      for (const part of ['listed', 'connectors']) lost.delete(`${part}/${id}`)
    }
    const ofGone = <K, T extends { tunnel: number }>(all: Map<K, T>) =>
      new Map([...all].filter(([, { tunnel }]) => gone.has(tunnel)))
    waiting.rows.spans = ofGone(rows.spans)
    waiting.rows.lives = ofGone(rows.lives)
    waiting.rows.sights = new Map([...rows.sights].filter(([tunnel]) => gone.has(tunnel)))
    const entries = rows.told.flatMap((event, at) => {
      const row = rows.events[at]
      return row ? [{ event, row }] : []
    })
    const doings = entries.filter(({ event }) => ownDoings.has(event.kind)).slice(-notesKept)
    const ends = entries.filter(
      ({ event, row }) => event.kind === 'tunnel-deleted' && gone.has(row.tunnel),
    )
    for (const { event, row } of [...doings, ...ends]) {
      waiting.rows.told.push(event)
      waiting.rows.events.push(row)
    }
  }

  async function writeRows(trx: Transaction<Schema>, rows: Rows) {
    const fresh = keys.unwritten()
    for (const part of chunks(fresh.tunnels)) await trx.insertInto('tunnels').values(part).execute()
    for (const part of chunks(fresh.connectors))
      await trx.insertInto('connectors').values(part).execute()
    for (const part of chunks(fresh.words)) await trx.insertInto('words').values(part).execute()
    for (const tunnel of rows.cuts) await cutOff(trx, tunnel, watchingSince)
    for (const part of chunks([...rows.spans.values()])) {
      await trx
        .insertInto('spans')
        .values(part)
        .onConflict((row) =>
          row.columns(['kind', 'tunnel', 'began_at', 'subject']).doUpdateSet((eb) => ({
            value: eb.ref('excluded.value'),
            reported: eb.ref('excluded.reported'),
            precision_ms: eb.ref('excluded.precision_ms'),
            until_at: eb.ref('excluded.until_at'),
            reason: eb.ref('excluded.reason'),
          })),
        )
        .execute()
    }
    for (const part of chunks([...rows.lives.values()])) {
      await trx
        .insertInto('lives')
        .values(part)
        .onConflict((row) =>
          row.columns(['tunnel', 'opened_at', 'connection']).doUpdateSet((eb) => ({
            colo: eb.ref('excluded.colo'),
            origin_ip: eb.ref('excluded.origin_ip'),
            closed_at: eb.ref('excluded.closed_at'),
            precision_ms: eb.ref('excluded.precision_ms'),
          })),
        )
        .execute()
    }
    for (const part of chunks(rows.events)) {
      // One that is there already stays: one line less, but no standstill.
      await trx
        .insertInto('events')
        .values(part)
        .onConflict((row) => row.columns(['tunnel', 'at', 'seq']).doNothing())
        .execute()
    }
    for (const part of chunks([...rows.sights].map(([tunnel, body]) => ({ tunnel, body })))) {
      await trx
        .insertInto('sights')
        .values(part)
        .onConflict((row) =>
          row.column('tunnel').doUpdateSet((eb) => ({ body: eb.ref('excluded.body') })),
        )
        .execute()
    }
  }

  const writeConfirmations = (trx: Store, confirmed: Map<string, Book>) =>
    putConfirmations(
      trx,
      Array.from(confirmed, ([id, { listedAt, seenAt }]) => [
        keys.known(id)?.key ?? tandemKey,
        listedAt,
        seenAt,
      ]),
    )

  /**
   * Writes down what was only confirmed since the last flush: one statement, once a sweep. Where that is nothing, that
   * Tandem was at work all the same: else nobody could tell a time in which it saw nothing from one without it.
   */
  const flush = (): Promise<void> =>
    inTurn(async () => {
      const confirmed = new Map<string, Book>()
      for (const id of unflushed) {
        const book = books.get(id)
        if (book) confirmed.set(id, book)
      }
      if (confirmed.size > 0 || hasRows(waiting)) {
        await write(emptyWaiting(), { confirmed, atOnce: true })
      } else if (!trouble) await putConfirmations(db, [[tandemKey, now(), null]]).catch(() => {})
    })

  /** An entry about Tandem itself or about a failover: not seen, but done. */
  const log = (tunnelId: string | null, event: LoggedEvent): Promise<void> =>
    inTurn(async () => {
      const ahead = emptyWaiting()
      const tunnel = tunnelId === null ? tandemKey : (keys.known(tunnelId)?.key ?? tandemKey)
      await logEvent(ahead.rows, tunnel, event)
      await write(ahead)
    })

  /**
   * Forgets the deleted ones of the tunnels that nothing is left of: they are nowhere known any more.
   *
   * @param emptied finds them, while nothing is written.
   */
  const forgetEmptied = (
    emptied: () => Promise<{ key: number; tunnelId: string }[]>,
  ): Promise<void> =>
    inTurn(async () => {
      const gone = (await emptied()).filter(({ tunnelId }) => {
        const { deletedAt = null } = books.get(tunnelId)?.sight?.listed ?? {}
        return deletedAt !== null && !waiting.books.has(tunnelId)
      })
      if (gone.length === 0) return
      const numbers = gone.map(({ key }) => key)
      await db.transaction().execute(async (trx) => {
        for (const table of ['connectors', 'sights', 'confirmations'] as const)
          await trx.deleteFrom(table).where('tunnel', 'in', numbers).execute()
        await trx.deleteFrom('tunnels').where('key', 'in', numbers).execute()
      })
      for (const { tunnelId } of gone) {
        keys.forget(tunnelId)
        books.delete(tunnelId)
        unflushed.delete(tunnelId)
      }
    })

  return {
    record,
    flush,
    log,
    forgetEmptied,
    /** What is on disk of every tunnel and was confirmed since; a start goes on from there. */
    books: () => books,
    reasonSince,
    stopsBefore,
    aliveUntil,
    watchingSince,
    /** Since when people must know that nothing is recorded; null while it is. */
    troubleSince: () => (trouble?.told ? trouble.since : null),
  }
}

/** What is not on disk yet: rows, the books that go with them, and the looks that they came from. */
type Waiting = { rows: Rows; books: Map<string, Book>; parts: Set<string> }

const emptyWaiting = (): Waiting => ({ rows: emptyRows(), books: new Map(), parts: new Set() })

function join(first: Waiting, then: Waiting): Waiting {
  const [a, b] = [first.rows, then.rows]
  return {
    rows: {
      spans: new Map([...a.spans, ...b.spans]),
      lives: new Map([...a.lives, ...b.lives]),
      events: [...a.events, ...b.events],
      told: [...a.told, ...b.told],
      sights: new Map([...a.sights, ...b.sights]),
      cuts: new Set([...a.cuts, ...b.cuts]),
    },
    books: new Map([...first.books, ...then.books]),
    parts: new Set([...first.parts, ...then.parts]),
  }
}

const hasRows = ({ rows }: Waiting) => rows.sights.size + rows.events.length + rows.cuts.size > 0

const ownDoings = new Set<EventKind>([
  'failover-started',
  'failover-ended',
  'failover-after',
  'watching-stopped',
  'watching-resumed',
  'acknowledged',
  'noted',
  'note-deleted',
  'maintenance-planned',
  'maintenance-ended',
])

type Rows = {
  spans: Map<string, Insertable<Schema['spans']>>
  lives: Map<string, Insertable<Schema['lives']>>
  events: Insertable<Schema['events']>[]
  told: HistoryEvent[]
  sights: Map<number, string>
  /** Tunnels of which an earlier run wrote what has not come yet. */
  cuts: Set<number>
}

const emptyRows = (): Rows => ({
  spans: new Map(),
  lives: new Map(),
  events: [],
  told: [],
  sights: new Map(),
  cuts: new Set(),
})

const confirmedLast = ({ listedAt, seenAt }: Book) => Math.max(listedAt ?? 0, seenAt ?? 0)

/** As far as it can be believed at a start at `at`: nothing is known of a time that has not come. */
function clampedTo(at: number, book: Book): Book {
  const clamped = <T extends Span>(span: T): T => ({ ...span, from: Math.min(span.from, at) })
  const before = (time: number | null) => (time === null ? null : Math.min(time, at))
  return {
    ...book,
    listedAt: before(book.listedAt),
    seenAt: before(book.seenAt),
    lastTurnAt: before(book.lastTurnAt),
    status: book.status && clamped(book.status),
    active: book.active && clamped(book.active),
    roles: new Map([...book.roles].map(([id, span]) => [id, clamped(span)])),
    lives: new Map([...book.lives].filter(([, life]) => life.openedAt <= at)),
  }
}

/** Takes the intervals of a tunnel back that begin after `at`, and ends those that end after it. */
async function cutOff(trx: Transaction<Schema>, tunnel: number, at: number) {
  await trx.deleteFrom('spans').where('tunnel', '=', tunnel).where('began_at', '>', at).execute()
  await trx.deleteFrom('lives').where('tunnel', '=', tunnel).where('opened_at', '>', at).execute()
  await trx
    .updateTable('spans')
    .set({ until_at: at })
    .where('tunnel', '=', tunnel)
    .where('until_at', '>', at)
    .execute()
  await trx
    .updateTable('lives')
    .set({ closed_at: at })
    .where('tunnel', '=', tunnel)
    .where('closed_at', '>', at)
    .execute()
}

function* chunks<T>(rows: T[]): Generator<T[]> {
  for (let at = 0; at < rows.length; at += rowsAtOnce) yield rows.slice(at, at + rowsAtOnce)
}

function toSpanRow(keys: Keys, tunnel: number, span: Span): Insertable<Schema['spans']> {
  return {
    kind: laneKinds[span.lane],
    tunnel,
    began_at: span.from,
    subject: span.lane === 'role' ? keys.connector(tunnel, span.connectorId) : 0,
    value: keys.word(span.value),
    reported: span.source === 'reported' ? 1 : 0,
    precision_ms: span.precisionMs,
    until_at: span.to,
    reason: span.reason === null ? null : reasonList.indexOf(span.reason),
  }
}

const hexId = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/

/** 16 bytes for a UUID, else the text itself. */
const toBytes = (id: string) =>
  hexId.test(id) ? Buffer.from(id.replaceAll('-', ''), 'hex') : Buffer.from(`#${id}`)

/** The other way round. */
export function toConnectionId(bytes: Buffer): string {
  if (bytes.length !== 16) return bytes.toString().slice(1)
  const hex = bytes.toString('hex')
  const cuts = [0, 8, 12, 16, 20, 32]
  return cuts
    .slice(1)
    .map((end, at) => hex.slice(cuts[at], end))
    .join('-')
}

function toLifeRow(keys: Keys, tunnel: number, life: Life): Insertable<Schema['lives']> {
  return {
    tunnel,
    opened_at: life.openedAt,
    connection: toBytes(life.connectionId),
    connector: keys.connector(tunnel, life.connectorId),
    colo: keys.maybeWord(life.colo),
    origin_ip: keys.maybeWord(life.originIp),
    version: keys.maybeWord(life.version),
    reported: life.source === 'reported' ? 1 : 0,
    closed_at: life.closedAt,
    precision_ms: life.precisionMs,
  }
}

/** Row → interval of the arithmetic. Null for a row whose words are gone. */
export function toSpan(keys: Keys, row: Schema['spans']): Span | null {
  const value = keys.textOf(row.value)
  const connectorId = keys.connectorOf(row.subject)
  if (value === null) return null
  const common = {
    from: Number(row.began_at),
    to: row.until_at === null ? null : Number(row.until_at),
    value,
    source: row.reported === 1 ? ('reported' as const) : ('observed' as const),
    precisionMs: row.precision_ms === null ? null : Number(row.precision_ms),
    reason: row.reason === null ? null : (reasonList[row.reason] ?? null),
  }
  if (row.kind === laneKinds.status) return { lane: 'status', ...common }
  if (row.kind === laneKinds.active) return { lane: 'active', ...common }
  return connectorId === null ? null : { lane: 'role', connectorId, ...common }
}

async function lastEventAt(db: Store): Promise<number> {
  let last = Number.NEGATIVE_INFINITY
  // Kind by kind, as the log's index has them: the last of all would be looked for in the whole log.
  for (const kind of eventKinds.keys()) {
    const row = await db
      .selectFrom('events')
      .select((eb) => eb.fn.max('at').as('at'))
      .where('kind', '=', kind)
      .executeTakeFirst()
    if (row?.at != null) last = Math.max(last, Number(row.at))
  }
  return last
}

/** When watching stopped and why, by the log, oldest first; none where it went on since. */
async function lastStops(db: Store, keys: Keys): Promise<Stop[]> {
  const [stopped, resumed] = (['watching-stopped', 'watching-resumed'] as const).map((kind) =>
    eventKinds.indexOf(kind),
  )
  const rows = await db
    .selectFrom('events')
    .select(['at', 'kind', 'from_word'])
    .where('tunnel', '=', tandemKey)
    .where('kind', 'in', [stopped ?? -1, resumed ?? -1])
    .orderBy('at', 'desc')
    .orderBy('seq', 'desc')
    .limit(stopsRead)
    .execute()
  const stops: Stop[] = []
  for (const { at, kind, from_word } of rows) {
    if (kind === resumed) break
    const because = UnknownReason.safeParse(keys.textOf(from_word))
    if (because.success) stops.unshift({ at: Number(at), because: because.data })
  }
  return stops
}

async function lastSign(db: Store): Promise<number> {
  const row = await db
    .selectFrom('confirmations')
    .select((eb) => [eb.fn.max('listed_at').as('listed'), eb.fn.max('seen_at').as('seen')])
    .executeTakeFirst()
  return Math.max(Number(row?.listed ?? 0), Number(row?.seen ?? 0))
}

async function loadBooks(db: Store, keys: Keys): Promise<Map<string, Book>> {
  const books = new Map<string, Book>()
  const bookOf = (key: number): Book | null => {
    const id = keys.tunnelOf(key)
    if (id === null) return null
    const book = books.get(id) ?? emptyBook()
    books.set(id, book)
    return book
  }
  /** What the active lane said before a stretch that tells less: it is so again, or changed meanwhile. */
  async function turnBefore(tunnel: number, at: number, but: string[]) {
    return db
      .selectFrom('spans as s')
      .innerJoin('words as w', 'w.key', 's.value')
      .select(['w.word', 's.until_at'])
      .where('s.kind', '=', laneKinds.active)
      .where('s.tunnel', '=', tunnel)
      .where('s.began_at', '<', at)
      .where('w.word', 'not in', but)
      .orderBy('s.began_at', 'desc')
      .limit(1)
      .executeTakeFirst()
  }
  for (const row of await db.selectFrom('sights').selectAll().execute()) {
    const book = bookOf(row.tunnel)
    // Our own JSON, written whole or not at all.
    if (book) book.sight = JSON.parse(row.body) as Sight
  }
  for (const row of await db.selectFrom('confirmations').selectAll().execute()) {
    const book = bookOf(row.tunnel)
    if (!book) continue
    book.listedAt = row.listed_at === null ? null : Number(row.listed_at)
    book.seenAt = row.seen_at === null ? null : Number(row.seen_at)
  }
  for (const row of await db
    .selectFrom('spans')
    .selectAll()
    .where('until_at', 'is', null)
    .execute()) {
    const book = bookOf(row.tunnel)
    const span = toSpan(keys, row)
    if (!book || !span) continue
    if (span.lane === 'status') book.status = span
    else if (span.lane === 'active') book.active = span
    else book.roles.set(span.connectorId, span)
    if (span.lane !== 'active') continue
    const { from, value, precisionMs } = span
    book.lastTurn = value
    book.lastTurnAt = book.seenAt
    if (value === 'unknown') {
      const known = await turnBefore(row.tunnel, from, ['unknown'])
      book.lastTurn = known?.word ?? null
      // It ended where the next look was.
      book.lastTurnAt = known ? Math.min(Number(known.until_at), from - (precisionMs ?? 0)) : null
    }
    book.lastActiveId = isConnector(value)
      ? value
      : ((await turnBefore(row.tunnel, from, ['none', 'several', 'unknown']))?.word ?? null)
  }
  for (const row of await db
    .selectFrom('lives')
    .selectAll()
    .where('closed_at', 'is', null)
    .execute()) {
    const book = bookOf(row.tunnel)
    const connectorId = keys.connectorOf(row.connector)
    if (!book || connectorId === null) continue
    const connectionId = toConnectionId(row.connection)
    book.lives.set(`${connectorId}/${connectionId}`, {
      connectorId,
      connectionId,
      colo: keys.textOf(row.colo),
      originIp: keys.textOf(row.origin_ip),
      version: keys.textOf(row.version),
      openedAt: Number(row.opened_at),
      source: row.reported === 1 ? 'reported' : 'observed',
      closedAt: null,
      precisionMs: null,
    })
  }
  return books
}
