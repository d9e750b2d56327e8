import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../app.ts'
import { readPage } from '../routes/page.ts'
import { climbing } from './climbing.ts'
import { openDoor } from './door.ts'
import { type Heard, say, toText } from './raw.ts'
import { startRig } from './rig.ts'
import { createVisitor, publicUrl, setUp, type Visitor } from './visitor.ts'
import { startWorld, type World } from './world.ts'

/** S6, S7, S24 and S26: what every answer carries, and which files there are. */

let world: World
let rig: Awaited<ReturnType<typeof startRig>>
let door: Awaited<ReturnType<typeof openDoor>>
let admin: Visitor
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-page-'))
  mkdirSync(join(folder, 'web/assets'), { recursive: true })
  writeFileSync(join(folder, 'web/index.html'), '<!doctype html><title>Tandem</title>')
  writeFileSync(join(folder, 'web/assets/index-abc.js'), 'export {}')
  writeFileSync(join(folder, 'web/assets/index-abc.js.map'), '{"sources":["secret.ts"]}')
  writeFileSync(join(folder, 'web/.env'), 'CLOUDFLARE_API_TOKEN=hush')
  writeFileSync(join(folder, 'proxy.js'), 'the proxy itself')
  world = await startWorld()
  rig = await startRig(world, { signIn: 'people', publicUrl })
  await rig.looked()
  admin = await setUp(rig)
  const app = createApp(rig.tandem.parts, readPage(join(folder, 'web')))
  door = await openDoor({ app })
}, 120_000)
afterAll(async () => {
  await door.close()
  await rig.end()
  await world.end()
  rmSync(folder, { recursive: true })
})

const tls: [string, string][] = [
  ['host', 'tandem.example.com'],
  ['x-forwarded-proto', 'https'],
]
const cookie = (): [string, string] => [
  'cookie',
  [...admin.jar].map(([name, value]) => `${name}=${value}`).join('; '),
]
const own: [string, string][] = [
  ['x-requested-by', 'tandem'],
  ['origin', publicUrl],
]
const json: [string, string] = ['content-type', 'application/json']
const ask = (
  method: string,
  path: string,
  headers: [string, string][] = [],
  body: string | null = null,
) => rig.time.during(say(door.port, toText(method, path, [...tls, ...headers], body)))

/** Each kind of answer once, with the status that shows that it is the one that was meant. */
const answers: [string, number, () => Promise<Heard>][] = [
  ['the page', 200, () => ask('GET', '/')],
  ['an address of the page', 200, () => ask('GET', '/tunnels/x')],
  ['a file', 200, () => ask('GET', '/assets/index-abc.js')],
  ['a file that is not there', 404, () => ask('GET', '/nothing.js')],
  ['a method that the page does not take', 404, () => ask('POST', '/')],
  ['that it lives', 200, () => ask('GET', '/healthz')],
  ['that it is ready', 200, () => ask('GET', '/readyz')],
  ['data', 200, () => ask('GET', '/api/tunnels', [cookie()])],
  ['a file made on the way', 200, () => ask('GET', '/api/activity.csv', [cookie()])],
  ['the live stream', 200, () => ask('GET', '/api/events', [cookie()])],
  ['an id that is none', 400, () => ask('GET', '/api/tunnels/x', [cookie()])],
  ['nobody', 401, () => ask('GET', '/api/tunnels')],
  ['another site', 403, () => ask('GET', '/api/session', [['sec-fetch-site', 'cross-site']])],
  ['no such address', 404, () => ask('GET', '/api/nothing', [cookie()])],
  ['no such method', 405, () => ask('DELETE', '/api/tunnels', [cookie(), ...own, json], '{}')],
  [
    'too large',
    413,
    () => ask('POST', '/api/tunnels', [cookie(), ...own, json], `"${'x'.repeat(20_000)}"`),
  ],
  ['an address too long', 414, () => ask('GET', `/api/tunnels?x=${'x'.repeat(9000)}`)],
  [
    'not JSON',
    415,
    () => ask('POST', '/api/tunnels', [cookie(), ...own, ['content-type', 'text/xml']], '<a/>'),
  ],
]

const exactly = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
}

test('a method that is not taken: the answer names those that are', async () => {
  const { headers } = await ask('DELETE', '/api/tunnels', [cookie(), ...own, json], '{}')
  expect(headers.get('allow')).toBe('GET, HEAD, POST')
})

