import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Rig, startRig } from './rig.ts'
import { startWorld, type World } from './world.ts'

/** What Tandem tells those who keep it running, who sign in nowhere: whether it has something to show. */

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 60_000)
afterAll(() => world.end())
beforeEach(() => world.reset())

async function ready({ app }: Rig) {
  const answer = await app.request('/readyz')
  return [answer.status, await answer.json()] as const
}

test('it is ready with the first listing, though no connectors were read', async () => {
  await world.addTunnel('lon-core')
  await world.breakWith({ kind: 'status', status: 503, match: { path: '/connections$' } })
  const rig = await startRig(world)
  expect(await ready(rig)).toEqual([
    503,
    { ready: false, storage: true, looked: false, poller: 'starting', reason: null },
  ])
  await rig.time.until('it is listed', () => rig.tandem.parts.poller.hasLooked())
  expect(await ready(rig)).toEqual([
    200,
    { ready: true, storage: true, looked: true, poller: 'running', reason: null },
  ])
  await rig.end()
})

test('why it can’t look is one of Tandem’s own words: Cloudflare’s may have this machine’s address', async () => {
  const message = 'Cannot use the access token from location: 203.0.113.77'
  await world.breakWith({ kind: 'status', status: 403, code: 9109, message })
  const rig = await startRig(world)
  await rig.time.until('it looked', () => rig.tandem.parts.poller.hasLooked())
  expect((await rig.poller()).reason).toContain(message)
  expect(await ready(rig)).toEqual([
    200,
    {
      ready: true,
      storage: true,
      looked: true,
      poller: 'rejected',
      reason: 'permission-missing',
    },
  ])
  await rig.end()
})

test('that Cloudflare fails is told from the first look on, and no more once it is over', async () => {
  await world.breakWith({ kind: 'status', status: 500, match: { path: '/warp_connector$' } })
  const rig = await startRig(world)
  await rig.time.until('it looked', () => rig.tandem.parts.poller.hasLooked())
  expect(await ready(rig)).toMatchObject([200, { reason: 'cloudflare-failing' }])
  await world.heal()
  await rig.time.until('it runs', () => rig.tandem.parts.poller.phase() === 'running', 300_000)
  expect(await ready(rig)).toMatchObject([200, { poller: 'running', reason: null }])
  await rig.end()
})

test('nobody may call until a lockout ends, and that is a reason too', async () => {
  await world.breakWith({ kind: 'rate-limit', retryAfter: 300 })
  const rig = await startRig(world)
  await rig.time.run(10_000)
  expect(await ready(rig)).toMatchObject([200, { poller: 'paused', reason: 'locked-out' }])
  await rig.end()
})
