import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AuditChain, AuditPage } from '#contract/audit.ts'
import type { Failover, FailoverChecks } from '#contract/failover.ts'
import { riskIds } from '#contract/failover-checks.ts'
import type { ActivityPage, Interval, TunnelHistory } from '#contract/history.ts'
import type { Session } from '#contract/session.ts'
import type { ConnectorList, TunnelDetail, TunnelList } from '#contract/tunnel.ts'
import { start } from '../../../e2e/processes.ts'
import { climbing } from '../faults/climbing.ts'
import { comebacks, listenAt } from '../faults/ear.ts'
import { consent, expectConfirmed, unfitTargets } from '../faults/failing-over.ts'
import { noSuccess } from '../faults/no-success.ts'
import { say, toText } from '../faults/raw.ts'
import { ambiguousSenders, excessiveSenders, host, linger, slowSenders } from '../faults/senders.ts'
import { startWorld, type World } from '../faults/world.ts'
import { type Built, eventually, openPage, startBuilt } from './built.ts'

/**
 * What goes wrong, by its letter and number, through the built programs, over real sockets and in real time: what Cloudflare does wrong,
 * failovers, and what comes in at the door where nobody signs in. More of each, and what takes minutes, is in `faults`.
 */

/** A tunnel, and how it would be failed over by somebody who takes every risk. */
type Its = Awaited<ReturnType<typeof makeTunnel>>
type Story = (...its: Its[]) => Promise<void>
type Cast = { tunnels: number[]; account: number; begin: (its: Its[]) => void }

let world: World
let tandem: Built
let page: ReturnType<typeof openPage>
const casts: Cast[] = []

/**
 * What a test does, with tunnels of its own. All begin together, once Tandem has looked at every tunnel: they mostly
 * wait, and one after the other would take minutes. Its test tells when its turn comes.
 *
 * @param tunnels how many connectors each of them has; the first is active
 * @param account which of three they are in: what a listing says wrong concerns all of it
 */
function story(tunnels: number[], tell: Story, account = 0) {
  let told = Promise.resolve()
  const begin = (its: Its[]) => {
    told = tell(...its)
    told.catch(() => {})
  }
  casts.push({ tunnels, account, begin })
  return () => told
}

/** A failover from the first to the second of a tunnel's connectors, with every risk taken. */
const requestFor = ([active, standby]: string[]) => ({
  client_id: standby,
  expected_active_id: active,
  ...consent,
})

async function makeTunnel(name: string, connectors: number, accountId: string) {
  const { tunnelId, connectorIds } = await world.addTunnel(name, connectors, accountId)
  const [active = '', standby = '', third = ''] = connectorIds
  const path = `/tunnels/${tunnelId}`
  const body = requestFor(connectorIds)
  return { accountId, tunnelId, active, standby, third, path, failovers: `${path}/failovers`, body }
}

beforeAll(async () => {
  world = await startWorld('large --tunnels 1 --accounts 3', { speed: 1 })
  const made: Its[][] = []
  for (const [at, { tunnels, account }] of casts.entries()) {
    const its: Its[] = []
    for (const [n, connectors] of tunnels.entries())
      its.push(await makeTunnel(`site-${at}-${n}`, connectors, world.accounts[account] ?? ''))
    made.push(its)
  }
  // All of them have been there for a while: a connector that has just come is a risk of its own.
  await world.order('/clock', { advanceMs: 180_000, offsetMs: -180_000 })
  tandem = await startBuilt(world, { TANDEM_SIGN_IN: 'off' })
  page = openPage(tandem)
  const ids = made.flat().map(({ tunnelId }) => tunnelId)
  await page.until(() =>
    ids.every((id) => {
      const tunnel = page.tunnels.get(id)
      return tunnel && tunnel.checkedAt !== null && tunnel.ha !== null
    }),
  )
  for (const [at, { begin }] of casts.entries()) begin(made[at] ?? [])
}, 120_000)
afterAll(async () => {
  page.close()
  await tandem.program.end('SIGKILL')
  await world.end()
})

const shown = ({ tunnelId }: Its) => page.tunnels.get(tunnelId)
const swap = ({ tunnelId }: Its, connectorId: string) =>
  world.order(`/tunnels/${tunnelId}/swap`, { connectorId })
const connectionsOf = ({ tunnelId }: Its) => ({ path: `${tunnelId}/connections$` })
const listingOf = (accountId: string) => ({ method: 'GET', path: `${accountId}/warp_connector$` })
const activityOf = async ({ tunnelId }: Its, kinds: string) =>
  (await tandem.get<ActivityPage>(`/activity?tunnel=${tunnelId}&kind=${kinds}`)).events
const checksOf = ({ failovers, standby }: Its) =>
  tandem.get<FailoverChecks>(`${failovers}/checks?to=${standby}`)

