import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { assertDurable, backUp, openBeside, openStore, type Store } from './open.ts'

const folder = () => mkdtempSync(join(tmpdir(), 'tandem-store-'))
const clock = () => Date.UTC(2026, 10, 24, 3, 0, 0)
const fileIn = (dir: string) => join(dir, 'tandem.db')

/** A store with something in it, closed. */
async function filled(): Promise<string> {
  const dir = folder()
  const { db } = await openStore(dir, clock)
  const words = Array.from({ length: 500 }, (_, n) => ({
    key: n + 1,
    word: `word number ${n + 1}`,
  }))
  await db.insertInto('words').values(words).execute()
  await db.destroy()
  return dir
}

/** The content of a page in the middle of a table of many is gone: nothing that a start needs. */
function damage(dir: string) {
  const bytes = readFileSync(fileIn(dir))
  const page = Math.floor(bytes.indexOf('word number 250') / 4096) * 4096
  bytes.fill(0x5a, page, page + 64)
  writeFileSync(fileIn(dir), bytes)
}

describe('P3 what is written is on the disk', () => {
  test('synchronous is FULL and the journal WAL after a write, on the connection that writes', async () => {
    const { db } = await openStore(folder(), clock)
    await db.insertInto('words').values({ key: 1, word: 'a' }).execute()
    const read = async (name: string) =>
      Object.values(
        (await sql.raw<Record<string, unknown>>(`pragma ${name}`).execute(db)).rows[0] ?? {},
      )[0]
    expect(await read('synchronous')).toBe(2)
    expect(await read('journal_mode')).toBe('wal')
    await db.destroy()
  })

  test('the same holds on a connection beside the watch', async () => {
    const db = openBeside(await filled())
    await db.insertInto('words').values({ key: 501, word: 'a' }).execute()
    const { rows } = await sql<{ synchronous: number }>`pragma synchronous`.execute(db)
    expect(rows).toEqual([{ synchronous: 2 }])
    await db.destroy()
  })

  test.each([
    ['synchronous=1, journal_mode=wal', 'synchronous = NORMAL'],
    ['synchronous=2, journal_mode=delete', 'journal_mode = DELETE'],
  ])('a connection with %s is refused with that reason', async (found, pragma) => {
    const file = fileIn(await filled())
    const database = new Database(file)
    database.pragma('synchronous = FULL')
    // The first write of a connection sets it back to NORMAL once.
    database.exec('update opened set at = at + 1')
    database.pragma('synchronous = FULL')
    expect(() => assertDurable(database, file)).not.toThrow()
    database.pragma(pragma)
    expect(() => assertDurable(database, file)).toThrow(
      `The database ${file} would not keep what it is told (${found}).`,
    )
    database.close()
  })
})

describe('two programs on one file', () => {
  test('whoever reads and then writes does not lose to one that writes between', async () => {
    const dir = await filled()
    const { db } = await openStore(dir, clock)
    const beside = openBeside(dir)
    const write = (store: Pick<Store, 'insertInto'>, key: number) =>
      store
        .insertInto('words')
        .values({ key, word: `word ${key}` })
        .execute()
    await beside.transaction().execute(async (trx) => {
      await trx.selectFrom('words').select('key').executeTakeFirst()
      await expect(write(db, 901)).rejects.toThrow('locked')
      await write(trx, 902)
    })
    await write(db, 901)
    const { rows } = await sql<{ key: number }>`select key from words where key > 900`.execute(db)
    expect(rows.map(({ key }) => key)).toEqual([901, 902])
    await beside.destroy()
    await db.destroy()
  })
})

