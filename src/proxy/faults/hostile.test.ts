import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OperationId, operations } from '#contract/operations.ts'
import type { Pairing, Person, ScreenList, SessionList } from '#contract/people.ts'
import { openapiDocument } from '../routes/openapi.ts'
import { openDoor } from './door.ts'
import {
  type Caller,
  callers,
  faultOf,
  type HostileRequest,
  hostileRequests,
  type Known,
  oddIds,
  places,
  untaken,
  withIds,
} from './hostile.ts'
import { type Heard, say, toText } from './raw.ts'
import { startRig } from './rig.ts'
import {
  createVisitor,
  goodPassword,
  hang,
  join,
  ofPage,
  publicUrl,
  setUp,
  type Visitor,
} from './visitor.ts'
import { startWorld, type World } from './world.ts'

/**
 * S1, S2 and S3: whatever comes in over a real socket, from whomever. `npm run soak` asks for more of it;
 * the seed of a run that found something finds it again.
 */
const requestsWanted = Number(process.env.TANDEM_HOSTILE_REQUESTS ?? 20_000)
const seed = Number(process.env.TANDEM_HOSTILE_SEED ?? 2)
const patienceMs = Math.max(60_000, requestsWanted * 20)

/** The limits of calls are another test's matter: here every request may come through to Cloudflare. */
const plenty = 1_200_000

let world: World
let rig: Awaited<ReturnType<typeof startRig>>
let door: Awaited<ReturnType<typeof openDoor>>
const visitors = {} as Record<Caller, Visitor>
const names = { viewer: 'Vic', operator: 'Ona', admin: 'Ada' } as const
const ids: Record<string, string[]> = {}
/** Of a screen that waits to be paired, and until when it is good. */
let pairing = { code: '', madeAt: 0 }
const known: Known = {
  ...Object.fromEntries(
    [
      'tunnelId',
      'connectorId',
      'accountId',
      'personId',
      'sessionId',
      'screenId',
      'failoverId',
      'noteId',
      'maintenanceId',
    ].map((name) => [name, () => ids[name] ?? []]),
  ),
  code: () => [pairing.code],
  through: () => [rig.time.now()],
  from: () => [rig.time.now()],
  to: () => [rig.time.now() + 3_600_000],
}
/** What an answer with an id makes known. */
const makes: Partial<Record<string, string>> = {
  failoverRun: 'failoverId',
  noteAdd: 'noteId',
  maintenanceAdd: 'maintenanceId',
}

beforeAll(async () => {
  world = await startWorld()
  await world.order('/rate-limit', { limit: plenty, windowMs: 300_000 })
  // The one without connectors is soon deleted; the other is there to the end.
  const tunnels = [await world.addTunnel('lon-core', 2), await world.addTunnel('nobody-yet', 0)]
  ids.tunnelId = tunnels.map(({ tunnelId }) => tunnelId)
  ids.connectorId = tunnels.flatMap(({ connectorIds }) => connectorIds)
  ids.accountId = world.accounts
  rig = await startRig(world, { signIn: 'people', publicUrl, rateLimit: plenty })
  await rig.looked()
  const admin = await setUp(rig, names.admin)
  visitors.admin = admin
  visitors.viewer = (await join(rig, admin, names.viewer, 'viewer')).visitor
  visitors.operator = (await join(rig, admin, names.operator, 'operator')).visitor
  visitors.nobody = createVisitor(rig)
  visitors.screen = await hang(rig, admin, { days: 90 })
  await invent(admin)
  door = await openDoor(rig)
}, 120_000)
afterAll(async () => {
  await door.close()
  await rig.end()
  await world.end()
}, 60_000)

