import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Failover } from '#contract/failover.ts'
import type { HistoryEvent } from '#contract/history.ts'
import { endOf, failOver, puts, watchTunnel } from './failing-over.ts'
import { type Rig, type RigOptions, startRig } from './rig.ts'
import { createVisitor, hang, join, publicUrl, setUp, type Visitor } from './visitor.ts'
import { startWorld, type World } from './world.ts'

/** What happens while a failover runs, and in the ten minutes after it. */

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 60_000)
afterAll(() => world.end())
beforeEach(() => world.reset())

const minute = 60_000
const eventsOf = async (rig: Rig, tunnelId: string, kinds: string) =>
  (await rig.get<{ events: HistoryEvent[] }>(`/activity?tunnel=${tunnelId}&kind=${kinds}`)).events
const stored = async (rig: Rig, failoverId: string) =>
  (
    await rig.db
      .selectFrom('failovers')
      .select('body')
      .where('id', '=', failoverId)
      .executeTakeFirstOrThrow()
  ).body

describe('F15 it flips back', () => {
  test('the confirmed record stays as it was; what came after stands beside it', async () => {
    const its = await watchTunnel(world)
    const { rig, tunnelId, active, standby } = its
    await world.order('/failover', { mode: 'flip-back', demoteMs: 500, promoteMs: 1500 })
    const ended = await failOver(its)
    expect(ended).toMatchObject({ state: 'confirmed', afterwards: [] })
    const body = await stored(rig, ended.id)
    await rig.time.run(15_000)
    const after = await rig.get<Failover>(`/failovers/${ended.id}`)
    expect(after).toEqual({
      ...ended,
      afterwards: [{ at: expect.any(Number), kind: 'flipped-back', activeNow: [active] }],
    })
    await world.order(`/tunnels/${tunnelId}/swap`, { connectorId: standby })
    await rig.time.run(15_000)
    const { afterwards } = await rig.get<Failover>(`/failovers/${ended.id}`)
    expect(afterwards.map(({ kind }) => kind)).toEqual(['flipped-back', 'restored'])
    expect(await stored(rig, ended.id), 'the record of its end').toBe(body)
    const told = await eventsOf(rig, tunnelId, 'failover-ended,failover-after')
    expect(told.map(({ to }) => to)).toEqual(['restored', 'flipped-back', 'confirmed'])
    await rig.end()
  })

  test('for ten minutes and no longer, over a restart too', async () => {
    const its = await watchTunnel(world)
    const { rig, tunnelId, active, third } = its
    const ended = await failOver(its)
    await rig.time.run(minute)
    await rig.kill()
    const again = await startRig(world, { folder: rig.folder })
    await again.looked()
    await world.order(`/tunnels/${tunnelId}/swap`, { connectorId: active })
    await again.time.run(20_000)
    const kinds = async () =>
      (await again.get<Failover>(`/failovers/${ended.id}`)).afterwards.map(({ kind }) => kind)
    expect(await kinds()).toEqual(['flipped-back'])
    await again.time.run(10 * minute)
    await world.order(`/tunnels/${tunnelId}/swap`, { connectorId: third })
    await again.time.run(minute)
    expect(await kinds()).toEqual(['flipped-back'])
    await again.end()
  })
})

test('F14 one that Cloudflare refused does not end the watch over the one before, over a restart too', async () => {
  const its = await watchTunnel(world)
  const { rig, tunnelId, standby } = its
  await world.order('/failover', { mode: 'never' })
  const first = await failOver(its)
  expect(first.state).toBe('not-confirmed')
  await world.breakWith({ kind: 'status', status: 400, match: { method: 'PUT' } })
  await rig.time.run(minute)
  expect((await failOver(its)).state).toBe('rejected')
  await rig.kill()
  const again = await startRig(world, { folder: rig.folder })
  await again.looked()
  await world.order(`/tunnels/${tunnelId}/swap`, { connectorId: standby })
  await again.time.run(30_000)
  const { afterwards } = await again.get<Failover>(`/failovers/${first.id}`)
  expect(afterwards.map(({ kind }) => kind)).toEqual(['late'])
  await again.end()
})

