import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import Database from 'better-sqlite3'
import {
  CompiledQuery,
  Kysely,
  Migrator,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
} from 'kysely'
import { fold } from './dialect.ts'
import { migrations } from './migrations/index.ts'
import type { Schema } from './schema.ts'

/** The only file that knows which database it is. Everything else speaks Kysely. */
export type Store = Kysely<Schema>

export type Opened = {
  db: Store
  /** What an admin must know about the start, e.g. that a corrupt file was moved aside; else null. */
  notice: string | null
  /** Resolves when all of a large file was looked through: for an admin when it is damaged, else null. */
  checked: Promise<string | null>
}

/** "Tndm": tells our file from anybody else's. */
const applicationId = 0x54_6e_64_6d
/**
 * A lock that another program holds is waited for this long only. The driver is synchronous and in this thread,
 * so the wait blocks everything. A thread for the database would not block; but nobody else has business in this
 * file for longer than a backup's moment, and a fifth of a second, once a second while it is locked, is a smaller
 * evil than every read and write of every day going through messages.
 */
const busyTimeoutMs = 200

/** Every page of a larger file takes longer to look at than a start may: that is done beside the watch. */
const checkedAtStartBytes = 32e6

/** More than Tandem says in a minute; a list of another length makes another statement. */
const mostStatements = 200

const nameOf = (dataDir: string) => join(dataDir, 'tandem.db')

export const holdsDatabase = (dataDir: string) => existsSync(nameOf(dataDir))

/**
 * Opens (or begins) the database in `dataDir`, checks it and brings its tables up to date.
 *
 * A corrupt file is moved aside unchanged and a new one begun; `notice` says so. A file that is not ours,
 * or from a newer Tandem, is left as it is.
 *
 * Throws an Error whose message is one sentence for people when the folder or the file can't be used.
 */
export async function openStore(
  dataDir: string,
  now: () => number,
  { wholeUpTo = checkedAtStartBytes }: { wholeUpTo?: number | undefined } = {},
): Promise<Opened> {
  const file = nameOf(dataDir)
  makeFolder(dataDir)
  assertOurs(file)
  let database = openFile(file)
  let notice: string | null = null
  const isLarge = existsSync(file) && statSync(file).size > wholeUpTo
  // A mark may be of a file that a backup has replaced since: only every page of this one tells.
  const isGlanced = isLarge && !existsSync(markOf(file))
  if (!database || (isGlanced ? isTorn(database, file) : isCorrupt(database))) {
    database?.close()
    const aside = moveAside(file, now())
    notice = `The database was damaged. It was moved to ${aside} unchanged and a new one was begun; restore a backup as the README says.`
    database = openFile(file)
  }
  rmSync(markOf(file), { force: true })
  if (!database) throw new Error(`The database ${file} can’t be used: check TANDEM_DATA_DIR.`)
  const db: Store = new Kysely({ dialect: toDialect(database) })
  try {
    // Only a database without a page yet can be told to give room back: see `giveBack`.
    database.pragma('auto_vacuum = incremental')
    // Ours from the first byte on: whatever end comes to this start, the next one knows the file again.
    database.pragma(`application_id = ${applicationId}`)
    makeDurable(database)
    keepOld(database, file)
    await migrate(db, file)
    assertDurable(database, file)
  } catch (error) {
    await db.destroy()
    throw sqliteCodeOf(error).startsWith('SQLITE_') ? unusable(file, error) : error
  }
  const checked = isGlanced && notice === null ? checkBeside(file) : Promise.resolve(null)
  return { db, notice, checked }
}

/**
 * Kysely runs migrations without a transaction on SQLite, where one killed midway would stay half done. And
 * where a full disk has ended a transaction, it would end it once more and tell of nothing but that this fails.
 *
 * Transactions are there to write. One that only said so after it had read would be refused at once, however long it
 * may wait, where another program wrote in between: https://www.sqlite.org/rescode.html#busy_snapshot
 */
