import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Interval, mostIntervals } from '#contract/history.ts'
import type { Look } from '../poller/present.ts'
import { bytesOf } from '../store/dialect.ts'
import { openStore, type Store } from '../store/open.ts'
import {
  connectorIdOf,
  type Scene,
  startWatcher,
  tunnelIdOf,
  type Watcher,
} from '../survival/watcher.ts'
import { noEvent } from './advance.ts'
import { historyRows } from './export.ts'
import { loadKeys } from './keys.ts'
import { emptied, prune } from './retain.ts'

/** What the tables hold in the end, on a real database. */

const t0 = Date.UTC(2026, 10, 24)
const minuteMs = 60_000
const dayMs = 86_400_000
const steady: Scene = { roles: ['active', 'passive'] }
const swapped: Scene = { roles: ['passive', 'active'] }

let folder: string
let db: Store
let watcher: Watcher
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-record-'))
  db = (await openStore(folder, () => t0)).db
  watcher = await startWatcher(db, t0)
})
afterEach(() => db.destroy())

/** Another run of Tandem on the same database, `ms` after the last one was last seen. */
async function restart(ms: number) {
  const startAt = watcher.now() + ms
  watcher = await startWatcher(db, startAt)
}

const shape = (intervals: Interval[]) =>
  intervals.map(({ from, to, value, reason }) => [
    value === 'unknown' ? reason : value,
    from - t0,
    to - t0,
  ])

const refuse = (is: boolean) => sql.raw(`pragma query_only = ${is ? 1 : 0}`).execute(db)

describe('writing while others write', () => {
  test('words that are new while an earlier entry is on its way to the disk are written too', async () => {
    await watcher.see(1, steady)
    watcher.pass(5_000)
    const { recorder } = watcher
    await Promise.all([
      recorder.log(tunnelIdOf(1), { ...noEvent, at: t0, kind: 'failover-started', by: 'Ana' }),
      recorder.record(watcher.toLooks(1, { roles: ['offline', 'active'], colo: 'man02' })),
      recorder.flush(),
      recorder.log(null, { ...noEvent, at: t0, kind: 'watching-stopped', from: 'locked-out' }),
      recorder.record(watcher.toLooks(2, { roles: ['passive'], status: 'degraded' })),
    ])
    expect(watcher.troubles).toEqual([])
    const keys = await loadKeys(db)
    for (const { value } of await db.selectFrom('spans').select('value').execute()) {
      expect(keys.textOf(value)).not.toBeNull()
    }
    const words = new Set(
      (await db.selectFrom('words').select('word').execute()).map((w) => w.word),
    )
    for (const word of ['Ana', 'offline', 'man02', 'locked-out', 'degraded']) {
      expect(words).toContain(word)
    }
  })
})

test('P1 an entry of a moment that an earlier run wrote of too is one more, and none is lost', async () => {
  await watcher.see(1, steady)
  const entry = { ...noEvent, at: t0 - 1000, by: 'Ana' }
  const say = (kind: 'noted' | 'acknowledged') =>
    watcher.recorder.log(tunnelIdOf(1), { ...entry, kind })
  for (let run = 0; run < 3; run += 1) {
    await say('noted')
    await say('acknowledged')
    await restart(0)
  }
  const { events } = await watcher.window(1, t0 - 2000, t0 + 1)
  expect(events.filter(({ at }) => at === entry.at).map(({ kind }) => kind)).toEqual([
    'noted',
    'acknowledged',
    'noted',
    'acknowledged',
    'noted',
    'acknowledged',
  ])
})

