import { CfEnvelope, type CfMessage } from '#contract/cloudflare.ts'
import { type UpstreamCall, upstreamCalls } from '#contract/operations.ts'
import type { ProblemKind } from '#contract/problem-kinds.ts'
import { causesOf, codeOf, ProblemError } from '../problem.ts'
import { readWhole } from '../read-whole.ts'
import type { Secret } from '../secret.ts'
import type { Budget, Purpose } from './budget.ts'
import { lockoutMs, parseRatelimit, parseRetryAfter } from './ratelimit.ts'

/**
 * The only caller of Cloudflare. A call is a name of the allow-list plus ids, so no text of a request
 * can become an address. An answer counts only if it is 2xx, JSON and `success: true`. A write is sent
 * exactly once; a read is tried once more after a reset or a 5xx.
 *
 * Not the official SDK: that one repeats a failover PUT by itself and takes `200 {"success":false}`
 * and HTML pages for success.
 */
export type Ids = { accountId?: string; tunnelId?: string; connectorId?: string }

export type Answer = {
  result: unknown
  info: CfEnvelope['result_info']
  /** When the call left and when its answer was complete; no two of all calls are the same. */
  sentAt: number
  doneAt: number
  /** When its answer was complete, as people see it. */
  at: number
  /** Cloudflare's own id of the request, to ask its support by; null when it gave none. */
  ray: string | null
}

export type CallOptions = {
  purpose: Purpose
  query?: Record<string, string | number | boolean>
  body?: unknown
  deadlineMs?: number
  /** With the writing token, whatever the call needs: a verification is about the token it is made with. */
  withWriting?: boolean
}

/**
 * One token and how it fares. `lockedUntil` stays in the past after a lock-out has ended until a call
 * has shown that it really has; 0: not locked.
 */
export type TokenSlot = { secret: Secret; lockedUntil: number }
export type Tokens = { read: TokenSlot; write: TokenSlot }

export type ClientDeps = {
  baseUrl: string
  tokens: Tokens
  budget: Budget
  now: () => number
  random: () => number
  sleep: (ms: number) => Promise<void>
  fetch: typeof fetch
  /** Told when a 429 locks a token, so that a restart does not forget it. */
  onLocked: (slot: TokenSlot, until: number) => void
  /** Told Cloudflare's clock minus ours, in milliseconds, to about a second. */
  onSkew: (skewMs: number) => void
  debug: (facts: Record<string, unknown>, message: string) => void
}

export type Client = ReturnType<typeof createClient>

const defaultDeadlineMs = 15_000
/** Tells calls of the same millisecond apart; fine enough for epoch milliseconds in a double. */
const orderMs = 2 ** -10
const idShapes = {
  accountId: /^[0-9a-f]{32}$/,
  tunnelId: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  connectorId: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
} as const

/** Fills the ids into an allow-listed path. Throws when an id is missing or has another shape. */
export function toPath(call: UpstreamCall, ids: Ids): string {
  return upstreamCalls[call].path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const key = name as keyof typeof idShapes
    const id = ids[key]
    if (typeof id !== 'string' || !idShapes[key].test(id)) {
      throw new ProblemError('invalid-request', `The ${key} is not a valid id.`, { field: key })
    }
    return id
  })
}

