import type { Page } from '@playwright/test'
import { expect, look, test } from './fixtures.ts'
import { createGate } from './gate.ts'

/** Dialogs stand in the address: what lies below them stays as it is, and "back" never brings one up again. */

const creation = (page: Page) => page.getByRole('dialog', { name: 'Create a tunnel' })

async function choose(page: Page, words: string) {
  await page.keyboard.press('ControlOrMeta+k')
  const palette = page.getByRole('dialog', { name: 'Find anything' })
  await palette.getByRole('combobox').fill(words)
  await page.keyboard.press('Enter')
}

look(
  'whoever closes the dialog that creates a tunnel, and goes back, is where they were before',
  async ({ page }) => {
    await page.goto('/activity')
    await expect(page.getByRole('heading', { name: 'Activity', level: 1 })).toBeVisible()
    await page.getByRole('link', { name: 'Tunnels', exact: true }).click()
    await page.getByRole('button', { name: 'Create tunnel' }).click()
    await expect(creation(page)).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(creation(page)).toBeHidden()
    await expect(page).toHaveURL(/\/$/)
    await page.goBack()
    await expect(page).toHaveURL(/\/activity$/)
  },
)

test('from a tunnel that was just created "back" leads to the list as it was', async ({ page }) => {
  await page.goto('/?status=degraded,down&sort=name')
  await page.getByRole('button', { name: 'Create tunnel' }).click()
  await creation(page).getByRole('textbox', { name: 'Name' }).fill('Dublin office')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Dublin office', level: 1 })).toBeVisible()
  await page.goBack()
  await expect(page).toHaveURL(/\/\?status=degraded,down&sort=name$/)
  await expect(creation(page)).toBeHidden()
})

look('the palette lays its dialogs over the list as it is filtered', async ({ page }) => {
  await page.goto('/?status=degraded,down&sort=name')
  const rows = page.getByRole('rowheader')
  await expect(rows.first()).toBeVisible()
  const shown = await rows.allInnerTexts()
  await choose(page, 'create a tunnel')
  await expect(creation(page)).toBeVisible()
  await expect(page).toHaveURL(/\/\?status=degraded,down&sort=name&dialog=create$/)
  await page.keyboard.press('Escape')
  await expect(creation(page)).toBeHidden()
  await expect(page).toHaveURL(/\/\?status=degraded,down&sort=name$/)
  expect(await rows.allInnerTexts()).toEqual(shown)
})

look(
  'a dialog of another page that the palette opens leads back to where it was opened',
  async ({ page }) => {
    await page.goto('/activity?kind=status-changed')
    await expect(page.getByRole('heading', { name: 'Activity', level: 1 })).toBeVisible()
    await choose(page, 'create a tunnel')
    await expect(creation(page)).toBeVisible()
    // A dialog chosen over it takes its place.
    await choose(page, 'create a tunnel')
    await expect(creation(page)).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(creation(page)).toBeHidden()
    await expect(page).toHaveURL(/\/activity\?kind=status-changed$/)
  },
)

look(
  'a key right after another stretch opens its dialog, which stays, and keeps the stretch',
  async ({ page, world }) => {
    const { tunnelId } = await world.pair('lon-branch-core')
    await page.goto(`/tunnels/${tunnelId}`)
    const week = page.getByRole('button', { name: 'The last 7 d', exact: true })
    await week.click()
    await page.keyboard.press('n')
    const note = page.getByRole('dialog', { name: 'Write a note' })
    await expect(note).toBeVisible()
    await expect
      .poll(() => Object.fromEntries(new URL(page.url()).searchParams))
      .toEqual({ dialog: 'note', range: '7d' })
    await page.keyboard.press('Escape')
    await expect(note).toBeHidden()
    await expect(page).toHaveURL(/\?range=7d$/)
    await expect(week).toHaveAttribute('aria-pressed', 'true')
    await page.goBack()
    await expect(page).toHaveURL(`/tunnels/${tunnelId}`)
    await expect(note).toBeHidden()
  },
)

test('a dialog that the browser closes by itself is closed, or comes back while it works', async ({
  page,
  world,
}) => {
  const { tunnelId } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}?dialog=rename`)
  const rename = page.getByRole('dialog', { name: 'Rename the tunnel' })
  // As "back" does on a telephone, pressed twice.
  const closeAs = () =>
    rename.evaluate(async (dialog: HTMLDialogElement) => {
      const closed = new Promise((resolve) => dialog.addEventListener('close', resolve))
      dialog.close()
      await closed
    })
  await rename.getByLabel('Name').fill('london')
  const { hold, letGo } = createGate()
  await page.route('**/api/tunnels/*', async (route) => {
    if (route.request().method() !== 'GET') await hold()
    await route.continue()
  })
  await rename.getByRole('button', { name: 'Rename' }).click()
  await expect(rename.getByRole('button', { name: 'Renaming…' })).toBeVisible()
  await closeAs()
  await expect(rename.getByRole('button', { name: 'Renaming…' })).toBeVisible()
  await letGo()
  await expect(rename).toBeHidden()
  await expect(page.getByRole('heading', { name: 'london', level: 1 })).toBeVisible()
  await page.goto(`/tunnels/${tunnelId}?dialog=rename`)
  await expect(rename).toBeVisible()
  await closeAs()
  await expect(page).toHaveURL(`/tunnels/${tunnelId}`)
})

look(
  'whoever writes in a dialog while Tandem is updated is told to close it, and then has the new page',
  async ({ page }) => {
    await page.goto('/')
    await expect(page.getByRole('rowheader')).toHaveCount(12)
    await choose(page, 'create a tunnel')
    await expect(creation(page)).toBeVisible()
    // What the session says once Tandem is another one.
    await page.route('**/api/session', async (route) => {
      const response = await route.fetch()
      await route.fulfill({ response, json: { ...(await response.json()), build: 'the new one' } })
    })
    await page.route('**/api/events?*', (route) => route.abort())
    await page.evaluate(() => window.dispatchEvent(new Event('online')))
    await expect(
      page.getByText('Tandem was updated: close the dialog to load the page anew.'),
    ).toBeVisible()
    await expect(page.getByText('trying again')).toHaveCount(0)
    await page.unrouteAll()
    const reloaded = page.waitForEvent('framenavigated')
    await page.keyboard.press('Escape')
    await reloaded
    await expect(page.getByRole('heading', { name: 'Tunnels', level: 1 })).toBeVisible()
  },
)