/** People, sessions and screens that nothing hangs on, to be changed and ended. */
async function invent(admin: Visitor) {
  for (let n = 0; n < 12; n += 1) {
    const { json } = await admin.ask('POST', '/people', { name: `Guest ${n}`, role: 'viewer' })
    ids.personId = [...(ids.personId ?? []), (json as { person: Person }).person.id]
    await createVisitor(rig).signIn(names.admin, goodPassword)
    await hang(rig, admin, { name: `Spare ${n}`, days: 90 })
  }
  const { sessions } = (await admin.ask('GET', '/me/sessions')).json as SessionList
  ids.sessionId = sessions.filter(({ isThis }) => !isThis).map(({ id }) => id)
  const { screens } = (await admin.ask('GET', '/screens')).json as ScreenList
  ids.screenId = screens.filter(({ name }) => name !== 'Wall').map(({ id }) => id)
}

/** Lets the rig's clock go on, 40 times as fast as ours, until something is done. */
async function withTime<T>(work: Promise<T>): Promise<T> {
  let isDone = false
  const done = work.finally(() => {
    isDone = true
  })
  done.catch(() => {})
  while (!isDone) {
    await Promise.race([done.catch(() => {}), new Promise((resolve) => setTimeout(resolve, 10))])
    if (!isDone) await rig.time.run(400)
  }
  return done
}

const signedInAt: Partial<Record<Caller, number>> = {}
const homes: Partial<Record<Caller, Visitor>> = {}
let signIns = 0

/** Signs in again before the session is too old for anything, and after it was ended. */
async function refresh(caller: Caller) {
  // A screen that asks no more is taken to be gone after two minutes.
  if (rig.time.now() > pairing.madeAt + 60_000) {
    const { json } = await createVisitor(rig).ask('POST', '/screens/pairings')
    pairing = { code: (json as Pairing).code, madeAt: rig.time.now() }
  }
  if (!(caller in names)) return
  if (rig.time.now() - (signedInAt[caller] ?? 0) < 30 * 60_000) return
  // In a browser of its own that the account knows, each time from another place: in that of the caller, and
  // from elsewhere, passwords are guessed at, and whoever is there has to wait for that.
  signIns += 1
  const home = (homes[caller] ?? createVisitor(rig)).elsewhere(`198.51.100.${signIns % 250}`)
  homes[caller] = home
  const { status } = await home.signIn(names[caller as keyof typeof names], goodPassword)
  expect([caller, status]).toEqual([caller, 200])
  visitors[caller].jar.clear()
  for (const [name, value] of home.jar)
    if (name.endsWith('sid')) visitors[caller].jar.set(name, value)
  signedInAt[caller] = rig.time.now()
}

/** Sends it with the cookies of its caller, unless it brings its own. */
function send({ caller, method, target, headers, body }: HostileRequest): Promise<Heard> {
  const cookie = [...visitors[caller].jar].map(([name, value]) => `${name}=${value}`).join('; ')
  const own = headers.some(([name]) => name === 'cookie')
  const all: [string, string][] = own || cookie === '' ? headers : [...headers, ['cookie', cookie]]
  return say(door.port, toText(method, target, all, body))
}

test(
  `S1 S3 ${requestsWanted} requests made of the OpenAPI document: answered, none by breaking`,
  async () => {
    const counts = new Map<number, number>()
    const done = new Set<string>()
    const requests = hostileRequests(openapiDocument(), known)
    const property = fc.asyncProperty(requests, async (request) => {
      await refresh(request.caller)
      const heard = await send(request)
      counts.set(heard.status, (counts.get(heard.status) ?? 0) + 1)
      expect(faultOf(heard, world.token)).toBeNull()
      if (heard.status < 400 && request.method === methodOf(request)) done.add(request.operationId)
      const made = makes[request.operationId]
      const id = heard.status < 300 && /"id":"([\w-]+)"/.exec(heard.body)?.[1]
      if (made && id) ids[made] = [...(ids[made] ?? []), id].slice(-10)
      if (request.operationId === 'signOut') delete signedInAt[request.caller]
    })
    await withTime(
      fc.assert(property, { numRuns: requestsWanted, seed, endOnFailure: requestsWanted > 10_000 }),
    )
    expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(requestsWanted)
    const told = [...counts].toSorted(([a], [b]) => a - b).map(([status, n]) => `${n} × ${status}`)
    process.stdout.write(`${requestsWanted} requests, seed ${seed}: ${told.join(', ')}\n`)

    // It gets past the door: what needs no secret that nobody can guess is done, not only refused.
    const undone = Object.keys(operations).filter((id) => !done.has(id))
    expect(undone.filter((id) => !beyondGuessing.has(id as OperationId))).toEqual([])

    expect(rig.calls.filter(({ query }) => query.includes('cascade'))).toEqual([])
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(rig.lines.filter((line) => line.includes('urn:tandem:problem:internal'))).toEqual([])
    const { json } = await visitors.admin.ask('GET', '/audit/chain')
    expect(json).toMatchObject({ isWhole: true, fault: null })
  },
  patienceMs,
)

