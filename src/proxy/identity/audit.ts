import type { AuditChain, AuditOutcome, AuditRecord, AuditWhat, AuditWho } from '#contract/audit.ts'
import type { Role } from '#contract/roles.ts'
import { ProblemError } from '../problem.ts'
import { contains } from '../store/dialect.ts'
import { isLocked, type Store } from '../store/open.ts'
import type { Schema } from '../store/schema.ts'
import {
  beginning,
  type ChainRow,
  type Fault,
  type Followed,
  follow,
  hashOf,
  whyNotEnd,
} from './chain.ts'

/**
 * The record of what people did. It only grows: what came of a deed is a record of its own that refers to
 * the first. No retention applies to it, because a record of people's deeds is small and is wanted
 * longest. Each record's hash also stands in the log, so a copy of the log holds the chain to its past.
 */
export type AuditEntry = {
  who: AuditWho | null
  /** The client's address. */
  from: string | null
  what: AuditWhat
  tunnelId: string | null
  /** What else it is done to: a person, a screen, an operation. */
  target: string | null
  /** What changes, from → to. Never a secret: callers name what changes, not to what. */
  facts: Record<string, unknown>
  requestId: string | null
}

export type AuditQuery = {
  from: number
  to: number
  /** The records of this one only. */
  whoId?: string | undefined
  /** Part of a name or address, any case. */
  who?: string | undefined
  what?: string[] | undefined
  tunnelId?: string | undefined
  /** Older than this record. */
  before?: number | undefined
  limit: number
}

/** Hashes by record. */
export type Anchors = ReadonlyMap<number, ReadonlySet<string>>

export type Audit = ReturnType<typeof createAudit>

type Row = Schema['audit']
type Entry = AuditEntry & { refers: number | null; outcome: string | null }

/** Rows that are followed without a pause for others. */
const rowsAtOnce = 500
/** Another process may hold the database for a moment; each attempt waits for it a while. */
const mostAttempts = 3
const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

