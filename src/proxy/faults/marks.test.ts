import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AuditPage } from '#contract/audit.ts'
import type { LiveEvent } from '#contract/events.ts'
import type { HistoryEvent, HistorySummary, TunnelHistory } from '#contract/history.ts'
import type { Mark, MarkList } from '#contract/marks.ts'
import type { Tunnel } from '#contract/tunnel.ts'
import { failOver, watchTunnel } from './failing-over.ts'
import { type Rig, startRig } from './rig.ts'
import { hang, join, publicUrl, setUp } from './visitor.ts'
import { startWorld, type World } from './world.ts'

/** What waits for an acknowledgement, who gave it, notes and maintenance, through the real Tandem. */

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 60_000)
afterAll(() => world.end())
beforeEach(() => world.reset())

const minute = 60_000
const hour = 60 * minute

async function swap(rig: Rig, tunnelId: string, connectorId: string) {
  const before = (await rig.tunnel(tunnelId)).activeConnectorId
  await world.order(`/tunnels/${tunnelId}/swap`, { connectorId })
  await rig.time.until(
    'the switch was seen',
    () => rig.tandem.parts.present.tunnel(tunnelId)?.activeConnectorId !== before,
  )
  return rig.tunnel(tunnelId)
}
/** The log up to now; a window does not include the moment of its end. */
async function eventsOf(rig: Rig, tunnelId: string, kind: string) {
  await rig.time.run(1)
  const { events } = await rig.get<{ events: HistoryEvent[] }>(
    `/activity?tunnel=${tunnelId}&kind=${kind}`,
  )
  return events
}
const acknowledge = (rig: Rig, { id, unacknowledged }: Tunnel, comment: string | null = null) =>
  rig.ask('POST', `/tunnels/${id}/acknowledgement`, { through: unacknowledged?.lastAt, comment })

