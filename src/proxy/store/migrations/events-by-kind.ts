import type { Kysely, Migration } from 'kysely'

/**
 * What is asked for by its kind is found, however long ago it was and however much else there is. All kinds
 * together are as many walks, merged, so an index of the time alone would be half of the log's size for nothing.
 */
export const eventsByKind: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createIndex('events_by_kind')
      .on('events')
      .columns(['kind', 'at', 'tunnel', 'seq'])
      .execute()
    await db.schema.dropIndex('events_by_time').execute()
  },
}
