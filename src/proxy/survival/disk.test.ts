import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { AuditPage } from '#contract/audit.ts'
import type { Failover } from '#contract/failover.ts'
import type { TunnelHistory } from '#contract/history.ts'
import { start } from '../../../e2e/processes.ts'
import { createRecords } from '../failover/records.ts'
import { failOver, watchTunnel } from '../faults/failing-over.ts'
import { type Rig, startRig } from '../faults/rig.ts'
import { startWorld, type World } from '../faults/world.ts'
import { mountSmallDisk, type SmallDisk } from './disk.ts'
import { promote } from './elsewhere.ts'

/** The whole Tandem on a disk that refuses, and again on one that takes what it is given. */

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 60_000)
afterAll(() => world.end())

const probe = mountSmallDisk(1)
probe?.end()

/** How a disk is made to refuse, and to work again. */
type Refusal = {
  folder: string
  refuse: (rig: Rig) => Promise<void>
  relent: (rig: Rig) => Promise<void>
  end: () => void
}

function fullDisk(): Refusal {
  const disk = mountSmallDisk(2)
  if (!disk) throw new Error('Nothing can be mounted here.')
  return {
    // Not the file system itself, which can't be removed while it is mounted.
    folder: join(disk.folder, 'data'),
    async refuse({ db }) {
      // A log that was written before has room in it: it must grow to be written again.
      await sql`pragma wal_checkpoint(truncate)`.execute(db)
      disk.fill()
    },
    relent: async () => disk.free(),
    end: disk.end,
  }
}

/** Root may write to what is read-only for others, so the connection itself is told to refuse. */
const readOnly = (): Refusal => ({
  folder: mkdtempSync(join(tmpdir(), 'tandem-disk-')),
  refuse: async ({ db }) => void (await sql`pragma query_only = 1`.execute(db)),
  relent: async ({ db }) => void (await sql`pragma query_only = 0`.execute(db)),
  end: () => {},
})

/** Somebody else is in the middle of a write for longer than Tandem waits for a lock. */
function locked(): Refusal {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-disk-'))
  let other: Database.Database | null = null
  return {
    folder,
    refuse: async () => {
      other = new Database(join(folder, 'tandem.db'))
      other.exec('begin immediate')
    },
    relent: async () => void other?.close(),
    end: () => {},
  }
}

const cases = [['read-only', readOnly], ...(probe ? [['full', fullDisk] as const] : [])] as const

