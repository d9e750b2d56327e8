import { join as pathOf } from 'node:path'
import Database from 'better-sqlite3'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AuditChain, AuditPage } from '#contract/audit.ts'
import type { Failover } from '#contract/failover.ts'
import type { OperationId } from '#contract/operations.ts'
import type { Pairing, PersonList, ScreenList } from '#contract/people.ts'
import type { SessionAnswer } from '#contract/session.ts'
import type { Tunnel, TunnelList } from '#contract/tunnel.ts'
import { consent } from '../faults/failing-over.ts'
import {
  type Caller,
  faultOf,
  hostileRequests,
  type Known,
  oddIds,
  places,
  untaken,
  withIds,
} from '../faults/hostile.ts'
import { type Heard, say, toText } from '../faults/raw.ts'
import {
  createVisitor,
  goodPassword,
  hang,
  join,
  kindOf,
  ofPage,
  publicUrl,
  setUp,
  type Visitor,
} from '../faults/visitor.ts'
import { openStream } from '../faults/visitor-stream.ts'
import { breaking, injections } from '../faults/words.ts'
import { startWorld, type World } from '../faults/world.ts'
import { openapiDocument } from '../routes/openapi.ts'
import { type Built, eventually, startBuilt } from './built.ts'

/**
 * What goes wrong, by its letter and number, through the built programs, behind a TLS proxy as people reach it: who comes in, what they
 * may, what ends it, and what is hostile. One after the other, on one Tandem that they use as they go. More of each, and
 * what takes hours, is in `faults`.
 */

let world: World
let tandem: Built
let admin: Visitor
/** Each with three connectors, the first active. */
const tunnels: { tunnelId: string; connectorIds: string[] }[] = []

beforeAll(async () => {
  world = await startWorld('empty', { speed: 1 })
  for (let n = 0; n < 4; n += 1) tunnels.push(await world.addTunnel(`site-${n}`, 3))
  tandem = await startBuilt(world, {
    TANDEM_TRUST_PROXY: '127.0.0.1',
    TANDEM_PUBLIC_URL: publicUrl,
  })
  await tandem.program.line(/no admin who can sign in/)
}, 60_000)
afterAll(async () => {
  await tandem.program.end('SIGKILL')
  await world.end()
})

const reads = (visitor: Visitor) => visitor.outcome('GET', '/tunnels')
const read = async <T>(path: string) => (await admin.ask('GET', path)).json as T
const auditOf = async (what: string) => (await read<AuditPage>(`/audit?what=${what}`)).records
const puts = async () => (await world.requests()).filter(({ method }) => method === 'PUT').length

/** How somebody would fail a tunnel over who takes every risk. */
function failoverOf(at: number) {
  const { tunnelId = '', connectorIds = [] } = tunnels[at] ?? {}
  const [active, standby] = connectorIds
  const body = { client_id: standby, expected_active_id: active, ...consent }
  return { path: `/tunnels/${tunnelId}/failovers`, body }
}

/** What Cloudflare was asked since then that watching does not ask by itself. */
async function askedSince(n: number) {
  const own =
    /^\/accounts\/[0-9a-f]{32}\/warp_connector(?:\/([0-9a-f-]{36})\/(?:connections|configurations))?$/
  const known = new Set((await world.state()).tunnels.map(({ id }) => id))
  return (await world.requests())
    .filter((call) => call.n > n)
    .filter(({ method, path }) => {
      const [isOwn, tunnelId] = own.exec(path) ?? []
      return !isOwn || method !== 'GET' || (tunnelId !== undefined && !known.has(tunnelId))
    })
    .map(({ method, path }) => `${method} ${path}`)
}
const lastCall = async () => (await world.requests()).at(-1)?.n ?? 0

