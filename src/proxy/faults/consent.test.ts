import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Failover, FailoverChecks } from '#contract/failover.ts'
import { createSecret } from '../secret.ts'
import { promote } from '../survival/elsewhere.ts'
import {
  consent,
  endOf,
  failOver,
  puts,
  unfitTargets,
  type Watched,
  watchTunnel,
} from './failing-over.ts'
import { type Rig, startRig } from './rig.ts'
import { startWorld, type World } from './world.ts'

/** What is looked at before a failover, what a person can accept, and what nobody can. */

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 60_000)
afterAll(() => world.end())
beforeEach(() => world.reset())

const minute = 60_000
const looks = ({ rig }: Watched) =>
  rig.calls.filter(({ path }) => path.endsWith('/connections')).length
const checksOf = ({ rig, path }: Watched, to?: string) =>
  rig.get<FailoverChecks>(`${path}/checks${to ? `?to=${to}` : ''}`)
const idsOf = async (its: Watched, to: string) =>
  (await checksOf(its, to)).checks.map(({ id }) => id)
/** Long enough after its connectors came that none of them is new. */
async function settled(connectors = 3) {
  const its = await watchTunnel(world, connectors)
  await its.rig.time.run(2 * minute)
  return its
}

describe('before it is sent', () => {
  test('the checks come from a fresh look, at most one in ten seconds', async () => {
    const its = await settled()
    const { rig, active, standby, third } = its
    const before = looks(its)
    const first = await checksOf(its, standby)
    expect(first).toMatchObject({ to: standby, activeId: active, readAt: rig.time.now() })
    expect(first.checks.map(({ id, kind }) => `${kind} ${id}`)).toEqual([
      'risk same-colo',
      'risk outbound-stays',
      'risk sessions-hang',
    ])
    expect(looks(its)).toBe(before + 1)
    await rig.time.during(rig.send('GET', `${its.path}/checks?to=${third}`))
    expect(looks(its)).toBe(before + 1)
    expect(puts(rig)).toBe(0)
    await rig.end()
  })

  test('a caller that accepts nothing is refused with the list, and nothing is sent', async () => {
    const its = await settled()
    const { rig, path, active, standby } = its
    const problem = await rig.refused('POST', path, {
      client_id: standby,
      expected_active_id: active,
    })
    expect(problem).toMatchObject({
      type: 'urn:tandem:problem:checks-changed',
      status: 409,
      detail: expect.stringMatching(/Nothing was sent: accept these risks by name/),
    })
    expect(problem.checks?.map(({ id }) => id)).toEqual([
      'same-colo',
      'outbound-stays',
      'sessions-hang',
    ])
    expect(puts(rig)).toBe(0)
    // The record says what was asked and why it was refused.
    const rows = await rig.db.selectFrom('audit').selectAll().orderBy('seq').execute()
    expect(rows.at(-1)).toMatchObject({ what: 'failoverRun', outcome: 'checks-changed' })
    await rig.end()
  })

  test('what was accepted and said stays with the record, for everybody', async () => {
    const its = await settled()
    const { rig, path, body, tunnelId } = its
    const ticked = ['same-colo', 'outbound-stays', 'sessions-hang', 'older-version']
    const request = { ...body, ticked, reason: '  Kernel update  ', drill: true }
    const { json } = await rig.ask('POST', path, request)
    const ended = await endOf(rig, (json as Failover).id)
    expect(ended).toMatchObject({ drill: true, reason: 'Kernel update', state: 'confirmed' })
    // Only what did apply, as it stood there.
    expect(ended.accepted).toEqual([
      { id: 'same-colo', sentence: expect.stringMatching(/^It shares the colo lhr\d+ with/) },
      { id: 'outbound-stays', sentence: expect.stringMatching(/^Outbound traffic/) },
      { id: 'sessions-hang', sentence: expect.stringMatching(/^Open connections/) },
    ])
    expect(await rig.get(`${path}`)).toEqual({ failovers: [ended] })
    expect((await rig.tunnel(tunnelId)).lastDrill).toEqual({
      failoverId: ended.id,
      at: ended.requestedAt,
      ending: 'confirmed',
    })
    await rig.time.run(1000)
    const { events } = await rig.get<{ events: { kind: string; note: string | null }[] }>(
      `/activity?tunnel=${tunnelId}&kind=failover-started,failover-ended`,
    )
    expect(events.map(({ kind, note }) => [kind, note])).toEqual([
      ['failover-ended', null],
      ['failover-started', 'drill: Kernel update'],
    ])
    await rig.kill()
    const again = await startRig(world, { folder: rig.folder })
    await again.looked()
    expect((await again.tunnel(tunnelId)).lastDrill?.failoverId).toBe(ended.id)
    await again.end()
  })

  test('a drill that was confirmed late says so, after a restart too', async () => {
    const its = await settled()
    const { rig, tunnelId } = its
    await world.order('/failover', { mode: 'normal', demoteMs: 500, promoteMs: 75_000 })
    const lastOf = async (one: Rig) => (await one.tunnel(tunnelId)).lastDrill?.ending
    const body = { ...its.body, drill: true }
    await failOver({ ...its, body })
    expect(await lastOf(rig)).toBe('not-confirmed')
    await rig.time.run(30_000)
    expect(await lastOf(rig)).toBe('confirmed-late')
    await rig.kill()
    const again = await startRig(world, { folder: rig.folder })
    await again.looked()
    expect(await lastOf(again)).toBe('confirmed-late')
    await again.end()
  })

  test('a drill that Cloudflare refused is none: the one before it stays the last', async () => {
    const its = await settled()
    const { rig, tunnelId, active, standby } = its
    const first = { ...its.body, drill: true }
    const drill = await failOver({ ...its, body: first })
    const lastOf = async (one: Rig) => (await one.tunnel(tunnelId)).lastDrill?.failoverId
    await rig.time.run(1000)
    await world.order('/failover', { mode: 'refuse', status: 400, code: 1234, message: 'no' })
    const back = { ...its.body, client_id: active, expected_active_id: standby, drill: true }
    expect(await failOver({ ...its, body: back })).toMatchObject({ drill: true, state: 'rejected' })
    expect(await lastOf(rig)).toBe(drill.id)
    await rig.kill()
    const again = await startRig(world, { folder: rig.folder })
    await again.looked()
    expect(await lastOf(again)).toBe(drill.id)
    await again.end()
  })

  test.each([
    ['a reason of 501 characters', { reason: 'x'.repeat(501) }, 'reason'],
    ['a drill that is a text', { drill: 'yes' }, 'drill'],
    ['ticks that are no list', { ticked: 'all' }, 'ticked'],
    ['something unknown', { force: true }, ''],
  ])('%s is not valid', async (_, more, field) => {
    const { rig, path, body } = await watchTunnel(world, 2)
    const problem = await rig.refused('POST', path, { ...body, ...more })
    expect(problem).toMatchObject({ status: 400, type: 'urn:tandem:problem:invalid-request' })
    expect(problem.field ?? '').toBe(field)
    expect(puts(rig)).toBe(0)
    await rig.end()
  })
})

