import { randomUUID } from 'node:crypto'
import type { OperationId } from '#contract/operations.ts'
import { ProblemError } from '../problem.ts'
import type { Store } from '../store/open.ts'
import type { Who } from './guard.ts'

/**
 * What people do is on disk before it is sent: the row is written first, its outcome after. If the row
 * can't be written, nothing is sent.
 */
export type ActionFacts = {
  operation: OperationId
  who: Who
  tunnelId: string | null
  /** What was asked for. Never a secret: callers name what changes, not to what. */
  input: Record<string, unknown>
  requestId: string
}

/**
 * Remembers an action, does it, remembers how it ended.
 *
 * @throws ProblemError `not-recorded` before anything is sent, or whatever `act` throws.
 */
export async function act<T>(
  db: Store,
  now: () => number,
  facts: ActionFacts,
  perform: () => Promise<T>,
): Promise<T> {
  const id = await remember(db, now, facts)
  try {
    const result = await perform()
    await settle(db, now, id, 'done')
    return result
  } catch (error) {
    await settle(db, now, id, error instanceof ProblemError ? error.kind : 'internal')
    throw error
  }
}

async function remember(db: Store, now: () => number, facts: ActionFacts): Promise<string> {
  const id = randomUUID()
  try {
    await db
      .insertInto('actions')
      .values({
        id,
        at: now(),
        who: facts.who.name,
        role: facts.who.role,
        operation: facts.operation,
        tunnel_id: facts.tunnelId,
        input: JSON.stringify(facts.input),
        request_id: facts.requestId,
        outcome: null,
        settled_at: null,
      })
      .execute()
  } catch (error) {
    throw notRecorded(error)
  }
  return id
}

// The deed is done when this runs: a full disk must not turn its success into an error. A row without
// an outcome says "not known how it ended", which is then the truth.
async function settle(db: Store, now: () => number, id: string, outcome: string) {
  await db
    .updateTable('actions')
    .set({ outcome, settled_at: now() })
    .where('id', '=', id)
    .execute()
    .catch(() => {})
}

export const notRecorded = (cause: unknown) =>
  new ProblemError(
    'not-recorded',
    'Tandem writes down who does what before it does it, and its disk can’t be written to. Nothing was sent. Free or repair the disk of TANDEM_DATA_DIR and try again.',
    {},
    cause,
  )