/** What Cloudflare was asked about a tunnel. */
const callsOf = async ({ tunnelId }: Its) =>
  (await world.requests()).filter(({ path }) => path.includes(tunnelId))
const putsOf = async (its: Its) =>
  (await callsOf(its)).filter(({ method }) => method === 'PUT').length

/** Waits until an account was listed so often more. */
async function listings(accountId: string, times: number) {
  const count = async () =>
    (await world.requests()).filter(({ path }) => path.endsWith(`${accountId}/warp_connector`))
      .length
  const before = await count()
  await eventually(count, (now) => now >= before + times)
}

/** Starts one, which must be taken on. */
async function begin({ failovers, body }: Its, request: object = body): Promise<Failover> {
  const { status, json } = await tandem.ask('POST', failovers, request)
  if (status !== 202) throw new Error(`not taken on: ${status} ${JSON.stringify(json)}`)
  return json as Failover
}
async function endOf(failoverId: string): Promise<Failover> {
  await page.until(() => page.failovers.get(failoverId)?.endedAt != null)
  return tandem.get<Failover>(`/failovers/${failoverId}`)
}
const failOver = async (its: Its, request?: object) => endOf((await begin(its, request)).id)

/** As the page heard of it. */
const toldOf = (failoverId: string) =>
  page.events.flatMap((event) =>
    event.type === 'failoverChanged' && event.failover.id === failoverId ? [event.failover] : [],
  )

test(
  'F6 the target is active already: refused, and nothing is sent',
  story([2], async (its) => {
    const body = { ...its.body, client_id: its.active }
    expect(await tandem.refused('POST', its.failovers, body)).toMatchObject({
      status: 409,
      type: 'urn:tandem:problem:already-active',
    })
    expect(await putsOf(its)).toBe(0)
  }),
)

for (const [what, fault, ids] of unfitTargets) {
  test(
    `F7 a target that can’t take over, ${what}: blocked, nothing is sent`,
    story([2], async (its) => {
      await (fault
        ? world.breakWith({ ...fault, match: connectionsOf(its) })
        : world.order(`/connectors/${its.standby}/kill`))
      const blocks = async () =>
        (await checksOf(its)).checks.filter(({ kind }) => kind === 'block').map((check) => check.id)
      await eventually(blocks, (found) => found.join() === ids.join())
      // Every risk is ticked, and there is a reason: a block has no tick.
      expect((await tandem.refused('POST', its.failovers, its.body)).status).toBe(409)
      expect(await putsOf(its)).toBe(0)
    }),
  )
}

test(
  'F7 a target that was never there: refused, and nothing is sent',
  story([2], async (its) => {
    const body = { ...its.body, client_id: randomUUID() }
    expect(await tandem.refused('POST', its.failovers, body)).toMatchObject({
      status: 409,
      type: 'urn:tandem:problem:not-eligible',
    })
    expect(await putsOf(its)).toBe(0)
  }),
)

test(
  'F8 a target that reconnected a moment ago needs a tick and a reason',
  story([3], async (its) => {
    await world.order(`/connectors/${its.standby}/kill`)
    await page.until(() => shown(its)?.standbyCount === 1)
    await world.order(`/connectors/${its.standby}/revive`)
    await page.until(() => shown(its)?.standbyCount === 2)
    const { checks } = await checksOf(its)
    expect(checks[0]).toMatchObject({
      id: 'just-connected',
      kind: 'risk',
      grave: true,
      sentence: expect.stringMatching(/^It connected only \d+ s ago/),
    })
    expect(checks.map(({ id }) => id)).toContain('just-disconnected')
    const unexplained = { ...its.body, reason: ' ' }
    expect(await tandem.refused('POST', its.failovers, unexplained)).toMatchObject({
      status: 400,
      field: 'reason',
    })
    expect(await putsOf(its)).toBe(0)
    const ended = await failOver(its)
    expect(ended).toMatchObject({ state: 'confirmed', reason: its.body.reason })
    expect(ended.accepted.map(({ id }) => id)).toContain('just-connected')
  }),
)

for (const promoteMs of [500, 2500, 5000]) {
  test(
    `F13 accepted, active after ${promoteMs} ms: confirmed, with its phases`,
    story([3], async (its) => {
      const { tunnelId, active, standby } = its
      await world.order('/failover', { tunnelId, mode: 'normal', demoteMs: 200, promoteMs })
      const ended = await failOver(its)
      const states = toldOf(ended.id).map(({ state }) => state)
      expectConfirmed(ended, states, active, standby)
      // Not before it was so; the clocks of two processes may differ a little.
      expect(Number(ended.promotedAt) - Number(ended.sentAt)).toBeGreaterThan(promoteMs - 1000)
      const tunnel = await tandem.get<TunnelDetail>(its.path)
      expect(tunnel).toMatchObject({ activeConnectorId: standby, failoverId: null })
      expect(await putsOf(its)).toBe(1)
    }),
  )
}

