import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Failover } from '#contract/failover.ts'
import { promote } from '../survival/elsewhere.ts'
import { outcomesOf, places, takeUp, watchUntilCrash } from './crashing.ts'
import { failOver, watchTunnel } from './failing-over.ts'
import { type Rig, startRig } from './rig.ts'
import { startWorld, type World } from './world.ts'

/**
 * A crash at every place of a failover's way. What a crash leaves behind is what is on disk at that
 * moment: it is copied there and then, and another Tandem starts on the copy. `killed.test.ts` does the
 * same to a real process. The table wants 25 kills at each place; what differs between two of them is how far
 * Cloudflare is, so three speeds stand for all here, and `npm run soak -- failovers` kills a process at each 25 times.
 */

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 60_000)
afterAll(() => world.end())
beforeEach(() => world.reset())

const home = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
const newFolder = () => join(mkdtempSync(join(home, 'tandem-crash-')), 'data')

/** What is on disk at this moment. */
function copy(rig: Rig, left: string) {
  // The index of the write-ahead log is made anew at every start.
  const filter = (file: string) => !file.endsWith('-shm')
  cpSync(rig.folder, left, { recursive: true, filter })
}

const speeds = [500, 5000, 30_000]

describe('F1 I1 I9 a crash', () => {
  test.each(places.flatMap((place) => speeds.map((speed) => [place.name, speed, place] as const)))(
    '%s, Cloudflare switches after %i ms: taken up by reading alone',
    async (_, speed, place) => {
      const folder = newFolder()
      const watched = await watchUntilCrash(world, place, speed, (rig) => copy(rig, folder))
      const { rig, path, body, isOver } = watched
      const { json } = await rig.ask('POST', path, body)
      // Whose row was not written yet was refused.
      const { id, requestedAt } = json as Partial<Failover>
      await rig.time.until('it crashed', isOver, 40_000)
      await rig.kill()
      rmSync(rig.folder, { recursive: true, force: true })
      const taken = await takeUp(world, place, { ...watched, folder })
      expect([taken?.id, taken?.requestedAt]).toEqual([id, requestedAt])
    },
    30_000,
  )

  test('after each of two facts that came later is written: the audit tells both, once, in their order', async () => {
    const left = [newFolder(), newFolder()]
    const watched = await watchTunnel(world)
    const { rig, tunnelId, standby, third } = watched
    let seen = 0
    rig.tandem.parts.bus.subscribe(({ event }) => {
      if (event.type !== 'failoverChanged' || event.failover.afterwards.length <= seen) return
      copy(rig, left[seen] ?? '')
      seen += 1
    })
    await failOver(watched)
    for (const [at, connectorId] of [third, standby].entries()) {
      await promote(world, tunnelId, connectorId)
      await rig.time.until('it was seen', () => seen === at + 1)
    }
    await rig.end()

    const told = ['started', 'accepted', 'confirmed', 'moved-on', 'restored']
    for (const [at, folder] of left.entries()) {
      for (const start of ['the first', 'the second']) {
        const next = await startRig(world, { folder })
        await next.looked()
        expect(await outcomesOf(next), `${start} after fact ${at}`).toEqual(told.slice(0, 4 + at))
        await next.kill()
      }
      rmSync(folder, { recursive: true, force: true })
    }
  }, 30_000)
})
