import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { riskIds } from '#contract/failover-checks.ts'
import type { ActivityPage, TunnelHistory } from '#contract/history.ts'
import type { Session } from '#contract/session.ts'
import { start } from '../../../e2e/processes.ts'
import { createSecret } from '../secret.ts'
import { bundled } from '../survival/bundle.ts'
import { endOf, failOver, watchTunnel } from './failing-over.ts'
import { leaks } from './invariants.ts'
import { type Call, type Rig, type RigOptions, startRig } from './rig.ts'
import { startWorld, type World } from './world.ts'

/** What happens when Cloudflare no longer takes the token, or takes it for less. */

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 60_000)
afterAll(() => world.end())
beforeEach(() => world.reset())

const stateOf = (rig: Rig) => rig.tandem.parts.poller.state(null)

async function watch(options: { token?: string; readToken?: string } = {}) {
  const { tunnelId, connectorIds } = await world.addTunnel('lon-core')
  for (const name of ['dub', 'fra', 'nyc', 'sin', 'tyo']) await world.addTunnel(name)
  const rig = await startRig(world, options)
  const [active, standby] = connectorIds
  const consent = { ticked: riskIds, reason: 'a test' }
  const failOver = { client_id: standby, expected_active_id: active, ...consent }
  return { rig, tunnelId, failOver }
}