test(
  'F15 it flips back: the record stays, what came after stands beside it',
  story([3], async (its) => {
    const { tunnelId, active, standby } = its
    await world.order('/failover', { tunnelId, mode: 'normal', demoteMs: 100, promoteMs: 300 })
    const ended = await failOver(its)
    expect(ended).toMatchObject({ state: 'confirmed', afterwards: [] })
    const afterwards = () => page.failovers.get(ended.id)?.afterwards.length
    await swap(its, active)
    await page.until(() => afterwards() === 1)
    await swap(its, standby)
    await page.until(() => afterwards() === 2)
    const at = expect.any(Number)
    expect(await tandem.get<Failover>(`/failovers/${ended.id}`)).toEqual({
      ...ended,
      afterwards: [
        { at, kind: 'flipped-back', activeNow: [active] },
        { at, kind: 'restored', activeNow: [standby] },
      ],
    })
    const events = await activityOf(its, 'failover-ended,failover-after')
    expect(events.map(({ to }) => to)).toEqual(['restored', 'flipped-back', 'confirmed'])
    expect(await putsOf(its)).toBe(1)
  }),
)

test(
  'F16 nobody is active for a while: told while it lasts, and measured',
  story([3], async (its) => {
    const { tunnelId, standby } = its
    await world.order('/failover', { tunnelId, mode: 'normal', demoteMs: 200, promoteMs: 6000 })
    const ended = await failOver(its)
    expect(ended).toMatchObject({ state: 'confirmed', activeNow: [standby] })
    const vacant = toldOf(ended.id).filter(({ activeNow }) => activeNow.length === 0)
    expect(new Set(vacant.map(({ state }) => state))).toEqual(new Set(['accepted']))
    expect(ended.vacantMs).toBeGreaterThan(0)
  }),
)

test(
  'F16 both are active for a while: not confirmed before one is',
  story([2], async (its) => {
    const { tunnelId, active, standby } = its
    await world.order('/failover', { tunnelId, mode: 'never' })
    const { id } = await begin(its)
    await world.order(`/tunnels/${tunnelId}/both-active`, { forMs: 3_600_000 })
    await page.until(() => page.failovers.get(id)?.activeNow.length === 2)
    const both = await tandem.get<Failover>(`/failovers/${id}`)
    expect(both).toMatchObject({ state: 'accepted', endedAt: null })
    expect(both.activeNow.toSorted()).toEqual([active, standby].toSorted())
    await swap(its, standby)
    expect(await endOf(id)).toMatchObject({ state: 'confirmed', activeNow: [standby] })
  }),
)

test(
  'F18 a failover soon after another is a risk, and the third needs a reason',
  story([2], async (its) => {
    const { tunnelId, active, standby, failovers, body } = its
    await world.order('/failover', { tunnelId, mode: 'normal', demoteMs: 0, promoteMs: 200 })
    expect((await failOver(its)).state).toBe('confirmed')
    const back = { client_id: active, expected_active_id: standby }
    const ticked = riskIds.filter((id) => id !== 'cool-down')
    const hasty = await tandem.refused('POST', failovers, { ...back, ticked })
    expect(hasty.type).toBe('urn:tandem:problem:checks-changed')
    expect(hasty.checks?.map(({ id }) => id)).toContain('cool-down')
    expect((await failOver(its, { ...back, ticked: riskIds })).state).toBe('confirmed')
    const { reason: _, ...unexplained } = body
    const third = await tandem.refused('POST', failovers, unexplained)
    expect(third).toMatchObject({ status: 400, field: 'reason' })
    expect(third.checks?.find(({ id }) => id === 'repeated')).toMatchObject({
      sentence: 'This would be failover number 3 of this tunnel in 10 minutes.',
    })
    expect(await putsOf(its)).toBe(2)
  }),
)

test(
  'F21 what was done elsewhere is nobody’s here, right after our own',
  story([3], async (its) => {
    const { tunnelId, active, standby } = its
    await world.order('/failover', { tunnelId, mode: 'normal', demoteMs: 0, promoteMs: 200 })
    const ours = await failOver(its)
    await swap(its, active)
    await page.until(() => shown(its)?.activeConnectorId === active)
    const switches = await eventually(
      () => activityOf(its, 'active-changed'),
      (events) => events.length === 2,
    )
    expect(switches.map(({ to, by, failoverId }) => [to, by, failoverId])).toEqual([
      [active, null, null],
      [standby, 'local admin', ours.id],
    ])
    expect(switches[0]?.cause).not.toBe('manual')
  }),
)