test('S16 whoever comes first without the code from the log makes nobody an admin', async () => {
  const stranger = createVisitor(tandem, '203.0.113.9')
  const session = (await stranger.ask('GET', '/session')).json as SessionAnswer
  expect(session).toMatchObject({ me: null, accounts: [], signIn: { needsSetup: true } })
  expect(await reads(stranger)).toBe('401 sign-in-needed')
  const guess = { code: 'A'.repeat(26), name: 'Eve', password: goodPassword }
  expect(await stranger.outcome('POST', '/setup', guess)).toBe('401 sign-in-failed')

  const code = /the code: ([0-9A-Z-]+)/.exec(tandem.program.output())?.[1] ?? ''
  admin = await setUp(tandem)
  expect(await stranger.outcome('POST', '/setup', { ...guess, code })).toBe('410 link-spent')
  const { people } = await read<PersonList>('/people')
  expect(people.map(({ name, role }) => [name, role])).toEqual([['Ada', 'admin']])
})

test('F17 the operator signs out, loses the role or is disabled in the middle: it goes on to its end', async () => {
  await world.order('/failover', { mode: 'normal', demoteMs: 200, promoteMs: 5000 })
  const leaves = [
    (operator: Visitor) => operator.ask('POST', '/sign-out'),
    (_: Visitor, personId: string) => admin.ask('PATCH', `/people/${personId}`, { role: 'viewer' }),
    (_: Visitor, personId: string) => admin.ask('PATCH', `/people/${personId}`, { disabled: true }),
  ]
  await eventually(
    () => read<TunnelList>('/tunnels'),
    (list) =>
      list.tunnels.length === 4 && list.tunnels.every(({ checkedAt }) => checkedAt !== null),
  )
  const staff: Awaited<ReturnType<typeof join>>[] = []
  for (const at of leaves.keys()) staff.push(await join(tandem, admin, `Oskar ${at}`, 'operator'))
  const begun: Failover[] = []
  for (const [at, leave] of leaves.entries()) {
    const { visitor, personId } = staff[at] ?? staff[0] ?? { visitor: admin, personId: '' }
    const { path, body } = failoverOf(at)
    const { status, json } = await visitor.ask('POST', path, body)
    expect(status).toBe(202)
    begun.push(json as Failover)
    expect((await leave(visitor, personId)).status).toBeLessThan(300)
    expect((await visitor.ask('POST', path, body)).status).toBeGreaterThanOrEqual(401)
  }
  for (const [at, { id }] of begun.entries()) {
    const ended = await eventually(
      () => read<Failover>(`/failovers/${id}`),
      ({ endedAt }) => endedAt !== null,
    )
    expect(ended).toMatchObject({ state: 'confirmed', by: `Oskar ${at}` })
  }
  const records = await auditOf('failoverRun')
  const told = records.map(({ who, outcomes }) => [who?.name, outcomes.map(({ result }) => result)])
  const whole = ['started', 'accepted', 'confirmed']
  expect(told.toReversed()).toEqual(leaves.map((_, at) => [`Oskar ${at}`, whole]))
  expect(await puts()).toBe(leaves.length)
})

test('F20 nobody, a viewer, a screen and a session that was signed out: Cloudflare hears nothing', async () => {
  const { visitor: viewer } = await join(tandem, admin, 'Vera', 'viewer')
  const { visitor: leaver } = await join(tandem, admin, 'Lea', 'operator')
  const screen = await hang(tandem, admin)
  const kept = leaver.elsewhere('192.0.2.30')
  await leaver.ask('POST', '/sign-out')
  const from = await lastCall()
  const { path, body } = failoverOf(3)
  const tries = async (visitor: Visitor) => [
    await visitor.outcome('POST', path, body),
    await visitor.outcome('GET', `${path}/checks?to=${body.client_id}`),
    await visitor.outcome('PUT', path.replace(/failovers$/, 'preference'), {
      connector_id: body.client_id,
    }),
  ]
  const all = (outcome: string) => [outcome, outcome, outcome]
  expect(await tries(createVisitor(tandem))).toEqual(all('401 sign-in-needed'))
  expect(await tries(viewer)).toEqual(all('403 role-missing'))
  expect(await tries(screen)).toEqual(all('403 role-missing'))
  expect(await tries(kept)).toEqual(all('401 sign-in-needed'))
  expect(await askedSince(from)).toEqual([])
})

