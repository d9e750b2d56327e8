import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { start } from '../../../e2e/processes.ts'
import type { Parts } from '../routes/route.ts'
import { failOver, puts, type Watched, watchTunnel } from './failing-over.ts'
import { leaks } from './invariants.ts'
import { type Rig, startRig } from './rig.ts'
import { startWorld, type World } from './world.ts'

/** P22: something throws where nobody thought of it. The process lives, says so, and goes on. */

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 120_000)
afterAll(() => world.end())

const thrown: [string, unknown][] = [
  ['an error', new Error('nobody thought of this')],
  ['a type error', new TypeError("Cannot read properties of undefined (reading 'x')")],
  ['a range error', new RangeError('Maximum call stack size exceeded')],
  ['an error without a message', new Error()],
  ['an error with a cause that goes round', circular()],
  ['a text', 'nothing but a text'],
  ['null', null],
  ['undefined', undefined],
  ['a number', 0],
  ['an object that can’t be read', new Proxy({}, { get: () => 'x', getPrototypeOf: () => null })],
]

function circular(): Error {
  const error = new Error('round and round')
  error.cause = error
  return error
}

describe.each(['before', 'after'] as const)('P22 thrown %s Cloudflare was asked', (when) => {
  test.each(thrown)('%s: watching goes on, and recovers by itself', async (_, fault) => {
    await world.reset()
    const { tunnelId } = await world.addTunnel('lon-core', 2)
    let isBroken = false
    const rig = await startRig(world, {
      via: async (send) => {
        if (isBroken && when === 'before') throw fault
        const response = await send()
        if (!isBroken) return response
        await response.body?.cancel()
        throw fault
      },
    })
    await rig.looked()
    isBroken = true
    await rig.time.run(120_000)
    expect(rig.tandem.parts.present.tunnel(tunnelId)?.name).toBe('lon-core')
    expect((await rig.poller()).state).toBe('failing')
    const refused = await rig.refused('PATCH', `/tunnels/${tunnelId}`, { name: 'other' })
    expect(refused.status).toBeGreaterThanOrEqual(500)
    isBroken = false
    await rig.time.until('it watches again', () => {
      const checkedAt = rig.tandem.parts.present.tunnel(tunnelId)?.checkedAt ?? 0
      return rig.time.now() - Number(checkedAt) < 5_000
    })
    expect((await rig.poller()).state).toBe('running')
    await rig.end()
  })
})

test('P22 thrown while a failover is sent: unknown, verified by reading, sent once', async () => {
  await world.reset()
  let isBroken = false
  const watched = await watchTunnel(world, 3, {
    via: async (send, { method }) => {
      const response = await send()
      if (!isBroken || method !== 'PUT') return response
      await response.body?.cancel()
      throw new TypeError('nobody thought of this')
    },
  })
  const { rig, path, body } = watched
  isBroken = true
  const { status } = await rig.ask('POST', path, body)
  expect(status).toBe(202)
  await rig.time.until('it has ended', () => rig.tandem.parts.failovers.running().length === 0)
  expect(puts(rig)).toBe(1)
  const { failovers } = await rig.get<{ failovers: { state: string }[] }>(path)
  // Cloudflare had it, whatever became of the answer.
  expect(failovers.map(({ state }) => state)).toEqual(['confirmed'])
  await rig.end()
})

let hits = 0
const fault = () => {
  hits += 1
  throw new TypeError('nobody thought of this')
}

/** Each throws at one place, and returns what puts it back. */
const method =
  (name: keyof Parts, its: string) =>
  ({ tandem: { parts } }: Rig) => {
    const part = parts[name] as unknown as Record<string, unknown>
    const usual = part[its]
    expect(usual, `${name}.${its}`).toBeTypeOf('function')
    part[its] = fault
    return () => void (part[its] = usual)
  }
const statement = (pattern: RegExp) => () => {
  const probe = new Database(':memory:')
  const prototype = Object.getPrototypeOf(probe.prepare('select 1')) as Database.Statement
  probe.close()
  const { run, all } = prototype
  const broken = (usual: typeof run) =>
    function (this: Database.Statement, ...args: unknown[]) {
      return pattern.test(this.source.trim()) ? fault() : usual.apply(this, args)
    }
  Object.assign(prototype, { run: broken(run), all: broken(all as unknown as typeof run) })
  return () => void Object.assign(prototype, { run, all })
}

type Leads = (its: Watched) => Promise<unknown>
const ask =
  (path: string): Leads =>
  async ({ rig }) =>
    expect((await rig.ask('GET', path)).status).toBe(500)
const change: Leads = ({ tunnelId }) =>
  world.order(`/tunnels/${tunnelId}/rename`, { name: `lon-${Math.random()}` })
const breakConnectors: Leads = ({ tunnelId }) =>
  world.breakWith({ kind: 'status', status: 500, match: { path: `${tunnelId}/connections` } })
const startFailover: Leads = async (its) => its.rig.ask('POST', its.path, await bodyNow(its))

