import { setTimeout as rest } from 'node:timers/promises'
import type { Page } from '@playwright/test'
import { inFreshBrowser, openList } from './browser.ts'
import type { Figure } from './figure.ts'
import type { Group } from './group.ts'
import { onStage } from './stage.ts'

/** How quick is the answer to a hand? What the browser itself would report as INP, of the three usual things. */

const rounds = 5
const settleMs = 1_500

/** What a hand does, and on which page. */
const deeds: Record<string, { path: 'list' | 'tunnel'; act: (page: Page) => Promise<void> }> = {
  filter: {
    path: 'list',
    act: async (page) => {
      await page.locator('input[type="search"]').click()
      for (const key of ['l', 'o', 'n', 'Backspace', 'Backspace', 'Backspace']) {
        await page.keyboard.press(key)
        await rest(120)
      }
    },
  },
  'open a dialog': {
    path: 'tunnel',
    act: async (page) => {
      for (let round = 0; round < 4; round += 1) {
        await page.getByRole('button', { name: 'Add a replica' }).click()
        await page.getByRole('dialog').waitFor()
        await rest(300)
        await page.keyboard.press('Escape')
        await page.getByRole('dialog').waitFor({ state: 'hidden' })
        await rest(300)
      }
    },
  },
  'change the range': {
    path: 'tunnel',
    act: async (page) => {
      for (const name of ['1 h', '7 d', '30 d', '24 h']) {
        await page.getByRole('button', { name: `The last ${name}` }).click()
        await rest(700)
      }
    },
  },
}

/** The worst interaction of one visit; under 50 of them that is the visit's INP. Steps of 8 ms, 16 at least. */
function inpOf(address: string, { path, act }: (typeof deeds)[string]) {
  return inFreshBrowser(address, async (page) => {
    await openList(page)
    if (path === 'tunnel') {
      await page.locator('[data-row] a').first().click()
      await page.getByRole('button', { name: 'The last 1 h' }).waitFor()
    }
    await rest(settleMs)
    await page.evaluate(() => void tandemProbe.interactions())
    await act(page)
    const all = await page.evaluate(() => tandemProbe.interactions())
    return Math.max(16, ...all.map(({ durationMs }) => durationMs))
  })
}

export const interaction: Group = {
  name: 'hands',
  says: 'INP of filter, dialog and range, 50 tunnels (2 min)',

  run(tell) {
    return onStage({ simulator: ['--tunnels', '50', '--accounts', '1'] }, async (stage) => {
      await stage.swept(240_000)
      const figures: Figure[] = []
      for (const [name, deed] of Object.entries(deeds)) {
        tell(name)
        const samples: number[] = []
        for (let round = 0; round < rounds; round += 1)
          samples.push(await inpOf(stage.address, deed))
        figures.push({
          name: `INP: ${name}`,
          unit: 'ms',
          samples,
          by: 'median',
          goal: { atMost: 50 },
        })
      }
      return figures
    })
  },
}
