import { type CreateTableBuilder, type Kysely, sql } from 'kysely'

/** The few things that are said differently by each database. */

/** The rows lie in the order of the primary key: a window of one tunnel is one stretch of the file. */
export const clustered = <T extends string>(table: CreateTableBuilder<T, never>) =>
  table.modifyEnd(sql`without rowid`)

/** Rows of this table can be added and nothing else: whatever would change or delete one fails. */
export async function keepForever(db: Kysely<unknown>, table: string) {
  for (const deed of ['update', 'delete']) {
    await sql`
      create trigger ${sql.id(`${table}_no_${deed}`)} before ${sql.raw(deed)} on ${sql.table(table)}
      begin select raise(abort, ${sql.lit(`${table} is append-only`)}); end
    `.execute(db)
  }
}
