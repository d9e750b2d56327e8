import { type Kysely, type Migration, sql } from 'kysely'

/** When somebody last signed in outlives the session that it began. */
export const signedIn: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('people').addColumn('signed_in_at', 'bigint').execute()
    await sql`
      update people set signed_in_at =
        (select max(signed_in_at) from sessions where sessions.person_id = people.id)
    `.execute(db)
  },
}