test(
  'F22 the calls are spent: a failover is verified out of its own reserve, another is refused',
  story([], async () => {
    const other = await startWorld('empty', { speed: 1 })
    const first = await other.addTunnel('lon-core')
    const second = await other.addTunnel('dub-edge')
    await other.order('/failover', { mode: 'normal', demoteMs: 200, promoteMs: 4000 })
    const spent = await startBuilt(other, { TANDEM_SIGN_IN: 'off' }, 120)
    await eventually(
      () => spent.get<TunnelList>('/tunnels'),
      ({ tunnels }) => tunnels.filter(({ checkedAt }) => checkedAt !== null).length === 2,
    )
    // Other changes go on until nothing is left but what a failover needs.
    const rename = (n: number) =>
      spent.ask('PATCH', `/tunnels/${second.tunnelId}`, { name: `dub-${n}` })
    let change = await rename(0)
    for (let n = 1; change.status === 200; n += 1) change = await rename(n)
    expect(change.json).toMatchObject({ type: 'urn:tandem:problem:budget-spent' })
    const run = ({ tunnelId, connectorIds }: typeof first) =>
      spent.ask('POST', `/tunnels/${tunnelId}/failovers`, requestFor(connectorIds))
    const { status, json } = await run(first)
    expect(status).toBe(202)
    expect((await run(second)).json).toMatchObject({
      type: 'urn:tandem:problem:budget-spent',
      detail: expect.stringMatching(/Nothing was sent/),
    })
    const ended = await eventually(
      () => spent.get<Failover>(`/failovers/${(json as Failover).id}`),
      ({ endedAt }) => endedAt !== null,
    )
    expect(ended).toMatchObject({ state: 'confirmed', activeNow: [first.connectorIds[1]] })
    const sent = (await other.requests()).filter(({ method }) => method === 'PUT')
    expect(sent.map(({ path }) => path.includes(first.tunnelId))).toEqual([true])
    const { budget } = (await spent.get<Session>('/session')).poller
    expect(budget.used).toBeLessThanOrEqual(100)
    expect(await spent.end()).toEqual([])
    await other.end()
  }),
)

test(
  'F23 a proxy in front sends the same bytes again: one failover, one PUT',
  story([2], async (its) => {
    const headers: [string, string][] = [
      host,
      ['x-requested-by', 'tandem'],
      ['content-type', 'application/json'],
      ['idempotency-key', randomUUID()],
    ]
    const bytes = toText('POST', `/api${its.failovers}`, headers, JSON.stringify(its.body))
    const both = await Promise.all([say(tandem.port, bytes), say(tandem.port, bytes)])
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 202])
    const [id, other] = both.map(({ body }) => /"id":"([\w-]+)"/.exec(body)?.[1])
    expect(other).toBe(id)
    expect((await endOf(id ?? '')).state).toBe('confirmed')
    const late = await say(tandem.port, bytes)
    expect(late.status).toBe(200)
    expect(late.body).toContain(`"id":"${id}"`)
    expect(await putsOf(its)).toBe(1)
  }),
)

for (const [what, status, body] of noSuccess) {
  test(
    `U9 ${what} is a failure: nothing is taken from it`,
    story([2], async (its) => {
      const known = async () =>
        (await tandem.get<ConnectorList>(`${its.path}/connectors`)).connectors.map(
          ({ id, role, colos }) => ({ id, role, colos }),
        )
      const before = await known()
      expect(before).toHaveLength(2)
      await world.breakWith({ kind: 'body', status, body, match: connectionsOf(its) })
      const match = { method: 'PATCH', path: its.tunnelId }
      await world.breakWith({ kind: 'body', status, body, match })
      const problem = await tandem.refused('PATCH', its.path, { name: 'other' })
      expect(problem.detail).not.toBe('')
      await page.until(() => shown(its)?.trouble != null)
      expect(await known()).toEqual(before)
      const tunnel = await tandem.get<TunnelDetail>(its.path)
      expect(tunnel).toMatchObject({ activeConnectorId: its.active, deletedAt: null })
      expect(tunnel.name).not.toBe('other')
    }),
  )
}

test(
  'U14 0, 1, 2, 25 and 200 connectors are counted and listed',
  story([0, 1, 2, 25, 200], async (...all) => {
    for (const [at, count] of [0, 1, 2, 25, 200].entries()) {
      const path = all[at]?.path ?? ''
      expect((await tandem.get<TunnelDetail>(path)).connectorCount).toBe(count)
      const { connectors } = await tandem.get<ConnectorList>(`${path}/connectors`)
      expect(new Set(connectors.map(({ id }) => id)).size).toBe(count)
    }
  }),
)

