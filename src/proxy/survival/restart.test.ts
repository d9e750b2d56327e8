import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TunnelHistory } from '#contract/history.ts'
import type { TunnelDetail } from '#contract/tunnel.ts'
import { type Program, start } from '../../../e2e/processes.ts'
import { brokenIn } from '../faults/invariants.ts'
import { startWorld, type World } from '../faults/world.ts'
import { eventually } from './built.ts'
import { promote } from './elsewhere.ts'

/** The real proxy in a process of its own, killed by SIGKILL and started again on the same folder. */

let world: World
let folder: string
beforeAll(async () => {
  world = await startWorld('empty', { speed: 1 })
  folder = mkdtempSync(join(tmpdir(), 'tandem-restart-'))
}, 60_000)
const running: Program[] = []
const answers: string[] = []
afterAll(async () => {
  for (const program of running) await program.end('SIGKILL')
  await world.end()
  rmSync(folder, { recursive: true })
})

async function startProxy(env: Record<string, string> = {}) {
  const program = start('proxy', [], {
    early: true,
    env: {
      PORT: '0',
      TANDEM_DATA_DIR: folder,
      CLOUDFLARE_BASE_URL: world.baseUrl,
      TANDEM_SIGN_IN: 'off',
      CLOUDFLARE_API_TOKEN: world.token,
      CLOUDFLARE_ACCOUNT_ID: world.accounts[0] ?? '',
      ...env,
    },
  })
  running.push(program)
  const line = await program.line(/is running: http:/)
  const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? ''
  async function get<T>(path: string): Promise<T | null> {
    const answer = await fetch(`${address}/api${path}`)
    const text = await answer.text()
    answers.push(text)
    return answer.ok ? (JSON.parse(text) as T) : null
  }
  async function rename(tunnelId: string, name: string) {
    const headers = { 'content-type': 'application/json', 'x-requested-by': 'tandem' }
    const body = JSON.stringify({ name })
    await fetch(`${address}/api/tunnels/${tunnelId}`, { method: 'PATCH', headers, body })
  }
  return { kill: () => program.end('SIGKILL'), get, rename, output: program.output }
}

test('nobody but its owner can read what it keeps, in whatever folder', async () => {
  chmodSync(folder, 0o755)
  const program = await startProxy()
  await program.kill()
  const files = readdirSync(folder)
  expect(files).toContain('tandem.db')
  const open = files.filter((name) => (statSync(join(folder, name)).mode & 0o077) !== 0)
  expect(open).toEqual([])
}, 60_000)

test.each([
  ['warn', true],
  ['fatal', true],
  ['silent', false],
])(
  'where LOG_LEVEL is %s a record’s hash stands in the log: %s',
  async (level, isThere) => {
    const { tunnelId } = await world.addTunnel(`kept at ${level}`)
    const program = await startProxy({ LOG_LEVEL: level })
    await eventually(
      () => program.get<TunnelDetail>(`/tunnels/${tunnelId}`),
      () => true,
    )
    await program.rename(tunnelId, `kept on record at ${level}`)
    await program.kill()
    expect(/"audit":\{"seq":\d+,"hash":"[0-9a-f]{64}"/.test(program.output())).toBe(isThere)
    expect(program.output()).not.toContain('the API token works')
  },
  60_000,
)

test('a role that was swapped while Tandem lay killed is told after its restart, by nobody', async () => {
  const { tunnelId, connectorIds } = await world.addTunnel('lon-core')
  const [first = '', second = ''] = connectorIds
  const before = await startProxy()
  await eventually(
    () => before.get<TunnelDetail>(`/tunnels/${tunnelId}`),
    (tunnel) => tunnel.activeConnectorId === first,
  )
  await before.kill()
  const killedAt = (await world.state()).now
  await promote(world, tunnelId, second)
  await eventually(
    () => world.tunnel(tunnelId),
    ({ connectors }) => connectors.find(({ id }) => id === second)?.haStatus === 'active',
  )
  const restartedAt = (await world.state()).now

  const after = await startProxy()
  const isTold = ({ events }: TunnelHistory) => events.some(({ kind }) => kind === 'active-changed')
  const history = await eventually(
    () => after.get<TunnelHistory>(`/tunnels/${tunnelId}/history`),
    isTold,
  )
  const told = history.events.filter(({ kind }) => kind === 'active-changed')
  expect(told).toMatchObject([{ from: first, to: second, cause: 'unknown', by: null }])
  // It happened somewhere between the last look of the one run and the first of the other.
  const [{ at, precisionMs } = { at: 0, precisionMs: 0 }] = told
  expect(at).toBeGreaterThanOrEqual(restartedAt)
  expect(at - Number(precisionMs)).toBeLessThanOrEqual(killedAt)
  expect(history.events.map(({ kind }) => kind)).not.toContain('status-changed')
  // A restart this short is bridged up to the change, and the change itself says how uncertain it is.
  // One that takes longer than three looks leaves the time in between unknown.
  for (const { value, from, to } of history.active) {
    expect(value === first && to !== at ? to : 0).toBeLessThanOrEqual(killedAt)
    expect(value === second ? from : restartedAt).toBeGreaterThanOrEqual(restartedAt)
  }
  expect(history.active.at(-1)?.value).toBe(second)
  await after.kill()
}, 120_000)

test('I1 to I8 hold of all that the killed ones did, said and left behind', async () => {
  // The one failover was made elsewhere, by somebody who works with Cloudflare itself.
  const calls = (await world.requests()).filter(({ path }) => !path.endsWith('/failover'))
  const broken = await brokenIn(folder, {
    calls,
    lines: running.map(({ output }) => output()),
    said: answers,
    secrets: [world.token, world.readToken],
  })
  expect(broken).toEqual([])
  expect(running.length).toBeGreaterThan(5)
})
