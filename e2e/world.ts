import { expect } from '@playwright/test'
import type * as z from 'zod/mini'
import type { Fault } from '../src/simulator/faults.ts'
import type { RequestEntry } from '../src/simulator/request-log.ts'
import { start } from './processes.ts'

/** A simulator of Cloudflare in a process of its own, and the hand that plays fate in it. */

export type Scene = 'demo' | 'docs' | 'empty' | 'large' | 'outage'

type WorldConnector = {
  id: string
  haStatus: 'active' | 'passive' | 'offline'
  connected: boolean
  version: string
  colos: string[]
  originIps: string[]
}
export type WorldTunnel = {
  id: string
  accountId: string
  name: string
  status: string
  ha: boolean
  haMode: string
  deleted: boolean
  connectors: WorldConnector[]
}
type Ready = {
  baseUrl: string
  control: string
  accounts: string[]
  token: string
  readToken: string
}
type FailoverBehaviour = {
  tunnelId?: string
  mode: 'normal' | 'never' | 'flip-back' | 'other' | 'refuse'
  demoteMs?: number
  promoteMs?: number
  status?: number
  code?: number
  message?: string
}

export type World = ReturnType<typeof toWorld>

/**
 * Nothing happens by itself (`--life off`), and the same seed gives the same ids.
 *
 * @param args options of the simulator's command line; later ones win.
 */
export async function startSimulator(args: string[] = []) {
  const program = start('simulator', [...'--port 0 --life off --parent-pipe'.split(' '), ...args])
  const ready = JSON.parse(await program.line(/"ready":true/)) as Ready
  return { ready, output: program.output, end: () => program.end('SIGKILL') }
}

export type Simulator = Awaited<ReturnType<typeof startSimulator>>

/**
 * A world in a simulator of its own.
 *
 * @param args further options of the simulator's command line; later ones win.
 */
export async function startWorld({
  scene,
  seed,
  args = [],
}: {
  scene: Scene
  seed: number
  args?: string[]
}) {
  const simulator = await startSimulator([...`--scene ${scene} --seed ${seed}`.split(' '), ...args])
  return toWorld(simulator, simulator.ready)
}

/** Another world in a simulator that runs already: what was in it is gone. */
export async function beginWorld(
  simulator: Simulator,
  beginning: { scene: Scene; seed: number; tunnels?: number; accounts?: number },
) {
  return toWorld(simulator, await ask<Ready>(simulator.ready, 'POST', '/reset', beginning))
}

async function ask<T>({ control }: Ready, method: string, path: string, body?: unknown) {
  const answer = await fetch(`${control}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  expect(answer.ok, `${method} /__simulator${path}: ${text}`).toBe(true)
  return JSON.parse(text) as T
}

function toWorld({ output, end }: Simulator, ready: Ready) {
  const order = (path: string, body: unknown = {}) => ask<unknown>(ready, 'POST', path, body)

  const tunnels = async () =>
    (await ask<{ tunnels: WorldTunnel[] }>(ready, 'GET', '/state')).tunnels
  /** A live tunnel by its name. */
  async function tunnel(name: string): Promise<WorldTunnel> {
    const found = (await tunnels()).find((one) => one.name === name && !one.deleted)
    if (!found) throw new Error(`The world has no tunnel named ${name}.`)
    return found
  }

  return {
    ...ready,
    output,
    end,
    tunnels,
    tunnel,
    /** The tunnel's active connector, and the first of its connected passive ones. */
    async pair(name: string) {
      const { id, connectors } = await tunnel(name)
      const active = connectors.find(({ haStatus }) => haStatus === 'active')
      const standby = connectors.find(({ haStatus }) => haStatus === 'passive')
      if (!active || !standby) throw new Error(`${name} has no active connector with a standby.`)
      return { tunnelId: id, active, standby }
    },
    kill: (connectorId: string) => order(`/connectors/${connectorId}/kill`),
    revive: (connectorId: string) => order(`/connectors/${connectorId}/revive`),
    /** Changes the roles behind Tandem's back. */
    swap: (tunnelId: string) => order(`/tunnels/${tunnelId}/swap`),
    renameTunnel: (tunnelId: string, name: string) =>
      order(`/tunnels/${tunnelId}/rename`, { name }),
    addTunnel: (name: string, connectors = 2) =>
      ask<{ id: string }>(ready, 'POST', '/tunnels', { name, connectors }),
    setMetadata: (tunnelId: string, metadata: unknown) =>
      order(`/tunnels/${tunnelId}/metadata`, { metadata }),
    /** What a connector says of itself: any text at all. */
    upgrade: (connectorId: string, version: string) =>
      order(`/connectors/${connectorId}/upgrade`, { version }),
    move: (connectorId: string, colo: string) => order(`/connectors/${connectorId}/move`, { colo }),
    deleteTunnel: (tunnelId: string) => order(`/tunnels/${tunnelId}/delete`),
    /** How manual failovers go from now on. */
    failovers: (behaviour: FailoverBehaviour) => order('/failover', behaviour),
    /** Breaks the answers that match until it is healed. */
    breakWith: (fault: z.input<typeof Fault>) => order('/faults', fault),
    heal: () => ask<unknown>(ready, 'DELETE', '/faults'),
    revokeToken: () => order('/tokens/write/revoke'),
    restoreToken: () => order('/tokens/write/restore'),
    /** Every call that was made so far, oldest first. */
    requests: () => ask<RequestEntry[]>(ready, 'GET', '/requests'),
  }
}
