import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { ConnectorRole } from '#contract/tunnel.ts'
import { prune } from '../proxy/history/retain.ts'
import type { Look } from '../proxy/poller/present.ts'
import { openStore } from '../proxy/store/open.ts'
import { type Scene, startWatcher, tunnelIdOf } from '../proxy/survival/watcher.ts'

/**
 * What a year of history costs: bytes on disk, and milliseconds to ask, to write and to start with.
 *
 * `node --expose-gc --import tsx src/bench/history.bench.ts [TUNNELS] [SWEEPS]`. Ten tunnels are made by
 * the real recorder out of looks; each is then laid down under the keys of others until there are enough.
 * So rows, indexes and words are the recorder's own, and only the keys differ.
 */

const tunnels = Number(process.argv[2] ?? 1_000)
const sweeps = Number(process.argv[3] ?? 100_000)
const templates = Math.min(10, tunnels)
const days = Number(process.env.DAYS ?? 365)
const connectorsEach = 4
const swapsADay = 6
const reconnectsADay = 20
const dayMs = 86_400_000
const t0 = Date.UTC(2025, 10, 24)
const end = t0 + days * dayMs
/** Nobody rests in the made-up year. */
const gapMs = Number.POSITIVE_INFINITY

type Figure = { what: string; value: string; goal: string; met: boolean | null; note?: string }
const figures: Figure[] = []
function note(what: string, value: string, goal = '', met: boolean | null = null, more?: string) {
  figures.push({ what, value, goal, met, ...(more ? { note: more } : {}) })
  const verdict = met === null ? '' : met ? '  met' : '  MISSED'
  console.log(
    `${what.padEnd(62)} ${value.padStart(16)}  ${goal}${verdict}${more ? `  (${more})` : ''}`,
  )
}
const ms = (value: number) => `${value.toFixed(value < 10 ? 2 : 0)} ms`
const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
const load = () => `load ${loadavg()[0]?.toFixed(1)}`

/** Wall time and this process's own time, milliseconds: the second is what a busy machine does not change. */
async function time<T>(work: () => Promise<T> | T) {
  const cpu = process.cpuUsage()
  const began = performance.now()
  const result = await work()
  const wall = performance.now() - began
  const { user, system } = process.cpuUsage(cpu)
  return { wall, cpu: (user + system) / 1000, result }
}

function percentile(values: number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? 0
}

const folder = mkdtempSync(join(tmpdir(), 'tandem-history-'))
const file = join(folder, 'tandem.db')
console.log(
  `${tunnels} tunnels × ${connectorsEach} connectors × ${days} days, ${swapsADay} role changes and ${reconnectsADay} reconnects a day each; ${load()}`,
)

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

const built = await time(async () => {
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
})
note(
  'recorder: looks with a change taken in',
  `${Math.round((templates * days * (swapsADay + reconnectsADay)) / (built.wall / 1000))} /s`,
  '',
  null,
  `${ms(built.wall)} wall, ${ms(built.cpu)} own, ${load()}`,
)