describe('a change of the active connector', () => {
  test('waits, is told with the look that saw it, and stays over a restart', async () => {
    const { rig, tunnelId, standby, active } = await watchTunnel(world)
    expect((await rig.tunnel(tunnelId)).unacknowledged).toBeNull()
    const told: LiveEvent[] = []
    rig.tandem.parts.bus.subscribe(({ event }) => told.push(event))
    const once = await swap(rig, tunnelId, standby)
    expect(once.unacknowledged).toMatchObject({ count: 1 })
    const polled = told
      .flatMap((event) => (event.type === 'polled' ? event.tunnels : []))
      .find(({ activeConnectorId }) => activeConnectorId === standby)
    expect(polled?.unacknowledged).toEqual(once.unacknowledged)
    const twice = await swap(rig, tunnelId, active)
    expect(twice.unacknowledged).toEqual({
      count: 2,
      firstAt: once.unacknowledged?.firstAt,
      lastAt: expect.any(Number),
    })
    await rig.kill()
    const again = await startRig(world, { folder: rig.folder })
    await again.looked()
    expect((await again.tunnel(tunnelId)).unacknowledged).toEqual(twice.unacknowledged)
    await again.end()
  })

  test('is acknowledged with a comment: on disk, in the log, in the audit, told to everybody', async () => {
    const { rig, tunnelId, standby } = await watchTunnel(world)
    const seen = await swap(rig, tunnelId, standby)
    const { status, json } = await acknowledge(rig, seen, 'fibre works')
    expect(status).toBe(201)
    expect(json).toMatchObject({ kind: 'acknowledgement', text: 'fibre works' })
    const after = await rig.tunnel(tunnelId)
    expect(after).toMatchObject({
      unacknowledged: null,
      acknowledged: { at: (json as Mark).at, comment: 'fibre works' },
    })
    expect(await eventsOf(rig, tunnelId, 'acknowledged')).toMatchObject([
      { kind: 'acknowledged', note: 'fibre works' },
    ])
    const rows = await rig.db.selectFrom('audit').selectAll().orderBy('seq').execute()
    expect(rows.map(({ what, outcome }) => [what, outcome])).toEqual(
      expect.arrayContaining([
        ['acknowledgementAdd', null],
        ['acknowledgementAdd', 'done'],
      ]),
    )
    await rig.kill()
    const again = await startRig(world, { folder: rig.folder })
    await again.looked()
    expect(await again.tunnel(tunnelId)).toMatchObject({
      unacknowledged: null,
      acknowledged: after.acknowledged,
    })
    await again.kill()
    const dayAfter = await startRig(world, { folder: rig.folder, aheadMs: 25 * hour })
    await dayAfter.looked()
    expect((await dayAfter.tunnel(tunnelId)).acknowledged).toBeNull()
    await dayAfter.end()
  })

  test('that came after somebody looked still waits', async () => {
    const { rig, tunnelId, standby, active } = await watchTunnel(world)
    const seen = await swap(rig, tunnelId, standby)
    const later = await swap(rig, tunnelId, active)
    expect((await acknowledge(rig, seen)).status).toBe(201)
    expect((await rig.tunnel(tunnelId)).unacknowledged).toEqual({
      count: 1,
      firstAt: later.unacknowledged?.lastAt,
      lastAt: later.unacknowledged?.lastAt,
    })
    await rig.end()
  })

  test('can be acknowledged one entry at a time, and nothing twice', async () => {
    const { rig, tunnelId, standby, active } = await watchTunnel(world)
    await swap(rig, tunnelId, standby)
    const seen = await swap(rig, tunnelId, active)
    const events = await eventsOf(rig, tunnelId, 'active-changed')
    const path = `/tunnels/${tunnelId}/acknowledgement`
    expect((await rig.ask('POST', path, { eventId: events[0]?.id })).status).toBe(201)
    expect((await rig.tunnel(tunnelId)).unacknowledged).toMatchObject({
      count: 1,
      lastAt: events[1]?.at,
    })
    expect(await rig.refused('POST', path, { eventId: events[0]?.id })).toMatchObject({
      type: 'urn:tandem:problem:already-acknowledged',
      status: 409,
    })
    // Two at once: one of them is told that the other was first.
    const both = await Promise.all([acknowledge(rig, seen), acknowledge(rig, seen)])
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409])
    await rig.end()
  })

  test('whose end came after what the person saw is not acknowledged with its beginning', async () => {
    const watched = await watchTunnel(world)
    const { rig, tunnelId } = watched
    await world.order('/failover', { mode: 'normal', demoteMs: 500, promoteMs: 6_000 })
    await failOver(watched)
    const [began] = await eventsOf(rig, tunnelId, 'no-active-began')
    const [changed] = await eventsOf(rig, tunnelId, 'active-changed')
    const seen = { eventId: began?.id, through: began?.at }
    const { json } = await rig.ask('POST', `/tunnels/${tunnelId}/acknowledgement`, seen)
    expect(json).toMatchObject({ from: began?.at, to: began?.at })
    const { records } = await rig.get<AuditPage>('/audit?what=acknowledgementAdd')
    const until = new Date(began?.at ?? 0).toISOString()
    expect(records).toMatchObject([{ facts: { entry: began?.id, until } }])
    expect((await rig.tunnel(tunnelId)).unacknowledged).toEqual({
      count: 1,
      firstAt: changed?.at,
      lastAt: changed?.at,
    })
    await rig.end()
  })

  test('whose moment with nobody active was seen is acknowledged by either entry, over a restart too', async () => {
    const watched = await watchTunnel(world)
    const { rig, tunnelId } = watched
    await world.order('/failover', { mode: 'normal', demoteMs: 500, promoteMs: 6_000 })
    await failOver(watched)
    expect((await rig.tunnel(tunnelId)).unacknowledged).toMatchObject({ count: 1 })
    const [began] = await eventsOf(rig, tunnelId, 'no-active-began')
    const [changed] = await eventsOf(rig, tunnelId, 'active-changed')
    const { status, json } = await rig.ask('POST', `/tunnels/${tunnelId}/acknowledgement`, {
      eventId: changed?.id,
    })
    expect(status).toBe(201)
    expect(json).toMatchObject({ from: began?.at, to: changed?.at, eventId: changed?.id })
    expect((await rig.tunnel(tunnelId)).unacknowledged).toBeNull()
    await rig.kill()
    const again = await startRig(world, { folder: rig.folder })
    await again.looked()
    expect((await again.tunnel(tunnelId)).unacknowledged).toBeNull()
    await again.end()
  })

  test('from before Tandem asked for it counts as seen', async () => {
    const { rig, tunnelId, standby } = await watchTunnel(world)
    await swap(rig, tunnelId, standby)
    // As a database looks that an earlier version wrote.
    await rig.db.deleteFrom('marks_begin').execute()
    await rig.kill()
    const again = await startRig(world, { folder: rig.folder })
    await again.looked()
    expect((await again.tunnel(tunnelId)).unacknowledged).toBeNull()
    await again.end()
  })
})

