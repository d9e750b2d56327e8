import { loadavg } from 'node:os'
import { chromium, type Page } from '@playwright/test'
import type { HistoryEvent, Interval, RoleLane, TunnelHistory } from '#contract/history.ts'
import { start } from '../../e2e/processes.ts'
import { browserArgs, ensureBrowser } from '../tasks/browser.ts'

/**
 * How quick is the role timeline? 25 connectors with 2,000 intervals each, in the real page.
 *
 * `node --import tsx src/bench/timeline.bench.ts [ADDRESS]`. Without an address the built proxy is started
 * with its demo. Only the answer of the history is made up: the server never sends so much at once, and the
 * picture must not need that. Times end with the frame that shows the result, as the browser's own clock
 * tells it.
 */

const lanes = 25
const intervalsEach = 2_000
const spanMs = 24 * 3_600_000
const hoverMoves = 120
const zooms = 12

const roles = ['active', 'passive', 'offline', 'passive', 'unknown'] as const
const idOf = (lane: number) => `${String(lane).padStart(8, '0')}-0000-4000-8000-000000000000`

function intervalsOf(lane: number, from: number, valueOf: (index: number) => string): Interval[] {
  const each = spanMs / intervalsEach
  return Array.from({ length: intervalsEach }, (_, index) => {
    const value = valueOf(index + lane)
    return {
      from: from + index * each,
      to: from + (index + 1) * each,
      value,
      source: 'observed',
      precisionMs: 5000,
      reason: value === 'unknown' ? 'not-confirmed' : null,
      open: index === intervalsEach - 1,
      mixed: false,
    }
  })
}

/** A day in which everything changed every 43 seconds. */
function madeUp(tunnelId: string, now: number): TunnelHistory {
  const from = now - spanMs
  const roleLanes = Array.from({ length: lanes }, (_, lane): RoleLane => {
    const intervals = intervalsOf(lane, from, (index) => roles[index % roles.length] ?? 'passive')
    return {
      connectorId: idOf(lane),
      intervals,
      observedMs: spanMs,
      activeMs: spanMs / 5,
      reconnects: intervalsEach,
    }
  })
  const events = Array.from(
    { length: intervalsEach },
    (_, index): HistoryEvent => ({
      id: `1-${index}-0`,
      at: from + (index * spanMs) / intervalsEach,
      tunnelId,
      tunnelName: 'bench',
      kind: 'active-changed',
      connectorId: idOf((index + 1) % lanes),
      from: idOf(index % lanes),
      to: idOf((index + 1) % lanes),
      cause: index % 7 === 0 ? 'manual' : 'automatic',
      by: index % 7 === 0 ? 'Ada' : null,
      failoverId: null,
      note: null,
      precisionMs: 5000,
    }),
  )
  return {
    tunnelId,
    from,
    to: now,
    at: now,
    watchedSince: from,
    bucketMs: null,
    status: intervalsOf(0, from, (index) => (index % 3 === 0 ? 'degraded' : 'healthy')),
    active: intervalsOf(0, from, (index) => (index % 9 === 0 ? 'none' : idOf(index % lanes))),
    lanes: roleLanes,
    summary: {
      tunnelId,
      totalMs: spanMs,
      observedMs: spanMs,
      upMs: spanMs,
      availability: 1,
      noActiveMs: spanMs / 9,
      longestNoActiveMs: 43_200,
      roleChanges: intervalsEach,
      reconnects: 0,
      flapsLastHour: 0,
      strip: '',
      activeStrip: '',
      actives: [],
    },
    connections: [],
    events,
    truncated: false,
  }
}

/** Runs in the page before its own code: notes when the answer was read and when frames were shown. */
function watchPage() {
  const notes = { readAt: 0, paints: [] as number[], moves: [] as number[] }
  Object.assign(window, { benchNotes: notes })
  /** Calls back when the frame that is being made has been shown. */
  const afterFrame = (then: (at: number) => void) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel()
      port1.addEventListener('message', () => then(performance.now()))
      port1.start()
      port2.postMessage(null)
    })
  const { parse } = JSON
  JSON.parse = (text, reviver) => {
    const value = parse(text, reviver) as unknown
    if (text.length > 1_000_000) notes.readAt ||= performance.now()
    return value
  }
  const clear = CanvasRenderingContext2D.prototype.clearRect
  CanvasRenderingContext2D.prototype.clearRect = function (...box) {
    if (this.canvas.height > 300) afterFrame((at) => notes.paints.push(at))
    return clear.apply(this, box)
  }
  addEventListener(
    'pointermove',
    ({ timeStamp }) => afterFrame((at) => notes.moves.push(at - timeStamp)),
    { capture: true },
  )
}

type Notes = { readAt: number; paints: number[]; moves: number[] }
const notesOf = (page: Page) =>
  page.evaluate(() => (window as unknown as { benchNotes: Notes }).benchNotes)

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN
}

