import type { Kysely, Migration } from 'kysely'
import { beginning, type ChainRow, hashOf } from '../../identity/chain.ts'
import { keepForever } from '../dialect.ts'
import type { Schema } from '../schema.ts'

/** The table of before: one row a deed, with its outcome written into it. */
type Action = {
  id: string
  at: number
  who: string
  role: string
  operation: string
  tunnel_id: string | null
  input: string
  request_id: string
  outcome: string | null
  settled_at: number | null
}

/** The append-only record, and what the `actions` held as its beginning. */
export const audit: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('audit')
      .addColumn('seq', 'bigint', (column) => column.primaryKey())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('who_id', 'text')
      .addColumn('who_name', 'text')
      .addColumn('role', 'text')
      .addColumn('from_address', 'text')
      .addColumn('what', 'text', (column) => column.notNull())
      .addColumn('tunnel_id', 'text')
      .addColumn('target', 'text')
      .addColumn('facts', 'text', (column) => column.notNull())
      .addColumn('request_id', 'text')
      .addColumn('refers', 'bigint')
      .addColumn('outcome', 'text')
      .addColumn('hash', 'text', (column) => column.notNull())
      .execute()
    await db.schema.createIndex('audit_by_time').on('audit').column('at').execute()
    await db.schema.createIndex('audit_by_reference').on('audit').column('refers').execute()
    await db.schema.createIndex('audit_by_who').on('audit').columns(['who_id', 'seq']).execute()
    await db.schema
      .createTable('audit_head')
      .addColumn('seq', 'bigint', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull())
      .execute()
    await carryOver(db as Kysely<Schema & { actions: Action }>)
    await db.schema.dropTable('actions').execute()
    await keepForever(db, 'audit')
  },
}

async function carryOver(db: Kysely<Schema & { actions: Action }>) {
  const actions = await db.selectFrom('actions').selectAll().orderBy('at').orderBy('id').execute()
  let head = { seq: 0, hash: beginning }
  async function add(row: Omit<ChainRow, 'seq'>): Promise<number> {
    const chained = { ...row, seq: head.seq + 1 }
    const hash = hashOf(head.hash, chained)
    await db
      .insertInto('audit')
      .values({ ...chained, hash })
      .execute()
    head = { seq: chained.seq, hash }
    return chained.seq
  }
  for (const action of actions) {
    const same = {
      // Before there were people, whoever did something was the one at the machine.
      who_id: 'machine',
      who_name: action.who,
      role: action.role,
      from_address: null,
      what: action.operation,
      tunnel_id: action.tunnel_id,
      target: null,
      request_id: action.request_id,
    }
    const facts = action.input
    const seq = await add({ ...same, at: Number(action.at), facts, refers: null, outcome: null })
    if (action.outcome === null) continue
    const at = Number(action.settled_at ?? action.at)
    await add({ ...same, at, facts: '{}', refers: seq, outcome: action.outcome })
  }
  await db.insertInto('audit_head').values(head).execute()
}
