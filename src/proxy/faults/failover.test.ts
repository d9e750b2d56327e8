import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Failover, FailoverChecks } from '#contract/failover.ts'
import { riskIds } from '#contract/failover-checks.ts'
import type { Problem } from '#contract/problem.ts'
import {
  consent,
  endOf,
  expectConfirmed,
  failOver,
  puts,
  short,
  watchTunnel,
} from './failing-over.ts'
import { type RigOptions, startRig } from './rig.ts'
import { startWorld, type World } from './world.ts'

/** A failover from the click to its end, whatever Cloudflare does in between. */

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 60_000)
afterAll(() => world.end())
beforeEach(() => world.reset())

const watch = (connectors = 3, options: RigOptions = {}) => watchTunnel(world, connectors, options)

describe('F13 accepted, and active after a while', () => {
  test.each([
    [500, 2000],
    [5000, 2000],
    [20_000, 2000],
    [45_000, 5000],
  ])(
    'promoted after %i ms: known at most %i ms later, with its phases',
    async (promoteMs, lateMs) => {
      const its = await watch()
      const { rig, tunnelId, active, standby } = its
      await world.order('/failover', { mode: 'normal', demoteMs: 200, promoteMs })
      const told: string[] = []
      rig.tandem.parts.bus.subscribe(({ event }) => {
        if (event.type === 'failoverChanged') told.push(event.failover.state)
      })
      const failover = await failOver(its)
      expectConfirmed(failover, told, active, standby)
      expect(Number(failover.endedAt) - Number(failover.sentAt)).toBeLessThanOrEqual(
        Math.max(1000, promoteMs + lateMs),
      )
      expect(await rig.tunnel(tunnelId)).toMatchObject({
        activeConnectorId: standby,
        failoverId: null,
      })
      expect(puts(rig)).toBe(1)
      await rig.end()
    },
  )

  test('while it runs, the tunnel and everybody who arrives know of it', async () => {
    const { rig, tunnelId, path, body } = await watch()
    await world.order('/failover', { mode: 'never' })
    const { json } = await rig.ask('POST', path, body)
    const { id } = json as Failover
    expect((await rig.tunnel(tunnelId)).failoverId).toBe(id)
    const snapshot = rig.tandem.parts.snapshot()
    expect(snapshot.type === 'snapshot' && snapshot.failovers.map((one) => one.id)).toEqual([id])
    await rig.time.run(70_000)
    expect((await rig.tunnel(tunnelId)).failoverId).toBeNull()
    await rig.end()
  })
})

describe('F11 rejected', () => {
  test.each([400, 403, 404, 409, 422])(
    '%i: nothing changed, in Cloudflare’s words',
    async (status) => {
      const its = await watch()
      const { rig, tunnelId, active } = its
      await world.breakWith({
        kind: 'status',
        status,
        code: 1234,
        message: 'no such luck',
        match: { method: 'PUT' },
      })
      const failover = await failOver(its)
      expect(failover).toMatchObject({
        state: 'rejected',
        detail: expect.stringContaining('no such luck (1234)'),
        cloudflare: [{ code: '1234', message: 'no such luck' }],
        acceptedAt: null,
        promotedAt: null,
      })
      await rig.time.run(70_000)
      expect(puts(rig)).toBe(1)
      expect(await rig.tunnel(tunnelId)).toMatchObject({
        activeConnectorId: active,
        failoverId: null,
      })
      await rig.end()
    },
  )

  test('429: rejected, and not sent when the block is over', async () => {
    const its = await watch()
    await world.breakWith({
      kind: 'rate-limit',
      retryAfter: 20,
      match: { method: 'PUT' },
      times: 1,
    })
    expect(await failOver(its)).toMatchObject({ state: 'rejected' })
    await its.rig.time.run(120_000)
    expect(puts(its.rig)).toBe(1)
    await its.rig.end()
  })
})

const unclear = [
  ['reset', { kind: 'refuse' }],
  ['reset after it was read', { kind: 'reset-after-apply' }],
  ['408', { kind: 'status', status: 408 }],
  ['425', { kind: 'status', status: 425 }],
  ['499', { kind: 'status', status: 499 }],
  ['500', { kind: 'status', status: 500 }],
  ['502 as a page', { kind: 'html', status: 502 }],
  ['503', { kind: 'status', status: 503 }],
  ['an HTML page with 200', { kind: 'html' }],
  ['truncated', { kind: 'body', body: '{"success":true,"resu' }],
  ['success false with 200', { kind: 'success-false' }],
] as const

