import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { LiveEvent } from '#contract/events.ts'
import type { TagChange } from '#contract/tag-requests.ts'
import { mostTags } from '#contract/tags.ts'
import type { TunnelDetail, TunnelList } from '#contract/tunnel.ts'
import { watchTunnel } from './failing-over.ts'
import { type Rig, startRig } from './rig.ts'
import { hang, join, publicUrl, setUp } from './visitor.ts'
import { startWorld, type World } from './world.ts'

/** How people label tunnels, through the real Tandem. */

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 60_000)
afterAll(() => world.end())
beforeEach(() => world.reset())

const pathOf = (tunnelId: string) => `/tunnels/${tunnelId}/tags`
const change = (rig: Rig, tunnelId: string, { add = [], remove = [] }: Partial<TagChange>) =>
  rig.ask('PATCH', pathOf(tunnelId), { add, remove })
const tagsOf = async (rig: Rig, tunnelId: string) => (await rig.tunnel(tunnelId)).tags
const recordsOf = (rig: Rig) =>
  rig.db.selectFrom('audit').selectAll().where('what', '=', 'tunnelTag').orderBy('seq').execute()

test('are put on and taken off: on disk, on record, told to everybody, and kept over a restart', async () => {
  const { rig, tunnelId } = await watchTunnel(world, 2)
  expect(await tagsOf(rig, tunnelId)).toEqual([])
  const told: string[][] = []
  rig.tandem.parts.bus.subscribe(({ event }: { event: LiveEvent }) => {
    if (event.type === 'polled') told.push(...event.tunnels.map(({ tags }) => tags))
  })
  const { status, json } = await change(rig, tunnelId, { add: ['team:Network', ' site:AMS '] })
  expect(status).toBe(200)
  expect((json as TunnelDetail).tags).toEqual(['site:ams', 'team:network'])
  expect(told).toEqual([['site:ams', 'team:network']])
  await change(rig, tunnelId, { add: ['critical'], remove: ['site:ams'] })
  const { tunnels } = await rig.get<TunnelList>('/tunnels')
  expect(tunnels.find(({ id }) => id === tunnelId)?.tags).toEqual(['critical', 'team:network'])
  const records = await recordsOf(rig)
  expect(records.map(({ facts, outcome }) => [JSON.parse(facts), outcome])).toEqual([
    [{ tags: { from: [], to: ['site:ams', 'team:network'] } }, null],
    [{}, 'done'],
    [{ tags: { from: ['site:ams', 'team:network'], to: ['critical', 'team:network'] } }, null],
    [{}, 'done'],
  ])
  await rig.kill()
  const again = await startRig(world, { folder: rig.folder })
  // Before Cloudflare was asked for anything.
  expect(again.tandem.parts.tags.of(tunnelId)).toEqual(['critical', 'team:network'])
  await again.looked()
  expect(await tagsOf(again, tunnelId)).toEqual(['critical', 'team:network'])
  expect([...rig.calls, ...again.calls].filter(({ method }) => method !== 'GET')).toEqual([])
  await again.end()
})