const methodOf = ({ operationId }: HostileRequest) => operations[operationId as OperationId].method

/** Needs a password, a code or a link, or the id of somebody, or something that is not set up here. */
const beyondGuessing = new Set<OperationId>([
  'failoverGet',
  // Three ids that fit together, and every risk with a reason: the failover's own tests do it.
  'failoverRun',
  'signIn',
  'signInOidc',
  'signInOidcEnd',
  'signInAgain',
  'setUp',
  'invitationLook',
  'invitationAccept',
  'passwordChange',
  'secondFactorConfirm',
  'screenClaim',
  'demoRole',
  // Only one's own, and of whoever has several.
  'sessionEnd',
  // Only while a change waits for it.
  'acknowledgementAdd',
])

test(`S2 ${oddIds.length} strings in each of ${places.length} places of an id: nothing is asked of Cloudflare`, async () => {
  await refresh('admin')
  const before = rig.calls.length
  const answers: string[] = []
  for (const { method, path, index } of places) {
    for (const odd of oddIds) {
      const target = withIds(path, known, { at: index, odd })
      const heard = await send({
        operationId: '',
        caller: 'admin',
        method,
        target: `/api${target}`,
        headers: [...ofPage, ['x-http-method-override', 'DELETE']],
        body: method === 'GET' ? null : '{}',
      })
      const fault = faultOf(heard, world.token)
      if (fault) answers.push(`${method} ${target}: ${fault}`)
    }
  }
  expect(answers).toEqual([])
  // The clock stood still, so nothing but the requests could have asked.
  expect(rig.calls.slice(before).map(({ method, path }) => `${method} ${path}`)).toEqual([])
}, 60_000)

test('S3 every method on every address: what the table does not have is refused', async () => {
  const before = rig.calls.length
  const wrong: string[] = []
  for (const { method, path } of untaken) {
    const { status } = await send({
      operationId: '',
      caller: 'admin',
      method,
      target: `/api${withIds(path, known)}`,
      headers: ofPage,
      body: method === 'GET' ? null : '{}',
    })
    // An id's place may take what stands here for another path's word.
    if (![400, 405].includes(status)) wrong.push(`${status} for ${method} ${path}`)
  }
  expect(wrong).toEqual([])
  expect(rig.calls.length).toBe(before)
}, 60_000)

test('what was tried has made nobody an admin, and no screen more than it was', async () => {
  await refresh('admin')
  const { people } = (await visitors.admin.ask('GET', '/people')).json as { people: Person[] }
  const admins = people.filter(({ role, state }) => role === 'admin' && state === 'active')
  expect(admins.map(({ name }) => name)).toEqual([names.admin])
  const { screens } = (await visitors.admin.ask('GET', '/screens')).json as ScreenList
  expect(screens.filter(({ name }) => name === 'Wall')).toHaveLength(1)
  expect(await visitors.screen.outcome('GET', '/people')).toBe('403 role-missing')
  expect(callers.filter((caller) => caller in visitors)).toEqual([...callers])
})