test('S12 S19 what ends a session ends its stream, and its cookie opens nothing any more', async () => {
  const { visitor: ben, personId } = await join(tandem, admin, 'Ben', 'operator')
  const password = `${goodPassword} still`
  const ends: [why: string, end: () => Promise<unknown>][] = [
    ['signing out', () => ben.ask('POST', '/sign-out')],
    ['another role', () => admin.ask('PATCH', `/people/${personId}`, { role: 'viewer' })],
    ['being signed out', () => admin.ask('DELETE', `/people/${personId}/sessions`)],
    ['being disabled', () => admin.ask('PATCH', `/people/${personId}`, { disabled: true })],
  ]
  for (const [why, end] of ends) {
    ben.jar.delete('__Host-sid')
    // Somebody else has planted a cookie in the browser: it is not the one that a sign-in gives.
    ben.jar.set('__Host-sid', 'A'.repeat(43))
    expect(await reads(ben)).toBe('401 sign-in-needed')
    expect([why, (await ben.signIn('Ben', goodPassword)).status]).toEqual([why, 200])
    expect(ben.jar.get('__Host-sid')).not.toBe('A'.repeat(43))
    const copy = ben.elsewhere('192.0.2.20')
    expect(await reads(copy)).toBe('200')
    const stream = await openStream(tandem.port, ben)
    await end()
    await stream.ended
    const { heard } = stream
    expect([why, heard[0]?.type, heard.at(-1)?.type]).toEqual([why, 'snapshot', 'signed-out'])
    expect([why, await reads(copy)]).toEqual([why, '401 sign-in-needed'])
  }
  expect((await openStream(tandem.port, ben)).status).toBe(401)
  expect(kindOf((await ben.signIn('Ben', goodPassword)).json)).toBe('sign-in-failed')

  await admin.ask('PATCH', `/people/${personId}`, { disabled: false })
  expect((await ben.signIn('Ben', goodPassword)).status).toBe(200)
  const copy = ben.elsewhere('192.0.2.20')
  const change = { current: goodPassword, password }
  expect(await ben.outcome('POST', '/me/password', change)).toBe('200')
  expect([await reads(ben), await reads(copy)]).toEqual(['200', '401 sign-in-needed'])
})

test('S18 a screen only reads, stands out when it is copied, and is shown out at once', async () => {
  const screen = createVisitor(tandem, '192.0.2.77')
  const { code, secret } = (await screen.ask('POST', '/screens/pairings')).json as Pairing
  const claim = () => screen.ask('POST', '/screens/claims', { secret })
  expect((await claim()).json).toMatchObject({ state: 'waiting' })
  const grant = { name: 'Lobby', view: '/', days: 9 }
  expect(await admin.outcome('POST', '/screens/approvals', { code, ...grant })).toBe('200')
  expect((await claim()).json).toEqual({ state: 'paired', view: '/' })
  // Good once.
  expect(kindOf((await claim()).json)).toBe('link-spent')
  const lobby = async () =>
    (await read<ScreenList>('/screens')).screens.find(({ name }) => name === 'Lobby')
  expect(await reads(screen)).toBe('200')
  expect(await lobby()).toMatchObject({ addedBy: 'Ada', from: '192.0.2.77', isSpread: false })

  const from = await lastCall()
  const { path, body } = failoverOf(3)
  expect(await screen.outcome('POST', path, body)).toBe('403 role-missing')
  expect(await screen.outcome('GET', '/people')).toBe('403 role-missing')
  expect(await screen.outcome('GET', `${path.replace('/failovers', '')}?fresh=true`)).toBe('200')
  expect(await askedSince(from)).toEqual([])

  for (const place of ['198.51.100.1', '198.51.100.2']) await reads(screen.elsewhere(place))
  expect((await lobby())?.isSpread).toBe(true)
  const stream = await openStream(tandem.port, screen)
  expect(await admin.outcome('DELETE', `/screens/${(await lobby())?.id}`)).toBe('200')
  await stream.ended
  expect(stream.heard.at(-1)?.type).toBe('signed-out')
  expect(await reads(screen)).toBe('401 sign-in-needed')

  // A server and its log see what stands before the #.
  const { json } = await admin.ask('POST', '/screens/links', grant)
  const [address, fragment = ''] = (json as { path: string }).path.split('#')
  expect(address).toBe('/screen')
  expect(fragment.length).toBeGreaterThan(40)
  expect(tandem.program.output()).not.toContain(fragment)
})

