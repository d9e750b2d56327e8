import type { Kysely, Migration } from 'kysely'

/** What is asked for by its kind is found, however long ago it was and however much else there is. */
export const eventsByKind: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createIndex('events_by_kind')
      .on('events')
      .columns(['kind', 'at', 'tunnel', 'seq'])
      .execute()
  },
}