describe('P4 a disk that takes nothing', () => {
  test.each(cases)(
    '%s: the live view goes on, writes are refused, and recording takes itself up again',
    async (name, make) => {
      await world.reset()
      const { tunnelId, connectorIds } = await world.addTunnel('lon-core')
      const [first = '', second = ''] = connectorIds
      const disk = make()
      const rig = await startRig(world, { folder: disk.folder })
      await rig.looked()
      await rig.time.run(60_000)
      expect((await rig.session()).notRecordingSince).toBeNull()

      await disk.refuse(rig)
      const refusedAt = rig.time.now()
      await promote(world, tunnelId, second)
      await rig.time.until(
        'the page shows who is active now',
        () => rig.tandem.parts.present.tunnel(tunnelId)?.activeConnectorId === second,
      )
      await rig.time.run(10_000)
      const { notRecordingSince, notRecordingBecause } = await rig.session()
      expect(notRecordingSince).toBeGreaterThanOrEqual(refusedAt)
      expect(notRecordingBecause).toBe(
        name === 'full' ? 'the disk is full' : 'its file can’t be written to',
      )
      const failover = { client_id: first, expected_active_id: second }
      expect(await rig.refused('POST', `/tunnels/${tunnelId}/failovers`, failover)).toMatchObject({
        type: 'urn:tandem:problem:not-recorded',
      })
      expect(await rig.refused('PATCH', `/tunnels/${tunnelId}`, { name: 'other' })).toMatchObject({
        type: 'urn:tandem:problem:not-recorded',
      })
      expect(rig.calls.filter(({ method }) => method !== 'GET')).toEqual([])
      await rig.time.run(120_000)
      const read = (from: number) =>
        rig.get<TunnelHistory>(`/tunnels/${tunnelId}/history?from=${from}&to=${rig.time.now()}`)
      const during = await read(refusedAt)
      expect(during.active.at(-1)).toMatchObject({ value: 'unknown', reason: 'not-recorded' })

      await disk.relent(rig)
      const relentedAt = rig.time.now()
      const took = await rig.time.until(
        'it records again',
        () => rig.tandem.parts.session().notRecordingSince === null,
        35_000,
      )
      expect(took).toBeLessThanOrEqual(35_000)
      await rig.time.run(20_000)
      const after = await read(refusedAt - 30_000)
      expect(after.active.map(({ value }) => value)).toEqual([first, 'unknown', second])
      const [, gap] = after.active
      expect(gap).toMatchObject({ reason: 'not-recorded' })
      expect(gap?.from).toBeLessThanOrEqual(refusedAt + 10_000)
      expect(gap?.to).toBeGreaterThanOrEqual(relentedAt)
      expect(after.events.map(({ kind }) => kind)).toContain('active-changed')
      await rig.end().finally(disk.end)
    },
  )

  test.runIf(probe)('full: what is old makes room, and recording goes on', async () => {
    await world.reset()
    const { tunnelId, connectorIds } = await world.addTunnel('lon-core')
    const disk = mountSmallDisk(4)
    if (!disk) throw new Error('Nothing can be mounted here.')
    const rig = await startRig(world, { folder: join(disk.folder, 'data') })
    await rig.looked()
    const old = rig.time.now() - 401 * 86_400_000
    const rows = Array.from({ length: 5_000 }, (_, seq) => ({
      tunnel: 0,
      at: old + seq,
      seq,
      kind: 18,
      connector: null,
      from_word: null,
      to_word: null,
      cause: null,
      by_word: null,
      failover_id: null,
      note: null,
      precision_ms: null,
    }))
    for (let at = 0; at < rows.length; at += 500)
      await rig.db
        .insertInto('events')
        .values(rows.slice(at, at + 500))
        .execute()
    // All of it is in the database, and once more in a log that must grow to be written to.
    await sql`pragma wal_checkpoint(truncate)`.execute(rig.db)
    await rig.db.updateTable('events').set({ precision_ms: 1 }).execute()
    disk.fill()
    await promote(world, tunnelId, connectorIds[1] ?? '')
    const says = (text: string) =>
      rig.time.until(text, () => rig.lines.some((line) => line.includes(text)))
    await says('history is not being recorded: the disk is full')
    await says('history is recorded again')
    await says('forgot old history')
    const left = await rig.db
      .selectFrom('events')
      .select('at')
      .where('at', '<', old + rows.length)
      .execute()
    expect(left).toEqual([])
    const { active } = await rig.get<TunnelHistory>(`/tunnels/${tunnelId}/history`)
    expect(active.at(-1)?.value).toBe(connectorIds[1])
    await rig.end().finally(disk.end)
  })
})

describe('P6 a start on a disk that takes nothing', () => {
  const ways: [string, (disk: SmallDisk) => void, (disk: SmallDisk) => void, RegExp][] = [
    ['full', (disk) => disk.fill(), (disk) => disk.free(), /the disk is full/],
    [
      'read-only',
      (disk) => disk.refuse(true),
      (disk) => disk.refuse(false),
      /the disk is read-only/,
    ],
  ]
  test.runIf(probe).each(ways)(
    '%s: it ends with one sentence, and the next one goes on with what was there',
    async (_, refuse, relent, says) => {
      const disk = mountSmallDisk(4)
      if (!disk) throw new Error('Nothing can be mounted here.')
      onTestFinished(disk.end)
      const startHere = () =>
        start('proxy', [], {
          early: true,
          env: {
            PORT: '0',
            TANDEM_DATA_DIR: join(disk.folder, 'data'),
            CLOUDFLARE_BASE_URL: world.baseUrl,
            CLOUDFLARE_API_TOKEN: world.token,
            CLOUDFLARE_ACCOUNT_ID: world.accounts[0] ?? '',
            TANDEM_SIGN_IN: 'off',
            LOG_LEVEL: 'silent',
          },
        })
      const first = startHere()
      await first.line(/is running: http:/)
      await first.end()
      refuse(disk)
      const second = startHere()
      expect(await second.ended).toBe(1)
      expect(second.output()).toMatch(/^[^\n]+\n$/)
      expect(second.output()).toMatch(says)
      relent(disk)
      const third = startHere()
      await third.line(/is running: http:/)
      expect(await third.end()).toBe(0)
      expect(third.output()).not.toMatch(/damaged/)
    },
    60_000,
  )
})

