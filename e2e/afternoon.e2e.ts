import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import type { Page } from '@playwright/test'
import { createApp } from '../src/proxy/app.ts'
import { consent } from '../src/proxy/faults/failing-over.ts'
import { type Rig, startRig } from '../src/proxy/faults/rig.ts'
import { startWorld } from '../src/proxy/faults/world.ts'
import { readPage } from '../src/proxy/routes/page.ts'
import { bare, expect } from './fixtures.ts'

/**
 * An afternoon with everything in it, lived by the real Tandem on a clock of its own so that an hour takes
 * seconds, and then looked at in the browser.
 */
const minuteMs = 60_000

type Afternoon = Awaited<ReturnType<typeof liveAfternoon>>

/** Ten minutes of peace between any two things that happen; the times of all of them. */
async function liveAfternoon(world: Awaited<ReturnType<typeof startWorld>>) {
  const { tunnelId, connectorIds } = await world.addTunnel('lon-branch-core')
  const [first = '', second = ''] = connectorIds
  let rig = await startRig(world)
  const peace = () => rig.time.run(10 * minuteMs)
  const watches = () =>
    rig.time.until('it watches again', () => stateOf(rig) === 'running', 10 * minuteMs)
  const began = rig.time.now()
  await rig.looked()
  await peace()

  const killed = rig.time.now()
  await world.order(`/connectors/${first}/kill`)
  await peace()
  const revived = rig.time.now()
  await world.order(`/connectors/${first}/revive`)
  await peace()

  const failedOver = rig.time.now()
  const body = { client_id: first, expected_active_id: second, ...consent }
  const answer = await rig.ask('POST', `/tunnels/${tunnelId}/failovers`, body)
  expect(answer.status).toBe(202)
  await peace()

  const stopped = rig.time.now()
  await rig.kill()
  await world.order('/clock', { advanceMs: 5 * minuteMs })
  rig = await startRig(world, { folder: rig.folder })
  const started = rig.time.now()
  await peace()

  const limited = rig.time.now()
  await world.breakWith({ kind: 'rate-limit', retryAfter: 300, times: 1 })
  await rig.time.until('it rests', () => stateOf(rig) === 'paused', 10_000)
  await watches()
  const allowed = rig.time.now()
  await peace()

  const revoked = rig.time.now()
  await world.order('/tokens/write/revoke')
  await rig.time.run(8 * minuteMs)
  await world.order('/tokens/write/restore')
  await watches()
  const restored = rig.time.now()
  await peace()

  return {
    rig,
    tunnelId,
    first: first.slice(0, 8),
    second: second.slice(0, 8),
    times: {
      began,
      killed,
      revived,
      failedOver,
      stopped,
      started,
      limited,
      allowed,
      revoked,
      restored,
    },
  }
}

const stateOf = ({ tandem }: Rig) => tandem.parts.poller.state(null).state

/** The row of the table in which an interval stands: lane, state, begin, end, why. */
type Row = [lane: string, state: string, from: number, to: number, why: RegExp]
const now = Number.POSITIVE_INFINITY

/** What a person who knows that afternoon would draw. Cloudflare forgets a dead connector after 5 minutes. */
function drawn({ first, second, times: t }: Afternoon): Row[] {
  const forgotten = t.killed + 5 * minuteMs
  const gaps = (lane: string, state: string, from: number): Row[] => [
    [lane, state, from, t.stopped, /^/],
    [lane, 'Not watched', t.stopped, t.started, /^Tandem was not running\.$/],
    [lane, state, t.started, t.limited, /^$/],
    [lane, 'Not watched', t.limited, t.allowed, /^Cloudflare refused calls \(429\)\.$/],
    [lane, state, t.allowed, t.revoked, /^$/],
    [lane, 'Not watched', t.revoked, t.restored, /^Cloudflare did not accept the API token\.$/],
    [lane, state, t.restored, now, /^$/],
  ]
  return [
    ['Status', 'Healthy', t.began, t.killed, /^$/],
    ['Status', 'Degraded', t.killed, forgotten, /^$/],
    ...gaps('Status', 'Healthy', forgotten),
    ['Active', first, t.began, t.killed, /^$/],
    ['Active', second, t.killed, t.failedOver, /\(automatic\)/],
    ['Active', 'No connector active', t.failedOver, t.failedOver, /^No connector active any more/],
    ...gaps('Active', first, t.failedOver),
    [first, 'Active', t.began, t.killed, /^$/],
    [first, 'Offline', t.killed, forgotten, /\(automatic\)/],
    [first, 'Passive', t.revived, t.failedOver, /joined/],
    ...gaps(first, 'Active', t.failedOver),
    [second, 'Passive', t.began, t.killed, /^$/],
    [second, 'Active', t.killed, t.failedOver, /\(automatic\)/],
    ...gaps(second, 'Passive', t.failedOver),
  ]
}

/** What the page says, row by row. `± 5 s` belongs to a time; “ongoing” is no end. */
async function readTable(page: Page): Promise<string[][]> {
  await page.getByText('Table', { exact: true }).click()
  const table = page.getByRole('table', { name: 'Every interval of the timeline' })
  const rows = await table
    .getByRole('row')
    .filter({ has: page.getByRole('cell') })
    .all()
  return Promise.all(rows.map((row) => row.getByRole('cell').allTextContents()))
}

const timeIn = (cell = '') =>
  cell === 'ongoing' ? now : Date.parse(`${cell.replace(/ ± .*/, '')} UTC`)

const iso = (at: number) => new Date(at).toISOString()