describe('U17 the token is revoked in the middle', () => {
  test.each([
    ['401 of an unknown token', () => world.order('/tokens/write/revoke')],
    [
      '403 with code 10000',
      () =>
        world.breakWith({
          kind: 'status',
          status: 403,
          code: 10_000,
          message: 'Authentication error',
        }),
    ],
    [
      '403 with code 9109',
      () => world.breakWith({ kind: 'status', status: 403, code: 9109, message: 'Unauthorized' }),
    ],
    [
      '400 of a malformed header, code 6003',
      () =>
        world.breakWith({ kind: 'status', status: 400, code: 6003, message: 'Invalid headers' }),
    ],
  ])(
    'U17 %s: at most 8 calls in the 10 minutes after the first refusal came, and it is back when the token is',
    async (_, revoke) => {
      const { rig, tunnelId } = await watch()
      await rig.looked()
      await rig.time.run(33_000)
      await revoke()
      const before = rig.calls.length
      await rig.time.until('it says so', () => stateOf(rig).state === 'rejected', 10_000)
      const rejectedAt = rig.time.now()
      const { state, reason, since, until } = await rig.poller()
      expect({ state, since }).toEqual({ state: 'rejected', since: rejectedAt })
      expect(reason).toMatch(/^Cloudflare rejected the API token|^The API token may not do this/)
      expect(until).toBe(rejectedAt + 30_000)
      const [token] = (await rig.session()).tokens
      expect(['rejected', 'permission-missing']).toContain(token?.verdict)
      expect(token?.sentence).toMatch(/Cloudflare One Connector: WARP (?:Read|Write)”/)
      await rig.time.run(600_000 - (rig.time.now() - rejectedAt))
      // What left in the same moment as the first that was refused could not know of it: four at most.
      const firstAt = rig.calls[before]?.at
      const isUnderWay = ({ at, path }: Call) => at === firstAt && !path.endsWith('/verify')
      const made = rig.calls.slice(before)
      expect(made.filter(isUnderWay).length).toBeLessThanOrEqual(4)
      expect(made.filter((call) => !isUnderWay(call)).length).toBeLessThanOrEqual(7)
      // What was last seen stays, with its age.
      expect(await rig.tunnel(tunnelId)).toMatchObject({ status: 'healthy', readiness: 'ready' })

      await world.order('/tokens/write/restore')
      await world.heal()
      await rig.time.until('it watches again', () => stateOf(rig).state === 'running', 300_000)
      expect((await rig.session()).tokens[0]).toMatchObject({ verdict: 'works' })
      await rig.end()
    },
  )

  test('U17 a new token works within 30 s, whatever the old one is waiting for', async () => {
    const { rig } = await watch()
    await rig.looked()
    await world.order('/tokens/write/revoke')
    await rig.time.until('it says so', () => stateOf(rig).state === 'rejected', 10_000)
    await rig.time.run(300_000)
    await rig.tandem.replaceTokens(createSecret(world.readToken), null)
    const tookMs = await rig.time.until('it runs', () => stateOf(rig).state === 'running')
    expect(tookMs).toBeLessThanOrEqual(30_000)
    await rig.time.run(10_000)
    expect((await rig.session()).tokens).toMatchObject([
      { purpose: 'everything', verdict: 'works' },
    ])
    await rig.end()
  })

  test('U17 an expired token is called that, with its date', async () => {
    const { rig } = await watch()
    await rig.looked()
    // As Cloudflare's verify address would say of it, while everything else is refused.
    await world.breakWith({
      kind: 'body',
      body: JSON.stringify({
        success: true,
        result: { status: 'expired', expires_on: '2026-10-01T00:00:00Z' },
      }),
      match: { path: '^/accounts/[0-9a-f]+/tokens/verify$' },
    })
    await world.breakWith({ kind: 'status', status: 401, code: 10_000 })
    await rig.time.until('it says so', () => stateOf(rig).state === 'rejected', 10_000)
    await rig.time.run(0)
    expect((await rig.session()).tokens[0]).toMatchObject({
      verdict: 'expired',
      sentence: expect.stringMatching(/expired on 2026-10-01/),
      expiresAt: Date.parse('2026-10-01T00:00:00Z'),
    })
    await rig.end()
  })

  test('U17 a token that is enabled again, but may not read, is told anew', async () => {
    const { rig } = await watch()
    await rig.looked()
    await world.breakWith({
      kind: 'body',
      body: JSON.stringify({ success: true, result: { status: 'disabled' } }),
      match: { path: '/tokens/verify$' },
    })
    await world.breakWith({ kind: 'status', status: 401, code: 10_000 })
    await rig.time.until('it says so', () => stateOf(rig).state === 'rejected', 10_000)
    await rig.time.run(0)
    expect((await rig.session()).tokens[0]?.sentence).toMatch(/disabled/)
    await world.heal()
    await world.breakWith({ kind: 'status', status: 403, match: { path: 'warp_connector' } })
    await rig.time.run(60_000)
    expect((await rig.session()).tokens).toMatchObject([
      { verdict: 'permission-missing', sentence: expect.stringMatching(/lacks .*WARP Read/) },
    ])
    await rig.end()
  })

  test('U17 one tunnel that answers 403 is its own trouble, not the token’s', async () => {
    const { rig, tunnelId } = await watch()
    await rig.looked()
    await world.breakWith({
      kind: 'status',
      status: 403,
      match: { path: `${tunnelId}/connections` },
    })
    await rig.time.run(120_000)
    expect(await rig.poller()).toMatchObject({ state: 'running' })
    const others = (await rig.tunnels()).filter(({ id }) => id !== tunnelId)
    expect(others.every(({ checkedAt }) => Number(checkedAt) > rig.time.now() - 15_000)).toBe(true)
    expect((await rig.tunnel(tunnelId)).trouble).toMatch(/WARP Read/)
    await rig.end()
  })

  test('U17 a revoked reading token leaves a failover to the other one', async () => {
    const { rig, tunnelId, failOver } = await watch({ readToken: world.readToken })
    await rig.looked()
    await world.order('/tokens/read/revoke')
    await rig.time.until('it says so', () => stateOf(rig).state === 'rejected', 10_000)
    const { status, json } = await rig.ask('POST', `/tunnels/${tunnelId}/failovers`, failOver)
    expect(status).toBe(202)
    await rig.time.run(5000)
    const { id } = json as { id: string }
    expect(await rig.get(`/failovers/${id}`)).toMatchObject({ state: 'confirmed' })
    await rig.end()
  })

  test('U17 an account that is not the token’s is named, and the others are watched', async () => {
    const two = await startWorld('large --tunnels 6 --accounts 2')
    const [accountId = '', otherId = ''] = two.accounts
    await two.breakWith({ kind: 'status', status: 403, code: 9109, match: { path: otherId } })
    const rig = await startRig(two)
    await rig.time.run(60_000)
    expect(await rig.poller()).toMatchObject({
      state: 'failing',
      reason: expect.stringMatching(new RegExp(`^Account ${otherId.slice(0, 8)}: `)),
    })
    const tunnels = await rig.tunnels()
    expect(tunnels.length).toBeGreaterThan(0)
    expect(tunnels.every((one) => one.accountId === accountId)).toBe(true)
    expect((await rig.session()).tokens[0]?.verdict).toBe('works')
    await rig.end()
    await two.end()
  })

  test('U17 watching stops when no account can be listed, and not when one of two can’t', async () => {
    const two = await startWorld('large --tunnels 6 --accounts 2')
    const [, otherId = ''] = two.accounts
    const rig = await startRig(two)
    await rig.looked()
    const watching = async () => {
      const { events } = await rig.get<ActivityPage>(
        '/activity?kind=watching-stopped,watching-resumed',
      )
      return events.map(({ kind }) => kind)
    }
    const failFor3Minutes = async (path: string) => {
      await two.breakWith({ kind: 'status', status: 500, match: { path } })
      await rig.time.run(180_000)
      expect((await rig.poller()).state).toBe('failing')
      await two.heal()
      await rig.time.until('it runs', () => rig.tandem.parts.poller.state(null).state === 'running')
      await rig.time.run(5_000)
    }
    await failFor3Minutes(`${otherId}/warp_connector$`)
    expect(await watching()).toEqual([])
    const its = (await rig.tunnels()).find(({ accountId }) => accountId === otherId)
    const { status } = await rig.get<TunnelHistory>(`/tunnels/${its?.id}/history`)
    expect(status).toContainEqual(expect.objectContaining({ reason: 'cloudflare-unreachable' }))
    await failFor3Minutes('/warp_connector$')
    expect(await watching()).toEqual(['watching-resumed', 'watching-stopped'])
    await rig.end()
    await two.end()
  })

  test('P8 U17 a restart brings a token that works: the gap is the revoked one’s, once, and not Tandem’s', async () => {
    const { tunnelId } = await world.addTunnel('lon-core')
    const revoked = await startRig(world, { token: world.token, readToken: world.readToken })
    await revoked.looked()
    await revoked.time.run(20_000)
    await world.order('/tokens/read/revoke')
    const since = revoked.time.now()
    await revoked.time.run(60_000)
    const log = '/activity?kind=watching-stopped,watching-resumed'
    const stop = expect.objectContaining({ kind: 'watching-stopped', from: 'token-rejected' })
    expect((await revoked.get<ActivityPage>(log)).events).toEqual([stop])
    await revoked.time.run(600_000)
    await revoked.kill()
    await world.order('/tokens/read/restore')

    const rig = await startRig(world, { folder: revoked.folder, readToken: world.readToken })
    await rig.looked()
    await rig.time.run(20_000)
    const { events } = await rig.get<ActivityPage>(log)
    expect(events).toEqual([expect.objectContaining({ kind: 'watching-resumed' }), stop])
    const { status, active } = await rig.get<TunnelHistory>(`/tunnels/${tunnelId}/history`)
    for (const lane of [status, active]) {
      const gaps = lane.filter(({ from, value }) => value === 'unknown' && from > since - 20_000)
      expect(gaps.map(({ reason }) => reason)).toEqual(['token-rejected'])
    }
    await rig.end()
  })

  test('P8 U17 a restart brings a token that does not work: the gap is that one’s, and not the restart’s', async () => {
    const { tunnelId } = await world.addTunnel('lon-core')
    const before = await startRig(world)
    await before.looked()
    await before.time.run(20_000)
    await before.kill()
    const since = before.time.now()
    const rig = await startRig(world, { folder: before.folder, readToken: 'A'.repeat(40) })
    await rig.time.run(600_000)
    await rig.tandem.replaceTokens(createSecret(world.token), null)
    await rig.time.until('it runs', () => stateOf(rig).state === 'running')
    await rig.time.run(20_000)
    const log = '/activity?kind=watching-stopped,watching-resumed'
    expect((await rig.get<ActivityPage>(log)).events).toEqual([
      expect.objectContaining({ kind: 'watching-resumed' }),
      expect.objectContaining({ kind: 'watching-stopped', from: 'token-rejected' }),
    ])
    const { status, active } = await rig.get<TunnelHistory>(`/tunnels/${tunnelId}/history`)
    for (const lane of [status, active]) {
      const gaps = lane.filter(({ from, value }) => value === 'unknown' && from > since - 20_000)
      expect(gaps.map(({ reason }) => reason)).toEqual(['token-rejected'])
    }
    await rig.end()
  })

  describe('P8 a gap with a restart in it is put down to its longest part, in the log as on the lanes', () => {
    const accountOf = async (rig: Rig, tunnelId: string, since: number) => {
      const { events } = await rig.get<ActivityPage>(
        '/activity?kind=watching-stopped,watching-resumed',
      )
      const { status, active } = await rig.get<TunnelHistory>(`/tunnels/${tunnelId}/history`)
      return {
        log: events.map(({ kind, from }) => from ?? kind),
        lanes: [status, active].map((lane) =>
          lane.flatMap(({ from, reason }) => (from > since - 20_000 && reason ? [reason] : [])),
        ),
      }
    }
    const startAfter = async (ms: number, before: Rig, options: RigOptions = {}) => {
      await before.kill()
      await world.order('/clock', { advanceMs: ms })
      return startRig(world, { folder: before.folder, ...options })
    }
    const begin = async () => {
      const { tunnelId } = await world.addTunnel('lon-core')
      const rig = await startRig(world)
      await rig.looked()
      await rig.time.run(20_000)
      return { tunnelId, rig, since: rig.time.now() }
    }

    test('U4 the network was gone for minutes before Tandem was, for hours', async () => {
      const { tunnelId, rig, since } = await begin()
      await world.breakWith({ kind: 'status', status: 500 })
      await rig.time.run(300_000)
      await world.heal()
      const again = await startAfter(7_200_000, rig)
      await again.looked()
      await again.time.run(20_000)
      expect(await accountOf(again, tunnelId, since)).toEqual({
        log: ['watching-resumed', 'tandem-stopped', 'cloudflare-unreachable'],
        lanes: [['tandem-stopped'], ['tandem-stopped']],
      })
      await again.end()
    })

    test('U17 a restart of a minute brings a token that does not work, and one of seconds one that does', async () => {
      const { tunnelId, rig, since } = await begin()
      const refused = await startAfter(60_000, rig, { readToken: 'A'.repeat(40) })
      await refused.time.run(1_800_000)
      const before = {
        log: ['token-rejected', 'tandem-stopped'],
        lanes: [['token-rejected'], ['token-rejected']],
      }
      expect(await accountOf(refused, tunnelId, since)).toEqual(before)
      const again = await startAfter(3_000, refused)
      await again.looked()
      await again.time.run(20_000)
      expect(await accountOf(again, tunnelId, since)).toEqual({
        ...before,
        log: ['watching-resumed', ...before.log],
      })
      await again.end()
    })

    test('U22 one tunnel could not be read for long before a restart of seconds', async () => {
      const { tunnelId, rig, since } = await begin()
      await world.breakWith({ kind: 'status', status: 500, match: { path: '/connections$' } })
      await rig.time.run(600_000)
      await world.heal()
      const again = await startAfter(3_000, rig)
      await again.looked()
      await again.time.run(20_000)
      expect(await accountOf(again, tunnelId, since)).toEqual({
        log: [],
        lanes: [[], ['not-confirmed']],
      })
      await again.end()
    })
  })

  test('U17 a gap has the reason of its own account, whatever another one’s is', async () => {
    const two = await startWorld('large --tunnels 6 --accounts 2')
    const [accountId = '', otherId = ''] = two.accounts
    const refuseOther = () =>
      two.breakWith({ kind: 'status', status: 403, code: 9109, match: { path: otherId } })
    const first = await startRig(two)
    await first.looked()
    const idOf = (owner: string) =>
      first.tandem.parts.present.tunnels().find((one) => one.accountId === owner)?.id ?? ''
    const [its, others] = [idOf(accountId), idOf(otherId)]
    const reasonsOf = async (rig: Rig, tunnelId: string) => {
      const { status, active } = await rig.get<TunnelHistory>(`/tunnels/${tunnelId}/history`)
      return [status, active].map((lane) => lane.flatMap(({ reason }) => reason ?? []))
    }
    await refuseOther()
    await first.time.run(180_000)
    expect(await reasonsOf(first, others)).toEqual([['token-rejected'], ['token-rejected']])
    expect(await reasonsOf(first, its)).toEqual([[], []])
    await two.breakWith({ kind: 'rate-limit', retryAfter: '300' })
    await first.time.run(60_000)
    await two.heal()
    await refuseOther()
    await first.time.run(360_000)
    expect(await reasonsOf(first, its)).toEqual([['locked-out'], ['locked-out']])
    await first.kill()
    await two.order('/clock', { advanceMs: 120_000 })
    const again = await startRig(two, { folder: first.folder })
    await again.time.run(60_000)
    await two.breakWith({ kind: 'status', status: 500, match: { path: `${its}/connections` } })
    await again.time.run(120_000)
    await two.heal()
    await again.time.run(90_000)
    expect(await reasonsOf(again, its)).toEqual([
      ['locked-out', 'tandem-stopped'],
      ['locked-out', 'tandem-stopped', 'not-confirmed'],
    ])
    await again.end()
    await two.end()
  })

  test.each([
    ['revoked', () => world.order('/tokens/write/revoke')],
    [
      'refused with code 10000',
      () =>
        world.breakWith({
          kind: 'status',
          status: 403,
          code: 10_000,
          message: 'Authentication error',
        }),
    ],
  ])(
    'U17 a change that met a token that was %s blocks none once it works again',
    async (_, revoke) => {
      const { rig, tunnelId, failOver } = await watch()
      await rig.looked()
      await revoke()
      await rig.refused('PATCH', `/tunnels/${tunnelId}`, { name: 'lon-new' })
      await rig.time.until('it says so', () => stateOf(rig).state === 'rejected', 10_000)
      await rig.time.run(1000)
      await rig.refused('PATCH', `/tunnels/${tunnelId}`, { name: 'lon-new' })
      await world.order('/tokens/write/restore')
      await world.heal()
      await rig.time.until('it watches again', () => stateOf(rig).state === 'running', 300_000)
      await rig.time.run(1000)
      expect((await rig.session()).tokens).toMatchObject([{ verdict: 'works' }])
      const { status } = await rig.ask('POST', `/tunnels/${tunnelId}/failovers`, failOver)
      expect(status).toBe(202)
      await rig.time.run(5000)
      await rig.end()
    },
  )

  test('U17 a change that meets a revoked token is told that, and no missing permission', async () => {
    const { rig, tunnelId } = await watch()
    await rig.looked()
    await world.order('/tokens/write/revoke')
    const { type } = await rig.refused('PATCH', `/tunnels/${tunnelId}`, { name: 'lon-new' })
    expect(type).toMatch(/token-rejected$/)
    await rig.end()
  })
})