test('of two people at the same moment stay both, and so does what each took off', async () => {
  const { rig, tunnelId } = await watchTunnel(world, 2)
  await change(rig, tunnelId, { add: ['old', 'older'] })
  const all = await Promise.all([
    change(rig, tunnelId, { add: ['site:ams'], remove: ['old'] }),
    change(rig, tunnelId, { add: ['team:network'], remove: ['older'] }),
    change(rig, tunnelId, { add: ['site:ams'] }),
  ])
  expect(all.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(await tagsOf(rig, tunnelId)).toEqual(['site:ams', 'team:network'])
  // Each record begins where the one before it ended.
  const steps = (await recordsOf(rig))
    .filter(({ outcome }) => outcome === null)
    .map(({ facts }) => (JSON.parse(facts) as { tags: { from: string[]; to: string[] } }).tags)
  for (const [at, step] of steps.entries()) expect(step.from).toEqual(steps[at - 1]?.to ?? [])
  await rig.end()
})

test('that are no tags, or too many, are refused in a sentence and change nothing', async () => {
  const { rig, tunnelId } = await watchTunnel(world, 2)
  const most = Array.from({ length: mostTags }, (_, n) => `tag-${String(n).padStart(2, '0')}`)
  await change(rig, tunnelId, { add: most })
  const path = pathOf(tunnelId)
  expect(await rig.refused('PATCH', path, { add: ['one-more'], remove: [] })).toMatchObject({
    status: 400,
    field: 'add',
    detail: expect.stringContaining('12 tags at most'),
  })
  expect(await rig.refused('PATCH', path, { add: ['new york'], remove: [] })).toMatchObject({
    field: 'add.0',
  })
  expect(await rig.refused('PATCH', path, { add: [], remove: [] })).toMatchObject({ status: 400 })
  expect(await tagsOf(rig, tunnelId)).toEqual(most)
  // One for another is no more than before.
  expect((await change(rig, tunnelId, { add: ['x'], remove: ['tag-00'] })).status).toBe(200)
  await rig.end()
})

test('P3 that can’t be written down are not shown', async () => {
  const { rig, tunnelId } = await watchTunnel(world, 2)
  await change(rig, tunnelId, { add: ['critical'] })
  await rig.db.schema.alterTable('tunnel_tags').renameTo('elsewhere').execute()
  expect(
    await rig.refused('PATCH', pathOf(tunnelId), { add: ['site:ams'], remove: [] }),
  ).toMatchObject({ type: 'urn:tandem:problem:not-recorded' })
  expect(await tagsOf(rig, tunnelId)).toEqual(['critical'])
  expect((await recordsOf(rig)).at(-1)?.outcome).toBe('not-recorded')
  await rig.db.schema.alterTable('elsewhere').renameTo('tunnel_tags').execute()
  expect((await change(rig, tunnelId, { add: ['site:ams'] })).status).toBe(200)
  await rig.end()
})

test('of a deleted tunnel stay with its history and can’t be changed any more', async () => {
  const { rig, tunnelId } = await watchTunnel(world, 2)
  await change(rig, tunnelId, { add: ['site:ams'] })
  expect((await rig.ask('DELETE', `/tunnels/${tunnelId}`)).status).toBe(409)
  await world.order(`/tunnels/${tunnelId}/delete`)
  await rig.time.until(
    'it was missed',
    () => rig.tandem.parts.present.tunnel(tunnelId)?.deletedAt !== null,
  )
  expect((await rig.get<TunnelList>('/tunnels')).tunnels).toEqual([])
  expect(await tagsOf(rig, tunnelId)).toEqual(['site:ams'])
  expect(await rig.refused('PATCH', pathOf(tunnelId), { add: ['x'], remove: [] })).toMatchObject({
    status: 410,
  })
  await rig.end()
})

test('a viewer sees them, a screen too, because a wall may be one site’s', async () => {
  const { tunnelId } = await world.addTunnel('ams-core', 2)
  const rig = await startRig(world, { signIn: 'people', publicUrl })
  await rig.looked()
  const admin = await setUp(rig)
  const viewer = (await join(rig, admin, 'Vic', 'viewer')).visitor
  const screen = await hang(rig, admin, { view: '/wall' })
  await admin.ask('PATCH', pathOf(tunnelId), { add: ['site:ams'], remove: [] })
  for (const who of [viewer, screen]) {
    const { json } = await who.ask('GET', '/tunnels')
    expect((json as TunnelList).tunnels[0]?.tags).toEqual(['site:ams'])
    const no = await who.ask('PATCH', pathOf(tunnelId), { add: ['x'], remove: [] })
    expect(no.status).toBe(403)
  }
  await rig.end()
})