describe('notes', () => {
  test('stand at their moment, in the history too, and go with their author’s word', async () => {
    const { rig, tunnelId } = await watchTunnel(world)
    const at = rig.time.now() - 5_000
    const path = `/tunnels/${tunnelId}/notes`
    const { status, json } = await rig.ask('POST', path, { at, text: '  rack moved ' })
    expect(status).toBe(201)
    const note = json as Mark
    expect(note).toMatchObject({ kind: 'note', at, text: 'rack moved', endedAt: null })
    const window = `from=${at - minute}&to=${at + minute}`
    const marks = async () =>
      (await rig.get<MarkList>(`/tunnels/${tunnelId}/marks?${window}`)).marks
    expect(await marks()).toEqual([note])
    const history = await rig.get<TunnelHistory>(`/tunnels/${tunnelId}/history?${window}`)
    expect(history.marks).toEqual([note])
    // What was written in this very millisecond is told too.
    const { json: last } = await rig.ask('POST', path, { at: rig.time.now(), text: 'and back' })
    const all = await rig.get<MarkList>(`/tunnels/${tunnelId}/marks?from=0`)
    expect(all.marks).toEqual([note, last])
    expect((await rig.ask('DELETE', `${path}/${note.id}`)).status).toBe(200)
    expect((await rig.ask('DELETE', `${path}/${(last as Mark).id}`)).status).toBe(200)
    expect(await marks()).toEqual([])
    expect(await rig.refused('DELETE', `${path}/${note.id}`)).toMatchObject({ status: 404 })
    await rig.end()
  })

  test('of the future, without words or of a book’s length are refused', async () => {
    const { rig, tunnelId } = await watchTunnel(world)
    const path = `/tunnels/${tunnelId}/notes`
    const at = rig.time.now()
    expect(await rig.refused('POST', path, { at: at + hour, text: 'x' })).toMatchObject({
      field: 'at',
    })
    expect(await rig.refused('POST', path, { at, text: ' ' })).toMatchObject({ field: 'text' })
    expect(await rig.refused('POST', path, { at, text: 'x'.repeat(501) })).toMatchObject({
      field: 'text',
    })
    await rig.end()
  })

  test('of others can’t be deleted by an operator, but by an admin', async () => {
    const { tunnelId } = await world.addTunnel('ams-core', 2)
    const rig = await startRig(world, { signIn: 'people', publicUrl })
    await rig.looked()
    const admin = await setUp(rig)
    const ben = (await join(rig, admin, 'Ben', 'operator')).visitor
    const cleo = (await join(rig, admin, 'Cleo', 'operator')).visitor
    const path = `/tunnels/${tunnelId}/notes`
    const write = async () =>
      (await ben.ask('POST', path, { at: rig.time.now(), text: 'x' })).json as Mark
    const note = await write()
    expect(note.by).toBe('Ben')
    const refusal = await cleo.ask('DELETE', `${path}/${note.id}`, {})
    expect(refusal.status).toBe(403)
    expect(refusal.json).toMatchObject({ detail: expect.stringContaining('Ben wrote this note') })
    expect((await ben.ask('DELETE', `${path}/${note.id}`, {})).status).toBe(200)
    const other = await write()
    expect((await admin.ask('DELETE', `${path}/${other.id}`, {})).status).toBe(200)
    await rig.end()
  })
})

