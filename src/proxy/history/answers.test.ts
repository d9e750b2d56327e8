import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toCell } from '#contract/csv.ts'
import {
  ActivityPage,
  badnessOf,
  eventKinds,
  HistorySummary,
  mostIntervals,
  TunnelHistory,
} from '#contract/history.ts'
import { mostTunnels } from '#contract/most-tunnels.ts'
import { createApp } from '../app.ts'
import { assemble } from '../assemble.ts'
import { createVirtualTime } from '../faults/time.ts'
import type { Look } from '../poller/present.ts'
import { createSecret } from '../secret.ts'
import { openStore, type Store } from '../store/open.ts'
import { connectorIdOf, type Scene, startWatcher, tunnelIdOf } from '../survival/watcher.ts'
import { noEvent } from './advance.ts'

/** What the API answers about history, through the real app on a real database. */

const t0 = Date.UTC(2026, 5, 1)
const hourMs = 3_600_000
const dayMs = 24 * hourMs
const swaps = 1_500
const everyMs = 60_000
const end = t0 + swaps * everyMs
const hostile = '=HYPERLINK("http://x")\u0000'

let folder: string
let db: Store
let app: ReturnType<typeof createApp>
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-answers-'))
  db = (await openStore(folder, () => t0)).db
  const watcher = await startWatcher(db, t0 - dayMs, { gapMs: Number.POSITIVE_INFINITY })
  // Tunnel 2 has not changed since long before; tunnel 1 swaps every minute, and one look sees an outage.
  await watcher.see(2, { roles: ['active', 'passive'] })
  await watcher.see(1, { roles: ['active', 'passive'] })
  const looks: Look[] = []
  for (let n = 0; n <= swaps; n += 1) {
    watcher.jump(t0 + n * everyMs)
    const isDown = n === 777
    const scene: Scene = {
      status: isDown ? 'down' : 'healthy',
      roles: isDown
        ? ['offline', 'offline']
        : n % 2
          ? ['passive', 'active']
          : ['active', 'passive'],
      runs: [Math.floor(n / 5), 0],
    }
    looks.push(
      ...watcher.toLooks(1, scene),
      ...watcher.toLooks(2, { roles: ['active', 'passive'] }),
    )
  }
  await watcher.recorder.record(looks)
  for (const by of [hostile, '+1', '-1', '@x', '\tx', 'a "quoted", name\r\nin two lines']) {
    await watcher.recorder.log(tunnelIdOf(1), {
      ...noEvent,
      at: end - 1,
      kind: 'failover-started',
      by,
    })
  }
  await watcher.recorder.flush()

  const time = createVirtualTime(end, () => true)
  const tandem = await assemble({
    config: {
      mode: 'live',
      host: '127.0.0.1',
      demoRole: 'viewer',
      signIn: 'off',
      trustedProxies: null,
      publicUrl: null,
      outside: { access: null, oidc: null, localAccounts: true },
      recentSignInMs: 0,
      dataDir: '.',
      rateLimit: 1200,
      pollShare: 0.6,
      retentionDays: 400,
    },
    accountIds: ['a'.repeat(32)],
    baseUrl: 'http://127.0.0.1:9/client/v4',
    token: createSecret('t'.repeat(40)),
    readToken: null,
    db,
    storeNotice: null,
    storeChecked: Promise.resolve(null),
    build: 'test',
    now: time.now,
    wall: time.now,
    // Its clock stands still: Cloudflare is never asked.
    after: time.after,
    random: () => 0.5,
    fetch: () => Promise.reject(new Error('Nothing is asked here.')),
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, record: () => {} },
  })
  tandem.start()
  app = createApp(tandem.parts, new Map())
}, 60_000)
afterAll(async () => {
  await db.destroy()
  rmSync(folder, { recursive: true })
})

const ask = async (path: string) =>
  app.request(`http://127.0.0.1:8787/api${path}`, { headers: { host: '127.0.0.1:8787' } })
async function text(path: string) {
  const answer = await ask(path)
  expect(answer.status).toBe(200)
  return answer.text()
}
const json = async (path: string): Promise<unknown> => JSON.parse(await text(path))
const window = async (path: string) => TunnelHistory.parse(await json(path))

