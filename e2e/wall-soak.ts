import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { type CDPSession, chromium, type Page } from '@playwright/test'
import type { Failover } from '../src/contract/failover.ts'
import { createApp } from '../src/proxy/app.ts'
import { consent, endOf } from '../src/proxy/faults/failing-over.ts'
import { type Rig, startRig } from '../src/proxy/faults/rig.ts'
import { startWorld } from '../src/proxy/faults/world.ts'
import { readPage } from '../src/proxy/routes/page.ts'
import { browserArgs, ensureBrowser } from '../src/tasks/browser.ts'
import { changesText } from '../src/web/ui/numbers.ts'
import { short } from './find.ts'

/**
 * Months of a wall in minutes: the real Tandem on its own clock, watching a simulated Cloudflare in which all
 * tunnels change all the time, go down, come and go, and people do what people do, served to a real browser with a wall open.
 */

const tunnels = 12
const warmUpShare = 0.1
/** After so many rounds something else happens than another connector taking over: it takes longer than all of them. */
const deedEvery = 25

export type WallVerdict = {
  changes: number
  checks: number
  missed: string[]
  heap: { before: Heap; after: Heap }
  nodes: { before: number; after: number }
}

/** @param wanted at least so many changes of a tunnel */
export async function soakWall(wanted: number): Promise<WallVerdict> {
  const world = await startWorld()
  const ids: string[] = []
  for (let n = 1; n <= tunnels; n += 1) {
    ids.push((await world.addTunnel(`site-${String(n).padStart(2, '0')}`)).tunnelId)
  }
  const rig = await startRig(world)
  await rig.looked()
  const app = createApp(rig.tandem.parts, readPage(join(import.meta.dirname, '../dist/web')))
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const browser = await chromium.launch({ executablePath: ensureBrowser(), args: browserArgs })
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
  const devTools = await page.context().newCDPSession(page)
  await page.goto(`http://127.0.0.1:${port}/wall`)
  await page
    .getByRole('listitem')
    .nth(tunnels - 1)
    .waitFor()

  const verdict: WallVerdict = {
    changes: 0,
    checks: 0,
    missed: [],
    heap: { before: { kept: 0, code: 0 }, after: { kept: 0, code: 0 } },
    nodes: { before: 0, after: 0 },
  }
  const check = async () => {
    verdict.missed.push(...(await missedBy(page, rig)))
    verdict.checks += 1
  }
  const one = (id: string) => {
    const tunnel = rig.tandem.parts.present.tunnels().find((each) => each.id === id)
    if (!tunnel) throw new Error(`Tandem does not know ${id}.`)
    return tunnel
  }
  const until = (what: string, isSo: () => boolean) => rig.time.until(what, isSo, 120_000)

  async function swapAll() {
    const before = activeOf(rig)
    for (const id of ids) await world.order(`/tunnels/${id}/swap`)
    await until('every change was seen', () =>
      [...activeOf(rig)].every(([id, active]) => active !== before.get(id)),
    )
    verdict.changes += ids.length
    await check()
  }
  async function takeDown(id: string) {
    const { connectors } = await world.tunnel(id)
    for (const connector of connectors) await world.order(`/connectors/${connector.id}/kill`)
    await until('it is down', () => one(id).readiness === 'disconnected')
    await check()
    for (const connector of connectors) await world.order(`/connectors/${connector.id}/revive`)
    await until('it is back', () => one(id).readiness === 'ready')
    verdict.changes += 2
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
    verdict.changes += 1
  }
  async function acknowledge(id: string) {
    const through = one(id).unacknowledged?.lastAt
    const { status, json } = await rig.ask('POST', `/tunnels/${id}/acknowledgement`, { through })
    if (status !== 201) throw new Error(`not acknowledged: ${JSON.stringify(json)}`)
    verdict.changes += 1
  }
  async function addAndDelete() {
    const { tunnelId } = await world.addTunnel('here-today')
    const isThere = () => rig.tandem.parts.present.tunnels().some(({ id }) => id === tunnelId)
    await until('it is there', () => isThere() && one(tunnelId).readiness === 'ready')
    await check()
    await world.order(`/tunnels/${tunnelId}/delete`)
    await until('it is gone', () => !isThere())
    verdict.changes += 2
  }
  const deeds = [takeDown, failOver, acknowledge, addAndDelete]
  /** What is told only for a while is over, so that what stands on the wall is the same each time. */
  async function settle() {
    await swapAll()
    await rig.time.run(11 * 60_000)
    await check()
  }

  for (let round = 0; verdict.changes < wanted; round += 1) {
    await swapAll()
    if (round % deedEvery === 0) {
      const nth = round / deedEvery
      await deeds[nth % deeds.length]?.(ids[nth % ids.length] ?? '')
      await check()
    }
    if (verdict.heap.before.kept === 0 && verdict.changes >= wanted * warmUpShare) {
      await settle()
      verdict.heap.before = await heapOf(devTools)
      verdict.nodes.before = await nodesOf(page)
    }
  }
  await settle()
  verdict.heap.after = await heapOf(devTools)
  verdict.nodes.after = await nodesOf(page)

  await browser.close()
  server.close()
  await rig.kill()
  await world.end()
  return verdict
}

const activeOf = (rig: Rig) =>
  new Map(rig.tandem.parts.present.tunnels().map((one) => [one.id, one.activeConnectorId]))

/** What the wall should say of each tunnel, and does not within ten seconds. */
async function missedBy(page: Page, rig: Rig): Promise<string[]> {
  const wanted = rig.tandem.parts.present.tunnels().map((tunnel) => {
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
    .waitForFunction(shows, wanted, { timeout: 10_000 })
    .then(() => true)
    .catch(() => false)
  return isShown ? [] : [`at ${rig.time.now()} the wall did not show ${JSON.stringify(wanted)}`]
}

/**
 * What the page keeps after collecting garbage, bytes. Code that the browser compiles as it finds out what runs often
 * is told apart: it grows for hours of use, and then no more.
 */
type Heap = { kept: number; code: number }

async function heapOf(devTools: CDPSession): Promise<Heap> {
  // Twice: what the first round finalises is free to go in the second.
  for (let round = 0; round < 2; round += 1) await devTools.send('HeapProfiler.collectGarbage')
  const chunks: string[] = []
  const onChunk = ({ chunk }: { chunk: string }) => void chunks.push(chunk)
  devTools.on('HeapProfiler.addHeapSnapshotChunk', onChunk)
  await devTools.send('HeapProfiler.takeHeapSnapshot')
  devTools.off('HeapProfiler.addHeapSnapshotChunk', onChunk)
  const { snapshot, nodes } = JSON.parse(chunks.join('')) as HeapSnapshot
  const { node_fields: fields, node_types: types } = snapshot.meta
  const [typeAt, sizeAt] = [fields.indexOf('type'), fields.indexOf('self_size')]
  const heap = { kept: 0, code: 0 }
  for (let node = 0; node < nodes.length; node += fields.length) {
    const isCode = types[typeAt]?.[nodes[node + typeAt] ?? 0] === 'code'
    heap[isCode ? 'code' : 'kept'] += nodes[node + sizeAt] ?? 0
  }
  return heap
}

/** As Chromium writes it: every node is so many numbers in a row. */
type HeapSnapshot = {
  snapshot: { meta: { node_fields: string[]; node_types: (string[] | string)[] } }
  nodes: number[]
}

/** Without what is drawn of the day: it has more pieces on a day on which more happened. */
const nodesOf = (page: Page) =>
  page.evaluate(() => document.querySelectorAll('*:not(svg *)').length)