describe('maintenance', () => {
  const plan = (rig: Rig, tunnelId: string, from: number, to: number) =>
    rig.ask('POST', `/tunnels/${tunnelId}/maintenance`, { from, to, text: 'new rack' })

  test('opens and closes by itself, is told both times, and its changes wait for nobody', async () => {
    const { rig, tunnelId, standby, active } = await watchTunnel(world)
    const now = rig.time.now()
    const told: (Tunnel['maintenance'] | undefined)[] = []
    rig.tandem.parts.bus.subscribe(({ event }) => {
      if (event.type === 'polled') told.push(...event.tunnels.map(({ maintenance }) => maintenance))
    })
    expect((await plan(rig, tunnelId, now + minute, now + 4 * minute)).status).toBe(201)
    expect((await rig.tunnel(tunnelId)).maintenance).toBeNull()
    await rig.time.run(minute)
    expect((await rig.tunnel(tunnelId)).maintenance).toMatchObject({
      from: now + minute,
      to: now + 4 * minute,
      text: 'new rack',
    })
    expect(told.at(-1)).not.toBeNull()
    expect((await swap(rig, tunnelId, standby)).unacknowledged).toBeNull()
    await rig.time.run(4 * minute)
    expect((await rig.tunnel(tunnelId)).maintenance).toBeNull()
    expect(told.at(-1)).toBeNull()
    expect((await swap(rig, tunnelId, active)).unacknowledged).toMatchObject({ count: 1 })
    await rig.end()
  }, 30_000)

  test('is ended early by whoever may, once, and called off before it began', async () => {
    const { rig, tunnelId } = await watchTunnel(world)
    const now = rig.time.now()
    const { json } = await plan(rig, tunnelId, now, now + hour)
    const end = `/tunnels/${tunnelId}/maintenance/${(json as Mark).id}/end`
    await rig.time.run(minute)
    expect((await rig.ask('POST', end)).json).toMatchObject({ endedAt: expect.any(Number) })
    expect((await rig.tunnel(tunnelId)).maintenance).toBeNull()
    expect(await rig.refused('POST', end)).toMatchObject({
      type: 'urn:tandem:problem:already-ended',
    })
    const soon = rig.time.now() + 2 * minute
    const later = (await plan(rig, tunnelId, soon, soon + hour)).json as Mark
    const off = `/tunnels/${tunnelId}/maintenance/${later.id}/end`
    expect((await rig.ask('POST', off)).status).toBe(200)
    await rig.time.run(3 * minute)
    expect((await rig.tunnel(tunnelId)).maintenance).toBeNull()
    await rig.end()
  }, 30_000)

  test('is listed however far ahead it lies, so that it can be called off', async () => {
    const { rig, tunnelId } = await watchTunnel(world)
    const now = rig.time.now()
    const begin = now + 80 * 24 * hour
    const { json } = await plan(rig, tunnelId, begin, begin + hour)
    const path = `/tunnels/${tunnelId}/marks?from=${now}`
    expect((await rig.get<MarkList>(path)).marks).toEqual([json])
    expect((await rig.get<MarkList>(`${path}&to=${begin}`)).marks).toEqual([])
    await rig.end()
  })

  test('can’t be told of the past, backwards or for ever', async () => {
    const { rig, tunnelId } = await watchTunnel(world)
    const now = rig.time.now()
    const path = `/tunnels/${tunnelId}/maintenance`
    const refused = (from: number, to: number) => rig.refused('POST', path, { from, to })
    expect(await refused(now + hour, now)).toMatchObject({ field: 'to' })
    expect(await refused(now - 50 * minute, now - minute)).toMatchObject({ field: 'to' })
    expect(await refused(Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER)).toMatchObject({
      status: 400,
    })
    expect(await refused(now - 2 * hour, now + hour)).toMatchObject({ field: 'from' })
    expect(await refused(now, now + 400 * hour)).toMatchObject({ field: 'to' })
    expect(await refused(now + 3_000 * hour, now + 3_001 * hour)).toMatchObject({ field: 'from' })
    await rig.end()
  })

  test('availability is told with and without it', async () => {
    const { rig, tunnelId } = await watchTunnel(world)
    const from = rig.time.now()
    await rig.time.run(4 * minute)
    const begin = rig.time.now()
    await plan(rig, tunnelId, begin, begin + 4 * minute)
    const { connectors } = await world.tunnel(tunnelId)
    for (const { id } of connectors) await world.order(`/connectors/${id}/kill`)
    // What comes back is seen before the window ends, so that none of the outage lies outside of it.
    await rig.time.run(3 * minute)
    for (const { id } of connectors) await world.order(`/connectors/${id}/revive`)
    await rig.time.run(3 * minute)
    const to = rig.time.now()
    const { tunnels } = await rig.get<HistorySummary>(`/history/summary?from=${from}&to=${to}`)
    const its = tunnels.find((one) => one.tunnelId === tunnelId)
    expect(its?.maintenanceMs).toBe(4 * minute)
    expect(its?.availability).toBeLessThan(0.8)
    expect(its?.availabilityOutside).toBe(1)
    expect(its?.observedOutsideMs).toBe((its?.observedMs ?? 0) - 4 * minute)
    const { summary } = await rig.get<TunnelHistory>(
      `/tunnels/${tunnelId}/history?from=${from}&to=${to}`,
    )
    expect(summary.availabilityOutside).toBe(its?.availabilityOutside)
    const csv = await rig.app.fetch(
      new Request(
        `http://127.0.0.1:8787/api/tunnels/${tunnelId}/history.csv?from=${from}&to=${to}`,
        { headers: { host: '127.0.0.1:8787' } },
      ),
    )
    const rows = (await csv.text()).split('\r\n')
    expect(rows.find((row) => row.startsWith('availability outside maintenance'))).toContain(
      String(summary.availabilityOutside),
    )
    expect(rows.filter((row) => row.startsWith('maintenance,'))).toHaveLength(1)
    await rig.end()
  }, 60_000)
})