/** Fails over to whichever connector is on standby now. */
async function bodyNow({ rig, tunnelId, body }: Watched) {
  const { connectors } = await rig.connectors(tunnelId)
  const idOf = (role: string) => connectors.find((one) => one.role === role)?.id ?? ''
  return { ...body, client_id: idOf('passive'), expected_active_id: idOf('active') }
}

/** Where it throws for a minute, and what leads there beside the watch. */
const places: [string, (rig: Rig) => () => void, Leads?][] = [
  // A minute after the start and not again for an hour: so the first.
  ['old calls are forgotten', statement(/^delete from "calls"/)],
  ['what to look at next is chosen', method('present', 'watchable')],
  ['it is looked up whether calls must rest', method('client', 'lockedUntil')],
  ['Cloudflare is called', method('client', 'call')],
  ['a listing lands', method('present', 'landListing')],
  ['connectors land', method('present', 'landConnectors')],
  ['a configuration lands', method('present', 'landConfiguration'), change],
  ['what is wrong with a tunnel is shown', method('present', 'landTrouble'), breakConnectors],
  ['what was seen is written', statement(/^insert into "?(?:events|spans|sights)/), change],
  ['what was confirmed is written', statement(/insert into confirmations/)],
  ['calls are written', statement(/^insert into "calls"/)],
  ['the poller’s state is told', method('poller', 'state'), ask('/session')],
  ['everybody is told', method('bus', 'publish'), change],
  ['it is found out who asks', method('identity', 'find'), ask('/session')],
  ['a list is answered', method('present', 'tunnels'), ask('/tunnels')],
  ['the log is read', method('reader', 'activity'), ask('/activity')],
  ['who did something is written', statement(/^insert into "audit"/), startFailover],
  ['a failover is written', statement(/^insert into "failovers"/), startFailover],
  ['a failover goes on', statement(/^update "failovers"/), startFailover],
  ['a failover is told', method('bus', 'publish'), startFailover],
  ['a failover is verified', method('present', 'landConnectors'), startFailover],
]

describe(`P22 thrown at ${places.length} places of Tandem itself`, () => {
  let its: Watched
  beforeAll(async () => {
    await world.reset()
    its = await watchTunnel(world, 2)
  })
  afterAll(() => its.rig.end())

  test.each(places)(
    'where %s: it lives, says so, and recovers by itself',
    async (_, breaks, leads) => {
      const { rig, tunnelId } = its
      const { present, failovers, poller } = rig.tandem.parts
      const before = rig.lines.length
      hits = 0
      const putBack = breaks(rig)
      try {
        await leads?.(its)
        await rig.time.run(62_000)
      } finally {
        putBack()
      }
      await world.heal()
      expect(hits).toBeGreaterThan(0)
      const told = rig.lines.slice(before).map((line) => JSON.parse(line) as { level: number })
      expect(told.filter(({ level }) => level >= 40).length).toBeGreaterThan(0)
      await rig.time.until('it watches and records', () => {
        const { checkedAt = 0 } = present.tunnel(tunnelId) ?? {}
        const isFresh = rig.time.now() - Number(checkedAt) < 10_000
        const { notRecordingSince } = rig.tandem.parts.session()
        return isFresh && notRecordingSince === null && poller.state(null).state === 'running'
      })
      await rig.time.until('nothing runs any more', () => failovers.running().length === 0)
      expect((await failOver({ ...its, body: await bodyNow(its) })).state).toBe('confirmed')
      await rig.time.run(1000)
    },
  )
})

/** Runs in the process, before Tandem does: breaks a promise of nobody's at the first signal, and throws at the second. */
const mischief = `
  process.once('SIGUSR2', () => {
    process.once('SIGUSR2', () => { throw new Error('thrown') })
    void Promise.reject(new Error('nobody keeps this promise'))
  })`

test('P22 a promise that breaks where nobody waits leaves the process alive, a throw ends it with 1', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-throws-'))
  const program = start('proxy', [], {
    early: true,
    env: {
      NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(mischief)}`,
      PORT: '0',
      TANDEM_DATA_DIR: folder,
      CLOUDFLARE_BASE_URL: world.baseUrl,
      CLOUDFLARE_API_TOKEN: world.token,
      CLOUDFLARE_ACCOUNT_ID: world.accounts[0] ?? '',
      TANDEM_SIGN_IN: 'off',
    },
  })
  const [, address = ''] = /(http:\S+)/.exec(await program.line(/is running: http:/)) ?? []
  program.signal('SIGUSR2')
  expect(await program.line(/"msg":"unhandled rejection"/)).toContain('nobody keeps this promise')
  expect((await fetch(`${address}/healthz`)).status).toBe(200)
  program.signal('SIGUSR2')
  expect(await program.ended).toBe(1)
  expect(leaks([program.output()], [world.token])).toEqual([])
  rmSync(folder, { recursive: true })
}, 60_000)