describe('F12 no clear answer: the label at the end is true, and nothing is sent twice', () => {
  const cases = unclear.flatMap(([name, fault]) =>
    (fault.kind === 'reset-after-apply' ? [true] : [true, false]).map(
      (apply) => [name, apply ? 'applied' : 'not applied', fault, apply] as const,
    ),
  )
  test.each(cases)('%s, %s', async (_, __, fault, apply) => {
    const its = await watch()
    const { rig, active, standby } = its
    const applied = fault.kind === 'reset-after-apply' ? {} : { apply }
    await world.breakWith({ ...fault, ...applied, match: { method: 'PUT' } })
    const seen: Failover[] = []
    rig.tandem.parts.bus.subscribe(({ event }) => {
      if (event.type === 'failoverChanged') seen.push(event.failover)
    })
    const failover = await failOver(its)
    expect(seen[1]).toMatchObject({
      state: 'unknown',
      detail: expect.stringMatching(/^No clear answer: .* it looks at what is active\.$/),
    })
    expect(failover.state).toBe(apply ? 'confirmed' : 'not-confirmed')
    expect(failover.activeNow).toEqual([apply ? standby : active])
    expect(failover.acceptedAt).toBeNull()
    await rig.time.run(120_000)
    expect(puts(rig)).toBe(1)
    await rig.end()
  })

  test('no answer at all for 10 s, applied and not applied', async () => {
    const [one, two] = [await watch(2), await watch(2)]
    for (const { rig, tunnelId } of [one, two]) {
      // Each rig waits for 10 s of real time; the others of its account are none of its business.
      const apply = tunnelId === one.tunnelId
      await world.breakWith({ kind: 'hang', apply, match: { method: 'PUT', path: tunnelId } })
      await rig.time.run(0)
    }
    const [first, second] = await Promise.all([failOver(one), failOver(two)])
    expect(first).toMatchObject({ state: 'confirmed', activeNow: [one.standby] })
    expect(second).toMatchObject({
      state: 'not-confirmed',
      activeNow: [two.active],
      detail: `It is not known whether Cloudflare took the request; it still reports ${short(two.active)} active after 60 s. It may still happen: Tandem keeps looking. Check the host of ${short(two.standby)} before trying again.`,
    })
    for (const { rig } of [one, two]) {
      expect(puts(rig)).toBe(1)
      await rig.end()
    }
  }, 40_000)
})