test('a screen is told who acknowledged and why, and not who does the maintenance', async () => {
  const { tunnelId, connectorIds } = await world.addTunnel('ams-core', 2)
  const rig = await startRig(world, { signIn: 'people', publicUrl })
  await rig.looked()
  const admin = await setUp(rig)
  const ben = (await join(rig, admin, 'Ben', 'operator')).visitor
  const screen = await hang(rig, admin)
  await world.order(`/tunnels/${tunnelId}/swap`, { connectorId: connectorIds[1] })
  await rig.time.until(
    'the switch was seen',
    () => rig.tandem.parts.present.tunnel(tunnelId)?.unacknowledged !== null,
  )
  const through = rig.tandem.parts.present.tunnel(tunnelId)?.unacknowledged?.lastAt
  await ben.ask('POST', `/tunnels/${tunnelId}/acknowledgement`, { through, comment: 'known' })
  const now = rig.time.now()
  const window = { from: now, to: now + hour, text: 'Dana from Acme comes' }
  await ben.ask('POST', `/tunnels/${tunnelId}/maintenance`, window)
  const { json: list } = await screen.ask('GET', '/tunnels')
  const { json: one } = await screen.ask('GET', `/tunnels/${tunnelId}`)
  for (const tunnel of [(list as { tunnels: Tunnel[] }).tunnels[0], one]) {
    expect(tunnel).toMatchObject({
      acknowledged: { by: 'Ben', comment: 'known' },
      maintenance: { by: 'somebody', text: null },
    })
  }
  const { json: seen } = await ben.ask('GET', `/tunnels/${tunnelId}`)
  expect(seen).toMatchObject({ maintenance: { by: 'Ben', text: 'Dana from Acme comes' } })
  await rig.end()
})