test('F14 a failover that follows ends the watch over the one before', async () => {
  const its = await watchTunnel(world)
  const { rig, active, standby } = its
  const first = await failOver(its)
  await rig.time.run(1000)
  await failOver({ ...its, body: { ...its.body, client_id: active, expected_active_id: standby } })
  await rig.time.run(minute)
  const { afterwards } = await rig.get<Failover>(`/failovers/${first.id}`)
  expect(afterwards).toEqual([])
  await rig.end()
})

test('F14 a second try that is refused leaves the watch over the first one as it is', async () => {
  const its = await watchTunnel(world, 2)
  const { rig, path, body, active, standby, tunnelId } = its
  await world.order('/failover', { mode: 'normal', demoteMs: 500, promoteMs: 90_000 })
  const first = await failOver(its)
  expect(first.state).toBe('not-confirmed')
  await rig.time.run(9990)
  // Nobody was seen active any more.
  const second = await rig.time.during(
    rig.send('POST', path, { ...body, expected_active_id: active }),
  )
  expect(second.status).toBe(409)
  await rig.time.run(2 * minute)
  const { afterwards } = await rig.get<Failover>(`/failovers/${first.id}`)
  expect(afterwards.map(({ kind }) => kind)).toEqual(['late'])
  expect(puts(rig)).toBe(1)
  expect((await rig.tunnel(tunnelId)).activeConnectorId).toBe(standby)
  await rig.end()
})

test('F16 nobody is active for long: told while it lasts, and measured', async () => {
  const its = await watchTunnel(world)
  const { rig } = its
  await world.order('/failover', { mode: 'normal', demoteMs: 500, promoteMs: 20_500 })
  const seen: Failover[] = []
  rig.tandem.parts.bus.subscribe(({ event }) => {
    if (event.type === 'failoverChanged') seen.push(event.failover)
  })
  const ended = await failOver(its)
  expect(seen.some(({ activeNow, state }) => activeNow.length === 0 && state === 'accepted')).toBe(
    true,
  )
  expect(ended).toMatchObject({ state: 'confirmed', vacantAt: Number(ended.sentAt) + 1000 })
  // Known as exactly as the reads are close: every second at first, every two later.
  expect(Number(ended.vacantMs)).toBeGreaterThanOrEqual(19_500)
  expect(Number(ended.vacantMs)).toBeLessThanOrEqual(22_000)
  await rig.end()
})

test('F16 both are active for a while: not confirmed before one is', async () => {
  const its = await watchTunnel(world, 2)
  const { rig, tunnelId, path, body, active, standby } = its
  await world.order('/failover', { mode: 'never' })
  const { json } = await rig.ask('POST', path, body)
  await world.order(`/tunnels/${tunnelId}/both-active`, { forMs: 3_600_000 })
  await rig.time.run(4000)
  const both = await rig.get<Failover>(`/failovers/${(json as Failover).id}`)
  expect(both).toMatchObject({ state: 'accepted', endedAt: null })
  expect(both.activeNow.toSorted()).toEqual([active, standby].toSorted())
  await world.order(`/tunnels/${tunnelId}/swap`, { connectorId: standby })
  expect(await endOf(rig, both.id)).toMatchObject({ state: 'confirmed', activeNow: [standby] })
  await rig.end()
})

