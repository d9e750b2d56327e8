import { sql } from 'kysely'
import { eventKinds, type HistoryEvent, isChange } from '#contract/history.ts'
import {
  type AcknowledgementRequest,
  type MaintenanceRequest,
  type NoteRequest,
  whyNoMaintenance,
} from '#contract/mark-requests.ts'
import { type Mark, MarkKind, type Window } from '#contract/marks.ts'
import { mostWaiting } from '#contract/waiting.ts'
import type { LoggedEvent } from '../history/advance.ts'
import { noEvent } from '../history/advance.ts'
import type { Keys } from '../history/keys.ts'
import { notRecorded } from '../identity/audit.ts'
import type { Who } from '../identity/who.ts'
import { ProblemError } from '../problem.ts'
import type { Store } from '../store/open.ts'
import type { Schema } from '../store/schema.ts'
import { createTurns } from '../turns.ts'
import {
  type Attention,
  attentionOf,
  type Change,
  changeOf,
  emptyStanding,
  nextEdge,
  type Standing,
  windowsOf,
  withAcknowledgement,
  withChanges,
  withMaintenance,
  withoutOld,
} from './attention.ts'

/**
 * Acknowledgements, notes and maintenance: on disk, then in the log, then told to everybody. What waits for
 * an acknowledgement is kept in memory and found in the log again at a start. What was in the log before
 * Tandem began to ask for acknowledgements, as the demo's past, waits for none.
 */
export type Marks = Awaited<ReturnType<typeof createMarks>>

export type MarksDeps = {
  db: Store
  keys: Keys
  now: () => number
  /** Calls back after `ms`; returns what takes it back. */
  after: (ms: number, callback: () => void) => () => void
  newId: () => string
  /** Puts an entry into the log of a tunnel. */
  log: (tunnelId: string, event: LoggedEvent) => Promise<void>
  /** What is told of these tunnels may have changed. */
  tell: (tunnelIds: Iterable<string>) => void
}

type Author = Pick<Who, 'id' | 'name'>

/** Timers hold no longer than 24 days. */
const longestSleepMs = 24 * 3_600_000

