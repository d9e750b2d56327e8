import { giveBack } from '../store/dialect.ts'
import type { Store } from '../store/open.ts'
import { laneKinds, tandemKey } from './record.ts'

/** Rows that are forgotten in one go: some milliseconds, in which nothing else is read or written. */
const rowsAtOnce = 1_000
/** Tunnels that are looked through without a pause when they have nothing to forget. */
const tunnelsAtOnce = 20
/** Pages that are given back to the disk in one go, and those that are not: some days of writing fill them. */
const pagesAtOnce = 200
const pagesKept = 1_000

/** One stretch of rows in the order of time: the times of the next ones, and what deletes up to a time. */
type Stretch = {
  times: (from: number) => Promise<number[]>
  forget: (from: number, before: number) => Promise<bigint>
}

/**
 * Forgets what ended before `horizon`, a thousand rows at a time: each slice is a short transaction of its
 * own with a pause after it, so that a writer or a reader in between hardly waits, however much there is. The
 * room that it leaves goes back to the disk in the same way.
 *
 * @returns how many rows were forgotten.
 */
export async function prune(
  db: Store,
  horizon: number,
  pause: () => Promise<void>,
  isStopped: () => boolean,
): Promise<number> {
  const keys = (await db.selectFrom('tunnels').select('key').execute()).map((row) => row.key)
  let forgotten = 0
  for (const [index, tunnel] of [tandemKey, ...keys].entries()) {
    for (const stretch of stretchesOf(db, tunnel, horizon)) {
      for (let from = 0; ; ) {
        if (isStopped()) return forgotten
        const times = await stretch.times(from)
        if (times.length === 0) break
        const next = times[rowsAtOnce]
        // More rows of one moment than fit into a slice go together.
        const before = next === undefined ? horizon : Math.max(next, from + 1)
        forgotten += Number(await stretch.forget(from, before))
        await pause()
        if (next === undefined) break
        from = before
      }
    }
    if (index % tunnelsAtOnce === 0) await pause()
  }
  while (!isStopped() && (await giveBack(db, pagesAtOnce, pagesKept))) await pause()
  return forgotten
}

/** The tunnels of which no interval, connection or entry is left. */
export async function emptied(db: Store): Promise<{ key: number; tunnelId: string }[]> {
  const rows = await db
    .selectFrom('tunnels as t')
    .select(['t.key', 't.tunnel_id'])
    .where((eb) =>
      eb.and([
        ...Object.values(laneKinds).map((kind) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom('spans as s')
                .select('s.tunnel')
                .where('s.kind', '=', kind)
                .whereRef('s.tunnel', '=', 't.key'),
            ),
          ),
        ),
        eb.not(
          eb.exists(
            eb.selectFrom('lives as l').select('l.tunnel').whereRef('l.tunnel', '=', 't.key'),
          ),
        ),
        eb.not(
          eb.exists(
            eb.selectFrom('events as e').select('e.tunnel').whereRef('e.tunnel', '=', 't.key'),
          ),
        ),
      ]),
    )
    .execute()
  return rows.map((row) => ({ key: row.key, tunnelId: row.tunnel_id }))
}

function* stretchesOf(db: Store, tunnel: number, horizon: number): Generator<Stretch> {
  for (const kind of Object.values(laneKinds)) {
    yield {
      times: async (from) => {
        const rows = await db
          .selectFrom('spans')
          .select('began_at')
          .where('kind', '=', kind)
          .where('tunnel', '=', tunnel)
          .where('began_at', '>=', from)
          .where('began_at', '<', horizon)
          .orderBy('began_at')
          .limit(rowsAtOnce + 1)
          .execute()
        return rows.map((row) => Number(row.began_at))
      },
      forget: async (from, before) => {
        const { numDeletedRows } = await db
          .deleteFrom('spans')
          .where('kind', '=', kind)
          .where('tunnel', '=', tunnel)
          .where('began_at', '>=', from)
          .where('began_at', '<', before)
          .where('until_at', '<', horizon)
          .executeTakeFirst()
        return numDeletedRows
      },
    }
  }
  yield {
    times: async (from) => {
      const rows = await db
        .selectFrom('lives')
        .select('opened_at')
        .where('tunnel', '=', tunnel)
        .where('opened_at', '>=', from)
        .where('opened_at', '<', horizon)
        .orderBy('opened_at')
        .limit(rowsAtOnce + 1)
        .execute()
      return rows.map((row) => Number(row.opened_at))
    },
    forget: async (from, before) => {
      const { numDeletedRows } = await db
        .deleteFrom('lives')
        .where('tunnel', '=', tunnel)
        .where('opened_at', '>=', from)
        .where('opened_at', '<', before)
        .where('closed_at', '<', horizon)
        .executeTakeFirst()
      return numDeletedRows
    },
  }
  yield {
    times: async (from) => {
      const rows = await db
        .selectFrom('events')
        .select('at')
        .where('tunnel', '=', tunnel)
        .where('at', '>=', from)
        .where('at', '<', horizon)
        .orderBy('at')
        .limit(rowsAtOnce + 1)
        .execute()
      return rows.map((row) => Number(row.at))
    },
    forget: async (from, before) => {
      const { numDeletedRows } = await db
        .deleteFrom('events')
        .where('tunnel', '=', tunnel)
        .where('at', '>=', from)
        .where('at', '<', before)
        .executeTakeFirst()
      return numDeletedRows
    },
  }
}