test('U18 of a single token that no change has tried, nobody is told that it may change something', async () => {
  const { rig, tunnelId } = await watch()
  await rig.looked()
  const sentence = async () => (await rig.session()).tokens[0]?.sentence
  expect(await sentence()).toBe('Reading works. What it may change shows with the first change.')
  expect((await rig.ask('PATCH', `/tunnels/${tunnelId}`, { name: 'renamed' })).status).toBe(200)
  expect(await sentence()).toBe('Works.')
  await rig.end()
})

test('U18 a change that one account refuses blocks no failover in another', async () => {
  const two = await startWorld('large --tunnels 2 --accounts 2')
  const { rig, path, body } = await watchTunnel(two, 2)
  const other = (await rig.tunnels()).find(({ accountId }) => accountId === two.accounts[1])
  await two.breakWith({ kind: 'status', status: 403, code: 10_000, match: { method: 'PATCH' } })
  const refused = await rig.refused('PATCH', `/tunnels/${other?.id}`, { name: 'renamed' })
  expect(refused.type).toBe('urn:tandem:problem:permission-missing')
  const { verdict } = (await rig.session()).tokens[0] ?? {}
  expect(verdict).toBe('permission-missing')
  const { id } = (await rig.ask('POST', path, body)).json as { id: string }
  expect((await endOf(rig, id)).state).toBe('confirmed')
  await rig.end()
  await two.end()
})

