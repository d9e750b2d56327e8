import type { Page } from '@playwright/test'
import type { HistoryEvent, Interval, RoleLane, TunnelHistory } from '#contract/history.ts'
import { TunnelList } from '#contract/tunnel.ts'
import { inFreshBrowser, openList } from './browser.ts'
import type { Figure } from './figure.ts'
import type { Group } from './group.ts'
import { onStage } from './stage.ts'

/**
 * How quick is the role timeline? 25 connectors with 2,000 intervals each, in the real page.
 *
 * Only the answer of the history is made up: the server never sends so much at once, and the picture must
 * not need that. Times end with the frame that shows the result, as the browser's own clock tells it.
 */

const lanes = 25
const intervalsEach = 2_000
const spanMs = 24 * 3_600_000
const hoverMoves = 120
const zooms = 12
const visits = 9

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
      unknownMs: 0,
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
      totalMs: spanMs,
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
    lanesLeftOut: 0,
    summary: {
      tunnelId,
      totalMs: spanMs,
      observedMs: spanMs,
      upMs: spanMs,
      availability: 1,
      maintenanceMs: 0,
      availabilityOutside: null,
      observedOutsideMs: null,
      noActiveMs: spanMs / 9,
      noActiveTimes: 0,
      longestNoActiveMs: 43_200,
      roleChanges: intervalsEach,
      reconnects: 0,
      flapsLastHour: 0,
      strip: '',
      activeStrip: '',
    },
    changeCauses: { manual: 0, automatic: 0, unknown: 0 },
    connections: [],
    connectionsFrom: null,
    events,
    marks: [],
    truncated: false,
  }
}

type Notes = { readAt: number; paints: number[]; moves: { shownMs: number; workMs: number }[] }
declare global {
  var benchNotes: Notes
}

/** Runs in the page before its own code: notes when the answer was read and when frames were shown. */
function watchPage() {
  const notes: Notes = { readAt: 0, paints: [], moves: [] }
  globalThis.benchNotes = notes
  const { parse } = JSON
  JSON.parse = (text, reviver) => {
    const value = parse(text, reviver) as unknown
    if (text.length > 1_000_000) notes.readAt ||= performance.now()
    return value
  }
  const clear = CanvasRenderingContext2D.prototype.clearRect
  CanvasRenderingContext2D.prototype.clearRect = function (...box) {
    if (this.canvas.height > 300) tandemProbe.painted(() => notes.paints.push(performance.now()))
    return clear.apply(this, box)
  }
  addEventListener(
    'pointermove',
    ({ timeStamp }) => {
      const heardAt = performance.now()
      tandemProbe.painted(() => {
        const now = performance.now()
        notes.moves.push({ shownMs: now - timeStamp, workMs: now - heardAt })
      })
    },
    { capture: true },
  )
}

const notesOf = (page: Page) => page.evaluate(() => benchNotes)

export const timeline: Group = {
  name: 'timeline',
  says: '25 lanes × 2,000 intervals in the page, and a tunnel’s page opened (1 min)',

  run: () =>
    onStage({ simulator: ['--tunnels', '10', '--accounts', '1'] }, async (stage) => {
      await stage.swept(120_000)
      const tunnelId = await findHealthy(stage.address)
      const opened: { cold: number[]; warm: number[] } = { cold: [], warm: [] }
      for (let visit = 0; visit < visits; visit += 1) {
        await inFreshBrowser(stage.address, async (page) => {
          await openList(page)
          // The hand takes longer than that to find its row.
          await page.waitForTimeout(1_000)
          opened.cold.push(await openTunnel(page, tunnelId))
          for (let again = 0; again < 5; again += 1) {
            await page.goBack()
            await rowOf(page, tunnelId).waitFor()
            await page.waitForTimeout(300)
            opened.warm.push(await openTunnel(page, tunnelId))
          }
        })
      }
      const drawn = await inFreshBrowser(stage.address, (page) => draw(page, tunnelId))
      return [
        figure('row clicked → tunnel’s page with its charts, cold', opened.cold, 'median', 300),
        figure('row clicked → tunnel’s page with its charts, warm', opened.warm, 'median', 100),
        ...drawn,
      ]
    }),
}

