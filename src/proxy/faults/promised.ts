import * as z from 'zod/mini'
import { LiveEvent, ToldEvent } from '#contract/events.ts'
import { type CheckId, checkRules } from '#contract/failover-checks.ts'
import { type OperationId, operations } from '#contract/operations.ts'
import { Problem, problemPrefix } from '#contract/problem.ts'
import { problemKinds } from '#contract/problem-kinds.ts'
import { fromTold, toTold } from '#contract/stream.ts'
import { eventForScreen } from '../identity/for-screens.ts'
import { shapes } from '../routes/openapi.ts'

/**
 * Is what Tandem says what its contract promises? The page takes every answer and every event at its word, so
 * whatever a rig says in any test is held to it. Each gives what is wrong as a sentence, or null.
 */

/** An id stands for itself where an address has no word of its own at that place. */
const rows = (Object.keys(operations) as OperationId[])
  .map((id) => {
    const { method, path } = operations[id]
    const holes = path.split('{').length
    return { id, method, holes, pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`) }
  })
  .toSorted((a, b) => a.holes - b.holes)

/** @param path of the request, without `/api` */
export async function wrongInAnswer(
  method: string,
  path: string,
  answer: Response,
): Promise<string | null> {
  const type = answer.headers.get('content-type') ?? ''
  if (!/\bjson$/.test(type) || answer.headers.has('content-encoding')) return null
  const text = await answer.clone().text()
  if (text === '') return null
  const about = `${method} ${path} ${answer.status}`
  const json: unknown = JSON.parse(text)
  if (answer.status >= 400) {
    const known = Object.entries(problemKinds).some(
      ([kind, { status }]) =>
        status === answer.status && (json as Problem).type === problemPrefix + kind,
    )
    return known
      ? (wrongIn(Problem, json, about) ?? wrongInChecks(json, about))
      : `${about} is no problem of the table: ${text}`
  }
  const row = rows.find((each) => each.method === method && each.pattern.test(path))
  return row
    ? (wrongIn(shapes[row.id].answer, json, about) ?? wrongInChecks(json, about))
    : `${about} is no operation`
}

/** The page that explains the rules quotes them: what a failover is told has to be found there. */
function wrongInChecks(json: unknown, about: string): string | null {
  const { checks = [] } = json as { checks?: { id: string; sentence: string }[] }
  const odd = checks.find((check) => !isAsListed(check))
  return odd ? `${about} says “${odd.sentence}”, and the list of rules does not` : null
}

/** Whether the list of rules has this sentence, in which “…” stands for anything. */
export function isAsListed({ id, sentence }: { id: string; sentence: string }): boolean {
  const listed = checkRules[id as CheckId].sentence
  if (listed === null) return true
  const parts = listed.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.+')}$`).test(sentence)
}

/** As a person hears it and as a screen does: on its way, and made whole again. */
export const wrongInEvent = (event: LiveEvent): string | null =>
  wrongInTold(event, `event ${event.type}`) ??
  wrongInTold(eventForScreen(event), `event ${event.type} to a screen`)

function wrongInTold(event: LiveEvent, about: string): string | null {
  const told = toJson(toTold(event))
  return wrongIn(ToldEvent, told, about) ?? wrongIn(LiveEvent, fromTold(told as ToldEvent), about)
}

const toJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

function wrongIn(schema: z.ZodMiniType, json: unknown, about: string): string | null {
  const { error } = z.safeParse(schema, json)
  return error ? `${about} is not as promised: ${z.prettifyError(error)}` : null
}