describe('accepted, but', () => {
  test('F5 a third connector becomes active: other-active, with its name', async () => {
    const its = await watch()
    await world.order('/failover', { mode: 'other', demoteMs: 500, promoteMs: 1500 })
    expect(await failOver(its)).toMatchObject({
      state: 'other-active',
      activeNow: [its.third],
      detail: expect.stringContaining(
        `${short(its.third)} became active, not ${short(its.standby)}.`,
      ),
    })
    await its.rig.end()
  })

  test('F14 nothing changes: not confirmed after 60 s, and a late success is noticed', async () => {
    const its = await watch()
    const { rig, tunnelId, active, standby } = its
    await world.order('/failover', { mode: 'never' })
    const failover = await failOver(its)
    expect(failover).toMatchObject({
      state: 'not-confirmed',
      activeNow: [active],
      afterwards: [],
      detail: `Cloudflare accepted the request but still reports ${short(active)} active after 60 s. It may still happen: Tandem keeps looking. Check the host of ${short(standby)} before trying again.`,
    })
    expect(Number(failover.endedAt) - Number(failover.sentAt)).toBe(60_000)
    await rig.time.run(100_000)
    await world.order(`/tunnels/${tunnelId}/swap`, { connectorId: standby })
    await rig.time.run(12_000)
    const late = await rig.get<Failover>(`/failovers/${failover.id}`)
    const afterwards = [{ at: expect.any(Number), kind: 'late', activeNow: [standby] }]
    expect(late).toEqual({ ...failover, afterwards })
    expect(puts(rig)).toBe(1)
    await rig.end()
  })

  test('F14 the target is active, but has lost its connections: not confirmed until it has one', async () => {
    const { rig, path, body, standby } = await watch()
    await world.order('/failover', { mode: 'normal', demoteMs: 200, promoteMs: 500 })
    const { json } = await rig.ask('POST', path, body)
    await world.breakWith({ kind: 'nulls', fields: ['conns'], match: { path: '/connections$' } })
    const failover = await endOf(rig, (json as Failover).id)
    expect(failover).toMatchObject({
      state: 'not-confirmed',
      activeNow: [standby],
      detail: `Cloudflare called ${short(standby)} active, but listed no connection of it. Check its host, or choose another connector.`,
    })
    expect(Number(failover.endedAt) - Number(failover.sentAt)).toBeLessThan(15_000)
    await rig.time.run(30_000)
    await world.heal()
    await rig.time.run(12_000)
    expect(await rig.get(`/failovers/${failover.id}`)).toMatchObject({
      afterwards: [{ kind: 'late', activeNow: [standby] }],
    })
    await rig.end()
  })

  test('F16 nobody is active any more: that is said', async () => {
    const its = await watch()
    await world.order('/failover', { mode: 'normal', demoteMs: 500, promoteMs: 90_000 })
    expect(await failOver(its)).toMatchObject({
      state: 'not-confirmed',
      demotedAt: expect.any(Number),
      promotedAt: null,
      activeNow: [],
      detail: expect.stringMatching(/reports no active connector after 60 s/),
    })
    await its.rig.end()
  })

  test('F16 two are active at once: no failover to one of them', async () => {
    const its = await watch(2)
    const { rig, tunnelId, active, standby } = its
    await world.order('/failover', { mode: 'never' })
    await world.order(`/tunnels/${tunnelId}/both-active`, { forMs: 3_600_000 })
    // As the person saw it: no single one was active.
    await rig.time.run(6000)
    its.body.expected_active_id = null as unknown as string
    const refusal = await rig.refused('POST', its.path, its.body)
    expect(refusal.type).toBe('urn:tandem:problem:already-active')
    expect([active, standby]).toHaveLength(2)
    await rig.end()
  })

  test('the connectors can’t be read: not confirmed, and no word of who is active', async () => {
    const its = await watch()
    const { rig } = its
    let broken = false
    rig.tandem.parts.bus.subscribe(({ event }) => {
      if (event.type !== 'failoverChanged' || broken) return
      broken = true
      void world.breakWith({ kind: 'status', status: 500, match: { method: 'GET' } })
    })
    const failover = await failOver(its)
    expect(failover.state).toBe('not-confirmed')
    expect(failover.detail).toMatch(/could not be asked for the connectors since/)
    expect(failover.detail).not.toMatch(/still reports/)
    await rig.end()
  })

  test('they can be read once, and no more: no word of who is active now, and a success is noticed', async () => {
    const { rig, path, body, active, standby } = await watch()
    await world.order('/failover', { mode: 'normal', demoteMs: 3000, promoteMs: 3000 })
    const { json } = await rig.ask('POST', path, body)
    await rig.time.run(1500)
    await world.breakWith({ kind: 'status', status: 500, match: { method: 'GET' } })
    const failover = await endOf(rig, (json as Failover).id)
    expect(failover).toMatchObject({
      state: 'not-confirmed',
      activeNow: [active],
      detail: `Cloudflare accepted the request but last reported ${short(active)} active 1 s after it was sent, and could not be asked since. It may still happen: Tandem keeps looking. Look at the connectors in Cloudflare’s dashboard before trying again.`,
    })
    await world.heal()
    await rig.time.run(20_000)
    expect(await rig.get(`/failovers/${failover.id}`)).toMatchObject({
      afterwards: [{ kind: 'late', activeNow: [standby] }],
    })
    await rig.end()
  })
})

