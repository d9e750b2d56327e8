import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { serve } from '@hono/node-server'
import { chromium, type Page } from '@playwright/test'
import { type Failover, isRunning } from '../src/contract/failover.ts'
import { type Tunnel, TunnelList } from '../src/contract/tunnel.ts'
import { createApp } from '../src/proxy/app.ts'
import { consent, endOf } from '../src/proxy/faults/failing-over.ts'
import { type Rig, type RigOptions, startRig } from '../src/proxy/faults/rig.ts'
import { startWorld } from '../src/proxy/faults/world.ts'
import { readPage } from '../src/proxy/routes/page.ts'
import { browserArgs, ensureBrowser } from '../src/tasks/browser.ts'
import { changesText } from '../src/web/ui/numbers.ts'
import { type Spent, spentBy, type Weight, weigh } from './browser-cost.ts'
import { short } from './find.ts'
import {
  drainStates,
  isConnector,
  isInOrder,
  recordStates,
  stateOf,
  stopRecording,
} from './tile-states.ts'

/**
 * A week of a wall in minutes: the real Tandem on its own clock, watching a simulated Cloudflare in which all tunnels
 * change all the time, go down, come and go, and people do what people do, served to a real browser with a wall open.
 * The page's own clock is the browser's: what it does by that, it is told to do when its time has come in the week.
 */

export const tunnels = 24
const changesOfWeek = 100_000
const days = 7
const dayMs = 24 * 3_600_000
/** So few that each tunnel is looked at every 75 seconds: a week of the usual number would take hours. */
const rateLimit = 300
/** Rounds from one deed to the next: each is done to each tunnel about once a day, so that all days look alike. */
const deedEvery = 5
/** The page asks for a new stream so often, before the server ends the one that it has. */
const renewEveryMs = 25 * 60_000
const restSeconds = 60

export type WallVerdict = {
  /** Simulated. */
  days: number
  changes: number
  /** Times at which every tile was held to what the API said. */
  checks: number
  missed: string[]
  /** The page, after each day. */
  weights: Weight[]
  /** Memory of this process, in which Tandem runs, after each day; bytes. */
  resident: number[]
  /** What the browser's processes took of one core while nothing changed, as shares of it. */
  atRest: Spent
  restSeconds: number
}

/**
 * @param wanted at least so many changes of a tunnel; fewer than a week has are a shorter week, with its seven parts
 * @param tell takes a line of progress a day
 */
