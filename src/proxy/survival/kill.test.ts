import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { Kysely, Migrator, SqliteDialect } from 'kysely'
import { describe, expect, test } from 'vitest'
import { migrations } from '../store/migrations/index.ts'
import { openStore } from '../store/open.ts'
import { bundled, run } from './bundle.ts'
import { killOften } from './killed.ts'

/** Programs that end in the middle of what they do, as a crash of the machine's choice ends them. */

const writer = bundled('writer')
const folder = (home = tmpdir()) => mkdtempSync(join(home, 'tandem-killed-'))
/** Where a hundred starts don't wait for the disk; to a killed program it is the same. */
const quickHome = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

// Fifty for every day; the table's 200 for every night are `npm run soak`, and its 1,000 for a release
// `npm run soak -- recorder 1000`.
describe('P1 killed while it writes', () => {
  test('fifty times: nothing that was said to be on the disk is missing, and no gap is bridged', async () => {
    // Two at a time, one for each core.
    const verdicts = await Promise.all(
      [25, 25].map((kills) => killOften(writer, folder(), kills, 150)),
    )
    for (const verdict of verdicts) {
      expect(verdict.faults).toEqual([])
      expect(verdict.kills).toBe(25)
      expect(verdict.events).toBeGreaterThan(verdict.kills)
    }
  }, 180_000)
})

/** What a start makes of a folder, killed before each of its statements until none is left. */
async function killEachStep(prepare: (dir: string) => Promise<void>) {
  let steps = 0
  for (;;) {
    const dirs = [folder(quickHome), folder(quickHome)]
    const ends = await Promise.all(
      dirs.map(async (dir, at) => {
        await prepare(dir)
        return run(writer, ['open', dir, String(steps + at + 1)])
      }),
    )
    for (const [at, dir] of dirs.entries()) {
      expect(ends[at]?.errors).toBe('')
      const { db, notice } = await openStore(dir, Date.now)
      expect(notice).toBeNull()
      const tables = (await db.introspection.getTables()).map(({ name }) => name)
      expect(tables).toEqual(expect.arrayContaining(['failovers', 'audit', 'spans', 'events']))
      await check(db)
      await db.destroy()
      rmSync(dir, { recursive: true })
    }
    steps += dirs.length
    if (ends.some(({ lines }) => lines.includes('opened'))) return steps
  }
}

let check: (db: Awaited<ReturnType<typeof openStore>>['db']) => Promise<void> = async () => {}

describe('P24 killed while the tables are made', () => {
  test('at every step of a first start: the next start opens', async () => {
    check = async () => {}
    expect(await killEachStep(async () => {})).toBeGreaterThan(20)
  }, 180_000)

  test('at every step of an upgrade: the next start upgrades, and what was there is there', async () => {
    check = async (db) => {
      expect(await db.selectFrom('lockouts').selectAll().execute()).toEqual([
        { fingerprint: 'before', until: 1 },
      ])
    }
    expect(await killEachStep(makeOld)).toBeGreaterThan(20)
  }, 180_000)

  test('a copy of the old tables lies beside the new ones', async () => {
    const dir = folder()
    await makeOld(dir)
    const { db } = await openStore(dir, Date.now)
    await db.destroy()
    const copy = readdirSync(dir).find((name) => name.includes('before-002-history'))
    const old = new Database(join(dir, copy ?? ''), { readonly: true })
    expect(old.prepare('select fingerprint from lockouts').pluck().all()).toEqual(['before'])
    expect(
      old.prepare("select count(*) from sqlite_master where name = 'spans'").pluck().get(),
    ).toBe(0)
    old.close()
  })
})

/** The database of a Tandem that knew only the first of the migrations. */
async function makeOld(dir: string) {
  const database = new Database(join(dir, 'tandem.db'))
  database.pragma('journal_mode = WAL')
  database.pragma(`application_id = ${0x54_6e_64_6d}`)
  const db = new Kysely<{ lockouts: { fingerprint: string; until: number } }>({
    dialect: new SqliteDialect({ database }),
  })
  const [first] = Object.entries(migrations)
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: async () => Object.fromEntries(first ? [first] : []) },
  }).migrateToLatest()
  expect(error).toBeUndefined()
  await db.insertInto('lockouts').values({ fingerprint: 'before', until: 1 }).execute()
  await db.destroy()
}
