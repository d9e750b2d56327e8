import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Failover } from '#contract/failover.ts'
import { promote } from '../survival/elsewhere.ts'
import { failOver, watchTunnel } from './failing-over.ts'
import { type Rig, startRig } from './rig.ts'
import { startWorld, type World } from './world.ts'

/**
 * A crash at every place of a failover's way. What a crash leaves behind is what is on disk at that
 * moment: it is copied there and then, and another Tandem starts on the copy. `killed.test.ts` does the
 * same to a real process. The table wants 25 kills at each place; what differs between two of them is how far
 * Cloudflare is, so three speeds stand for all.
 */

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 60_000)
afterAll(() => world.end())
beforeEach(() => world.reset())

const home = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** Where it happens: an event of the failover, a moment of the PUT, or before the nth read after it. */
type Place =
  | { event: 'sending' | 'accepted' | 'confirmed' }
  | { put: 'before' | 'sent' | 'headers' | 'answered' }
  | { read: number }

const places: [name: string, place: Place, isApplied: boolean][] = [
  ['after the row is written', { event: 'sending' }, false],
  ['before the connection', { put: 'before' }, false],
  ['after the request left', { put: 'sent' }, true],
  ['after the head of the answer', { put: 'headers' }, true],
  ['before the result is written', { put: 'answered' }, true],
  ['after the result is written', { event: 'accepted' }, true],
  ['before the first read', { read: 1 }, true],
  ['in the middle of verifying', { read: 3 }, true],
  ['after its end is written', { event: 'confirmed' }, true],
]
const speeds = [500, 5000, 30_000]

const newFolder = () => join(mkdtempSync(join(home, 'tandem-crash-')), 'data')

/** What is on disk at this moment. */
function copy(rig: Rig, left: string) {
  // The index of the write-ahead log is made anew at every start.
  const filter = (file: string) => !file.endsWith('-shm')
  cpSync(rig.folder, left, { recursive: true, filter })
}

/** What the audit tells of the failovers, in the order in which it was written. */
async function outcomesOf(rig: Rig) {
  const rows = await rig.db
    .selectFrom('audit')
    .select('outcome')
    .where('what', '=', 'failoverRun')
    .where('refers', 'is not', null)
    .orderBy('seq')
    .execute()
  return rows.map(({ outcome }) => outcome)
}

describe('F1 I1 I9 a crash', () => {
  test.each(places.flatMap((place) => speeds.map((speed) => [...place, speed] as const)))(
    '%s (%j, applied %s), Cloudflare switches after %i ms: taken up by reading alone',
    async (_, place, isApplied, promoteMs) => {
      await world.order('/failover', { mode: 'normal', demoteMs: 200, promoteMs })
      const left = newFolder()
      let crash = () => {}
      let isOver = false
      let reads = 0

      const { rig, tunnelId, path, body, active, standby } = await watchTunnel(world, 3, {
        via: async (send, { method, path: at }) => {
          if (isOver) throw new Error('crashed')
          const isPut = method === 'PUT'
          const moment = 'put' in place ? place.put : null
          if (isPut && moment === 'before') crash()
          // Whoever crashed before it left has sent nothing.
          if (isPut && !isApplied) throw new Error('crashed')
          const isRead = reads > 0 && at.endsWith('/connections')
          if (isRead && 'read' in place && reads === place.read) crash()
          if (isRead) reads += 1
          const answer = send()
          if (isPut && moment === 'sent') crash()
          const response = await answer
          if (isPut && moment === 'headers') crash()
          if (isPut) await response.clone().text()
          if (isPut && moment === 'answered') crash()
          if (isPut) reads = 1
          return response
        },
      })
      crash = () => {
        if (isOver) return
        isOver = true
        copy(rig, left)
      }
      rig.tandem.parts.bus.subscribe(({ event }) => {
        if (event.type !== 'failoverChanged' || !('event' in place)) return
        if (event.failover.state === place.event) crash()
      })

      const { json } = await rig.ask('POST', path, body)
      const { id, requestedAt } = json as Failover
      await rig.time.until('it crashed', () => isOver, 40_000)
      await rig.kill()
      rmSync(rig.folder, { recursive: true, force: true })
      const putsBefore = (await world.requests()).filter(({ method }) => method === 'PUT')
      expect(putsBefore).toHaveLength(isApplied ? 1 : 0)

      const second = await startRig(world, { folder: left })
      // From its first moment on nobody else may start one on what they saw before.
      expect((await second.refused('POST', path, body)).type).toMatch(
        /problem:(failover-running|not-ready|active-changed)$/,
      )
      await second.looked()
      await second.time.until(
        'it ended',
        () => second.tandem.parts.failovers.running().length === 0,
        80_000,
      )
      expect(await second.get(`/failovers/${id}`)).toMatchObject({
        id,
        requestedAt,
        tunnelId,
        state: isApplied ? 'confirmed' : 'not-confirmed',
        activeNow: [isApplied ? standby : active],
        reason: 'a test',
      })
      const outcomes = await outcomesOf(second)
      const end = isApplied ? 'confirmed' : 'not-confirmed'
      expect(outcomes.filter((outcome) => outcome === end)).toEqual([end])
      expect((await world.requests()).filter(({ method }) => method === 'PUT')).toEqual(putsBefore)
      await second.end()
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
