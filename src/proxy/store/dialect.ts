import { type CreateTableBuilder, type Expression, type Kysely, sql } from 'kysely'
import type { Schema } from './schema.ts'

/** The few things that are said differently by each database. */

/** The rows lie in the order of the primary key: a window of one tunnel is one stretch of the file. */
export const clustered = <T extends string>(table: CreateTableBuilder<T, never>) =>
  table.modifyEnd(sql`without rowid`)

/** What holds raw bytes; PostgreSQL's word for it is bytea. */
export const bytes = 'blob' as const

/** Text as it is compared: without its case and its way of being written. The database knows it as `fold`. */
export const fold = (text: string) => text.normalize('NFKC').toLowerCase()

/**
 * Whether a column holds this text, in any case; what is a pattern to the database is text here. SQLite's own
 * `lower` knows no other letters than A to Z: https://www.sqlite.org/lang_corefunc.html#lower
 */
export function contains(column: Expression<string | null>, part: string) {
  // No name holds a NUL, and for a database it is the end of the text.
  if (part.includes('\0')) return sql<boolean>`1 = 0`
  const pattern = `%${fold(part).replace(/[\\%_]/g, '\\$&')}%`
  return sql<boolean>`fold(${column}) like ${pattern} escape '\\'`
}

/** Rows of this table can be added and nothing else: whatever would change or delete one fails. */
export async function keepForever(db: Kysely<unknown>, table: string) {
  for (const deed of ['update', 'delete']) {
    await sql`
      create trigger ${sql.id(`${table}_no_${deed}`)} before ${sql.raw(deed)} on ${sql.table(table)}
      begin select raise(abort, ${sql.lit(`${table} is append-only`)}); end
    `.execute(db)
  }
}

/**
 * Confirmations as tunnel, `listed_at` and `seen_at`, in the place of those before. All in one parameter: a
 * statement with three for each row takes longer to put into words than to run, and megabytes while it does.
 */
export async function putConfirmations(db: Kysely<Schema>, rows: (number | null)[][]) {
  await sql`
    insert into confirmations (tunnel, listed_at, seen_at)
    select value ->> 0, value ->> 1, value ->> 2 from json_each(${JSON.stringify(rows)}) where true
    on conflict (tunnel) do update set listed_at = excluded.listed_at, seen_at = excluded.seen_at
  `.execute(db)
}

/** How large the database is, its log aside. */
export async function bytesOf(db: Kysely<Schema>): Promise<number> {
  const pages = await sql<{ page_count: number }>`pragma page_count`.execute(db)
  const size = await sql<{ page_size: number }>`pragma page_size`.execute(db)
  return (pages.rows[0]?.page_count ?? 0) * (size.rows[0]?.page_size ?? 0)
}

/** What is in the log comes into the database itself, and the log's room is the disk's again. */
export async function emptyLog(db: Kysely<Schema>) {
  await sql`pragma wal_checkpoint(truncate)`.execute(db)
}

/**
 * Gives room that forgetting has left in the database back to the disk, so many pages of it at most.
 *
 * @param kept pages that stay: what is written next fills them again.
 * @returns whether there is more to give back; never in a database from before `auto_vacuum` was set.
 */
export function giveBack(db: Kysely<Schema>, pages: number, kept: number): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const spare = async () => {
      const { rows } = await sql<{ freelist_count: number }>`pragma freelist_count`.execute(trx)
      return (rows[0]?.freelist_count ?? 0) - kept
    }
    const before = await spare()
    // The driver takes one step of the statement, which is one page.
    for (let n = 0; n < Math.min(before, pages); n += 1)
      await sql`pragma incremental_vacuum(1)`.execute(trx)
    const after = await spare()
    return after > 0 && after < before
  })
}
