import { randomUUID } from 'node:crypto'
import type { HttpBindings } from '@hono/node-server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OperationId, operations } from '#contract/operations.ts'
import { type Role } from '#contract/roles.ts'
import { routePath } from '../identity/guard.ts'
import { startRig } from './rig.ts'
import { createVisitor, hang, join, kindOf, publicUrl, setUp, type Visitor } from './visitor.ts'
import { startWorld, type World } from './world.ts'

/** S17: everybody tries everything. Who may what is said here once more, in full, and on purpose apart. */

const least = {
  sessionGet: 'anyone',
  tunnelList: 'screen',
  tunnelCreate: 'admin',
  tunnelGet: 'screen',
  tunnelUpdate: 'admin',
  tunnelDelete: 'admin',
  tokenGet: 'admin',
  connectorList: 'screen',
  connectorFind: 'viewer',
  connectorGet: 'screen',
  configurationGet: 'viewer',
  configurationPut: 'admin',
  failoverRun: 'operator',
  failoverChecks: 'operator',
  failoverList: 'viewer',
  preferencePut: 'operator',
  tunnelTag: 'operator',
  markList: 'viewer',
  acknowledgementAdd: 'operator',
  noteAdd: 'operator',
  noteDelete: 'operator',
  maintenanceAdd: 'operator',
  maintenanceEnd: 'operator',
  failoverGet: 'screen',
  historyGet: 'viewer',
  connectorHistoryGet: 'viewer',
  historyExport: 'viewer',
  historySummary: 'screen',
  activityList: 'screen',
  activityCsv: 'viewer',
  activityJsonl: 'viewer',
  eventStream: 'screen',
  openapiGet: 'anyone',
  auditList: 'operator',
  auditCsv: 'operator',
  auditJsonl: 'operator',
  auditChain: 'admin',
  signIn: 'anyone',
  signInOidc: 'anyone',
  signInOidcEnd: 'anyone',
  signInAgain: 'viewer',
  signOut: 'viewer',
  setUp: 'anyone',
  invitationLook: 'anyone',
  invitationAccept: 'anyone',
  accountGet: 'viewer',
  passwordChange: 'viewer',
  sessionList: 'viewer',
  sessionEndOthers: 'viewer',
  secondFactorNew: 'viewer',
  secondFactorConfirm: 'viewer',
  secondFactorRemove: 'viewer',
  sessionEnd: 'viewer',
  personList: 'admin',
  personAdd: 'admin',
  personChange: 'admin',
  personRemove: 'admin',
  personInvite: 'admin',
  invitationRevoke: 'admin',
  personSessions: 'admin',
  personSignOut: 'admin',
  screenList: 'admin',
  pairingBegin: 'anyone',
  screenApprove: 'admin',
  screenLinkMake: 'admin',
  screenClaim: 'anyone',
  screenRename: 'admin',
  screenRevoke: 'admin',
  demoRole: 'anyone',
} as const satisfies Record<OperationId, Role | 'anyone'>

/** What is served without a row, each as often as it stands in the app. */
const besideTheTable = [
  // The request's id and way, the headers of every answer.
  'ALL /*',
  'ALL /*',
  // Headers, the longest address, other sites, who asks, the largest body; and what no route has taken.
  ...Array.from({ length: 6 }, () => 'ALL /api/*'),
  // Compression.
  'ALL /api/activity',
  'ALL /api/history/*',
  'ALL /api/tunnels/:tunnelId/*',
  // Supervisors sign in nowhere.
  'GET /healthz',
  'GET /readyz',
  // The page, which asks for all else itself.
  'GET /*',
  'HEAD /*',
]

const order = ['nobody', 'screen', 'viewer', 'operator', 'admin'] as const
type Caller = (typeof order)[number]
const may = (caller: Caller, operationId: OperationId) => {
  const needed = least[operationId]
  return needed === 'anyone' || order.indexOf(caller) >= order.indexOf(needed)
}
const operationIds = Object.keys(operations) as OperationId[]
const pairs = operationIds.flatMap((operationId) =>
  order.map((caller) => ({
    operationId,
    caller,
    verdict: may(caller, operationId) ? 'may' : 'may not',
  })),
)