describe('P4 a disk that refuses', () => {
  test('what changed meanwhile is unknown because it was not recorded, on every lane that changed', async () => {
    await watcher.keepSeeing(1, steady, minuteMs)
    await watcher.recorder.flush()
    await refuse(true)
    watcher.pass(5_000)
    // There and back again within a gap: nothing that is written later may join the two ends.
    await watcher.keepSeeing(1, { ...swapped, status: 'degraded' }, 2 * minuteMs)
    expect(watcher.troubles).toEqual([t0 + minuteMs + 5_000])
    const during = await watcher.window(1, t0, watcher.now())
    expect(shape(during.active).at(-1)).toEqual(['not-recorded', minuteMs, watcher.now() - t0])

    watcher.pass(5_000)
    await watcher.keepSeeing(1, steady, minuteMs)
    await refuse(false)
    watcher.pass(5_000)
    await watcher.see(1, steady)
    expect(watcher.troubles.at(-1)).toBeNull()
    const end = watcher.now() - t0
    watcher.pass(5_000)
    await watcher.see(1, steady)
    const after = await watcher.window(1, t0, watcher.now())
    const connector = connectorIdOf(1, 0)
    expect(shape(after.active)).toEqual([
      [connector, 0, minuteMs],
      ['not-recorded', minuteMs, end],
      [connector, end, end + 5_000],
    ])
    expect(shape(after.status)).toEqual([
      ['healthy', 0, minuteMs],
      ['not-recorded', minuteMs, end],
      ['healthy', end, end + 5_000],
    ])
  })

  test('what was seen unchanged all the time was not missed', async () => {
    await watcher.keepSeeing(1, steady, minuteMs)
    await refuse(true)
    await watcher.recorder.flush()
    await watcher.keepSeeing(1, steady, 5 * minuteMs)
    await watcher.recorder.flush()
    expect(watcher.troubles).toHaveLength(1)
    await refuse(false)
    await watcher.recorder.flush()
    await restart(1_000)
    await watcher.see(1, steady)
    const { active } = await watcher.window(1, t0, watcher.now())
    expect(shape(active)).toEqual([[connectorIdOf(1, 0), 0, 6 * minuteMs + 1_000]])
  })

  test.each([
    ['at once', 5_000],
    ['when its state was given up already', 90_000],
  ])('a tunnel that is deleted meanwhile, %s, was deleted in the end', async (_, afterMs) => {
    await watcher.keepSeeing(1, steady, minuteMs)
    await watcher.see(2, steady)
    await watcher.recorder.flush()
    await refuse(true)
    watcher.pass(5_000)
    await watcher.keepSeeing(1, swapped, afterMs)
    const deletedAt = watcher.now()
    await watcher.see(1, { ...swapped, deletedAt })
    // Nobody looks at it any more, and at the others for long enough to give up what waits.
    watcher.pass(5_000)
    await watcher.keepSeeing(2, swapped, 2 * minuteMs)
    await refuse(false)
    watcher.pass(1_000)
    await watcher.see(2, swapped)
    const ended = async () => {
      const { status, active, events } = await watcher.window(1, t0, watcher.now())
      return {
        ends: [status, active].map((lane) => lane.at(-1)?.to),
        deletions: events.filter(({ kind }) => kind === 'tunnel-deleted').length,
        isBehind: watcher.recorder.books().get(tunnelIdOf(1))?.isBehind,
      }
    }
    const expected = { ends: [deletedAt, deletedAt], deletions: 1, isBehind: false }
    expect(await ended()).toEqual(expected)
    expect(watcher.told.filter(({ kind }) => kind === 'tunnel-deleted')).toHaveLength(1)
    await restart(1_000)
    expect(await ended()).toEqual(expected)
  })

  test('what people did is written down in the end, however long it takes', async () => {
    await watcher.see(1, steady)
    await refuse(true)
    await watcher.recorder.log(tunnelIdOf(1), {
      ...noEvent,
      at: t0,
      kind: 'failover-started',
      by: 'Ana',
    })
    await watcher.keepSeeing(1, swapped, 10 * minuteMs)
    await refuse(false)
    watcher.pass(1_000)
    await watcher.recorder.flush()
    const { events } = await watcher.window(1, t0, watcher.now())
    expect(events.filter(({ by }) => by === 'Ana')).toHaveLength(1)
    expect(watcher.told.filter(({ by }) => by === 'Ana')).toHaveLength(1)
  })

  test('what people did keeps its place beside a deleted tunnel in which much went on', async () => {
    const all = (role: 'passive' | 'offline'): Scene => ({ roles: Array(600).fill(role) })
    await watcher.see(1, all('passive'))
    await watcher.see(2, steady)
    await refuse(true)
    await watcher.recorder.log(tunnelIdOf(2), { ...noEvent, at: t0, kind: 'noted', by: 'Ana' })
    for (const role of ['offline', 'passive'] as const) {
      watcher.pass(5_000)
      await watcher.see(1, all(role))
    }
    await watcher.see(1, { ...all('passive'), deletedAt: watcher.now() })
    await watcher.keepSeeing(2, swapped, 2 * minuteMs)
    await refuse(false)
    watcher.pass(1_000)
    await watcher.recorder.flush()
    const kinds = watcher.told.map(({ kind }) => kind)
    expect(kinds.filter((kind) => ['noted', 'tunnel-deleted'].includes(kind))).toEqual([
      'noted',
      'tunnel-deleted',
    ])
  })
})