export async function soakWall(wanted: number, tell: (line: string) => void): Promise<WallVerdict> {
  const dayLongMs = (dayMs * wanted) / changesOfWeek
  const roundMs = (days * dayMs * tunnels) / changesOfWeek
  const world = await startWorld('empty', { early: false })
  const names = new Map<string, string>()
  for (let n = 1; n <= tunnels; n += 1) {
    const name = `site-${String(n).padStart(2, '0')}`
    names.set((await world.addTunnel(name)).tunnelId, name)
  }
  const ids = [...names.keys()]
  const told = new Map<string, string[]>()
  let rig = await startTandem({ rateLimit, behindMs: 10_000 })
  let app = Promise.resolve(toApp(rig))
  const server = serve({
    // One that is starting anew lets its visitors wait.
    fetch: async (...args) => (await app).fetch(...args),
    port: 0,
    hostname: '127.0.0.1',
  })
  await once(server, 'listening')
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const browser = await chromium.launch({ executablePath: ensureBrowser(), args: browserArgs })
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
  const devTools = await page.context().newCDPSession(page)
  // tsx names functions with a helper of its own, which a function sent to the page leaves behind.
  await page.addInitScript({ content: 'globalThis.__name = (value) => value' })
  // A wall in sight draws once a second, which a week in minutes has no time for: it is told that nobody looks.
  await page.addInitScript(() =>
    Object.defineProperty(document, 'hidden', { value: true, configurable: true }),
  )
  await page.goto(`${address}/wall`)
  await page
    .getByRole('listitem')
    .nth(tunnels - 1)
    .waitFor()
  await page.evaluate(recordStates)

  let changes = 0
  let checks = 0
  const missed: string[] = []
  const weights: Weight[] = []
  const resident: number[] = []

  /** Another life of the same Tandem; what it tells the page of each tunnel is noted down. */
  async function startTandem(options: RigOptions) {
    const started = await startRig(world, options)
    const { present, bus } = started.tandem.parts
    const note = ({ name, ...tunnel }: Tunnel) => {
      const states = told.get(name) ?? []
      const state = stateOf(tunnel)
      if (states.at(-1) !== state) told.set(name, [...states, state])
    }
    bus.subscribe(({ event }) => {
      if (event.type === 'polled') for (const tunnel of event.tunnels) note(tunnel)
      if (event.type !== 'failoverChanged') return
      const { tunnelId, id, state } = event.failover
      const tunnel = present.tunnel(tunnelId)
      if (tunnel) note({ ...tunnel, failoverId: isRunning(state) ? id : null })
    })
    await started.looked()
    for (const tunnel of present.tunnels()) note(tunnel)
    return started
  }
  const listed = async () =>
    TunnelList.parse(await (await fetch(`${address}/api/tunnels`)).json()).tunnels
  /** Every tile shows what the API says by now, and has shown nothing before that Tandem did not tell, in its order. */
  async function check() {
    checks += 1
    const at = new Date(rig.time.now()).toISOString()
    missed.push(...(await missedBy(page, await listed())).map((each) => `${at}: ${each}`))
    for (const [name, shown] of Object.entries(await drainStates(page))) {
      const states = told.get(name) ?? []
      if (!isInOrder(shown, states))
        missed.push(`${at}: ${name} was ${states.join(', ')} and showed ${shown.join(', ')}`)
    }
    for (const [name, states] of told) told.set(name, states.slice(-1))
  }
  const one = (id: string) => {
    const tunnel = rig.tandem.parts.present.tunnel(id)
    if (!tunnel) throw new Error(`Tandem does not know ${id}.`)
    return tunnel
  }
  const until = (what: string, isSo: () => boolean) => rig.time.until(what, isSo, 600_000)

  async function swapAll() {
    // By what it told: to ask it at every step of the clock would be most of what the soak costs.
    const lastOf = (id: string) => told.get(names.get(id) ?? '')?.at(-1) ?? ''
    const before = new Map(ids.map((id) => [id, lastOf(id)]))
    await Promise.all(ids.map((id) => world.order(`/tunnels/${id}/swap`)))
    await until('every change was seen', () =>
      ids.every((id) => isConnector(lastOf(id)) && lastOf(id) !== before.get(id)),
    )
    changes += ids.length
    await check()
  }
  async function takeDown(id: string) {
    const { connectors } = await world.tunnel(id)
    for (const connector of connectors) await world.order(`/connectors/${connector.id}/kill`)
    await until('it is down', () => one(id).readiness === 'disconnected')
    await check()
    for (const connector of connectors) await world.order(`/connectors/${connector.id}/revive`)
    await until('it is back', () => one(id).readiness === 'ready')
    changes += 2
  }
  async function failOver(id: string) {
    const { activeConnectorId: active } = one(id)
    const { connectors } = await world.tunnel(id)
    const standby = connectors.find((connector) => connector.id !== active)
    const body = { client_id: standby?.id, expected_active_id: active, ...consent }
    const { status, json } = await rig.ask('POST', `/tunnels/${id}/failovers`, body)
    if (status !== 202) throw new Error(`not taken on: ${JSON.stringify(json)}`)
    await check()
    await endOf(rig, (json as Failover).id)
    changes += 1
  }
  async function acknowledge(id: string) {
    const through = one(id).unacknowledged?.lastAt
    const { status, json } = await rig.ask('POST', `/tunnels/${id}/acknowledgement`, { through })
    if (status !== 201) throw new Error(`not acknowledged: ${JSON.stringify(json)}`)
    changes += 1
  }
  async function addAndDelete() {
    const { tunnelId } = await world.addTunnel('here-today')
    const isThere = () => rig.tandem.parts.present.tunnel(tunnelId)?.readiness === 'ready'
    await until('it is there', isThere)
    await check()
    await world.order(`/tunnels/${tunnelId}/delete`)
    await until('it is gone', () => rig.tandem.parts.present.tunnel(tunnelId)?.deletedAt !== null)
    changes += 2
  }
  /** More happens meanwhile than Tandem keeps for those who come back. */
  async function loseNetwork() {
    if ('closeAllConnections' in server) server.closeAllConnections()
    await rig.time.run(15 * 60_000)
  }
  const deeds = [takeDown, failOver, acknowledge, addAndDelete, loseNetwork]
  /** What is told only for a while is over, so that what stands on the wall is the same each time. */
  async function settle() {
    await swapAll()
    await rig.time.run(11 * 60_000)
    await check()
    const truth = await world.state()
    for (const { id, name, activeConnectorId } of await listed()) {
      const active = truth.tunnels
        .find((tunnel) => tunnel.id === id)
        ?.connectors.find(({ haStatus }) => haStatus === 'active')
      if (active?.id !== activeConnectorId)
        missed.push(`${name}: ${active?.id} is active, the API says ${activeConnectorId}`)
    }
  }

  const began = rig.time.now()
  let renewedAt = began
  let round = 0
  for (let day = 1; day <= days; day += 1) {
    const isOver = () =>
      rig.time.now() >= began + day * dayLongMs && (day < days || changes >= wanted)
    for (; !isOver(); round += 1) {
      await swapAll()
      if (round % deedEvery === 0) {
        const nth = round / deedEvery
        await deeds[nth % deeds.length]?.(ids[nth % ids.length] ?? '')
        await check()
      }
      if (rig.time.now() - renewedAt >= renewEveryMs) {
        renewedAt = rig.time.now()
        await page.evaluate(() => window.dispatchEvent(new Event('online')))
      }
      await rig.time.run(Math.max(0, began + (round + 1) * roundMs - rig.time.now()))
    }
    await settle()
    await rig.accountAndForget()
    const weight = await weigh(devTools, page)
    weights.push(weight)
    resident.push(process.memoryUsage().rss)
    tell(
      `day ${day} of ${days}: ${changes} changes, ${missed.length} missed, ${(weight.heap / 1e6).toFixed(2)} MB of heap, ${weight.nodes} nodes, ${weight.listeners} listeners`,
    )
  }
  const lived = (rig.time.now() - began) / dayMs

  // Nothing changes any more, and Tandem looks as often as it does by its own settings.
  await stopRecording(page)
  await page.evaluate(() => Reflect.deleteProperty(document, 'hidden'))
  const { folder } = rig
  const again = rig.kill().then(() => startTandem({ folder }))
  app = again.then(toApp)
  rig = await again
  const live = () => !document.querySelector('main')?.className.includes('opacity')
  await page.waitForFunction(live, undefined, { timeout: 60_000 })
  const liveFor = async (seconds: number) => {
    let at = performance.now()
    for (let second = 0; second < seconds; second += 1) {
      await rest(1000)
      const passed = performance.now() - at
      at += passed
      await rig.time.run(passed)
    }
  }
  await liveFor(10)
  const atRest = await spentBy(browser, devTools, () => liveFor(restSeconds))
  checks += 1
  missed.push(...(await missedBy(page, await listed())))

  await browser.close()
  server.close()
  await rig.end()
  await world.end()
  return { days: lived, changes, checks, missed, weights, resident, atRest, restSeconds }
}