describe('refused before anything is sent', () => {
  test('F4 another one is active by now, 200 times in a row', async () => {
    const { rig, tunnelId, active, standby, third, path, body } = await watch()
    for (let round = 0; round < 200; round += 1) {
      const now = round % 2 === 0 ? third : standby
      await world.order(`/tunnels/${tunnelId}/swap`, { connectorId: now })
      const problem = await rig.refused('POST', path, {
        ...body,
        client_id: round % 2 ? third : standby,
      })
      expect(problem).toMatchObject({
        type: 'urn:tandem:problem:active-changed',
        status: 409,
        detail: `Active is now ${short(now)}, not ${short(active)}. Nothing was sent: look again.`,
      })
      // What the page shows is refreshed by the same read.
      expect((await rig.tunnel(tunnelId)).activeConnectorId).toBe(now)
    }
    expect(puts(rig)).toBe(0)
    await rig.end()
  })

  test('F4 another one is active by now, and the target is read alone while that is looked at', async () => {
    let hold = false
    const held: (() => void)[] = []
    const { rig, tunnelId, active, standby, third, path, body } = await watch(3, {
      via: async (send, { path: asked }) => {
        const response = await send()
        const whole = new Response(await response.arrayBuffer(), response)
        if (hold && asked.endsWith('/connections'))
          await new Promise<void>((resolve) => held.push(resolve))
        return whole
      },
    })
    await world.order(`/tunnels/${tunnelId}/swap`, { connectorId: third })
    hold = true
    const answer = rig.send('POST', path, body)
    while (held.length < 1) await new Promise((resolve) => setImmediate(resolve))
    hold = false
    const alone = await rig.send('GET', `/tunnels/${tunnelId}/connectors/${standby}?fresh=true`)
    expect(alone.json).toMatchObject({ role: 'passive' })
    held[0]?.()
    expect((await rig.time.during(answer)).json).toMatchObject({
      type: 'urn:tandem:problem:active-changed',
      detail: `Active is now ${short(third)}, not ${short(active)}. Nothing was sent: look again.`,
    })
    expect(puts(rig)).toBe(0)
    await rig.end()
  })

  test('F4 a look takes longer than it may be old: once more, then only for whoever accepts that', async () => {
    let lateMs = 0
    let slow = 0
    const its = await watch(3, {
      clock: (now) => () => now() + lateMs,
      via: async (send, { path }) => {
        const response = await send()
        const isSlow = slow > 0 && path.endsWith('/connections')
        if (isSlow) slow -= 1
        if (isSlow) lateMs += 3000
        return response
      },
    })
    const { rig, path, body, active, standby } = its
    const rest = { ...body, ticked: riskIds.filter((id) => id !== 'stale-read') }
    slow = 2
    expect(await rig.refused('POST', path, rest)).toMatchObject({
      type: 'urn:tandem:problem:checks-changed',
      detail: expect.stringMatching(/^What Cloudflare told of the connectors is 3 s old\. Nothing/),
    })
    expect([slow, puts(rig)]).toEqual([0, 0])
    // Whoever looks again is told the same, and can accept it.
    slow = 1
    const { checks } = await rig.get<FailoverChecks>(`${path}/checks?to=${standby}`)
    expect(checks).toContainEqual(expect.objectContaining({ id: 'stale-read', grave: true }))
    slow = 2
    const accepted = await failOver(its)
    expect(accepted).toMatchObject({ state: 'confirmed' })
    expect(accepted.accepted.map(({ id }) => id)).toContain('stale-read')

    slow = 1
    const back = { ...rest, client_id: active, expected_active_id: standby }
    expect(await failOver({ ...its, body: back })).toMatchObject({ state: 'confirmed' })
    await rig.end()
  })

  test('F4 somebody else had just looked: the refusal itself tells the risk that only it found', async () => {
    let lateMs = 0
    let isSlow = false
    const its = await watch(3, {
      clock: (now) => () => now() + lateMs,
      via: async (send, { path }) => {
        const response = await send()
        if (isSlow && path.endsWith('/connections')) lateMs += 3000
        return response
      },
    })
    const { rig, path, body, standby } = its
    const checksOf = () => rig.get<FailoverChecks>(`${path}/checks?to=${standby}`)
    const idsOf = ({ checks = [] }: Pick<Problem, 'checks'>) => checks.map(({ id }) => id)
    await rig.time.run(10_000)
    await checksOf()
    isSlow = true
    // Within ten seconds of that look another person is shown what it told.
    const seen = idsOf(await checksOf())
    expect(seen).not.toContain('stale-read')
    const refused = await rig.refused('POST', path, { ...body, ticked: seen })
    expect(refused.type).toBe('urn:tandem:problem:checks-changed')
    expect(idsOf(refused).toSorted()).toEqual([...seen, 'stale-read'].toSorted())
    expect(puts(rig)).toBe(0)
    const accepted = await failOver({ ...its, body: { ...body, ticked: idsOf(refused) } })
    expect(accepted.accepted.map(({ id }) => id)).toContain('stale-read')
    await rig.end()
  })

  test('F4 one look takes most of the time that there is: it is the only one, for whoever accepts that', async () => {
    let lateMs = 0
    const its = await watch(2, {
      clock: (now) => () => now() + lateMs,
      via: async (send, { path }) => {
        const response = await send()
        if (path.endsWith('/connections')) lateMs += 12_000
        return response
      },
    })
    const { rig, path, body } = its
    const rest = { ...body, ticked: riskIds.filter((id) => id !== 'stale-read') }
    expect(await rig.refused('POST', path, rest)).toMatchObject({
      type: 'urn:tandem:problem:checks-changed',
      detail: expect.stringMatching(
        /^What Cloudflare told of the connectors is 12 s old\. Nothing/,
      ),
    })
    expect(puts(rig)).toBe(0)
    const { accepted } = await failOver(its)
    expect(accepted.map(({ id }) => id)).toContain('stale-read')
    await rig.end()
  })

  test('F4 a look that Cloudflare fails at slowly: it is not sent long after the click', async () => {
    let lateMs = 0
    let slow = false
    const { rig, path, body } = await watch(2, {
      clock: (now) => () => now() + lateMs,
      via: async (send, { path: asked }) => {
        if (!asked.endsWith('/connections')) return send()
        slow = !slow
        if (!slow) return send()
        // It is read once more after that, with success.
        lateMs += 20_000
        return new Response('', { status: 503 })
      },
    })
    slow = false
    expect(await rig.refused('POST', path, body)).toMatchObject({
      type: 'urn:tandem:problem:cloudflare-unreachable',
      detail:
        'Cloudflare did not tell within 20 s how the connectors are. Nothing was sent and nothing waits to be sent: look again.',
    })
    await rig.time.run(60_000)
    expect(puts(rig)).toBe(0)
    await rig.end()
  })

  test('F6 the target is active already', async () => {
    const { rig, path, active } = await watch()
    const body = { client_id: active, expected_active_id: active, ...consent }
    expect((await rig.refused('POST', path, body)).type).toBe('urn:tandem:problem:already-active')
    expect(puts(rig)).toBe(0)
    await rig.end()
  })

  test('F7 the target is offline, gone or was never there', async () => {
    const { rig, path, body, standby } = await watch()
    await world.order(`/connectors/${standby}/kill`)
    expect(await rig.refused('POST', path, body)).toMatchObject({
      type: 'urn:tandem:problem:not-eligible',
      detail: expect.stringMatching(/offline/),
    })
    // Cloudflare stops listing it after some minutes.
    await rig.time.run(400_000)
    expect(await rig.refused('POST', path, body)).toMatchObject({
      type: 'urn:tandem:problem:not-eligible',
      detail: expect.stringMatching(/no longer lists/),
    })
    const stranger = { ...body, client_id: '00000000-0000-4000-8000-000000000000' }
    expect((await rig.refused('POST', path, stranger)).type).toBe('urn:tandem:problem:not-eligible')
    expect(puts(rig)).toBe(0)
    await rig.end()
  })

  test('F10 the fresh read fails: nothing is decided on old data', async () => {
    const { rig, path, body } = await watch()
    await world.breakWith({ kind: 'status', status: 503, match: { path: '/connections$' } })
    expect((await rig.refused('POST', path, body)).type).toBe(
      'urn:tandem:problem:cloudflare-failing',
    )
    expect(puts(rig)).toBe(0)
    await rig.end()
  })

  test('F10 it can’t be written down', async () => {
    const { rig, path, body } = await watch()
    await rig.db.schema.alterTable('audit').renameTo('elsewhere').execute()
    expect(await rig.refused('POST', path, body)).toMatchObject({
      type: 'urn:tandem:problem:not-recorded',
      detail: expect.stringMatching(/Nothing was sent/),
    })
    await rig.db.schema.alterTable('elsewhere').renameTo('audit').execute()
    expect(puts(rig)).toBe(0)
    await rig.end()
  })
})