export function createClient(deps: ClientDeps) {
  const { baseUrl, tokens, budget, now } = deps
  const host = new URL(baseUrl).host
  let lastTick = 0
  /** Now, and later than ever before: tells what came first within one millisecond. */
  const tick = () => {
    lastTick = Math.max(now(), lastTick + orderMs)
    return lastTick
  }

  const slotFor = (call: UpstreamCall) => (upstreamCalls[call].write ? tokens.write : tokens.read)

  /** Refuses before anything is sent while the token is locked out or the budget is spent. */
  function assertMayAsk(slot: TokenSlot, purpose: Purpose) {
    if (now() < slot.lockedUntil) {
      throw new ProblemError(
        'locked-out',
        'Cloudflare refuses every call of this token because too many were made. Tandem shows what it last saw and goes on by itself.',
        { retryAt: slot.lockedUntil },
      )
    }
    const waitMs = budget.waitMs(purpose)
    if (waitMs > 0) {
      throw new ProblemError(
        'budget-spent',
        'Tandem stopped before Cloudflare’s own limit would lock the token out. Watching goes on; try again shortly.',
        { retryAt: now() + waitMs },
      )
    }
  }

  /**
   * Sends one allow-listed call.
   *
   * @throws ProblemError of a kind that says what happened; for a write, `outcome-unknown`,
   *   `cloudflare-failing`, `cloudflare-unreachable` and `unexpected-answer` mean that it may have worked.
   */
  async function call(name: UpstreamCall, ids: Ids, options: CallOptions): Promise<Answer> {
    const slot = options.withWriting ? tokens.write : slotFor(name)
    try {
      return await readTwice(slot, name, ids, options)
    } catch (error) {
      // The other token goes on where the reading one is out of the game: a person who fails over must
      // not be kept from it by what polling has done.
      // A verification is about the very token that it is made with.
      const isRead = !upstreamCalls[name].write && !name.endsWith('TokenVerify')
      const mayStandIn = isRead && options.purpose !== 'poll' && slot !== tokens.write
      if (!mayStandIn || !(error instanceof ProblemError) || !isAboutToken(error)) throw error
      deps.debug({ call: name, kind: error.kind }, 'asking with the other token')
      return readTwice(tokens.write, name, ids, options)
    }
  }

  async function readTwice(slot: TokenSlot, name: UpstreamCall, ids: Ids, options: CallOptions) {
    try {
      return await attempt(slot, name, ids, options)
    } catch (error) {
      if (!(error instanceof ProblemError) || !isWorthOneMoreRead(name, error)) throw error
      deps.debug({ call: name, kind: error.kind }, 'reading once more')
      await deps.sleep(1000 + deps.random() * 2000)
      return attempt(slot, name, ids, options).catch((again: unknown) => {
        // That there is no call left for a second try is not what went wrong.
        throw again instanceof ProblemError && again.kind === 'budget-spent' ? error : again
      })
    }
  }

  async function attempt(
    slot: TokenSlot,
    name: UpstreamCall,
    ids: Ids,
    options: CallOptions,
  ): Promise<Answer> {
    const { method } = upstreamCalls[name]
    const url = new URL(`${baseUrl}${toPath(name, ids)}`)
    for (const [key, value] of Object.entries(options.query ?? {})) {
      url.searchParams.set(key, String(value))
    }
    assertMayAsk(slot, options.purpose)
    budget.spend(options.purpose)
    const sentAt = tick()
    const deadlineMs = options.deadlineMs ?? defaultDeadlineMs
    // One deadline over connecting, headers and body: a stalled body is as dead as a stalled start.
    const signal = AbortSignal.timeout(deadlineMs)
    let response: Response
    let body: string
    try {
      response = await deps.fetch(url, {
        method,
        redirect: 'error',
        signal,
        headers: {
          authorization: `Bearer ${slot.secret.reveal()}`,
          accept: 'application/json',
          'user-agent': 'tandem',
          ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      })
      const { headers } = response
      if (slot === tokens.read) {
        budget.learn(parseRatelimit(headers.get('ratelimit'), headers.get('ratelimit-policy')))
      }
      learnSkew(response, sentAt)
      if (response.status === 429) throw lock(slot, response)
      body = new TextDecoder().decode(await readWhole(response, signal))
    } catch (error) {
      if (error instanceof ProblemError) throw error
      throw toNetworkProblem(error, name, host, deadlineMs)
    }
    const at = now()
    deps.debug(
      { call: name, status: response.status, ms: Math.round(at - sentAt) },
      'asked Cloudflare',
    )
    const envelope = parseEnvelope(response, body)
    if (!envelope) {
      // What a write answers may repeat the secret that was sent, and the install token is one itself.
      if (method === 'GET' && name !== 'tokenGet')
        deps.debug({ call: name, body: body.slice(0, 200) }, 'unreadable')
      throw unreadable(name, response, body)
    }
    if (response.ok && envelope.success === true) {
      if (slot.lockedUntil <= sentAt) slot.lockedUntil = 0
      const { result, result_info: info } = envelope
      if (lists.has(name) && !Array.isArray(result) && result !== null)
        throw unexpected(name, response.status, rayOf(response), 'no list')
      return { result, info, sentAt, doneAt: tick(), at, ray: rayOf(response) }
    }
    if (isRateLimitCode(envelope.errors)) throw lock(slot, response, envelope.errors)
    throw toRefusal(name, response, envelope.errors)
  }

  function lock(slot: TokenSlot, response: Response, errors: CfMessage[] = []): ProblemError {
    // The body of a 429 is not worth reading: the status decides, and it may be an HTML page.
    response.body?.cancel().catch(() => {})
    const header = response.headers.get('retry-after')
    // A date is meant by Cloudflare's clock, not by ours.
    const theirNow = Date.parse(response.headers.get('date') ?? '')
    const waitMs =
      header === null
        ? lockoutMs
        : parseRetryAfter(header, Number.isFinite(theirNow) ? theirNow : now())
    const until = now() + waitMs + deps.random() * 5000
    slot.lockedUntil = Math.max(slot.lockedUntil, until)
    deps.onLocked(slot, slot.lockedUntil)
    return new ProblemError(
      'locked-out',
      'Cloudflare answered 429: too many calls were made with this token. Tandem rests until the time shown and then goes on by itself.',
      {
        retryAt: slot.lockedUntil,
        cloudflare: { status: 429, errors: toTexts(errors), ray: rayOf(response) },
      },
    )
  }

  function learnSkew(response: Response, sentAt: number) {
    const date = Date.parse(response.headers.get('date') ?? '')
    // The header has whole seconds; the middle of that second against the middle of the call.
    if (Number.isFinite(date)) deps.onSkew(Math.round(date + 500 - (sentAt + now()) / 2))
  }

  return {
    call,
    /** Until when the token that `name` needs must rest; may be in the past. */
    lockedUntil: (name: UpstreamCall) => slotFor(name).lockedUntil,
    /** A lock-out has ended, and no call has shown yet that Cloudflare thinks so too. */
    isProbing: (name: UpstreamCall) => {
      const { lockedUntil } = slotFor(name)
      return lockedUntil > 0 && lockedUntil <= now()
    },
  }
}

function parseEnvelope(response: Response, body: string): CfEnvelope | null {
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(response.headers.get('content-type') ?? ''))
    return null
  try {
    const json: unknown = JSON.parse(body)
    if (typeof json !== 'object' || json === null || Array.isArray(json)) return null
    return CfEnvelope.parse(json)
  } catch {
    return null
  }
}