test.each([
  ['a rename', 'PATCH', '', { name: 'renamed' }],
  ['the install token', 'GET', '/token', undefined],
  ['a deletion', 'DELETE', '', undefined],
] as const)(
  'U18 %s that is refused with 403 for a reason of its own says nothing of failovers',
  async (_, method, part, body) => {
    const { rig, tunnelId, failOver } = await watch()
    await rig.looked()
    await world.breakWith({
      kind: 'status',
      status: 403,
      code: 1109,
      message: 'Not in this account’s plan',
      match: { method, path: `${tunnelId}${part}$` },
    })
    const refused = await rig.refused(method, `/tunnels/${tunnelId}${part}`, body)
    expect(refused).toMatchObject({
      type: 'urn:tandem:problem:refused-by-cloudflare',
      detail: 'Not in this account’s plan (1109)',
    })
    await rig.time.run(15_000)
    expect((await rig.session()).tokens).toMatchObject([{ verdict: 'works' }])
    const { json } = await rig.ask('POST', `/tunnels/${tunnelId}/failovers`, failOver)
    expect((await endOf(rig, (json as { id: string }).id)).state).toBe('confirmed')
    await rig.end()
  },
)

test('U18 a failover that is refused with 403 for a reason of its own keeps nobody from another', async () => {
  const its = await watchTunnel(world, 2)
  const { rig, tunnelId } = its
  const other = await world.addTunnel('dub-edge')
  await rig.time.until('it is listed', () =>
    rig.tandem.parts.present.tunnels().some(({ id }) => id === other.tunnelId),
  )
  await rig.looked()
  const message = 'The client is not eligible'
  const match = { method: 'PUT', path: tunnelId }
  await world.breakWith({ kind: 'status', status: 403, code: 1234, message, match })
  expect(await failOver(its)).toMatchObject({
    state: 'rejected',
    detail: 'The client is not eligible (1234)',
  })
  expect((await rig.session()).tokens).toMatchObject([{ verdict: 'works' }])
  const [active = '', standby = ''] = other.connectorIds
  const body = { ...its.body, client_id: standby, expected_active_id: active }
  const path = `/tunnels/${other.tunnelId}/failovers`
  expect(await failOver({ ...its, path, body })).toMatchObject({
    state: 'confirmed',
  })
  await rig.end()
})

