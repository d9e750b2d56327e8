import type { Random } from './random.ts'

/**
 * The rules: tunnels, connectors, connections, who is active and what happens next. No I/O and no
 * timers: whoever looks says what time it is (`advance`), and everything that was due by then happens
 * in order. The same seed and the same calls give the same world.
 */

export type Connection = { id: string; colo: string; openedAt: number }

export type Connector = {
  id: string
  tunnelId: string
  arch: string
  version: string
  features: string[]
  runAt: number
  /** Where its connections go when they are opened: one entry for each connection it should have. */
  colos: string[]
  originIp: string
  /** None: the connector is lost. */
  connections: Connection[]
  /** Those that it had when it was last lost. */
  lostConnections: Connection[]
  /** Its part while it is connected; a lost one is `offline` whatever stands here. */
  role: 'active' | 'passive'
  lostAt: number | null
}

export type HaConfiguration = {
  mode: 'none' | 'disabled' | 'aws' | 'local'
  /** As it was put: `{fnr_id}` or `{vips, vips_previous?}`; null for the other modes. */
  config: Record<string, unknown> | null
  version: number
  createdAt: number
  updatedAt: number | null
}

export type Tunnel = {
  id: string
  accountId: string
  name: string
  /** Fixed at creation. */
  ha: boolean
  createdAt: number
  deletedAt: number | null
  metadata: unknown
  secret: string
  configuration: HaConfiguration
  connectors: Connector[]
  /** Stretches with at least one connection, oldest first; the last one is open while connected. */
  activity: { from: number; to: number | null }[]
  /** An automatic promotion is on its way. */
  promotionDue: boolean
  /** The manual failover on its way. A later one takes its place. */
  failover: { targetId: string } | null
  /** Nobody is promoted before this time. */
  heldUntil: number
}

export type Status = 'inactive' | 'healthy' | 'degraded' | 'down'

/** How a manual failover goes. Times count from the request. */
export type FailoverBehaviour = {
  mode: 'normal' | 'never' | 'flip-back' | 'other' | 'refuse'
  demoteMs?: number | undefined
  promoteMs?: number | undefined
  /** For `refuse`: what is answered. */
  status?: number | undefined
  code?: number | undefined
  message?: string | undefined
}

/** What nobody published, and which way this world has it: a client must be right either way. */
export type Guesses = {
  /** What `total_count` of a listing counts: what its filters leave, or every tunnel of the account. */
  totalCount: 'filtered' | 'all'
  /** Whether a lost connector's connections go at once, or stay in answers for as long as it is listed. */
  lostConns: 'gone' | 'linger'
  /** The HA mode of a tunnel that is made without HA. */
  modeWithoutHa: 'disabled' | 'none'
  /** Whose the tokens are, which decides which of the two verify addresses knows them. */
  tokensOf: 'account' | 'user'
  /** How the other one answers. */
  verifyElsewhere: 401 | 403 | 404
}

export const usualGuesses: Guesses = {
  totalCount: 'filtered',
  lostConns: 'gone',
  modeWithoutHa: 'disabled',
  tokensOf: 'account',
  verifyElsewhere: 401,
}

export type ConnectorSeed = {
  id?: string
  colos: string[]
  originIp: string
  version?: string
  arch?: string
  features?: string[]
  runAt?: number
  /** Fewer than `colos` leaves it short of connections; 0 makes it a lost one. */
  open?: number
  role?: 'active' | 'passive'
}

export type TunnelSeed = {
  id?: string
  accountId: string
  name: string
  ha: boolean
  createdAt?: number
  deletedAt?: number
  metadata?: unknown
  configuration?: { mode: HaConfiguration['mode']; config: HaConfiguration['config'] }
  connectors?: ConnectorSeed[]
  /** Since when somebody is connected, if longer than the connectors of now. */
  activeSince?: number
  /** When it lost its last connection, for one that ran before. */
  lostAt?: number
}

/** How long Cloudflare goes on listing a connector that it lost: "several minutes". */
export const lingerMs = 5 * 60_000
/** How long an automatic promotion takes: "typically seconds". */
export const promotionMs = [2_000, 6_000] as const

const latestVersion = '2026.9.558.0'

export type World = ReturnType<typeof createWorld>