describe('F7 a target that can’t take over', () => {
  test.each(unfitTargets)('%s: blocked, and nobody can override it', async (_, fault, ids) => {
    const its = await settled(2)
    const { rig, path, body, standby } = its
    await (fault
      ? world.breakWith({ ...fault, match: { path: '/connections$' } })
      : world.order(`/connectors/${standby}/kill`))
    const { checks } = await checksOf(its, standby)
    const blocks = checks.filter(({ kind }) => kind === 'block').map((check) => check.id)
    expect(blocks).toEqual(ids)
    const problem = await rig.refused('POST', path, body)
    expect(problem.status).toBe(409)
    expect(puts(rig)).toBe(0)
    await rig.end()
  })
})

describe('F8 a target that is hardly there', () => {
  test('it reconnected a moment ago: grave, so it needs a tick and a reason', async () => {
    const its = await settled()
    const { rig, path, body, standby } = its
    await world.order(`/connectors/${standby}/kill`)
    await rig.time.run(20_000)
    await world.order(`/connectors/${standby}/revive`)
    await rig.time.run(12_000)
    const { checks } = await checksOf(its, standby)
    const [first] = checks
    expect(first).toMatchObject({
      id: 'just-connected',
      kind: 'risk',
      grave: true,
      sentence: expect.stringMatching(/^It connected only \d+ s ago/),
    })
    expect(checks.map(({ id }) => id)).toContain('just-disconnected')
    expect(await rig.refused('POST', path, { ...body, reason: ' ' })).toMatchObject({
      status: 400,
      field: 'reason',
    })
    expect(puts(rig)).toBe(0)
    expect((await failOver(its)).state).toBe('confirmed')
    await rig.end()
  })

  test('it came back three times in the last hour', async () => {
    const its = await settled()
    const { rig, standby } = its
    for (let times = 0; times < 3; times += 1) {
      await world.order(`/connectors/${standby}/kill`)
      await rig.time.run(40_000)
      await world.order(`/connectors/${standby}/revive`)
      await rig.time.run(80_000)
    }
    const { checks } = await checksOf(its, standby)
    expect(checks.find(({ id }) => id === 'reconnects')).toMatchObject({
      grave: true,
      sentence: 'It reconnected 3 times in the last hour.',
    })
    await rig.time.run(61 * minute)
    expect(await idsOf(its, standby)).not.toContain('reconnects')
    await rig.end()
  }, 60_000)
})