export function createAudit(deps: {
  db: Store
  now: () => number
  log: (facts: Record<string, unknown>, message: string) => void
  /** The name by which Tandem knows a tunnel now. */
  nameOf?: (tunnelId: string) => string | null
}) {
  const { db, now } = deps
  /** Records of what this process is doing. */
  const underWay = new Set<number>()

  /**
   * Writes a record down.
   *
   * @returns its id, to settle it by.
   * @throws ProblemError `not-recorded`; then it is not on disk, and what it is about must not be done.
   */
  async function append(entry: AuditEntry): Promise<string> {
    return String(await write({ ...entry, refers: null, outcome: null }))
  }

  /** Does what the record is about: while it does, an outcome that is missing is yet to come. */
  async function during<T>(id: string, work: () => Promise<T>): Promise<T> {
    underWay.add(Number(id))
    try {
      return await work()
    } finally {
      underWay.delete(Number(id))
    }
  }

  /**
   * Writes down what came of it. It never fails: the deed is done when this runs, and a full disk must not
   * turn its success into an error. A record without an outcome says "not known how it ended", which is
   * then the truth.
   *
   * @param outcome `done`, a problem's kind, how a failover ended, or `not-sent`; a later one adds to an earlier one.
   */
  async function settle(id: string, outcome: string, more: Record<string, unknown> = {}) {
    await addOutcome(id, outcome, more).catch(() => {})
  }

  /**
   * The same for whoever tries again when the disk refuses; nothing for a record that there is not.
   *
   * @throws ProblemError `not-recorded`, or what the database throws.
   */
  async function addOutcome(id: string, outcome: string, more: Record<string, unknown>) {
    const row = await db
      .selectFrom('audit')
      .select(['what', 'who_id', 'who_name', 'role', 'tunnel_id', 'request_id'])
      .where('seq', '=', Number(id))
      .executeTakeFirst()
    if (!row) return
    await write({
      who: toWho(row),
      from: null,
      what: row.what as AuditWhat,
      tunnelId: row.tunnel_id,
      target: null,
      facts: more,
      requestId: row.request_id,
      refers: Number(id),
      outcome,
    })
  }

  async function write(entry: Entry): Promise<number> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { seq, hash, what, outcome } = await chain(entry)
        const { requestId, tunnelId, who } = entry
        const refers = entry.refers === null ? {} : { refers: entry.refers, outcome }
        deps.log(
          { audit: { seq, hash, what, ...refers }, who: who?.name ?? null, tunnelId, requestId },
          'written down',
        )
        return seq
      } catch (error) {
        if (error instanceof ProblemError) throw error
        if (!isLocked(error) || attempt === mostAttempts) throw notRecorded(error)
        await nextTurn()
      }
    }
  }

  /** Puts a record at the end of the chain. */
  function chain(entry: Entry): Promise<Row> {
    return db.transaction().execute(async (trx) => {
      // Written first, so that whoever else wants to append waits here, another process too.
      const head = await trx
        .updateTable('audit_head')
        .set((eb) => ({ seq: eb('seq', '+', 1) }))
        .returning(['seq', 'hash'])
        .executeTakeFirst()
      if (!head) throw endless()
      const bare = asKept({
        seq: Number(head.seq),
        at: Math.round(now()),
        who_id: entry.who?.id ?? null,
        who_name: entry.who?.name ?? null,
        role: entry.who?.role ?? null,
        from_address: entry.from,
        what: entry.what,
        tunnel_id: entry.tunnelId,
        target: entry.target,
        facts: JSON.stringify(entry.facts),
        request_id: entry.requestId,
        refers: entry.refers,
        outcome: entry.outcome,
      })
      const row = { ...bare, hash: hashOf(head.hash, bare) }
      await trx.insertInto('audit').values(row).execute()
      await trx.updateTable('audit_head').set({ hash: row.hash }).execute()
      return row
    })
  }

  /** Records of a window, newest first, with what came of each. */
  async function list(
    query: AuditQuery,
  ): Promise<{ records: AuditRecord[]; before: number | null }> {
    const rows = await db
      .selectFrom('audit')
      .selectAll()
      .where('refers', 'is', null)
      .where('at', '>=', query.from)
      .where('at', '<', query.to)
      .$if(query.whoId !== undefined, (select) => select.where('who_id', '=', query.whoId ?? ''))
      .$if(query.who !== undefined, (select) => {
        const part = query.who ?? ''
        return select.where((eb) =>
          eb.or([contains(eb.ref('who_name'), part), contains(eb.ref('from_address'), part)]),
        )
      })
      .$if(query.what !== undefined, (select) => select.where('what', 'in', query.what ?? []))
      .$if(query.tunnelId !== undefined, (select) =>
        select.where('tunnel_id', '=', query.tunnelId ?? ''),
      )
      .$if(query.before !== undefined, (select) => select.where('seq', '<', query.before ?? 0))
      .orderBy('seq', 'desc')
      .limit(query.limit + 1)
      .execute()
    const shown = rows.slice(0, query.limit)
    // Before the outcomes are read: one that has ended by then has its own.
    const open = new Set(underWay)
    const outcomes = await outcomesOf(shown.map((row) => row.seq))
    return {
      records: shown.map((row) => {
        const its = outcomes.get(Number(row.seq)) ?? []
        return toRecord(row, its, its.length === 0 && open.has(Number(row.seq)))
      }),
      before: rows.length > query.limit ? (shown.at(-1)?.seq ?? null) : null,
    }
  }

  async function outcomesOf(seqs: number[]): Promise<Map<number, AuditOutcome[]>> {
    const found = new Map<number, AuditOutcome[]>()
    if (seqs.length === 0) return found
    const rows = await db
      .selectFrom('audit')
      .select(['refers', 'at', 'outcome', 'facts'])
      .where('refers', 'in', seqs)
      .orderBy('seq')
      .execute()
    for (const { refers, at, outcome, facts } of rows) {
      const its = found.get(Number(refers)) ?? []
      its.push({ at: Number(at), result: outcome ?? '', facts: toFacts(facts) })
      found.set(Number(refers), its)
    }
    return found
  }

  const toRecord = (row: Row, outcomes: AuditOutcome[], isUnderWay: boolean): AuditRecord => ({
    seq: Number(row.seq),
    at: Number(row.at),
    who: toWho(row),
    from: row.from_address,
    what: row.what,
    tunnelId: row.tunnel_id,
    tunnelName: row.tunnel_id === null ? null : (deps.nameOf?.(row.tunnel_id) ?? null),
    target: row.target,
    facts: toFacts(row.facts),
    requestId: row.request_id,
    outcomes,
    underWay: isUnderWay,
    hash: row.hash,
  })

  /**
   * Follows the whole chain, in portions so that nobody waits for it.
   *
   * @param anchors hashes that a copy of the log names, by record: two of one record are of an end that was cut off.
   */
  async function verify(anchors: Anchors = new Map()): Promise<AuditChain> {
    const checkedAt = now()
    // Read before the rows: what is appended meanwhile lies behind this end.
    const end = await db.selectFrom('audit_head').select(['seq', 'hash']).executeTakeFirst()
    // Without one the records are followed as far as they go: it is there from the first start on.
    const head: Followed = {
      seq: Number(end?.seq ?? Number.MAX_SAFE_INTEGER),
      hash: end?.hash ?? '',
    }
    let at: Followed = { seq: 0, hash: beginning }
    let last: AuditChain['last'] = null
    const broken = (fault: Fault): AuditChain => ({
      isWhole: false,
      records: at.seq,
      last,
      fault,
      checkedAt,
    })
    while (at.seq < head.seq) {
      const rows = await db
        .selectFrom('audit')
        .selectAll()
        .where('seq', '>', at.seq)
        .where('seq', '<=', head.seq)
        .orderBy('seq')
        .limit(rowsAtOnce)
        .execute()
      if (rows.length === 0) break
      for (const row of rows.map(toNumbers)) {
        const next = follow(at, [row])
        if ('sentence' in next) return broken(next)
        if ([...(anchors.get(row.seq) ?? [])].some((hash) => hash !== row.hash)) {
          const sentence = `The log names another record ${row.seq} than the chain has: it was cut off or written anew.`
          return broken({ seq: row.seq, sentence })
        }
        at = next
        last = { seq: row.seq, at: row.at, hash: row.hash }
      }
      await nextTurn()
    }
    if (!end) return broken(endGone(at))
    const fault = whyNotEnd(at, head) ?? (await strangerBehind()) ?? missingOf(anchors, head)
    if (fault) return broken(fault)
    return { isWhole: true, records: at.seq, last, fault: null, checkedAt }
  }

  /** A row that was put in behind the end, past everybody who appends. */
  async function strangerBehind(): Promise<Fault | null> {
    const row = await db
      .selectFrom('audit')
      .innerJoin('audit_head', (join) => join.onRef('audit.seq', '>', 'audit_head.seq'))
      .select('audit.seq')
      .orderBy('audit.seq')
      .limit(1)
      .executeTakeFirst()
    if (!row) return null
    const seq = Number(row.seq)
    return { seq, sentence: `Record ${seq} was put in behind the end of the chain.` }
  }

  return { append, during, settle, addOutcome, list, verify }
}