const toApp = (rig: Rig) =>
  createApp(rig.tandem.parts, readPage(join(import.meta.dirname, '../dist/web')))

/** What the wall should say of each tunnel, and does not within ten seconds. */
async function missedBy(page: Page, tunnelList: Tunnel[]): Promise<string[]> {
  const wanted = tunnelList.map((tunnel) => {
    const { name, readiness, failoverId, activeConnectorId, unacknowledged } = tunnel
    const changes = unacknowledged?.count ?? 0
    return {
      name,
      says: [
        failoverId ? 'Failing over' : activeConnectorId ? short(activeConnectorId) : '',
        readiness === 'disconnected' ? 'Down' : '',
        changes === 0 ? '' : `${changesText(changes)} `,
      ],
      isAcknowledged: changes === 0,
    }
  })
  const shows = (all: typeof wanted) => {
    const texts = [...document.querySelectorAll('main li')].map((tile) => tile.textContent)
    return (
      texts.length === all.length &&
      all.every(({ name, says, isAcknowledged }) =>
        texts.some(
          (text) =>
            text.includes(name) &&
            says.every((word) => text.includes(word)) &&
            text.includes('not acknowledged') !== isAcknowledged,
        ),
      )
    )
  }
  const isShown = await page
    .waitForFunction(shows, wanted, { timeout: 10_000, polling: 20 })
    .then(() => true)
    .catch(() => false)
  return isShown ? [] : [`the wall did not show ${JSON.stringify(wanted)}`]
}