export async function createMarks(deps: MarksDeps) {
  const { db, now } = deps
  const standings = await load(deps)
  let cancel = () => {}

  /** One after the other, so that two who say the same at once are told of each other. */
  const inTurn = createTurns()

  const standingOf = (tunnelId: string) => standings.get(tunnelId) ?? emptyStanding

  /** What is told of a tunnel now. */
  const of = (tunnelId: string): Attention => attentionOf(standingOf(tunnelId), now())

  /** Entries that were just written into the log. */
  function notice(events: HistoryEvent[]) {
    for (const { tunnelId, kind, to, id, at } of events) {
      if (tunnelId !== null && isChange({ kind, to }))
        standings.set(tunnelId, withChanges(standingOf(tunnelId), [{ id, at, kind }]))
    }
  }

  /**
   * Somebody has seen what changed.
   *
   * @throws ProblemError `already-acknowledged` when nothing of it waits any more, or the one entry came after what the
   *   person saw; `not-recorded`.
   */
  const acknowledge = (
    tunnelId: string,
    { through, eventId, comment }: AcknowledgementRequest,
    who: Author,
  ) =>
    inTurn(async () => {
      const standing = standingOf(tunnelId)
      const asked = eventId === undefined ? standing.waiting : changeOf(standing, eventId)
      // What the person did not see yet still waits.
      const covered = asked.filter(({ at }) => through === undefined || at <= through)
      const [first, last] = [covered[0], covered.at(-1)]
      const isSeen = eventId === undefined || covered.some(({ id }) => id === eventId)
      if (asked.length > 0 && !isSeen) throw notSeen()
      if (!first || !last) throw nothingWaits(standing)
      const mark = toMark(tunnelId, 'acknowledgement', now(), who, {
        from: first.at,
        to: last.at,
        text: comment || null,
        eventId: eventId ?? null,
      })
      await insert(mark)
      // As it stands by now: a change may have come meanwhile.
      standings.set(tunnelId, withAcknowledgement(standingOf(tunnelId), mark))
      await said(mark, { kind: 'acknowledged', note: mark.text })
      return mark
    })

  const note = (tunnelId: string, { at, text }: NoteRequest, who: Author) =>
    inTurn(async () => {
      if (at > now()) {
        throw new ProblemError('invalid-request', 'A note can’t speak of a time to come.', {
          field: 'at',
        })
      }
      const mark = toMark(tunnelId, 'note', at, who, { text })
      await insert(mark)
      await said(mark, { kind: 'noted', note: text })
      return mark
    })

  /** Takes a note off the timeline; the log keeps that it was there. */
  const removeNote = (tunnelId: string, noteId: string, who: Author, mayAnybodys: boolean) =>
    inTurn(async () => {
      const mark = await find(tunnelId, 'note', noteId)
      if (mark.byId !== who.id && !mayAnybodys) {
        throw new ProblemError(
          'role-missing',
          `${mark.by} wrote this note; you can delete your own.`,
        )
      }
      await db.deleteFrom('marks').where('id', '=', noteId).execute().catch(refused)
      await said({ ...mark, by: who.name }, { kind: 'note-deleted' })
      return mark
    })

  const planMaintenance = (tunnelId: string, request: MaintenanceRequest, who: Author) =>
    inTurn(async () => {
      const { from, to, text } = request
      const wrong = whyNoMaintenance(request, now())
      if (wrong) throw new ProblemError('invalid-request', wrong.sentence, { field: wrong.field })
      const mark = toMark(tunnelId, 'maintenance', now(), who, { from, to, text: text || null })
      await insert(mark)
      standings.set(tunnelId, withMaintenance(standingOf(tunnelId), mark))
      await said(mark, {
        kind: 'maintenance-planned',
        from: minute(from),
        to: minute(to),
        note: mark.text,
      })
      return mark
    })

  /** Ends a maintenance now; one that has not begun is called off. */
  const endMaintenance = (tunnelId: string, maintenanceId: string, who: Author) =>
    inTurn(async () => {
      const mark = await find(tunnelId, 'maintenance', maintenanceId)
      const endedAt = now()
      if (mark.endedAt !== null || (mark.to ?? 0) <= endedAt) {
        throw new ProblemError('already-ended', 'This maintenance has ended already.')
      }
      const ended = { ...mark, endedAt }
      const stand = (as: Mark) => standings.set(tunnelId, withMaintenance(standingOf(tunnelId), as))
      // From now on: what comes while it is written was not announced.
      stand(ended)
      await db
        .updateTable('marks')
        .set({ ended_at: endedAt })
        .where('id', '=', maintenanceId)
        .execute()
        .catch((error) => {
          stand(mark)
          refused(error)
        })
      await said(
        { ...ended, by: who.name },
        { kind: 'maintenance-ended', to: minute(mark.to ?? 0) },
      )
      return ended
    })

  /** What was just written: an entry of the log, and told to everybody. */
  async function said(
    { tunnelId, by }: Mark,
    event: Partial<LoggedEvent> & Pick<LoggedEvent, 'kind'>,
  ) {
    await deps.log(tunnelId, { ...noEvent, at: now(), by, ...event })
    deps.tell([tunnelId])
    schedule()
  }

  function toMark(
    tunnelId: string,
    kind: MarkKind,
    at: number,
    who: Author,
    more: Partial<Mark>,
  ): Mark {
    const bare = { from: null, to: null, text: null, eventId: null, endedAt: null }
    return { id: deps.newId(), tunnelId, kind, at, by: who.name, byId: who.id, ...bare, ...more }
  }

  const insert = (mark: Mark) => db.insertInto('marks').values(toRow(mark)).execute().catch(refused)

  async function find(tunnelId: string, kind: MarkKind, id: string): Promise<Mark> {
    const row = await db
      .selectFrom('marks')
      .selectAll()
      .where('id', '=', id)
      .where('tunnel_id', '=', tunnelId)
      .where('kind', '=', kind)
      .executeTakeFirst()
    if (row) return fromRow(row)
    throw new ProblemError('not-found', `This tunnel has no such ${kind}. It may be deleted.`)
  }

  /** The marks of one tunnel that concern a stretch, in the order in which they were given. */
  async function ofTunnel(tunnelId: string, { from, to }: Window): Promise<Mark[]> {
    const rows = await db
      .selectFrom('marks')
      .selectAll()
      .where('tunnel_id', '=', tunnelId)
      .where((eb) =>
        eb.or([
          eb.and([eb('kind', '!=', 'maintenance'), eb('at', '>=', from), eb('at', '<', to)]),
          eb.and([
            eb('kind', '=', 'maintenance'),
            eb('from_at', '<', to),
            // One that was called off has its planned begin alone.
            eb.or([
              eb('from_at', '>=', from),
              eb(sql<number>`min(to_at, coalesce(ended_at, to_at))`, '>', from),
            ]),
          ]),
        ]),
      )
      .orderBy('at')
      .execute()
    return rows.map(fromRow)
  }

  /** A window opens or closes, and old words fade: told when it is time. */
  function schedule() {
    cancel()
    const edges = [...standings.values()]
      .map((standing) => nextEdge(standing, now()))
      .filter((at) => at !== null)
    if (edges.length === 0) return
    const ms = Math.min(longestSleepMs, Math.min(...edges) - now())
    cancel = deps.after(ms, () => {
      const timed = [...standings].filter(
        ([, { acknowledged, maintenance }]) => acknowledged || maintenance.length > 0,
      )
      deps.tell(timed.map(([tunnelId]) => tunnelId))
      schedule()
    })
  }

  /** Forgets what ended before `horizon`. */
  const forget = (horizon: number) =>
    inTurn(async () => {
      await db
        .deleteFrom('marks')
        .where('at', '<', horizon)
        .where((eb) => eb.or([eb('to_at', 'is', null), eb('to_at', '<', horizon)]))
        .execute()
      const before = [...standings]
      for (const [tunnelId, standing] of before)
        standings.set(tunnelId, withoutOld(standing, horizon))
      deps.tell(
        before
          .filter(([tunnelId, { waiting }]) => waiting.length > standingOf(tunnelId).waiting.length)
          .map(([tunnelId]) => tunnelId),
      )
    })

  return {
    of,
    notice,
    acknowledge,
    note,
    removeNote,
    planMaintenance,
    endMaintenance,
    ofTunnel,
    windowsOf: (tunnelId: string): Window[] => windowsOf(standingOf(tunnelId)),
    forget,
    start: schedule,
    stop: () => cancel(),
  }
}