const figures: { ms: number; goal: number }[] = []
/** @param cpu what the page's main thread itself worked for it: the figure that a busy machine leaves alone. */
function note(what: string, ms: number, goal: number, cpu: number) {
  figures.push({ ms, goal })
  const verdict = ms <= goal ? 'met' : 'MISSED'
  console.log(
    `${what.padEnd(34)} ${ms.toFixed(1).padStart(8)} ms   goal ≤ ${String(goal).padStart(3)} ms  ${verdict.padEnd(6)}  (${cpu.toFixed(1)} ms of the main thread)`,
  )
}

const given = process.argv[2]
const proxy = given ? null : start('proxy', [], { env: { PORT: '0', TANDEM_DATA_DIR: './bench' } })
const address =
  given ??
  /(http:\/\/127\.0\.0\.1:\d+)/.exec((await proxy?.line(/is running: http:/)) ?? '')?.[1] ??
  ''
const { tunnels } = (await (await fetch(`${address}/api/tunnels`)).json()) as {
  tunnels: { id: string; status: string }[]
}
const tunnelId = tunnels.find(({ status }) => status === 'healthy')?.id ?? ''
const browser = await chromium.launch({ executablePath: ensureBrowser(), args: browserArgs })
console.log(
  `${lanes} lanes × ${intervalsEach} intervals in Chromium ${browser.version()}; load ${loadavg()[0]?.toFixed(1)}`,
)
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable')
  /** Milliseconds that the page's main thread has worked so far. */
  const worked = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics')
    return 1000 * (metrics.find(({ name }) => name === 'ThreadTime')?.value ?? Number.NaN)
  }
  // tsx names inner functions with a helper that the page does not have.
  await page.addInitScript('globalThis.__name = (named) => named')
  await page.addInitScript(watchPage)
  const row = page.locator(`[data-row="${tunnelId}"] a`).first()
  const timeline = page.getByRole('application')

  // Once with what the demo has, so that the page's own code is there; then back and again with the made-up day.
  await page.goto(`${address}/`)
  await row.click()
  await timeline.waitFor()
  await page.goBack()
  await row.waitFor()
  const answer = JSON.stringify(madeUp(tunnelId, Date.now()))
  let answered = false
  await page.route(/\/history\?/, (route) => {
    // What is asked while zooming never comes: the picture must not wait for it.
    if (answered) return
    answered = true
    return route.fulfill({ contentType: 'application/json', body: answer })
  })
  await page.waitForTimeout(11_000) // what was fetched before counts as fresh for ten seconds
  await page.evaluate(() => {
    ;(window as unknown as { benchNotes: Notes }).benchNotes.paints.length = 0
  })
  const beforeOpening = await worked()
  await row.click()
  await page.waitForFunction(() => {
    const { readAt, paints } = (window as unknown as { benchNotes: Notes }).benchNotes
    return readAt > 0 && paints.some((at) => at > readAt)
  })
  const opening = (await worked()) - beforeOpening
  const first = await notesOf(page)
  const painted = first.paints.find((at) => at > first.readAt) ?? Number.NaN
  note('answer read → first paint', painted - first.readAt, 200, opening)

  await timeline.evaluate((element) => element.scrollIntoView({ block: 'start' }))
  await page.mouse.wheel(0, -120)
  const box = await timeline.boundingBox()
  if (!box) throw new Error('the timeline has no box')
  const beforeHover = await worked()
  for (let move = 0; move < hoverMoves; move += 1) {
    const x = box.x + 20 + ((move * 37) % (box.width - 40))
    const y = Math.min(box.y + 40 + ((move * 53) % (box.height - 80)), 880)
    await page.mouse.move(x, y)
  }
  const hover = ((await worked()) - beforeHover) / hoverMoves
  const { moves } = await notesOf(page)
  note('pointer moved → shown, p50', percentile(moves, 0.5), 16, hover)
  note('pointer moved → shown, p95', percentile(moves, 0.95), 16, hover)

  const times: number[] = []
  const beforeZoom = await worked()
  for (let zoom = 0; zoom < zooms; zoom += 1) {
    const name = zoom % 2 === 0 ? 'Zoom in' : 'Back to the range before'
    times.push(
      await page.evaluate(async (label) => {
        const notes = (window as unknown as { benchNotes: Notes }).benchNotes
        const before = notes.paints.length
        const button = document.querySelector<HTMLElement>(`[aria-label="${label}"]`)
        const began = performance.now()
        button?.click()
        while (notes.paints.length === before)
          await new Promise((resolve) => requestAnimationFrame(resolve))
        return (notes.paints[before] ?? 0) - began
      }, name),
    )
  }
  const zoom = ((await worked()) - beforeZoom) / zooms
  note('zoom → shown, p50', percentile(times, 0.5), 50, zoom)
  note('zoom → shown, p95', percentile(times, 0.95), 50, zoom)
} finally {
  await browser.close()
  await proxy?.end()
}
if (figures.some(({ ms, goal }) => !(ms <= goal))) process.exitCode = 1
