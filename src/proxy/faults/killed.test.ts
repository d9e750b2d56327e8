import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Failover } from '#contract/failover.ts'
import { riskIds } from '#contract/failover-checks.ts'
import type { Session } from '#contract/session.ts'
import type { Tunnel } from '#contract/tunnel.ts'
import { start } from '../../../e2e/processes.ts'
import { openStore } from '../store/open.ts'
import { type Acknowledged, brokenIn, toAcknowledged } from './invariants.ts'
import { startWorld, type World } from './world.ts'

/**
 * Tandem as a process that is killed in the middle of a failover, and started again. Twelve kills, side by
 * side because a process needs seconds of real time; `crash.test.ts` has more places and speeds.
 */

const pause = () => new Promise((resolve) => setTimeout(resolve, 30))

async function startProxy(world: World, folder: string, baseUrl = world.baseUrl) {
  const program = start('proxy', [], {
    cwd: folder,
    early: true,
    env: {
      CLOUDFLARE_API_TOKEN: world.token,
      CLOUDFLARE_ACCOUNT_ID: world.accounts[0] ?? '',
      CLOUDFLARE_BASE_URL: baseUrl,
      TANDEM_SIGN_IN: 'off',
      PORT: '0',
      TANDEM_DATA_DIR: folder,
      LOG_LEVEL: 'debug',
    },
  })
  const [, address = ''] = /(http:\S+)/.exec(await program.line(/is running: http:/)) ?? []
  const said: string[] = []
  const acknowledged: Acknowledged[] = []
  async function ask(method: string, path: string, body?: unknown, key?: string) {
    const answer = await fetch(`${address}/api${path}`, {
      method,
      headers: {
        'x-requested-by': 'tandem',
        'content-type': 'application/json',
        ...(key ? { 'idempotency-key': key } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    acknowledged.push(...toAcknowledged(method, path, answer))
    const text = await answer.text()
    said.push(text)
    return JSON.parse(text) as unknown
  }
  return {
    program,
    said,
    acknowledged,
    ask,
    failover: (id: string) => ask('GET', `/failovers/${id}`) as Promise<Failover>,
    /** Asks until it is so; a process of its own has its own time. */
    async becomes(isSo: () => Promise<boolean>) {
      const began = performance.now()
      while (!(await isSo())) {
        if (performance.now() - began > 40_000) throw new Error(program.output())
        await pause()
      }
    },
  }
}

type Proxy = Awaited<ReturnType<typeof startProxy>>

/** What holds after every fault, of all the processes that one folder had; the last of them has ended. */
async function holdToInvariants(world: World, folder: string, proxies: Proxy[]) {
  const broken = await brokenIn(folder, {
    calls: await world.requests(),
    lines: proxies.map(({ program }) => program.output()),
    said: proxies.flatMap(({ said }) => said),
    secrets: [world.token, world.readToken],
    acknowledged: proxies.flatMap(({ acknowledged }) => acknowledged),
  })
  expect(broken).toEqual([])
}

const puts = async (world: World) =>
  (await world.requests()).filter(({ method }) => method === 'PUT')

test.concurrent('F1 kill -9 after the row is written: unknown, then verified by reading; one PUT in all', async () => {
  const world = await startWorld('docs', { speed: 1 })
  const folder = mkdtempSync(join(tmpdir(), 'tandem-killed-'))
  const [tunnel] = (await world.state()).tunnels
  const tunnelId = tunnel?.id ?? ''
  const [active, standby] = tunnel?.connectors ?? []
  // Cloudflare does it at once; its answer would come long after the end.
  await world.breakWith({ kind: 'delay', ms: 30_000, match: { method: 'PUT' } })
  const first = await startProxy(world, folder)
  await first.becomes(async () => {
    const { tunnels } = (await first.ask('GET', '/tunnels')) as { tunnels: Tunnel[] }
    return tunnels[0]?.checkedAt != null
  })
  const { id, state } = (await first.ask('POST', `/tunnels/${tunnelId}/failovers`, {
    client_id: standby?.id,
    expected_active_id: active?.id,
    ticked: riskIds,
    reason: 'a test',
  })) as Failover
  expect(state).toBe('sending')
  await first.becomes(async () => (await puts(world)).length === 1)
  await first.program.end('SIGKILL')

  // What is on disk at that moment was written before the PUT left (I1).
  const { db } = await openStore(folder, Date.now)
  const row = await db.selectFrom('failovers').selectAll().executeTakeFirstOrThrow()
  const action = await db.selectFrom('audit').selectAll().executeTakeFirstOrThrow()
  const [put] = await puts(world)
  expect(JSON.parse(row.body)).toMatchObject({ id, state: 'sending', acceptedAt: null })
  expect(row.requested_at).toBeLessThanOrEqual(put?.at ?? 0)
  expect(action).toMatchObject({ what: 'failoverRun', refers: null, tunnel_id: tunnelId })
  expect(action.at).toBeLessThanOrEqual(put?.at ?? 0)
  await db.destroy()

  const second = await startProxy(world, folder)
  const told = await second.failover(id)
  expect(['unknown', 'confirmed']).toContain(told.state)
  await second.becomes(async () => (await second.failover(id)).state === 'confirmed')
  expect(await second.failover(id)).toMatchObject({
    activeNow: [standby?.id],
    acceptedAt: null,
    detail: null,
  })
  expect(await puts(world)).toHaveLength(1)
  const session = (await second.ask('GET', '/session')) as Session
  expect(session.poller.state).toBe('running')
  expect(await second.program.end()).toBe(0)

  await holdToInvariants(world, folder, [first, second])
  await world.end()
  rmSync(folder, { recursive: true, force: true })
}, 120_000)

test.concurrent('F1 killed before the PUT left: not confirmed, never sent', async () => {
  const world = await startWorld('docs', { speed: 1 })
  const folder = mkdtempSync(join(tmpdir(), 'tandem-killed-'))
  const [tunnel] = (await world.state()).tunnels
  const [active, standby] = tunnel?.connectors ?? []
  const party = (connectorId = '') => ({ connectorId, colos: [], version: null })
  const requestedAt = Date.now() - 90_000
  const left: Failover = {
    id: randomUUID(),
    tunnelId: tunnel?.id ?? '',
    accountId: tunnel?.accountId ?? '',
    tunnelName: tunnel?.name ?? '',
    by: 'local admin',
    state: 'sending',
    from: party(active?.id),
    activeBefore: [active?.id ?? ''],
    to: party(standby?.id),
    requestedAt,
    sentAt: requestedAt,
    acceptedAt: null,
    demotedAt: null,
    promotedAt: null,
    endedAt: null,
    activeNow: [active?.id ?? ''],
    detail: null,
    cloudflare: [],
    afterwards: [],
    vacantAt: null,
    vacantMs: null,
    drill: false,
    reason: null,
    accepted: [],
  }
  // Exactly what the process leaves behind that dies between its commit and its call.
  const { db } = await openStore(folder, Date.now)
  await db
    .insertInto('failovers')
    .values({
      id: left.id,
      tunnel_id: left.tunnelId,
      account_id: left.accountId,
      running: 1,
      idempotency_key: null,
      drill: 0,
      audit_id: null,
      requested_at: requestedAt,
      body: JSON.stringify(left),
    })
    .execute()
  await db.destroy()

  const proxy = await startProxy(world, folder)
  await proxy.becomes(async () => (await proxy.failover(left.id)).state === 'not-confirmed')
  expect(await proxy.failover(left.id)).toMatchObject({
    activeNow: [active?.id],
    detail: expect.stringMatching(/^It is not known whether Cloudflare took the request; it still/),
  })
  expect(await puts(world)).toEqual([])
  expect(await proxy.program.end()).toBe(0)
  await holdToInvariants(world, folder, [proxy])
  await world.end()
  rmSync(folder, { recursive: true, force: true })
}, 120_000)

/** What becomes of a PUT: handed on to Cloudflare, and its answer begun or given. */
type OnPut = (put: { forward: () => Promise<void>; begin: () => void; end: () => void }) => void

/** Lets calls through to the world; at a PUT and at the reads after it somebody may do what they came for. */
async function startRelay(world: World) {
  let onPut: OnPut = () => {}
  let onRead = () => {}
  const { pathname, origin } = new URL(world.baseUrl)
  const server = createServer((request, response) => {
    void (async () => {
      const body = await bytesOf(request)
      const isPut = request.method === 'PUT'
      const send = () =>
        fetch(`${origin}${request.url}`, {
          method: request.method ?? 'GET',
          headers: { authorization: request.headers.authorization ?? '' },
          ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
        })
      if (!isPut) {
        if (request.url?.endsWith('/connections')) onRead()
        const answer = await send()
        response.writeHead(answer.status, { 'content-type': 'application/json' })
        response.end(await answer.text())
        return
      }
      let text = ''
      const forward = async () => {
        text = await (await send()).text()
      }
      const begin = () => {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.write(text.slice(0, 10))
      }
      onPut({ forward, begin, end: () => response.end(text.slice(10)) })
    })().catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    baseUrl: `http://127.0.0.1:${port}${pathname}`,
    set(hooks: { onPut?: typeof onPut; onRead?: typeof onRead }) {
      onPut = hooks.onPut ?? (() => {})
      onRead = hooks.onRead ?? (() => {})
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

const speeds = [300, 1500]

test.concurrent.each(speeds)(
  'F1 kill -9 at six places of one failover after another, Cloudflare switches after %i ms: each is taken up, none is sent twice',
  async (promoteMs) => {
    const world = await startWorld('docs', { speed: 1 })
    await world.order('/failover', { mode: 'normal', demoteMs: 200, promoteMs })
    const relay = await startRelay(world)
    const folder = mkdtempSync(join(tmpdir(), 'tandem-killed-'))
    const [tunnel] = (await world.state()).tunnels
    const tunnelId = tunnel?.id ?? ''
    const pair = (tunnel?.connectors ?? []).slice(0, 2).map(({ id }) => id)
    let proxy = await startProxy(world, folder, relay.baseUrl)
    const proxies = [proxy]
    const isLooked = async () => {
      const { tunnels } = (await proxy.ask('GET', '/tunnels')) as { tunnels: Tunnel[] }
      return tunnels[0]?.checkedAt != null
    }
    const kill = () => void proxy.program.end('SIGKILL')
    const answer: OnPut = async ({ forward, begin, end }) => {
      await forward()
      begin()
      end()
    }
    let reads = 0
    const places: { isSent: boolean; killAtRead?: number; onPut: OnPut }[] = [
      // Cloudflare never hears of it: a person does it elsewhere, which is what the reads then show.
      { isSent: false, onPut: kill },
      { isSent: true, onPut: ({ forward }) => void forward().then(kill) },
      {
        isSent: true,
        onPut: async ({ forward, begin }) => {
          await forward()
          begin()
          setTimeout(kill, 50)
        },
      },
      {
        isSent: true,
        onPut: async (put) => {
          await answer(put)
          kill()
        },
      },
      { isSent: true, killAtRead: 1, onPut: answer },
      { isSent: true, killAtRead: 2, onPut: answer },
    ]
    let sent = 0
    for (const [at, place] of places.entries()) {
      const { connectors } = await world.tunnel(tunnelId)
      const from = connectors.find(({ haStatus }) => haStatus === 'active')?.id ?? ''
      const to = pair.find((id) => id !== from) ?? ''
      await proxy.becomes(isLooked)
      reads = 0
      const { killAtRead } = place
      relay.set({
        onPut: (put) => {
          reads = 1
          place.onPut(put)
        },
        onRead: () => {
          if (reads === 0) return
          if (reads === killAtRead) kill()
          reads += 1
        },
      })
      const request = { client_id: to, expected_active_id: from, ticked: riskIds, reason: 'a test' }
      const key = randomUUID()
      const again = () =>
        proxy.ask('POST', `/tunnels/${tunnelId}/failovers`, request, key) as Promise<Failover>
      // Its answer may get lost, as it does for a person.
      await again().catch(() => null)
      expect(await proxy.program.ended, `killed at ${at}`).toBeNull()
      sent += place.isSent ? 1 : 0
      expect(await puts(world)).toHaveLength(sent)

      relay.set({})
      proxy = await startProxy(world, folder, relay.baseUrl)
      proxies.push(proxy)
      // Asked once more after the lost answer, by the key of the same decision.
      const { id } = await again()
      if (!place.isSent) await world.order(`/tunnels/${tunnelId}/swap`, { connectorId: to })
      await proxy.becomes(async () => (await proxy.failover(id)).state === 'confirmed')
      expect(await proxy.failover(id)).toMatchObject({ activeNow: [to], reason: 'a test' })
      expect(await puts(world)).toHaveLength(sent)
    }
    expect(await proxy.program.end()).toBe(0)

    const { db } = await openStore(folder, Date.now)
    const rows = await db.selectFrom('failovers').selectAll().execute()
    expect(rows.map(({ running }) => running)).toEqual(places.map(() => 0))
    const records = await db
      .selectFrom('audit')
      .select(['seq', 'at'])
      .where('what', '=', 'failoverRun')
      .where('refers', 'is', null)
      .orderBy('seq')
      .execute()
    expect(records).toHaveLength(places.length)
    await db.destroy()
    await holdToInvariants(world, folder, proxies)
    relay.close()
    await world.end()
    rmSync(folder, { recursive: true, force: true })
  },
  180_000,
)
