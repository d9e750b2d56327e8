import type { OperationId } from '#contract/operations.ts'
import { ProblemError } from '../problem.ts'
import type { Audit, AuditEntry } from './audit.ts'
import type { Who } from './who.ts'

export { notRecorded } from './audit.ts'

/**
 * What people do is on disk before it is sent: the record is written first, its outcome after. If it can't
 * be written, nothing is sent.
 */
export type ActionFacts = {
  operation: OperationId
  who: Pick<Who, 'id' | 'name' | 'role' | 'from'>
  tunnelId: string | null
  /** What else it is done to: a person, a screen. */
  target?: string
  /** What was asked for, from → to. Never a secret: callers name what changes, not to what. */
  input: Record<string, unknown>
  requestId: string
}

/** The record of the action that is being done, for the one who does it. */
export type Noted = {
  /** To settle it by once more, when what it began ends later. */
  id: string
  /** Adds facts to its outcome, and says how it ended where that is not just `done`. */
  note: (facts: Record<string, unknown>, outcome?: string) => void
}

/**
 * Remembers an action, does it, remembers how it ended.
 *
 * @throws ProblemError `not-recorded` before anything is sent, or whatever `work` throws.
 */
export async function act<T>(
  audit: Audit,
  { operation, who, tunnelId, target, input, requestId }: ActionFacts,
  work: (noted: Noted) => Promise<T>,
): Promise<T> {
  const id = await audit.append({
    who: { id: who.id, name: who.name, role: who.role },
    from: who.from,
    what: operation,
    tunnelId,
    target: target ?? null,
    facts: input,
    requestId,
  })
  let outcome = 'done'
  let facts: Record<string, unknown> = {}
  const note: Noted['note'] = (more, result) => {
    facts = { ...facts, ...more }
    outcome = result ?? outcome
  }
  return audit.during(id, async () => {
    try {
      const result = await work({ id, note })
      await audit.settle(id, outcome, facts)
      return result
    } catch (error) {
      const problem = error instanceof ProblemError ? error : null
      await audit.settle(id, problem?.kind ?? 'internal', {
        ...facts,
        ...whatCloudflareSaid(problem),
      })
      throw error
    }
  })
}

/**
 * Writes down what is about to be done, then does it; that it failed is written down as well.
 *
 * @throws ProblemError `not-recorded` before anything is done, or whatever `work` throws.
 */
export async function onRecord<T>(
  audit: Audit,
  entry: AuditEntry,
  work: () => Promise<T> | T,
): Promise<T> {
  const id = await audit.append(entry)
  try {
    return await work()
  } catch (error) {
    await audit.settle(id, error instanceof ProblemError ? error.kind : 'internal')
    throw error
  }
}

function whatCloudflareSaid(problem: ProblemError | null): Record<string, unknown> {
  const said = problem?.extra.cloudflare
  return said ? { cloudflare: said } : {}
}
