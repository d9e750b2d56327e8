import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { EventKind } from '#contract/history.ts'
import type { ConnectorRole } from '#contract/tunnel.ts'
import { prune } from '../proxy/history/retain.ts'
import type { Look } from '../proxy/poller/present.ts'
import { openStore } from '../proxy/store/open.ts'
import { type Scene, startWatcher, tunnelIdOf } from '../proxy/survival/watcher.ts'
import type { Figure } from './figure.ts'
import type { Group } from './group.ts'

/**
 * What a year of history costs: bytes on disk, and milliseconds to ask, to write and to start with.
 *
 * Ten tunnels are made by the real recorder out of looks; each is then laid down under the keys of others
 * until there are enough. So rows, indexes and words are the recorder's own, and only the keys differ.
 */

const tunnels = 1_000
const templates = 10
const days = 365
const connectorsEach = 4
const swapsADay = 6
const reconnectsADay = 20
const dayMs = 86_400_000
const t0 = Date.UTC(2025, 10, 24)
const end = t0 + days * dayMs
/** Nobody rests in the made-up year. */
const gapMs = Number.POSITIVE_INFINITY

type Watcher = Awaited<ReturnType<typeof startWatcher>>

export const history: Group = {
  name: 'history',
  says: 'a year of 1,000 tunnels: bytes, questions, sweeps, start (90 s)',

  async run(tell) {
    const folder = mkdtempSync(join(tmpdir(), 'tandem-history-'))
    try {
      tell('ten tunnels live a year')
      await live(folder)
      tell('a hundred times as many are laid down')
      layDown(join(folder, 'tandem.db'))
      const sizes = measureSize(folder)
      const began = performance.now()
      const { db } = await openStore(folder, () => end)
      const watcher = await startWatcher(db, end, { gapMs })
      const startMs = performance.now() - began
      tell('questions')
      const figures = [
        ...sizes,
        {
          name: 'start with that database: check, tables, keys, books',
          unit: 'ms' as const,
          samples: [startMs],
          by: 'max' as const,
          goal: { atMost: 2_000 },
        },
        await ask(watcher, 'history of 24 h at the server', dayMs, 30, 300),
        await ask(watcher, 'history of 90 d at the server', 90 * dayMs, 120, 200),
        await summarise(watcher, '24 h', dayMs),
        await summarise(watcher, '30 d', 30 * dayMs),
        await summarise(watcher, '30 d, without strips as the list asks for it', 30 * dayMs, false),
        await look(watcher),
        await sweep(watcher),
        await forget(db),
      ]
      await db.destroy()
      return figures
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
}

/** One tunnel's looks of a day: every change is a look, at times that differ from tunnel to tunnel. */
function* dayOf(tunnel: number, day: number): Generator<{ at: number; scene: Scene }> {
  const changes = swapsADay + reconnectsADay
  const runs = Array.from({ length: connectorsEach }, () => day)
  for (let n = 0; n < changes; n += 1) {
    const at = t0 + day * dayMs + Math.floor(((n + tunnel / tunnels) * dayMs) / changes)
    const swaps = day * swapsADay + Math.min(n, swapsADay)
    if (n >= swapsADay) runs[n % connectorsEach] = day * 100 + n
    const roles = Array.from(
      { length: connectorsEach },
      (_, c): ConnectorRole => (c === swaps % connectorsEach ? 'active' : 'passive'),
    )
    yield { at, scene: { roles, runs } }
  }
}

async function live(folder: string) {
  const { db } = await openStore(folder, () => t0)
  const watcher = await startWatcher(db, t0, { gapMs })
  for (let day = 0; day < days; day += 1) {
    for (let tunnel = 1; tunnel <= templates; tunnel += 1) {
      const looks: Look[] = []
      for (const { at, scene } of dayOf(tunnel, day)) {
        watcher.jump(at)
        looks.push(...watcher.toLooks(tunnel, scene))
      }
      await watcher.recorder.record(looks)
    }
  }
  await watcher.recorder.flush()
  await db.destroy()
}

function layDown(file: string) {
  const raw = new Database(file)
  raw.pragma('synchronous = OFF')
  raw.pragma('cache_size = -400000')
  raw.exec('drop index events_by_kind; drop index spans_open; drop index lives_open')
  const each = templates * connectorsEach
  for (let copy = 1; copy < tunnels / templates; copy += 1) {
    const by = { t: copy * templates, c: copy * each }
    raw.transaction(() => {
      const insert = raw.prepare('insert into tunnels values (?, ?, ?, ?)')
      for (let n = 1; n <= templates; n += 1)
        insert.run(n + by.t, tunnelIdOf(n + by.t), 'a'.repeat(32), t0)
      for (const statement of [
        `insert into connectors select key + ${by.c}, tunnel + ${by.t}, connector_id from connectors where tunnel <= ${templates}`,
        `insert into confirmations select tunnel + ${by.t}, listed_at, seen_at from confirmations where tunnel between 1 and ${templates}`,
        ...[0, 1, 2].map(
          (kind) =>
            `insert into spans select kind, tunnel + ${by.t}, began_at, case when kind = 2 then subject + ${by.c} else 0 end, value, reported, precision_ms, until_at, reason from spans where kind = ${kind} and tunnel <= ${templates}`,
        ),
        `insert into lives select tunnel + ${by.t}, opened_at, connection, connector + ${by.c}, colo, origin_ip, version, reported, closed_at, precision_ms from lives where tunnel <= ${templates}`,
        `insert into events select tunnel + ${by.t}, at, seq, kind, connector + ${by.c}, from_word, to_word, cause, by_word, failover_id, precision_ms, note from events where tunnel between 1 and ${templates}`,
      ]) {
        raw.exec(statement)
      }
      for (let n = 1; n <= templates; n += 1) {
        raw
          .prepare('insert into sights select ?, replace(body, ?, ?) from sights where tunnel = ?')
          .run(n + by.t, tunnelIdOf(n), tunnelIdOf(n + by.t), n)
      }
    })()
  }
  raw.exec(`create index events_by_kind on events (kind, at, tunnel, seq);
    create index spans_open on spans (tunnel) where until_at is null;
    create index lives_open on lives (tunnel) where closed_at is null`)
  raw.pragma('wal_checkpoint(TRUNCATE)')
  raw.close()
}

/** The file, and the same facts as one row per connector and minute, as a monitor keeps them. */
function measureSize(folder: string): Figure[] {
  const { size } = statSync(join(folder, 'tandem.db'))
  const bytesARow = measureMinutes(join(folder, 'minutes.db'))
  const minutes = tunnels * connectorsEach * days * 1440
  return [
    { name: 'database of a year', unit: 'MB', samples: [size / 1e6], by: 'max', goal: null },
    {
      name: 'bytes per tunnel and day',
      unit: 'B',
      samples: [Math.round(size / tunnels / days)],
      by: 'max',
      goal: null,
    },
    {
      name: 'smaller than a row per connector and minute',
      unit: '×',
      samples: [(bytesARow * minutes) / size],
      by: 'max',
      goal: { atLeast: 50 },
      note: `${bytesARow.toFixed(1)} B a row as written here; Uptime Kuma’s 131 B a row would be ${Math.round((131 * minutes) / size)} × as much`,
    },
  ]
}

/** Bytes a row: 30 days of one tunnel are written. */
function measureMinutes(file: string): number {
  const raw = new Database(file)
  raw.pragma('synchronous = OFF')
  raw.exec(`create table beats (tunnel integer, connector integer, at bigint, status integer, role integer,
    connections integer, colo integer, origin_ip integer, version integer, primary key (tunnel, at, connector)) without rowid;
    create index beats_by_time on beats (at, tunnel, connector)`)
  const insert = raw.prepare('insert into beats values (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const minutes = 30 * 1440
  raw.transaction(() => {
    for (let minute = 0; minute < minutes; minute += 1) {
      for (let c = 0; c < connectorsEach; c += 1)
        insert.run(500, 2_000 + c, t0 + minute * 60_000, 1, c === 0 ? 2 : 3, 1, 4, 5, 6)
    }
  })()
  raw.exec('vacuum')
  raw.close()
  return statSync(file).size / (minutes * connectorsEach)
}

async function clocked(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** Windows all over the year and over the tunnels, every second one ending now. */
async function ask(
  { reader }: Watcher,
  name: string,
  spanMs: number,
  goalMs: number,
  times: number,
): Promise<Figure> {
  const samples: number[] = []
  for (let n = 0; n < times; n += 1) {
    const tunnelId = tunnelIdOf(1 + ((n * 7919) % tunnels))
    const to = n % 2 ? end : end - ((n * 104_729) % (days - spanMs / dayMs)) * dayMs
    samples.push(
      await clocked(async () =>
        JSON.stringify(await reader.history(tunnelId, { from: to - spanMs, to })),
      ),
    )
  }
  return { name, unit: 'ms', samples, by: 'p99', goal: { atMost: goalMs } }
}

async function summarise(
  { reader }: Watcher,
  name: string,
  spanMs: number,
  withStrips = true,
): Promise<Figure> {
  const samples: number[] = []
  for (let n = 0; n < 5; n += 1) {
    samples.push(
      await clocked(async () =>
        JSON.stringify(await reader.summary({ from: end - spanMs, to: end }, withStrips)),
      ),
    )
  }
  return {
    name: `summary of all tunnels over ${name}`,
    unit: 'ms',
    samples,
    by: 'max',
    goal: { atMost: 500 },
  }
}

/** Kinds that a year holds once for each tunnel, at its very beginning, or never. */
async function look({ reader }: Watcher): Promise<Figure> {
  const samples: number[] = []
  for (let n = 0; n < 20; n += 1) {
    const kinds: EventKind[] = ['tunnel-appeared', 'tunnel-deleted', 'failover-ended']
    samples.push(await clocked(() => reader.activity({ from: 0, to: end, kinds, limit: 100 })))
  }
  return {
    name: 'rare kinds of the log, over the year',
    unit: 'ms',
    samples,
    by: 'max',
    goal: { atMost: 30 },
  }
}

/** The sweeps of the live watch: nothing changes, everything is confirmed. */
async function sweep(watcher: Watcher): Promise<Figure> {
  const scenes = new Map(
    Array.from({ length: tunnels }, (_, n): [number, Scene] => {
      const last = [...dayOf(1 + (n % templates), days - 1)].at(-1)
      return [n + 1, last?.scene ?? { roles: [] }]
    }),
  )
  const samples: number[] = []
  for (let n = 0; n <= 50; n += 1) {
    watcher.pass(5_000)
    const looks = [...scenes].flatMap(([tunnel, scene]) => watcher.toLooks(tunnel, scene))
    const ms = await clocked(async () => {
      await watcher.recorder.record(looks)
      await watcher.recorder.flush()
    })
    // The first one finds the year's end.
    if (n > 0) samples.push(ms)
  }
  return {
    name: 'a sweep of 1,000 unchanged tunnels, written',
    unit: 'ms',
    samples,
    by: 'median',
    goal: { atMost: 20 },
  }
}

/** Three days are forgotten, slice by slice. */
async function forget(db: Parameters<typeof prune>[0]): Promise<Figure> {
  const samples: number[] = []
  let slice = performance.now()
  await prune(
    db,
    t0 + 3 * dayMs,
    async () => {
      samples.push(performance.now() - slice)
      await new Promise<void>((resolve) => setImmediate(resolve))
      slice = performance.now()
    },
    () => false,
  )
  return { name: 'a slice of forgetting', unit: 'ms', samples, by: 'max', goal: { below: 50 } }
}
