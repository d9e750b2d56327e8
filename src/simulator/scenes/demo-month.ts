import { type Calm, startCalm } from '../life.ts'
import type { Connector, Tunnel, TunnelSeed, World } from '../world.ts'
import type { Cast, CastMember } from './demo-cast.ts'
import { day, hour, minute, type Past } from './scene.ts'

/**
 * How the demo's tunnels came to be as they are: a quiet month with two outages, a flapping evening,
 * people who fail over, a new version everywhere, and a night in which nobody watched. It ends in the
 * scene as it is without a past. In a past that is shorter than a month, what would have happened before
 * it either has happened already (a name, a version) or is left out (an outage).
 */

/** Life by itself ends this long before the past does, with everything back that it took. */
const restMs = 15 * minute
/** No life this close to a scene of the story. */
const aroundMs = 5 * minute

const previousVersion: Record<string, string> = {
  '2026.9.558.0': '2026.8.779.0',
  '2026.8.779.0': '2026.7.402.0',
}

/** When each got its new version, days before the end and time of the day, and who handed over. */
const roll: [keyof Cast, daysAgo: number, hour: number, minute: number, by: string | null][] = [
  ['dublin', 13, 9, 10, 'Ana'],
  ['london', 12, 9, 5, 'Jonas'],
  ['saoPaulo', 12, 13, 30, null],
  ['frankfurt', 11, 9, 0, 'Ana'],
  ['amsterdam', 11, 14, 40, null],
  ['newYork', 10, 14, 15, null],
  ['sydney', 10, 22, 20, 'Mei'],
  ['paris', 9, 12, 45, null],
  ['singapore', 9, 2, 10, null],
  ['tokyo', 8, 1, 20, 'Mei'],
  ['johannesburg', 8, 6, 30, null],
]

/** How often something happens to whom in a week: lost active, lost standby, dropped, moved. */
const calm: [keyof Cast, number, number, number, number][] = [
  ['london', 2.7, 0.5, 1, 1.5],
  ['dublin', 2.4, 0.5, 1, 2],
  ['frankfurt', 3, 0.7, 1, 1.5],
  ['amsterdam', 3.4, 1, 2, 0],
  ['newYork', 3, 0.8, 1, 3],
  ['tokyo', 3.4, 0.6, 1, 2],
  ['singapore', 2.4, 0.8, 2, 4],
  ['johannesburg', 0, 0, 2, 5],
  ['sydney', 4, 1.5, 1.5, 3],
  ['saoPaulo', 2.8, 0.7, 1, 2],
  ['paris', 3, 0.8, 1, 3],
]

