import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OperationId, operations } from '#contract/operations.ts'
import type { Problem } from '#contract/problem.ts'
import { consent, type Watched, watchTunnel } from './failing-over.ts'
import { startWorld, type World } from './world.ts'

/** Whether what the table of operations says of each is what it does: on record first, or nothing changed. */

let world: World
let its: Watched
/** One that Cloudflare lets go: nothing is connected to it. */
let idle: string
beforeAll(async () => {
  world = await startWorld()
  its = await watchTunnel(world)
  ;({ tunnelId: idle } = await world.addTunnel('dub-idle', 0))
  // Something to acknowledge.
  await world.order(`/tunnels/${its.tunnelId}/swap`)
  await its.rig.time.run(60_000)
}, 60_000)
afterAll(async () => {
  await its.rig.end()
  await world.end()
})

type Audited = {
  [Id in OperationId]: (typeof operations)[Id] extends { audited: true } ? Id : never
}[OperationId]

const idOf = ({ json }: { json: unknown }) => (json as { id: string }).id
const noteNow = async (text: string) =>
  idOf(
    await its.rig.ask('POST', `/tunnels/${its.tunnelId}/notes`, { at: its.rig.time.now(), text }),
  )

/** A request that is all right. */
const requests: { [Id in Audited]: () => unknown } = {
  tunnelCreate: () => ({ name: 'ams-new', ha: true }),
  tunnelUpdate: () => ({ name: 'lon-new' }),
  tokenGet: () => undefined,
  configurationPut: () => ({ haMode: 'none' }),
  preferencePut: () => ({ connector_id: its.third }),
  tunnelTag: () => ({ add: ['critical'], remove: [] }),
  acknowledgementAdd: () => ({ through: its.rig.time.now() }),
  noteAdd: () => ({ at: its.rig.time.now(), text: 'a note' }),
  noteDelete: () => ({}),
  maintenanceAdd: () => ({ from: its.rig.time.now(), to: its.rig.time.now() + 3_600_000 }),
  maintenanceEnd: () => ({}),
  // The swap has made the standby the active one.
  failoverRun: () => ({ client_id: its.active, expected_active_id: its.standby, ...consent }),
  tunnelDelete: () => ({}),
}

/** The ids in its path, made for it where it needs one of its own. */
async function pathOf(id: OperationId): Promise<string> {
  const ids: Record<string, string> = { tunnelId: its.tunnelId, connectorId: its.active }
  if (id === 'tunnelDelete') ids.tunnelId = idle
  if (id === 'noteDelete') ids.noteId = await noteNow('to be deleted')
  if (id === 'maintenanceEnd') {
    const body = requests.maintenanceAdd()
    const path = `/tunnels/${its.tunnelId}/maintenance`
    ids.maintenanceId = idOf(await its.rig.ask('POST', path, body))
  }
  return operations[id].path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? randomUUID())
}

/** What only somebody who may change things can make Cloudflare do or tell. */
const changes = () =>
  its.rig.calls
    .filter(({ method, path }) => method !== 'GET' || path.endsWith('/token'))
    .map(({ method, path }) => `${method} ${path}`)

/** What people made of it, as it is on disk. */
const kept = async () =>
  JSON.stringify(
    await Promise.all(
      (['marks', 'tunnel_tags', 'preferences', 'failovers'] as const).map((table) =>
        its.rig.db.selectFrom(table).selectAll().execute(),
      ),
    ),
  )

const ids = Object.keys(operations) as OperationId[]
const isAudited = (id: OperationId): id is Audited => 'audited' in operations[id]

test.each(Object.keys(requests) as Audited[])(
  '%s is on record before anything is done',
  async (id) => {
    const { rig } = its
    const path = await pathOf(id)
    const body = requests[id]()
    const before = { changes: changes(), kept: await kept() }
    await rig.db.schema.alterTable('audit').renameTo('elsewhere').execute()
    const refusal = await rig.ask(operations[id].method, path, body)
    await rig.db.schema.alterTable('elsewhere').renameTo('audit').execute()
    expect((refusal.json as Problem).type).toBe('urn:tandem:problem:not-recorded')
    expect({ changes: changes(), kept: await kept() }).toEqual(before)

    const { status } = await rig.ask(operations[id].method, path, requests[id]())
    expect(status).toBeLessThan(300)
    const records = await rig.db
      .selectFrom('audit')
      .select('tunnel_id')
      .where('what', '=', id)
      .where('refers', 'is', null)
      .execute()
    expect(records.length).toBeGreaterThan(0)
    // So that the one before is a proof: done, it does change something.
    expect({ changes: changes(), kept: await kept() }).not.toEqual(before)
    await rig.time.run(5000)
  },
)

test.each(ids.filter((id) => !isAudited(id)))(
  '%s is on no record of its own, and changes nothing at Cloudflare',
  async (id) => {
    const { rig } = its
    const before = changes()
    const { method } = operations[id]
    const request = new Request(`http://127.0.0.1:8787/api${await pathOf(id)}`, {
      method,
      headers: {
        host: '127.0.0.1:8787',
        'x-requested-by': 'tandem',
        'content-type': 'application/json',
      },
      ...(method === 'GET' ? {} : { body: '{}' }),
    })
    const response = await rig.time.during(Promise.resolve(rig.app.fetch(request)))
    // The live stream has no end of its own.
    await response.body?.cancel()
    expect(changes()).toEqual(before)
    const records = await rig.db.selectFrom('audit').select('seq').where('what', '=', id).execute()
    expect(records).toEqual([])
  },
)
