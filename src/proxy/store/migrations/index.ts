import { type Kysely, type Migration, sql } from 'kysely'

/** In the order of their names; a migration that has landed is never edited. */
export const migrations: Record<string, Migration> = {
  '001-actions': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('failovers')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('tunnel_id', 'text', (column) => column.notNull())
        .addColumn('account_id', 'text', (column) => column.notNull())
        .addColumn('running', 'integer', (column) => column.notNull())
        .addColumn('requested_at', 'bigint', (column) => column.notNull())
        .addColumn('body', 'text', (column) => column.notNull())
        .execute()
      await db.schema
        .createIndex('failovers_one_running')
        .on('failovers')
        .column('tunnel_id')
        .unique()
        .where(sql.ref('running'), '=', 1)
        .execute()
      await db.schema
        .createIndex('failovers_by_tunnel')
        .on('failovers')
        .columns(['tunnel_id', 'requested_at'])
        .execute()
      await db.schema
        .createTable('actions')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('who', 'text', (column) => column.notNull())
        .addColumn('role', 'text', (column) => column.notNull())
        .addColumn('operation', 'text', (column) => column.notNull())
        .addColumn('tunnel_id', 'text')
        .addColumn('input', 'text', (column) => column.notNull())
        .addColumn('request_id', 'text', (column) => column.notNull())
        .addColumn('outcome', 'text')
        .addColumn('settled_at', 'bigint')
        .execute()
      await db.schema.createIndex('actions_by_time').on('actions').columns(['at', 'id']).execute()
      await db.schema
        .createTable('lockouts')
        .addColumn('fingerprint', 'text', (column) => column.primaryKey())
        .addColumn('until', 'bigint', (column) => column.notNull())
        .execute()
    },
  },
}