/** Every tunnel's standing, out of the marks and the log. */
async function load({ db, keys, now }: MarksDeps): Promise<Map<string, Standing>> {
  const begin = await beginOf(db, now())
  const standings = new Map<string, Standing>()
  const standingOf = (tunnelId: string) => standings.get(tunnelId) ?? emptyStanding
  const rows = await db
    .selectFrom('marks')
    .selectAll()
    .where('kind', '!=', 'note')
    .orderBy('at')
    .execute()
  const marks = rows.map(fromRow)
  const given = marks.filter(({ kind }) => kind === 'acknowledgement')
  for (const mark of marks) {
    if (mark.kind === 'maintenance')
      standings.set(mark.tunnelId, withMaintenance(standingOf(mark.tunnelId), mark))
  }
  // Up to where somebody has seen everything: it is not looked through again.
  const seen = new Map<string, number>()
  const ofEntries = new Map<string, Mark[]>()
  for (const mark of given) {
    const { tunnelId, eventId, to } = mark
    if (eventId === null) seen.set(tunnelId, Math.max(seen.get(tunnelId) ?? begin, to ?? begin))
    else ofEntries.set(tunnelId, [...(ofEntries.get(tunnelId) ?? []), mark])
  }
  for (const tunnelId of keys.tunnelIds()) {
    const standing = standingOf(tunnelId)
    const stillWaiting = (changes: Change[]) =>
      (ofEntries.get(tunnelId) ?? []).reduce(withAcknowledgement, withChanges(standing, changes))
        .waiting
    const key = keys.known(tunnelId)?.key
    const waiting = await waitingAfter(db, key, seen.get(tunnelId) ?? begin, stillWaiting)
    if (waiting.length > 0) standings.set(tunnelId, { ...standing, waiting })
  }
  for (const mark of given)
    standings.set(mark.tunnelId, withAcknowledgement(standingOf(mark.tunnelId), mark))
  return standings
}