describe('F3 two at once', () => {
  test('one PUT; everybody else is told of the one that runs', async () => {
    const { rig, path, body } = await watch()
    const answers = await rig.time.during(
      Promise.all(Array.from({ length: 20 }, () => rig.send('POST', path, body))),
    )
    const statuses = answers.map(({ status }) => status).toSorted()
    expect(statuses).toEqual([202, ...Array.from({ length: 19 }, () => 409)])
    const started = answers.find(({ status }) => status === 202)?.json as Failover
    const late = await rig.refused('POST', path, body)
    expect(late).toMatchObject({
      type: 'urn:tandem:problem:failover-running',
      failoverId: started.id,
      detail: expect.stringMatching(/^local admin started a failover to .{8} \d+ s ago\./),
    })
    await rig.time.run(10_000)
    expect(await rig.get(`/failovers/${started.id}`)).toMatchObject({ state: 'confirmed' })
    expect(puts(rig)).toBe(1)
    await rig.end()
  })

  test('whoever waited for one that was refused gets an answer of their own', async () => {
    const { rig, path, body, third } = await watch()
    const [first, second] = await rig.time.during(
      Promise.all([
        rig.send('POST', path, { ...body, expected_active_id: third }),
        rig.send('POST', path, body),
      ]),
    )
    expect(first?.json).toMatchObject({ type: 'urn:tandem:problem:active-changed' })
    expect(second?.status).toBe(202)
    await rig.time.run(10_000)
    expect(puts(rig)).toBe(1)
    await rig.end()
  })

  test('two tunnels are none of each other’s business', async () => {
    const one = await watch(2)
    const other = await world.addTunnel('dub-edge')
    const { rig } = one
    await rig.time.run(6000)
    const answers = await rig.time.during(
      Promise.all([
        rig.send('POST', one.path, one.body),
        rig.send('POST', `/tunnels/${other.tunnelId}/failovers`, {
          ...one.body,
          client_id: other.connectorIds[1],
          expected_active_id: other.connectorIds[0],
        }),
      ]),
    )
    expect(answers.map(({ status }) => status)).toEqual([202, 202])
    await rig.time.run(10_000)
    for (const { json } of answers) {
      expect(await rig.get(`/failovers/${(json as Failover).id}`)).toMatchObject({
        state: 'confirmed',
      })
    }
    expect(puts(rig)).toBe(2)
    await rig.end()
  })
})

