import type { Store } from '../store/open.ts'

/** Tunnels whose rows are looked through in one go. */
const tunnelsAtOnce = 20

/**
 * Forgets what ended before `horizon`, in small portions: each is a short transaction of its own, so a
 * writer or a reader in between hardly waits.
 *
 * @returns how many rows were forgotten.
 */
export async function prune(
  db: Store,
  horizon: number,
  pause: () => Promise<void>,
  isStopped: () => boolean,
): Promise<number> {
  const tunnels = (await db.selectFrom('tunnels').select('key').execute()).map((row) => row.key)
  let forgotten = 0
  for (let at = 0; at < tunnels.length + 1 && !isStopped(); at += tunnelsAtOnce) {
    const some = [...tunnels.slice(at, at + tunnelsAtOnce), ...(at === 0 ? [0] : [])]
    const [spans, lives, events] = await db
      .transaction()
      .execute(async (trx) => [
        await trx
          .deleteFrom('spans')
          .where('kind', 'in', [0, 1, 2])
          .where('tunnel', 'in', some)
          .where('began_at', '<', horizon)
          .where('until_at', '<', horizon)
          .executeTakeFirst(),
        await trx
          .deleteFrom('lives')
          .where('tunnel', 'in', some)
          .where('opened_at', '<', horizon)
          .where('closed_at', '<', horizon)
          .executeTakeFirst(),
        await trx
          .deleteFrom('events')
          .where('tunnel', 'in', some)
          .where('at', '<', horizon)
          .executeTakeFirst(),
      ])
    for (const result of [spans, lives, events]) forgotten += Number(result?.numDeletedRows ?? 0)
    await pause()
  }
  return forgotten
}
