import { type Browser, type CDPSession, chromium, type Page } from '@playwright/test'
import { browserArgs, ensureBrowser } from '../tasks/browser.ts'
import { withProbe } from './probe.ts'

/** Browsers to measure in: each a new process with an empty cache, on a screen of a usual size. */

const viewport = { width: 1440, height: 900 }

/** @param args what it is told beside what every browser here is */
export function launchBrowser(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: ensureBrowser(), args: [...browserArgs, ...args] })
}

/** A page in a profile of its own: nothing is cached. Its window is open, but nothing is loaded yet. */
export async function freshPage(browser: Browser, address: string): Promise<Page> {
  const context = await browser.newContext({ viewport, baseURL: address, locale: 'en-GB' })
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  await withProbe(page)
  return page
}

/** Runs with a page in a browser process of its own, which ends with it. */
export async function inFreshBrowser<T>(
  address: string,
  run: (page: Page, devTools: CDPSession) => Promise<T>,
): Promise<T> {
  const browser = await launchBrowser()
  try {
    const page = await freshPage(browser, address)
    return await run(page, await page.context().newCDPSession(page))
  } finally {
    await browser.close()
  }
}

/** Opens the list; ms from the start of the navigation until its rows could be used. */
export async function openList(page: Page): Promise<number> {
  await page.goto('/', { waitUntil: 'commit' })
  return page.evaluate(() => tandemProbe.usable)
}

/** What the page's scripts keep, bytes, after everything that nobody needs any more was thrown away. */
export async function heapBytes(devTools: CDPSession): Promise<number> {
  // Twice: what the first round finalises is free to go in the second.
  for (let round = 0; round < 2; round += 1) await devTools.send('HeapProfiler.collectGarbage')
  const { usedSize } = await devTools.send('Runtime.getHeapUsage')
  return usedSize
}