describe('a window', () => {
  test('carries in what began earlier', async () => {
    const { status, active, lanes, bucketMs } = await window(
      `/tunnels/${tunnelIdOf(2)}/history?from=${end - hourMs}&to=${end}`,
    )
    expect(bucketMs).toBeNull()
    for (const lane of [status, active, ...lanes.map(({ intervals }) => intervals)]) {
      expect(lane).toMatchObject([{ from: end - hourMs, to: end, precisionMs: null, open: true }])
    }
    expect(lanes).toHaveLength(2)
  })

  test('with more than two thousand intervals comes in buckets that keep every bad state', async () => {
    const path = `/tunnels/${tunnelIdOf(1)}/history?from=${t0}&to=${end}`
    const lean = await window(path)
    expect(lean.bucketMs).toBeGreaterThan(0)
    const all = [lean.status, lean.active, ...lean.lanes.map(({ intervals }) => intervals)]
    expect(all.flat().length).toBeLessThanOrEqual(mostIntervals)
    const outage = { from: t0 + 777 * everyMs, to: t0 + 778 * everyMs }
    for (const [kind, lane, bad] of [
      ['status', lean.status, 'down'],
      ['active', lean.active, 'none'],
      ...lean.lanes.map(({ intervals }) => ['role', intervals, 'offline'] as const),
    ] as const) {
      const over = lane.filter(({ from, to }) => from < outage.to && outage.from < to)
      const worst = over.toSorted((a, b) => badnessOf(kind, b.value) - badnessOf(kind, a.value))[0]
      expect(worst).toMatchObject({ value: bad, mixed: true })
    }
    // The figures are those of the whole.
    expect(lean.summary).toMatchObject({ noActiveMs: everyMs, longestNoActiveMs: everyMs })
    expect(lean.summary.roleChanges).toBeGreaterThan(1_400)
    expect(lean.truncated).toBe(true)
    expect(lean.connections.length).toBeLessThanOrEqual(2_000)
    expect(lean.events.length).toBeLessThanOrEqual(2_000)
  })

  test('of one connector holds that one only, however busy its neighbour is', async () => {
    const connectorId = connectorIdOf(1, 1)
    const one = await window(
      `/tunnels/${tunnelIdOf(1)}/connectors/${connectorId}/history?from=${t0}&to=${end}`,
    )
    expect(one.lanes.map((lane) => lane.connectorId)).toEqual([connectorId])
    // It connected once before the window and once after the outage.
    expect(one.connections).toHaveLength(2)
    expect(new Set(one.connections.map((life) => life.connectorId))).toEqual(new Set([connectorId]))
    const [switches, others] = [
      one.events.filter(({ kind }) => kind === 'active-changed'),
      one.events.filter(({ kind }) => kind !== 'active-changed'),
    ]
    for (const event of others) expect([null, connectorId]).toContain(event.connectorId)
    // Who is active is told to each: it lost its role as often as it took it.
    expect(switches).toHaveLength(one.summary.roleChanges)
    expect(new Set(switches.map((event) => event.connectorId))).toEqual(
      new Set([connectorId, connectorIdOf(1, 0)]),
    )
    const none = await window(
      `/tunnels/${tunnelIdOf(1)}/connectors/${connectorIdOf(9, 9)}/history?from=${t0}&to=${end}`,
    )
    expect([none.lanes, none.connections]).toEqual([[], []])
  })

  test.each([
    ['/tunnels/x/history', 'tunnelId'],
    [`/tunnels/${tunnelIdOf(1)}/history?from=x`, 'from'],
    [`/tunnels/${tunnelIdOf(1)}/history?from=-5`, 'from'],
    [`/tunnels/${tunnelIdOf(1)}/history?from=1e9`, 'from'],
    [`/tunnels/${tunnelIdOf(1)}/history?to=2026-01-01`, 'to'],
    [`/tunnels/${tunnelIdOf(1)}/history?from=5&to=5`, 'from'],
    [`/tunnels/${tunnelIdOf(1)}/history.csv?from=${end}&to=${t0}`, 'from'],
    ['/history/summary?from=9999999999999999', 'from'],
    ['/activity?tunnel=x', 'tunnel'],
    [`/activity?tunnel=${tunnelIdOf(1)},x`, 'tunnel'],
    [`/activity?tunnel=${Array(mostTunnels + 1).fill(tunnelIdOf(1))}`, 'tunnel'],
    ['/activity?connector=x', 'connector'],
    [`/activity?connector=${connectorIdOf(1, 1)}`, 'connector'],
    [
      `/activity?connector=${connectorIdOf(1, 1)}&tunnel=${tunnelIdOf(1)},${tunnelIdOf(2)}`,
      'connector',
    ],
    ['/activity?kind=status-changed,nonsense', 'kind'],
    ['/activity?cursor=1-2', 'cursor'],
    ['/activity?cursor=1-2-3;drop', 'cursor'],
    ['/activity.csv?kind=__proto__', 'kind'],
    ['/activity.jsonl?from=NaN', 'from'],
  ])('%s is refused with the field that is wrong', async (path, field) => {
    const answer = await ask(path)
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(await answer.json()).toMatchObject({ type: 'urn:tandem:problem:invalid-request', field })
  })
})

