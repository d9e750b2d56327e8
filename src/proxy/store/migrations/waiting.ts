import { type Kysely, type Migration, sql } from 'kysely'

/** What may wait for an acknowledgement is looked for tunnel by tunnel, from the last one given on. */
export const waiting: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.dropIndex('events_to_acknowledge').execute()
    await db.schema
      .createIndex('events_to_acknowledge')
      .on('events')
      .columns(['tunnel', 'at', 'seq', 'kind', 'to_word'])
      .where(sql<boolean>`kind in (4, 5, 7, 26)`)
      .execute()
  },
}