function toDialect(database: Database.Database): SqliteDialect {
  database.function('fold', { deterministic: true }, (text) =>
    typeof text === 'string' ? fold(text) : null,
  )
  const kept = keepStatements(database)
  const dialect = new SqliteDialect({ database: kept })
  const adapter = Object.defineProperty(new SqliteAdapter(), 'supportsTransactionalDdl', {
    value: true,
  })
  dialect.createAdapter = () => adapter
  dialect.createDriver = () => {
    const driver = new SqliteDriver({ database: kept })
    driver.beginTransaction = async (connection) => {
      await connection.executeQuery(CompiledQuery.raw('begin immediate'))
    }
    const rollBack = driver.rollbackTransaction.bind(driver)
    driver.rollbackTransaction = async (connection) => {
      if (database.inTransaction) await rollBack(connection)
    }
    return driver
  }
  return dialect
}

/** Kysely has each statement prepared anew, which takes as long as most of ours run: the last ones used are kept. */
function keepStatements(database: Database.Database): SqliteDatabase {
  const known = new Map<string, Database.Statement>()
  return {
    close: () => database.close(),
    prepare(sql) {
      const statement = known.get(sql) ?? database.prepare(sql)
      known.delete(sql)
      known.set(sql, statement)
      const [oldest] = known.keys()
      if (known.size > mostStatements && oldest !== undefined) known.delete(oldest)
      return statement
    },
  }
}

/** Whether a write failed only because another program holds the database. */
export const isLocked = (error: unknown) => /^SQLITE_(?:BUSY|LOCKED)/.test(sqliteCodeOf(error))

/** Whether a row was refused because another one has what may be there once only. */
export const isDuplicate = (error: unknown) => sqliteCodeOf(error) === 'SQLITE_CONSTRAINT_UNIQUE'

/** Throws an Error in one sentence when it can't be. */
export function makeFolder(dataDir: string) {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw unusable(dataDir, error)
  }
}

/** Null when the file is no database at all. */
function openFile(file: string, { readonly = false } = {}): Database.Database | null {
  try {
    const database = new Database(file, { timeout: busyTimeoutMs, readonly })
    // Nothing is read before the first question.
    database.pragma('user_version')
    return database
  } catch (error) {
    if (isDamage(error)) return null
    throw unusable(file, error)
  }
}

/** SQLite's own word for what went wrong; empty where it was something else. */
export const sqliteCodeOf = (error: unknown) =>
  error instanceof Error && 'code' in error ? String(error.code) : ''

const isDamage = (error: unknown) => /SQLITE_(?:CORRUPT|NOTADB)/.test(sqliteCodeOf(error))

/** Half a sentence for people: why a database, or the folder that it is in, does not do what it is told. */
export function whyRefused(error: unknown): string {
  const code = sqliteCodeOf(error)
  return refusals[code] ?? refusals[code.replace(/_[A-Z]+$/, '')] ?? code
}

const refusals: Record<string, string> = {
  SQLITE_CANTOPEN: 'its file can’t be opened or created',
  SQLITE_READONLY: 'its file can’t be written to',
  SQLITE_BUSY: 'another program is using its file',
  SQLITE_FULL: 'the disk is full',
  // What the index of its log needs: https://www.sqlite.org/rescode.html#ioerr_shmsize
  SQLITE_IOERR_SHMSIZE: 'the disk is full',
  SQLITE_IOERR: 'the disk fails',
  EACCES: 'the folder can’t be written to',
  EROFS: 'the disk is read-only',
}

/** Whether it is room on the disk that is missing. */
export const isFull = (error: unknown) => sqliteCodeOf(error) === 'SQLITE_FULL'

function unusable(file: string, cause: unknown): Error {
  const why =
    sqliteCodeOf(cause) === 'SQLITE_CANTOPEN' ? (barrierOf(dirname(file)) ?? cause) : cause
  return new Error(
    `The database ${file} can’t be used: ${whyRefused(why)}. Check TANDEM_DATA_DIR.`,
    { cause },
  )
}

/** Why nothing can be written into a folder; null: something can. */
function barrierOf(folder: string): unknown {
  try {
    accessSync(folder, constants.W_OK)
    return null
  } catch (error) {
    return error
  }
}

function isCorrupt(database: Database.Database): boolean {
  try {
    return database.pragma('quick_check(1)', { simple: true }) !== 'ok'
  } catch (error) {
    if (isDamage(error)) return true
    throw error
  }
}

