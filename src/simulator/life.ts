import type { Random } from './random.ts'
import type { Connector, Tunnel, World } from './world.ts'

/**
 * What happens by itself: small, plausible events at the frequency of a real week compressed into
 * minutes. It only touches what a scene offers, so that a tunnel that shows one state goes on showing it.
 */

export type Life = {
  /** Milliseconds from one event to the next, on average. */
  everyMs: number
  /** Tunnels that anything may happen to. */
  lively: string[]
  /** Tunnels that lose and regain a connector every 20 to 40 seconds. */
  flapping: string[]
}

const versions = ['2026.8.779.0', '2026.9.558.0', '2026.10.118.0']
const nearby: Record<string, string[]> = {
  lhr: ['lhr13', 'lhr16', 'man02'],
  man: ['man02', 'lhr16'],
  dub: ['dub01', 'dub05'],
  fra: ['fra11', 'fra21', 'muc01'],
  ams: ['ams07', 'ams16'],
  cdg: ['cdg08', 'cdg13'],
  ewr: ['ewr05', 'iad08', 'bos01'],
  nrt: ['nrt08', 'nrt12'],
  kix: ['kix03', 'kix07'],
  sin: ['sin12', 'sin18'],
  jnb: ['jnb02', 'cpt02'],
  syd: ['syd06', 'syd08', 'mel02'],
  gru: ['gru15', 'gru21'],
}

/** More trouble than this at once would make a demo look broken. */
const mostTroubled = 2

export function startLife(world: World, random: Random, { everyMs, lively, flapping }: Life) {
  const troubled = new Set<string>()
  const alive = (tunnelId: string): Tunnel | null => {
    const tunnel = world.tunnels.get(tunnelId)
    return tunnel !== undefined && tunnel.deletedAt === null ? tunnel : null
  }
  const later = (ms: number, run: () => void) => world.schedule(Math.round(world.now() + ms), run)

  /** Loses a connector and brings it back, unless somebody else touched it in between. */
  function lose(connector: Connector, tunnel: Tunnel, forMs: number, before?: () => void) {
    world.kill(connector, tunnel)
    const { lostAt } = connector
    troubled.add(tunnel.id)
    later(forMs, () => {
      troubled.delete(tunnel.id)
      if (connector.lostAt !== lostAt || tunnel.deletedAt !== null) return
      before?.()
      world.revive(connector, tunnel)
    })
  }

  function move(connector: Connector) {
    const index = random.whole(0, connector.connections.length - 1)
    const from = connector.connections[index]?.colo ?? ''
    const choices = (nearby[from.slice(0, 3)] ?? []).filter((colo) => colo !== from)
    if (choices.length > 0) world.move(connector, random.pick(choices), index)
  }

  function happen() {
    const [tunnel] = lively.length === 0 ? [] : [alive(random.pick(lively))]
    const connected = tunnel ? world.connectedOf(tunnel) : []
    if (!tunnel || connected.length === 0) return
    const connector = random.pick(connected)
    const isActive = tunnel.ha && connector.role === 'active'
    const mayLose =
      connected.length > 1 &&
      connected.length === tunnel.connectors.length &&
      tunnel.failover === null &&
      !troubled.has(tunnel.id) &&
      troubled.size < mostTroubled
    const dice = random.next()

    if (dice < 0.05 && mayLose) {
      const [active] = world.activeOf(tunnel)
      if (active) lose(active, tunnel, random.between(40_000, 120_000))
    } else if (dice < 0.15 && mayLose && !isActive) {
      const known = versions.indexOf(connector.version)
      const next = versions[known + 1]
      // A new version means a restart; without one it is only a hiccup.
      lose(connector, tunnel, random.between(4_000, 15_000), () => {
        if (dice < 0.09 && known >= 0 && next !== undefined) connector.version = next
      })
    } else if (dice < 0.4 && connector.connections.length > 1 && !troubled.has(tunnel.id)) {
      world.dropConnection(connector)
      later(random.between(2_000, 6_000), () => world.reopen(connector))
    } else {
      move(connector)
    }
  }

  function beat() {
    // Waits between a third and three times the average keep it from looking like a metronome.
    const wait = -Math.log(1 - random.next()) * everyMs
    later(Math.min(Math.max(wait, everyMs / 3), everyMs * 3), () => {
      happen()
      beat()
    })
  }
  if (lively.length > 0) beat()

  for (const tunnelId of flapping) {
    const flap = () => {
      later(random.between(20_000, 40_000), () => {
        const tunnel = alive(tunnelId)
        const connected = tunnel ? world.connectedOf(tunnel) : []
        if (tunnel && connected.length > 1)
          lose(random.pick(connected), tunnel, random.between(4_000, 9_000))
        flap()
      })
    }
    flap()
  }
}