/** Text of somebody else that is kept and shown: bounded, and of the letters that such an id has. */
const rayOf = ({ headers }: Response) =>
  /^[\w-]{1,64}$/.exec(headers.get('cf-ray') ?? '')?.[0] ?? null

const toTexts = (errors: CfMessage[]) =>
  errors
    .slice(0, 10)
    .map(({ code, message }) => ({ code: String(code), message: message.slice(0, 500) }))

// 971 and 10429 are seen with other statuses too; below the schema's minimum, so any code is read.
const isRateLimitCode = (errors: CfMessage[]) =>
  errors.some(({ code }) => code === 971 || code === 10429 || code === '971' || code === '10429')

const isAboutToken = ({ kind }: ProblemError) =>
  kind === 'locked-out' || kind === 'token-rejected' || kind === 'permission-missing'

function isWorthOneMoreRead(name: UpstreamCall, error: ProblemError): boolean {
  if (upstreamCalls[name].method !== 'GET') return false
  return (
    error.kind === 'cloudflare-failing' ||
    (error.kind === 'cloudflare-unreachable' && error.reason === 'reset')
  )
}

/** What still works when a read failed. After a write only its caller can say. */
const sequelOf = (name: UpstreamCall) =>
  upstreamCalls[name].method === 'GET'
    ? ' What was last read stays on screen; Tandem asks again by itself.'
    : ''

function unreadable(name: UpstreamCall, response: Response, body: string): ProblemError {
  if (response.status >= 500) return toRefusal(name, response, [])
  const type = response.headers.get('content-type')?.split(';')[0] ?? 'no content type'
  const looks = /html/i.test(type) || /^\s*</.test(body) ? 'an HTML page' : `unreadable (${type})`
  return unexpected(name, response.status, rayOf(response), looks)
}

/** Calls that are answered with a list: anything else in its place says nothing of whom it would name. */
const lists: ReadonlySet<UpstreamCall> = new Set(['tunnelList', 'connectorList'])

/** The problem of an answer that can't be what was asked for, whoever finds that out; `looks` is what came instead. */
export function unexpected(
  name: UpstreamCall,
  status: number,
  ray: string | null,
  looks: string,
): ProblemError {
  return new ProblemError(
    'unexpected-answer',
    `Cloudflare answered ${status}, but what came was ${looks}.${sequelOf(name)}`,
    { cloudflare: { status, errors: [], ray } },
  )
}

/** Refusals that say how far a request came, not what became of it: time ran out, too early, nobody waits any more. */
const openStatuses = new Set([408, 425, 499])

