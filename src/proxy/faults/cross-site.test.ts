import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Problem } from '#contract/problem.ts'
import { createApp } from '../app.ts'
import { startRig } from './rig.ts'
import { createVisitor, goodPassword, publicUrl, setUp, type Visitor } from './visitor.ts'
import { startWorld, type World } from './world.ts'

/** S5, S8 and S21: what another site could make a browser send, and bodies that are none. */

let world: World
let rig: Awaited<ReturnType<typeof startRig>>
let admin: Visitor

beforeAll(async () => {
  world = await startWorld()
  rig = await startRig(world, { signIn: 'people', publicUrl })
  await rig.looked()
  admin = await setUp(rig)
})
afterAll(async () => {
  await rig.end()
  await world.end()
})

const creation = { name: 'made by another site', ha: true }
type Headers = Record<string, string | undefined>

const forgeries: [string, Headers][] = [
  [
    'a form',
    {
      'content-type': 'application/x-www-form-urlencoded',
      'x-requested-by': undefined,
      'sec-fetch-site': 'cross-site',
      origin: 'https://evil.example',
    },
  ],
  [
    'a form with a file',
    {
      'content-type': 'multipart/form-data; boundary=x',
      'x-requested-by': undefined,
      'sec-fetch-site': 'cross-site',
    },
  ],
  [
    'a form of plain text',
    { 'content-type': 'text/plain', 'x-requested-by': undefined, 'sec-fetch-site': 'cross-site' },
  ],
  ['JSON by fetch', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
  [
    'JSON of a sibling host',
    { 'sec-fetch-site': 'same-site', origin: 'https://other.example.com' },
  ],
  [
    'JSON of a sub-domain',
    { 'sec-fetch-site': 'same-site', origin: 'https://x.tandem.example.com' },
  ],
  ['JSON without our header', { 'x-requested-by': undefined }],
  ['JSON with another header', { 'x-requested-by': 'XMLHttpRequest' }],
  ['a null origin', { origin: 'null' }],
  ['another port', { origin: 'https://tandem.example.com:8443' }],
  ['the plain address', { origin: 'http://tandem.example.com' }],
  ['a name that begins alike', { origin: 'https://tandem.example.com.evil.example' }],
  [
    'another origin in an old browser',
    { 'sec-fetch-site': undefined, origin: 'https://evil.example' },
  ],
  ['no origin in an old browser', { 'sec-fetch-site': undefined, origin: undefined }],
  ['a navigation', { 'sec-fetch-site': 'none', 'x-requested-by': undefined }],
  ['an address that was typed', { 'sec-fetch-site': 'none' }],
  ['no type', { 'content-type': undefined }],
  ['plain text behind JSON', { 'content-type': 'application/json;text/plain' }],
  ['JSON in another place of the type', { 'content-type': 'text/plain; application/json' }],
  ['a blob', { 'content-type': '' }],
  ['JSON-like', { 'content-type': 'application/json-patch+json' }],
]

describe('S5', () => {
  test.each(forgeries)('%s changes nothing', async (_, headers) => {
    const before = rig.calls.filter(({ method }) => method !== 'GET').length
    const { status } = await admin.ask('POST', '/tunnels', creation, headers)
    expect([403, 415]).toContain(status)
    const made = await admin.ask('POST', '/people', { name: 'Eve', role: 'admin' }, headers)
    expect([403, 415]).toContain(made.status)
    expect(rig.calls.filter(({ method }) => method !== 'GET')).toHaveLength(before)
    const people = await rig.db.selectFrom('people').select('name').execute()
    expect(people).toEqual([{ name: 'Ada' }])
  })

  test.each(forgeries.slice(3, 8))('%s signs nobody in', async (_, headers) => {
    const visitor = createVisitor(rig, '203.0.113.50')
    const { status } = await visitor.ask(
      'POST',
      '/sign-in',
      { name: 'Ada', password: goodPassword },
      headers,
    )
    expect(status).toBe(403)
    expect(visitor.jar.size).toBe(0)
  })

  test('the page itself gets through', async () => {
    expect(await admin.outcome('POST', '/people', { name: 'Ben', role: 'viewer' })).toBe('201')
    await rig.db.deleteFrom('people').where('name', '=', 'Ben').execute()
  })

  test('what was refused is on record', async () => {
    await admin.ask('POST', '/tunnels', creation, { 'sec-fetch-site': 'cross-site' })
    const { json } = await admin.ask('GET', '/audit?what=refused')
    expect(
      (json as { records: { facts: unknown }[] }).records.map(({ facts }) => facts),
    ).toContainEqual(expect.objectContaining({ why: 'cross-site' }))
  })
})

describe('S5 a proxy that nobody told Tandem of', () => {
  // As it asks by itself: its own peer's address, and this machine's name in place of the one it was asked by.
  const marks: [string, string][] = [
    ['x-forwarded-for', '203.0.113.9'],
    ['forwarded', 'for=203.0.113.9'],
    ['via', '1.1 proxy'],
    ['x-real-ip', '203.0.113.9'],
  ]
  test.each(['off', 'demo'] as const)('makes nobody admin where sign-in is %s', async (signIn) => {
    const careless = await startRig(world, { signIn })
    await careless.looked()
    expect(await careless.get('/session')).toMatchObject({ me: { role: 'admin' } })
    for (const [name, value] of marks) {
      for (const path of ['/session', '/tunnels']) {
        const read = await careless.ask('GET', path, undefined, { [name]: value })
        expect([name, read.status]).toEqual([name, 403])
      }
      const write = await careless.ask('POST', '/tunnels', creation, { [name]: value })
      expect([write.status, (write.json as Problem).detail]).toEqual([
        403,
        expect.stringContaining('TANDEM_TRUST_PROXY'),
      ])
    }
    expect(careless.calls.filter(({ method }) => method !== 'GET')).toEqual([])
    await careless.end()
  })
})

describe('S8 a name of another site that points at this machine', () => {
  const html =
    '<div id="root"></div><template data-view="list"><h1>Tunnels {{count}}</h1></template><template data-view="tunnel"><h1>{{name}}</h1></template>'
  const file = { type: 'text/html', br: null, gz: null, immutable: false }
  const page = new Map([['/index.html', { ...file, plain: Buffer.from(html) }]])

  test.each(['off', 'demo'] as const)('reads nothing where sign-in is %s', async (signIn) => {
    const { tunnelId } = await world.addTunnel(`rebound-${signIn}`, 2)
    const open = await startRig(world, { signIn })
    await open.looked()
    const app = createApp(open.tandem.parts, page)
    const read = async (host: string, path: string) => {
      const answer = await app.request(path, { headers: { host } })
      return `${answer.status} ${await answer.text()}`
    }
    const paths = ['/', `/tunnels/${tunnelId}`]
    for (const host of ['evil.example:8787', '127.0.0.1.evil.example', 'localhost.evil.example']) {
      for (const path of paths) expect(await read(host, path)).toBe('200 <div id="root"></div>')
      expect(await read(host, '/api/tunnels')).toMatch(/^403 /)
    }
    for (const host of ['127.0.0.1:8787', 'localhost:8787', '[::1]:8787']) {
      for (const path of paths) expect(await read(host, path)).toContain('<h1>')
      expect(await read(host, '/api/tunnels')).toMatch(/^200 /)
    }
    await open.end()
  })
})

describe('S8 another site’s page', () => {
  test.each(['cross-site', 'same-site'])('%s reads nothing', async (site) => {
    for (const path of ['/session', '/tunnels', '/events', '/audit', '/openapi.json']) {
      const { status, headers } = await admin.ask('GET', path, undefined, {
        'sec-fetch-site': site,
      })
      expect([path, status]).toEqual([path, 403])
      expect(headers.get('access-control-allow-origin')).toBeNull()
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    }
  })
})

describe('S21 a body', () => {
  const big = JSON.stringify({ name: 'x'.repeat(20_000), ha: true })
  test.each<[string, string, Headers, number]>([
    ['of more than 16 KB', big, {}, 413],
    ['that is no JSON', '{"name":', {}, 400],
    ['that is empty', '', {}, 400],
    ['that is a list', '[]', {}, 400],
    ['that is null', 'null', {}, 400],
    ['with a key too many', '{"name":"x","ha":true,"cascade":true}', {}, 400],
    ['with __proto__', '{"__proto__":{"ha":true},"name":"x"}', {}, 400],
    ['with a number for a text', '{"name":1e309,"ha":true}', {}, 400],
    ['nested 8,000 deep', `${'['.repeat(8000)}${']'.repeat(8000)}`, {}, 400],
    ['that is compressed', '{"name":"x","ha":true}', { 'content-encoding': 'gzip' }, 415],
  ])('%s is refused', async (_, body, headers, expected) => {
    const { status } = await admin.ask('POST', '/tunnels', body, headers)
    expect(status).toBe(expected)
  })
})
