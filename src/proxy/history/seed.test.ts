import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CfConnectorList, CfTunnel, CfTunnelList } from '#contract/cloudflare.ts'
import { Failover } from '#contract/failover.ts'
import type { HistoryEvent, Interval, TunnelHistory } from '#contract/history.ts'
import { toListedTunnel, toSeenConnectors } from '../cloudflare/translate.ts'
import { createMarks } from '../marks/marks.ts'
import { openStore, type Store } from '../store/open.ts'
import { loadKeys } from './keys.ts'
import { createHistoryReader } from './read.ts'
import { createRecorder } from './record.ts'
import { isUnwatched, seedDemo } from './seed.ts'

/** A real month: of the simulator as `npm start` runs it, recorded once and looked at by every test. */
let month: Awaited<ReturnType<typeof liveMonth>>
let lanes: Awaited<ReturnType<typeof readLanes>>
let events: HistoryEvent[]
beforeAll(async () => {
  month = await liveMonth(30)
  lanes = await readLanes()
  events = await readEvents()
}, 60_000)
afterAll(() => month.end())

const minute = 60_000
const day = 24 * 60 * minute
let ids = 0
const newId = () => `00000000-0000-4000-8000-${String((ids += 1)).padStart(12, '0')}`

async function* each(lines: string[]) {
  yield* lines
}

async function liveMonth(past: number) {
  const child = spawn(
    process.execPath,
    `--import tsx src/simulator/main.ts --port 0 --parent-pipe --life off --past ${past}`.split(
      ' ',
    ),
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer]
  const ready = JSON.parse(chunk.toString()) as {
    baseUrl: string
    control: string
    accounts: string[]
    token: string
  }
  const text = await (await fetch(`${ready.control}/replay`)).text()
  const lines = text.trimEnd().split('\n')
  const dataDir = mkdtempSync(join(tmpdir(), 'tandem-seed-'))
  const { db } = await openStore(dataDir, Date.now)
  const accountId = ready.accounts[0] ?? ''
  const wasUnwatched = await isUnwatched(db)
  await seedDemo({ db, newId }, each(lines))

  const { at: endsAt } = JSON.parse(lines.at(-1) ?? '{}') as { at: number }
  return {
    db,
    lines,
    gap: lines.map((line) => JSON.parse(line)).find(({ type }) => type === 'gap') as {
      from: number
      to: number
    },
    wasUnwatched,
    endsAt,
    accountId,
    api: async (path = '') => {
      const address = `${ready.baseUrl}/accounts/${accountId}/warp_connector${path}`
      const answer = await fetch(address, { headers: { authorization: `Bearer ${ready.token}` } })
      return ((await answer.json()) as { result: unknown }).result
    },
    ...(await read(db, endsAt)),
    end: async () => {
      child.stdin.end()
      await db.destroy()
      rmSync(dataDir, { recursive: true })
    },
  }
}

/** The store as the next start of Tandem finds it, right after. */
async function read(db: Store, endsAt: number) {
  const keys = await loadKeys(db)
  const gapMs = () => 15_000
  const now = () => endsAt + 1_000
  const trouble: unknown[] = []
  const recorder = await createRecorder({
    db,
    keys,
    now,
    gapMs,
    reason: () => 'not-confirmed',
    madeBy: () => null,
    isClockRight: () => true,
    onEvents: () => {},
    onTrouble: (_, error) => trouble.push(error),
  })
  const marks = await createMarks({
    db,
    keys,
    now,
    after: () => () => {},
    newId: randomUUID,
    log: recorder.log,
    tell: () => {},
  })
  const reader = createHistoryReader({
    db,
    keys,
    now,
    gapMs,
    reason: recorder.reasonSince,
    books: recorder.books,
    nameOf: (tunnelId) => recorder.books().get(tunnelId)?.sight?.listed.name ?? null,
    marks,
  })
  return { keys, recorder, reader, trouble }
}

async function historyOf(name: string): Promise<TunnelHistory> {
  const [tunnelId] = [...month.recorder.books()].find(([, book]) =>
    book.sight?.listed.name.startsWith(name),
  ) ?? ['']
  const history = await month.reader.history(tunnelId, {
    from: month.endsAt - 400 * day,
    to: month.endsAt + day,
  })
  if (!history) throw new Error(`no history of ${name}`)
  return history
}

/** Every lane of every tunnel, unabridged: a few days at a time. */
async function readLanes() {
  const found: { name: string; intervals: Interval[] }[] = []
  for (const [tunnelId, book] of month.recorder.books()) {
    const range = { from: month.endsAt - 31 * day, to: month.endsAt }
    const parts: TunnelHistory[] = []
    for (let { from } = range; from < range.to; from += 5 * day) {
      const part = await month.reader.history(tunnelId, {
        from,
        to: Math.min(from + 5 * day, range.to),
      })
      if (part) parts.push(part)
    }
    expect(parts.every(({ bucketMs }) => bucketMs === null)).toBe(true)
    const name = book.sight?.listed.name ?? ''
    const connectorIds = new Set(
      parts.flatMap((part) => part.lanes.map(({ connectorId }) => connectorId)),
    )
    found.push({ name: `${name} status`, intervals: parts.flatMap(({ status }) => status) })
    found.push({ name: `${name} active`, intervals: parts.flatMap(({ active }) => active) })
    for (const id of connectorIds)
      found.push({
        name: `${name} ${id}`,
        intervals: parts.flatMap(
          (part) => part.lanes.find(({ connectorId }) => connectorId === id)?.intervals ?? [],
        ),
      })
  }
  return found
}

