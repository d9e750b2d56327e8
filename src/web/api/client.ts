import { idleHeader } from '#contract/idle.ts'
import { type Problem, problemPrefix } from '#contract/problem.ts'
import type { ProblemKind } from '#contract/problem-kinds.ts'
import { askAgain, proofsNow, provedSince } from './again.ts'
import { isIdle } from './hands.ts'

/** A call of Tandem's API that failed; `problem` says it for people. */
export class ProblemError extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail || problem.title)
    this.name = 'ProblemError'
    this.problem = problem
  }
}

/** The kind of a problem, for the few places that act on it; null for one that is not of Tandem's. */
export const kindOf = ({ type }: Problem): ProblemKind | null =>
  type.startsWith(problemPrefix) ? (type.slice(problemPrefix.length) as ProblemKind) : null

/** Any error as a problem: pages and dialogs show nothing else. */
export function toProblem(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem
  return {
    type: `${problemPrefix}internal`,
    title: 'Something broke in this page',
    status: 0,
    detail: `${error instanceof Error ? error.message : String(error)}. Reload the page; the tunnels are not affected.`,
  }
}

/**
 * Reads `/api` + path. Throws `ProblemError`, also when Tandem can't be reached.
 *
 * What the proxy says is taken at its word: it is of the same build (a page of another one reloads itself), it
 * was checked against the same contract, and its own tests hold every answer to it. Checking a thousand tunnels
 * once more would cost the first visit 13 KB and the time. Only what is no object at all is refused.
 */
export function get<T>(path: string, options: { signal?: AbortSignal } = {}): Promise<T> {
  return ask(path, { method: 'GET', ...options }) as Promise<T>
}

/** Writes, once: nothing here repeats a call. Throws as `get` does. `headers` go along with its own. */
export function send<T>(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body: unknown = {},
  headers: Record<string, string> = {},
): Promise<T> {
  return ask(path, { method, headers, body: JSON.stringify(body) }) as Promise<T>
}

type Call = Omit<RequestInit, 'headers'> & { headers?: Record<string, string> }

/** @param isAgain the person has just proved once more who is there. */
async function ask(path: string, init: Call, isAgain = false): Promise<unknown> {
  // The header shows that the call comes from this page: other sites can't set it.
  const headers: Record<string, string> = {
    ...init.headers,
    Accept: 'application/json',
    'X-Requested-By': 'tandem',
  }
  if (isIdle()) headers[idleHeader] = '1'
  if (init.body !== undefined) headers['Content-Type'] = 'application/json'
  const proofs = proofsNow()
  let answer: Response
  try {
    answer = await fetch(`/api${path}`, { ...init, headers, redirect: 'manual' })
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw unreachable(init.method)
  }
  // A redirect is a sign-in page of something in front of Tandem, never an answer of ours.
  if (answer.type === 'opaqueredirect') throw redirected()
  const text = await answer.text().catch(() => null)
  const json = text === null ? undefined : readJson(text)
  if (answer.ok && typeof json === 'object' && json !== null) return json
  if (answer.ok && json !== undefined) throw unreadable()
  if (text === null) throw unreachable(init.method)
  const refusal = isProblem(json) ? json : odd(answer.status, init.method)
  const kind = isAgain ? null : kindOf(refusal)
  // Refused before anything was done, so that it can be sent once more.
  const isProved =
    kind === 'sign-in-again'
      ? askAgain()
      : kind === 'sign-in-needed' && init.method === 'GET' && provedSince(proofs)
  if (await isProved) return ask(path, init, true)
  throw new ProblemError(refusal)
}

/** Tandem's own refusals, not those of something in front of it. */
const isProblem = (json: unknown): json is Problem =>
  typeof json === 'object' &&
  json !== null &&
  'type' in json &&
  String(json.type).startsWith(problemPrefix)

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const mayHaveHappened = 'The change may have happened: look before you repeat it.'

const unreachable = (method: string | undefined) =>
  new ProblemError({
    type: `${problemPrefix}unreachable`,
    title: 'Tandem does not answer',
    status: 0,
    detail:
      method === 'GET'
        ? 'The connection to Tandem’s server failed. The tunnels themselves are not affected.'
        : `The connection to Tandem’s server failed before an answer came. ${mayHaveHappened}`,
  })

const unreadable = () =>
  new ProblemError({
    type: `${problemPrefix}unexpected-answer`,
    title: 'Tandem’s answer could not be read',
    status: 0,
    detail: 'This page and the server may be of different versions. Reload the page.',
  })

const redirected = () =>
  new ProblemError({
    type: `${problemPrefix}sign-in-needed`,
    title: 'Something in front of Tandem wants you to sign in',
    status: 0,
    detail: 'Reload the page to sign in again.',
  })

/** A gateway that gives up first has sent the call on: what Tandem makes of it is its own affair. */
const odd = (status: number, method: string | undefined) =>
  new ProblemError({
    type: `${problemPrefix}${method === 'GET' ? 'unexpected-answer' : 'outcome-unknown'}`,
    title: `The server answered ${status}`,
    status,
    detail: `The answer is not one of Tandem’s own: something between this page and it may be failing.${method === 'GET' ? '' : ` ${mayHaveHappened}`}`,
  }).problem
