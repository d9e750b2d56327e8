import { setTimeout as rest } from 'node:timers/promises'
import type { Browser, CDPSession, Page } from '@playwright/test'
import { heapBytes } from '../src/bench/browser.ts'

/** What does an open page cost its machine? Asked of the browser's own tools. */

/** What a page keeps after collecting garbage. */
export type Weight = {
  /** All that its scripts keep, compiled code too; bytes. */
  heap: number
  /** All nodes of the DOM: elements, texts, and those that are in no document any more. */
  nodes: number
  listeners: number
  /** Elements in the document, drawings included. */
  elements: number
  /** The same without what is in a drawing. */
  plainElements: number
}

/** The least of three times, a second apart: what is only on its way, such as an answer, is not kept. */
export async function weigh(devTools: CDPSession, page: Page): Promise<Weight> {
  await devTools.send('Performance.enable')
  const first = await weighOnce(devTools, page)
  await rest(1000)
  const second = await weighOnce(devTools, page)
  await rest(1000)
  const third = await weighOnce(devTools, page)
  const least = (what: keyof Weight) => Math.min(first[what], second[what], third[what])
  return {
    heap: least('heap'),
    nodes: least('nodes'),
    listeners: least('listeners'),
    elements: least('elements'),
    plainElements: least('plainElements'),
  }
}

async function weighOnce(devTools: CDPSession, page: Page): Promise<Weight> {
  const heap = await heapBytes(devTools)
  const metric = await metrics(devTools)
  const count = (selector: string) =>
    page.evaluate((which) => document.querySelectorAll(which).length, selector)
  return {
    heap,
    nodes: metric('Nodes'),
    listeners: metric('JSEventListeners'),
    elements: await count('*'),
    plainElements: await count('*:not(svg *)'),
  }
}

async function metrics(devTools: CDPSession) {
  const { metrics: all } = await devTools.send('Performance.getMetrics')
  return (which: string) => {
    const found = all.find(({ name }) => name === which)
    if (!found) throw new Error(`This browser does not measure ${which}.`)
    return found.value
  }
}

/** Processor time as shares of one core: of the page's main thread, and of each kind of process. */
export type Spent = { mainThread: number; renderer: number; gpu: number; others: number }

/** Measures while something runs. The page is the only one of its browser. */
export async function spentBy(
  browser: Browser,
  devTools: CDPSession,
  run: () => Promise<void>,
): Promise<Spent> {
  const ofBrowser = await browser.newBrowserCDPSession()
  const read = async () => {
    const { processInfo } = await ofBrowser.send('SystemInfo.getProcessInfo')
    const of = (isIt: (type: string) => boolean) =>
      processInfo.reduce((sum, { type, cpuTime }) => sum + (isIt(type) ? cpuTime : 0), 0)
    return {
      mainThread: (await metrics(devTools))('ThreadTime'),
      renderer: of((type) => type === 'renderer'),
      gpu: of((type) => type === 'GPU'),
      others: of((type) => type !== 'renderer' && type !== 'GPU'),
    }
  }
  const [before, began] = [await read(), performance.now()]
  await run()
  const after = await read()
  const seconds = (performance.now() - began) / 1000
  const share = (what: keyof Spent) => (after[what] - before[what]) / seconds
  return {
    mainThread: share('mainThread'),
    renderer: share('renderer'),
    gpu: share('gpu'),
    others: share('others'),
  }
}
