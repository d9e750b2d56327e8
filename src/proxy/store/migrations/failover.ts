import { type Kysely, type Migration, sql } from 'kysely'

/** Failovers know their key and whether they were a drill; what came after, and what is preferred. */
export const failover: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('failovers').addColumn('idempotency_key', 'text').execute()
    await db.schema
      .alterTable('failovers')
      .addColumn('drill', 'integer', (column) => column.notNull().defaultTo(0))
      .execute()
    await db.schema.alterTable('failovers').addColumn('audit_id', 'text').execute()
    await db.schema
      .createIndex('failovers_by_key')
      .on('failovers')
      .column('idempotency_key')
      .unique()
      .where(sql.ref('idempotency_key'), 'is not', null)
      .execute()
    await db.schema
      .createTable('failover_facts')
      .addColumn('failover_id', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('body', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('failover_facts_key', ['failover_id', 'at'])
      .execute()
    await db.schema
      .createTable('preferences')
      .addColumn('tunnel_id', 'text', (column) => column.primaryKey())
      .addColumn('connector_id', 'text', (column) => column.notNull())
      .execute()
    await db.schema.alterTable('events').addColumn('note', 'integer').execute()
  },
}