/** What a look at a large file can tell at once: it is as long as it says, and each table has a beginning and an end. */
function isTorn(database: Database.Database, file: string): boolean {
  try {
    // Pages that lie in the log only would be missing in the file.
    database.pragma('wal_checkpoint(TRUNCATE)')
    const pages = Number(database.pragma('page_count', { simple: true }))
    const pageSize = Number(database.pragma('page_size', { simple: true }))
    const [{ busy } = { busy: 0 }] = database.pragma('wal_checkpoint') as { busy: number }[]
    if (busy === 0 && statSync(file).size < pages * pageSize) return true
    const tables = database.prepare("select name from sqlite_master where type = 'table'").pluck()
    for (const name of tables.all()) {
      for (const order of ['asc', 'desc']) {
        database.prepare(`select * from "${String(name)}" order by 1 ${order} limit 1`).all()
      }
    }
    return false
  } catch (error) {
    if (isDamage(error)) return true
    throw error
  }
}

/** Beside the file: the next start must look at all of it before it uses it. */
const markOf = (file: string) => `${file}.damaged`

const checker = `
  const { parentPort, workerData } = require('node:worker_threads')
  const Database = require(workerData.driver)
  const database = new Database(workerData.file, { readonly: true })
  const answer = database.pragma('quick_check(1)', { simple: true })
  // First: whoever has the answer may put another file in the place of this one.
  database.close()
  parentPort.postMessage(answer)
`

/** Every page, in a thread of its own with a connection of its own. */
function checkBeside(file: string): Promise<string | null> {
  const driver = createRequire(import.meta.url).resolve('better-sqlite3')
  const worker = new Worker(checker, { eval: true, workerData: { driver, file } })
  worker.unref()
  return new Promise((resolve) => {
    const tell = (isWhole: boolean) => {
      if (isWhole) return resolve(null)
      try {
        writeFileSync(markOf(file), '')
      } catch {
        // A disk that takes no mark: the next start finds the damage beside the watch, as this one did.
      }
      resolve(
        `The database ${file} is damaged in a part that was not needed yet. The next start moves it aside unchanged and begins a new one, unless a backup is put in its place before; the README says how.`,
      )
    }
    worker.once('message', (answer) => tell(answer === 'ok'))
    worker.once('error', (error) => (isDamage(error) ? tell(false) : resolve(null)))
  })
}

/** With its companions, so that nothing of it is lost and nothing of it is mixed with the new one. */
function moveAside(file: string, at: number): string {
  const aside = `${file}.corrupt-${new Date(at).toISOString().replaceAll(':', '')}`
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix)
  }
  return aside
}

/**
 * Looks through a connection that can't write: somebody else's database, or a newer Tandem's, must stay as it
 * is to the byte, its log included. Whether the file is whole is for a later look to tell.
 */
function assertOurs(file: string) {
  if (!existsSync(file)) return
  const database = openFile(file, { readonly: true })
  try {
    const says = database && whyNotOurs(database)
    if (says) throw new Error(`The database ${file} is ${says}`)
  } catch (error) {
    if (!isDamage(error)) throw error
  } finally {
    database?.close()
  }
}

function whyNotOurs(database: Database.Database): string | null {
  const tables = database.prepare('select name from sqlite_master').pluck().all()
  if (database.pragma('application_id', { simple: true }) !== applicationId && tables.length > 0)
    return 'not Tandem’s. It was left as it is; set TANDEM_DATA_DIR to another folder.'
  if (migrationsDone(database).every((name) => name in migrations)) return null
  return 'from a newer Tandem. It was left as it is; start that version, or set TANDEM_DATA_DIR to another folder.'
}

/** Empty before the first one. */
function migrationsDone(database: Database.Database): string[] {
  const isKnown = database
    .prepare("select count(*) from sqlite_master where name = 'kysely_migration'")
    .pluck()
  if (isKnown.get() === 0) return []
  return database.prepare('select name from kysely_migration').pluck().all() as string[]
}

