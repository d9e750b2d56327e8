import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Screen } from '#contract/people.ts'
import { heartbeatMs } from '#contract/stream.ts'
import { startRig } from './rig.ts'
import { goodPassword, hang, join, publicUrl, setUp, type Visitor } from './visitor.ts'
import { openStream } from './visitor-stream.ts'
import { startWorld, type World } from './world.ts'

/** S19: an open stream ends with what it was opened by, over a real socket. */

let world: World
let rig: Awaited<ReturnType<typeof startRig>>
let server: Server
let admin: Visitor
let leaptMs = 0

beforeAll(async () => {
  world = await startWorld()
  const clock = (now: () => number) => () => now() + leaptMs
  rig = await startRig(world, { signIn: 'people', publicUrl, clock })
  admin = await setUp(rig)
  server = serve({ fetch: rig.app.fetch, hostname: '127.0.0.1', port: 0 }) as Server
  await new Promise((resolve) => server.once('listening', resolve))
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await rig.end()
  await world.end()
})

/** What a browser's stream hears, as it comes. */
const open = (visitor: Visitor, page?: string) =>
  openStream((server.address() as AddressInfo).port, visitor, page)

describe('S19 a stream', () => {
  test('says that it is over and ends, by whatever its sign-in ends', async () => {
    const { visitor: ben, personId } = await join(rig, admin, 'Ben', 'operator')
    const ends: [string, () => Promise<unknown>][] = [
      ['signed out', () => ben.ask('POST', '/sign-out')],
      ['another role', () => admin.ask('PATCH', `/people/${personId}`, { role: 'viewer' })],
      ['signed out by an admin', () => admin.ask('DELETE', `/people/${personId}/sessions`)],
      ['disabled', () => admin.ask('PATCH', `/people/${personId}`, { disabled: true })],
    ]
    for (const [why, end] of ends) {
      await ben.signIn('Ben', goodPassword)
      const stream = await open(ben)
      expect([why, stream.status]).toEqual([why, 200])
      await end()
      await stream.ended
      expect([why, ...stream.heard.map(({ type }) => type)]).toEqual([
        why,
        'snapshot',
        'signed-out',
      ])
    }
    expect((await open(ben)).status).toBe(401)
  })

  test('ends within a heartbeat when its time is over', async () => {
    const { visitor: vera } = await join(rig, admin, 'Vera', 'operator')
    const stream = await open(vera)
    leaptMs += 13 * 3_600_000
    await rig.time.run(heartbeatMs)
    await stream.ended
    expect(stream.heard.at(-1)?.type).toBe('signed-out')
    await admin.signIn('Ada', goodPassword)
  })

  test('of a screen ends when its access is taken away', async () => {
    const screen = await hang(rig, admin, { days: 9 })
    const stream = await open(screen)
    const [row] = ((await admin.ask('GET', '/screens')).json as { screens: Screen[] }).screens
    await admin.ask('DELETE', `/screens/${row?.id}`)
    await stream.ended
    expect(stream.heard.at(-1)?.type).toBe('signed-out')
  })

  test('there are four of a session at most', async () => {
    const all = await Promise.all(Array.from({ length: 6 }, () => open(admin)))
    expect(all.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 200, 429, 429])
    for (const each of all) each.close()
  })

  test('of a page takes the place of the one that it had, whose network may be gone', async () => {
    await admin.signIn('Ada', goodPassword)
    const { visitor: bob } = await join(rig, admin, 'Bob', 'operator')
    const pages = ['a', 'b', 'c', 'd']
    const openAll = (visitor: Visitor) => Promise.all(pages.map((page) => open(visitor, page)))
    const [before, others] = [await openAll(admin), await openAll(bob)]
    const after = await openAll(admin)
    expect(after.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    await Promise.all(before.map(({ ended }) => ended))
    // There are four still, and those of somebody else’s pages stay, whatever these are called.
    expect((await open(admin, 'e')).status).toBe(429)
    expect((await open(bob, 'e')).status).toBe(429)
    for (const each of [...after, ...others]) each.close()
  })
})
