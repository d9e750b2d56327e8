import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { FailoverChecks } from '#contract/failover.ts'
import { riskIds } from '#contract/failover-checks.ts'
import { windowMs } from '../cloudflare/budget.ts'
import { createSecret } from '../secret.ts'
import { type Rig, type RigOptions, startRig } from './rig.ts'
import { startWorld, type World } from './world.ts'

/** What happens when Cloudflare says "too many", or is about to. */

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 60_000)
afterAll(() => world.end())
beforeEach(() => world.reset())

/** Two HA tunnels, looked at once; then every call is answered by `fault`. */
async function watchThen(fault: Record<string, unknown>, options: RigOptions = {}) {
  const { tunnelId, connectorIds } = await world.addTunnel('lon-core')
  await world.addTunnel('dub-edge')
  const rig = await startRig(world, options)
  await rig.looked()
  await world.breakWith(fault)
  const before = rig.calls.length
  await rig.time.until('Cloudflare refused a call', () => rig.calls.length > before)
  await rig.time.run(0)
  const failOver = () =>
    rig.refused('POST', `/tunnels/${tunnelId}/failovers`, {
      client_id: connectorIds[1],
      expected_active_id: connectorIds[0],
    })
  return { rig, refusedAt: rig.calls.at(-1)?.at ?? 0, tunnelId, failOver }
}

/**
 * Time goes on to the end of the pause: not one call is made in it. The next one is alone until its
 * answer has come. Returns the calls right after the pause.
 */
async function restUntil(rig: Rig, until: number) {
  const before = rig.calls.length
  await rig.time.run(until - rig.time.now() - 1)
  expect(rig.calls.slice(before), 'calls during the block').toEqual([])
  await rig.time.run(1)
  const after = rig.calls.slice(before)
  expect(after.slice(0, 2).map(({ beside }) => beside)).toEqual(after.length > 1 ? [0, 0] : [0])
  return after
}

/** The jitter that is drawn with 0.5 of 5 s. */
const jitterMs = 2500

describe('U1 429 with Retry-After', () => {
  test.each([
    ['1', 1],
    ['37', 37],
    ['300', 300],
    ['99999', 3600],
    ['a date', 120],
    ['abc', 300],
  ])('U1 %s: nothing is asked for %i s and then one probe', async (value, seconds) => {
    // A date is known to the second, and fixed before the call that it answers.
    const date = new Date((await world.state()).now + seconds * 1000).toUTCString()
    const retryAfter = value === 'a date' ? date : value
    const { rig, refusedAt, tunnelId, failOver } = await watchThen({
      kind: 'rate-limit',
      retryAfter,
    })
    const { state, until, reason } = await rig.poller()
    expect(state).toBe('paused')
    expect(reason).toMatch(/too many/)
    const over = value === 'a date' ? Date.parse(date) : refusedAt + seconds * 1000
    const late = Number(until) - jitterMs - over
    expect(late).toBeGreaterThanOrEqual(0)
    expect(late).toBeLessThanOrEqual(value === 'a date' ? 1000 : 0)

    // What was last seen stays, and a failover is refused with the time, never queued.
    const { status, checkedAt } = await rig.tunnel(tunnelId)
    expect(status).toBe('healthy')
    expect(checkedAt).toBeLessThanOrEqual(refusedAt)
    const problem = await failOver()
    expect(problem).toMatchObject({ type: 'urn:tandem:problem:locked-out', retryAt: until })
    expect((await rig.session()).tokens[0]?.lockedUntil).toBe(until)

    expect(await restUntil(rig, Number(until))).toHaveLength(1)
    const again = await rig.poller()
    expect(again.state).toBe('paused')
    await world.heal()
    await restUntil(rig, Number(again.until))
    await rig.time.until(
      'it watches again',
      () => rig.tandem.parts.poller.state(null).state === 'running',
    )
    expect((await rig.session()).tokens[0]?.lockedUntil).toBeNull()
    expect(rig.calls.filter(({ method }) => method === 'PUT')).toEqual([])
    await rig.end()
  })
})