test(
  'U16 Cloudflare’s clock is 9 minutes behind: it is measured, no age is negative',
  story([], async () => {
    const other = await startWorld('empty', { speed: 1 })
    const { tunnelId, connectorIds } = await other.addTunnel('lon-core')
    await other.order('/clock', { offsetMs: -540_000 })
    const skewed = await startBuilt(other, { TANDEM_SIGN_IN: 'off' })
    const tunnel = await eventually(
      () => skewed.ask('GET', `/tunnels/${tunnelId}`),
      ({ json }) => (json as TunnelDetail).checkedAt != null,
    )
    const { serverAt, poller } = await skewed.get<Session>('/session')
    // Cloudflare's header has whole seconds, and an answer is under way for a while.
    expect(poller.clockSkewMs).toBeLessThan(-530_000)
    expect(poller.clockSkewMs).toBeGreaterThan(-550_000)
    expect((tunnel.json as TunnelDetail).checkedAt).toBeLessThanOrEqual(serverAt)
    const request = requestFor(connectorIds)
    const { json } = await skewed.ask('POST', `/tunnels/${tunnelId}/failovers`, request)
    const { id } = json as Failover
    const ended = await eventually(
      () => skewed.get<Failover>(`/failovers/${id}`),
      ({ endedAt }) => endedAt !== null,
    )
    expect(ended.state).toBe('confirmed')
    expect(Number(ended.endedAt)).toBeGreaterThanOrEqual(Number(ended.sentAt))
    expect(await skewed.end()).toEqual([])
    await other.end()
  }),
)

/** What people see of a tunnel that was deleted, and whether Tandem leaves it alone from then on. */
async function aftermath(its: Its) {
  await page.until(() => shown(its)?.deletedAt != null)
  const { deletedAt, trouble } = await tandem.get<TunnelDetail>(its.path)
  const { tunnels } = await tandem.get<TunnelList>('/tunnels')
  const { type } = await tandem.refused('POST', its.failovers, its.body)
  const { active } = await tandem.get<TunnelHistory>(`${its.path}/history`)
  const before = (await callsOf(its)).length
  await listings(its.accountId, 2)
  return {
    isDeleted: deletedAt !== null,
    trouble,
    isListed: tunnels.some(({ id }) => id === its.tunnelId),
    refusal: type,
    hasHistory: active.some(({ value }) => value === its.active),
    asked: (await callsOf(its)).length - before,
  }
}
const gone = {
  isDeleted: true,
  trouble: null,
  isListed: false,
  refusal: 'urn:tandem:problem:tunnel-deleted',
  hasHistory: true,
  asked: 0,
}

test(
  'U19 a tunnel is deleted, and its connectors answer 404 first',
  story([2], async (its) => {
    // Looked at every second, it is found out before two listings have lacked it.
    const watcher = listenAt(tandem.port, undefined, { watching: its.tunnelId })
    await Promise.all([
      world.breakWith({ kind: 'status', status: 404, code: 1003, match: connectionsOf(its) }),
      world.order(`/tunnels/${its.tunnelId}/delete`),
    ])
    await page.until(() => shown(its)?.deletedAt != null)
    watcher.close()
    expect(await aftermath(its)).toEqual(gone)
  }),
)

test(
  'U19 a tunnel is deleted, and a read of it tells first',
  story([2], async (its) => {
    await world.order(`/tunnels/${its.tunnelId}/delete`)
    const { status, json } = await tandem.ask('GET', `${its.path}?fresh=true`)
    // Where this waited for long, the listings were first.
    expect(status === 410 || (json as TunnelDetail).deletedAt !== null).toBe(true)
    expect(await aftermath(its)).toEqual(gone)
  }),
)

test(
  'U19 a tunnel is deleted, and two listings lack it: a read confirms it',
  story([2], async (its) => {
    await world.order(`/tunnels/${its.tunnelId}/delete`)
    await page.until(() => shown(its)?.deletedAt != null)
    const reads = (await callsOf(its)).filter(({ path }) => path.endsWith(its.tunnelId))
    expect(reads).toHaveLength(1)
    expect(await aftermath(its)).toEqual(gone)
  }),
)

/** What Cloudflare lists of its account, but for this tunnel; `total` is what it says that there are. */
async function listingWithout(its: Its, total: 'as many as there are' | 'one more') {
  const address = `${world.baseUrl}/accounts/${its.accountId}/warp_connector?is_deleted=false`
  const headers = { authorization: `Bearer ${world.token}` }
  const answer = (await (await fetch(address, { headers })).json()) as { result: { id: string }[] }
  const result = answer.result.filter(({ id }) => id !== its.tunnelId)
  const count = result.length
  const total_count = total === 'one more' ? count + 1 : count
  const result_info = { page: 1, per_page: 100, count, total_count }
  return JSON.stringify({ ...answer, result, result_info })
}

test(
  'U20 a listing that lacks one and counts it is incomplete: nothing is concluded',
  story(
    [2, 2],
    async (its) => {
      const body = await listingWithout(its, 'one more')
      const fault = await world.breakWith({ kind: 'body', body, match: listingOf(its.accountId) })
      await page.until(() => page.poller()?.listIncompleteSince != null)
      await listings(its.accountId, 4)
      const tunnel = await tandem.get<TunnelDetail>(its.path)
      expect(tunnel).toMatchObject({ deletedAt: null, unlistedSince: null, trouble: null })
      const { tunnels } = await tandem.get<TunnelList>('/tunnels')
      expect(tunnels.map(({ id }) => id)).toContain(its.tunnelId)
      await world.mend(fault)
      await page.until(() => page.poller()?.listIncompleteSince === null)
      expect(await activityOf(its, 'tunnel-deleted')).toEqual([])
    },
    1,
  ),
)

