import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { Kysely, Migrator, SqliteDialect } from 'kysely'
import { expect, test } from 'vitest'
import { createAudit } from '../../identity/audit.ts'
import { openStore } from '../open.ts'
import { migrations } from './index.ts'

type Before = {
  actions: Record<
    'id' | 'who' | 'role' | 'operation' | 'tunnel_id' | 'input' | 'request_id',
    string
  > & { at: number; outcome: string | null; settled_at: number | null }
}

const action = {
  id: 'b',
  at: 1000,
  who: 'local admin',
  role: 'admin',
  operation: 'failoverRun',
  tunnel_id: 't',
  input: '{"client_id":"c"}',
  request_id: 'r-1',
  outcome: 'done',
  settled_at: 1500,
}

test('the actions of an older Tandem become the beginning of the chain', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-audit-'))
  const database = new Database(join(folder, 'tandem.db'))
  database.pragma(`application_id = ${0x54_6e_64_6d}`)
  const old = new Kysely<Before>({ dialect: new SqliteDialect({ database }) })
  const before = Object.entries(migrations).filter(([name]) => name < '003')
  await new Migrator({
    db: old,
    provider: { getMigrations: async () => Object.fromEntries(before) },
  }).migrateToLatest()
  await old
    .insertInto('actions')
    .values([action, { ...action, id: 'a', at: 900, outcome: null, settled_at: null }])
    .execute()
  await old.destroy()

  const { db } = await openStore(folder, Date.now)
  const audit = createAudit({ db, now: () => 2000, log: () => {} })
  const { records } = await audit.list({ from: 0, to: 3000, limit: 10 })
  expect(records).toMatchObject([
    {
      seq: 2,
      at: 1000,
      who: { id: 'machine', name: 'local admin', role: 'admin' },
      what: 'failoverRun',
      tunnelId: 't',
      facts: { client_id: 'c' },
      requestId: 'r-1',
      outcomes: [{ at: 1500, result: 'done' }],
    },
    { seq: 1, at: 900, outcomes: [] },
  ])
  expect(await audit.verify()).toMatchObject({ isWhole: true, records: 3 })
  const tables = (await db.introspection.getTables()).map(({ name }) => name)
  expect(tables).not.toContain('actions')
  await db.destroy()
  rmSync(folder, { recursive: true })
})
