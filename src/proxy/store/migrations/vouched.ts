import type { Kysely, Migration } from 'kysely'

/** Of how old a token somebody was taken in with outlives a restart. */
export const vouched: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('people').addColumn('vouched_at', 'bigint').execute()
  },
}
