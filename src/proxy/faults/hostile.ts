import { randomUUID } from 'node:crypto'
import * as fc from 'fast-check'
import { riskIds } from '#contract/failover-checks.ts'
import { operations } from '#contract/operations.ts'
import type { openapiDocument } from '../routes/openapi.ts'
import type { Heard } from './raw.ts'

/**
 * What may come in at the door: requests to every operation of the OpenAPI document, right, nearly right
 * and wrong, in their path, query, headers and body.
 */
export type HostileRequest = {
  operationId: string
  caller: Caller
  method: string
  target: string
  headers: [string, string][]
  body: string | null
}
export const callers = ['nobody', 'screen', 'viewer', 'operator', 'admin'] as const
export type Caller = (typeof callers)[number]

/** What exists or is right at the moment, by the name of its place: an id, a code, a time. */
export type Known = Record<string, () => readonly (string | number)[]>

type Document = ReturnType<typeof openapiDocument>
type Schema = Record<string, unknown>
type Parameter = { name: string; in: string; schema: Schema }
type Described = {
  operationId: string
  parameters: Parameter[]
  requestBody?: { content: { 'application/json': { schema: Schema } } }
}

/** In place of an id: every known way out of a path, and what only looks like an id. */
export const oddIds = [
  '..',
  '../..',
  '%2e%2e',
  '%2E%2e/',
  '..%2f..',
  '..%2F',
  '..\\',
  '..%5c',
  '%2e%2e%2f%2e%2e%2ftokens%2fverify',
  '.',
  '%2e',
  './token',
  '%00',
  '%0a',
  '%0d%0aX-A:%20b',
  '%09',
  '?cascade=true',
  '%3fcascade=true',
  '#',
  '%23',
  '//',
  '/',
  '@evil.example',
  '//evil.example/',
  'https://evil.example/',
  'https:%2f%2fevil.example',
  ':8080',
  '6f3a5b1c-0d2e-4f60-8a7b-1c2d3e4f5a6b/token',
  '6f3a5b1c-0d2e-4f60-8a7b-1c2d3e4f5a6b%2ftoken',
  '6f3a5b1c-0d2e-4f60-8a7b-1c2d3e4f5a6b%00',
  '6f3a5b1c-0d2e-4f60-8a7b-1c2d3e4f5a6b%0a',
  '6f3a5b1c-0d2e-4f60-8a7b-1c2d3e4f5a6b;x',
  '6f3a5b1c-0d2e-4f60-8a7b-1c2d3e4f5a6b..',
  '%206f3a5b1c-0d2e-4f60-8a7b-1c2d3e4f5a6b',
  '6F3A5B1C-0D2E-4F60-8A7B-1C2D3E4F5A6B',
  '{6f3a5b1c-0d2e-4f60-8a7b-1c2d3e4f5a6b}',
  'urn:uuid:6f3a5b1c-0d2e-4f60-8a7b-1c2d3e4f5a6b',
  '6f3a5b1c0d2e4f608a7b1c2d3e4f5a6b',
  '6f3a5b1c-0d2e-4f60-8a7b-1c2d3e4f5a6',
  '6f3a5b1c-0d2e-4f60-8a7b-1c2d3e4f5a6bb',
  '00000000000000000000000000000000',
  'accounts',
  'undefined',
  'null',
  'NaN',
  '[object%20Object]',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  '*',
  ':tunnelId',
  '{tunnelId}',
  '%',
  '%zz',
  '%c0%ae%c0%ae',
  '%e2%80%ae',
  '%ud800',
  '%F0%9F%92%A9',
  "'%20or%201=1--",
  '%3Cscript%3Ealert(1)%3C/script%3E',
  'a'.repeat(5000),
]

const oddTexts = [
  '',
  ' ',
  '-1',
  '1e309',
  'NaN',
  '99999999999999999999',
  '0x10',
  'true',
  '\u0000',
  '\u202e\u2066gpj.exe',
  '\ud800',
  '\r\nset-cookie: a=b',
  "' or 1=1; drop table audit; --",
  '%_%',
  '(a+)+$',
  '<img src=x onerror=alert(1)>',
  '{"$ne":null}',
  '__proto__',
  'x'.repeat(6000),
  '2026-11-24',
  '=cmd|calc',
]