describe('U18 the token may only read', () => {
  test('U18 the failover is rejected with what is missing, sent once, and the page knows', async () => {
    const { rig, tunnelId, failOver } = await watch({ token: world.readToken })
    await rig.looked()
    const { json } = await rig.ask('POST', `/tunnels/${tunnelId}/failovers`, failOver)
    const { id } = json as { id: string }
    await rig.time.run(100)
    expect(await rig.get(`/failovers/${id}`)).toMatchObject({
      state: 'rejected',
      detail: expect.stringMatching(/“Cloudflare One Connector: WARP Write”/),
      endedAt: expect.any(Number),
    })
    await rig.time.run(60_000)
    expect(rig.calls.filter(({ method }) => method === 'PUT')).toHaveLength(1)
    // Reading goes on, and that writing does not work stays known.
    const { poller, tokens } = await rig.session()
    expect(poller.state).toBe('running')
    expect(tokens).toMatchObject([
      {
        purpose: 'everything',
        verdict: 'permission-missing',
        sentence: expect.stringMatching(/^Reading works, changing does not: /),
      },
    ])
    await rig.end()
  })
})

describe('the token that only a change would try', () => {
  const verifications = (rig: Rig) =>
    rig.calls.filter(({ path }) => path.endsWith('/tokens/verify')).length

  test('is asked about at the start, and again when it is another one', async () => {
    const endsAt = Date.parse('2027-03-01T00:00:00Z')
    await world.breakWith({
      kind: 'body',
      body: JSON.stringify({
        success: true,
        result: { status: 'active', expires_on: new Date(endsAt).toISOString() },
      }),
      match: { path: '/tokens/verify$' },
    })
    const { tunnelId } = await world.addTunnel('lon-core')
    const rig = await startRig(world, { readToken: world.readToken, still: true })
    await rig.looked()
    await rig.time.run(60_000)
    const writing = async () => (await rig.session()).tokens[1]
    expect(await writing()).toMatchObject({ verdict: 'unchecked', expiresAt: endsAt })
    expect(verifications(rig)).toBe(2)
    await rig.tandem.replaceTokens(createSecret(world.token), createSecret(world.readToken))
    await rig.time.run(60_000)
    expect(await writing()).toMatchObject({ verdict: 'unchecked', expiresAt: endsAt })
    expect(verifications(rig)).toBe(4)
    const rename = await rig.ask('PATCH', `/tunnels/${tunnelId}`, { name: 'lon-new' })
    expect(rename.status).toBe(200)
    expect(await writing()).toMatchObject({ verdict: 'works', expiresAt: endsAt })
    await rig.end()
  })

  test('is known as revoked before anybody needs it, and as good soon after it is', async () => {
    await world.order('/tokens/write/revoke')
    const { rig } = await watch({ readToken: world.readToken })
    await rig.looked()
    await rig.time.run(1000)
    const verdicts = async () => (await rig.session()).tokens.map(({ verdict }) => verdict)
    expect(await verdicts()).toEqual(['works', 'rejected'])
    await world.order('/tokens/write/restore')
    await rig.time.run(620_000)
    expect(await verdicts()).toEqual(['works', 'unchecked'])
    await rig.end()
  })

  test('U18 is a block for failovers while Cloudflare does not take it, and none once it does', async () => {
    await world.order('/tokens/write/revoke')
    const { rig, tunnelId, failOver } = await watch({ readToken: world.readToken })
    await rig.looked()
    await rig.time.run(60_000)
    const path = `/tunnels/${tunnelId}/failovers`
    const refusal = await rig.refused('POST', path, failOver)
    expect(refusal.checks?.map(({ id }) => id)).toContain('no-write')
    expect(refusal.detail).toMatch(/does not accept the API token.* Nothing was sent\.$/)
    await world.order('/tokens/write/restore')
    await rig.time.run(620_000)
    expect((await rig.ask('POST', path, failOver)).status).toBe(202)
    await rig.time.run(5000)
    expect(rig.calls.filter(({ method }) => method === 'PUT')).toHaveLength(1)
    await rig.end()
  })

  test.each([401, 403, 404])(
    'is looked for at the users’ address where the account’s answers %d',
    async (verifyElsewhere) => {
      await world.order('/guesses', { tokensOf: 'user', verifyElsewhere })
      await world.order('/tokens/write/expire', { at: Date.parse('2030-03-01T00:00:00Z') })
      const { rig } = await watch({ readToken: world.readToken })
      await rig.looked()
      await rig.time.run(1000)
      expect((await rig.session()).tokens).toMatchObject([
        { purpose: 'reading', verdict: 'works', expiresAt: null },
        { purpose: 'writing', verdict: 'unchecked', expiresAt: Date.parse('2030-03-01T00:00:00Z') },
      ])
      await world.order('/tokens/write/revoke')
      await rig.time.run(11_000)
      expect((await rig.get<Session>('/session?fresh=true')).tokens).toMatchObject([
        { verdict: 'works' },
        { verdict: 'rejected' },
      ])
      await rig.end()
    },
  )

  test('U18 is asked about at once when a change met a refusal of it', async () => {
    const { rig, tunnelId, failOver } = await watch({ readToken: world.readToken })
    await rig.looked()
    await rig.time.run(60_000)
    await world.order('/tokens/write/revoke')
    const path = `/tunnels/${tunnelId}/failovers`
    expect((await rig.ask('POST', path, failOver)).status).toBe(202)
    await rig.time.run(15_000)
    expect((await rig.session()).tokens[1]).toMatchObject({ verdict: 'rejected' })
    const refusal = await rig.refused('POST', path, failOver)
    expect(refusal.checks?.map(({ id }) => id)).toContain('no-write')
    expect(rig.calls.filter(({ method }) => method === 'PUT')).toHaveLength(1)
    await rig.end()
  })

  test('U18 is no block for what the verify addresses do not know, if it can list', async () => {
    await world.breakWith({
      kind: 'status',
      status: 401,
      code: 1000,
      message: 'Invalid API Token',
      match: { path: '/tokens/verify$' },
    })
    const { rig, tunnelId, failOver } = await watch({ readToken: world.readToken })
    await rig.looked()
    await rig.time.run(60_000)
    expect((await rig.session()).tokens[1]).toMatchObject({ verdict: 'unchecked' })
    const { status } = await rig.ask('POST', `/tunnels/${tunnelId}/failovers`, failOver)
    expect(status).toBe(202)
    await rig.end()
  })

  test('is one with the other where both are the same, with one lock-out', async () => {
    const { rig } = await watch({ readToken: world.token })
    await rig.looked()
    await world.order('/tokens/write/lock', { seconds: 300 })
    await rig.time.until('it pauses', () => stateOf(rig).state === 'paused', 30_000)
    const { tokens } = await rig.session()
    expect(tokens).toMatchObject([{ purpose: 'everything', lockedUntil: expect.any(Number) }])
    await rig.end()
  })
})

