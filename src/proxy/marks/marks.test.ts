import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type KyselyPlugin, sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eventKinds, type HistoryEvent } from '#contract/history.ts'
import { mostWaiting } from '#contract/waiting.ts'
import { noEvent } from '../history/advance.ts'
import { loadKeys } from '../history/keys.ts'
import { openStore, type Store } from '../store/open.ts'
import { createMarks } from './marks.ts'

let folder: string
beforeEach(() => {
  now = 1_000
  lastId = 0
  folder = mkdtempSync(join(tmpdir(), 'tandem-marks-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const changeAt = (at: number, kind: HistoryEvent['kind'] = 'active-changed'): HistoryEvent => ({
  ...noEvent,
  id: `1-${at}-0`,
  tunnelId: 't',
  tunnelName: 'lon-core',
  at,
  kind,
})
const ana = { id: 'p', name: 'Ana' }

let now: number
let lastId: number
const marksOn = async (db: Store) =>
  createMarks({
    db,
    keys: await loadKeys(db),
    now: () => now,
    after: () => () => {},
    newId: () => `m${(lastId += 1)}`,
    log: async () => {},
    tell: () => {},
  })

/** The same store, where something happens before each answer is heard. */
const heardLate = (db: Store, meanwhile: () => void) => {
  const slowly: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      meanwhile()
      return result
    },
  }
  return db.withPlugin(slowly)
}

test('a change that comes while an acknowledgement is written still waits', async () => {
  const { db } = await openStore(folder, () => 0)
  let whileWritten = () => {}
  const marks = await marksOn(heardLate(db, () => whileWritten()))
  marks.notice([changeAt(500)])
  whileWritten = () => marks.notice([changeAt(900)])
  await marks.acknowledge('t', { through: 500, comment: 'Seen.' }, ana)
  expect(marks.of('t').unacknowledged).toEqual({ count: 1, firstAt: 900, lastAt: 900 })
  expect(marks.of('t').acknowledged).toMatchObject({ by: 'Ana' })
  await db.destroy()
})

test('an entry that came after what the person saw is not acknowledged, nor another one in its place', async () => {
  const { db } = await openStore(folder, () => 0)
  const marks = await marksOn(db)
  const [began, changed] = [changeAt(500, 'no-active-began'), changeAt(900)]
  marks.notice([began, changed])
  const { unacknowledged } = marks.of('t')
  const early = marks.acknowledge('t', { eventId: changed.id, through: began.at }, ana)
  await expect(early).rejects.toMatchObject({
    kind: 'already-acknowledged',
    message: expect.stringMatching(/^This came after/),
  })
  expect(marks.of('t')).toMatchObject({ unacknowledged, acknowledged: null })
  await marks.acknowledge('t', { eventId: changed.id, through: changed.at }, ana)
  expect(marks.of('t').unacknowledged).toBeNull()
  await db.destroy()
})

describe('the end of a maintenance', () => {
  const hourMs = 3_600_000
  const window = { from: 1_000, to: 1_000 + hourMs, text: null }

  test('lets a change wait that comes while it is written', async () => {
    const { db } = await openStore(folder, () => 0)
    let whileWritten = () => {}
    const marks = await marksOn(heardLate(db, () => whileWritten()))
    const { id } = await marks.planMaintenance('t', window, ana)
    now = 20_000
    // The first while the maintenance is looked for, before its end; the second at its end.
    whileWritten = () => {
      marks.notice([changeAt(now)])
      now += 500
    }
    await marks.endMaintenance('t', id, ana)
    expect(marks.of('t').unacknowledged).toEqual({ count: 1, firstAt: 20_500, lastAt: 20_500 })
    await db.destroy()
  })

  test('that the disk refuses leaves it as it was', async () => {
    const { db } = await openStore(folder, () => 0)
    const marks = await marksOn(db)
    const { id } = await marks.planMaintenance('t', window, ana)
    const { maintenance } = marks.of('t')
    await sql`create trigger full before update on marks begin select raise(abort, 'full'); end`.execute(
      db,
    )
    now = 20_000
    await expect(marks.endMaintenance('t', id, ana)).rejects.toMatchObject({ kind: 'not-recorded' })
    marks.notice([changeAt(20_500)])
    expect(marks.of('t')).toMatchObject({ unacknowledged: null, maintenance })
    await db.destroy()
  })

  test('is what tells whether it belongs to a stretch', async () => {
    const { db } = await openStore(folder, () => 0)
    const marks = await marksOn(db)
    const { id } = await marks.planMaintenance('t', window, ana)
    const later = { from: 40_000, to: 60_000, text: null }
    const calledOff = await marks.planMaintenance('t', later, ana)
    now = 20_000
    await marks.endMaintenance('t', id, ana)
    await marks.endMaintenance('t', calledOff.id, ana)
    const within = async (from: number, to: number) =>
      (await marks.ofTunnel('t', { from, to })).map((mark) => mark.id)
    expect(await within(10_000, 30_000)).toEqual([id])
    expect(await within(20_000, 30_000)).toEqual([])
    expect(await within(30_000, 50_000)).toEqual([calledOff.id])
    expect(await within(50_000, 70_000)).toEqual([])
    await db.destroy()
  })
})

describe('a start finds what waits', () => {
  const log = async (db: Store, ...times: number[]) => {
    const bare = { connector: null, from_word: null, to_word: null, cause: null, by_word: null }
    const row = { ...bare, failover_id: null, note: null, precision_ms: null }
    const kind = eventKinds.indexOf('active-changed')
    await db
      .insertInto('events')
      .values(times.map((at) => ({ ...row, tunnel: 1, at, seq: 0, kind })))
      .execute()
  }
  const many = Array.from({ length: 2 * mostWaiting }, (_, n) => 4_000 + n)
  const begin = async () => {
    const { db } = await openStore(folder, () => 0)
    const row = { key: 1, tunnel_id: 't', account_id: 'a', watched_since: 0 }
    await db.insertInto('tunnels').values(row).execute()
    return { db, marks: await marksOn(db) }
  }

  test('before a maintenance, whatever happened in it', async () => {
    const { db, marks } = await begin()
    await log(db, 2_000, 2_500, ...many)
    now = 3_000
    await marks.planMaintenance('t', { from: 3_000, to: 3_603_000, text: null }, ana)
    const { unacknowledged } = (await marksOn(db)).of('t')
    expect(unacknowledged).toEqual({ count: 2, firstAt: 2_000, lastAt: 2_500 })
    await db.destroy()
  })

  test('behind entries that were acknowledged one by one', async () => {
    const { db, marks } = await begin()
    await log(db, 2_000, ...many)
    for (const at of many) {
      marks.notice([changeAt(at)])
      await marks.acknowledge('t', { eventId: changeAt(at).id, comment: '' }, ana)
    }
    const { unacknowledged } = (await marksOn(db)).of('t')
    expect(unacknowledged).toEqual({ count: 1, firstAt: 2_000, lastAt: 2_000 })
    await db.destroy()
  })
})
