import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Failover } from '#contract/failover.ts'
import type { TunnelHistory } from '#contract/history.ts'
import type { SecondFactor } from '#contract/people.ts'
import { createClock } from '../clock.ts'
import { consent, endOf, failOver, watchTunnel } from './failing-over.ts'
import { startRig } from './rig.ts'
import { aheadBy } from './time.ts'
import { createVisitor, goodPassword, publicUrl, setUp } from './visitor.ts'
import { startWorld, type World } from './world.ts'

/** What happens when our clock and Cloudflare's differ, or ours is set back. */

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 60_000)
afterAll(() => world.end())
beforeEach(() => world.reset())

const minute = 60_000
const hour = 60 * minute

describe('U16 clock skew', () => {
  // The browser's own clock is the page's matter: it reckons with the time that the server sends.
  test.each([
    ['none', 0],
    ['a second ahead', 1000],
    ['31 s behind', -31_000],
    ['10 min ahead', 10 * minute],
    ['10 min behind', -10 * minute],
    ['an hour ahead, as summer time taken for real', hour],
    ['a day ahead', 24 * hour],
    ['a day behind', -24 * hour],
  ])('U16 %s: it is measured, no age is negative, and a failover works', async (_, aheadMs) => {
    const { tunnelId, connectorIds } = await world.addTunnel('lon-core')
    await world.order(`/connectors/${connectorIds[1]}/kill`)
    await world.order('/clock', { advanceMs: 5000 })
    await world.order(`/connectors/${connectorIds[1]}/revive`)
    const rig = await startRig(world, { aheadMs })
    await rig.looked()
    const { serverAt, poller } = await rig.session()
    // Cloudflare's header has whole seconds.
    expect(Math.abs(Number(poller.clockSkewMs) + aheadMs)).toBeLessThanOrEqual(1000)
    const { checkedAt } = await rig.tunnel(tunnelId)
    expect(checkedAt).toBeLessThanOrEqual(serverAt)
    expect(serverAt - Number(checkedAt)).toBeLessThan(10_000)

    // How long it is connected counts by the clock that told when it connected.
    await rig.time.run(20_000)
    const { connectors } = await rig.connectors(tunnelId)
    const standby = connectors.find(({ id }) => id === connectorIds[1])
    const risk = standby?.promotion.find(({ id }) => id === 'just-connected')
    expect(Number(/only (\d+) s ago/.exec(risk?.sentence ?? '')?.[1])).toBeGreaterThanOrEqual(19)
    expect(Number(/only (\d+) s ago/.exec(risk?.sentence ?? '')?.[1])).toBeLessThanOrEqual(26)

    const { json } = await rig.ask('POST', `/tunnels/${tunnelId}/failovers`, {
      client_id: connectorIds[1],
      expected_active_id: connectorIds[0],
      ...consent,
    })
    await rig.time.run(5000)
    const failover = await rig.get<Record<string, number>>(
      `/failovers/${(json as { id: string }).id}`,
    )
    expect(failover).toMatchObject({ state: 'confirmed' })
    expect(failover.endedAt).toBeGreaterThan(failover.sentAt ?? 0)

    // A date in Retry-After is meant by Cloudflare's clock.
    const { now } = await world.state()
    const retryAfter = new Date(now + 120_000).toUTCString()
    await world.breakWith({ kind: 'rate-limit', retryAfter })
    await rig.time.until('it pauses', () => rig.tandem.parts.poller.state(null).state === 'paused')
    const waitMs = Number((await rig.poller()).until) - rig.time.now()
    expect(waitMs).toBeGreaterThan(110_000)
    expect(waitMs).toBeLessThan(125_000)
    await rig.end()
  })

  test('U16 it was an hour ahead before a restart: the past does not stand for the present', async () => {
    const { tunnelId, connectorIds } = await world.addTunnel('lon-core')
    const wrong = await startRig(world, { aheadMs: hour })
    await wrong.looked()
    await wrong.time.run(20_000)
    await wrong.kill()
    for (const id of connectorIds) await world.order(`/connectors/${id}/kill`)

    const rig = await startRig(world, { folder: wrong.folder })
    await rig.looked()
    await rig.time.run(60_000)
    const { status, active } = await rig.get<TunnelHistory>(`/tunnels/${tunnelId}/history`)
    for (const lane of [status, active]) {
      expect(lane.at(-1)?.to).toBeLessThanOrEqual(rig.time.now())
    }
    expect([status.at(-1)?.value, active.at(-1)?.value]).toEqual(['down', 'none'])
    expect(Number((await rig.tunnel(tunnelId)).checkedAt)).toBeLessThanOrEqual(rig.time.now())
    await rig.end()
  })

  test.each(['not-confirmed', 'confirmed'])(
    'F1 U16 it was an hour ahead when a failover was killed: it ends in its time, %s, and the next one runs',
    async (state) => {
      await world.order('/failover', { mode: 'never' })
      const { rig: wrong, ...watched } = await watchTunnel(world, 3, { aheadMs: hour })
      const { path, body, active, standby, third, tunnelId } = watched
      const { json } = await wrong.ask('POST', path, body)
      const { id } = json as Failover
      await wrong.time.run(3500)
      await wrong.kill()
      if (state === 'confirmed')
        await world.order(`/tunnels/${tunnelId}/swap`, { connectorId: standby })

      const rig = await startRig(world, { folder: wrong.folder })
      await rig.time.run(0)
      expect((await rig.refused('POST', path, body)).detail).not.toMatch(/-\d/)
      const now = state === 'confirmed' ? standby : active
      expect(await endOf(rig, id)).toMatchObject({ state, activeNow: [now] })
      const { endedAt } = await rig.get<Failover>(`/failovers/${id}`)
      expect(endedAt).toBeLessThanOrEqual(rig.time.now())

      await world.order('/failover', { mode: 'normal', demoteMs: 500, promoteMs: 1500 })
      const next = { ...body, client_id: third, expected_active_id: now }
      expect(await failOver({ ...watched, rig, body: next })).toMatchObject({ state: 'confirmed' })
      await rig.end()
    },
  )

  test('F1 U16 it was an hour ahead when a failover ended: what comes ten minutes later is not its work', async () => {
    const { rig: wrong, ...watched } = await watchTunnel(world, 3, { aheadMs: hour })
    const ended = await failOver({ ...watched, rig: wrong })
    expect(ended.state).toBe('confirmed')
    await wrong.kill()

    const rig = await startRig(world, { folder: wrong.folder })
    await rig.looked()
    await rig.time.run(11 * minute)
    await world.order(`/tunnels/${watched.tunnelId}/swap`, { connectorId: watched.third })
    await rig.time.run(20_000)
    expect(await rig.get<Failover>(`/failovers/${ended.id}`)).toEqual(ended)
    await rig.end()
  })

  test('U16 the system clock is set back by two hours: an authenticator app’s code of now is right', async () => {
    const { setRight, ...clocks } = aheadBy(2 * hour)
    const rig = await startRig(world, { signIn: 'people', publicUrl, ...clocks })
    const ada = await setUp(rig)
    setRight()
    const { json } = await ada.ask('POST', '/me/second-factor')
    const totp = new TOTP({ secret: Secret.fromBase32((json as SecondFactor).secret) })
    const codeOfNow = () => totp.generate({ timestamp: rig.time.now() })
    expect(await ada.outcome('PUT', '/me/second-factor', { code: codeOfNow() })).toBe('200')
    await rig.time.run(30_000)
    const elsewhere = createVisitor(rig, '198.51.100.3')
    expect((await elsewhere.signIn('Ada', goodPassword, codeOfNow())).status).toBe(200)
    await rig.end()
  })

  test('U16 it is 500 days ahead after a restart: nothing is forgotten by it, and by the right one what is due', async () => {
    const { tunnelId } = await world.addTunnel('lon-core')
    const right = await startRig(world)
    await right.looked()
    const at = right.time.now()
    await right.ask('POST', `/tunnels/${tunnelId}/notes`, { at, text: 'rack moved' })
    await right.kill()
    const { folder } = right
    /** Of the first run: entries of the log, and marks, that are there after some minutes of another one. */
    const left = async (aheadMs: number) => {
      const rig = await startRig(world, { folder, aheadMs })
      await rig.time.run(5 * minute)
      const counts = []
      for (const table of ['events', 'marks'] as const) {
        const rows = await rig.db.selectFrom(table).select('at').execute()
        counts.push(rows.filter(({ at }) => Number(at) <= right.time.now()).length)
      }
      await rig.kill()
      return counts
    }
    const kept = await left(0)
    expect(Math.min(...kept)).toBeGreaterThan(0)
    expect(await left(500 * 24 * hour)).toEqual(kept)
    await world.order('/clock', { advanceMs: 500 * 24 * hour })
    expect(await left(0)).toEqual([0, 0])
  })

  test('U16 the machine sleeps for eight hours in the middle of a listing: it lists at once, and nothing is known of the night', async () => {
    const { tunnelId } = await world.addTunnel('lon-core')
    let sleeps = false
    let sleptMs = 0
    const rig = await startRig(world, {
      clock: (now) => () => now() + sleptMs,
      via: async (send, { path }) => {
        if (sleeps && path.endsWith('/warp_connector')) {
          sleeps = false
          sleptMs = 8 * hour
          await world.order('/clock', { advanceMs: sleptMs })
        }
        return send()
      },
    })
    await rig.looked()
    await rig.time.run(20_000)
    sleeps = true
    await rig.time.until('it woke up', () => sleptMs > 0)
    const before = rig.calls.length
    await rig.time.run(minute)
    const listings = rig.calls.slice(before).filter(({ path }) => path.endsWith('/warp_connector'))
    expect(listings.length).toBeGreaterThan(5)
    const { status } = await rig.get<TunnelHistory>(`/tunnels/${tunnelId}/history`)
    const night = status.filter(({ from, to }) => Number(to) - from > 7 * hour)
    expect(night.map(({ value }) => value)).toEqual(['unknown'])
    await rig.end()
  })

  test('U16 the system clock is set back by an hour: watching goes on, and no time goes back', async () => {
    const { tunnelId } = await world.addTunnel('lon-core')
    let setBackMs = 0
    const steps: number[] = []
    const rig = await startRig(world, {
      clock: (now) =>
        createClock({
          wall: () => now() - setBackMs,
          monotonic: now,
          onStepBack: (ms) => steps.push(ms),
        }),
    })
    await rig.looked()
    await rig.time.run(20_000)
    const published: number[] = []
    rig.tandem.parts.bus.subscribe(({ event }) => {
      if ('at' in event) published.push(event.at)
    })
    let last = Number((await rig.tunnel(tunnelId)).checkedAt)
    setBackMs = hour
    const before = rig.calls.length
    for (let passed = 0; passed < 10; passed += 1) {
      await rig.time.run(10_000)
      const { serverAt } = await rig.session()
      const checkedAt = Number((await rig.tunnel(tunnelId)).checkedAt)
      expect(checkedAt).toBeGreaterThan(last)
      expect(serverAt - checkedAt).toBeGreaterThanOrEqual(0)
      expect(serverAt - checkedAt).toBeLessThan(10_000)
      last = checkedAt
    }
    expect(rig.calls.length - before).toBeGreaterThan(30)
    expect(published).toEqual(published.toSorted((a, b) => a - b))
    expect(steps).toEqual([hour])
    await rig.end()
  })
})