test('the summary has a line for every tunnel, and strips as long as they say', async () => {
  const summary = HistorySummary.parse(await json(`/history/summary?from=${t0}&to=${end}`))
  expect(summary.tunnels.map(({ tunnelId }) => tunnelId).toSorted()).toEqual([
    tunnelIdOf(1),
    tunnelIdOf(2),
  ])
  const busy = summary.tunnels.find(({ tunnelId }) => tunnelId === tunnelIdOf(1))
  expect(busy?.strip).toMatch(/^h+xh+$/)
  expect(busy?.activeStrip).toMatch(/^[ab]+-[ab]+$/)
  expect(busy?.strip).toHaveLength(48)
  expect(busy?.flapsLastHour).toBeGreaterThan(50)
  expect(busy?.availability).toBeCloseTo(1 - 1 / swaps, 6)
  // The same figures for who draws none.
  expect(await json(`/history/summary?from=${t0}&to=${end}&strips=false`)).toEqual({
    ...summary,
    tunnels: summary.tunnels.map((each) => ({ ...each, strip: '', activeStrip: '' })),
  })
})

/** A reader of CSV as the standard has it: RFC 4180. */
function parseCsv(csv: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  for (const match of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
    if (match[3] === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}

describe('exports', () => {
  test('no cell is one that a spreadsheet would run', () => {
    for (const first of ['=', '+', '-', '@', '\t', '\r', '\0']) {
      expect(toCell(`${first}1+1`)).toMatch(/^"?'/)
    }
    expect(toCell(-5)).toBe('-5')
  })

  test('history as CSV reads back whole, with as many cells in each row as the header has', async () => {
    const rows = parseCsv(await text(`/tunnels/${tunnelIdOf(1)}/history.csv?from=${t0}&to=${end}`))
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([13]))
    const seconds = (kind: string) =>
      rows.filter((row) => row[0] === kind).reduce((sum, row) => sum + Number(row[4]), 0)
    expect(seconds('status')).toBeCloseTo((end - t0) / 1000, 3)
    expect(seconds('active')).toBeCloseTo((end - t0) / 1000, 3)
    expect(seconds('role')).toBeCloseTo((2 * (end - t0)) / 1000, 3)
    // Not cut at what a page can show.
    expect(rows.filter((row) => row[0] === 'event').length).toBeGreaterThan(2_000)
  })

  test('history as CSV has each stretch, connection and entry once, however long it lasted', async () => {
    const range = `from=${t0 - dayMs / 2}&to=${end}`
    const rowsOf = async (tunnel: number) =>
      parseCsv(await text(`/tunnels/${tunnelIdOf(tunnel)}/history.csv?${range}`)).slice(1)
    const kinds = (await rowsOf(2)).map((row) => row[0])
    const lanes = ['status', 'active', 'role', 'role', 'connection', 'connection']
    expect(kinds).toEqual(['availability', ...lanes])

    const busy = await rowsOf(1)
    expect(new Set(busy.map((row) => row.join())).size).toBe(busy.length)
    for (const connector of [connectorIdOf(1, 0), connectorIdOf(1, 1)]) {
      const lane = busy.filter((row) => row[0] === 'role' && row[1] === connector)
      expect(lane.length).toBeGreaterThan(1_400)
      expect(lane.slice(1).map((row) => row[2])).toEqual(lane.slice(0, -1).map((row) => row[3]))
    }
    const logged = await text(`/activity.jsonl?${range}&tunnel=${tunnelIdOf(1)}`)
    const entries = busy.filter((row) => row[0] === 'event')
    expect(entries).toHaveLength(logged.split('\n').length - 1)
    const times = entries.map((row) => row[2] ?? '')
    expect(times).toEqual(times.toSorted())
  })

  test('the log as CSV and as lines of JSON says the same, and nothing is run', async () => {
    const range = `from=${t0}&to=${end}`
    const rows = parseCsv(await text(`/activity.csv?${range}`)).slice(1)
    const lines = (await text(`/activity.jsonl?${range}`)).split('\n').slice(0, -1)
    const events = lines.map((line) => JSON.parse(line) as { kind: string; by: string | null })
    expect(rows.map((row) => row[3])).toEqual(events.map(({ kind }) => kind))
    expect(rows.every((row) => row.length === 13)).toBe(true)
    for (const cell of rows.flat()) expect(cell).not.toMatch(/^[=+@\t\0]/)
    expect(events.map(({ by }) => by)).toContain(hostile)
    expect(rows.map((row) => row[9])).toContain(`'${hostile}`)
  })

  test.each(['/activity.jsonl', `/tunnels/${tunnelIdOf(1)}/history.csv`])(
    'are streamed: the first piece of %s comes without the rest',
    async (path) => {
      const answer = await ask(`${path}?from=${t0}&to=${end}`)
      const reader = answer.body?.getReader()
      const first = await reader?.read()
      expect(first?.value?.toString().length).toBeGreaterThan(0)
      const length = first?.value?.length ?? 0
      const whole = (await text(`${path}?from=${t0}&to=${end}`)).length
      expect(length).toBeLessThan(whole / 2)
      await reader?.cancel()
    },
  )
})

describe('the log, page by page', () => {
  test('of one connector of a tunnel, and of some kinds of all tunnels, holds these only', async () => {
    const range = `from=${t0}&to=${end}`
    const ofOne = `tunnel=${tunnelIdOf(1)}&connector=${connectorIdOf(1, 1)}&kind=connection-opened`
    const one = ActivityPage.parse(await json(`/activity?${range}&${ofOne}`))
    expect(one.events.map(({ at }) => at)).toEqual([t0 + 778 * everyMs])
    const kinds = ['status-changed', 'no-active-began', 'no-active-ended', 'status-changed']
    const some = ActivityPage.parse(await json(`/activity?${range}&kind=${kinds.join(',')}`))
    expect(some.events.map(({ kind, at }) => [kind, (at - t0) / everyMs])).toEqual([
      ['no-active-ended', 778],
      ['status-changed', 778],
      ['no-active-began', 777],
      ['status-changed', 777],
    ])
  })

  test('of some tunnels holds what happened to these, page by page, however much happens to others', async () => {
    const both = `tunnel=${tunnelIdOf(1)},${tunnelIdOf(2)}`
    const appeared = ActivityPage.parse(await json(`/activity?${both}&kind=tunnel-appeared`))
    expect(appeared.events.map(({ tunnelId }) => tunnelId).toSorted()).toEqual([
      tunnelIdOf(1),
      tunnelIdOf(2),
    ])
    const quiet = `tunnel=${tunnelIdOf(2)},${tunnelIdOf(3)}`
    const ofQuiet = ActivityPage.parse(await json(`/activity?${quiet}`))
    expect(new Set(ofQuiet.events.map(({ tunnelId }) => tunnelId))).toEqual(
      new Set([tunnelIdOf(2)]),
    )
    expect(ofQuiet.cursor).toBeNull()
    const range = `from=${t0}&to=${end}`
    const lines = async (query: string) => (await text(`/activity.jsonl?${query}`)).split('\n')
    expect(await lines(`${range}&${both}`)).toEqual(await lines(`${range}&tunnel=${tunnelIdOf(1)}`))
  })

  test('loses and repeats nothing while others write', async () => {
    const range = `from=${t0}&to=${end}`
    const whole = (await text(`/activity.jsonl?${range}`))
      .split('\n')
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { id: string }).id)
    const { recorder } = await startWatcher(db, end)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(3), { minLength: 1, maxLength: 6 }),
        fc.option(fc.constantFrom(...eventKinds)),
        async (writes, kind) => {
          const ids: string[] = []
          let cursor: string | null = ''
          for (let page = 0; cursor !== null; page += 1) {
            for (let n = 0; n < (writes[page] ?? 0); n += 1) {
              // Newer than the window, as everything is that happens while somebody reads.
              await recorder.log(tunnelIdOf(1), {
                ...noEvent,
                at: end + page,
                kind: 'failover-ended',
              })
            }
            const query = `${range}${kind ? `&kind=${kind}` : ''}${cursor ? `&cursor=${cursor}` : ''}`
            const answer = ActivityPage.parse(await json(`/activity?${query}`))
            expect(answer.events.length).toBeLessThanOrEqual(100)
            ids.push(...answer.events.map(({ id }) => id))
            cursor = answer.cursor
            // A few pages tell as much as all of them.
            if (page === 8) break
          }
          expect(new Set(ids).size).toBe(ids.length)
          // Of one kind only, they are in the order of the whole.
          const its = new Set(ids)
          const order = whole.filter((id) => its.has(id))
          expect(ids).toEqual(kind === null ? whole.slice(0, ids.length) : order)
        },
      ),
      { numRuns: 10 },
    )
  })
})