describe('F17 F20 people who come, go, or may not', () => {
  async function staffed(options: RigOptions = {}) {
    const its = await watchTunnel(world, 3, { ...options, signIn: 'people', publicUrl })
    const admin = await setUp(its.rig)
    const { visitor: operator, personId } = await join(its.rig, admin, 'Oskar', 'operator')
    return { ...its, admin, operator, personId }
  }

  test.each(['signs out', 'loses the role', 'is disabled'])(
    'F17 the operator %s in the middle: it is verified to its end, and on record',
    async (what) => {
      const { rig, path, body, admin, operator, personId } = await staffed()
      await world.order('/failover', { mode: 'normal', demoteMs: 1000, promoteMs: 9000 })
      const { status, json } = await rig.time.during(operator.ask('POST', path, body))
      expect(status).toBe(202)
      const { id } = json as Failover
      await rig.time.run(2000)
      const left =
        what === 'signs out'
          ? await operator.ask('POST', '/sign-out')
          : await admin.ask(
              'PATCH',
              `/people/${personId}`,
              what === 'is disabled' ? { disabled: true } : { role: 'viewer' },
            )
      expect(left.status).toBeLessThan(300)
      await rig.time.until(
        'it ended',
        () => rig.tandem.parts.failovers.running().length === 0,
        75_000,
      )
      const { json: ended } = await admin.ask('GET', `/failovers/${id}`)
      expect(ended).toMatchObject({ state: 'confirmed', by: 'Oskar' })
      const outcomes = await rig.db
        .selectFrom('audit')
        .select('outcome')
        .where('what', '=', 'failoverRun')
        .where('refers', 'is not', null)
        .orderBy('seq')
        .execute()
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(['started', 'accepted', 'confirmed'])
      expect(puts(rig)).toBe(1)
      await rig.end()
    },
  )

  test('F20 a viewer, a screen, no session, one that ended, was taken away or is old: refused, and Cloudflare hears nothing', async () => {
    // The clock of who is signed in since when goes on by itself; nothing else that waits for its time does.
    let laterMs = 0
    const { rig, path, body, admin, operator, personId, standby } = await staffed({
      clock: (now) => () => now() + laterMs,
    })
    const { visitor: viewer } = await join(rig, admin, 'Vera', 'viewer')
    const { visitor: leaver } = await join(rig, admin, 'Lea', 'operator')
    const screen = await hang(rig, admin)
    const kept = leaver.elsewhere('192.0.2.30')
    await leaver.ask('POST', '/sign-out')
    const before = rig.calls.length
    const preference = path.replace(/failovers$/, 'preference')
    const tries = async (visitor: Visitor) => ({
      starts: await visitor.outcome('POST', path, body),
      looks: await visitor.outcome('GET', `${path}/checks?to=${standby}`),
      prefers: await visitor.outcome('PUT', preference, { connector_id: standby }),
    })
    const all = (outcome: string) => ({ starts: outcome, looks: outcome, prefers: outcome })
    expect({
      nobody: await tries(createVisitor(rig)),
      viewer: await tries(viewer),
      screen: await tries(screen),
      'a session that was signed out': await tries(kept),
    }).toEqual({
      nobody: all('401 sign-in-needed'),
      viewer: all('403 role-missing'),
      screen: all('403 role-missing'),
      'a session that was signed out': all('401 sign-in-needed'),
    })
    laterMs = 61 * minute
    expect(await operator.outcome('POST', path, body), 'an old sign-in').toBe('401 sign-in-again')
    laterMs += 12 * 60 * minute
    expect(await tries(operator), 'a session that ended').toEqual(all('401 sign-in-needed'))
    laterMs = 0
    await admin.ask('PATCH', `/people/${personId}`, { disabled: true })
    expect(await tries(operator), 'a session that was taken away').toEqual(
      all('401 sign-in-needed'),
    )
    expect(rig.calls.length, 'calls of Cloudflare').toBe(before)
    await rig.end()
  })
})

test('F21 what was done elsewhere is nobody’s here, even where our own had just been', async () => {
  const its = await watchTunnel(world)
  const { rig, tunnelId, active, standby } = its
  const ours = await failOver(its)
  await rig.time.run(20_000)
  for (const connectorId of [active, standby]) {
    await world.order(`/tunnels/${tunnelId}/swap`, { connectorId })
    await rig.time.run(20_000)
  }
  const switches = await eventsOf(rig, tunnelId, 'active-changed')
  expect(switches.map(({ to, by, failoverId }) => [to, by, failoverId])).toEqual([
    [standby, null, null],
    [active, null, null],
    [standby, 'local admin', ours.id],
  ])
  expect(switches.slice(0, 2).map(({ cause }) => cause)).not.toContain('manual')
  await rig.end()
})