describe('P5 another program holds the database', () => {
  /** The database as it is, with its transactions counted. */
  function counting(real: Store) {
    let tries = 0
    const counted = new Proxy(real, {
      get(target, key) {
        if (key === 'transaction') tries += 1
        const value: unknown = Reflect.get(target, key)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    return { counted, tries: () => tries }
  }

  test('for ten seconds: tried once a second, nothing lost, nobody alarmed before five', async () => {
    const { counted, tries } = counting(db)
    watcher = await startWatcher(counted, t0)
    await watcher.keepSeeing(1, steady, minuteMs)
    const before = tries()
    const alarms: number[] = []
    // A connection of its own is to SQLite what a program of its own is.
    const other = new Database(join(folder, 'tandem.db'))
    other.exec('begin immediate')
    for (let ms = 0; ms < 10_000; ms += 250) {
      watcher.pass(250)
      // Every look sees another swap.
      await watcher.see(1, (ms / 250) % 2 === 0 ? swapped : steady)
      alarms.push(watcher.troubles.length)
    }
    expect(alarms.slice(0, 18)).toEqual(Array.from({ length: 18 }, () => 0))
    expect(watcher.troubles).toHaveLength(1)
    // Each try may block for as long as a lock is waited for, and that is short.
    expect(tries() - before).toBeLessThanOrEqual(11)
    const { rows } = await sql<{ timeout: number }>`pragma busy_timeout`.execute(db)
    expect(rows[0]?.timeout).toBeLessThanOrEqual(200)
    other.exec('rollback')
    other.close()
    watcher.pass(1_000)
    await watcher.see(1, steady)
    expect(watcher.troubles.at(-1)).toBeNull()
    const { active, events } = await watcher.window(1, t0, watcher.now())
    expect(active.map(({ value }) => value)).not.toContain('unknown')
    expect(active).toHaveLength(41)
    expect(events.filter(({ kind }) => kind === 'active-changed')).toHaveLength(40)
    expect(watcher.told.filter(({ kind }) => kind === 'active-changed')).toHaveLength(40)
  })
})

describe('P7 a restart leaves a gap of its own length', () => {
  const zooms = {
    '15 min': 15,
    '1 h': 60,
    '24 h': 1440,
    '7 d': 10_080,
    '90 d': 129_600,
    '400 d': 576_000,
  }

  test.each([
    ['30 s', 30_000],
    ['10 min', 10 * minuteMs],
    ['3 days', 3 * dayMs],
  ])('%s: unknown on every lane at every zoom, and empty in the export', async (_, gap) => {
    await watcher.keepSeeing(1, steady, minuteMs)
    await watcher.recorder.flush()
    await restart(gap)
    // Before the first look of the new run, the time is unknown already.
    const early = await watcher.window(1, t0, watcher.now())
    expect(shape(early.status).at(-1)).toEqual(['tandem-stopped', minuteMs, minuteMs + gap])
    await watcher.keepSeeing(1, steady, minuteMs)
    const end = watcher.now()
    for (const minutes of Object.values(zooms)) {
      const from = Math.max(end - minutes * minuteMs, t0 + minuteMs - 30_000)
      const window = await watcher.window(1, Math.min(from, end - minuteMs - 1), end)
      for (const lane of [window.status, window.active, ...window.lanes.map((l) => l.intervals)]) {
        const unknown = lane.filter(({ value }) => value === 'unknown')
        expect(unknown).toHaveLength(1)
        expect(unknown[0]).toMatchObject({ to: t0 + minuteMs + gap, reason: 'tandem-stopped' })
        expect(unknown[0]?.from).toBe(Math.max(window.from, t0 + minuteMs))
        // The same state on both sides of it stays two intervals.
        expect(lane.at(-1)).toMatchObject({ from: t0 + minuteMs + gap, to: end })
      }
      expect(window.lanes).toHaveLength(2)
      const begin = Math.max(window.from, t0)
      const unknownMs = t0 + minuteMs + gap - Math.max(begin, t0 + minuteMs)
      expect(window.summary.observedMs).toBe(end - begin - unknownMs)
      const cells = [...historyRows(window)].map((row) => row.split(','))
      const gaps = cells.filter((row) => row[8] === 'Tandem was not running')
      expect(gaps).toHaveLength(4)
      for (const row of gaps) expect(row[5]).toBe('')
    }
  })

  test('a role that was swapped while nobody looked is told at the first look, with the gap as its precision', async () => {
    await watcher.keepSeeing(1, steady, minuteMs)
    await watcher.recorder.flush()
    await restart(10 * minuteMs)
    await watcher.see(1, swapped)
    expect(watcher.told).toMatchObject([
      {
        kind: 'active-changed',
        at: watcher.now(),
        from: connectorIdOf(1, 0),
        to: connectorIdOf(1, 1),
        cause: 'unknown',
        by: null,
        precisionMs: 10 * minuteMs,
      },
    ])
  })

  test('a tunnel that was deleted while nobody looked is unknown until then, not healthy', async () => {
    await watcher.keepSeeing(1, steady, minuteMs)
    await watcher.recorder.flush()
    await restart(3 * dayMs)
    await watcher.see(1, { ...steady, deletedAt: t0 + 2 * dayMs })
    const { status, active, lanes } = await watcher.window(1, t0, watcher.now())
    for (const lane of [status, active, ...lanes.map(({ intervals }) => intervals)]) {
      expect(shape(lane).slice(1)).toEqual([['tandem-stopped', minuteMs, 2 * dayMs]])
    }
  })

  test('a tunnel that lost its HA while nobody looked was not active in between', async () => {
    await watcher.keepSeeing(1, steady, minuteMs)
    await watcher.recorder.flush()
    await restart(dayMs)
    await watcher.see(1, { roles: ['none', 'none'] })
    const { active } = await watcher.window(1, t0, watcher.now())
    expect(shape(active).slice(1)).toEqual([['tandem-stopped', minuteMs, minuteMs + dayMs]])
  })
})

test('P7 a restart while no connector is active invents no failover when the same one is back', async () => {
  const none: Scene = { roles: ['offline', 'passive'] }
  const kinds = () => watcher.told.map(({ kind }) => kind)
  await watcher.keepSeeing(1, steady, minuteMs)
  watcher.pass(5_000)
  await watcher.keepSeeing(1, none, minuteMs)
  await watcher.recorder.flush()
  await restart(5_000)
  await watcher.see(1, none)
  await restart(10 * minuteMs)
  await watcher.see(1, none)
  watcher.pass(5_000)
  await watcher.see(1, steady)
  expect(kinds()).toContain('no-active-ended')
  expect(kinds()).not.toContain('active-changed')

  watcher.pass(5_000)
  await watcher.see(1, none)
  await restart(5_000)
  await watcher.see(1, { roles: ['offline', 'active'] })
  expect(watcher.told.find(({ kind }) => kind === 'active-changed')).toMatchObject({
    from: connectorIdOf(1, 0),
    to: connectorIdOf(1, 1),
    cause: 'automatic',
  })
})

test('P7 a restart while nobody knows the roles goes on from who was active before them', async () => {
  const strange: Scene = { roles: ['unknown', 'unknown'] }
  const turns = () => watcher.told.filter(({ kind }) => kind.includes('active'))
  await watcher.keepSeeing(1, steady, minuteMs)
  watcher.pass(5_000)
  await watcher.see(1, strange)
  await restart(5_000)
  await watcher.see(1, strange)
  expect(turns()).toEqual([])
  watcher.pass(5_000)
  await watcher.see(1, { roles: ['offline', 'passive'] })
  expect(turns()).toMatchObject([
    { kind: 'no-active-began', from: connectorIdOf(1, 0), precisionMs: 15_000 },
  ])

  watcher.pass(5_000)
  await watcher.see(1, strange)
  await restart(5_000)
  await watcher.see(1, { roles: ['offline', 'active'] })
  expect(turns()).toMatchObject([
    { kind: 'no-active-ended', to: connectorIdOf(1, 1), precisionMs: 10_000 },
    { kind: 'active-changed', from: connectorIdOf(1, 0), to: connectorIdOf(1, 1) },
  ])
})

describe('a window with more connections than are listed', () => {
  const flaps = 2_500
  beforeEach(async () => {
    // One connection lives all the time; the other connector's flaps, after an early switch there and back.
    const looks: Look[] = []
    for (let n = 0; n <= flaps; n += 1) {
      const { roles } =
        n === 3 ? swapped : n === 2 ? { roles: ['offline' as const, 'passive' as const] } : steady
      looks.push(...watcher.toLooks(1, { roles, runs: [0, n] }))
      watcher.pass(5_000)
    }
    await watcher.recorder.record(looks)
  })

  test('lists all that were open after a time that it tells, however early they opened', async () => {
    const { connections, connectionsFrom, truncated } = await watcher.window(1, t0, watcher.now())
    expect(truncated).toBe(true)
    expect(connections).toHaveLength(2_000)
    const { connections: all } = await watcher.window(1, t0, watcher.now(), { whole: true })
    const openAt = (lives: typeof all, at: number) =>
      lives.filter(({ openedAt, closedAt }) => openedAt <= at && at < (closedAt ?? Infinity))
    const from = connectionsFrom ?? 0
    expect(from).toBeGreaterThan(t0)
    for (let at = from; at < watcher.now(); at += 5_000)
      expect(openAt(connections, at)).toEqual(openAt(all, at))
    const opened = connections.map(({ openedAt }) => openedAt)
    expect(opened).toEqual(opened.toSorted((a, b) => a - b))
    const short = await watcher.window(1, watcher.now() - minuteMs, watcher.now())
    expect(short).toMatchObject({ truncated: false, connectionsFrom: null })
  })

  test('still has every switch and every time without an active connector', async () => {
    const { events, summary, changeCauses } = await watcher.window(1, t0, watcher.now())
    expect(events).toHaveLength(2_000)
    expect(events.map(({ kind }) => kind).filter((kind) => kind.includes('active'))).toEqual([
      'no-active-began',
      'no-active-ended',
      'active-changed',
      'active-changed',
    ])
    expect(summary).toMatchObject({ noActiveTimes: 1, noActiveMs: 5_000, roleChanges: 2 })
    expect(changeCauses).toEqual({ manual: 0, automatic: 1, unknown: 1 })
  })
})

test('a window with more connectors than can be drawn leaves out those that left longest ago, and says so', async () => {
  const looks: Look[] = []
  for (let n = 0; n < 90; n += 1) {
    // One stays; each of the others comes, flaps for a while, and goes.
    for (let turn = 0; turn < 30; turn += 1) {
      const guests = Array.from({ length: n }, () => null)
      const role = turn % 2 ? ('passive' as const) : ('offline' as const)
      looks.push(...watcher.toLooks(1, { roles: ['active', ...guests, role] }))
      watcher.pass(5_000)
    }
  }
  await watcher.recorder.record(looks)
  const { lanes, lanesLeftOut, status, active, bucketMs } = await watcher.window(
    1,
    t0,
    watcher.now(),
  )
  expect(bucketMs).not.toBeNull()
  expect([lanes.length, lanesLeftOut]).toEqual([48, 43])
  const ids = new Set(lanes.map(({ connectorId }) => connectorId))
  expect(ids).toContain(connectorIdOf(1, 0))
  expect(ids).toContain(connectorIdOf(1, 90))
  expect(ids).not.toContain(connectorIdOf(1, 1))
  const all = [status, active, ...lanes.map(({ intervals }) => intervals)].flat()
  expect(all.length).toBeLessThanOrEqual(mostIntervals)
  const whole = await watcher.window(1, t0, watcher.now(), { whole: true })
  expect([whole.lanes.length, whole.lanesLeftOut]).toEqual([91, 0])
})

describe('U16 a run whose clock was ahead, and a restart with one that is right', () => {
  const hour = 60 * minuteMs
  const down: Scene = { status: 'down', roles: ['offline', 'passive'], runs: [1, 0] }

  /** Half an hour in which nothing changed, and then, by a clock that is an hour ahead, some more that did. */
  async function runAhead() {
    await watcher.keepSeeing(1, steady, minuteMs)
    watcher.jump(t0 + hour)
    await watcher.keepSeeing(1, steady, minuteMs)
    watcher.pass(5_000)
    await watcher.keepSeeing(1, swapped, minuteMs)
    watcher.pass(5_000)
    await watcher.keepSeeing(1, { ...steady, runs: [1, 0] }, minuteMs)
    await watcher.recorder.flush()
  }
  /** Where the clock that is right is at the restart. */
  const startAt = t0 + 2 * minuteMs
  async function restartRight() {
    watcher = await startWatcher(db, startAt)
  }
  const lanesOf = async () => {
    const { status, active, lanes, connections } = await watcher.window(1, t0, t0 + 2 * hour)
    return { status, active, first: lanes[0]?.intervals ?? [], connections }
  }

  test('what it wrote of a time to come is taken back, and nothing stands for the present', async () => {
    await runAhead()
    await restartRight()
    // Nothing can be read yet: the last state of the earlier run is not believed.
    watcher.pass(minuteMs)
    const before = await lanesOf()
    for (const lane of [before.status, before.active, before.first])
      expect(lane.at(-1)).toMatchObject({ value: 'unknown', from: startAt, to: startAt + minuteMs })

    await watcher.keepSeeing(1, down, minuteMs)
    const { status, active, first, connections } = await lanesOf()
    expect(shape(status).slice(-2)).toEqual([
      ['tandem-stopped', 2 * minuteMs, 3 * minuteMs],
      ['down', 3 * minuteMs, 4 * minuteMs],
    ])
    expect(shape(active).slice(-2)).toEqual([
      ['tandem-stopped', 2 * minuteMs, 3 * minuteMs],
      ['none', 3 * minuteMs, 4 * minuteMs],
    ])
    for (const lane of [status, active, first]) {
      expect(lane[0]?.from).toBe(t0)
      for (const [index, next] of lane.slice(1).entries()) expect(next.from).toBe(lane[index]?.to)
      expect(lane.at(-1)?.to).toBe(watcher.now())
    }
    for (const { openedAt, closedAt } of connections)
      expect(Math.max(openedAt, closedAt ?? 0)).toBeLessThanOrEqual(watcher.now())
    const ahead = await db
      .selectFrom('spans')
      .select('began_at')
      .where('began_at', '>', watcher.now())
      .execute()
    expect(ahead).toEqual([])
    // The next run goes on from there.
    await watcher.recorder.flush()
    await restart(5_000)
    await watcher.see(1, down)
    expect(shape((await lanesOf()).status).at(-1)).toEqual([
      'down',
      3 * minuteMs,
      watcher.now() - t0,
    ])
  })

  test('a restart at the very moment of the first look leaves no hole', async () => {
    await runAhead()
    await restartRight()
    await watcher.keepSeeing(1, steady, minuteMs)
    for (const lane of Object.values(await lanesOf()).slice(0, 3) as Interval[][]) {
      for (const [index, next] of lane.slice(1).entries()) expect(next.from).toBe(lane[index]?.to)
      expect(lane.at(-1)?.to).toBe(watcher.now())
    }
  })

  test('where ours is the clock that is wrong, nothing is touched, and it goes on when it is right', async () => {
    await runAhead()
    const rows = () => db.selectFrom('spans').selectAll().execute()
    const written = await rows()
    await restartRight()
    watcher.trustClock(false)
    await watcher.keepSeeing(1, down, minuteMs)
    await watcher.recorder.flush()
    expect(await rows()).toEqual(written)
    watcher.jump(t0 + 2 * hour)
    watcher.trustClock(true)
    await watcher.keepSeeing(1, down, minuteMs)
    const { status } = await watcher.window(1, t0, watcher.now())
    expect(
      shape(status)
        .slice(-3)
        .map(([value]) => value),
    ).toEqual(['healthy', 'not-confirmed', 'down'])
    expect(status.at(-3)?.to).toBe(t0 + hour + 3 * minuteMs + 10_000)
  })
})

describe('P8 each gap has the reason that it had', () => {
  test.each(['cloudflare-unreachable', 'token-rejected', 'locked-out', 'not-confirmed'] as const)(
    '%s',
    async (reason) => {
      await watcher.keepSeeing(1, steady, minuteMs)
      watcher.because(reason)
      watcher.pass(10 * minuteMs)
      await watcher.see(1, steady)
      const { status, active, lanes } = await watcher.window(1, t0, watcher.now())
      for (const lane of [status, active, ...lanes.map(({ intervals }) => intervals)]) {
        expect(shape(lane)).toContainEqual([reason, minuteMs, 11 * minuteMs])
      }
    },
  )
})

describe('P9 a clean stop and a start', () => {
  test('fifty in a row change nothing and tell of nothing', async () => {
    await watcher.keepSeeing(1, steady, minuteMs)
    for (let n = 0; n < 50; n += 1) {
      await watcher.recorder.flush()
      await restart(8_000)
      await watcher.see(1, steady)
      expect(watcher.told).toEqual([])
    }
    const { status, active, lanes, events } = await watcher.window(1, t0, watcher.now())
    for (const lane of [status, active, ...lanes.map(({ intervals }) => intervals)]) {
      expect(lane).toHaveLength(1)
    }
    expect(events.map(({ kind }) => kind)).toEqual(['tunnel-appeared'])
  })
})

test('a window that begins without an active connector counts whoever takes over as its causes do', async () => {
  const none: Scene = { roles: ['offline', 'passive'] }
  await watcher.see(1, steady)
  watcher.pass(5_000)
  await watcher.keepSeeing(1, none, minuteMs)
  watcher.pass(5_000)
  await watcher.keepSeeing(1, { roles: ['offline', 'active'] }, minuteMs)
  const { active, summary, changeCauses } = await watcher.window(1, t0 + 30_000, watcher.now())
  expect(active[0]?.value).toBe('none')
  expect(changeCauses).toEqual({ manual: 0, automatic: 1, unknown: 0 })
  expect(summary.roleChanges).toBe(1)
  const range = { from: t0 + 30_000, to: watcher.now() }
  const { tunnels } = await watcher.reader.summary(range)
  expect(tunnels[0]).toEqual(summary)
})

test('the time of a connector is that since it joined; who was there at the first look may have been before', async () => {
  await watcher.keepSeeing(1, { roles: ['active'] }, 23 * minuteMs)
  watcher.pass(5_000)
  await watcher.keepSeeing(1, steady, 37 * minuteMs)
  const hour = { from: t0 - 30 * minuteMs, to: watcher.now() }
  const { summary, lanes } = await watcher.window(1, hour.from, hour.to)
  const [first, second] = lanes
  expect(first?.totalMs).toBe(summary.totalMs)
  expect(second?.observedMs).toBe(37 * minuteMs)
  expect(second?.totalMs).toBe(37 * minuteMs)
  // A restart is a gap in the time of both.
  await watcher.recorder.flush()
  await restart(10 * minuteMs)
  await watcher.see(1, steady)
  const { lanes: later } = await watcher.window(1, hour.from, watcher.now())
  expect(later[1]?.totalMs).toBe(47 * minuteMs)
  expect(later[1]?.observedMs).toBe(37 * minuteMs)
})

describe('what counts as flapping', () => {
  const flaps = async () => (await watcher.window(1, t0, watcher.now())).summary.flapsLastHour

  test('a tunnel that is new does not flap, however many connectors join it', async () => {
    await watcher.see(1, { roles: [] })
    watcher.pass(5_000)
    await watcher.see(1, { roles: ['active', 'passive'] })
    watcher.pass(5_000)
    await watcher.keepSeeing(1, { roles: ['active', 'passive', 'passive', 'passive'] }, minuteMs)
    expect(await flaps()).toBe(0)
  })

  test('each time that a connector comes back counts, and each switch', async () => {
    for (let run = 0; run < 4; run += 1) {
      await watcher.keepSeeing(1, { ...steady, runs: [0, run] }, minuteMs)
      watcher.pass(5_000)
    }
    expect(await flaps()).toBe(3)
    await watcher.see(1, { ...swapped, runs: [0, 3] })
    watcher.pass(5_000)
    expect(await flaps()).toBe(4)
    await watcher.keepSeeing(1, { ...swapped, runs: [0, 3] }, 60 * minuteMs)
    expect(await flaps()).toBe(0)
  })
})

test('the summary of a window is of the tunnels that were there in it', async () => {
  for (const tunnel of [1, 2]) await watcher.see(tunnel, steady)
  watcher.pass(minuteMs)
  await watcher.see(1, { ...steady, deletedAt: t0 + minuteMs })
  await watcher.see(2, steady)
  const of = async (from: number) => {
    const { tunnels } = await watcher.reader.summary({ from, to: t0 + 2 * minuteMs })
    return tunnels.map(({ tunnelId }) => tunnelId)
  }
  expect(await of(t0)).toEqual([tunnelIdOf(1), tunnelIdOf(2)])
  expect(await of(t0 + minuteMs)).toEqual([tunnelIdOf(2)])
})

describe('P26 what is older than the retention goes in slices', () => {
  test('never more than a thousand rows of a kind at once, and only what ended before', async () => {
    const looks: Look[] = []
    for (let n = 0; n < 3_000; n += 1) {
      looks.push(...watcher.toLooks(1, n % 2 ? steady : swapped))
      watcher.pass(5_000)
    }
    await watcher.recorder.record(looks)
    await watcher.see(1, steady)
    const horizon = t0 + 2_500 * 5_000
    const count = async () =>
      (
        await db
          .selectFrom('spans')
          .select((eb) => eb.fn.countAll<number>().as('n'))
          .execute()
      )[0]?.n ?? 0
    let rows = await count()
    let most = 0
    await prune(
      db,
      horizon,
      async () => {
        const left = await count()
        most = Math.max(most, rows - left)
        rows = left
      },
      () => false,
    )
    expect(most).toBeGreaterThan(500)
    expect(most).toBeLessThanOrEqual(1_000)
    const ends = await db.selectFrom('spans').select('until_at').execute()
    expect(ends.length).toBeGreaterThan(1_000)
    for (const { until_at } of ends) expect(until_at ?? horizon).toBeGreaterThanOrEqual(horizon)
    const events = await db.selectFrom('events').select('at').execute()
    for (const { at } of events) expect(at).toBeGreaterThanOrEqual(horizon)
    // The status, which has held since long before, is still there.
    const window = await watcher.window(1, horizon, watcher.now())
    expect(window.status).toMatchObject([{ from: horizon, value: 'healthy' }])
  })

  test('a deleted tunnel of which nothing is left is forgotten itself, and one that lives is not', async () => {
    for (const tunnel of [1, 2]) await watcher.see(tunnel, steady)
    watcher.pass(minuteMs)
    await watcher.see(1, { ...steady, deletedAt: watcher.now() })
    await watcher.recorder.flush()
    const known = async () =>
      (await db.selectFrom('tunnels').select('tunnel_id').orderBy('key').execute()).map(
        (row) => row.tunnel_id,
      )
    await watcher.recorder.forgetEmptied(() => emptied(db))
    expect(await known()).toEqual([tunnelIdOf(1), tunnelIdOf(2)])
    watcher.pass(dayMs)
    const forget = () =>
      prune(
        db,
        watcher.now(),
        async () => {},
        () => false,
      )
    await forget()
    await watcher.recorder.forgetEmptied(() => emptied(db))
    expect(await known()).toEqual([tunnelIdOf(2)])
    for (const table of ['connectors', 'sights', 'confirmations'] as const) {
      const rows = await db.selectFrom(table).select('tunnel').where('tunnel', '>', 0).execute()
      expect(new Set(rows.map((row) => row.tunnel))).toEqual(new Set([2]))
    }
    expect(await watcher.reader.history(tunnelIdOf(1), { from: t0, to: watcher.now() })).toBeNull()
    // Should the id come back, it is a new tunnel.
    await watcher.see(1, steady)
    expect(watcher.troubles).toEqual([])
    expect(await known()).toEqual([tunnelIdOf(2), tunnelIdOf(1)])
  })

  test('the room that is left goes back to the disk, but for what is soon written again', async () => {
    const pages = async () => (await bytesOf(db)) / 4096
    const rows = Array.from({ length: 30_000 }, (_, seq) => ({ seq, at: t0 + seq }))
    for (let at = 0; at < rows.length; at += 500) {
      const values = rows.slice(at, at + 500).map((row) => ({
        ...row,
        tunnel: 0,
        kind: 18,
        connector: null,
        from_word: null,
        to_word: null,
        cause: null,
        by_word: null,
        failover_id: 'f'.repeat(200),
        note: null,
        precision_ms: null,
      }))
      await db.insertInto('events').values(values).execute()
    }
    const before = await pages()
    expect(before).toBeGreaterThan(1_500)
    await prune(
      db,
      t0 + dayMs,
      async () => {},
      () => false,
    )
    const after = await pages()
    expect(after).toBeLessThan(before - 400)
    expect(after).toBeGreaterThan(1_000)
  })
})