/**
 * The last changes of a tunnel that still wait, oldest first, however many lie between them that do not.
 *
 * @param stillWaiting those of some changes that do.
 */
async function waitingAfter(
  db: Store,
  tunnel: number | undefined,
  at: number,
  stillWaiting: (changes: Change[]) => Change[],
): Promise<Change[]> {
  if (tunnel === undefined) return []
  // In literals, as the index has them: a parameter would not find it. The first of them is the status.
  const isChange = sql<boolean>`kind in (4, 5, 7, 26) and (kind <> 4 or to_word = (select key from words where word = 'down'))`
  const select = db
    .selectFrom('events')
    .select(['at', 'seq', 'kind'])
    .where('tunnel', '=', tunnel)
    .where('at', '>', at)
    .where(isChange)
    .orderBy('at', 'desc')
    .orderBy('seq', 'desc')
    .limit(mostWaiting)
  const toChange = ({ at, seq, kind }: Pick<Schema['events'], 'at' | 'seq' | 'kind'>): Change => ({
    id: `${tunnel}-${at}-${seq}`,
    at: Number(at),
    kind: eventKinds[kind] ?? 'active-changed',
  })
  const waiting: Change[] = []
  let rows = await select.execute()
  for (;;) {
    waiting.unshift(...stillWaiting(rows.map(toChange).toReversed()))
    const last = rows.at(-1)
    if (!last || rows.length < mostWaiting || waiting.length >= mostWaiting) break
    rows = await select
      .where('at', '<=', last.at)
      .where((eb) => eb.or([eb('at', '<', last.at), eb('seq', '<', last.seq)]))
      .execute()
  }
  return waiting.slice(-mostWaiting)
}

/** Since when changes wait for somebody: the first start that could ask for it. */
async function beginOf(db: Store, now: number): Promise<number> {
  const row = await db.selectFrom('marks_begin').select('at').executeTakeFirst()
  if (row) return Number(row.at)
  await db.insertInto('marks_begin').values({ at: now }).execute()
  return now
}

function nothingWaits({ acknowledged }: Standing): ProblemError {
  const who = acknowledged ? `${acknowledged.by} did it last` : 'Nothing waits for it'
  return new ProblemError(
    'already-acknowledged',
    `${who}; there is nothing of this left to acknowledge. Nothing was changed.`,
  )
}

const notSeen = () =>
  new ProblemError(
    'already-acknowledged',
    'This came after what you had seen: look at it first. Nothing was changed.',
  )

const refused = (error: unknown): never => {
  throw notRecorded(error)
}

/** As it stands in the log, the same for everybody. */
const minute = (at: number) => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`

const toRow = (mark: Mark): Schema['marks'] => ({
  id: mark.id,
  tunnel_id: mark.tunnelId,
  kind: mark.kind,
  at: mark.at,
  from_at: mark.from,
  to_at: mark.to,
  by_id: mark.byId,
  by_name: mark.by,
  text: mark.text,
  event_id: mark.eventId,
  ended_at: mark.endedAt,
})

const maybeNumber = (value: number | null) => (value === null ? null : Number(value))

const fromRow = (row: Schema['marks']): Mark => ({
  id: row.id,
  tunnelId: row.tunnel_id,
  kind: MarkKind.parse(row.kind),
  at: Number(row.at),
  from: maybeNumber(row.from_at),
  to: maybeNumber(row.to_at),
  by: row.by_name,
  byId: row.by_id,
  text: row.text,
  eventId: row.event_id,
  endedAt: maybeNumber(row.ended_at),
})