/** Gives a refusal its kind: by HTTP status first, then by the codes that are known. */
function toRefusal(name: UpstreamCall, response: Response, errors: CfMessage[]): ProblemError {
  const { status } = response
  const codes = new Set(errors.map(({ code }) => String(code)))
  const cloudflare = { status, errors: toTexts(errors), ray: rayOf(response) }
  const said = cloudflare.errors.map(({ code, message }) => `${message} (${code})`).join('; ')
  const refuse = (kind: ProblemKind, detail: string) =>
    new ProblemError(kind, detail, { cloudflare })

  if (status >= 500 || openStatuses.has(status)) {
    return refuse('cloudflare-failing', `Cloudflare answered ${status}.${sequelOf(name)}`)
  }
  // 9109 is also what a token without the permission gets, in other words.
  const isGone = status === 403 && /invalid access token/i.test(said)
  if (status === 401 || (status === 400 && codes.has('6003')) || isGone) {
    return refuse('token-rejected', `Cloudflare rejected the API token${said ? `: ${said}` : ''}.`)
  }
  // The codes of a token that may not. With another one a change may be refused for a reason of its own, which says
  // nothing of other changes: a failover of one tunnel that is refused like that keeps nobody from another's.
  const isOfToken = codes.has('9109') || codes.has('10000')
  const isChange = upstreamCalls[name].write
  if (status === 403 && (isOfToken || !isChange)) {
    const group = isChange ? 'WARP Write' : 'WARP Read'
    return refuse(
      'permission-missing',
      `The API token may not do this: it needs “Cloudflare One Connector: ${group}”${said ? `. Cloudflare said: ${said}` : ''}.`,
    )
  }
  if (status === 404) return refuse('not-found', said || 'Cloudflare does not know it.')
  if (status === 409 && codes.has('1013')) {
    return new ProblemError('name-conflict', 'Another tunnel of this account has that name.', {
      cloudflare,
      field: 'name',
    })
  }
  if (codes.has('1022')) {
    return refuse(
      'has-connections',
      'Cloudflare refuses to delete a tunnel while a connector is connected. Stop its connectors first.',
    )
  }
  if (status >= 400)
    return refuse('refused-by-cloudflare', said || `Cloudflare answered ${status}.`)
  return refuse(
    'unexpected-answer',
    `Cloudflare answered ${status} without success${said ? `: ${said}` : ''}.`,
  )
}

const certificateCodes =
  /CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)|ERR_TLS|ERR_SSL|EPROTO|HOSTNAME_MISMATCH/

/** What a failure of the network is called, the first that fits. Codes are Node's and undici's. */
const networkFaults = [
  ['timeout', /TimeoutError|AbortError|UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT|ETIMEDOUT/],
  ['dns', /ENOTFOUND|EAI_AGAIN/],
  ['refused', /ECONNREFUSED/],
  ['certificate', certificateCodes],
  ['no-route', /ENETUNREACH|EHOSTUNREACH/],
  ['garbled', /\bZ_|ERR__ERROR_|HPE_/],
  ['reset', /ECONNRESET|ECONNABORTED|EPIPE|UND_ERR_SOCKET/],
] as const

const networkSentences = {
  dns: 'DNS does not know the name',
  refused: 'connection refused',
  certificate: 'the TLS certificate is not valid',
  redirect: 'it answered with a redirect, which Tandem does not follow',
  'no-route': 'there is no route to it',
  reset: 'connection reset or closed',
} as const

/** Names a failure of the network in one word that an admin can act on. Never repeats the raw error. */
export function toNetworkProblem(
  error: unknown,
  name: UpstreamCall,
  host: string,
  deadlineMs: number,
): ProblemError {
  const codes: string[] = []
  let text = ''
  for (const at of causesOf(error)) {
    codes.push(at.name, 'code' in at ? String(at.code) : '')
    text += ` ${at.message}`
    if (at instanceof AggregateError) {
      for (const inner of at.errors) codes.push(String((inner as { code?: unknown }).code ?? ''))
    }
  }
  const all = codes.join(' ')
  const fault =
    networkFaults.find(([, pattern]) => pattern.test(all))?.[0] ??
    (/redirect/i.test(text) ? 'redirect' : 'unknown')
  if (fault === 'garbled') {
    return new ProblemError(
      'unexpected-answer',
      `What ${host} sent can’t be decoded (${codeOf(error)}).${sequelOf(name)}`,
    )
  }
  const why =
    fault === 'timeout'
      ? `no complete answer within ${Math.round(deadlineMs / 1000)} s`
      : fault === 'unknown'
        ? `the connection failed (${codeOf(error)})`
        : networkSentences[fault]
  return new ProblemError(
    'cloudflare-unreachable',
    `Cannot reach ${host}: ${why}.${sequelOf(name)}`,
    {},
    undefined,
    fault,
  )
}
