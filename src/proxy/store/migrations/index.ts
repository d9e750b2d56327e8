import { type Kysely, type Migration, sql } from 'kysely'
import { bytes, clustered } from '../dialect.ts'
import { audit } from './audit.ts'
import { calls } from './calls.ts'
import { eventsByKind } from './events-by-kind.ts'
import { failover } from './failover.ts'
import { marks } from './marks.ts'
import { people } from './people.ts'
import { removals } from './removals.ts'
import { severalActive } from './several-active.ts'
import { signedIn } from './signed-in.ts'
import { signedOut } from './signed-out.ts'
import { tags } from './tags.ts'
import { vouched } from './vouched.ts'
import { waiting } from './waiting.ts'

/**
 * In the order of their names; a migration that has landed is never edited. One word was: `precision_ms` is a
 * bigint, because a gap can be longer than 24.8 days. SQLite, where all of them landed, keeps both alike.
 */
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
  '002-history': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('tunnels')
        .addColumn('key', 'integer', (column) => column.primaryKey())
        .addColumn('tunnel_id', 'text', (column) => column.notNull().unique())
        .addColumn('account_id', 'text', (column) => column.notNull())
        .addColumn('watched_since', 'bigint', (column) => column.notNull())
        .execute()
      await db.schema
        .createTable('connectors')
        .addColumn('key', 'integer', (column) => column.primaryKey())
        .addColumn('tunnel', 'integer', (column) => column.notNull())
        .addColumn('connector_id', 'text', (column) => column.notNull())
        .addUniqueConstraint('connectors_of_tunnel', ['tunnel', 'connector_id'])
        .execute()
      await db.schema
        .createTable('words')
        .addColumn('key', 'integer', (column) => column.primaryKey())
        .addColumn('word', 'text', (column) => column.notNull().unique())
        .execute()
      await db.schema
        .createTable('sights')
        .addColumn('tunnel', 'integer', (column) => column.primaryKey())
        .addColumn('body', 'text', (column) => column.notNull())
        .execute()
      await db.schema
        .createTable('confirmations')
        .addColumn('tunnel', 'integer', (column) => column.primaryKey())
        .addColumn('listed_at', 'bigint')
        .addColumn('seen_at', 'bigint')
        .execute()
      await clustered(
        db.schema
          .createTable('spans')
          .addColumn('kind', 'integer', (column) => column.notNull())
          .addColumn('tunnel', 'integer', (column) => column.notNull())
          .addColumn('began_at', 'bigint', (column) => column.notNull())
          .addColumn('subject', 'integer', (column) => column.notNull())
          .addColumn('value', 'integer', (column) => column.notNull())
          .addColumn('reported', 'integer', (column) => column.notNull())
          .addColumn('precision_ms', 'bigint')
          .addColumn('until_at', 'bigint')
          .addColumn('reason', 'integer')
          .addPrimaryKeyConstraint('spans_key', ['kind', 'tunnel', 'began_at', 'subject']),
      ).execute()
      await db.schema
        .createIndex('spans_open')
        .on('spans')
        .column('tunnel')
        .where(sql.ref('until_at'), 'is', null)
        .execute()
      await clustered(
        db.schema
          .createTable('lives')
          .addColumn('tunnel', 'integer', (column) => column.notNull())
          .addColumn('opened_at', 'bigint', (column) => column.notNull())
          .addColumn('connection', bytes, (column) => column.notNull())
          .addColumn('connector', 'integer', (column) => column.notNull())
          .addColumn('colo', 'integer')
          .addColumn('origin_ip', 'integer')
          .addColumn('version', 'integer')
          .addColumn('reported', 'integer', (column) => column.notNull())
          .addColumn('closed_at', 'bigint')
          .addColumn('precision_ms', 'bigint')
          .addPrimaryKeyConstraint('lives_key', ['tunnel', 'opened_at', 'connection']),
      ).execute()
      await db.schema
        .createIndex('lives_open')
        .on('lives')
        .column('tunnel')
        .where(sql.ref('closed_at'), 'is', null)
        .execute()
      await clustered(
        db.schema
          .createTable('events')
          .addColumn('tunnel', 'integer', (column) => column.notNull())
          .addColumn('at', 'bigint', (column) => column.notNull())
          .addColumn('seq', 'integer', (column) => column.notNull())
          .addColumn('kind', 'integer', (column) => column.notNull())
          .addColumn('connector', 'integer')
          .addColumn('from_word', 'integer')
          .addColumn('to_word', 'integer')
          .addColumn('cause', 'integer')
          .addColumn('by_word', 'integer')
          .addColumn('failover_id', 'text')
          .addColumn('precision_ms', 'bigint')
          .addPrimaryKeyConstraint('events_key', ['tunnel', 'at', 'seq']),
      ).execute()
      await db.schema
        .createIndex('events_by_time')
        .on('events')
        .columns(['at', 'tunnel', 'seq'])
        .execute()
    },
  },
  '003-people': people,
  '004-audit': audit,
  '005-failover': failover,
  '006-signed-in': signedIn,
  '007-marks': marks,
  '008-tags': tags,
  '009-calls': calls,
  '010-signed-out': signedOut,
  '011-several-active': severalActive,
  '012-events-by-kind': eventsByKind,
  '013-waiting': waiting,
  '014-vouched': vouched,
  '015-removals': removals,
}
