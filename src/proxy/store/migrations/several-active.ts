import { type Kysely, type Migration, sql } from 'kysely'

/** More than one active connector waits for an acknowledgement, too: the log's index of what may wait holds it. */
export const severalActive: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.dropIndex('events_to_acknowledge').execute()
    await db.schema
      .createIndex('events_to_acknowledge')
      .on('events')
      .columns(['at', 'tunnel', 'seq', 'kind', 'to_word'])
      .where(sql<boolean>`kind in (4, 5, 7, 26)`)
      .execute()
  },
}
