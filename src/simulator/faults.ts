import * as z from 'zod/mini'
import type { ApiAnswer } from './answers.ts'

/**
 * Which fault meets this request, and what does it do to the answer? Pure; `deliver.ts` puts the result
 * on the wire.
 */

const count = z.number().check(z.int(), z.nonnegative())
const positive = z.number().check(z.positive())
const status = z.number().check(z.int(), z.minimum(200), z.maximum(599))

const common = {
  match: z._default(
    z.strictObject({
      method: z.optional(z.string()),
      /** A regular expression over the path after `/client/v4`. */
      path: z.optional(z.string()),
      token: z.optional(z.enum(['read', 'write'])),
    }),
    {},
  ),
  /** How often it strikes; left out: until it is removed. */
  times: z.optional(count),
  /** How many matching requests pass before it strikes. */
  after: z.optional(count),
  /** Do what was asked before failing, for kinds that would not. */
  apply: z.optional(z.boolean()),
}
const kind = <K extends string, T extends z.core.$ZodLooseShape>(name: K, fields: T) =>
  z.strictObject({ ...common, kind: z.literal(name), ...fields })

export const Fault = z.discriminatedUnion('kind', [
  kind('refuse', {}),
  kind('reset-after-apply', {}),
  /** Does what was asked at once and answers late. */
  kind('delay', { ms: count }),
  kind('hang', {}),
  kind('hang-headers-sent', {}),
  kind('drip', { bytesPerSecond: positive }),
  /** A short body that looks complete; `abrupt`: the socket dies in the middle instead. */
  kind('truncate', { at: z.optional(count), abrupt: z.optional(z.boolean()) }),
  kind('html', { status: z.optional(status) }),
  kind('status', {
    status,
    code: z.optional(z.number()),
    message: z.optional(z.string()),
    retryAfter: z.optional(z.union([z.number(), z.string()])),
  }),
  kind('rate-limit', {
    retryAfter: z.optional(z.nullable(z.union([z.number(), z.string()]))),
    html: z.optional(z.boolean()),
    code: z.optional(z.number()),
  }),
  kind('success-false', { status: z.optional(status) }),
  kind('body', {
    status: z.optional(status),
    contentType: z.optional(z.nullable(z.string())),
    body: z.string(),
  }),
  kind('gzip-bomb', { megabytes: positive }),
  kind('huge', { megabytes: positive }),
  kind('redirect', { location: z.string() }),
  kind('unknown-enums', {}),
  kind('nulls', { fields: z.optional(z.array(z.string())) }),
  kind('missing-fields', { fields: z.optional(z.array(z.string())) }),
  kind('strings-for-numbers', {}),
  kind('duplicate-ids', {}),
  kind('ratelimit-header', {
    remaining: z.optional(count),
    reset: z.optional(count),
    raw: z.optional(z.string()),
  }),
])
export type Fault = z.infer<typeof Fault>

export type FaultTarget = { method: string; path: string; token: string }
export type FaultEntry = { id: string; fault: Fault; seen: number; struck: number }

export type Faults = ReturnType<typeof createFaults>

const matches = ({ match }: Fault, target: FaultTarget) =>
  (match.method === undefined || match.method.toUpperCase() === target.method) &&
  (match.path === undefined || new RegExp(match.path).test(target.path)) &&
  (match.token === undefined || match.token === target.token)

export function createFaults() {
  let entries: FaultEntry[] = []
  let last = 0

  return {
    list: () => entries,
    /** @throws {SyntaxError} when the path is no regular expression */
    add(fault: Fault): string {
      if (fault.match.path !== undefined) RegExp(fault.match.path)
      last += 1
      const id = `fault-${last}`
      entries.push({ id, fault, seen: 0, struck: 0 })
      return id
    },
    remove(id: string): boolean {
      const before = entries.length
      entries = entries.filter((entry) => entry.id !== id)
      return entries.length < before
    },
    clear: () => {
      entries = []
    },
    /** The oldest fault that strikes this request, counted; those that are spent are gone. */
    take(target: FaultTarget): Fault | null {
      for (const entry of entries) {
        if (!matches(entry.fault, target)) continue
        entry.seen += 1
        if (entry.seen <= (entry.fault.after ?? 0)) continue
        entry.struck += 1
        if (entry.fault.times !== undefined && entry.struck >= entry.fault.times)
          entries = entries.filter((other) => other !== entry)
        return entry.fault.times === 0 ? null : entry.fault
      }
      return null
    },
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Rebuilds a JSON value; `change` sees every field and may rename nothing, only replace or drop it. */
const dropped = Symbol('dropped')
function mapFields(value: unknown, change: (key: string, value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapFields(item, change))
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, change(key, mapFields(inner, change))] as const)
      .filter(([, inner]) => inner !== dropped),
  )
}

