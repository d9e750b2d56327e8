import { setTimeout as rest } from 'node:timers/promises'
import type { Page } from '@playwright/test'
import { TunnelList } from '#contract/tunnel.ts'
import { createRandom } from '#simulator/random.ts'
import { heapBytes, inFreshBrowser, openList } from './browser.ts'
import type { Figure } from './figure.ts'
import type { Group } from './group.ts'
import { peakResidentBytes, residentBytes } from './memory.ts'
import type { Interaction } from './probe.ts'
import { onStage, type Stage } from './stage.ts'
import { openStream } from './stream.ts'
import { countTraffic } from './traffic.ts'

/** Does it bear 1,000 tunnels in 20 accounts, in which something happens every 1.5 seconds? */

const accounts = 20
/**
 * With one token's 1,200 calls in five minutes the first round over 1,000 tunnels takes most of an hour.
 * Ten times as many shorten that to minutes, and make it harder: ten times the looks, and ten times the
 * events for the page.
 */
const limit = '12000'

const visits = 9
const sessions = 3
const words = 8
const screens = 100
const memoryAfterMs = 120_000
const settleMs = 3_000

/** The proxy's memory with so many open streams, each second of the last quarter of two minutes. */
async function memoryOf({ address, tandem }: Stage, streams: number): Promise<number[]> {
  const closers = await Promise.all(Array.from({ length: streams }, () => openStream(address)))
  await rest(memoryAfterMs * 0.75)
  const samples: number[] = []
  for (let second = 0; second < (memoryAfterMs * 0.25) / 1000; second += 1) {
    samples.push(residentBytes(tandem.pid()))
    await rest(1_000)
  }
  for (const close of closers) close()
  return samples
}

/** The first visit of somebody whose browser has never been here. */
function visit(address: string) {
  return inFreshBrowser(address, async (page, devTools) => {
    const traffic = await countTraffic(devTools)
    const usableMs = await openList(page)
    // Fonts, the stream and whatever is loaded ahead belong to it.
    await rest(settleMs)
    const bytes = traffic.totalBytes()
    return { usableMs, bytes, byKind: traffic.byKind(), heap: await heapBytes(devTools) }
  })
}

const search = 'input[type="search"]'

/** Types a text and takes it back, as fast as the page shows what each key asks for; ms for each key. */
async function typeAndTakeBack(page: Page, text: string): Promise<number[]> {
  const samples: number[] = []
  for (const key of [...text, ...Array.from(text, () => 'Backspace')]) {
    await page.evaluate(() => {
      tandemProbe.pending = tandemProbe.keystroke()
    })
    await page.keyboard.press(key)
    const ms = await page.evaluate(() => tandemProbe.pending as Promise<number | null>)
    if (ms !== null) samples.push(ms)
    await rest(70)
  }
  return samples
}

/** The first four digits of an id: each key changes what is shown. */
async function someWords(address: string, seed: number): Promise<string[]> {
  const random = createRandom(seed)
  const answer = await fetch(`${address}/api/tunnels`)
  const { tunnels } = TunnelList.parse(await answer.json())
  return Array.from({ length: words }, () => random.pick(tunnels).id.slice(0, 4))
}

/** Scrolls to the end and back as a wheel does; the longest time between two frames, ms. */
async function scrollAround(page: Page): Promise<number> {
  await page.mouse.move(700, 600)
  await page.evaluate(() => {
    tandemProbe.scrolling = tandemProbe.frames()
  })
  for (const step of [600, -600]) {
    for (let turn = 0; turn < 40; turn += 1) {
      await page.mouse.wheel(0, step)
      await rest(25)
    }
  }
  return page.evaluate(() => tandemProbe.scrolling.stop())
}

/** A person at work: types, sorts, filters, scrolls, opens a tunnel and comes back. */
function work(address: string, seed: number) {
  return inFreshBrowser(address, async (page, devTools) => {
    await openList(page)
    await rest(settleMs)
    await page.evaluate(() => void tandemProbe.interactions())

    await page.locator(search).click()
    const keystrokes: number[] = []
    for (const word of await someWords(address, seed)) {
      keystrokes.push(...(await typeAndTakeBack(page, word)))
    }
    await page.keyboard.press('Escape')
    for (const head of ['Name', 'Name', 'HA readiness', 'Since', 'Status', 'Status', 'Status']) {
      await page.getByRole('columnheader', { name: head }).getByRole('button').click()
      await rest(250)
    }
    for (const chip of ['Healthy', 'Degraded', 'No standby', 'Degraded', 'Healthy', 'No standby']) {
      await page.locator('fieldset').getByRole('button', { name: chip }).click()
      await rest(250)
    }
    const scrollMs = await scrollAround(page)
    for (let round = 0; round < 3; round += 1) {
      // One that has connectors, and stands near the top.
      const row = page.locator('[data-row]').filter({ hasText: 'Degraded' }).nth(round)
      await row.getByRole('link').first().click()
      await page.getByRole('heading', { name: 'Connectors' }).waitFor()
      await rest(500)
      await page.getByRole('link', { name: 'Tunnels' }).first().click()
      await page.locator('[data-row]').first().waitFor()
      await rest(500)
    }
    const interactions = await page.evaluate(() => tandemProbe.interactions())
    return { keystrokes, interactions, scrollMs, heap: await heapBytes(devTools) }
  })
}

