import type { Kysely, Migration } from 'kysely'

/** Since when a sign-in that another system keeps does not count any more. */
export const signedOut: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('people').addColumn('signed_out_at', 'bigint').execute()
  },
}