/** Words that no version of Cloudflare has said yet. */
const strangers: Record<string, string> = {
  status: 'paused',
  ha_status: 'draining',
  tun_type: 'hyperlane',
  ha_mode: 'gcp',
}

function duplicate(result: unknown): unknown {
  if (!Array.isArray(result) || !isRecord(result[0])) return result
  const [first] = result
  // The copy is older, so that "the newest wins" can be told from "the first wins".
  const copy = {
    ...first,
    ...('run_at' in first ? { run_at: '2020-01-01T00:00:00.000000Z' } : {}),
  }
  return [...result, copy]
}

/** The answer as this fault leaves it, for the kinds that change what is said and not how. */
export function distort({ status, headers, body }: ApiAnswer, fault: Fault): ApiAnswer {
  const change = (result: unknown): ApiAnswer => ({ status, headers, body: { ...body, result } })
  switch (fault.kind) {
    case 'success-false':
      return {
        status: fault.status ?? 200,
        headers,
        body: { ...body, success: false, errors: [], result: null },
      }
    case 'unknown-enums':
      return change(mapFields(body.result, (key, value) => strangers[key] ?? value))
    case 'nulls': {
      const wanted = (key: string, value: unknown) =>
        fault.fields === undefined ? key !== 'id' && !isRecord(value) : fault.fields.includes(key)
      return change(mapFields(body.result, (key, value) => (wanted(key, value) ? null : value)))
    }
    case 'missing-fields': {
      const wanted = (key: string) => fault.fields?.includes(key) ?? key !== 'id'
      return change(mapFields(body.result, (key, value) => (wanted(key) ? dropped : value)))
    }
    case 'strings-for-numbers': {
      const spelled = mapFields(body, (_, value) =>
        typeof value === 'number' ? String(value) : value,
      )
      return { status, headers, body: isRecord(spelled) ? spelled : body }
    }
    case 'duplicate-ids':
      return change(duplicate(body.result))
    case 'ratelimit-header': {
      const text = fault.raw ?? `"default";r=${fault.remaining ?? 0};t=${fault.reset ?? 300}`
      return { status, headers: { ...headers, ratelimit: text }, body }
    }
    case 'status': {
      const retry: Record<string, string> =
        fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) }
      const error = {
        code: fault.code ?? 10_000 + fault.status,
        message: fault.message ?? 'An error was made on purpose',
      }
      return {
        status: fault.status,
        headers: { ...headers, ...retry },
        body: { success: false, errors: [error], messages: [], result: null },
      }
    }
    case 'rate-limit': {
      const retryAfter = fault.retryAfter === undefined ? 300 : fault.retryAfter
      const message = 'Please wait and consider throttling your request speed'
      return {
        status: 429,
        headers: retryAfter === null ? {} : { 'retry-after': String(retryAfter) },
        body: {
          success: false,
          errors: [{ code: fault.code ?? 971, message }],
          messages: [],
          result: null,
        },
      }
    }
    default:
      return { status, headers, body }
  }
}

/** Whether the request still does what it asks for when this fault strikes. */
export function applies(fault: Fault): boolean {
  switch (fault.kind) {
    case 'refuse':
    case 'hang':
    case 'html':
    case 'status':
    case 'rate-limit':
    case 'success-false':
    case 'body':
    case 'gzip-bomb':
    case 'huge':
    case 'redirect':
      return fault.apply ?? false
    default:
      return true
  }
}