export function createWorld({ random, startAt }: { random: Random; startAt: number }) {
  let time = startAt
  let order = 0
  /** Sorted by time, then by the order of scheduling; next one last. */
  const queue: { at: number; order: number; run: () => void }[] = []
  const tunnels = new Map<string, Tunnel>()
  const connectors = new Map<string, { connector: Connector; tunnel: Tunnel }>()
  const behaviours = new Map<string, FailoverBehaviour>()
  const accounts: string[] = []
  const guesses = { ...usualGuesses }
  let watcher: ((tunnelId: string) => void) | null = null

  /** What the API answers of this tunnel may differ from now on. */
  const touch = (tunnelId: string) => watcher?.(tunnelId)

  /** Lets `run` happen at `at`. */
  function schedule(at: number, run: () => void) {
    const entry = { at: Math.max(at, time), order: order++, run }
    let low = 0
    let high = queue.length
    while (low < high) {
      const middle = (low + high) >> 1
      // A new entry goes in front of those that are due with it or earlier, as they come off the end.
      if ((queue[middle]?.at ?? 0) > entry.at) low = middle + 1
      else high = middle
    }
    queue.splice(low, 0, entry)
  }

  /** Makes everything happen that is due until `to`, epoch milliseconds. Going back changes nothing. */
  function advance(to: number) {
    for (let next = queue.at(-1); next !== undefined && next.at <= to; next = queue.at(-1)) {
      queue.pop()
      time = next.at
      next.run()
    }
    time = Math.max(time, to)
  }

  const isConnected = (connector: Connector) => connector.connections.length > 0
  /** What Cloudflare lists of its connections. */
  const connsOf = (connector: Connector) =>
    isConnected(connector) || guesses.lostConns === 'gone'
      ? connector.connections
      : connector.lostConnections
  const connectedOf = (tunnel: Tunnel) => tunnel.connectors.filter(isConnected)
  const activeOf = (tunnel: Tunnel) =>
    connectedOf(tunnel).filter((connector) => connector.role === 'active')
  /** What Cloudflare still lists: the connected ones, and lost ones for a while. */
  const listed = (tunnel: Tunnel) =>
    tunnel.deletedAt === null
      ? tunnel.connectors.filter(
          (connector) =>
            isConnected(connector) ||
            (connector.lostAt ?? Number.NEGATIVE_INFINITY) > time - lingerMs,
        )
      : []

  function statusOf(tunnel: Tunnel): Status {
    if (tunnel.activity.length === 0) return 'inactive'
    if (connectedOf(tunnel).length === 0) return 'down'
    const whole = listed(tunnel).every(
      (connector) => connector.connections.length >= connector.colos.length,
    )
    return whole ? 'healthy' : 'degraded'
  }

  function open(connector: Connector) {
    for (const colo of connector.colos.slice(connector.connections.length))
      connector.connections.push({ id: random.uuid(), colo, openedAt: time })
    connector.lostAt = null
  }

  function makeActive(tunnel: Tunnel, target: Connector | null) {
    for (const connector of tunnel.connectors)
      connector.role = connector === target ? 'active' : 'passive'
    touch(tunnel.id)
  }

  /** Draws the consequences after anything changed: activity, and a promotion if nobody is active. */
  function settle(tunnel: Tunnel) {
    touch(tunnel.id)
    const connected = tunnel.deletedAt === null && connectedOf(tunnel).length > 0
    const last = tunnel.activity.at(-1)
    if (connected && (last === undefined || last.to !== null)) {
      tunnel.activity.push({ from: time, to: null })
      if (tunnel.activity.length > 500) tunnel.activity.shift()
    }
    if (!connected && last !== undefined && last.to === null) last.to = time

    const mayPromote =
      connected &&
      tunnel.ha &&
      tunnel.configuration.mode !== 'disabled' &&
      tunnel.failover === null &&
      activeOf(tunnel).length === 0
    if (!mayPromote || tunnel.promotionDue) return
    tunnel.promotionDue = true
    const dueAt = Math.max(time + random.between(...promotionMs), tunnel.heldUntil)
    schedule(Math.round(dueAt), () => {
      tunnel.promotionDue = false
      const stillWanted =
        tunnel.deletedAt === null &&
        tunnel.configuration.mode !== 'disabled' &&
        tunnel.failover === null &&
        activeOf(tunnel).length === 0
      if (stillWanted && time >= tunnel.heldUntil) {
        // Which passive one Cloudflare takes is not documented: here the one that runs longest.
        const [candidate] = connectedOf(tunnel).toSorted((a, b) => a.runAt - b.runAt)
        if (candidate !== undefined) makeActive(tunnel, candidate)
      }
      settle(tunnel)
    })
  }

  function addConnector(tunnel: Tunnel, seed: ConnectorSeed): Connector {
    const connector: Connector = {
      id: seed.id ?? random.uuid(),
      tunnelId: tunnel.id,
      arch: seed.arch ?? 'linux_amd64',
      version: seed.version ?? latestVersion,
      features: seed.features ?? ['masque', 'ha'],
      runAt: seed.runAt ?? time,
      colos: [...seed.colos],
      originIp: seed.originIp,
      connections: [],
      lostConnections: [],
      role: seed.role ?? 'passive',
      lostAt: null,
    }
    const openCount = seed.open ?? seed.colos.length
    for (const colo of connector.colos.slice(0, openCount))
      connector.connections.push({ id: random.uuid(), colo, openedAt: connector.runAt })
    if (openCount === 0) connector.lostAt = seed.runAt ?? time
    tunnel.connectors.push(connector)
    connectors.set(connector.id, { connector, tunnel })
    return connector
  }

  /** All connections gone: offline at once, and no longer listed after a while. */
  function lose(connector: Connector, tunnel: Tunnel) {
    connector.lostConnections = connector.connections
    connector.connections = []
    connector.lostAt = time
    connector.role = 'passive'
    schedule(time + lingerMs, () => touch(tunnel.id))
    settle(tunnel)
  }

  return {
    now: () => time,
    advance,
    schedule,
    /** Tells `listener` of every tunnel that something happened to, as it happens; null ends it. */
    watch: (listener: ((tunnelId: string) => void) | null) => {
      watcher = listener
    },
    accounts,
    tunnels,
    behaviours,
    guesses,
    isConnected,
    connsOf,
    connectedOf,
    activeOf,
    listed,
    statusOf,

    /** The tunnels of an account, newest first. */
    tunnelsOf: (accountId: string) =>
      [...tunnels.values()]
        .filter((tunnel) => tunnel.accountId === accountId)
        .toSorted((a, b) => b.createdAt - a.createdAt),
    connector: (connectorId: string) => connectors.get(connectorId),
    /** Names are unique among the live tunnels of an account. */
    nameTaken: (accountId: string, name: string, exceptId?: string) =>
      [...tunnels.values()].some(
        (tunnel) =>
          tunnel.name === name &&
          tunnel.accountId === accountId &&
          tunnel.deletedAt === null &&
          tunnel.id !== exceptId,
      ),

    addTunnel(seed: TunnelSeed): Tunnel {
      const tunnel: Tunnel = {
        id: seed.id ?? random.uuid(),
        accountId: seed.accountId,
        name: seed.name,
        ha: seed.ha,
        createdAt: seed.createdAt ?? time,
        deletedAt: seed.deletedAt ?? null,
        metadata: seed.metadata ?? {},
        secret: random.base64(32),
        configuration: {
          mode: seed.configuration?.mode ?? (seed.ha ? 'none' : guesses.modeWithoutHa),
          config: seed.configuration?.config ?? null,
          version: seed.configuration === undefined ? 1 : 2,
          createdAt: seed.createdAt ?? time,
          updatedAt: seed.configuration === undefined ? null : (seed.createdAt ?? time) + 90_000,
        },
        connectors: [],
        activity: [],
        promotionDue: false,
        failover: null,
        heldUntil: 0,
      }
      tunnels.set(tunnel.id, tunnel)
      for (const connector of seed.connectors ?? []) addConnector(tunnel, connector)
      const began =
        seed.activeSince ?? Math.min(...tunnel.connectors.map((connector) => connector.runAt))
      if (seed.lostAt !== undefined)
        tunnel.activity.push({ from: tunnel.createdAt, to: seed.lostAt })
      else if (connectedOf(tunnel).length > 0) tunnel.activity.push({ from: began, to: null })
      settle(tunnel)
      return tunnel
    },

    /** A connector that joins: passive, and promoted like any other if nobody is active. */
    join(tunnel: Tunnel, seed: ConnectorSeed): Connector {
      const connector = addConnector(tunnel, seed)
      settle(tunnel)
      return connector
    },

    /** All connections gone: offline at once, and a passive one is promoted after some seconds. */
    kill(connector: Connector, tunnel: Tunnel) {
      if (isConnected(connector)) lose(connector, tunnel)
    },

    /** Taken out of service: lost, and never coming back. */
    retire(connector: Connector, tunnel: Tunnel) {
      if (isConnected(connector)) lose(connector, tunnel)
      schedule(time + lingerMs, () => {
        tunnel.connectors = tunnel.connectors.filter((other) => other !== connector)
        connectors.delete(connector.id)
      })
    },

    /** Returns as passive: there is no fail-back. */
    revive(connector: Connector, tunnel: Tunnel) {
      if (isConnected(connector)) return
      connector.runAt = time
      connector.role = 'passive'
      open(connector)
      settle(tunnel)
    },

    /** Like `revive`, of one whose network was away while it went on running. */
    reconnect(connector: Connector, tunnel: Tunnel) {
      if (isConnected(connector)) return
      connector.role = 'passive'
      open(connector)
      settle(tunnel)
    },

    /** One connection closes and opens at another data centre. */
    move(connector: Connector, colo: string, index = 0) {
      const connection = connector.connections[index]
      if (connection === undefined) return
      connector.colos[index] = colo
      connector.connections[index] = { id: random.uuid(), colo, openedAt: time }
      touch(connector.tunnelId)
    },

    /** One connection closes; the connector stays as long as it has another one. */
    dropConnection(connector: Connector) {
      if (connector.connections.length < 2) return
      connector.connections.pop()
      touch(connector.tunnelId)
    },
    /** Opens the connections that are missing. A lost connector stays lost. */
    reopen(connector: Connector) {
      if (!isConnected(connector)) return
      open(connector)
      touch(connector.tunnelId)
    },

    /** A new version takes over without losing the role. */
    upgrade(connector: Connector, version: string) {
      connector.version = version
      touch(connector.tunnelId)
      if (!isConnected(connector)) return
      connector.runAt = time
      connector.connections = []
      open(connector)
    },

    rename(tunnel: Tunnel, name: string) {
      tunnel.name = name
      touch(tunnel.id)
    },
    setSecret(tunnel: Tunnel, secret: string) {
      tunnel.secret = secret
    },
    setMetadata(tunnel: Tunnel, metadata: unknown) {
      tunnel.metadata = metadata
      touch(tunnel.id)
    },
    /** Deletes it, connected or not: whether it may be is the caller's question. */
    remove(tunnel: Tunnel) {
      if (tunnel.deletedAt !== null) return
      tunnel.deletedAt = time
      tunnel.failover = null
      for (const connector of tunnel.connectors) connector.connections = []
      settle(tunnel)
    },

    configure(tunnel: Tunnel, mode: HaConfiguration['mode'], config: HaConfiguration['config']) {
      const { version, createdAt } = tunnel.configuration
      tunnel.configuration = { mode, config, version: version + 1, createdAt, updatedAt: time }
      settle(tunnel)
    },

    /** Roles swap at once, with nobody having asked through the API. */
    swap(tunnel: Tunnel, connectorId?: string) {
      const connected = connectedOf(tunnel)
      const target =
        connected.find((connector) => connector.id === connectorId) ??
        connected.find((connector) => connector.role === 'passive')
      if (target !== undefined) makeActive(tunnel, target)
    },

    /** Nobody is active for so long, whatever is connected. */
    holdWithoutActive(tunnel: Tunnel, forMs: number) {
      tunnel.heldUntil = time + forMs
      makeActive(tunnel, null)
      settle(tunnel)
    },

    /** Two are active for so long: a fault of Cloudflare's that should never be seen. */
    makeBothActive(tunnel: Tunnel, forMs: number) {
      const second = connectedOf(tunnel).find((connector) => connector.role === 'passive')
      if (second === undefined) return
      second.role = 'active'
      touch(tunnel.id)
      schedule(time + forMs, () => {
        if (activeOf(tunnel).length > 1) second.role = 'passive'
        settle(tunnel)
      })
    },

    /** How a failover of this tunnel will go. */
    behaviourOf: (tunnel: Tunnel): FailoverBehaviour =>
      behaviours.get(tunnel.id) ?? behaviours.get('*') ?? { mode: 'normal' },

    /**
     * Starts a manual failover to a connected connector: the old one steps down first, for a moment
     * nobody is active, then the target is. Asking for the one that is active already changes nothing.
     */
    failOver(tunnel: Tunnel, target: Connector, behaviour: FailoverBehaviour) {
      const [before] = activeOf(tunnel)
      if (behaviour.mode === 'never' || before === target) return
      const run = { targetId: target.id }
      const demoteMs = behaviour.demoteMs ?? random.between(300, 1_500)
      const promoteMs = Math.max(
        demoteMs,
        behaviour.promoteMs ?? demoteMs + random.between(200, 2_500),
      )
      const third = connectedOf(tunnel).find(
        (connector) => connector !== target && connector !== before,
      )
      const chosen = behaviour.mode === 'other' ? (third ?? before ?? target) : target
      const isCurrent = () => tunnel.failover === run && tunnel.deletedAt === null
      tunnel.failover = run
      schedule(Math.round(time + demoteMs), () => {
        if (isCurrent()) makeActive(tunnel, null)
      })
      schedule(Math.round(time + promoteMs), () => {
        if (!isCurrent()) return
        tunnel.failover = null
        if (isConnected(chosen)) makeActive(tunnel, chosen)
        settle(tunnel)
        if (behaviour.mode !== 'flip-back' || before === undefined) return
        schedule(time + 3_000, () => {
          if (isConnected(before) && tunnel.failover === null) makeActive(tunnel, before)
        })
      })
    },
  }
}
