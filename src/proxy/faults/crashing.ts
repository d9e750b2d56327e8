import { expect } from 'vitest'
import type { Failover } from '#contract/failover.ts'
import { type Watched, watchTunnel } from './failing-over.ts'
import { type Rig, type RigOptions, startRig } from './rig.ts'
import type { World } from './world.ts'

/** A crash at every place of a failover's way, and what another Tandem makes of what it left. */

/** Where it happens: the look before it, an event of the failover, a moment of the PUT, or before the nth read after it. */
type At =
  | { look: 'before' }
  | { event: 'sending' | 'accepted' | 'confirmed' }
  | { put: 'before' | 'sent' | 'headers' | 'answered' }
  | { read: number }

/** `isApplied`: whether Cloudflare has heard of it by then. */
export type Place = { name: string; at: At; isApplied: boolean }

export const places: Place[] = [
  { name: 'before the row is written', at: { look: 'before' }, isApplied: false },
  { name: 'after the row is written', at: { event: 'sending' }, isApplied: false },
  { name: 'before the connection', at: { put: 'before' }, isApplied: false },
  { name: 'after the request left', at: { put: 'sent' }, isApplied: true },
  { name: 'after the head of the answer', at: { put: 'headers' }, isApplied: true },
  { name: 'before the result is written', at: { put: 'answered' }, isApplied: true },
  { name: 'after the result is written', at: { event: 'accepted' }, isApplied: true },
  { name: 'before the first read', at: { read: 1 }, isApplied: true },
  { name: 'in the middle of verifying', at: { read: 3 }, isApplied: true },
  { name: 'after its end is written', at: { event: 'confirmed' }, isApplied: true },
]

export const putsOf = async (world: World) =>
  (await world.requests()).filter(({ method }) => method === 'PUT')

/**
 * A tunnel that Tandem has looked at; the first failover of it crashes at its place.
 *
 * @param promoteMs how long Cloudflare takes to switch
 * @param crash ends the process, or takes what it would leave; what comes after it never happened
 */
export async function watchUntilCrash(
  world: World,
  { at, isApplied }: Place,
  promoteMs: number,
  crash: (rig: Rig) => void,
  options: Pick<RigOptions, 'folder'> = {},
): Promise<Watched & { isOver: () => boolean }> {
  await world.order('/failover', { mode: 'normal', demoteMs: 200, promoteMs })
  let isOver = false
  let isWatched = false
  let reads = 0
  const crashOnce = () => {
    if (isOver) return
    isOver = true
    crash(watched.rig)
  }
  const watched = await watchTunnel(world, 3, {
    ...options,
    via: async (send, { method, path }) => {
      if (isOver) throw new Error('crashed')
      const isPut = method === 'PUT'
      const moment = 'put' in at ? at.put : null
      if (isPut && moment === 'before') crashOnce()
      // Whoever crashed before it left has sent nothing.
      if (isPut && !isApplied) throw new Error('crashed')
      const isLook = path.endsWith('/connections')
      if (isLook && isWatched && 'look' in at && (await isAskedFor(watched.rig))) {
        crashOnce()
        throw new Error('crashed')
      }
      const isRead = isLook && reads > 0
      if (isRead && 'read' in at && reads === at.read) crashOnce()
      if (isRead) reads += 1
      const answer = send()
      if (isPut && moment === 'sent') {
        while ((await putsOf(world)).length === 0);
        crashOnce()
      }
      const response = await answer
      if (isPut && moment === 'headers') crashOnce()
      if (isPut) await response.clone().text()
      if (isPut && moment === 'answered') crashOnce()
      if (isPut) reads = 1
      return response
    },
  })
  isWatched = true
  watched.rig.tandem.parts.bus.subscribe(({ event }) => {
    if (event.type !== 'failoverChanged' || !('event' in at)) return
    if (event.failover.state === at.event) crashOnce()
  })
  return { ...watched, isOver: () => isOver }
}

/** Whether the record of who asks for a failover is on disk. */
async function isAskedFor({ db }: Rig): Promise<boolean> {
  const row = await db
    .selectFrom('audit')
    .select('seq')
    .where('what', '=', 'failoverRun')
    .executeTakeFirst()
  return row !== undefined
}

/**
 * Starts another Tandem on what a crash left: it takes the failover up by reading alone, nothing is sent again, and
 * its end is known and on record once. Of one that was not written yet there is nothing to take up: it was not sent.
 *
 * @param left where it lies, and whose failover it was
 * @returns the failover; null: it was not written yet
 * @throws what is not as it should be
 */
export async function takeUp(
  world: World,
  { at, isApplied }: Place,
  left: Pick<Watched, 'tunnelId' | 'active' | 'standby' | 'path' | 'body'> & { folder: string },
): Promise<Failover | null> {
  const { folder, tunnelId, active, standby, path, body } = left
  const before = await putsOf(world)
  expect(before).toHaveLength(isApplied ? 1 : 0)
  const rig = await startRig(world, { folder })
  if ('look' in at) {
    await rig.looked()
    expect(await rig.get(path)).toEqual({ failovers: [] })
    expect(await outcomesOf(rig)).toEqual(['not-sent'])
    expect(await putsOf(world)).toEqual(before)
    await rig.end()
    return null
  }
  // From its first moment on nobody else may start one on what they saw before.
  expect((await rig.refused('POST', path, body)).type).toMatch(
    /problem:(failover-running|not-ready|active-changed)$/,
  )
  await rig.looked()
  const { running } = rig.tandem.parts.failovers
  await rig.time.until('it ended', () => running().length === 0, 80_000)
  const state = isApplied ? 'confirmed' : 'not-confirmed'
  const { failovers } = await rig.get<{ failovers: [Failover] }>(path)
  const activeNow = [isApplied ? standby : active]
  expect(failovers).toMatchObject([{ tunnelId, state, activeNow, reason: 'a test' }])
  expect((await outcomesOf(rig)).filter((outcome) => outcome === state)).toEqual([state])
  expect(await putsOf(world)).toEqual(before)
  await rig.end()
  return failovers[0]
}

/** What the audit tells of the failovers, in the order in which it was written. */
export async function outcomesOf(rig: Rig) {
  const rows = await rig.db
    .selectFrom('audit')
    .select('outcome')
    .where('what', '=', 'failoverRun')
    .where('refers', 'is not', null)
    .orderBy('seq')
    .execute()
  return rows.map(({ outcome }) => outcome)
}