/** Pieces of JSON that a value may be replaced by, as text, because some are no value at all. */
const oddJson = [
  'null',
  'true',
  '0',
  '-0',
  '1e309',
  '-1',
  '12345678901234567890',
  '""',
  '"\\u0000"',
  '"\\ud800"',
  '"\\u202e"',
  '[]',
  '[null]',
  '{}',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '[["6f3a5b1c-0d2e-4f60-8a7b-1c2d3e4f5a6b"]]',
  '{"toString":"x","length":-1}',
  `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
  `"${'x'.repeat(6000)}"`,
  'NaN',
  'undefined',
]

const oddBodies = [
  '',
  ' ',
  'null',
  '[]',
  '"x"',
  '{',
  '{"a":1,}',
  '\ufeff{}',
  '{"a":1}{"b":2}',
  'a=b&c=d',
  `"${'x'.repeat(20_000)}"`,
  `{"${'k'.repeat(60_000)}":1}`,
  `{${Array.from({ length: 5000 }, (_, at) => `"k${at}":${at}`).join(',')}}`,
]

const oddHeaders: [string, string][] = [
  ['content-type', 'text/plain'],
  ['content-type', 'application/json; charset=utf-16'],
  ['content-type', 'multipart/form-data; boundary=x'],
  ['content-encoding', 'gzip'],
  ['accept', 'application/xml'],
  ['accept-encoding', 'gzip, br, x'],
  ['accept-language', '*'.repeat(500)],
  ['cookie', '__Host-sid=; __Host-sid=x; =; ;;; sid'],
  ['cookie', `a=${'%'.repeat(200)}`],
  ['expect', '100-continue'],
  ['host', 'evil.example'],
  ['host', '127.0.0.1:1'],
  ['idempotency-key', 'x'],
  ['idempotency-key', '6f3a5b1c-0d2e-4f60-8a7b-1c2d3e4f5a6b'],
  ['if-none-match', '*'],
  ['last-event-id', `${'9'.repeat(16)}-${'9'.repeat(15)}`],
  ['last-event-id', 'x'.repeat(1000)],
  ['origin', 'null'],
  ['origin', 'https://evil.example'],
  ['range', 'bytes=0-,0-,0-'],
  ['sec-fetch-site', 'cross-site'],
  ['transfer-encoding', 'identity'],
  ['upgrade', 'websocket'],
  ['x-forwarded-for', `${'1.1.1.1, '.repeat(300)}x`],
  ['x-forwarded-for', '"; drop'],
  ['x-forwarded-proto', 'ftp'],
  ['x-http-method-override', 'DELETE'],
  ['x-requested-by', 'somebody'],
]
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']

/** The headers that the page itself sends, over the TLS proxy. */
const usual = (isWrite: boolean): [string, string][] => [
  ['host', 'tandem.example.com'],
  ['x-forwarded-for', '198.51.100.23'],
  ['x-forwarded-proto', 'https'],
  ['sec-fetch-site', 'same-origin'],
  ['x-requested-by', 'tandem'],
  ...(isWrite
    ? ([
        ['content-type', 'application/json'],
        ['origin', 'https://tandem.example.com'],
      ] as [string, string][])
    : []),
]

/** Every operation of the document is as likely as any other; admins, who get furthest, ask the most. */
export function hostileRequests(document: Document, known: Known): fc.Arbitrary<HostileRequest> {
  const each = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) =>
      toRequests(path, method.toUpperCase(), described as Described, known),
    ),
  )
  return fc.oneof(...each)
}

function toRequests(path: string, method: string, described: Described, known: Known) {
  const isWrite = method !== 'GET'
  const schema = described.requestBody?.content['application/json'].schema
  const query = described.parameters.filter((each) => each.in === 'query')
  return fc
    .record({
      caller: fc.constantFrom<Caller[]>(...callers, 'admin', 'admin', 'admin'),
      method: fc.oneof(
        { weight: 12, arbitrary: fc.constant(method) },
        { weight: 1, arbitrary: fc.constantFrom(...methods) },
      ),
      target: fc
        .tuple(targets(path, known), queries(query, known))
        .map(([place, asked]) => `${place}${asked}`),
      odd: fc.oneof(
        { weight: 5, arbitrary: fc.constant<[string, string][]>([]) },
        {
          weight: 2,
          arbitrary: fc.array(fc.constantFrom(...oddHeaders), { minLength: 1, maxLength: 3 }),
        },
      ),
      body: isWrite ? bodies(schema, known) : fc.constant(null),
    })
    .map(({ odd, ...request }): HostileRequest => {
      const replaced = new Set(odd.map(([name]) => name))
      const kept = usual(isWrite).filter(([name]) => !replaced.has(name))
      return { ...request, operationId: described.operationId, headers: [...kept, ...odd] }
    })
}

/** One of what is there when it is asked for; without any, an id that nothing has. */
const oneOf = (real: Known[string]) =>
  fc.nat().map((at) => real()[at % real().length] ?? '6f3a5b1c-0d2e-4f60-8a7b-1c2d3e4f5a6b')

/** An id that exists, one that doesn't, or none at all. */
function ids(name: string, known: Known): fc.Arbitrary<string> {
  const made = fc.uuid()
  const real = known[name]
  return fc.oneof(
    { weight: 5, arbitrary: real ? oneOf(real).map(String) : made },
    { weight: 1, arbitrary: made },
    { weight: 2, arbitrary: fc.constantFrom(...oddIds) },
  )
}

function targets(path: string, known: Known): fc.Arbitrary<string> {
  const parts = path
    .split(/(\{\w+\})/)
    .map((part) => (part.startsWith('{') ? ids(part.slice(1, -1), known) : fc.constant(part)))
  return fc.tuple(...parts).map((all) => all.join(''))
}

function queries(parameters: Parameter[], known: Known): fc.Arbitrary<string> {
  const name = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...parameters.map((each) => each.name), 'fresh') },
    { weight: 1, arbitrary: fc.constantFrom('cascade', '__proto__', 'from[]', 'x', '') },
  )
  const value = fc.oneof(
    fc.integer({ min: 0, max: 2e12 }).map(String),
    fc.constantFrom('true', 'false'),
    ...[known.tunnelId, known.connectorId].flatMap((real) => (real ? oneOf(real).map(String) : [])),
    fc.constantFrom(...oddTexts.map(escape)),
    fc.string({ maxLength: 20 }).map(escape),
  )
  const pair = fc.tuple(name, value).map(([left, right]) => `${left}=${right}`)
  const some = fc.array(pair, { minLength: 1, maxLength: 4 }).map((pairs) => `?${pairs.join('&')}`)
  return fc.oneof({ weight: 2, arbitrary: fc.constant('') }, { weight: 1, arbitrary: some })
}

/** As it may stand in an address; lone halves of characters become what they can. */
const escape = (text: string) => encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'))

function bodies(schema: Schema | undefined, known: Known): fc.Arbitrary<string> {
  const right = schema ? toValues(schema, known) : fc.constant({})
  const entries = right.map((value) => Object.entries(value as object))
  return fc.oneof(
    { weight: 5, arbitrary: right.map((value) => JSON.stringify(value)) },
    {
      weight: 4,
      arbitrary: fc
        .tuple(entries, fc.nat(), fc.constantFrom(...oddJson))
        .map(([all, at, odd]) =>
          toJson(
            all.map(([key, value], index): [string, string] => [
              key,
              all.length > 0 && index === at % all.length ? odd : JSON.stringify(value),
            ]),
          ),
        ),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(entries, fc.constantFrom('__proto__', 'cascade', 'role', 'id', 'name'))
        .map(([all, key]) =>
          toJson([
            ...all.map(([name, value]): [string, string] => [name, JSON.stringify(value)]),
            [key, '{"polluted":true}'],
          ]),
        ),
    },
    { weight: 1, arbitrary: fc.constantFrom(...oddBodies) },
    { weight: 1, arbitrary: fc.json() },
  )
}

/** An object whose values are JSON already, or something that only resembles it. */
const toJson = (entries: [string, string][]) =>
  `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`

/** What the API calls a connector's id where Cloudflare's own word is used. */
const otherNames: Record<string, string> = {
  client_id: 'connectorId',
  expected_active_id: 'connectorId',
  connector_id: 'connectorId',
}

/** Tags, of which no random texts are; what is put on is not what is taken off. */
const tags: Record<string, string[]> = {
  add: ['site:london', '拠点:東京', 'critical'],
  remove: ['team:network', 'tier-1', 'ＣＡＦＥ\u0301'],
}

/** Values that fit a schema as the document has it, most of them; ids of its own for what is one. */
function toValues(schema: Schema, known: Known, name = ''): fc.Arbitrary<unknown> {
  const real = known[otherNames[name] ?? name]
  if (real) return oneOf(real)
  if (name === 'ticked') return fc.constant(riskIds)
  if (tags[name]) return fc.subarray(tags[name], { minLength: 1 })
  if ('const' in schema) return fc.constant(schema.const)
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]))
  const choices = (schema.anyOf ?? schema.oneOf) as Schema[] | undefined
  if (choices) return fc.oneof(...choices.map((each) => toValues(each, known, name)))
  switch (schema.type) {
    case 'object': {
      const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>)
      const values = Object.fromEntries(
        properties.map(([key, each]) => [key, toValues(each, known, key)]),
      )
      return fc.record(values, { requiredKeys: (schema.required ?? []) as string[] })
    }
    case 'array':
      return fc.array(toValues(schema.items as Schema, known), { minLength: 1, maxLength: 4 })
    case 'boolean':
      return fc.boolean()
    case 'integer':
    case 'number':
      return fc.integer({ min: 0, max: 100 })
    case 'null':
      return fc.constant(null)
    default:
      return toTexts(schema)
  }
}

/** Halves of one too. fast-check's own `binary` spends seconds on how to take a text apart again. */
const anyCharacter = fc.nat({ max: 0x10_ff_ff }).map((code) => String.fromCodePoint(code))

function toTexts({ format, pattern, minLength, maxLength }: Schema): fc.Arbitrary<string> {
  if (format === 'ipv4') return fc.ipV4()
  if (format === 'ipv6') return fc.ipV6()
  const length = { minLength: Number(minLength ?? 0), maxLength: Number(maxLength ?? 40) }
  if (typeof pattern !== 'string') {
    return fc.string({ ...length, maxLength: Math.max(length.minLength, 40), unit: anyCharacter })
  }
  // What fast-check can't make of a pattern is met by a plain name, or by an address of the page.
  if (/\\p\{|\(\?[!=<]/.test(pattern))
    return fc.stringMatching(/^(?:\/[a-z]{0,9}|[a-zA-Z0-9 ._@+-]{1,40})$/)
  return fc.stringMatching(new RegExp(pattern))
}

/** S2: every place of an id in every path. */
export const places = Object.values(operations).flatMap(({ method, path }) =>
  [...path.matchAll(/\{(\w+)\}/g)].map(({ index }) => ({ method, path, index })),
)

/** A path with what exists in the places of its ids, but for the place that `trick` names. */
export const withIds = (path: string, known: Known, trick?: { at: number; odd: string }) =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string, at: number) =>
    at === trick?.at ? trick.odd : String(known[name]?.()[0] ?? randomUUID()),
  )

const taken = new Set<string>(
  Object.values(operations).map(({ method, path }) => `${method} ${path}`),
)
const others = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'LINK', 'PROPFIND']

/** S3: every method on every path that does not have it. */
export const untaken = [...new Set(Object.values(operations).map(({ path }) => path))].flatMap(
  (path) =>
    others.filter((method) => !taken.has(`${method} ${path}`)).map((method) => ({ method, path })),
)

const mustCarry = [
  'content-security-policy',
  'x-content-type-options',
  'x-frame-options',
  'cross-origin-resource-policy',
]

/** What is wrong with an answer, whatever the question was; null: nothing. */
export function faultOf({ status, headers, body }: Heard, token: string): string | null {
  // The server itself refuses what is no HTTP, without a word and before any of our code runs.
  if ([400, 413, 431].includes(status) && /^(?:0\r\n\r\n)?$/.test(body)) return null
  if (status === 0) return 'no answer'
  if (status >= 500) return `${status}: ${body}`
  const missing = mustCarry.filter((name) => !headers.has(name))
  if (missing.length > 0) return `${status} without ${missing.join(', ')}`
  if (headers.has('x-a') || headers.get('set-cookie')?.startsWith('a=b')) return 'a header got in'
  if (body.includes(token)) return 'the API token'
  return null
}