describe('F9 nobody to take over', () => {
  test('one connector only', async () => {
    const its = await settled(1)
    const { rig, path, active } = its
    const request = { client_id: active, expected_active_id: active, ...consent }
    expect((await rig.refused('POST', path, request)).status).toBe(409)
    expect(puts(rig)).toBe(0)
    await rig.end()
  })

  test('a tunnel without HA says so before a target is named', async () => {
    const { id: tunnelId } = (await world.order('/tunnels', {
      name: 'plain',
      ha: false,
      connectors: 2,
    })) as { id: string }
    const rig = await startRig(world)
    await rig.looked()
    await rig.time.run(2 * minute)
    const path = `/tunnels/${tunnelId}/failovers`
    const { checks, connectors } = await rig.get<FailoverChecks>(`${path}/checks`)
    expect(checks[0]).toMatchObject({ id: 'not-ha', kind: 'block' })
    const [target] = connectors.connectors
    const request = { client_id: target?.id, expected_active_id: null, ...consent }
    expect(await rig.refused('POST', path, request)).toMatchObject({
      type: 'urn:tandem:problem:not-eligible',
      detail: expect.stringMatching(/not HA/),
    })
    expect(puts(rig)).toBe(0)
    await rig.end()
  })

  test('no standby is connected', async () => {
    const its = await settled(2)
    await world.order(`/connectors/${its.standby}/kill`)
    await its.rig.time.run(20_000)
    expect((await its.rig.refused('POST', its.path, its.body)).detail).toMatch(/offline/)
    expect(puts(its.rig)).toBe(0)
    await its.rig.end()
  })
})

describe('F10 nothing is decided on old data, and nothing waits', () => {
  test('while Cloudflare refuses calls: a countdown, and no PUT when it is over', async () => {
    const its = await settled()
    const { rig, path, body, standby } = its
    await world.breakWith({ kind: 'rate-limit', retryAfter: 60, match: {}, times: 1 })
    const calls = rig.calls.length
    await rig.time.until('it met the block', () => rig.calls.length > calls)
    await rig.time.run(0)
    const { checks } = await checksOf(its, standby)
    expect(checks[0]).toMatchObject({ id: 'locked-out', kind: 'block' })
    expect(await rig.refused('POST', path, body)).toMatchObject({
      type: 'urn:tandem:problem:locked-out',
      retryAt: expect.any(Number),
      detail: expect.stringMatching(/nothing waits to be sent/),
    })
    await rig.time.run(10 * minute)
    expect(puts(rig)).toBe(0)
    await rig.end()
  })

  test('Cloudflare is silent: the checks say so and how old the last look is', async () => {
    const its = await settled()
    const { rig, standby } = its
    await world.breakWith({ kind: 'status', status: 503, match: { path: '/connections$' } })
    await rig.time.run(40_000)
    const { checks, readAt } = await checksOf(its, standby)
    const ids = checks.map(({ id }) => id)
    expect(ids[0]).toBe('cloudflare-silent')
    expect(ids).toContain('stale-read')
    expect(rig.time.now() - Number(readAt)).toBeGreaterThan(15_000)
    await rig.end()
  })

  test('Cloudflare is silent: whoever is answered from memory hears of it too, until a look succeeds', async () => {
    const its = await settled()
    const { rig, tunnelId, standby, third } = its
    await world.breakWith({ kind: 'status', status: 503, match: { path: '/connections$' } })
    const [silent] = (await checksOf(its, standby)).checks
    expect(silent?.id).toBe('cloudflare-silent')
    const asked = rig.calls.length
    expect((await checksOf(its, standby)).checks[0]).toEqual(silent)
    expect((await checksOf(its, third)).checks[0]).toEqual(silent)
    expect(rig.calls.length).toBe(asked)
    await world.heal()
    await rig.time.run(1000)
    await rig.get(`/tunnels/${tunnelId}/connectors?fresh=true`)
    expect(await idsOf(its, standby)).not.toContain('cloudflare-silent')
    await rig.end()
  })

  test.each<[string, (its: Watched) => Promise<unknown>]>([
    ['somebody has the tokens checked', ({ rig }) => rig.get('/session?fresh=true')],
    [
      'another change works',
      ({ rig, tunnelId }) => rig.ask('PATCH', `/tunnels/${tunnelId}`, { name: 'lon-new' }),
    ],
    [
      'it is put in anew',
      ({ rig }) => rig.time.during(rig.tandem.replaceTokens(createSecret(world.token), null)),
    ],
  ])('U18 the token may not write: said from the first refusal on, until %s', async (_, mend) => {
    const its = await settled()
    const { rig, path, body, standby } = its
    await world.breakWith({ kind: 'status', status: 403, code: 10_000, match: { method: 'PUT' } })
    expect((await failOver(its)).state).toBe('rejected')
    expect((await idsOf(its, standby))[0]).toBe('no-write')
    expect((await rig.refused('POST', path, body)).detail).toMatch(/lacks .*WARP Write/)
    await rig.time.run(15 * minute)
    expect((await rig.refused('POST', path, body)).detail).toMatch(/lacks .*WARP Write/)
    expect(puts(rig)).toBe(1)
    await world.heal()
    await mend(its)
    expect((await failOver(its)).state).toBe('confirmed')
    await rig.end()
  })
})

