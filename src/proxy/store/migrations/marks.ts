import { type Kysely, type Migration, sql } from 'kysely'

/** What people say to a tunnel's story, and since when changes wait for their acknowledgement. */
export const marks: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('marks')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('tunnel_id', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('from_at', 'bigint')
      .addColumn('to_at', 'bigint')
      .addColumn('by_id', 'text', (column) => column.notNull())
      .addColumn('by_name', 'text', (column) => column.notNull())
      .addColumn('text', 'text')
      .addColumn('event_id', 'text')
      .addColumn('ended_at', 'bigint')
      .execute()
    await db.schema
      .createIndex('marks_by_tunnel')
      .on('marks')
      .columns(['tunnel_id', 'at'])
      .execute()
    await db.schema
      .createTable('marks_begin')
      .addColumn('at', 'bigint', (column) => column.notNull())
      .execute()
    // Status, active connector, no active connector: a start looks through these and not the whole log.
    await db.schema
      .createIndex('events_to_acknowledge')
      .on('events')
      .columns(['at', 'tunnel', 'seq', 'kind', 'to_word'])
      .where(sql<boolean>`kind in (4, 5, 7)`)
      .execute()
  },
}