test('S20 a sign-in of an hour ago is no good for a failover: nothing is sent', async () => {
  const database = new Database(pathOf(tandem.folder, 'tandem.db'))
  // What passes in an hour, for what looks at it: when this was proven.
  database.prepare('update sessions set proven_at = proven_at - ?').run(61 * 60_000)
  database.close()
  const before = await puts()
  const { path, body } = failoverOf(3)
  expect(await admin.outcome('POST', path, body)).toBe('401 sign-in-again')
  const token = path.replace('/failovers', '/token')
  expect(await admin.outcome('GET', token)).toBe('401 sign-in-again')
  expect(await reads(admin)).toBe('200')
  expect(await puts()).toBe(before)
  const again = (password: string) => admin.outcome('POST', '/sign-in/again', { password })
  expect(await again('not the password at all')).toBe('401 sign-in-failed')
  expect(await admin.outcome('POST', path, body)).toBe('401 sign-in-again')
  expect(await again(goodPassword)).toBe('200')
  const { status, json } = await admin.ask('POST', path, body)
  expect(status).toBe(202)
  await eventually(
    () => read<Failover>(`/failovers/${(json as Failover).id}`),
    ({ state }) => state === 'confirmed',
  )
  expect(await puts()).toBe(before + 1)
  const [record] = await auditOf('failoverRun')
  expect(record).toMatchObject({ who: { name: 'Ada' }, from: '192.0.2.10' })
})

test(`S9 ${injections.length} texts in a database’s own words find and change nothing`, async () => {
  const before = await read<PersonList>('/people')
  for (const text of injections) {
    const word = encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'))
    const { records } = await read<AuditPage>(`/audit?who=${word}`)
    expect([text, ...records]).toEqual([text])
    const places = [
      ...['what', 'tunnel', 'cursor', 'from', 'to'].map((place) => `/audit?${place}=${word}`),
      ...['kind', 'tunnel', 'cursor', 'from', 'to'].map((place) => `/activity?${place}=${word}`),
    ]
    for (const path of places)
      expect([path, (await admin.ask('GET', path)).status]).toEqual([path, 400])
  }
  expect((await admin.ask('GET', `/audit?who=${'x'.repeat(101)}`)).status).toBe(400)
  const after = await read<PersonList>('/people')
  const toFacts = ({ people }: PersonList) => people.map((person) => ({ ...person, seenAt: null }))
  expect(toFacts(after)).toEqual(toFacts(before))
  expect(await read<AuditChain>('/audit/chain')).toMatchObject({ isWhole: true })
})

