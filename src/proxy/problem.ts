import { type Problem, problemPrefix } from '#contract/problem.ts'
import { type ProblemKind, problemKinds } from '#contract/problem-kinds.ts'

type Extra = Omit<Partial<Problem>, 'type' | 'title' | 'status' | 'detail'>

/**
 * The one way to say no. Thrown anywhere in the proxy, given its status and body by the one error
 * handler in `app.ts`. `detail` is a sentence for people and never holds a secret; `cause` goes to the
 * log only.
 */
export class ProblemError extends Error {
  readonly kind: ProblemKind
  readonly extra: Extra
  /** The same in one word for our own decisions, where a kind has several; never told. */
  readonly reason: string | null

  constructor(
    kind: ProblemKind,
    detail: string,
    extra: Extra = {},
    cause?: unknown,
    reason: string | null = null,
  ) {
    super(detail, { cause })
    this.name = 'ProblemError'
    this.kind = kind
    this.extra = extra
    this.reason = reason
  }
}

export function toProblem(error: ProblemError, requestId?: string): Problem {
  const { status, title } = problemKinds[error.kind]
  return {
    type: `${problemPrefix}${error.kind}`,
    title,
    status,
    detail: error.message,
    ...error.extra,
    ...(requestId ? { requestId } : {}),
  }
}

/** The sentence of any failure, for banners and log lines: a problem's own, else a neutral one. */
export const sentenceOf = (error: unknown): string =>
  error instanceof ProblemError
    ? error.message
    : 'Something broke inside Tandem; the log has the cause.'

/**
 * What went wrong, in one word for the log. The messages of libraries may hold what was sent, a secret too,
 * so they stay out.
 */
export function codeOf(error: unknown): string {
  for (const at of causesOf(error)) {
    if ('code' in at && typeof at.code === 'string') return at.code
  }
  return error instanceof Error ? error.name : 'unknown'
}

/** An error and what it was caused by, outermost first; ten at most, for a cause may lead back to itself. */
export function causesOf(error: unknown): Error[] {
  const causes: Error[] = []
  for (let at = error; at instanceof Error && causes.length < 10; at = at.cause) causes.push(at)
  return causes
}
