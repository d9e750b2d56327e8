import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Rig, startRig } from './rig.ts'
import { startWorld, type World } from './world.ts'

/** A write that Cloudflare was asked for, whose answer never came or can't be read. */

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 60_000)
afterAll(() => world.end())
beforeEach(() => world.reset())

type Write = {
  method: string
  /** What comes after the tunnel's address; null: no tunnel is named. */
  path: string | null
  body?: unknown
  /** Whether people see that it happened; left out: nobody can, but by repeating it. */
  isSeen?: (rig: Rig, tunnelId: string) => boolean
}

const writes: Record<string, Write> = {
  create: {
    method: 'POST',
    path: null,
    body: { name: 'par-core', ha: true },
    isSeen: ({ tandem }) => tandem.parts.present.tunnels().some(({ name }) => name === 'par-core'),
  },
  rename: {
    method: 'PATCH',
    path: '',
    body: { name: 'lon-edge' },
    isSeen: ({ tandem }, id) => tandem.parts.present.tunnel(id)?.name === 'lon-edge',
  },
  secret: { method: 'PATCH', path: '', body: { secret: Buffer.alloc(32, 7).toString('base64') } },
  configuration: {
    method: 'PUT',
    path: '/configuration',
    body: { haMode: 'aws', fnrId: 'eni-0123456789abcdef0' },
    isSeen: ({ tandem }, id) => tandem.parts.present.tunnel(id)?.haMode === 'aws',
  },
  delete: {
    method: 'DELETE',
    path: '',
    isSeen: ({ tandem }, id) => tandem.parts.present.tunnel(id)?.deletedAt !== null,
  },
}

const faults = [
  ['the connection is reset', { kind: 'reset-after-apply' }],
  ['503', { kind: 'status', status: 503, apply: true }],
  ['an HTML page with 200', { kind: 'html', apply: true }],
] as const

describe('F12 no clear answer to a write: it is told so, sent once, and looked after', () => {
  test.each(
    Object.keys(writes).flatMap((name) => faults.map((fault) => [name, ...fault] as const)),
  )('%s: %s', async (name, _, fault) => {
    const { method, path, body, isSeen } = writes[name] as Write
    // Without a connector it may be deleted.
    const { tunnelId } = await world.addTunnel('lon-core', 0)
    const rig = await startRig(world)
    await rig.looked()
    await rig.time.run(10_000)
    await world.breakWith({ ...fault, match: { method } })
    const address = path === null ? '/tunnels' : `/tunnels/${tunnelId}${path}`
    expect(await rig.refused(method, address, body)).toMatchObject({
      type: 'urn:tandem:problem:outcome-unknown',
      detail: expect.stringMatching(
        /^(?!.*stays on screen)C.* It was sent once at most and may have happened all the same: look before you repeat it\.$/,
      ),
    })
    if (isSeen) await rig.time.until('it is seen', () => isSeen(rig, tunnelId), 15_000)
    else await rig.time.run(15_000)
    expect(rig.calls.filter((call) => call.method !== 'GET')).toHaveLength(1)
    const { outcome } = await rig.db
      .selectFrom('audit')
      .select('outcome')
      .where('refers', 'is not', null)
      .executeTakeFirstOrThrow()
    expect(outcome).toBe('outcome-unknown')
    await rig.end()
  })

  test('a secret that is not whole is refused before Cloudflare is asked', async () => {
    const { tunnelId } = await world.addTunnel('lon-core', 0)
    const rig = await startRig(world)
    await rig.looked()
    for (const secret of ['x'.repeat(43), 'x'.repeat(45)]) {
      expect(await rig.refused('PATCH', `/tunnels/${tunnelId}`, { secret })).toMatchObject({
        type: 'urn:tandem:problem:invalid-request',
        field: 'secret',
      })
    }
    expect(rig.calls.filter((call) => call.method !== 'GET')).toEqual([])
    await rig.end()
  })

  test('what Cloudflare refuses, and what is only read, is told as before', async () => {
    const { tunnelId } = await world.addTunnel('lon-core', 2)
    const rig = await startRig(world)
    await rig.looked()
    expect(await rig.refused('DELETE', `/tunnels/${tunnelId}`)).toMatchObject({
      type: 'urn:tandem:problem:has-connections',
    })
    await world.breakWith({ kind: 'status', status: 503, match: { path: '/token$' } })
    expect(await rig.refused('GET', `/tunnels/${tunnelId}/token`)).toMatchObject({
      type: 'urn:tandem:problem:cloudflare-failing',
    })
    await rig.end()
  })
})
