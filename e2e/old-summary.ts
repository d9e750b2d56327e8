import type { Page } from '@playwright/test'

/** Summaries of history that ended long ago: as if none had been answered since. */

const summaries = '**/history/summary?*'
const agoMs = 40 * 60_000

/** Tells each as 40 minutes older than it is, until `tellTrue`. */
export async function tellOldSummaries(page: Page) {
  await page.route(summaries, async (route) => {
    const answer = await route.fetch()
    const told = (await answer.json()) as { from: number; to: number }
    await route.fulfill({ json: { ...told, from: told.from - agoMs, to: told.to - agoMs } })
  })
  return { tellTrue: () => page.unroute(summaries) }
}