async function readEvents() {
  const all: HistoryEvent[] = []
  let cursor: [number, number, number] | undefined
  for (;;) {
    const range = { from: 0, to: month.endsAt + day }
    const page = await month.reader.activity({ ...range, cursor, limit: 500 })
    all.push(...page.events)
    if (page.cursor === null) return all
    const [at = 0, tunnel = 0, seq = 0] = page.cursor.split('-').map(Number)
    cursor = [at, tunnel, seq]
  }
}

describe('a month put into an empty store', () => {
  test('was put in because nothing was recorded, and is not put in again', async () => {
    expect(month.wasUnwatched).toBe(true)
    expect(await isUnwatched(month.db)).toBe(false)
  })

  test('has lanes whose intervals never overlap', async () => {
    const found = lanes
    expect(found.length).toBeGreaterThan(12 * 2 + 20)
    for (const { name, intervals } of found) {
      let last = 0
      for (const { from, to } of intervals) {
        expect({ name, isOrdered: from >= last && to > from }).toEqual({ name, isOrdered: true })
        last = to
      }
    }
  })

  test('is unknown in every lane while nobody watched, and at no other time', async () => {
    const { from, to } = month.gap
    const all = lanes.map(({ name, intervals }) => ({
      name,
      goesIn: intervals.some((one) => one.to === from),
      unknown: intervals.filter(({ value }) => value === 'unknown'),
    }))
    const within = all.filter(({ goesIn }) => goesIn)
    // Ten tunnels that were there, with nine times two connectors and some more.
    expect(within.length).toBeGreaterThan(10 + 9 + 18)
    for (const { unknown } of within) {
      expect(unknown).toMatchObject([{ from, reason: 'tandem-stopped', source: 'observed' }])
      const [end = 0] = unknown.map((one) => one.to)
      expect(end).toBeGreaterThanOrEqual(to)
      expect(end).toBeLessThanOrEqual(to + 2_000)
    }
    expect(all.filter(({ goesIn, unknown }) => !goesIn && unknown.length > 0)).toEqual([])
    const told = events.filter(({ kind }) => kind.startsWith('watching-'))
    expect(told.map(({ kind, at }) => [kind, at])).toEqual([
      ['watching-resumed', to],
      ['watching-stopped', from],
    ])
    expect(told.at(-1)?.from).toBe('tandem-stopped')
  })

  test('knows every change to within the watcher’s five seconds', async () => {
    for (const { intervals } of lanes)
      for (const { precisionMs } of intervals) expect(precisionMs ?? 0).toBeLessThanOrEqual(5_000)
    const { to } = month.gap
    const vague = events.filter(({ precisionMs }) => (precisionMs ?? 0) > 5_000)
    // What happened while nobody watched is known to have happened in those hours.
    expect(vague.filter(({ at }) => at < to || at > to + 2_000)).toEqual([])
    expect(vague.length).toBeGreaterThan(0)
  })

  test('names the person behind every manual failover, and keeps what became of it', async () => {
    const asked = month.lines
      .map((line) => JSON.parse(line))
      .filter(({ type }) => type === 'failover')
    const all = events
    const rows = await month.db.selectFrom('failovers').selectAll().execute()
    const kept = rows.map(({ body, running }) => {
      expect(running).toBe(0)
      return Failover.parse(JSON.parse(body))
    })
    expect(kept).toHaveLength(asked.length)
    for (const { at, by, tunnelId, fromId, toId } of asked) {
      const failover = kept.find((one) => one.requestedAt === at)
      expect(failover).toMatchObject({ by, tunnelId, state: 'confirmed', activeNow: [toId] })
      expect(failover?.from?.connectorId).toBe(fromId)
      const own = all.filter(({ failoverId }) => failoverId === failover?.id)
      expect(own.map(({ kind }) => kind).toSorted()).toEqual([
        'active-changed',
        'failover-ended',
        'failover-started',
      ])
      expect(own.every((event) => event.by === by)).toBe(true)
      expect(own.find(({ kind }) => kind === 'active-changed')).toMatchObject({
        cause: 'manual',
        from: fromId,
        to: toId,
      })
    }
    const causes = new Set(
      all.filter(({ kind }) => kind === 'active-changed').map(({ cause }) => cause),
    )
    expect(causes).toEqual(new Set(['manual', 'automatic', 'unknown']))
  })

  test('tells what else happened: created, renamed, configured, replaced, updated', async () => {
    const kinds = new Map<string, HistoryEvent[]>()
    for (const event of events) kinds.set(event.kind, [...(kinds.get(event.kind) ?? []), event])
    expect(kinds.get('tunnel-appeared')).toHaveLength(10)
    expect(kinds.get('tunnel-created')?.map(({ tunnelName }) => tunnelName)).toEqual([
      'sfo-lab-poc',
      'syd-retail-lab',
    ])
    expect(kinds.get('tunnel-renamed')).toMatchObject([
      { from: 'sin-warehouse', to: 'sin-warehouse-ot' },
    ])
    expect(kinds.get('configuration-changed')).toMatchObject([{ from: '1', to: '2' }])
    expect(kinds.get('version-changed')?.length).toBeGreaterThanOrEqual(18)
    expect(kinds.get('connector-gone')?.length).toBeGreaterThanOrEqual(2)
    expect(kinds.get('no-active-began')?.length).toBeGreaterThan(10)
  })

  test('has figures as of a real estate', async () => {
    const range = { from: month.endsAt - 30 * day, to: month.endsAt }
    const { tunnels } = await month.reader.summary(range)
    const of = (name: string) => {
      const found = tunnels.find(({ tunnelId }) =>
        month.recorder.books().get(tunnelId)?.sight?.listed.name.startsWith(name),
      )
      if (!found) throw new Error(`no summary of ${name}`)
      return found
    }
    const { from, to } = month.gap
    for (const summary of tunnels) {
      expect(summary.observedMs).toBeLessThanOrEqual(summary.totalMs)
      expect(summary.upMs).toBeLessThanOrEqual(summary.observedMs)
    }
    // The outage of 1 h 40 m, of the month without the unwatched night.
    const { availability, observedMs, noActiveMs, roleChanges } = of('lon-')
    expect(Math.abs(observedMs - (30 * day - (to - from)))).toBeLessThan(minute)
    expect(availability).toBeGreaterThan(0.997)
    expect(availability).toBeLessThan(0.998)
    expect(noActiveMs).toBeGreaterThan(2 * minute)
    expect(noActiveMs).toBeLessThan(120 * minute)
    expect(roleChanges).toBeGreaterThan(5)
    expect(roleChanges).toBeLessThan(40)
    expect(of('東京').availability).toBeGreaterThan(0.999)
    expect(of('nyc-').availability).toBe(1)
    expect(of('sfo-')).toMatchObject({ upMs: 0, roleChanges: 0 })
    expect(of('syd-').roleChanges).toBeGreaterThan(30)
    expect((await historyOf('jnb-')).active).toEqual([])
  })

  test('shows the outages as they were', async () => {
    const down = async (name: string) =>
      lanes
        .find((lane) => lane.name.startsWith(name) && lane.name.endsWith('status'))
        ?.intervals.filter(({ value }) => value === 'down')
        .map(({ from, to }) => Math.round((to - from) / minute))
    expect(await down('東京')).toEqual([23])
    for (const name of ['lon-', 'dub-', 'ams-']) {
      const [minutes, ...more] = (await down(name)) ?? []
      expect(more).toEqual([])
      expect(minutes).toBeGreaterThanOrEqual(97)
      expect(minutes).toBeLessThanOrEqual(106)
    }
  })

  // The last one: it writes.
  test('goes on from its end: the first live looks find no gap and no change', async () => {
    const { db, recorder, accountId, api } = month
    for (const { listedAt, seenAt } of recorder.books().values())
      expect([listedAt, seenAt]).toEqual([month.endsAt, month.endsAt])
    const count = () =>
      db
        .selectFrom('spans')
        .select((eb) => eb.fn.countAll<number>().as('spans'))
        .executeTakeFirst()
    const before = [await count(), events.length]

    const at = month.endsAt + 4_000
    for (const cf of CfTunnelList.parse(await api())) {
      const listed = toListedTunnel(CfTunnel.parse(cf), accountId)
      if (!listed) throw new Error('no id')
      const was = recorder.books().get(listed.id)?.sight ?? null
      const { connectors } = toSeenConnectors(
        CfConnectorList.parse(await api(`/${listed.id}/connections`)),
      )
      const after = { listed, connectors, configuration: was?.configuration ?? null }
      const look = { before: was, after, changes: [], at }
      await recorder.record([
        { part: 'listed', ...look },
        { part: 'connectors', ...look },
      ])
    }
    expect(month.trouble).toEqual([])
    expect([await count(), (await readEvents()).length]).toEqual(before)
  })
})

test('no past is no history, and one that breaks off is told', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tandem-seed-'))
  const { db } = await openStore(dataDir, Date.now)
  await seedDemo({ db, newId }, each([]))
  expect(await isUnwatched(db)).toBe(true)
  await expect(seedDemo({ db, newId }, each(month.lines.slice(0, 100)))).rejects.toThrow(
    'The replay of the demo’s past broke off.',
  )
  await expect(seedDemo({ db, newId }, each(['{"type":"look"}']))).rejects.toThrow(/at/)
  await db.destroy()
  rmSync(dataDir, { recursive: true })
})
