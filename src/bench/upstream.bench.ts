import { setTimeout as rest } from 'node:timers/promises'
import { median } from './figure.ts'
import type { Group } from './group.ts'
import { onStage, type Stage } from './stage.ts'
import { openStream } from './stream.ts'

/** Do more open pages cause more calls to Cloudflare? Counted by the one who is called. */

/** There and back again, so that what merely drifts with time falls on both alike. */
const turns = [1, 100, 100, 1]
const settleMs = 5_000
const windowMs = 36_000
/** What the budget had saved while nobody looked is spent by then. */
const warmUpMs = 75_000

/** So far two measurements of the same thing may lie apart: a call more or less at a window's edge. */
const sameWithin = 0.05

/**
 * Calls a minute between the first and the last listing since then: over whole periods of the poller, so
 * that it does not matter whether a burst of looks falls before or after the end of a window.
 */
async function rateSince({ world }: Stage, from: number): Promise<number> {
  const calls = (await world.requests()).filter(({ at }) => at >= from)
  const listings = calls.filter(({ path }) => path.endsWith('/warp_connector')).map(({ at }) => at)
  const first = listings[0]
  const last = listings.at(-1)
  if (first === undefined || last === undefined || first === last)
    throw new Error('Fewer than two listings were seen.')
  return (calls.filter(({ at }) => at >= first && at < last).length * 60_000) / (last - first)
}

function ratesOf(tunnels: number) {
  const simulator = ['--tunnels', String(tunnels), '--accounts', '1']
  return onStage({ simulator }, async (stage) => {
    await stage.swept(240_000)
    // Each page asks for one tunnel to be looked at often, the same one.
    const [watched] = await stage.world.tunnels()
    const page = watched ? { watching: watched.id } : {}
    const closeFirst = await openStream(stage.address, page)
    await rest(warmUpMs)
    closeFirst()
    const one: number[] = []
    const hundred: number[] = []
    for (const count of turns) {
      const streams = await Promise.all(
        Array.from({ length: count }, () => openStream(stage.address, page)),
      )
      await rest(settleMs)
      const from = Date.now()
      await rest(windowMs)
      const rates = count === 1 ? one : hundred
      rates.push(await rateSince(stage, from))
      for (const close of streams) close()
    }
    return { tunnels, one, hundred }
  })
}

export const upstream: Group = {
  name: 'upstream',
  says: 'calls to Cloudflare with 1 and with 100 open pages (5 min)',

  async run() {
    const results = await Promise.all([10, 50].map(ratesOf))
    return results.flatMap(({ tunnels, one, hundred }) => [
      {
        name: `upstream calls, ${tunnels} tunnels, 1 open page`,
        unit: 'calls/min' as const,
        samples: one,
        by: 'median' as const,
        goal: null,
      },
      {
        name: `upstream calls, ${tunnels} tunnels, 100 open pages`,
        unit: 'calls/min' as const,
        samples: hundred,
        by: 'median' as const,
        goal: { equals: median(one), within: sameWithin },
      },
    ])
  },
}