describe('somebody asks how the tokens fare', () => {
  const check = (rig: Rig) => rig.get<Session>('/session?fresh=true')
  const found = ({ tokens }: Session) =>
    tokens.flatMap(({ permissions }) => permissions.map(({ group, found }) => [group, found]))

  test('what a token may write is not known before something was written', async () => {
    const { rig, tunnelId } = await watch()
    await rig.looked()
    expect(found(await check(rig))).toEqual([
      ['WARP Read', 'granted'],
      ['WARP Write', 'not-known'],
    ])
    const rename = await rig.ask('PATCH', `/tunnels/${tunnelId}`, { name: 'lon-new' })
    expect(rename.status).toBe(200)
    expect(found(await rig.session())).toContainEqual(['WARP Write', 'granted'])
    await rig.end()
  })

  test('a token of no use says nothing about what it may do', async () => {
    const { rig } = await watch({ token: 'A'.repeat(40) })
    await rig.time.until('it says so', () => stateOf(rig).state === 'rejected', 10_000)
    expect(found(await check(rig))).toEqual([
      ['WARP Read', 'not-known'],
      ['WARP Write', 'not-known'],
    ])
    await rig.end()
  })

  test('a token without Read is told as soon as it is asked about, and so is one that has it', async () => {
    await world.breakWith({ kind: 'status', status: 403, match: { path: 'warp_connector' } })
    const { rig } = await watch()
    await rig.time.until('it says so', () => stateOf(rig).state === 'rejected', 10_000)
    await rig.time.run(11_000)
    expect(found(await check(rig))).toContainEqual(['WARP Read', 'missing'])
    await world.heal()
    await rig.time.run(11_000)
    const session = await check(rig)
    expect(found(session)).toContainEqual(['WARP Read', 'granted'])
    expect(session.poller.state).toBe('running')
    await rig.end()
  })

  test('of two tokens the writing one is asked whether Cloudflare knows it, and nothing is written', async () => {
    const { rig } = await watch({ readToken: world.readToken })
    await rig.looked()
    expect(found(await check(rig))).toEqual([
      ['WARP Read', 'granted'],
      ['WARP Write', 'not-known'],
    ])
    await world.order('/tokens/write/revoke')
    await rig.time.run(11_000)
    expect((await check(rig)).tokens).toMatchObject([
      { purpose: 'reading', verdict: 'works' },
      { purpose: 'writing', verdict: 'rejected' },
    ])
    expect(rig.calls.every(({ method }) => method === 'GET')).toBe(true)
    await rig.end()
  })

  test('it is asked once in ten seconds, however often somebody presses', async () => {
    const { rig } = await watch({ token: 'A'.repeat(40) })
    await rig.time.until('it says so', () => stateOf(rig).state === 'rejected', 10_000)
    await check(rig)
    const before = rig.calls.length
    for (let press = 0; press < 20; press += 1) await check(rig)
    expect(rig.calls).toHaveLength(before)
    await rig.end()
  })

  test('during a lock-out it says so, and keeps what it knew', async () => {
    const { rig } = await watch()
    await rig.looked()
    await world.order('/tokens/write/lock', { seconds: 300 })
    await rig.time.until('it is paused', () => stateOf(rig).state === 'paused', 30_000)
    const session = await check(rig)
    expect(found(session)).toContainEqual(['WARP Read', 'granted'])
    expect(session.tokens[0]?.lockedUntil).toBeGreaterThan(rig.time.now())
    await rig.end()
  })
})