export function tellMonth(world: World, cast: Cast, { ms, random, tape }: Past) {
  const startAt = world.now()
  const endsAt = startAt + ms
  const midnight = endsAt - (endsAt % day)
  /** UTC, some second of that minute. */
  const at = (daysAgo: number, hours: number, minutes: number) =>
    midnight - daysAgo * day + hours * hour + minutes * minute + random.whole(0, 59_999)
  const soon = (ms: number, run: () => void) => world.schedule(Math.round(world.now() + ms), run)

  /** Stretches in which the story has a tunnel for itself. */
  const reserved: { tunnelId: string; from: number; to: number }[] = []
  const reserve = (member: CastMember, from: number, to: number) =>
    reserved.push({ tunnelId: member.id, from: from - aroundMs, to: to + aroundMs })

  const tunnelOf = ({ id }: CastMember): Tunnel => {
    const tunnel = world.tunnels.get(id)
    if (tunnel === undefined) throw new Error(`no tunnel ${id}`)
    return tunnel
  }

  /** Passes and leaves nothing behind: left out when it lies before the past. */
  function episode(
    member: CastMember,
    from: number,
    lastsMs: number,
    run: (tunnel: Tunnel) => void,
  ) {
    if (from < Math.max(startAt, member.createdAt)) return
    reserve(member, from, from + lastsMs)
    world.schedule(from, () => run(tunnelOf(member)))
  }

  const passiveOf = (tunnel: Tunnel) =>
    world.connectedOf(tunnel).find((connector) => connector.role === 'passive')

  /** A person asks for a failover; for some seconds nobody is active. */
  function handOver(tunnel: Tunnel, by: string, target = passiveOf(tunnel)) {
    const [from] = world.activeOf(tunnel)
    if (from === undefined || target === undefined || from === target) return
    tape.failover({ tunnelId: tunnel.id, fromId: from.id, toId: target.id, by })
    const demoteMs = random.between(600, 1_500)
    const promoteMs = demoteMs + random.between(2_500, 6_500)
    world.failOver(tunnel, target, { mode: 'normal', demoteMs, promoteMs })
  }

  function restart(connector: Connector, tunnel: Tunnel, version: string) {
    world.kill(connector, tunnel)
    soon(random.between(6_000, 14_000), () => {
      connector.version = version
      world.revive(connector, tunnel)
    })
  }

  const [gapFrom, gapTo] = [at(18, 22, 38), at(17, 7, 31)]
  const renamedAt = at(20, 14, 2)
  const configuredAt = at(16, 10, 5)
  const standbyDiedAt = at(11, 5, 40)
  const replacedAt = cast.frankfurt.connectors[2]?.runAt ?? 0
  const [standbyId, replacedId] = [random.uuid(), random.uuid()]
  const rolledAt = new Map(roll.map(([name, ...when]) => [name, at(when[0], when[1], when[2])]))

  for (const name of Object.keys(cast) as (keyof Cast)[]) enter(name)
  for (const [name, , , , by] of roll) rollOut(cast[name], rolledAt.get(name) ?? 0, by)
  changes()
  outages()
  failovers()
  flappingEvening()
  lastDays()
  if (gapFrom >= startAt) tape.gap(gapFrom, gapTo)
  live()

  /** As it was at the beginning, or will be when it is created. */
  function formerly(name: keyof Cast): TunnelSeed {
    const { lostAt: _, activeSince: __, ...member } = cast[name]
    const isNew = startAt >= (rolledAt.get(name) ?? 0)
    const versionThen = (version = '') => (isNew ? version : (previousVersion[version] ?? version))
    const ranMs = Math.min((startAt - member.createdAt) * random.between(0.1, 0.6), 40 * day)
    const connectors = member.connectors.map((seed, index) => {
      const { open: _, ...whole } = seed
      return {
        ...whole,
        version: versionThen(seed.version),
        runAt: Math.min(seed.runAt, Math.round(startAt - ranMs)),
        role: member.ha && index === 0 ? ('active' as const) : ('passive' as const),
      }
    })
    const [first] = connectors
    const third = connectors[2]
    if (name === 'singapore' && standbyDiedAt > startAt && first !== undefined)
      connectors.push({ ...first, id: standbyId, originIp: '192.0.2.78', role: 'passive' })
    if (name === 'singapore' && renamedAt > startAt)
      return { ...member, name: 'sin-warehouse', connectors }
    if (name === 'frankfurt' && third !== undefined && replacedAt > startAt)
      Object.assign(third, { id: replacedId, originIp: '198.51.100.200' })
    const { configuration: ___, ...unconfigured } = member
    const isConfigured = name !== 'dublin' || configuredAt <= startAt
    return { ...(isConfigured ? member : unconfigured), connectors }
  }

  /** Whoever is created later comes later, and its connectors some minutes after it. */
  function enter(name: keyof Cast) {
    const member = cast[name]
    if (member.deletedAt !== undefined) world.addTunnel(member)
    else if (member.createdAt <= startAt) world.addTunnel(formerly(name))
    else {
      const { createdAt } = member
      const { connectors = [], ...seed } = formerly(name)
      reserve(member, createdAt, createdAt + hour)
      world.schedule(createdAt, () => world.addTunnel(seed))
      for (const [index, { runAt: _, ...joining }] of connectors.entries())
        world.schedule(createdAt + (11 + 17 * index) * minute + random.whole(0, 59_999), () =>
          world.join(tunnelOf(member), joining),
        )
    }
  }

  /** Standbys first, then the active one, with or without a person handing over before. */
  function rollOut(member: CastMember, from: number, by: string | null) {
    episode(member, from, 40 * minute, (tunnel) => {
      const wanted = new Map(member.connectors.map(({ id, version = '' }) => [id, version]))
      const versionOf = ({ id, version }: Connector) => wanted.get(id) ?? version
      const [active] = tunnel.ha ? world.activeOf(tunnel) : []
      const others = world.connectedOf(tunnel).filter((connector) => connector !== active)
      const outdated = (connector: Connector) => versionOf(connector) !== connector.version
      for (const [index, connector] of others.filter(outdated).entries())
        soon(index * 6 * minute, () => restart(connector, tunnel, versionOf(connector)))
      if (active === undefined || !outdated(active)) return
      const handOverMs = (others.length * 6 + 2) * minute
      if (by !== null) soon(handOverMs, () => handOver(tunnel, by))
      soon(handOverMs + 4 * minute, () => restart(active, tunnel, versionOf(active)))
    })
  }

  /** A name, a configuration, a machine that died and one that was replaced. */
  function changes() {
    const { singapore, dublin, frankfurt } = cast
    if (renamedAt > startAt)
      world.schedule(renamedAt, () => world.rename(tunnelOf(singapore), singapore.name))
    if (configuredAt > startAt) {
      const { mode = 'none', config = null } = dublin.configuration ?? {}
      world.schedule(configuredAt, () => world.configure(tunnelOf(dublin), mode, config))
    }
    // Nobody has replaced it since.
    retire(singapore, standbyId, standbyDiedAt)
    const replacement = frankfurt.connectors[2]
    if (replacement === undefined || replacedAt <= startAt) return
    const { runAt: _, ...joining } = replacement
    retire(frankfurt, replacedId, replacedAt - 26 * minute)
    reserve(frankfurt, replacedAt, replacedAt)
    world.schedule(replacedAt, () => world.join(tunnelOf(frankfurt), joining))
  }

  function retire(member: CastMember, connectorId: string, diedAt: number) {
    reserve(member, diedAt, diedAt + hour / 2)
    world.schedule(diedAt, () => {
      const found = world.connector(connectorId)
      if (found !== undefined) world.retire(found.connector, found.tunnel)
    })
  }

  function outages() {
    const { tokyo, london, dublin, amsterdam, frankfurt } = cast

    // The site's power: 23 minutes.
    episode(tokyo, at(27, 3, 40), 24 * minute, (tunnel) => {
      for (const connector of tunnel.connectors) {
        soon(random.between(0, 2_000), () => world.kill(connector, tunnel))
        soon(23 * minute + random.between(0, 20_000), () => world.revive(connector, tunnel))
      }
    })

    // A carrier in the west of Europe: degraded for a while, gone for 1 h 40 m, and shaky afterwards.
    const from = at(4, 13, 5)
    for (const member of [london, dublin, amsterdam])
      episode(member, from - 18 * minute, 150 * minute, (tunnel) => {
        for (const connector of tunnel.connectors) {
          soon(random.between(0, 6 * minute), () => world.dropConnection(connector))
          soon(18 * minute + random.between(0, 40_000), () => world.kill(connector, tunnel))
          soon(118 * minute + random.between(0, 5 * minute), () => {
            world.reconnect(connector, tunnel)
            world.dropConnection(connector)
          })
          soon(random.between(130, 145) * minute, () => world.reopen(connector))
        }
      })
    episode(frankfurt, from - 9 * minute, 140 * minute, (tunnel) => {
      const [first] = tunnel.connectors
      const last = tunnel.connectors.at(-1)
      if (first === undefined || last === undefined) return
      world.dropConnection(first)
      soon(10 * minute, () => world.kill(last, tunnel))
      soon(112 * minute, () => world.reconnect(last, tunnel))
      soon(131 * minute, () => world.reopen(first))
    })
  }

  function failovers() {
    const { london, dublin, tokyo, amsterdam, newYork } = cast
    // A drill, and back.
    episode(london, at(25, 10, 0), 20 * minute, (tunnel) => {
      handOver(tunnel, 'Jonas')
      soon(18 * minute, () => handOver(tunnel, 'Jonas'))
    })
    // Out of the way of work on a machine.
    episode(dublin, at(22, 15, 20), 45 * minute, (tunnel) => {
      const [old] = world.activeOf(tunnel)
      handOver(tunnel, 'Ana')
      if (old === undefined) return
      soon(4 * minute, () => world.kill(old, tunnel))
      soon(42 * minute, () => world.revive(old, tunnel))
    })
    episode(tokyo, at(14, 1, 30), minute, (tunnel) => handOver(tunnel, 'Mei'))
    // Somebody at Cloudflare's own dashboard.
    episode(newYork, at(7, 16, 40), minute, (tunnel) => world.swap(tunnel))
    // To the connector that is the cheaper one after the outage, wherever it stands.
    episode(amsterdam, at(4, 16, 30), minute, (tunnel) => handOver(tunnel, 'Jonas'))
  }

  function flappingEvening() {
    const { sydney } = cast
    const from = at(6, 18, 20)
    const lastsMs = 200 * minute
    episode(sydney, from, lastsMs + 20 * minute, (tunnel) => {
      const flap = () => {
        if (world.now() > from + lastsMs) return
        const connected = world.connectedOf(tunnel)
        if (connected.length > 1) {
          const connector = random.pick(connected)
          world.kill(connector, tunnel)
          soon(random.between(5_000, 14_000), () => world.reconnect(connector, tunnel))
        }
        soon(random.between(50_000, 140_000), flap)
      }
      flap()
      soon(lastsMs + 15 * minute, () => handOver(tunnel, 'Mei'))
    })
  }

  /** What makes the scene what it is: one that is short of connections, and one that is down. */
  function lastDays() {
    const { saoPaulo, paris } = cast
    const shortAt = at(5, 11, 32)
    const short = saoPaulo.connectors.find((seed) => seed.open !== undefined)
    if (short?.open === undefined) return
    const missing = short.colos.length - short.open
    reserve(saoPaulo, shortAt, endsAt)
    world.schedule(shortAt, () => {
      const connector = world.connector(short.id)?.connector
      for (let count = 0; connector && count < missing; count += 1) world.dropConnection(connector)
    })

    const [last, first] = paris.connectors
    if (last === undefined || first === undefined) return
    reserve(paris, first.runAt, endsAt)
    for (const { id, runAt } of [first, last])
      world.schedule(runAt, () => {
        const found = world.connector(id)
        if (found) world.kill(found.connector, found.tunnel)
      })
  }

  function live() {
    const quietFrom = endsAt - restMs
    // Nobody is missing when the watcher goes or comes back.
    const isSeen = (from: number, to: number) =>
      ![gapFrom, gapTo].some((at) => from - aroundMs < at && at < to + aroundMs)
    const mayTouch = (tunnelId: string, from: number, to: number) =>
      to < quietFrom &&
      isSeen(from, to) &&
      !reserved.some((one) => one.tunnelId === tunnelId && one.from < to && one.to > from)
    const weeks = calm.map(
      ([name, lostActive, lostStandby, dropped, moved]): Calm => ({
        tunnelId: cast[name].id,
        lostActive,
        lostStandby,
        dropped,
        moved,
      }),
    )
    startCalm(world, random, weeks, mayTouch)
  }
}