function figure(name: string, samples: number[], by: Figure['by'], atMost: number): Figure {
  return { name, unit: 'ms', samples, by, goal: { atMost } }
}

/** The link with its name, the first in its row. */
const rowOf = (page: Page, tunnelId: string) => page.locator(`[data-row="${tunnelId}"] a`).first()

/** One that has something to draw. */
async function findHealthy(address: string): Promise<string> {
  const answer = await fetch(`${address}/api/tunnels`)
  const { tunnels } = TunnelList.parse(await answer.json())
  const healthy = tunnels.find(({ status, ha }) => status === 'healthy' && ha === true)
  if (!healthy) throw new Error('No HA tunnel is healthy.')
  return healthy.id
}

/** From the click until roles and connections are both painted. */
async function openTunnel(page: Page, tunnelId: string): Promise<number> {
  return page.evaluate(
    (id) =>
      new Promise<number>((resolve) => {
        const row = document.querySelector<HTMLElement>(`[data-row="${id}"] a`)
        const isThere = () =>
          document.querySelector('canvas') !== null &&
          document.querySelector('.recharts-surface') !== null
        const began = performance.now()
        const observer = new MutationObserver(() => {
          if (!isThere()) return
          observer.disconnect()
          tandemProbe.painted(() => resolve(performance.now() - began))
        })
        observer.observe(document, { subtree: true, childList: true, attributes: true })
        row?.click()
      }),
    tunnelId,
  )
}

/** The made-up day in the real page: its first paint, then what a hand does to it. */
async function draw(page: Page, tunnelId: string): Promise<Figure[]> {
  await page.addInitScript(watchPage)
  const row = rowOf(page, tunnelId)
  const application = page.getByRole('application')

  // Once with what is really there, so that the page's own code is loaded; then again with the made-up day.
  await page.goto('/')
  await row.click()
  await application.waitFor()
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
  // What was fetched before counts as fresh for ten seconds.
  await page.waitForTimeout(11_000)
  await page.evaluate(() => {
    benchNotes.paints.length = 0
  })
  await row.click()
  await page.waitForFunction(() => {
    const { readAt, paints } = benchNotes
    return readAt > 0 && paints.some((at) => at > readAt)
  })
  const first = await notesOf(page)
  const painted = first.paints.find((at) => at > first.readAt) ?? Number.NaN

  await application.evaluate((element) => element.scrollIntoView({ block: 'start' }))
  await page.mouse.wheel(0, -120)
  const box = await application.boundingBox()
  if (!box) throw new Error('the timeline has no box')
  for (let move = 0; move < hoverMoves; move += 1) {
    const x = box.x + 20 + ((move * 37) % (box.width - 40))
    const y = Math.min(box.y + 40 + ((move * 53) % (box.height - 80)), 880)
    await page.mouse.move(x, y)
  }
  const { moves } = await notesOf(page)

  const zoomed: number[] = []
  for (let zoom = 0; zoom < zooms; zoom += 1) {
    const name = zoom % 2 === 0 ? 'Zoom in' : 'Previous range'
    zoomed.push(await page.evaluate(zoomWith, name))
  }
  return [
    figure('answer read → first paint of the timeline', [painted - first.readAt], 'max', 200),
    figure(
      'pointer moved over the timeline → its frame painted',
      moves.map(({ workMs }) => workMs),
      'p95',
      16,
    ),
    {
      name: 'the same, with the wait for the screen’s next frame',
      unit: 'ms',
      samples: moves.map(({ shownMs }) => shownMs),
      by: 'p95',
      goal: null,
    },
    figure('timeline zoomed → shown', zoomed, 'median', 50),
  ]
}

/** Runs in the page: presses a button of the range and waits for the paint. */
async function zoomWith(label: string): Promise<number> {
  const { paints } = benchNotes
  const before = paints.length
  const button = document.querySelector<HTMLElement>(`[aria-label="${label}"]`)
  const began = performance.now()
  button?.click()
  while (paints.length === before) await new Promise((resolve) => requestAnimationFrame(resolve))
  return (paints[before] ?? 0) - began
}
