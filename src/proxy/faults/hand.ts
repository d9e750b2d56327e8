/** The hand that plays fate in a simulated Cloudflare, whichever process has started it. */

type WorldConnector = { id: string; haStatus: string; connected: boolean }
export type WorldTunnel = {
  id: string
  accountId: string
  name: string
  deleted: boolean
  connectors: WorldConnector[]
}
export type Ready = {
  baseUrl: string
  control: string
  accounts: string[]
  token: string
  readToken: string
}
/** As the simulator's log has it; `at` is the machine's clock. */
export type UpstreamRequest = {
  n: number
  at: number
  method: string
  path: string
  token: string
  status: number | null
  body?: string
}

/** As JSON a world says where it is, so that another process than the one that ends it can enter it. */
export function enterWorld(ready: Ready, end: () => Promise<unknown> = async () => {}) {
  async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${ready.control}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} /__simulator${path}: ${answer.status} ${text}`)
    return JSON.parse(text) as T
  }
  const order = (path: string, body: unknown = {}) => ask<unknown>('POST', path, body)
  const state = () => ask<{ now: number; tunnels: WorldTunnel[] }>('GET', '/state')

  const tunnel = async (tunnelId: string) => {
    const found = (await state()).tunnels.find((one) => one.id === tunnelId)
    if (!found) throw new Error(`The world has no tunnel ${tunnelId}.`)
    return found
  }

  return {
    ...ready,
    end,
    order,
    state,
    tunnel,
    /** A new tunnel with its connectors, the first of which is active. */
    async addTunnel(name: string, connectors = 2, accountId?: string) {
      const body = { name, connectors, ...(accountId ? { accountId } : {}) }
      const { id } = await ask<{ id: string }>('POST', '/tunnels', body)
      const { connectors: made } = await tunnel(id)
      return { tunnelId: id, connectorIds: made.map((one) => one.id) }
    },
    breakWith: async (fault: Record<string, unknown>) =>
      (await ask<{ id: string }>('POST', '/faults', fault)).id,
    /** Takes one fault away; `heal` takes all. */
    mend: (faultId: string) => ask<unknown>('DELETE', `/faults/${faultId}`),
    heal: () => ask<unknown>('DELETE', '/faults'),
    requests: () => ask<UpstreamRequest[]>('GET', '/requests'),
    /** As at the start: nothing broken, tokens valid, nothing spent, no tunnels, an empty log. */
    async reset() {
      for (const { id, deleted } of (await state()).tunnels) {
        if (!deleted) await order(`/tunnels/${id}/delete`)
      }
      await order('/rate-limit', { limit: 1200, windowMs: 300_000 })
      await ask('DELETE', '/faults')
      await order('/failover', { mode: 'normal', demoteMs: 500, promoteMs: 1500 })
      await order('/guesses')
      await order('/clock', { offsetMs: 0 })
      for (const token of ['read', 'write']) await order(`/tokens/${token}/restore`)
      await ask('DELETE', '/requests')
    },
  }
}