describe('F22 the calls are spent', () => {
  test('a failover is verified to its end out of its own reserve, and a second one is refused', async () => {
    // Cloudflare’s limit is 240 here: 200 in all, 30 of them kept for verifying.
    const its = await watchTunnel(world, 2, { rateLimit: 240 })
    const other = await world.addTunnel('dub-edge')
    const { rig, tunnelId, path, body } = its
    await rig.time.until('it is listed', () =>
      rig.tandem.parts.present.tunnels().some(({ id }) => id === other.tunnelId),
    )
    await rig.looked()
    await world.order('/failover', { mode: 'never' })
    const { client, accountIds, poller } = rig.tandem.parts
    const budget = () => poller.state(null).budget
    const ids = { accountId: accountIds[0] ?? '', tunnelId }
    while (budget().used < 170) {
      await rig.time.during(client.call('tunnelGet', ids, { purpose: 'person' }))
    }
    const { status, json } = await rig.ask('POST', path, body)
    expect(status).toBe(202)
    const second = await rig.refused('POST', `/tunnels/${other.tunnelId}/failovers`, {
      ...body,
      client_id: other.connectorIds[1],
      expected_active_id: other.connectorIds[0],
    })
    expect(second).toMatchObject({
      type: 'urn:tandem:problem:budget-spent',
      detail: expect.stringMatching(/Nothing was sent/),
    })
    const before = rig.calls.filter(({ method }) => method === 'PUT').length
    const ended = await endOf(rig, (json as Failover).id)
    // Every read of the schedule was made: the sentence rests on one.
    expect(ended).toMatchObject({
      state: 'not-confirmed',
      detail: expect.stringMatching(/still reports .* active after 60 s/),
    })
    const reads = rig.calls.filter(
      ({ path: at, at: when }) =>
        at.endsWith(`${tunnelId}/connections`) && when > Number(ended.sentAt),
    )
    expect(reads).toHaveLength(23)
    expect(before).toBe(1)
    expect(budget().used).toBeLessThanOrEqual(200)
    await rig.end()
  })
})

describe('the preferred connector', () => {
  test('on its standby since it ceased to be active, until it is again; kept over a restart', async () => {
    const its = await watchTunnel(world)
    const { rig, tunnelId, active, standby } = its
    const path = `/tunnels/${tunnelId}/preference`
    expect((await rig.ask('PUT', path, { connector_id: active })).status).toBe(200)
    expect(await rig.tunnel(tunnelId)).toMatchObject({
      preferredConnectorId: active,
      onStandbySince: null,
    })
    const ended = await failOver(its)
    const { onStandbySince } = await rig.tunnel(tunnelId)
    expect(onStandbySince).toBeGreaterThan(Number(ended.sentAt))
    await rig.time.run(10_000)
    await rig.kill()

    const again = await startRig(world, { folder: rig.folder })
    await again.looked()
    expect(await again.tunnel(tunnelId)).toMatchObject({
      preferredConnectorId: active,
      activeConnectorId: standby,
      onStandbySince,
    })
    const back = { ...its.body, client_id: active, expected_active_id: standby }
    await failOver({ ...its, rig: again, body: back })
    expect((await again.tunnel(tunnelId)).onStandbySince).toBeNull()
    expect((await again.ask('PUT', path, { connector_id: null })).status).toBe(200)
    expect((await again.tunnel(tunnelId)).preferredConnectorId).toBeNull()
    await again.end()
  })

  test('a stranger can’t be preferred, and who chose is on record', async () => {
    const { rig, tunnelId, standby } = await watchTunnel(world)
    const path = `/tunnels/${tunnelId}/preference`
    const stranger = '00000000-0000-4000-8000-000000000000'
    expect(await rig.refused('PUT', path, { connector_id: stranger })).toMatchObject({
      status: 400,
      field: 'connector_id',
    })
    await rig.ask('PUT', path, { connector_id: standby })
    const rows = await rig.db.selectFrom('audit').selectAll().orderBy('seq').execute()
    const asked = rows.find(({ what, refers }) => what === 'preferencePut' && refers === null)
    expect(JSON.parse(asked?.facts ?? '{}')).toEqual({ from: null, to: standby })
    await rig.end()
  })
})