/** What the audit tells of each failover, newest first. */
async function outcomesOf(rig: Rig) {
  const { records } = await rig.get<AuditPage>('/audit?what=failoverRun')
  return records.map(({ outcomes }) => outcomes)
}

/** What of a failover's end stands in the audit. */
const toEnd = ({ endedAt, demotedAt, promotedAt, vacantMs, activeNow, detail }: Failover) => ({
  endedAt,
  demotedAt,
  promotedAt,
  vacantMs,
  activeNow,
  detail,
})

describe('F1 P4 P5 a disk that takes nothing while a failover runs', () => {
  test.each([...cases, ['locked', locked] as const])(
    '%s between its acceptance and its end: the end is written later, and stays what people were told',
    async (_, make) => {
      await world.reset()
      const disk = make()
      const watched = await watchTunnel(world, 3, { folder: disk.folder })
      const { rig, path, body, active, standby, third } = watched
      const { failovers } = rig.tandem.parts
      const { json } = await rig.ask('POST', path, body)
      const { id } = json as Failover
      await rig.time.until('it was accepted', () =>
        failovers.running().some(({ state }) => state === 'accepted'),
      )
      await disk.refuse(rig)
      await rig.time.until('it ended', () => failovers.running().length === 0)
      const told = await rig.get<Failover>(`/failovers/${id}`)
      expect(told).toMatchObject({ state: 'confirmed', activeNow: [standby] })
      const onDisk = () => createRecords(rig.db).get(id)
      expect(await onDisk()).toMatchObject({ state: 'accepted' })
      // A drift that the disk does not take either, written beside the end once it can be.
      await rig.time.run(2000)
      await promote(world, watched.tunnelId, third)
      await rig.time.run(12_000)

      await disk.relent(rig)
      await rig.time.run(30_000)
      const { afterwards } = await rig.get<Failover>(`/failovers/${id}`)
      expect(afterwards).toMatchObject([{ activeNow: [third] }])
      expect(await onDisk()).toEqual({ ...told, afterwards })
      const outcomes = [
        expect.objectContaining({ result: 'started' }),
        expect.objectContaining({ result: 'accepted' }),
        { at: expect.any(Number), result: 'confirmed', facts: toEnd(told) },
        { at: expect.any(Number), result: 'moved-on', facts: { activeNow: [third] } },
      ]
      expect(await outcomesOf(rig)).toEqual([outcomes])

      const back = { ...body, client_id: active, expected_active_id: third }
      expect(await failOver({ ...watched, body: back })).toMatchObject({ state: 'confirmed' })
      await rig.kill()
      const second = await startRig(world, { folder: rig.folder })
      await second.looked()
      await second.time.run(20_000)
      expect(await second.get(`/failovers/${id}`)).toEqual({ ...told, afterwards })
      expect((await outcomesOf(second)).at(-1)).toEqual(outcomes)
      await second.end().finally(disk.end)
    },
  )

  test('the end can’t be written, and the next one comes at once: both are on record', async () => {
    await world.reset()
    const disk = locked()
    const watched = await watchTunnel(world, 2, { folder: disk.folder })
    const { rig, path, body, active, standby } = watched
    const { failovers } = rig.tandem.parts
    await rig.ask('POST', path, body)
    await rig.time.until('it was accepted', () =>
      failovers.running().some(({ state }) => state === 'accepted'),
    )
    await disk.refuse(rig)
    await rig.time.until('it ended', () => failovers.running().length === 0)
    await rig.time.run(100)
    await disk.relent(rig)
    const back = { ...body, client_id: active, expected_active_id: standby }
    expect(await failOver({ ...watched, body: back })).toMatchObject({ state: 'confirmed' })
    const told = (await outcomesOf(rig)).map((outcomes) => outcomes.map(({ result }) => result))
    const inOrder = ['started', 'accepted', 'confirmed']
    expect(told).toEqual([inOrder, inOrder])
    await rig.end().finally(disk.end)
  })
})
