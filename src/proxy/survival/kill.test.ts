import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { Kysely, Migrator, SqliteDialect } from 'kysely'
import { describe, expect, test } from 'vitest'
import { migrations } from '../store/migrations/index.ts'
import { openStore, type Store } from '../store/open.ts'
import { bundled, run } from './bundle.ts'
import { killOften } from './killed.ts'

/** Programs that end in the middle of what they do, as a crash of the machine's choice ends them. */

const writer = bundled('writer')
const folder = (home = tmpdir()) => mkdtempSync(join(home, 'tandem-killed-'))
/** Where a hundred openings don't wait for the disk; to a killed program it is the same. */
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

/**
 * What a start leaves in a folder that is killed before one of its statements, for each of them: the files as they
 * are at that moment. A hundred starts would tell the same.
 */
async function killedAtEachStep(
  prepare: (dir: string) => Promise<void>,
  check: (db: Store) => Promise<void>,
) {
  const [dir, copies] = [folder(quickHome), folder(quickHome)]
  await prepare(dir)
  expect(await run(writer, ['open', dir, copies])).toMatchObject({ signal: null, errors: '' })
  const left = readdirSync(copies)
  for (const step of left) {
    const { db, notice } = await openStore(join(copies, step), Date.now)
    expect(notice).toBeNull()
    const tables = (await db.introspection.getTables()).map(({ name }) => name)
    expect(tables).toEqual(expect.arrayContaining(['failovers', 'audit', 'spans', 'events']))
    await check(db)
    await db.destroy()
  }
  rmSync(dir, { recursive: true })
  rmSync(copies, { recursive: true })
  return left.length
}

describe('P24 killed while the tables are made', () => {
  test('at every step of a first start: the next start opens', async () => {
    const nothing = async () => {}
    expect(await killedAtEachStep(nothing, nothing)).toBeGreaterThan(20)
  })

  test('at every step of an upgrade: the next start upgrades, and what was there is there', async () => {
    const isKept = async (db: Store) =>
      expect(await db.selectFrom('lockouts').selectAll().execute()).toEqual([
        { fingerprint: 'before', until: 1 },
      ])
    expect(await killedAtEachStep(makeOld, isKept)).toBeGreaterThan(20)
  })

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