/**
 * The stop of Tandem as both pictures show it: hatched where it was, with its reason, and nothing of what was known
 * before or after it drawn across it.
 */
async function expectGapDrawn(page: Page, { tunnelId, times: { stopped, started } }: Afternoon) {
  const room = 4 * minuteMs
  const stretch = `${iso(stopped - room)}..${iso(started + room)}`
  await page.goto(`${new URL(page.url()).origin}/tunnels/${tunnelId}?range=${stretch}`)
  await page.getByText('Chart', { exact: true }).click()
  for (const legend of ['Legend', 'Colos'])
    await expect(page.getByRole('list', { name: legend })).toContainText('Not watched')

  const timeline = page.getByRole('application', { name: /^HA role timeline/ })
  const readout = page.getByRole('status').filter({ hasText: 'Not watched' })
  const lanes = await page.getByRole('list', { name: 'Lanes' }).getByRole('listitem').count()
  expect(lanes).toBe(4)
  await timeline.focus()
  await page.keyboard.press('End')
  await page.keyboard.press('ArrowLeft')
  for (let lane = 0; lane < lanes; lane += 1) {
    await expect(readout).toContainText('Tandem was not running')
    const [gap, before] = await timeline.evaluate((layer) => {
      const ring = layer.querySelector('span')?.getBoundingClientRect()
      const canvas = layer.parentElement?.querySelector('canvas')
      const pen = canvas?.getContext('2d')
      if (!ring || !canvas || !pen) throw new Error('The timeline marks no interval.')
      const { left, top, width } = canvas.getBoundingClientRect()
      const scale = canvas.width / width
      /** How many pixels there are of each colour. */
      const coloursOf = (x: number, wide: number) => {
        const box = [x - left, ring.top - top, wide, ring.height].map((px) => px * scale) as [
          number,
          number,
          number,
          number,
        ]
        const { data } = pen.getImageData(...box)
        const counts = new Map<string, number>()
        for (let at = 0; at < data.length; at += 4) {
          const colour = data.subarray(at, at + 4).join()
          counts.set(colour, (counts.get(colour) ?? 0) + 1)
        }
        return [...counts].toSorted(([, a], [, b]) => b - a).map(([colour]) => colour)
      }
      return [coloursOf(ring.left + 3, ring.width - 6), coloursOf(ring.left - 43, 40)]
    })
    expect(gap.length, 'colours of a hatch').toBeGreaterThan(2)
    expect(gap.indexOf(before[0] ?? ''), 'the colour of the band before').toBe(-1)
    await page.keyboard.press('ArrowDown')
  }

  const areas = await page.locator('svg .recharts-area-area').evaluateAll((paths) => {
    const hatch = document.querySelector<SVGGraphicsElement>('[fill="url(#connection-gap)"]')
    if (!hatch) throw new Error('The connections have no gap.')
    const { x, y, width, height } = hatch.getBBox()
    const drawnAt = (across: number) =>
      paths.some((path) =>
        Array.from({ length: 20 }, (_, step) => y + ((step + 0.5) / 20) * height).some((down) =>
          (path as SVGPathElement).isPointInFill(new DOMPoint(across, down)),
        ),
      )
    const inside = Array.from({ length: 50 }, (_, step) => x + ((step + 0.5) / 50) * width)
    return { beside: [x - 5, x + width + 5].map(drawnAt), inside: inside.filter(drawnAt) }
  })
  expect(areas).toEqual({ beside: [true, true], inside: [] })
}

/** Within the two looks that lie around a change. */
const isAbout = (shown: number, at: number) => shown === at || Math.abs(shown - at) <= 7000

bare(
  'P7 a scripted afternoon is drawn as it was: every lane, every gap with its reason',
  async ({ page, secrets }) => {
    const world = await startWorld('empty', { early: false })
    secrets.push(world.token, world.readToken)
    const afternoon = await liveAfternoon(world)
    const { rig, tunnelId } = afternoon
    const app = createApp(rig.tandem.parts, readPage(join(import.meta.dirname, '../dist/web')))
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo

    await page.goto(`http://127.0.0.1:${port}/tunnels/${tunnelId}?range=24h`)
    await page.getByText('UTC', { exact: true }).click()
    const rows = await readTable(page)
    const expected = drawn(afternoon)
    expect(rows.map(([lane, state]) => `${lane}: ${state}`)).toEqual(
      expected.map(([lane, state]) => `${lane}: ${state}`),
    )
    for (const [index, [lane, state, from, to, why]] of expected.entries()) {
      const [, , shownFrom, shownTo, , , shownWhy = ''] = rows[index] ?? []
      const line = `${lane}: ${state}, ${shownFrom} to ${shownTo}`
      expect(isAbout(timeIn(shownFrom), from), line).toBe(true)
      expect(isAbout(timeIn(shownTo), to), line).toBe(true)
      expect(shownWhy, line).toMatch(why)
    }

    // Neither up nor down while nobody watched: five minutes each for the stop and the lock-out, and the token.
    const { began, restored, revoked, allowed, limited, started, stopped } = afternoon.times
    const blindMs = started - stopped + (allowed - limited) + (restored - revoked)
    const observed = 1 - blindMs / (rig.time.now() - began)
    const [, share = ''] =
      /of the ([\d.]+) % observed/.exec(await page.getByRole('main').innerText()) ?? []
    expect(Math.abs(Number(share) - observed * 100)).toBeLessThan(1)
    await expect(page.getByText(/1 manual, 1 automatic/)).toBeVisible()

    await expectGapDrawn(page, afternoon)

    await page.close()
    server.close()
    await rig.end()
    await world.end()
  },
)
