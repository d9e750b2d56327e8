import type { Random } from './random.ts'
import type { Tunnel, World } from './world.ts'

/**
 * What would a watcher have seen of the past? One that asks about every tunnel each five seconds and
 * writes down the answers that differ from the last ones. Kept as lines of JSON, oldest first.
 */

/** How often the watcher asks, milliseconds. */
export const watchPeriodMs = 5_000
/** After a gap it looks at every tunnel within this long. */
const catchUpMs = 2_000

export type Tape = ReturnType<typeof createTape>

/**
 * Begins to watch a world that is still empty.
 *
 * @param tell the answers about one tunnel, as the API would give them at this moment
 */
export function createTape({
  world,
  random,
  tell,
}: {
  world: World
  random: Random
  tell: (tunnel: Tunnel) => Record<'tunnel' | 'connectors' | 'configuration', unknown>
}) {
  const lines: string[] = []
  /** What was last told of each tunnel. */
  const told = new Map<string, string>()
  /** Tunnels that changed since the watcher last asked. */
  const due = new Set<string>()
  let watching = true

  const write = (line: object) => lines.push(JSON.stringify(line))

  function look(tunnelId: string, evenIfSame = false) {
    const tunnel = world.tunnels.get(tunnelId)
    // One that was deleted before it was ever seen is in no listing.
    if (tunnel === undefined || (tunnel.deletedAt !== null && !told.has(tunnelId))) return
    const text = JSON.stringify(tell(tunnel))
    if (!evenIfSame && told.get(tunnelId) === text) return
    told.set(tunnelId, text)
    lines.push(`{"type":"look","at":${world.now()},${text.slice(1)}`)
  }

  world.watch((tunnelId) => {
    if (!watching || due.has(tunnelId)) return
    due.add(tunnelId)
    world.schedule(world.now() + random.whole(0, watchPeriodMs), () => {
      // Nobody looked in the end, or the look was taken already.
      if (watching && due.delete(tunnelId)) look(tunnelId)
    })
  })

  return {
    /** Nobody watches from `from` to `to`, epoch milliseconds; then every tunnel is looked at once. */
    gap(from: number, to: number) {
      world.schedule(from, () => {
        watching = false
        due.clear()
        write({ type: 'gap', from, to })
      })
      world.schedule(to, () => {
        watching = true
        for (const { id, deletedAt } of world.tunnels.values()) {
          if (deletedAt === null)
            world.schedule(to + random.whole(0, catchUpMs), () => look(id, true))
        }
      })
    },

    /** Somebody asked for a failover now. */
    failover: (failover: { tunnelId: string; fromId: string; toId: string; by: string }) =>
      write({ type: 'failover', at: world.now(), ...failover }),

    /** Watches no longer. The last looks are taken now, so that they show the world as it goes on. */
    end(): string[] {
      world.watch(null)
      for (const tunnelId of due) look(tunnelId)
      due.clear()
      watching = false
      write({ type: 'end', at: world.now() })
      return lines
    },
  }
}