test('S10 names with line ends and controls make no line of the log or the stream; claimed addresses count for nothing', async () => {
  const names = breaking.map((odd, at) => `a${odd}b${at}`)
  const [accountId] = world.accounts
  for (const name of names) {
    const { status } = await admin.ask('POST', '/tunnels', { name, ha: true, accountId })
    expect([JSON.stringify(name), status]).toEqual([JSON.stringify(name), 201])
  }
  const stream = await openStream(tandem.port, admin)
  await eventually(
    async () => stream.heard[0],
    (event) => event !== undefined,
  )
  stream.close()
  const [snapshot] = stream.heard
  const told = snapshot?.type === 'snapshot' ? snapshot.tunnels : []
  const heard = new Set(told.map(({ name }) => name))
  expect(names.filter((name) => !heard.has(name))).toEqual([])

  const stranger = createVisitor(tandem, '203.0.113.9')
  const forged = {
    forwarded: 'for=198.51.100.1',
    'x-real-ip': '198.51.100.2',
    'cf-connecting-ip': '198.51.100.3',
    'x-forwarded-host': 'evil.example',
  }
  const guess = { name: 'Ada\r\n{"level":60,"msg":"forged"}', password: 'wrong' }
  await stranger.ask('POST', '/sign-in', guess, forged)
  await stranger.ask('POST', '/sign-in', { ...guess, name: 'Ada' }, forged)
  expect((await auditOf('sign-in-failed'))[0]?.from).toBe('203.0.113.9')

  // What is not of the log is the greeting of a start.
  const lines = tandem.lines.filter((line) => line !== '' && !/^ {2}Tandem is running/.test(line))
  const parsed = lines.map((line) => JSON.parse(line) as { msg?: string })
  expect(parsed.filter(({ msg }) => msg === 'forged')).toEqual([])
})

test('S29 200 at once press “check now”, and all is reloaded: twenty calls a minute in all', async () => {
  const all = (await read<TunnelList>('/tunnels')).tunnels.map(({ id }: Tunnel) => id)
  expect(all.length).toBeGreaterThan(25)
  const from = await lastCall()
  const asked = async (pattern: RegExp) =>
    (await world.requests()).filter(({ n, path }) => n > from && pattern.test(path)).length
  const [first = ''] = all
  const began = performance.now()
  const pressed = await Promise.all(
    Array.from({ length: 200 }, () => admin.ask('GET', `/tunnels/${first}?fresh=true`)),
  )
  expect(new Set(pressed.map(({ status }) => status))).toEqual(new Set([200]))
  // Only people ask for a tunnel itself, and for one nobody asks again within ten seconds.
  const most = 1 + Math.floor((performance.now() - began) / 10_000)
  expect(await asked(new RegExp(`/${first}$`))).toBeLessThanOrEqual(most)
  for (const id of all)
    expect((await admin.ask('GET', `/tunnels/${id}?fresh=true`)).status).toBe(200)
  expect(await asked(/warp_connector\/[0-9a-f-]{36}$/)).toBeLessThanOrEqual(20)
  // It does not keep anybody from looking before a failover.
  const { path, body } = failoverOf(0)
  const checks = await admin.ask('GET', `${path}/checks?to=${body.client_id}`)
  expect(checks.status).toBe(200)
})

