import type { Kysely, Migration } from 'kysely'

/** What was spent of Cloudflare's limit, so that a restart does not spend it once more. */
export const calls: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('calls')
      .addColumn('at', 'bigint', (column) => column.primaryKey())
      .addColumn('calls', 'integer', (column) => column.notNull())
      .addColumn('polls', 'integer', (column) => column.notNull())
      .execute()
  },
}
