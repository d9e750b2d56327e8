import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { puts, watchTunnel } from './failing-over.ts'
import { startRig } from './rig.ts'
import { startWorld, type World } from './world.ts'

/** P22: something throws where nobody thought of it. The process lives, says so, and goes on. */

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 120_000)
afterAll(() => world.end())

const thrown: [string, unknown][] = [
  ['an error', new Error('nobody thought of this')],
  ['a type error', new TypeError("Cannot read properties of undefined (reading 'x')")],
  ['a range error', new RangeError('Maximum call stack size exceeded')],
  ['an error without a message', new Error()],
  ['an error with a cause that goes round', circular()],
  ['a text', 'nothing but a text'],
  ['null', null],
  ['undefined', undefined],
  ['a number', 0],
  ['an object that can’t be read', new Proxy({}, { get: () => 'x', getPrototypeOf: () => null })],
]

function circular(): Error {
  const error = new Error('round and round')
  error.cause = error
  return error
}

describe.each(['before', 'after'] as const)('P22 thrown %s Cloudflare was asked', (when) => {
  test.each(thrown)('%s: watching goes on, and recovers by itself', async (_, fault) => {
    await world.reset()
    const { tunnelId } = await world.addTunnel('lon-core', 2)
    let isBroken = false
    const rig = await startRig(world, {
      via: async (send) => {
        if (isBroken && when === 'before') throw fault
        const response = await send()
        if (!isBroken) return response
        await response.body?.cancel()
        throw fault
      },
    })
    await rig.looked()
    isBroken = true
    await rig.time.run(120_000)
    expect(rig.tandem.parts.present.tunnel(tunnelId)?.name).toBe('lon-core')
    expect((await rig.poller()).state).toBe('failing')
    const refused = await rig.refused('PATCH', `/tunnels/${tunnelId}`, { name: 'other' })
    expect(refused.status).toBeGreaterThanOrEqual(500)
    isBroken = false
    await rig.time.until('it watches again', () => {
      const checkedAt = rig.tandem.parts.present.tunnel(tunnelId)?.checkedAt ?? 0
      return rig.time.now() - Number(checkedAt) < 5_000
    })
    expect((await rig.poller()).state).toBe('running')
    await rig.end()
  })
})

test('P22 thrown while a failover is sent: unknown, verified by reading, sent once', async () => {
  await world.reset()
  let isBroken = false
  const watched = await watchTunnel(world, 3, {
    via: async (send, { method }) => {
      const response = await send()
      if (!isBroken || method !== 'PUT') return response
      await response.body?.cancel()
      throw new TypeError('nobody thought of this')
    },
  })
  const { rig, path, body } = watched
  isBroken = true
  const { status } = await rig.ask('POST', path, body)
  expect(status).toBe(202)
  await rig.time.until('it has ended', () => rig.tandem.parts.failovers.running().length === 0)
  expect(puts(rig)).toBe(1)
  const { failovers } = await rig.get<{ failovers: { state: string }[] }>(path)
  // Cloudflare had it, whatever became of the answer.
  expect(failovers.map(({ state }) => state)).toEqual(['confirmed'])
  await rig.end()
})
