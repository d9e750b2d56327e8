import type { Random } from './random.ts'
import type { Connector, Tunnel, World } from './world.ts'

/**
 * What happens by itself: small, plausible events, of a real week in `startCalm`, compressed into minutes
 * in `startLife`. It only touches what a scene offers, so that a tunnel that shows one state goes on showing it.
 */

export type Life = {
  /** Milliseconds from one event to the next, on average. */
  everyMs: number
  /** Tunnels that anything may happen to. */
  lively: string[]
  /** Tunnels that lose and regain a connector every 20 to 40 seconds. */
  flapping: string[]
}

/** What happens to one tunnel of a quiet estate, each so many times in a week on average. */
export type Calm = {
  tunnelId: string
  lostActive: number
  lostStandby: number
  dropped: number
  moved: number
}

const versions = ['2026.8.779.0', '2026.9.558.0', '2026.10.118.0']
const nearby: Record<string, string[]> = {
  lhr: ['lhr13', 'lhr16', 'man02'],
  man: ['man02', 'lhr16'],
  dub: ['dub01', 'dub05'],
  fra: ['fra11', 'fra21', 'muc01'],
  muc: ['fra11', 'fra21'],
  ams: ['ams07', 'ams16'],
  cdg: ['cdg08', 'cdg13'],
  ewr: ['ewr05', 'iad08', 'bos01'],
  iad: ['ewr05', 'bos01'],
  bos: ['ewr05', 'iad08'],
  nrt: ['nrt08', 'nrt12'],
  kix: ['kix03', 'kix07'],
  sin: ['sin12', 'sin18'],
  jnb: ['jnb02', 'cpt02'],
  cpt: ['jnb02'],
  syd: ['syd06', 'syd08', 'mel02'],
  mel: ['syd06', 'syd08'],
  gru: ['gru15', 'gru21'],
  gig: ['gru15', 'gru21'],
}

/** More trouble than this at once would make a demo look broken. */
const mostTroubled = 2

function createHand(world: World, random: Random) {
  /** Tunnels that life itself has in trouble. */
  const troubled = new Set<string>()

  const later = (ms: number, run: () => void) => world.schedule(Math.round(world.now() + ms), run)

  function alive(tunnelId: string): Tunnel | null {
    const tunnel = world.tunnels.get(tunnelId)
    return tunnel !== undefined && tunnel.deletedAt === null ? tunnel : null
  }

  /** Whether a connector may go without taking the tunnel down or more than a few into trouble. */
  const maySpare = (tunnel: Tunnel) =>
    tunnel.connectors.length > 1 &&
    tunnel.connectors.every(world.isConnected) &&
    tunnel.failover === null &&
    !troubled.has(tunnel.id) &&
    troubled.size < mostTroubled

  /** Loses a connector and brings it back, unless somebody else touched it in between. */
  function lose(connector: Connector, tunnel: Tunnel, forMs: number, back = world.revive) {
    world.kill(connector, tunnel)
    const { lostAt } = connector
    troubled.add(tunnel.id)
    later(forMs, () => {
      troubled.delete(tunnel.id)
      if (connector.lostAt === lostAt && tunnel.deletedAt === null) back(connector, tunnel)
    })
  }

  /** One of many connections closes and is opened again. */
  function drop(connector: Connector, tunnel: Tunnel) {
    if (connector.connections.length < 2 || troubled.has(tunnel.id)) return false
    world.dropConnection(connector)
    later(random.between(2_000, 6_000), () => world.reopen(connector))
    return true
  }

  function move(connector: Connector) {
    const index = random.whole(0, connector.connections.length - 1)
    const from = connector.connections[index]?.colo ?? ''
    const choices = (nearby[from.slice(0, 3)] ?? []).filter((colo) => colo !== from)
    if (choices.length > 0) world.move(connector, random.pick(choices), index)
  }

  return { later, alive, maySpare, lose, drop, move }
}

export function startLife(world: World, random: Random, { everyMs, lively, flapping }: Life) {
  const { later, alive, maySpare, lose, drop, move } = createHand(world, random)

  function happen() {
    const [tunnel] = lively.length === 0 ? [] : [alive(random.pick(lively))]
    const connected = tunnel ? world.connectedOf(tunnel) : []
    if (!tunnel || connected.length === 0) return
    const connector = random.pick(connected)
    const isActive = tunnel.ha && connector.role === 'active'
    const mayLose = maySpare(tunnel)
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
        world.revive(connector, tunnel)
      })
    } else if (dice >= 0.4 || !drop(connector, tunnel)) {
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

const weekMs = 7 * 24 * 3_600_000

/**
 * The life of a quiet estate. What is lost comes back by itself and went on running meanwhile: its
 * network was away.
 *
 * @param mayTouch whether life may have a tunnel from one moment to another: a story may need it
 */
export function startCalm(
  world: World,
  random: Random,
  tunnels: Calm[],
  mayTouch: (tunnelId: string, from: number, to: number) => boolean,
) {
  const { later, alive, maySpare, lose, drop, move } = createHand(world, random)

  /** Calls `run` so many times in a week, at no regular times. */
  function often(perWeek: number, run: () => void) {
    if (perWeek <= 0) return
    later(-Math.log(1 - random.next()) * (weekMs / perWeek), () => {
      run()
      often(perWeek, run)
    })
  }

  /** Mostly a minute, sometimes some, rarely so long that Cloudflare no longer lists it. */
  function absenceMs() {
    const dice = random.next()
    if (dice < 0.72) return random.between(12_000, 90_000)
    return dice < 0.96 ? random.between(100_000, 280_000) : random.between(1_200_000, 3_000_000)
  }

  for (const { tunnelId, lostActive, lostStandby, dropped, moved } of tunnels) {
    const touch = (forMs: number, run: (tunnel: Tunnel, connected: Connector[]) => void) => {
      const tunnel = alive(tunnelId)
      const connected = tunnel ? world.connectedOf(tunnel) : []
      const isFree = mayTouch(tunnelId, world.now(), world.now() + forMs)
      if (tunnel && connected.length > 0 && isFree) run(tunnel, connected)
    }
    const loseOne = (role: Connector['role']) => {
      const forMs = absenceMs()
      touch(forMs, (tunnel, connected) => {
        const some = connected.filter((connector) => connector.role === role)
        if (some.length > 0 && maySpare(tunnel))
          lose(random.pick(some), tunnel, forMs, world.reconnect)
      })
    }
    often(lostActive, () => loseOne('active'))
    often(lostStandby, () => loseOne('passive'))
    often(dropped, () => touch(10_000, (tunnel, connected) => drop(random.pick(connected), tunnel)))
    often(moved, () => touch(0, (_, connected) => move(random.pick(connected))))
  }
}
