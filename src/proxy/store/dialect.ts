import { type CreateTableBuilder, sql } from 'kysely'

/** The few things that are said differently by each database. */

/** The rows lie in the order of the primary key: a window of one tunnel is one stretch of the file. */
export const clustered = <T extends string>(table: CreateTableBuilder<T, never>) =>
  table.modifyEnd(sql`without rowid`)