describe('P6 a file that can’t be used', () => {
  test('a damaged one is moved aside unchanged, and a new one begun', async () => {
    const dir = await filled()
    const bytes = readFileSync(fileIn(dir))
    bytes.fill(0x5a, 4096, bytes.length)
    writeFileSync(fileIn(dir), bytes)
    const { db, notice } = await openStore(dir, clock)
    expect(notice).toMatch(/damaged.*moved to .*tandem\.db\.corrupt-2026-11-24T030000/)
    expect(await db.selectFrom('words').selectAll().execute()).toEqual([])
    await db.destroy()
    const aside = readdirSync(dir).find((name) => /corrupt-[^-]+-[^-]+-[^-]+$/.test(name))
    expect(readFileSync(join(dir, aside ?? ''))).toEqual(bytes)
  })

  test('one that is no database is moved aside unchanged', async () => {
    const dir = folder()
    writeFileSync(fileIn(dir), 'This is not a database at all, whatever its name says. '.repeat(50))
    const before = readFileSync(fileIn(dir))
    const { db, notice } = await openStore(dir, clock)
    await db.destroy()
    expect(notice).toContain('damaged')
    const aside = readdirSync(dir).find((name) => name.includes('corrupt'))
    expect(readFileSync(join(dir, aside ?? ''))).toEqual(before)
  })

  test('a truncated one is moved aside', async () => {
    const dir = await filled()
    const bytes = readFileSync(fileIn(dir))
    writeFileSync(fileIn(dir), bytes.subarray(0, Math.floor(bytes.length / 2)))
    const { db, notice } = await openStore(dir, clock)
    await db.destroy()
    expect(notice).toContain('damaged')
  })

  test('a large one is looked through beside the watch, and moved aside at the next start', async () => {
    const dir = await filled()
    const whole = await openStore(dir, clock, { wholeUpTo: 0 })
    expect(await whole.checked).toBeNull()
    await whole.db.destroy()
    // Only the last one that closes takes the log away: the look is over when its answer is there.
    expect(existsSync(`${fileIn(dir)}-wal`)).toBe(false)

    damage(dir)
    const damaged = await openStore(dir, clock, { wholeUpTo: 0 })
    expect(damaged.notice).toBeNull()
    expect(await damaged.checked).toContain('is damaged')
    await damaged.db.destroy()

    const again = await openStore(dir, clock, { wholeUpTo: 0 })
    expect(again.notice).toContain('moved to')
    expect(await again.db.selectFrom('words').selectAll().execute()).toEqual([])
    await again.db.destroy()
    const once = await openStore(dir, clock, { wholeUpTo: 0 })
    expect(once.notice).toBeNull()
    await once.db.destroy()
  })

  test('a backup that is put in the place of a damaged one is used, whatever was found in that', async () => {
    const dir = await filled()
    const copy = join(folder(), 'copy.db')
    await backUp(dir, copy)
    damage(dir)
    const damaged = await openStore(dir, clock, { wholeUpTo: 0 })
    expect(await damaged.checked).toContain('is damaged')
    await damaged.db.destroy()

    // As the README says it.
    copyFileSync(copy, fileIn(dir))
    rmSync(`${fileIn(dir)}-wal`, { force: true })
    rmSync(`${fileIn(dir)}-shm`, { force: true })
    for (const wholeUpTo of [0, 32e6]) {
      const restored = await openStore(dir, clock, { wholeUpTo })
      expect(restored.notice).toBeNull()
      expect(await restored.checked).toBeNull()
      expect(await restored.db.selectFrom('words').selectAll().execute()).toHaveLength(500)
      await restored.db.destroy()
    }
    expect(readdirSync(dir).filter((name) => /corrupt|\.damaged$/.test(name))).toEqual([])
  })

  test('a large one that was cut short is moved aside at once', async () => {
    const dir = await filled()
    const bytes = readFileSync(fileIn(dir))
    writeFileSync(fileIn(dir), bytes.subarray(0, bytes.length - 8192))
    const { db, notice } = await openStore(dir, clock, { wholeUpTo: 0 })
    await db.destroy()
    expect(notice).toContain('damaged')
  })

  test('somebody else’s database is refused and left untouched', async () => {
    const dir = folder()
    const other = new Database(fileIn(dir))
    other.exec('create table songs (name text); insert into songs values (1)')
    other.close()
    const before = readFileSync(fileIn(dir))
    await expect(openStore(dir, clock)).rejects.toThrow(/is not Tandem’s.*left as it is/)
    expect(readFileSync(fileIn(dir))).toEqual(before)
  })

  test.each([
    ['one from a newer Tandem', undefined],
    ['a large one from a newer Tandem', 0],
  ])('%s that was killed is refused and left untouched, its log included', async (_, wholeUpTo) => {
    const dir = await filled()
    const newer = new Database(fileIn(dir))
    newer.prepare("insert into kysely_migration values ('999-future', '2030-01-01')").run()
    const killed = folder()
    const files = ['tandem.db', 'tandem.db-wal']
    for (const name of files) copyFileSync(join(dir, name), join(killed, name))
    newer.close()
    const bytes = () => files.map((name) => readFileSync(join(killed, name)))
    const before = bytes()
    await expect(
      openStore(killed, clock, wholeUpTo === undefined ? {} : { wholeUpTo }),
    ).rejects.toThrow(/from a newer Tandem.*left as it is/)
    expect(bytes()).toEqual(before)
    expect(before[1]?.length).toBeGreaterThan(0)
  })

  test('a folder that can’t be one is said in one sentence', async () => {
    const dir = folder()
    writeFileSync(join(dir, 'file'), '')
    await expect(openStore(join(dir, 'file', 'data'), clock)).rejects.toThrow(
      /^The database .* can’t be used/,
    )
  })
})

describe('P25 a backup taken while others write', () => {
  test('50 backups under load are whole, and one restores', async () => {
    const dir = folder()
    const { db } = await openStore(dir, clock)
    let writing = true
    let written = 0
    const writer = (async () => {
      while (writing) {
        written += 1
        await db
          .insertInto('words')
          .values({ key: written, word: `w${written}` })
          .execute()
        await new Promise<void>((resolve) => setImmediate(resolve))
      }
    })()
    const copies = folder()
    for (let n = 0; n < 50; n += 1) {
      const copy = join(copies, `${n}.db`)
      await backUp(dir, copy)
      const check = new Database(copy, { readonly: true })
      expect(check.pragma('integrity_check', { simple: true })).toBe('ok')
      check.close()
    }
    writing = false
    await writer
    await db.destroy()
    const restored = folder()
    copyFileSync(join(copies, '49.db'), fileIn(restored))
    const again = await openStore(restored, clock)
    expect((await again.db.selectFrom('words').selectAll().execute()).length).toBeGreaterThan(0)
    await again.db.destroy()
  })

  test('an existing file is never overwritten', async () => {
    const dir = await filled()
    const copy = join(folder(), 'copy.db')
    writeFileSync(copy, 'mine')
    await expect(backUp(dir, copy)).rejects.toThrow('exists already')
    expect(readFileSync(copy, 'utf8')).toBe('mine')
    expect(existsSync(copy)).toBe(true)
  })
})
