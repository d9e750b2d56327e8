import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { type CDPSession, chromium, type Page } from '@playwright/test'
import { createApp } from '../src/proxy/app.ts'
import { type Rig, startRig } from '../src/proxy/faults/rig.ts'
import { startWorld } from '../src/proxy/faults/world.ts'
import { readPage } from '../src/proxy/routes/page.ts'
import { browserArgs, ensureBrowser } from '../src/tasks/browser.ts'
import { short } from './find.ts'

/**
 * Months of a wall in minutes: the real Tandem on its own clock, watching a simulated Cloudflare in which all
 * tunnels change all the time, served to a real browser with a wall open.
 */

const tunnels = 12
const warmUpShare = 0.1
/** After so many rounds the wall is held against what Tandem knows. */
const checkEvery = 25

export type WallVerdict = {
  changes: number
  checks: number
  missed: string[]
  heapGrowth: number
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
    heapGrowth: 0,
    nodes: { before: 0, after: 0 },
  }
  let heapBefore = 0
  for (let round = 0; verdict.changes < wanted; round += 1) {
    const before = activeOf(rig)
    for (const id of ids) await world.order(`/tunnels/${id}/swap`)
    await rig.time.until(
      'every change was seen',
      () => [...activeOf(rig)].every(([id, active]) => active !== before.get(id)),
      120_000,
    )
    verdict.changes += ids.length
    if (round % checkEvery === 0) {
      verdict.missed.push(...(await missedBy(page, rig)))
      verdict.checks += 1
    }
    if (heapBefore === 0 && verdict.changes >= wanted * warmUpShare) {
      heapBefore = await heapOf(devTools)
      verdict.nodes.before = await nodesOf(page)
    }
  }
  verdict.missed.push(...(await missedBy(page, rig)))
  verdict.heapGrowth = (await heapOf(devTools)) / heapBefore - 1
  verdict.nodes.after = await nodesOf(page)

  await browser.close()
  server.close()
  await rig.kill()
  await world.end()
  return verdict
}

const activeOf = (rig: Rig) =>
  new Map(rig.tandem.parts.present.tunnels().map((one) => [one.id, one.activeConnectorId]))

/** Tiles that do not show the connector that Tandem knows to be active, within ten seconds. */
async function missedBy(page: Page, rig: Rig): Promise<string[]> {
  const wanted = rig.tandem.parts.present
    .tunnels()
    .map(({ name, activeConnectorId }) => [name, short(activeConnectorId ?? 'none')] as const)
  const shows = (pairs: typeof wanted) => {
    const texts = [...document.querySelectorAll('main li')].map((tile) => tile.textContent)
    return pairs.every(([name, id]) =>
      texts.some((text) => text.includes(name) && text.includes(id)),
    )
  }
  const isShown = await page
    .waitForFunction(shows, wanted, { timeout: 10_000 })
    .then(() => true)
    .catch(() => false)
  return isShown ? [] : [`at ${rig.time.now()} the wall did not show ${JSON.stringify(wanted)}`]
}

async function heapOf(devTools: CDPSession): Promise<number> {
  // Twice: what the first round finalises is free to go in the second.
  for (let round = 0; round < 2; round += 1) await devTools.send('HeapProfiler.collectGarbage')
  return (await devTools.send('Runtime.getHeapUsage')).usedSize
}

const nodesOf = (page: Page) => page.evaluate(() => document.querySelectorAll('*').length)
