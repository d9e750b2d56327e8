import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  badnessOf,
  type Interval,
  type LaneKind,
  stripBuckets,
  type UnknownReason,
} from '#contract/history.ts'
import type { ConnectorRole, TunnelStatus } from '#contract/tunnel.ts'
import { turnOf } from '../poller/sight.ts'
import { openStore } from '../store/open.ts'
import {
  connectorIdOf,
  type Scene,
  startWatcher,
  toConnectors,
  toListed,
  tunnelIdOf,
} from '../survival/watcher.ts'
import { advance, type Book, emptyBook, isConnector, type Span } from './advance.ts'
import { downsample, toIntervals } from './window.ts'

/** Made-up lives of tunnels, and what history says of them held against what was seen. */

const t0 = 1_000_000
const gapMs = 15
const roles = ['active', 'passive', 'offline', 'unknown'] as const
const statuses = ['healthy', 'degraded', 'down', 'inactive', 'unknown'] as const
const reasons = ['locked-out', 'token-rejected', 'not-confirmed', 'tandem-stopped'] as const

type Moment = { waitMs: number; scene: Scene; reason: UnknownReason }
const moment = fc
  .tuple(
    fc.oneof(fc.integer({ min: 1, max: gapMs }), fc.integer({ min: gapMs + 1, max: 400 })),
    fc.constantFrom<TunnelStatus>(...statuses),
    fc.option(fc.constantFrom<ConnectorRole>(...roles), { freq: 6 }),
    fc.option(fc.constantFrom<ConnectorRole>(...roles), { freq: 6 }),
    fc.constantFrom<UnknownReason>(...reasons),
  )
  .map(
    ([waitMs, status, first, second, reason]): Moment => ({
      waitMs,
      scene: { status, roles: [first, second] },
      reason,
    }),
  )
const timeline = fc.array(moment, { minLength: 1, maxLength: 25 })

/** A stretch between two looks: what the first of them saw, or why nobody knows. */
type Stretch = { from: number; to: number; gap: UnknownReason | null; value: string | null }

const activeOf = (scene: Scene) => {
  const connectors = toConnectors(1, scene)
  return connectors.length === 0 ? null : turnOf(connectors)
}

/** What may be said of a lane, out of nothing but the looks. */
function truthOf(
  looks: { at: number; moment: Moment }[],
  valueOf: (scene: Scene) => string | null,
) {
  return looks.slice(0, -1).map(({ at, moment: { scene } }, index): Stretch => {
    const next = looks[index + 1] as { at: number; moment: Moment }
    const isGap = next.at - at > gapMs
    return { from: at, to: next.at, gap: isGap ? next.moment.reason : null, value: valueOf(scene) }
  })
}

const within = (interval: Interval, stretch: Stretch) =>
  interval.from < stretch.to && stretch.from < interval.to

/** I7: what is claimed of a time that no look covers, and gaps that do not say why. */
function untrue(lane: Interval[], truth: Stretch[]): string[] {
  const faults: string[] = []
  for (const interval of lane) {
    if (interval.source === 'reported') continue
    const { from, value, reason, mixed } = interval
    const over = truth.filter((stretch) => within(interval, stretch))
    // A bucket shows one state of several: then it was there, among others.
    const isThere = over.some((stretch) => (stretch.gap ? 'unknown' : stretch.value) === value)
    if (mixed && !isThere) faults.push(`${value} is in no look of the bucket at ${from}`)
    for (const stretch of mixed ? [] : over) {
      const because = stretch.gap ?? (stretch.value === 'unknown' ? 'unrecognised' : null)
      const was = stretch.gap === null ? stretch.value : 'unknown'
      if (value !== was || reason !== because)
        faults.push(`${value} (${reason}) at ${from} was ${was} (${because})`)
    }
  }
  return faults
}

/** What was seen and is left out. */
function leftOut(lane: Interval[], truth: Stretch[]): string[] {
  return truth.flatMap((stretch) => {
    if (stretch.value === null || stretch.gap !== null) return []
    const shown = lane
      .filter((interval) => within(interval, stretch))
      .reduce(
        (sum, { from, to }) => sum + Math.min(to, stretch.to) - Math.max(from, stretch.from),
        0,
      )
    return shown === stretch.to - stretch.from ? [] : [`${shown} ms shown from ${stretch.from}`]
  })
}

/** States that buckets hide behind better ones, and buckets that say nothing is hidden where it is. */
function hidden(kind: LaneKind, lane: Interval[], lean: Interval[]): string[] {
  const faults: string[] = []
  for (const { from, to, value } of lane) {
    const shown = lean.filter((one) => one.from < to && from < one.to)
    const worst = Math.max(...shown.map((one) => badnessOf(kind, one.value)))
    if (worst < badnessOf(kind, value)) faults.push(`${value} at ${from} is hidden`)
    for (const one of shown) {
      if (!one.mixed && one.value !== value) faults.push(`${value} at ${from} is not told of`)
    }
  }
  return faults
}

