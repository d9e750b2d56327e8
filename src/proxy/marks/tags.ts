import type { TagChange } from '#contract/tag-requests.ts'
import { changedTags, mostTags } from '#contract/tags.ts'
import { notRecorded } from '../identity/audit.ts'
import { ProblemError } from '../problem.ts'
import type { Store } from '../store/open.ts'
import { createTurns } from '../turns.ts'

/**
 * How people label tunnels: on disk, then told to everybody. Cloudflare never hears of it. A deleted tunnel
 * keeps its tags, as it keeps its history.
 */
export type Tags = Awaited<ReturnType<typeof createTags>>

export type TagsDeps = {
  db: Store
  /** What is told of this tunnel has changed. */
  tell: (tunnelId: string) => void
}

/** What a change makes of a tunnel's tags. */
export type TagStep = { from: string[]; to: string[] }

export async function createTags({ db, tell }: TagsDeps) {
  const kept = await loadTags(db)
  const inTurn = createTurns()

  const of = (tunnelId: string): string[] => kept.get(tunnelId) ?? []

  async function write(tunnelId: string, { from, to }: TagStep) {
    const gone = from.filter((tag) => !to.includes(tag))
    const fresh = to.filter((tag) => !from.includes(tag))
    await db
      .transaction()
      .execute(async (trx) => {
        if (gone.length > 0) {
          await trx
            .deleteFrom('tunnel_tags')
            .where('tunnel_id', '=', tunnelId)
            .where('tag', 'in', gone)
            .execute()
        }
        if (fresh.length > 0) {
          const rows = fresh.map((tag) => ({ tunnel_id: tunnelId, tag }))
          await trx.insertInto('tunnel_tags').values(rows).execute()
        }
      })
      .catch((error: unknown) => {
        throw notRecorded(error)
      })
    kept.set(tunnelId, to)
    tell(tunnelId)
  }

  /**
   * Puts tags on and takes tags off. One after the other, so that each begins with what the one before it left.
   *
   * @param perform is told what the change makes of the tags; it calls `write` when that is noted down.
   * @throws ProblemError `invalid-request` when there would be too many; `not-recorded`.
   */
  const change = (
    tunnelId: string,
    wanted: TagChange,
    perform: (step: TagStep, write: () => Promise<void>) => Promise<void>,
  ): Promise<void> =>
    inTurn(async () => {
      const from = of(tunnelId)
      const step = { from, to: changedTags(from, wanted) }
      if (step.to.length > mostTags) throw tooMany(step)
      await perform(step, () => write(tunnelId, step))
    })

  return { of, change }
}

const tooMany = ({ from, to }: TagStep) =>
  new ProblemError(
    'invalid-request',
    `A tunnel has ${mostTags} tags at most. This one has ${from.length} and would have ${to.length}: take some off. Nothing was changed.`,
    { field: 'add' },
  )

async function loadTags(db: Store): Promise<Map<string, string[]>> {
  const kept = new Map<string, string[]>()
  const rows = await db.selectFrom('tunnel_tags').selectAll().orderBy('tag').execute()
  for (const { tunnel_id, tag } of rows) kept.set(tunnel_id, [...(kept.get(tunnel_id) ?? []), tag])
  return kept
}
