import type { Kysely, Migration } from 'kysely'

/** How people label tunnels. */
export const tags: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('tunnel_tags')
      .addColumn('tunnel_id', 'text', (column) => column.notNull())
      .addColumn('tag', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('tunnel_tags_key', ['tunnel_id', 'tag'])
      .execute()
  },
}