const megabytes = (bytes: number) => bytes / 1_000_000

function memoryFigures(samples: number[], peak: number | null, crowded: number[]): Figure[] {
  const goal = { atMost: 150 }
  const figures: Figure[] = [
    {
      name: 'proxy’s memory after 2 min, 1,000 tunnels',
      unit: 'MB',
      samples: samples.map(megabytes),
      by: 'max',
      goal,
    },
    {
      name: `P23: proxy’s memory with ${screens} screens, 1,000 tunnels`,
      unit: 'MB',
      samples: crowded.map(megabytes),
      by: 'max',
      goal: { below: 200 },
    },
  ]
  if (peak !== null)
    figures.push({
      name: 'proxy’s memory at its peak, over all of this',
      unit: 'MB',
      samples: [megabytes(peak)],
      by: 'max',
      goal,
    })
  return figures
}

function visitFigures(all: Awaited<ReturnType<typeof visit>>[]): Figure[] {
  const kinds = [...(all[0]?.byKind ?? [])].map(
    ([kind, bytes]) => `${kind} ${(bytes / 1000).toFixed(0)}`,
  )
  return [
    {
      name: 'navigation → list usable, 1,000 tunnels',
      unit: 's',
      samples: all.map(({ usableMs }) => usableMs / 1000),
      by: 'p95',
      goal: { atMost: 1 },
    },
    {
      name: 'everything transferred, first visit',
      unit: 'KB',
      samples: all.map(({ bytes }) => bytes / 1000),
      by: 'max',
      goal: { atMost: 500 },
      note: kinds.join(', '),
    },
    {
      name: 'JS heap after GC, list open',
      unit: 'MB',
      samples: all.map(({ heap }) => megabytes(heap)),
      by: 'max',
      goal: { atMost: 60 },
    },
  ]
}

function workFigures(all: Awaited<ReturnType<typeof work>>[]): Figure[] {
  const interactions = all.flatMap((one) => one.interactions)
  const worst = interactions.reduce<Interaction | null>(
    (most, one) => (most && most.durationMs >= one.durationMs ? most : one),
    null,
  )
  return [
    {
      name: 'JS heap after GC, after a session of work',
      unit: 'MB',
      samples: all.map(({ heap }) => megabytes(heap)),
      by: 'max',
      goal: { atMost: 60 },
    },
    {
      name: 'filter keystroke → paint of the rows',
      unit: 'ms',
      samples: all.flatMap(({ keystrokes }) => keystrokes),
      by: 'p95',
      goal: { atMost: 50 },
    },
    {
      name: 'worst interaction (those of 16 ms or longer)',
      unit: 'ms',
      samples: interactions.map(({ durationMs }) => durationMs),
      by: 'max',
      goal: { atMost: 100 },
      ...(worst ? { note: worst.what } : {}),
    },
    {
      name: 'longest frame while scrolling',
      unit: 'ms',
      samples: all.map(({ scrollMs }) => scrollMs),
      by: 'max',
      goal: null,
    },
  ]
}

export const large: Group = {
  name: 'large',
  says: '1,000 tunnels: time, traffic and memory (12 min)',

  run(tell) {
    const simulator = ['--accounts', String(accounts), '--limit', limit, '--life', 'on']
    const env = { CLOUDFLARE_RATE_LIMIT: limit }
    return onStage({ simulator, env }, async (stage) => {
      await stage.swept(300_000)
      tell('every tunnel is known, the proxy’s memory comes first')
      const memory = await memoryOf(stage, 1)
      tell('the proxy’s memory is measured, visits follow')
      const seen = []
      for (let count = 0; count < visits; count += 1) seen.push(await visit(stage.address))
      tell('the visits are done, sessions of work follow')
      const worked = []
      for (let seed = 1; seed <= sessions; seed += 1) worked.push(await work(stage.address, seed))
      const peak = peakResidentBytes(stage.tandem.pid())
      tell(`the work is done, ${screens} screens come`)
      const crowded = await memoryOf(stage, screens)
      return [
        ...visitFigures(seen),
        ...workFigures(worked),
        ...memoryFigures(memory, peak, crowded),
      ]
    })
  },
}
