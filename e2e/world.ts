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

export type World = Awaited<ReturnType<typeof startWorld>>

/**
 * Nothing happens by itself (`--life off`), and the same seed gives the same ids.
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
  const program = start('simulator', [
    ...`--port 0 --life off --scene ${scene} --seed ${seed} --parent-pipe`.split(' '),
    ...args,
  ])
  const ready = JSON.parse(await program.line(/"ready":true/)) as Ready

  async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${ready.control}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    expect(answer.ok, `${method} /__simulator${path}: ${text}`).toBe(true)
    return JSON.parse(text) as T
  }
  const order = (path: string, body: unknown = {}) => ask<unknown>('POST', path, body)

  const tunnels = async () => (await ask<{ tunnels: WorldTunnel[] }>('GET', '/state')).tunnels
  /** A live tunnel by its name. */
  async function tunnel(name: string): Promise<WorldTunnel> {
    const found = (await tunnels()).find((one) => one.name === name && !one.deleted)
    if (!found) throw new Error(`The world has no tunnel named ${name}.`)
    return found
  }

  return {
    ...ready,
    output: program.output,
    end: () => program.end('SIGKILL'),
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
      ask<{ id: string }>('POST', '/tunnels', { name, connectors }),
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
    heal: () => ask<unknown>('DELETE', '/faults'),
    revokeToken: () => order('/tokens/write/revoke'),
    restoreToken: () => order('/tokens/write/restore'),
    /** Every call that was made so far, oldest first. */
    requests: () => ask<RequestEntry[]>('GET', '/requests'),
  }
}
