import { type ExpressionBuilder, sql } from 'kysely'
import { AfterFact, afterKinds, Failover, FailoverState, isRunning } from '#contract/failover.ts'
import type { Store } from '../store/open.ts'
import type { Schema } from '../store/schema.ts'

/**
 * Failovers on disk: a row each, written while it runs and never again after its end; what is seen after
 * the end are rows of their own.
 */
export type Records = ReturnType<typeof createRecords>

const ends = FailoverState.options.filter((state) => !isRunning(state))

const toFailover = (row: { body: string }): Failover => Failover.parse(JSON.parse(row.body))

export function createRecords(db: Store) {
  async function withFacts(failovers: Failover[]): Promise<Failover[]> {
    if (failovers.length === 0) return []
    const ids = failovers.map(({ id }) => id)
    const rows = await db
      .selectFrom('failover_facts')
      .select(['failover_id', 'body'])
      .where('failover_id', 'in', ids)
      .orderBy('at')
      .execute()
    return failovers.map((failover) => ({
      ...failover,
      afterwards: rows
        .filter((row) => row.failover_id === failover.id)
        .map(({ body }) => AfterFact.parse(JSON.parse(body))),
    }))
  }

  /** Throws what the database throws: a second one that runs, or a key that was used. */
  async function insert(
    failover: Failover,
    { key, auditId }: { key: string | null; auditId: string | null },
  ): Promise<void> {
    await db
      .insertInto('failovers')
      .values({
        id: failover.id,
        tunnel_id: failover.tunnelId,
        account_id: failover.accountId,
        running: 1,
        requested_at: failover.requestedAt,
        idempotency_key: key,
        drill: failover.drill ? 1 : 0,
        audit_id: auditId,
        body: JSON.stringify(failover),
      })
      .execute()
  }

  /** Writes how far it is. A failover that has ended stays as it is, whoever asks. */
  async function save(failover: Failover): Promise<void> {
    await db
      .updateTable('failovers')
      .set({ running: isRunning(failover.state) ? 1 : 0, body: JSON.stringify(failover) })
      .where('id', '=', failover.id)
      .where('running', '=', 1)
      .execute()
  }

  async function addFact(failoverId: string, fact: AfterFact): Promise<void> {
    await db
      .insertInto('failover_facts')
      .values({ failover_id: failoverId, at: fact.at, body: JSON.stringify(fact) })
      .execute()
  }

  /** The record of who started it; null: there is none. */
  async function auditIdOf(failoverId: string): Promise<string | null> {
    const row = await db
      .selectFrom('failovers')
      .select('audit_id')
      .where('id', '=', failoverId)
      .executeTakeFirst()
    return row?.audit_id ?? null
  }

  async function get(failoverId: string): Promise<Failover | null> {
    const row = await db
      .selectFrom('failovers')
      .select('body')
      .where('id', '=', failoverId)
      .executeTakeFirst()
    return row ? ((await withFacts([toFailover(row)]))[0] ?? null) : null
  }

  /** The one that was started with this key. */
  async function byKey(key: string): Promise<Failover | null> {
    const row = await db
      .selectFrom('failovers')
      .select('id')
      .where('idempotency_key', '=', key)
      .executeTakeFirst()
    return row ? get(row.id) : null
  }

  /** Those that a process left running. */
  async function leftRunning(): Promise<Failover[]> {
    const rows = await db.selectFrom('failovers').select('body').where('running', '=', 1).execute()
    return rows.map(toFailover)
  }

  /** Ended ones whose end does not stand with the record of who started them. */
  async function unsettled(): Promise<Failover[]> {
    const rows = await db
      .selectFrom('failovers')
      .select('body')
      .where('running', '=', 0)
      .where('audit_id', 'is not', null)
      .where(({ exists, not, selectFrom }) =>
        not(
          exists(
            selectFrom('audit')
              .select('seq')
              .where('refers', '=', sql<number>`cast(failovers.audit_id as bigint)`)
              .where('outcome', 'in', ends),
          ),
        ),
      )
      .orderBy('requested_at')
      .execute()
    return rows.map(toFailover)
  }

  /**
   * Who asked for a failover that was neither written down nor refused: what this process is checking right now is among
   * them. A failover that does not know who asked for it may be anybody's of its tunnel.
   */
  async function unsent(): Promise<string[]> {
    const rows = await db
      .selectFrom('audit')
      .select('seq')
      .where('what', '=', 'failoverRun')
      .where('refers', 'is', null)
      .where(({ exists, not, selectFrom }) =>
        not(
          exists(
            selectFrom('audit as outcome')
              .select('outcome.seq')
              .whereRef('outcome.refers', '=', 'audit.seq'),
          ),
        ),
      )
      .where(({ exists, not, selectFrom }) =>
        not(
          exists(
            selectFrom('failovers')
              .select('id')
              .whereRef('failovers.tunnel_id', '=', 'audit.tunnel_id')
              .where(({ eb, or }) =>
                or([
                  eb('audit_id', 'is', null),
                  eb('audit.seq', '=', sql<number>`cast(failovers.audit_id as bigint)`),
                ]),
              ),
          ),
        ),
      )
      .orderBy('seq')
      .execute()
    return rows.map(({ seq }) => String(seq))
  }

  /**
   * What was seen after an end and does not stand with the record of who started the failover. Facts are told
   * to the audit in the order in which they are written here, so it lacks the last ones.
   */
  async function untold(): Promise<{ failover: Failover; facts: AfterFact[] }[]> {
    const told = ({ selectFrom, fn }: ExpressionBuilder<Schema, 'failovers'>) =>
      selectFrom('audit')
        .select(fn.countAll<number>().as('count'))
        .where('refers', '=', sql<number>`cast(failovers.audit_id as bigint)`)
        .where('outcome', 'in', afterKinds)
    const seen = ({ selectFrom, fn }: ExpressionBuilder<Schema, 'failovers'>) =>
      selectFrom('failover_facts')
        .select(fn.countAll<number>().as('count'))
        .whereRef('failover_id', '=', 'failovers.id')
    const rows = await db
      .selectFrom('failovers')
      .select((eb) => ['body', told(eb).as('told')])
      .where('audit_id', 'is not', null)
      .where((eb) => eb(told(eb), '<', seen(eb)))
      .orderBy('requested_at')
      .execute()
    const failovers = await withFacts(rows.map(toFailover))
    return failovers.map((failover, at) => ({
      failover,
      facts: failover.afterwards.slice(Number(rows[at]?.told)),
    }))
  }

  /** Those that have ended since then, of all tunnels, the one that was asked for first at the beginning. */
  async function endedSince(at: number): Promise<Failover[]> {
    const rows = await db
      .selectFrom('failovers')
      .select('body')
      .where('running', '=', 0)
      .where(sql<number>`json_extract(body, '$.endedAt')`, '>=', at)
      .orderBy('requested_at')
      .execute()
    return withFacts(rows.map(toFailover))
  }

  /** Of one tunnel, newest first. */
  async function ofTunnel(tunnelId: string, most: number): Promise<Failover[]> {
    const rows = await db
      .selectFrom('failovers')
      .select('body')
      .where('tunnel_id', '=', tunnelId)
      .orderBy('requested_at', 'desc')
      .limit(most)
      .execute()
    return withFacts(rows.map(toFailover))
  }

  /** Those of one tunnel that were asked for since then and not rejected, newest first. */
  async function sentSince(tunnelId: string, from: number): Promise<Failover[]> {
    const rows = await db
      .selectFrom('failovers')
      .select('body')
      .where('tunnel_id', '=', tunnelId)
      .where('requested_at', '>=', from)
      .orderBy('requested_at', 'desc')
      .execute()
    return rows.map(toFailover).filter(({ state }) => state !== 'rejected')
  }

  /** The last drill of every tunnel that had one; what Cloudflare refused was none. */
  async function lastDrills(): Promise<Failover[]> {
    const rows = await db
      .selectFrom('failovers')
      .select('body')
      .where('drill', '=', 1)
      .where('running', '=', 0)
      .where(sql<string>`json_extract(body, '$.state')`, '<>', 'rejected')
      .where('requested_at', '=', (eb) =>
        eb
          .selectFrom('failovers as other')
          .select((one) => one.fn.max('other.requested_at').as('at'))
          .whereRef('other.tunnel_id', '=', 'failovers.tunnel_id')
          .where('other.drill', '=', 1)
          .where('other.running', '=', 0)
          .where(sql<string>`json_extract(other.body, '$.state')`, '<>', 'rejected'),
      )
      .execute()
    return withFacts(rows.map(toFailover))
  }

  return {
    insert,
    save,
    addFact,
    auditIdOf,
    get,
    byKey,
    leftRunning,
    unsettled,
    unsent,
    untold,
    endedSince,
    ofTunnel,
    sentSince,
    lastDrills,
  }
}
