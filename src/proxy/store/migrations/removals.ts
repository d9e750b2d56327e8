import type { Kysely, Migration } from 'kysely'

/** A sign-in that another system keeps outlives the person who was removed here. */
export const removals: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('removals')
      .addColumn('subject', 'text', (column) => column.primaryKey())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .execute()
  },
}