/** Nobody can tell any more whether there were records behind it. */
const endGone = ({ seq }: Followed): Fault => ({
  seq: seq + 1,
  sentence: `Where the chain ends is not written down any more: more records than ${seq} may have been there.`,
})

/** The first record that the log names and the chain no longer has. */
function missingOf(anchors: Anchors, head: Followed): Fault | null {
  const [seq] = [...anchors.keys()].filter((one) => one > head.seq).toSorted((a, b) => a - b)
  return seq === undefined
    ? null
    : { seq, sentence: `Record ${seq} is missing: the log names it, and the chain ends before.` }
}

/**
 * The row as the database will give it back: the chain is followed through what was kept. Half of a character
 * that is written in two comes back as U+FFFD, and anybody can send one.
 */
const asKept = (row: ChainRow): ChainRow =>
  Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      typeof value === 'string' ? value.toWellFormed() : value,
    ]),
  ) as ChainRow

/** Some databases give large integers back as text. */
const toNumbers = (row: Row): Row => ({
  ...row,
  seq: Number(row.seq),
  at: Number(row.at),
  refers: row.refers === null ? null : Number(row.refers),
})

function toWho(row: Pick<Row, 'who_id' | 'who_name' | 'role'>): AuditWho | null {
  if (row.who_id === null) return null
  return { id: row.who_id, name: row.who_name ?? '', role: (row.role ?? 'viewer') as Role }
}

/** A row that somebody has changed by hand must not keep the others from being shown. */
function toFacts(text: string): Record<string, unknown> {
  try {
    const facts: unknown = JSON.parse(text)
    return typeof facts === 'object' && facts !== null ? (facts as Record<string, unknown>) : {}
  } catch {
    return { unreadable: true }
  }
}

const endless = () =>
  new ProblemError(
    'not-recorded',
    'Tandem writes down who does what before it does it, and where its record ends is missing from its database. Nothing was sent. Somebody has changed the database by hand: put a backup in its place.',
  )

export const notRecorded = (cause: unknown) =>
  new ProblemError(
    'not-recorded',
    'Tandem writes down who does what before it does it, and its disk can’t be written to. Nothing was sent. Free or repair the disk of TANDEM_DATA_DIR and try again.',
    {},
    cause,
  )
