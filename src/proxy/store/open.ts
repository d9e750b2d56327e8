import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { Kysely, Migrator, SqliteDialect } from 'kysely'
import { migrations } from './migrations/index.ts'
import type { Schema } from './schema.ts'

/** The only file that knows which database it is. Everything else speaks Kysely. */
export type Store = Kysely<Schema>

/** "Tndm": tells our file from anybody else's. */
const applicationId = 0x54_6e_64_6d

/**
 * Opens (or begins) the database in `dataDir` and brings its tables up to date.
 *
 * Throws an Error whose message is one sentence for people when the folder or the file can't be used;
 * a file that is not ours is left as it is.
 */
export async function openStore(dataDir: string): Promise<Store> {
  const file = join(dataDir, 'tandem.db')
  const database = openFile(dataDir, file)
  const db: Store = new Kysely({ dialect: new SqliteDialect({ database }) })
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
  }).migrateToLatest()
  if (error) {
    await db.destroy()
    throw new Error(
      `The database ${file} can’t be brought up to date; it may be from a newer Tandem. It was left as it is.`,
      { cause: error },
    )
  }
  database.pragma(`application_id = ${applicationId}`)
  assertDurable(database, file)
  return db
}

function openFile(dataDir: string, file: string): Database.Database {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    const database = new Database(file, { timeout: 200 })
    const owner = database.pragma('application_id', { simple: true })
    const tables = database.prepare('select count(*) as n from sqlite_master').pluck().get()
    if (owner !== applicationId && tables !== 0) {
      database.close()
      throw new Error(`The database ${file} is not Tandem’s.`)
    }
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    // Creating the tables' home now: the first write in WAL mode would reset `synchronous` silently.
    database.exec('create table if not exists opened (at integer); delete from opened')
    database.exec(`insert into opened values (${Date.now()})`)
    database.pragma('synchronous = FULL')
    return database
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
    const says =
      error instanceof Error && error.message.startsWith('The database') ? error.message : ''
    throw new Error(
      says || `The database ${file} can’t be opened${code}: check TANDEM_DATA_DIR and its rights.`,
      { cause: error },
    )
  }
}

/** better-sqlite3 drops from FULL to NORMAL at the first WAL write: look after one. */
function assertDurable(database: Database.Database, file: string) {
  const synchronous = database.pragma('synchronous', { simple: true })
  const journal = database.pragma('journal_mode', { simple: true })
  if (synchronous === 2 && journal === 'wal') return
  throw new Error(
    `The database ${file} would not keep what it is told (synchronous=${String(synchronous)}, journal_mode=${String(journal)}).`,
  )
}