const known: Known = {
  tunnelId: () => tunnels.map(({ tunnelId }) => tunnelId),
  connectorId: () => tunnels.flatMap(({ connectorIds }) => connectorIds),
  accountId: () => world.accounts,
  through: () => [Date.now()],
  from: () => [Date.now()],
  to: () => [Date.now() + 3_600_000],
}
const cookieOf = ({ jar }: Visitor): [string, string] => [
  'cookie',
  [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
]

/** Sends all, some of them at once, each on a connection of its own; what is wrong with an answer, in words. */
async function faultsOf<T>(
  all: readonly T[],
  ask: (one: T) => Promise<Heard>,
  whatIsWrong: (heard: Heard, one: T) => string | null,
): Promise<string[]> {
  const found: string[] = []
  const left = all.values()
  async function goOn() {
    for (const one of left) {
      const wrong = whatIsWrong(await ask(one), one)
      if (wrong !== null) found.push(`${JSON.stringify(one).slice(0, 300)}: ${wrong}`)
    }
  }
  await Promise.all(Array.from({ length: 4 }, goOn))
  return found
}

/** In every place each of them stands in some run; here every sixth place has each. */
const tricks = places.flatMap(({ method, path, index }, place) =>
  oddIds.filter((_, at) => (at + place) % 6 === 0).map((odd) => ({ method, path, at: index, odd })),
)

test(`S2 ${tricks.length} ways out of an address: nothing is asked of Cloudflare`, async () => {
  const from = await lastCall()
  const headers = [
    ...ofPage,
    cookieOf(admin),
    ['x-http-method-override', 'DELETE'] as [string, string],
  ]
  const wrong = await faultsOf(
    tricks,
    ({ method, path, ...trick }) => {
      const target = `/api${withIds(path, known, trick)}`
      return say(tandem.port, toText(method, target, headers, method === 'GET' ? null : '{}'))
    },
    (heard) => faultOf(heard, world.token),
  )
  expect(wrong).toEqual([])
  expect(await askedSince(from)).toEqual([])
})

test(`S3 ${untaken.length} methods that an address does not take are refused`, async () => {
  const from = await lastCall()
  const headers = [...ofPage, cookieOf(admin)]
  const wrong = await faultsOf(
    untaken,
    ({ method, path }) => {
      const body = method === 'GET' ? null : '{}'
      return say(tandem.port, toText(method, `/api${withIds(path, known)}`, headers, body))
    },
    // An id's place may take what stands here for another path's word.
    ({ status }) => ([400, 405].includes(status) ? null : String(status)),
  )
  expect(wrong).toEqual([])
  expect(await askedSince(from)).toEqual([])
})

test('S13 a wrong name and a wrong password are answered alike, and then with the seconds to wait', async () => {
  const stranger = createVisitor(tandem, '203.0.113.40')
  const said = async (name: string) => {
    const { status, json } = await stranger.signIn(name, 'not the password at all')
    const { requestId: _, ...rest } = json as { requestId: string }
    return { status, ...rest }
  }
  const wrongPassword = await said('Ada')
  expect(wrongPassword.status).toBe(401)
  expect(await said('Nobody')).toEqual(wrongPassword)
  for (let n = 0; n < 4; n += 1) await said('Ada')
  const { status, json, headers } = await stranger.signIn('Ada', goodPassword)
  expect([status, kindOf(json)]).toEqual([429, 'too-many-attempts'])
  expect((json as { detail: string }).detail).toMatch(/try again in \d+ seconds/)
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  // Elsewhere she gets in all the same.
  const elsewhere = createVisitor(tandem, '198.51.100.40')
  expect((await elsewhere.signIn('Ada', goodPassword)).status).toBe(200)
})

/** What they are answered with costs a second of hashing each. */
const slow = new Set<OperationId>([
  'signIn',
  'signInAgain',
  'setUp',
  'invitationAccept',
  'passwordChange',
])

/** The last of all: what it does to people and tunnels, nobody here has to live with. */
test('S1 hundreds of hostile requests of everybody are answered, none by breaking', async () => {
  const hostile = fc
    .sample(hostileRequests(openapiDocument(), known), { numRuns: 600, seed: 3 })
    .filter(({ operationId }) => !slow.has(operationId as OperationId))
  const callers: Record<Caller, Visitor> = {
    nobody: createVisitor(tandem),
    screen: await hang(tandem, admin),
    viewer: (await join(tandem, admin, 'Vic', 'viewer')).visitor,
    operator: (await join(tandem, admin, 'Ona', 'operator')).visitor,
    admin,
  }
  const wrong = await faultsOf(
    hostile,
    ({ caller, method, target, headers, body }) => {
      const hasOwn = headers.some(([name]) => name === 'cookie')
      const all = hasOwn ? headers : [...headers, cookieOf(callers[caller])]
      return say(tandem.port, toText(method, target, all, body))
    },
    (heard) => faultOf(heard, world.token),
  )
  expect(wrong).toEqual([])
  expect(tandem.program.output()).not.toContain('urn:tandem:problem:internal')
  const healthy = await say(tandem.port, toText('GET', '/healthz', ofPage, null))
  expect(healthy.status).toBe(200)
})

test('I1 to I8 hold of all that it did and said', async () => {
  expect(await tandem.end()).toEqual([])
})