test('the first sweep tells how far it is, and nothing once it is through', async () => {
  for (const name of ['dub', 'fra', 'nyc']) await world.addTunnel(name)
  const { tunnelId } = await world.addTunnel('one that can’t be read yet')
  await world.breakWith({ kind: 'status', status: 500, match: { path: `${tunnelId}/connections` } })
  const rig = await startRig(world)
  await rig.time.run(20_000)
  expect((await rig.poller()).firstSweep).toEqual({ read: 3, of: 4 })
  await world.heal()
  await rig.looked()
  expect((await rig.poller()).firstSweep).toBeNull()
  await rig.end()
})

describe('the process and its .env', () => {
  test('U17 SIGHUP reads a new token from the file, again and again, and prints none', async () => {
    const live = await startWorld('docs', { speed: 1 })
    const folder = mkdtempSync(join(tmpdir(), 'tandem-sighup-'))
    const file = join(folder, '.env')
    const settings = (token: string) =>
      writeFileSync(
        file,
        `CLOUDFLARE_API_TOKEN=${token}\nCLOUDFLARE_ACCOUNT_ID=${live.accounts[0]}\nCLOUDFLARE_BASE_URL=${live.baseUrl}\nTANDEM_SIGN_IN=off\nPORT=0\nLOG_LEVEL=debug\n`,
      )
    const wrong = ['A', 'B', 'C'].map((letter) => letter.repeat(40))
    settings(wrong[0] ?? '')
    const proxy = start('proxy', [], { cwd: folder, early: true })
    const [, address = ''] = /(http:\S+)/.exec(await proxy.line(/is running: http:/)) ?? []
    const said: string[] = []
    const session = async () => {
      const text = await (await fetch(`${address}/api/session`)).text()
      said.push(text)
      return JSON.parse(text) as Session
    }
    /** Asks until it is so: a process of its own has its own time. */
    const becomes = async (state: string) => {
      const began = performance.now()
      while ((await session()).poller.state !== state) {
        if (performance.now() - began > 30_000) throw new Error(`It did not become ${state}.`)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
    await becomes('rejected')
    for (const token of [wrong[1] ?? '', wrong[2] ?? '']) {
      settings(token)
      const before = (await live.requests()).length
      proxy.signal('SIGHUP')
      while ((await live.requests()).length === before) {
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      await becomes('rejected')
    }
    settings(live.token)
    proxy.signal('SIGHUP')
    await becomes('running')
    settings('not a token')
    proxy.signal('SIGHUP')
    await proxy.line(/the old ones stay/)
    expect((await session()).poller.state).toBe('running')
    rmSync(file)
    mkdirSync(file)
    proxy.signal('SIGHUP')
    await proxy.line(/EISDIR.*the old ones stay/)
    expect((await session()).poller.state).toBe('running')
    expect(await proxy.end()).toBe(0)
    expect(leaks([proxy.output(), ...said], [...wrong, live.token, live.readToken])).toEqual([])
    await live.end()
    rmSync(folder, { recursive: true, force: true })
  }, 60_000)

  test('U17 a token of the environment stays at a SIGHUP, which says what takes a new one in', async () => {
    const live = await startWorld('docs', { speed: 1 })
    const env = {
      CLOUDFLARE_API_TOKEN: live.token,
      CLOUDFLARE_ACCOUNT_ID: live.accounts[0] ?? '',
      CLOUDFLARE_BASE_URL: live.baseUrl,
      TANDEM_SIGN_IN: 'off',
      PORT: '0',
    }
    const cwd = mkdtempSync(join(tmpdir(), 'tandem-sighup-'))
    const proxy = start('proxy', [], { cwd, env, early: true })
    await proxy.line(/is running: http:/)
    proxy.signal('SIGHUP')
    await proxy.line(/the old ones stay\. .* container, changes with a new start/)
    expect(await proxy.end()).toBe(0)
    await live.end()
    rmSync(cwd, { recursive: true, force: true })
  }, 60_000)

  test('U17 so does a read token of the environment where the file has the other one', async () => {
    const live = await startWorld('docs', { speed: 1 })
    const env = {
      CLOUDFLARE_READ_TOKEN: live.readToken,
      CLOUDFLARE_ACCOUNT_ID: live.accounts[0] ?? '',
      CLOUDFLARE_BASE_URL: live.baseUrl,
      TANDEM_SIGN_IN: 'off',
      PORT: '0',
    }
    const cwd = mkdtempSync(join(tmpdir(), 'tandem-sighup-'))
    writeFileSync(join(cwd, '.env'), `CLOUDFLARE_API_TOKEN=${live.token}\n`)
    const proxy = start('proxy', [], { cwd, env, early: true })
    const [, address = ''] = /(http:\S+)/.exec(await proxy.line(/is running: http:/)) ?? []
    proxy.signal('SIGHUP')
    await proxy.line(/the tokens were read again/)
    const { tokens } = (await (await fetch(`${address}/api/session`)).json()) as Session
    expect(tokens.map(({ purpose }) => purpose)).toEqual(['reading', 'writing'])
    expect(await proxy.end()).toBe(0)
    await live.end()
    rmSync(cwd, { recursive: true, force: true })
  }, 60_000)

  // `script` of util-linux holds the other end of a terminal; the one of a Mac takes other words.
  test.runIf(process.platform === 'linux' && existsSync('/usr/bin/script'))(
    'a terminal that is closed ends what was started in it, and a SIGHUP in one that is open does not',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tandem-terminal-'))
      const holder = join(folder, 'demo-empty', 'tandem.pid')
      const command = `exec ${process.execPath} ${bundled('proxy')} --scene empty`
      const terminal = spawn('/usr/bin/script', ['-qfc', command, '/dev/null'], {
        cwd: folder,
        env: { PORT: '0', TANDEM_DATA_DIR: folder },
      })
      let output = ''
      const says = (pattern: RegExp) =>
        new Promise<void>((resolve) => {
          terminal.stdout.on('data', (text: Buffer) => {
            output += text.toString()
            if (pattern.test(output)) resolve()
          })
        })
      await says(/is running: http:/)
      const pid = Number.parseInt(readFileSync(holder, 'utf8'), 10)
      process.kill(pid, 'SIGHUP')
      await says(/the old ones stay/)
      terminal.kill('SIGKILL')
      const began = performance.now()
      // It takes this file away as the last thing that it does.
      while (existsSync(holder) && performance.now() - began < 20_000)
        await new Promise((resolve) => setTimeout(resolve, 50))
      const isLeft = existsSync(holder)
      if (isLeft) process.kill(pid, 'SIGKILL')
      expect(isLeft).toBe(false)
      rmSync(folder, { recursive: true, force: true })
    },
    60_000,
  )

  test('one that can’t be read ends the start with one line that says why', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tandem-env-'))
    mkdirSync(join(folder, '.env'))
    const proxy = start('proxy', [], { cwd: folder, early: true })
    expect(await proxy.ended).toBe(1)
    expect(proxy.output()).toBe(
      '.env can’t be read (EISDIR): it must be a file that Tandem may read.\n',
    )
    rmSync(folder, { recursive: true, force: true })
  })
})