describe('S6 S7 what every answer carries', () => {
  test.each(answers)(
    '%s (%i): nothing may frame it, nothing inline runs, TLS for a year',
    async (_, status, get) => {
      const heard = await get()
      expect(heard.status).toBe(status)
      const carried = Object.fromEntries(
        Object.keys(exactly).map((name) => [name, heard.headers.get(name)]),
      )
      expect(carried).toEqual(exactly)
      expect(heard.headers.get('permissions-policy')).toContain('camera=()')
      const telling = ['access-control-allow-origin', 'server', 'x-powered-by']
      expect(telling.filter((name) => heard.headers.has(name))).toEqual([])
    },
  )

  // The scanner needs a public name; its rules need none. It begins with 100, and extra points count from 90 on. The
  // table's 150 are more than it gives by now. That every operation's answers carry a policy is in `hostile.test.ts`.
  // https://github.com/mdn/mdn-http-observatory/blob/main/src/grader/charts.js (1.4.8)
  test('S7 Mozilla’s Observatory takes nothing off, and gives 130 of the 145 points that there are', async () => {
    const { headers } = await ask('GET', '/')
    const of = (name: string) => headers.get(name) ?? ''
    const policy = new Map(
      of('content-security-policy')
        .split('; ')
        .map((directive) => [directive.split(' ')[0], directive.split(' ').slice(1).join(' ')]),
    )
    const active = ['script-src', 'style-src'].map((name) => policy.get(name) ?? '*')
    const isSafe = active.every((sources) => sources === "'self'")
    const hstsSeconds = Number(/max-age=(\d+)/.exec(of('strict-transport-security'))?.[1] ?? 0)
    const rules: [string, number, boolean][] = [
      [
        'a policy with nothing unsafe that begins with nothing',
        10,
        isSafe && policy.get('default-src') === "'none'",
      ],
      ['the policy says who may frame it', 5, policy.get('frame-ancestors') === "'none'"],
      ['no other site may embed it', 10, of('cross-origin-resource-policy') === 'same-origin'],
      ['no address leaks', 5, of('referrer-policy') === 'no-referrer'],
      // What else it gives, five each, is for cookies, of which a stranger gets none, for a place in the browsers'
      // list of TLS-only names, which is its owner's to ask for, and for scripts whose digests the page states: whoever
      // could change ours could change the page as well, which comes from the same place.
      ['TLS for half a year at least', 0, hstsSeconds >= 15_768_000],
      ['types are not guessed', 0, of('x-content-type-options') === 'nosniff'],
      ['no cookie for strangers', 0, !headers.has('set-cookie')],
      ['nothing for other sites to read', 0, !headers.has('access-control-allow-origin')],
    ]
    expect(rules.filter(([, , isKept]) => !isKept)).toEqual([])
    expect(rules.reduce((sum, [, points]) => sum + points, 100)).toBe(130)
  })

  test('without TLS the browser is not told that there is some', async () => {
    const plain = toText('GET', '/', [['host', '127.0.0.1:8787']], null)
    const { headers } = await say(door.port, plain)
    expect(headers.has('strict-transport-security')).toBe(false)
  })
})

test('S24 nothing that is told is kept: not by a browser, not on the way', async () => {
  for (const [says, , get] of answers.slice(7)) {
    const { headers } = await get()
    expect([says, headers.get('cache-control')]).toEqual([says, 'no-store'])
  }
  expect((await ask('GET', '/')).headers.get('cache-control')).toBe('no-cache')
  const visitor = createVisitor(rig)
  for (const [name, value] of admin.jar) visitor.jar.set(name, value)
  const { headers } = await visitor.ask('POST', '/sign-out')
  expect(headers.get('clear-site-data')).toBe('"cache"')
  await admin.signIn('Ada', 'mossy lantern quietly orbits')
})

describe('S26 files', () => {
  test(`${climbing.length} ways out of the folder, and to what is not for everybody`, async () => {
    const found: string[] = []
    for (const path of climbing) {
      const { status, body } = await ask('GET', path)
      // An address without an ending is one of the page's own; it answers with the page and nothing else.
      const isPage = status === 200 && body.includes('<title>Tandem</title>')
      if (status !== 404 && status !== 400 && !isPage) found.push(`${path}: ${status} ${body}`)
      if (/hush|secret\.ts|the proxy itself|root:/.test(body)) found.push(`${path}: ${body}`)
    }
    expect(found).toEqual([])
    expect(climbing.length).toBeGreaterThanOrEqual(40)
  })
})
