import type { Random } from '../random.ts'
import type { ConnectorSeed, World } from '../world.ts'
import { day, hour, minute, type Scene } from './scene.ts'

const cities = ['lhr', 'man', 'dub', 'fra', 'ams', 'cdg', 'ewr', 'nrt', 'kix', 'sin', 'jnb', 'syd']
const sites = ['branch', 'dc1', 'dc2', 'store', 'plant', 'depot', 'clinic', 'hub', 'office', 'lab']
const uses = ['core', 'edge', 'gw', 'ot', 'transit', 'lan', 'voice', 'cctv']

export type Mood =
  | 'healthy'
  | 'degraded'
  | 'no-standby'
  | 'not-ha'
  | 'down'
  | 'never-run'
  | 'no-active'

/** One tunnel of a made-up company, in the state that is asked for. */
export function addSite(
  world: World,
  random: Random,
  { accountId, index, mood }: { accountId: string; index: number; mood: Mood },
) {
  const now = world.now()
  const city = cities[index % cities.length] ?? 'lhr'
  const name = `${city}-${random.pick(sites)}-${random.pick(uses)}-${String(index + 1).padStart(4, '0')}`
  const createdAt = now - random.whole(30, 700) * day - random.whole(0, 86_399_999)
  const colo = () => `${city}${String(random.whole(1, 20)).padStart(2, '0')}`
  const host = random.whole(1, 240)
  const connector = (number: number): ConnectorSeed => ({
    colos: Array.from({ length: random.whole(2, 4) }, colo),
    originIp: `203.0.${index % 256}.${host + number}`,
    version: random.next() < 0.9 ? '2026.9.558.0' : '2026.8.779.0',
    runAt: now - random.whole(hour, 30 * day),
    role: number === 0 ? 'active' : 'passive',
  })
  const some = (count: number) => Array.from({ length: count }, (_, number) => connector(number))
  const base = { accountId, name, createdAt, ha: mood !== 'not-ha' }

  switch (mood) {
    case 'never-run':
      return world.addTunnel(base)
    case 'down': {
      const lostAt = now - random.whole(6 * minute, 5 * hour)
      const lost = some(2).map((seed) => ({ ...seed, open: 0, runAt: lostAt }))
      return world.addTunnel({ ...base, lostAt, connectors: lost })
    }
    case 'degraded': {
      const [first, ...rest] = some(random.whole(2, 4))
      return world.addTunnel({
        ...base,
        connectors: [{ ...connector(0), ...first, open: 1 }, ...rest],
      })
    }
    case 'no-active': {
      const passive = some(2).map((seed): ConnectorSeed => ({ ...seed, role: 'passive' }))
      const tunnel = world.addTunnel({ ...base, connectors: passive })
      world.holdWithoutActive(tunnel, day)
      return tunnel
    }
    case 'no-standby':
    case 'not-ha':
      return world.addTunnel({ ...base, connectors: some(1) })
    case 'healthy':
      return world.addTunnel({ ...base, connectors: some(random.whole(2, 4)) })
    default:
      return mood satisfies never
  }
}

/** Of a hundred tunnels, so many are like this; the rest is healthy. */
const shares: [Mood, number][] = [
  ['degraded', 2],
  ['no-standby', 3],
  ['not-ha', 4],
  ['down', 1],
  ['never-run', 1],
]

/** Many accounts full of tunnels, mostly healthy: what a provider's screen has to bear. */
export const large: Scene = ({ world, random, tunnels, accounts }) => {
  for (let count = 0; count < accounts; count += 1) world.accounts.push(random.hex(32))
  const moods = shares.flatMap(([mood, share]) => Array.from({ length: share }, () => mood))
  const lively: string[] = []
  for (let index = 0; index < tunnels; index += 1) {
    // Every 9th of a hundred, so that the bad ones are spread over all accounts.
    const mood =
      index % 9 === 4 ? (moods[Math.floor(index / 9) % moods.length] ?? 'healthy') : 'healthy'
    const accountId = world.accounts[Math.floor((index * accounts) / tunnels)] ?? ''
    const tunnel = addSite(world, random, { accountId, index, mood })
    if (mood === 'healthy') lively.push(tunnel.id)
  }
  return { everyMs: 1_500, lively, flapping: lively.slice(0, 2) }
}