test(
  'U21 a tunnel that one complete listing lacks is not listed, then normal, never deleted',
  story(
    [2, 2],
    async (its) => {
      const body = await listingWithout(its, 'as many as there are')
      await world.breakWith({ kind: 'body', body, match: listingOf(its.accountId), times: 1 })
      const wasUnlisted = () =>
        page.events.some(
          (event) =>
            event.type === 'polled' &&
            event.tunnels.some(
              ({ id, unlistedSince }) => id === its.tunnelId && unlistedSince !== null,
            ),
        )
      await page.until(wasUnlisted)
      await page.until(() => shown(its)?.unlistedSince === null)
      const reads = (await callsOf(its)).filter(({ path }) => path.endsWith(its.tunnelId))
      expect(reads).toEqual([])
      expect((await tandem.get<TunnelDetail>(its.path)).deletedAt).toBeNull()
      expect(await activityOf(its, 'tunnel-deleted')).toEqual([])
    },
    2,
  ),
)

test(
  'U23 a look that comes in after a later one takes nothing back',
  story([2], async (its) => {
    const looks = async () =>
      (await callsOf(its)).filter(({ path }) => path.endsWith('/connections'))
    const fault = await world.breakWith({ kind: 'delay', ms: 5000, match: connectionsOf(its) })
    const before = (await looks()).length
    // It was answered as it was then, and is held on its way.
    const held = (await eventually(looks, (all) => all.length > before)).length - 1
    await world.mend(fault)
    await swap(its, its.standby)
    const from = page.events.length
    const { connectors } = await tandem.get<ConnectorList>(`${its.path}/connectors?fresh=true`)
    expect(connectors.find(({ id }) => id === its.standby)?.role).toBe('active')
    await eventually(looks, (all) => all[held]?.status != null)
    const arrivedAt = Date.now()
    await page.until(() => Number(shown(its)?.checkedAt) > arrivedAt)
    const told = page.events
      .slice(from)
      .flatMap((event) => (event.type === 'polled' ? event.tunnels : []))
      .filter(({ id }) => id === its.tunnelId)
    expect(new Set(told.map(({ activeConnectorId }) => activeConnectorId))).toEqual(
      new Set([its.standby]),
    )
  }),
)