test('F18 one after the other: a cool-down to accept, and the third needs a reason', async () => {
  const its = await settled(2)
  const { rig, path, active, standby } = its
  await world.order('/failover', { mode: 'normal', demoteMs: 0, promoteMs: 500 })
  await failOver(its)
  const back = { ...its.body, client_id: active, expected_active_id: standby }
  const plain = ['same-colo', 'same-origin', 'outbound-stays', 'sessions-hang']
  const refusal = await rig.refused('POST', path, { ...back, ticked: plain })
  expect(refusal.type).toBe('urn:tandem:problem:checks-changed')
  expect(refusal.checks?.map(({ id }) => id)).toContain('cool-down')
  await rig.time.run(minute)
  const { reason: _, ...unexplained } = its.body
  await failOver({ ...its, body: { ...back, ticked: plain } })
  await rig.time.run(minute)
  // The third in ten minutes: ticked, but not explained.
  const ticked = [...plain, 'repeated']
  const third = await rig.refused('POST', path, { ...unexplained, ticked })
  expect(third).toMatchObject({ status: 400, field: 'reason' })
  expect(third.checks?.find(({ id }) => id === 'repeated')).toMatchObject({
    sentence: 'This would be failover number 3 of this tunnel in 10 minutes.',
  })
  expect(puts(rig)).toBe(2)
  await rig.time.run(10 * minute)
  expect(await idsOf(its, standby)).not.toContain('repeated')
  await rig.end()
})

test('F18 F21 somebody else had just failed it over: a cool-down to accept', async () => {
  const its = await settled(2)
  const { rig, tunnelId, active, standby } = its
  await promote(world, tunnelId, standby)
  await rig.time.until(
    'it is seen',
    () => rig.tandem.parts.present.tunnel(tunnelId)?.activeConnectorId === standby,
  )
  expect(await idsOf(its, active)).toContain('cool-down')
  await rig.time.run(minute)
  expect(await idsOf(its, active)).not.toContain('cool-down')
  await rig.end()
})

test('F18 refusals of Cloudflare’s in between hide none of the failovers before them', async () => {
  const its = await settled(2)
  const { rig, path, active, standby } = its
  await failOver(its)
  await rig.time.run(1000)
  await failOver({ ...its, body: { ...its.body, client_id: active, expected_active_id: standby } })
  await world.breakWith({ kind: 'status', status: 409, match: { method: 'PUT' } })
  for (let refusal = 0; refusal < 6; refusal += 1) {
    await rig.time.run(1000)
    expect((await failOver(its)).state).toBe('rejected')
  }
  const refused = await rig.refused('POST', path, { ...its.body, ticked: [] })
  expect(refused.checks?.find(({ id }) => id === 'repeated')).toMatchObject({
    sentence: 'This would be failover number 3 of this tunnel in 10 minutes.',
  })
  await rig.end()
})