const cloned = await time(() => {
  const raw = new Database(file)
  raw.pragma('synchronous = OFF')
  raw.pragma('cache_size = -400000')
  raw.exec('drop index events_by_time; drop index spans_open; drop index lives_open')
  const each = templates * connectorsEach
  for (let copy = 1; copy < tunnels / templates; copy += 1) {
    const by = { t: copy * templates, c: copy * each }
    raw.transaction(() => {
      const insert = raw.prepare('insert into tunnels values (?, ?, ?, ?)')
      for (let n = 1; n <= templates; n += 1)
        insert.run(n + by.t, tunnelIdOf(n + by.t), 'a'.repeat(32), t0)
      for (const statement of [
        `insert into connectors select key + ${by.c}, tunnel + ${by.t}, connector_id from connectors where tunnel <= ${templates}`,
        `insert into confirmations select tunnel + ${by.t}, listed_at, seen_at from confirmations where tunnel <= ${templates}`,
        ...[0, 1, 2].map(
          (kind) =>
            `insert into spans select kind, tunnel + ${by.t}, began_at, case when kind = 2 then subject + ${by.c} else 0 end, value, reported, precision_ms, until_at, reason from spans where kind = ${kind} and tunnel <= ${templates}`,
        ),
        `insert into lives select tunnel + ${by.t}, opened_at, connection, connector + ${by.c}, colo, origin_ip, version, reported, closed_at, precision_ms from lives where tunnel <= ${templates}`,
        `insert into events select tunnel + ${by.t}, at, seq, kind, connector + ${by.c}, from_word, to_word, cause, by_word, failover_id, precision_ms from events where tunnel between 1 and ${templates}`,
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
  raw.exec(`create index events_by_time on events (at, tunnel, seq);
    create index spans_open on spans (tunnel) where until_at is null;
    create index lives_open on lives (tunnel) where closed_at is null`)
  raw.pragma('wal_checkpoint(TRUNCATE)')
  raw.close()
})
console.log(`laid down in ${(cloned.wall / 1000).toFixed(0)} s, ${load()}`)

const size = statSync(file).size
note('database of a year', mb(size))
note('bytes per tunnel and day', `${Math.round(size / tunnels / days)} B`)
perMinute()

/** The same facts as one row per connector and minute, as a monitor keeps them: 30 days of one tunnel. */
function perMinute() {
  const raw = new Database(join(folder, 'minutes.db'))
  raw.pragma('synchronous = OFF')
  raw.exec(`create table beats (tunnel integer, connector integer, at bigint, status integer, role integer,
    connections integer, colo integer, origin_ip integer, version integer, primary key (tunnel, at, connector)) without rowid;
    create index beats_by_time on beats (at, tunnel, connector)`)
  const insert = raw.prepare('insert into beats values (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  let rows = 0
  raw.transaction(() => {
    for (let minute = 0; minute < 30 * 1440; minute += 1) {
      for (let c = 0; c < connectorsEach; c += 1) {
        insert.run(500, 2_000 + c, t0 + minute * 60_000, 1, c === 0 ? 2 : 3, 1, 4, 5, 6)
        rows += 1
      }
    }
  })()
  raw.exec('vacuum')
  raw.close()
  const bytes = statSync(join(folder, 'minutes.db')).size / rows
  const all = bytes * tunnels * connectorsEach * days * 1440
  note(
    'one row per connector and minute would be',
    mb(all),
    '',
    null,
    `${bytes.toFixed(1)} B a row of ${rows} rows written here, times the rows of the year`,
  )
  note('… so many times the size', `${(all / size).toFixed(0)} ×`, '≥ 50 ×', all / size >= 50)
  const kuma = 131 * tunnels * connectorsEach * days * 1440
  note('… as Uptime Kuma keeps them (131 B a row)', `${(kuma / size).toFixed(0)} ×`)
}

const started = await time(async () => {
  const { db } = await openStore(folder, () => end)
  const watcher = await startWatcher(db, end, { gapMs })
  return { db, watcher }
})
note(
  'start with that database: check, tables, keys, books',
  ms(started.wall),
  '≤ 2000 ms',
  started.wall <= 2_000,
  `${ms(started.cpu)} own, ${load()}`,
)
const { db, watcher } = started.result

async function ask(what: string, spanMs: number, goalMs: number, times: number) {
  const walls: number[] = []
  const cpus: number[] = []
  for (let n = 0; n < times; n += 1) {
    const tunnel = 1 + ((n * 7919) % tunnels)
    const to = n % 2 ? end : end - ((n * 104_729) % (days - spanMs / dayMs)) * dayMs
    const { wall, cpu } = await time(async () =>
      JSON.stringify(await watcher.reader.history(tunnelIdOf(tunnel), { from: to - spanMs, to })),
    )
    walls.push(wall)
    cpus.push(cpu)
  }
  const p99 = percentile(walls, 0.99)
  const more = `p50 ${ms(percentile(walls, 0.5))}, own p99 ${ms(percentile(cpus, 0.99))}, ${times} times, ${load()}`
  note(what, ms(p99), `≤ ${goalMs} ms`, p99 <= goalMs, more)
}
await ask('history of 24 h, p99 at the server', dayMs, 30, 300)
await ask('history of 90 d, p99 at the server', 90 * dayMs, 120, 200)

for (const [name, spanMs] of [
  ['24 h', dayMs],
  ['30 d', 30 * dayMs],
] as const) {
  const all = await time(async () =>
    JSON.stringify(await watcher.reader.summary({ from: end - spanMs, to: end })),
  )
  note(
    `summary of all ${tunnels} tunnels over ${name}`,
    ms(all.wall),
    '≤ 500 ms',
    all.wall <= 500,
    `${ms(all.cpu)} own, ${load()}`,
  )
}

/** The sweeps of the live watch: nothing changes, everything is confirmed. */
const scenes = new Map(
  Array.from({ length: tunnels }, (_, n): [number, Scene] => {
    const last = [...dayOf(1 + (n % templates), days - 1)].at(-1)
    return [n + 1, last?.scene ?? { roles: [] }]
  }),
)
const sweepLooks = () => {
  watcher.pass(5_000)
  return [...scenes].flatMap(([tunnel, scene]) => watcher.toLooks(tunnel, scene))
}
await watcher.recorder.record(sweepLooks())
await watcher.recorder.flush()
const sweepTimes: number[] = []
const sweepCpu: number[] = []
for (let n = 0; n < 50; n += 1) {
  const looks = sweepLooks()
  const { wall, cpu } = await time(async () => {
    await watcher.recorder.record(looks)
    await watcher.recorder.flush()
  })
  sweepTimes.push(wall)
  sweepCpu.push(cpu)
}
note(
  `a sweep of ${tunnels} unchanged tunnels, written`,
  ms(percentile(sweepTimes, 0.5)),
  '≤ 20 ms',
  percentile(sweepTimes, 0.5) <= 20,
  `p99 ${ms(percentile(sweepTimes, 0.99))}, own p50 ${ms(percentile(sweepCpu, 0.5))}, 50 sweeps, ${load()}`,
)

/** The first month is forgotten, slice by slice. */
const slices: number[] = []
let slice = performance.now()
const rows = await prune(
  db,
  t0 + 3 * dayMs,
  async () => {
    slices.push(performance.now() - slice)
    await new Promise<void>((resolve) => setImmediate(resolve))
    slice = performance.now()
  },
  () => false,
)
note(
  'retention: the longest slice of forgetting',
  ms(Math.max(...slices)),
  '< 50 ms',
  Math.max(...slices) < 50,
  `p99 ${ms(percentile(slices, 0.99))}, ${rows} rows in ${slices.length} slices, ${load()}`,
)
await db.destroy()
rmSync(folder, { recursive: true })

if (sweeps > 0) await memory()

/** 20 tunnels, swept as often as in six days; one of them changes in every tenth sweep. */
async function memory() {
  const other = mkdtempSync(join(tmpdir(), 'tandem-history-'))
  const opened = await openStore(other, () => t0)
  const small = await startWatcher(opened.db, t0)
  const heap = () => {
    globalThis.gc?.()
    return process.memoryUsage().heapUsed
  }
  let early = 0
  const began = performance.now()
  for (let n = 0; n < sweeps; n += 1) {
    small.pass(5_000)
    const looks = Array.from({ length: 20 }, (_, t) => t + 1).flatMap((tunnel) =>
      small.toLooks(tunnel, {
        roles: ['active', 'passive'],
        runs: [tunnel === 1 + (n % 20) && n % 10 === 0 ? n : 0],
      }),
    )
    await small.recorder.record(looks)
    small.told.length = 0
    if (n % 12 === 0) await small.recorder.flush()
    if (n === Math.floor(sweeps / 5)) early = heap()
  }
  const late = heap()
  const change = (late / early - 1) * 100
  note(
    `memory after ${sweeps} sweeps against after a fifth of them`,
    `${change >= 0 ? '+' : ''}${change.toFixed(1)} %`,
    '± 5 %',
    Math.abs(change) <= 5,
    `${mb(early)} → ${mb(late)} heap, ${((performance.now() - began) / 1000).toFixed(0)} s, ${globalThis.gc ? '' : 'without --expose-gc, '}${load()}`,
  )
  await opened.db.destroy()
  rmSync(other, { recursive: true })
}

if (process.env.JSON_REPORT) console.log(JSON.stringify({ tunnels, days, figures }))