test('U1 a lock-out that was written down by a clock far ahead holds for an hour at most', async () => {
  const { rig } = await watchThen({ kind: 'rate-limit', retryAfter: 300 })
  await rig.db
    .updateTable('lockouts')
    .set({ until: rig.time.now() + 400 * 86_400_000 })
    .execute()
  await rig.kill()
  const again = await startRig(world, { folder: rig.folder })
  const { state, until } = await again.poller()
  expect(state).toBe('paused')
  expect(until).toBeLessThanOrEqual(again.time.now() + 3_600_000)
  await again.end()
})

describe('U2 429 that does not say until when', () => {
  test.each([
    ['no Retry-After, code 971', { kind: 'rate-limit', retryAfter: null, code: 971 }],
    ['no Retry-After, code 10429', { kind: 'rate-limit', retryAfter: null, code: 10_429 }],
    ['an HTML page', { kind: 'rate-limit', retryAfter: null, html: true }],
    ['code 971 with another status', { kind: 'status', status: 403, code: 971 }],
    ['code 10429 with another status', { kind: 'status', status: 400, code: 10_429 }],
  ])('U2 %s: five minutes', async (_, fault) => {
    const { rig, refusedAt } = await watchThen({ ...fault, times: 1 })
    const { state, until } = await rig.poller()
    expect(state).toBe('paused')
    expect(until).toBe(refusedAt + 300_000 + jitterMs)
    await restUntil(rig, Number(until))
    await rig.time.until(
      'it watches again',
      () => rig.tandem.parts.poller.state(null).state === 'running',
    )
    await rig.end()
  })

  test('U2 a restart during the block: still no call', async () => {
    const { rig } = await watchThen({ kind: 'rate-limit', retryAfter: null, times: 1 })
    const { until } = await rig.poller()
    await rig.time.run(60_000)
    await rig.kill()
    const restarted = await startRig(world, { folder: rig.folder })
    await restarted.time.run(1000)
    expect(await restarted.poller()).toMatchObject({ state: 'paused', until })
    await restUntil(restarted, Number(until))
    await restarted.looked()
    await restarted.end()
  })

  test('U2 the same token put in once more during the block: still no call', async () => {
    const { rig } = await watchThen({ kind: 'rate-limit', retryAfter: null, times: 1 })
    const { until } = await rig.poller()
    await rig.tandem.replaceTokens(createSecret(world.token), null)
    await rig.time.run(1000)
    expect(await rig.poller()).toMatchObject({ state: 'paused', until })
    await restUntil(rig, Number(until))
    await rig.end()
  })

  test('U2 only the token that met the block rests: with another one for reading, a failover goes on', async () => {
    const { tunnelId, connectorIds } = await world.addTunnel('lon-core')
    const rig = await startRig(world, { readToken: world.readToken })
    await rig.looked()
    await world.order('/tokens/read/lock', { seconds: 300 })
    await rig.time.until('it pauses', () => rig.tandem.parts.poller.state(null).state === 'paused')
    const { status, json } = await rig.ask('POST', `/tunnels/${tunnelId}/failovers`, {
      client_id: connectorIds[1],
      expected_active_id: connectorIds[0],
      ticked: riskIds,
      reason: 'a test',
    })
    expect(status).toBe(202)
    const { id } = json as { id: string }
    await rig.time.run(5000)
    expect(await rig.get(`/failovers/${id}`)).toMatchObject({ state: 'confirmed' })
    expect((await rig.poller()).state).toBe('paused')
    await rig.end()
  })
})