test('I7 ten thousand timelines: no value at a time that no look covers, also in buckets', () => {
  fc.assert(
    fc.property(timeline, fc.integer({ min: 5, max: 200 }), (moments, bucketMs) => {
      let book: Book = emptyBook()
      const spans = new Map<string, Span>()
      const looks: { at: number; moment: Moment }[] = []
      let at = t0
      for (const one of moments) {
        at += one.waitMs
        looks.push({ at, moment: one })
        const sight = {
          listed: toListed(1, one.scene),
          connectors: toConnectors(1, one.scene),
          configuration: null,
        }
        for (const part of ['listed', 'connectors'] as const) {
          const { book: next, writes } = advance(book, sight, {
            part,
            at,
            gapMs,
            reason: one.reason,
            ha: true,
            watchingSince: t0,
            madeBy: () => null,
          })
          book = next
          for (const span of writes.spans) {
            const lane = span.lane === 'role' ? span.connectorId : span.lane
            spans.set(`${lane}/${span.from}`, span)
          }
        }
      }
      const window = { from: t0, to: at, now: at, confirmedAt: at, gapMs, reason: reasons[0] }
      const laneOf = (name: string) =>
        toIntervals(
          [...spans.values()]
            .filter((span) => (span.lane === 'role' ? span.connectorId : span.lane) === name)
            .toSorted((a, b) => a.from - b.from),
          window,
        )
      const roleOf = (n: number) => (scene: Scene) => scene.roles[n] ?? null
      const lanes = [
        ['status', 'status', (scene: Scene) => scene.status ?? null],
        ['active', 'active', activeOf],
        ['role', connectorIdOf(1, 0), roleOf(0)],
        ['role', connectorIdOf(1, 1), roleOf(1)],
      ] as const
      for (const [kind, name, valueOf] of lanes) {
        const lane = laneOf(name)
        const truth = truthOf(looks, valueOf)
        // An empty list still has none active once somebody was.
        const known =
          name === 'active'
            ? truth.map((one) => (one.value === null ? { ...one, value: 'none' } : one))
            : truth
        if (name === 'active' && truth[0]?.value === null) continue
        const lean = downsample(kind, lane, bucketMs, t0)
        const buckets = lean.filter(({ mixed }) => mixed)
        const faults = [untrue(lane, known), leftOut(lane, known), untrue(buckets, known)]
        expect([...faults.flat(), ...hidden(kind, lane, lean)]).toEqual([])
      }
    }),
    { numRuns: 10_000 },
  )
}, 120_000)

test('P10 figures of a window, through the real tables, are those of a count of every millisecond', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-timelines-'))
  const { db } = await openStore(folder, () => t0)
  const watcher = await startWatcher(db, t0, { gapMs })
  const samples = fc.sample(timeline, { numRuns: 30, seed: 7 })
  const seen: { at: number; moment: Moment }[][] = []
  for (const [index, moments] of samples.entries()) {
    watcher.jump(t0)
    const looks: { at: number; moment: Moment }[] = []
    for (const one of moments) {
      watcher.pass(one.waitMs)
      watcher.because(one.reason)
      looks.push({ at: watcher.now(), moment: one })
      await watcher.see(index + 1, one.scene)
    }
    seen.push(looks)
  }
  for (const [index, looks] of seen.entries()) {
    const tunnel = index + 1
    const end = looks.at(-1)?.at ?? t0
    watcher.jump(end)
    const range = { from: t0 + 30, to: Math.max(end, t0 + 31) }
    const { tunnels } = await watcher.reader.summary(range)
    const summary = tunnels.find((one) => one.tunnelId === tunnelIdOf(tunnel))
    const count = { observedMs: 0, upMs: 0, countedMs: 0, noActiveMs: 0 }
    // Whoever is seen as the active one after somebody else was, whatever lies between, and before the window.
    let roleChanges = 0
    let current: string | null = null
    for (const { at, moment: seen } of looks) {
      const who = activeOf(seen.scene)
      if (who === null || !isConnector(who)) continue
      if (current !== null && current !== who && at >= range.from && at < range.to) roleChanges += 1
      current = who
    }
    const status = truthOf(looks, (scene) => scene.status ?? null)
    const active = truthOf(looks, activeOf)
    let everActive = false
    for (let at = t0; at < range.to; at += 1) {
      const shown = status.find(({ from, to }) => from <= at && at < to)
      const who = active.find(({ from, to }) => from <= at && at < to)
      everActive ||= who?.value != null
      if (at < range.from) continue
      if (shown?.gap === null && shown.value !== null && shown.value !== 'unknown') {
        count.observedMs += 1
        if (shown.value !== 'inactive') count.countedMs += 1
        if (shown.value === 'healthy' || shown.value === 'degraded') count.upMs += 1
      }
      if (who?.gap === null && everActive && (who.value === null || who.value === 'none'))
        count.noActiveMs += 1
    }
    const { observedMs, upMs, countedMs, noActiveMs } = count
    expect(summary).toMatchObject({ observedMs, upMs, noActiveMs, roleChanges })
    const { changeCauses, events } = await watcher.window(tunnel, range.from, range.to)
    const causes = Object.values(changeCauses).reduce((sum, each) => sum + each, 0)
    const told = events.filter(({ kind }) => kind === 'active-changed').length
    expect([causes, told]).toEqual([roleChanges, roleChanges])
    expect(summary?.flapsLastHour).toBeGreaterThanOrEqual(roleChanges)
    expect(summary?.availability).toBe(countedMs === 0 ? null : upMs / countedMs)
    expect(summary?.strip).toHaveLength(stripBuckets)
  }
  await db.destroy()
  rmSync(folder, { recursive: true })
}, 60_000)