/** Before the tables of an older Tandem are changed, a whole copy of them is put beside the file. */
function keepOld(database: Database.Database, file: string) {
  const done = migrationsDone(database)
  const next = Object.keys(migrations).find((name) => !done.includes(name))
  if (done.length === 0 || next === undefined) return
  const copy = `${file}.before-${next}`
  // One that is there already may have been cut short by the end of the last try.
  rmSync(copy, { force: true })
  database.prepare('vacuum into ?').run(copy)
}

async function migrate(db: Store, file: string) {
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
  }).migrateToLatest()
  if (!error) return
  if (isLocked(error)) throw unusable(file, error)
  const newer = error instanceof Error && /corrupted migrations/.test(error.message)
  throw new Error(
    newer
      ? `The database ${file} is from a newer Tandem. It was left as it is; start that version, or set TANDEM_DATA_DIR to another folder.`
      : `The database ${file} can’t be brought up to date. It was left as it was.`,
    { cause: error },
  )
}

function makeDurable(database: Database.Database) {
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  // The first write in WAL mode silently drops to NORMAL: let that write be one of no importance.
  database.exec('create table if not exists opened (at integer)')
  database.exec('delete from opened')
  database.exec(`insert into opened values (${Math.trunc(performance.timeOrigin)})`)
  database.pragma('synchronous = FULL')
}

/**
 * better-sqlite3 drops from FULL to NORMAL by itself: look after a write.
 *
 * Throws an Error in one sentence: whoever opened the database must not go on.
 */
export function assertDurable(database: Database.Database, file: string) {
  database.exec('update opened set at = at + 1')
  const synchronous = database.pragma('synchronous', { simple: true })
  const journal = database.pragma('journal_mode', { simple: true })
  if (synchronous === 2 && journal === 'wal') return
  throw new Error(
    `The database ${file} would not keep what it is told (synchronous=${String(synchronous)}, journal_mode=${String(journal)}).`,
  )
}

/** SQLite's own online backup: whole and consistent, while others write. */
async function copyTo(file: string, copy: string) {
  const source = new Database(file, { readonly: true, fileMustExist: true, timeout: 5000 })
  try {
    await source.backup(copy)
  } finally {
    source.close()
  }
}

/**
 * Backs a data folder up into a new file, whether Tandem runs on it or not.
 *
 * Throws an Error with one sentence when there is no database, the copy exists or can't be written.
 */
export async function backUp(dataDir: string, copy: string): Promise<void> {
  const file = nameOf(dataDir)
  if (!existsSync(file)) throw new Error(`There is no database in ${dataDir}.`)
  if (existsSync(copy)) throw new Error(`${copy} exists already; nothing was overwritten.`)
  try {
    await copyTo(file, copy)
  } catch (error) {
    throw new Error(`The backup ${copy} could not be written (${sqliteCodeOf(error)}).`, {
      cause: error,
    })
  }
}

/**
 * Opens the database of a data folder to look into it and nothing else, whether Tandem runs on it or not.
 *
 * Throws an Error with one sentence when there is none, or it is from another version of Tandem.
 */
export const openToRead = (dataDir: string): Store => openAs(dataDir, true)

/** The same, to change something in it: both wait for each other's writes. */
export const openBeside = (dataDir: string): Store => openAs(dataDir, false)

function openAs(dataDir: string, readonly: boolean): Store {
  const file = nameOf(dataDir)
  if (!existsSync(file)) throw new Error(`There is no database in ${dataDir}.`)
  let database: Database.Database
  try {
    database = new Database(file, { readonly, fileMustExist: true, timeout: 5000 })
    const done = database.prepare('select name from kysely_migration').pluck().all()
    const missing = Object.keys(migrations).filter((name) => !done.includes(name))
    if (missing.length === 0) {
      if (!readonly) {
        makeDurable(database)
        assertDurable(database, file)
      }
      return new Kysely({ dialect: toDialect(database) })
    }
  } catch (error) {
    if (sqliteCodeOf(error) === '') throw error
    throw new Error(`The database ${file} can’t be read (${sqliteCodeOf(error)}).`, {
      cause: error,
    })
  }
  database.close()
  throw new Error(`The database ${file} is from an older Tandem: start this one on it once.`)
}