describe('F1 stopped in between', () => {
  test.each([
    [
      'accepted and done meanwhile',
      { mode: 'normal', demoteMs: 5000, promoteMs: 8000 },
      'confirmed',
    ],
    ['accepted and never done', { mode: 'never' }, 'not-confirmed'],
  ])('%s: taken up by reading alone', async (_, behaviour, end) => {
    const { rig, path, body, active, standby } = await watch()
    await world.order('/failover', behaviour)
    const { json } = await rig.ask('POST', path, body)
    const { id } = json as Failover
    await rig.time.run(3500)
    expect(await rig.get(`/failovers/${id}`)).toMatchObject({ state: 'accepted' })
    await rig.kill()
    await world.order('/clock', { advanceMs: 10_000 })

    const restarted = await startRig(world, { folder: rig.folder })
    // Nobody else may start one: not while it runs, nor from what they saw before reading has ended it.
    const refusal = await restarted.refused('POST', path, body)
    expect(['failover-running', 'not-ready', 'active-changed']).toContain(
      refusal.type.replace('urn:tandem:problem:', ''),
    )
    await restarted.time.until(
      'it ended',
      () => restarted.tandem.parts.failovers.running().length === 0,
      80_000,
    )
    expect(await restarted.get(`/failovers/${id}`)).toMatchObject({
      state: end,
      activeNow: [end === 'confirmed' ? standby : active],
    })
    expect(puts(rig) + puts(restarted)).toBe(1)
    await restarted.end()
  })
})