describe('I6 a restart does not get the five minutes anew', () => {
  test('I6 killed with most of the calls spent: what is left is shared with the next run', async () => {
    const { tunnelId } = await world.addTunnel('lon-core')
    // 200 calls in all, 24 of them for people and failovers, 30 for failovers only.
    const rig = await startRig(world, { rateLimit: 240 })
    await rig.looked()
    const { client, accountIds, poller } = rig.tandem.parts
    const ids = { accountId: accountIds[0] ?? '', tunnelId }
    while (poller.state(null).budget.used < 165) {
      await rig.time.during(client.call('tunnelGet', ids, { purpose: 'person' }))
    }
    await rig.time.run(1001)
    await rig.kill()
    const spent = rig.calls.length
    const again = await startRig(world, { rateLimit: 240, folder: rig.folder })
    expect((await again.poller()).budget.used).toBeGreaterThanOrEqual(165)
    await again.time.run(60_000)
    expect(spent + again.calls.length).toBeLessThanOrEqual(200)
    await again.end()
  })

  test('I6 ten seconds that only began before the five minutes are neither forgotten nor overlooked', async () => {
    const rig = await startRig(world)
    // Old history, and old calls with it, are forgotten a minute after the start.
    const prunedAt = rig.time.now() + 60_000
    const late = { at: prunedAt - windowMs - 5_000, calls: 300, polls: 0 }
    await rig.db.insertInto('calls').values(late).execute()
    await rig.time.run(60_500)
    await rig.kill()
    const again = await startRig(world, { folder: rig.folder })
    expect((await again.poller()).budget.used).toBeGreaterThanOrEqual(300)
    await again.end()
  })
})

describe('U3 Ratelimit', () => {
  test('U3 three left for two minutes: nothing but a failover is asked for until then', async () => {
    const { rig, tunnelId, failOver } = await watchThen({
      kind: 'ratelimit-header',
      raw: '"default";r=3;t=120',
    })
    const { budget, state } = await rig.poller()
    expect(state).toBe('running')
    expect(budget).toMatchObject({ remaining: 3, neighbour: true })
    const before = rig.calls.length
    await rig.time.run(119_000)
    expect(rig.calls.length).toBe(before)
    const refusal = await rig.refused('GET', `/tunnels/${tunnelId}/connectors?fresh=true`)
    expect(refusal.type).toBe('urn:tandem:problem:budget-spent')
    const { checks } = await rig.get<FailoverChecks>(`/tunnels/${tunnelId}/failovers/checks`)
    expect(checks.map(({ id }) => id)).not.toContain('cloudflare-silent')
    expect(rig.calls.length).toBe(before)
    // It looks before it decides, and is refused for the risks that nobody accepted.
    expect((await failOver()).type).toBe('urn:tandem:problem:checks-changed')
    expect(rig.calls.length).toBe(before + 1)
    await world.heal()
    await rig.time.run(123_000)
    expect(rig.calls.length).toBeGreaterThan(before + 2)
    await rig.end()
  })

  test('U3 two items: the slower rules; garbage is ignored', async () => {
    const { rig } = await watchThen({
      kind: 'ratelimit-header',
      raw: '"default";r=900;t=300, "burst";r=2;t=60',
    })
    expect((await rig.poller()).budget.remaining).toBe(2)
    await world.heal()
    await world.breakWith({ kind: 'ratelimit-header', raw: 'garbage;;=,' })
    await rig.time.run(60_001)
    const before = rig.calls.length
    await rig.time.run(60_000)
    expect(rig.calls.length).toBeGreaterThan(before + 30)
    await rig.end()
  })

  // Half of Cloudflare's limit, so that 30 minutes cost 500 calls; budget.test.ts runs all of it.
  test.each([
    ['evenly', (passedMs: number) => (passedMs % 10_000 === 0 ? 15 : 0)],
    ['all at once', (passedMs: number) => (passedMs === 10_000 ? 450 : 0)],
  ])(
    'U3 a neighbour spends three quarters of the limit %s: never a 429 in 30 minutes',
    async (_, spends) => {
      await world.order('/rate-limit', { limit: 600 })
      for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await world.addTunnel(name)
      const rig = await startRig(world, { rateLimit: 600 })
      let sawNeighbour = 0
      for (let passedMs = 0; passedMs < 1_800_000; passedMs += 5000) {
        const calls = spends(passedMs)
        if (calls > 0) await world.order('/tokens/write/spend', { calls })
        await rig.time.run(5000)
        if (rig.tandem.parts.poller.state(null).budget.neighbour) sawNeighbour += 1
      }
      expect(rig.calls.filter(({ status }) => status === 429)).toEqual([])
      expect(rig.calls.length).toBeGreaterThan(300)
      expect(sawNeighbour).toBeGreaterThan(0)
      await rig.end()
    },
  )
})