test(
  'U24 a redirect to another host is not followed: no token is seen there',
  story([2], async (its) => {
    const seen: string[] = []
    const elsewhere = createServer((request, response) => {
      seen.push(JSON.stringify([request.url, request.headers]))
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"success":true}')
    })
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/client/v4`
    const put = { method: 'PUT', path: its.tunnelId }
    await world.breakWith({ kind: 'redirect', location, match: put })
    const { id } = await begin(its)
    await page.until(() => page.failovers.get(id)?.state === 'unknown')
    expect(page.failovers.get(id)?.detail).toMatch(/redirect/)
    const reading = await world.breakWith({ kind: 'redirect', location, match: connectionsOf(its) })
    await page.until(() => /redirect/.test(shown(its)?.trouble ?? ''))
    await world.mend(reading)
    // The reads go on by themselves, and tell what came of it; nothing is sent again.
    await swap(its, its.standby)
    expect((await endOf(id)).state).toBe('confirmed')
    expect(seen).toEqual([])
    expect(await putsOf(its)).toBe(1)
    elsewhere.close()
  }),
)

/** Of the last ten minutes: over a day so short a gap is part of a longer stretch. */
const lately = () => `from=${Date.now() - 600_000}&to=${Date.now()}`
/** What is so much younger than the first look rests on another: of the time between them something is known. */
const anotherLookMs = 3000
/** The stretches around the first that is unknown for this reason; nothing if there is none, or no end of it. */
function aroundGap({ active }: TunnelHistory, reason: Interval['reason']) {
  const at = active.findIndex((one) => one.value === 'unknown' && one.reason === reason)
  return at > 0 && at + 1 < active.length ? active.slice(at - 1, at + 2) : []
}

test(
  'P8 a tunnel that can’t be read for a while: a gap with its reason, no line over it',
  story([2], async (its) => {
    const firstAt = Number(shown(its)?.checkedAt)
    await page.until(() => Number(shown(its)?.checkedAt) > firstAt + anotherLookMs)
    const match = connectionsOf(its)
    const fault = await world.breakWith({ kind: 'status', status: 500, match })
    // Three periods without a look are a gap.
    await page.until(() => Date.now() - Number(shown(its)?.checkedAt) > 17_000)
    await world.mend(fault)
    await tandem.get<ConnectorList>(`${its.path}/connectors?fresh=true`)
    const history = await eventually(
      () => tandem.get<TunnelHistory>(`${its.path}/history?${lately()}`),
      (found) => aroundGap(found, 'not-confirmed').length > 0,
    )
    const [before, gap, after] = aroundGap(history, 'not-confirmed')
    expect([before?.value, gap?.value, after?.value]).toEqual([its.active, 'unknown', its.active])
    expect([before?.to, gap?.to]).toEqual([gap?.from, after?.from])
  }),
)

test(
  'P8 Cloudflare refuses calls for a while: a gap with that reason, and no PUT after it',
  story([], async () => {
    const other = await startWorld('empty', { speed: 1 })
    const { tunnelId, connectorIds } = await other.addTunnel('lon-core')
    const locked = await startBuilt(other, { TANDEM_SIGN_IN: 'off' })
    const path = `/tunnels/${tunnelId}`
    const checkedAt = async () =>
      Number(((await locked.ask('GET', path)).json as TunnelDetail).checkedAt)
    const firstAt = await eventually(checkedAt, (at) => at > 0)
    await eventually(checkedAt, (at) => at > firstAt + anotherLookMs)
    await other.order('/tokens/write/lock', { seconds: 20 })
    await eventually(
      () => locked.get<Session>('/session'),
      ({ poller }) => poller.state === 'paused',
    )
    const request = requestFor(connectorIds)
    expect(await locked.refused('POST', `${path}/failovers`, request)).toMatchObject({
      type: 'urn:tandem:problem:locked-out',
      retryAt: expect.any(Number),
    })
    const history = await eventually(
      () => locked.get<TunnelHistory>(`${path}/history?${lately()}`),
      (found) => aroundGap(found, 'locked-out').length > 0,
    )
    const values = aroundGap(history, 'locked-out').map(({ value }) => value)
    expect(values).toEqual([connectorIds[0], 'unknown', connectorIds[0]])
    expect((await other.requests()).filter(({ method }) => method === 'PUT')).toEqual([])
    expect(await locked.end()).toEqual([])
    await other.end()
  }),
)

test(
  'P14 a second Tandem on the same folder refuses to start, the first goes on',
  story([], async () => {
    const second = start('proxy', [], { early: true, env: tandem.settings })
    expect(await second.ended).toBe(1)
    const says = `Another Tandem \\(process ${tandem.program.pid} on .+\\) is running on the folder`
    expect(second.output()).toMatch(new RegExp(`^${says}`))
    expect((await tandem.get<Session>('/session')).notRecordingSince).toBeNull()
  }),
)

const numberOf = (version: string) => Number(version.split('-')[1])
/** The versions of what was told to everybody: what only tells the time, or everything, has none of its own. */
const common = (heard: { id: string; type: string }[]) =>
  heard.filter(({ type }) => !['heartbeat', 'snapshot'].includes(type)).map(({ id }) => id)
const commonAfter = (version: string) =>
  common(page.heard).filter((id) => numberOf(id) > numberOf(version))

test(
  'P15 a page that comes back gets what it missed where that is known, else all',
  story([], async () => {
    await page.until(() => common(page.heard).length > 10)
    const version = page.heard.at(-1)?.id ?? ''
    for (const [says, id, missed] of comebacks(version)) {
      const ear = listenAt(tandem.port, id)
      await ear.until(() => ear.heard.length > (missed ?? 0))
      const heard = common(ear.heard)
      ear.close()
      const isAll = ear.heard.some(({ type }) => type === 'snapshot')
      expect([says, isAll]).toEqual([says, missed === null])
      if (missed === null) continue
      await page.until(() => commonAfter(id).length >= heard.length)
      expect([says, ...heard]).toEqual([says, ...commonAfter(id).slice(0, heard.length)])
    }
    const tooMuch = listenAt(tandem.port, 'x'.repeat(1_000_000))
    await tooMuch.closed
    expect(tooMuch.heard).toEqual([])
  }),
)

test(
  'P15 a page that is cut off again and again hears every change once, in order',
  story([], async () => {
    const first = page.heard.at(-1)?.id ?? ''
    const heard: string[] = []
    let last = first
    for (let cuts = 0; cuts < 30; cuts += 1) {
      const ear = listenAt(tandem.port, last)
      // What it missed ends with what time it is; now and then it stays for more.
      await ear.until(() => ear.heard.length > cuts % 3)
      heard.push(...common(ear.heard))
      last = ear.heard.at(-1)?.id ?? last
      ear.close()
      await ear.closed
    }
    await page.until(() => commonAfter(first).length >= heard.length)
    expect(heard).toEqual(commonAfter(first).slice(0, heard.length))
    expect(heard.length).toBeGreaterThan(5)
  }),
)

test(
  'S21 too many headers, too long an address, too large or foreign a body',
  story([], async () => {
    for (const [what, status, text] of excessiveSenders)
      expect([what, (await say(tandem.port, text)).status]).toEqual([what, status])
    expect((await world.requests()).filter(({ method }) => method === 'POST')).toEqual([])
  }),
)

test(
  'S22 senders that two servers may understand differently are turned away',
  story([], async () => {
    for (const [what, text] of ambiguousSenders)
      expect([what, (await say(tandem.port, text)).status]).toEqual([what, 400])
  }),
)

test(
  'S22 slow senders are cut off by the limits as they are, others are answered',
  story([], async () => {
    let isOver = false
    const slow = Promise.all(
      slowSenders.map(async ([who, text]) => ({ who, heard: await linger(tandem.port, text) })),
    ).finally(() => {
      isOver = true
    })
    await eventually(
      () => tandem.ask('GET', '/session'),
      ({ status }) => {
        expect(status).toBe(200)
        return isOver
      },
    )
    for (const [at, { who, heard }] of (await slow).entries())
      expect([who, heard]).toEqual([who, expect.stringMatching(slowSenders[at]?.[2] ?? /^$/)])
  }),
)

// It was bundled without the page, and finds its program, others and the database where they lie. That a page is all
// that there is beside it is in `faults/headers.test.ts`.
test(
  `S26 ${climbing.length} ways to a file that is not the page’s lead to none`,
  story([], async () => {
    const found: string[] = []
    for (const path of climbing) {
      const { status, body } = await say(tandem.port, toText('GET', path, [host], null))
      if (status !== 404 && status !== 400) found.push(`${path}: ${status}`)
      if (/SQLite format|import |root:|CLOUDFLARE_/.test(body)) found.push(`${path}: ${body}`)
    }
    expect(found).toEqual([])
  }),
)

test(
  'S25 an address of Cloudflare’s that is none: the start is refused, secrets untold',
  story([], async () => {
    const wrong: [address: string, says: RegExp][] = [
      ['http://example.com/client/v4', /must be https/],
      ['http://127.0.0.1.example.com/', /must be https/],
      ['https://user:hush@example.com/', /no user, password, query or fragment/],
      ['https://example.com/?token=hush', /no user, password, query or fragment/],
    ]
    for (const [address, says] of wrong) {
      const env = { ...tandem.settings, CLOUDFLARE_BASE_URL: address }
      const program = start('proxy', [], { early: true, env })
      expect([address, await program.ended]).toEqual([address, 1])
      expect(program.output()).toMatch(says)
      expect(program.output()).not.toContain('hush')
    }
  }),
)

test(
  'S28 a record that is changed by hand breaks the chain, which says so',
  story([2], async (its) => {
    await tandem.ask('PATCH', its.path, { name: 'renamed' })
    const { records } = await tandem.get<AuditPage>(`/audit?tunnel=${its.tunnelId}`)
    const seq = Number(records[0]?.seq)
    const whole = await tandem.get<AuditChain>('/audit/chain')
    expect(whole).toMatchObject({ isWhole: true, fault: null })
    // The log outside of the database holds its head, by which a chain that was made anew is known.
    await tandem.program.line(new RegExp(`"hash":"${whole.last?.hash}"`))
    const database = new Database(join(tandem.folder, 'tandem.db'))
    const tamper = () =>
      database.prepare("update audit set who_name = 'eve' where seq = ?").run(seq)
    expect(tamper).toThrow('append-only')
    const triggers = "select name from sqlite_master where type = 'trigger' and tbl_name = 'audit'"
    for (const name of database.prepare(triggers).pluck().all())
      database.exec(`drop trigger "${String(name)}"`)
    tamper()
    database.close()
    const chain = await eventually(
      () => tandem.get<AuditChain>('/audit/chain'),
      ({ isWhole }) => !isWhole,
    )
    expect(chain.fault).toMatchObject({
      seq,
      sentence: expect.stringMatching(new RegExp(`^Record ${seq} was changed`)),
    })
  }),
)

test(
  'S30 ten years of history are cut to what is kept, or refused',
  story([2], async (its) => {
    const now = Date.now()
    const tenYears = 10 * 365 * 86_400_000
    const whole = await tandem.get<TunnelHistory>(
      `${its.path}/history?from=${now - tenYears}&to=${now}`,
    )
    expect(whole.from).toBeGreaterThanOrEqual(now - 402 * 86_400_000)
    const ends = [
      [0, 999_999_999_999_999, 200],
      [now + tenYears, now + 2 * tenYears, 400],
      [1, 2, 400],
    ] as const
    for (const [from, to, expected] of ends) {
      for (const path of [
        `${its.path}/history`,
        '/history/summary',
        `${its.path}/history.csv`,
        '/activity.csv',
      ]) {
        const asked = `${path}?from=${from}&to=${to}`
        expect([asked, (await tandem.ask('GET', asked)).status]).toEqual([asked, expected])
      }
    }
  }),
)

test('I1 to I8 hold of all that it did and said', async () => {
  expect(await tandem.end()).toEqual([])
})