let world: World
let rig: Awaited<ReturnType<typeof startRig>>
const callers = {} as Record<Caller, Visitor>

beforeAll(async () => {
  world = await startWorld()
  rig = await startRig(world, { signIn: 'people', publicUrl })
  await rig.looked()
  const admin = await setUp(rig)
  callers.nobody = createVisitor(rig)
  callers.viewer = (await join(rig, admin, 'Vic', 'viewer')).visitor
  callers.operator = (await join(rig, admin, 'Ona', 'operator')).visitor
  callers.admin = admin
  callers.screen = await hang(rig, admin)
})
afterAll(async () => {
  await rig.end()
  await world.end()
})

/** A request that is right in form but for its body, about things that do not exist: it changes nothing. */
function attempt(caller: Visitor, operationId: OperationId) {
  const { method, path } = operations[operationId]
  const address = path.replaceAll(/\{\w+\}/g, () => randomUUID())
  // A stream would stay open; asked for with HEAD it is refused after the guard.
  return caller.ask(operationId === 'eventStream' ? 'HEAD' : method, address, {})
}

describe('S17', () => {
  test.each(pairs)('$caller $verdict: $operationId', async ({ operationId, caller, verdict }) => {
    const before = rig.calls.filter(({ method }) => method !== 'GET').length
    // Its own copy, so that signing out takes nothing from those that follow.
    const browser = callers[caller].elsewhere('192.0.2.99')
    const isOver = operationId === 'signOut' && verdict === 'may'
    const { status, json } = isOver
      ? { status: 0, json: null }
      : await rig.time.during(attempt(browser, operationId))
    const refused = status === 401 || status === 403
    const kind = refused && json !== null ? kindOf(json) : null
    const isGuard =
      status === 401 && json === null ? true : kind === 'sign-in-needed' || kind === 'role-missing'
    expect(isGuard).toBe(verdict === 'may not')
    expect(rig.calls.filter(({ method }) => method !== 'GET')).toHaveLength(before)
  })

  test('who is refused is told why and by which role it could be done', async () => {
    const { json } = await callers.viewer.ask('POST', '/tunnels', { name: 'x', ha: true })
    expect((json as { detail: string }).detail).toBe(
      'Creating a tunnel needs the role of an admin; you are a viewer.',
    )
  })

  test('every route of the app is a row of the table, and every row a route', () => {
    const wanted = operationIds.map((id) => `${operations[id].method} ${routePath(id)}`)
    const served = rig.app.routes.map(({ method, path }) => `${method} ${path}`)
    expect(served.toSorted()).toEqual([...wanted, ...besideTheTable].toSorted())
    expect(operationIds.map((id) => [id, operations[id].role])).toEqual(
      operationIds.map((id) => [id, least[id]]),
    )
  })

  test('what is not in the table is not there, whoever asks', async () => {
    for (const path of [
      '/people/x/y/z',
      '/admin',
      '/tunnels/../people',
      '/tunnels/%2e%2e/screens',
    ]) {
      expect(await callers.nobody.outcome('GET', path)).toMatch(/^40[145] /)
      expect(await callers.nobody.outcome('POST', path)).toMatch(/^40[145] /)
    }
  })

  test('without its cookie a screen is nobody, and with a person’s cookie in its place too', async () => {
    const odd = createVisitor(rig)
    odd.jar.set('__Host-screen', callers.admin.jar.get('__Host-sid') ?? '')
    expect(await odd.outcome('GET', '/tunnels')).toBe('401 sign-in-needed')
    const plain = createVisitor(rig)
    plain.jar.set('sid', callers.admin.jar.get('__Host-sid') ?? '')
    expect(await plain.outcome('GET', '/tunnels')).toBe('401 sign-in-needed')
  })
})

test('beyond this machine nothing is told without TLS', async () => {
  const request = new Request('http://127.0.0.1:8787/api/session', {
    headers: { host: 'tandem.example.com', 'x-forwarded-proto': 'https' },
  })
  const incoming = { socket: { remoteAddress: '198.51.100.7' } } as HttpBindings['incoming']
  const answer = await rig.app.fetch(request, { incoming } as HttpBindings)
  expect(answer.status).toBe(403)
  expect(await answer.text()).toContain('over its TLS proxy')
})
