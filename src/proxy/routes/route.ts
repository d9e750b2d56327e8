import type { Context } from 'hono'
import type * as z from 'zod/mini'
import type { LiveEvent } from '#contract/events.ts'
import { type OperationId, operations } from '#contract/operations.ts'
import type { ProblemKind } from '#contract/problem-kinds.ts'
import type { Session } from '#contract/session.ts'
import type { Answer, Client } from '../cloudflare/client.ts'
import type { Freshness } from '../cloudflare/freshness.ts'
import type { Failovers } from '../failover/run.ts'
import type { HistoryReader } from '../history/read.ts'
import { type ActionFacts, act, type Noted } from '../identity/actions.ts'
import type { Audit } from '../identity/audit.ts'
import { signedIn, wrongType } from '../identity/guard.ts'
import type { Identity } from '../identity/identity.ts'
import type { Refusals } from '../identity/refusals.ts'
import type { Env, Who } from '../identity/who.ts'
import type { Bus } from '../live/bus.ts'
import type { Marks } from '../marks/marks.ts'
import type { Tags } from '../marks/tags.ts'
import type { Poller } from '../poller/poll.ts'
import type { Present } from '../poller/present.ts'
import { ProblemError } from '../problem.ts'
import type { Store } from '../store/open.ts'
import { saysWrong } from './wrong.ts'

/** What every route file works with: the parts, and the ways to read, act and refuse. */

/** What the routes work with, made in `assemble.ts`. */
export type Parts = {
  accountIds: string[]
  client: Client
  present: Present
  poller: Poller
  failovers: Failovers
  reader: HistoryReader
  marks: Marks
  tags: Tags
  /** Nothing older is kept, milliseconds. */
  retentionMs: number
  bus: Bus
  db: Store
  audit: Audit
  refusals: Refusals
  identity: Identity
  session: () => Session
  /** Finds out anew how the tokens fare, by asking Cloudflare; changes nothing there. */
  checkTokens: () => Promise<void>
  snapshot: () => LiveEvent
  onWrite: (error: ProblemError | null, accountId: string) => void
  /** Whether Cloudflare may be asked now because somebody looks. */
  mayRefresh: Freshness
  now: () => number
  /** The machine's clock, for what others' clocks made. */
  wall: () => number
  /** The clock that Cloudflare Access' tokens are made by, as Cloudflare's answers tell it. */
  accessNow: () => number
  /** Calls back after `ms`; returns what takes it back. */
  after: (ms: number, callback: () => void) => () => void
  requestId: () => string
  log: (facts: Record<string, unknown>, message: string) => void
  /** Open streams, to say goodbye to: whose each is, and of which page; of none that says so: ''. */
  streams: Map<(goodbye?: LiveEvent) => void, { owner: string; page: string }>
  /** Whether Tandem is stopping on purpose; a stream that still comes is told so and ended. */
  isStopping: () => boolean
}

export type Request = Context<Env>

/** Registers an operation of the table, and nothing that is not in it: role first, then ids, then work. */
export type Route = (
  operationId: OperationId,
  handle: (c: Request, ids: Record<string, string>) => Promise<Response> | Response,
) => void

/** The body of a write, checked. One sentence names the first thing that is wrong. */
export async function readBody<T extends z.ZodMiniType>(
  c: Request,
  schema: T,
): Promise<z.infer<T>> {
  if (c.req.header('content-type') === undefined) throw wrongType()
  let json: unknown
  try {
    json = JSON.parse(await c.req.text())
  } catch (error) {
    if (error instanceof ProblemError) throw error
    throw new ProblemError('invalid-request', 'The body is not JSON. Nothing was changed.')
  }
  const parsed = schema.safeParse(json, { error: saysWrong })
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const field = issue?.path.map(String).join('.')
  throw new ProblemError(
    'invalid-request',
    `${field ? `“${field}”` : 'The body'} ${issue?.message}.`,
    field ? { field } : {},
  )
}

/**
 * Does an audited operation: written down, done, settled. `work` is handed who asked, and the record, to
 * add to its outcome.
 */
export function perform<T>(
  parts: Parts,
  c: Request,
  facts: Pick<ActionFacts, 'operation' | 'tunnelId' | 'target' | 'input'>,
  work: (who: Who, noted: Noted) => Promise<T>,
): Promise<T> {
  const who = signedIn(c)
  return act(parts.audit, { ...facts, who, requestId: c.get('requestId') }, (noted) =>
    work(who, noted),
  )
}

/** Kinds that leave it open whether Cloudflare did what it was asked. */
const unclear = new Set<ProblemKind>([
  'cloudflare-unreachable',
  'cloudflare-failing',
  'unexpected-answer',
])

/**
 * A call of Cloudflare with the token for writing, whose fate is noticed on the way; Cloudflare's own id of
 * the request is kept with the record. A write without a clear answer is not sent again: Tandem looks.
 */
export async function noticing(
  parts: Parts,
  {
    operation,
    tunnelId,
    accountId,
  }: Pick<ActionFacts, 'operation' | 'tunnelId'> & { accountId: string },
  noted: Noted,
  work: Promise<Answer>,
): Promise<Answer> {
  try {
    const answer = await work
    parts.onWrite(null, accountId)
    noted.note({ ray: answer.ray })
    return answer
  } catch (error) {
    parts.onWrite(error instanceof ProblemError ? error : null, accountId)
    const isRead = operations[operation].method === 'GET'
    if (isRead || !(error instanceof ProblemError) || !unclear.has(error.kind)) throw error
    if (tunnelId !== null) parts.poller.poke(tunnelId)
    throw new ProblemError(
      'outcome-unknown',
      `${error.message} It was sent once at most and may have happened all the same: look before you repeat it.`,
      error.extra,
      error,
    )
  }
}

/** The tunnel that a request is about, or a problem that says why there is none to work on. */
export function liveTunnel(parts: Parts, tunnelId: string) {
  const tunnel = parts.present.tunnel(tunnelId)
  if (!tunnel) {
    throw parts.poller.hasLooked()
      ? new ProblemError('not-found', 'Tandem does not know this tunnel.')
      : new ProblemError(
          'not-ready',
          'Tandem has not looked at Cloudflare yet. Try again in a moment.',
        )
  }
  if (tunnel.deletedAt !== null) {
    throw new ProblemError(
      'tunnel-deleted',
      'The tunnel was deleted at Cloudflare; nothing can be changed.',
    )
  }
  return tunnel
}
