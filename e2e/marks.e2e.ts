import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { consent } from '../src/proxy/faults/failing-over.ts'
import { expectAccessible } from './axe.ts'
import { rowOf, short } from './find.ts'
import { expect, test } from './fixtures.ts'
import type { World } from './world.ts'

/** What people say to a tunnel: that they have seen a change, a note, that it is worked on. */

/** Tandem has looked at the tunnel, then its roles are swapped behind its back, and it has seen that. */
async function seeSwap(page: Page, world: World) {
  const { tunnelId, active, standby } = await world.pair('lon-branch-core')
  const row = rowOf(page, 'lon-branch-core')
  await expect(row).toContainText(short(active.id))
  await expect(row).not.toContainText('not acknowledged')
  await world.swap(tunnelId)
  await expect(row).toContainText('1 not acknowledged')
  return { tunnelId, active, standby }
}
const rail = (page: Page, name: RegExp) => page.getByRole('button', { name })

test('a change waits until somebody acknowledges it from the list by keyboard, and everybody sees who', async ({
  page,
  secondPage,
  world,
}) => {
  await page.goto('/')
  const { tunnelId } = await seeSwap(page, world)
  await page.getByRole('link', { name: 'lon-branch-core', exact: true }).focus()
  await page.keyboard.press('a')
  const dialog = page.getByRole('dialog', { name: 'Acknowledge changes' })
  await expect(dialog).toContainText('Walls show your name and comment for ten minutes')
  await expect(dialog.getByLabel('Comment')).toBeFocused()
  await page.keyboard.type('fibre cut in Hackney')
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(rowOf(page, 'lon-branch-core')).toBeFocused()
  await expect(rowOf(page, 'lon-branch-core')).not.toContainText('not acknowledged')
  await page.keyboard.press('Enter')
  await expect(page.getByText(/acknowledged the last changes at/)).toBeVisible()
  await expect(page.getByText('fibre cut in Hackney').first()).toBeVisible()
  await expect(rowOf(secondPage, 'lon-branch-core')).not.toContainText('not acknowledged')
  await secondPage.goto(`/tunnels/${tunnelId}`)
  await expect(secondPage.getByText('fibre cut in Hackney').first()).toBeVisible()
  await rail(secondPage, /^Acknowledged /).click()
  await expect(secondPage.getByRole('dialog', { name: /^Acknowledged/ })).toContainText(
    'fibre cut in Hackney',
  )
  await secondPage.goto('/activity')
  await expect(secondPage.getByRole('list', { name: 'Entries, newest first' })).toContainText(
    /Acknowledged by .*: fibre cut in Hackney/,
  )
  await secondPage.goto('/audit')
  await expect(secondPage.getByText('Acknowledged changes').first()).toBeVisible()
})

test('what waits makes room for the name, which tells the rest where it is cut, and wears the wall’s mark', async ({
  page,
  world,
}) => {
  await page.goto('/')
  const { tunnelId } = await seeSwap(page, world)
  const waits = rowOf(page, 'lon-branch-core').getByRole('link', { name: /not acknowledged/ })
  const drawn = await waits.locator('path').getAttribute('d')
  await page.setViewportSize({ width: 800, height: 700 })
  const long = 'lon-branch-core-warehouse-and-cold-store-of-the-north'
  await world.renameTunnel(tunnelId, long)
  const name = rowOf(page, long).getByRole('link', { name: long, exact: true })
  await expect(name).toBeVisible()
  const cell = await rowOf(page, long).getByRole('rowheader').boundingBox()
  const { width } = (await name.boundingBox()) ?? { width: 0 }
  expect(width).toBeGreaterThan((cell?.width ?? 0) - 60)
  await name.hover()
  await expect(page.getByRole('tooltip')).toHaveText(long)
  const short = rowOf(page, 'cdg-dc-legacy').getByRole('link', { name: 'cdg-dc-legacy' })
  await short.hover()
  await expect(page.getByRole('tooltip')).toBeHidden()

  await page.goto('/wall')
  const tile = page.getByRole('main').getByRole('listitem').filter({ hasText: long })
  const label = tile.getByText(/not acknowledged/).locator('..')
  await expect(label.locator('path')).toHaveAttribute('d', String(drawn))
})

test('the notice leads to the dialog and back, and what comes meanwhile is not swallowed', async ({
  page,
  world,
}) => {
  await page.goto('/')
  const { tunnelId } = await seeSwap(page, world)
  await page.goto(`/tunnels/${tunnelId}`)
  const notice = page.getByText(/^1 change since .* and nobody has acknowledged it$/)
  await expect(notice).toBeVisible()
  const button = page.getByRole('button', { name: 'Acknowledge', exact: true })
  await button.click()
  const dialog = page.getByRole('dialog', { name: 'Acknowledge changes' })
  await expect(dialog.getByLabel('Comment')).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(button).toBeFocused()
  await button.click()
  await world.swap(tunnelId)
  await expect(dialog).toContainText('1 change more came while this was open')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Acknowledge' }).click()
  await expect(dialog).toBeHidden()
  await expect(notice).toBeVisible()
  await page.keyboard.press('a')
  await dialog.getByRole('button', { name: 'Acknowledge' }).click()
  await expect(page.getByText(/nobody has acknowledged/)).toHaveCount(0)
})

test('of several changes one can be acknowledged by itself', async ({ page, world }) => {
  await page.goto('/')
  const { tunnelId, active, standby } = await seeSwap(page, world)
  await world.swap(tunnelId)
  await expect(rowOf(page, 'lon-branch-core')).toContainText('2 not acknowledged')
  await page.goto(`/tunnels/${tunnelId}?dialog=acknowledge`)
  const dialog = page.getByRole('dialog', { name: 'Acknowledge changes' })
  const choice = dialog.getByLabel('What you have seen')
  const first = `Active changed from ${short(active.id)} to ${short(standby.id)}`
  await expect(choice.getByRole('option')).toHaveCount(3)
  const value = await choice.getByRole('option').filter({ hasText: first }).getAttribute('value')
  await choice.selectOption(value)
  await dialog.getByRole('button', { name: 'Acknowledge' }).click()
  await expect(page.getByText(/^1 change since .* nobody has acknowledged it$/)).toBeVisible()
})

test('a note stands on the timeline and in the table until its author deletes it', async ({
  page,
  world,
}) => {
  const { tunnelId } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}?range=1h`)
  await page.getByRole('heading', { name: 'lon-branch-core', level: 1 }).click()
  await page.keyboard.press('n')
  const dialog = page.getByRole('dialog', { name: 'Write a note' })
  await expect(dialog.getByRole('button', { name: 'Write' })).toBeDisabled()
  await dialog.getByLabel('Note').fill('<b>rack</b> \u202Emoved')
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await rail(page, /^Note to /).click()
  const bubble = page.getByRole('dialog', { name: /^Note to/ })
  await expect(bubble).toContainText('<b>rack</b> moved')
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await page.getByText('Table', { exact: true }).click()
  const table = page.getByRole('table', { name: 'Notes, acknowledgements and maintenance' })
  await expect(table.getByRole('row')).toHaveCount(2)
  await table.getByRole('button', { name: 'Delete note' }).click()
  await expect(table).toBeHidden()
  // What was around the button went with it.
  await expect(page.getByRole('main')).toBeFocused()
  await page.getByText('Chart', { exact: true }).click()
  await expect(rail(page, /^Note to /)).toHaveCount(0)

  await page.keyboard.press('n')
  await dialog.getByLabel('Note').fill('moved again')
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await rail(page, /^Note to /).press('Enter')
  await bubble.getByRole('button', { name: 'Delete note' }).press('Enter')
  await expect(rail(page, /^Note to /)).toHaveCount(0)
  await expect(page.getByRole('region', { name: 'Notes and maintenance' })).toBeFocused()
})

test('maintenance keeps changes quiet, is drawn on the timeline, and is ended early', async ({
  page,
  secondPage,
  world,
}) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}?range=1h`)
  await page.getByRole('button', { name: 'More actions' }).click()
  await expectAccessible(page)
  await page.getByRole('menuitem', { name: 'Maintenance' }).click()
  const dialog = page.getByRole('dialog', { name: 'Announce maintenance of lon-branch-core' })
  await dialog.getByLabel('Duration').selectOption('2 h')
  await dialog.getByLabel('What is being done').fill('new rack')
  await dialog.getByRole('button', { name: 'Announce' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByText('Maintenance,')).toBeVisible()
  await expect(rail(page, /^Maintenance \d/)).toBeVisible()
  await expect(rowOf(secondPage, 'lon-branch-core')).toContainText('Maintenance until')

  await world.swap(tunnelId)
  await expect(page.getByRole('article', { name: `Connector ${short(standby.id)}` })).toContainText(
    'Active',
  )
  await expect(page.getByText(/nobody has acknowledged/)).toHaveCount(0)

  await page.getByRole('button', { name: 'Change maintenance' }).click()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await page.keyboard.press('ControlOrMeta+k')
  await page
    .getByRole('dialog', { name: 'Find anything' })
    .getByRole('combobox')
    .fill('end maintenance')
  await page
    .getByRole('option', { name: 'Change or end the maintenance of lon-branch-core' })
    .click()
  await dialog.getByRole('button', { name: 'End now' }).click()
  await expect(page.getByText('Maintenance,')).toBeHidden()
  await page.keyboard.press('Escape')
  await expect(rowOf(secondPage, 'lon-branch-core')).not.toContainText('Maintenance until')
  await expect(page.getByLabel('The history in numbers')).toContainText('outside maintenance')
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'CSV', exact: true }).click(),
  ])
  const rows = readFileSync(await file.path(), 'utf8')
  expect(rows).toMatch(/^availability outside maintenance,/m)
  expect(rows).toMatch(/^maintenance,.*new rack/m)
})

test('maintenance of another day is found again, and called off', async ({ page, world }) => {
  const { tunnelId } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}?dialog=maintenance`)
  const dialog = page.getByRole('dialog', { name: 'Announce maintenance of lon-branch-core' })
  await dialog
    .getByLabel(/^Start/)
    .fill(new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 19))
  await dialog.getByRole('button', { name: 'Announce' }).click()
  await expect(dialog).toBeHidden()
  await page.keyboard.press('m')
  await dialog.getByRole('button', { name: 'Call off' }).click()
  await expect(dialog.getByRole('button', { name: 'Call off' })).toBeHidden()
  await expect(dialog).toBeFocused()
})

test.describe('far from UTC', () => {
  test.use({ timezoneId: 'Asia/Tokyo' })

  test('a time that is being typed stays what it means, whatever zone is chosen meanwhile', async ({
    page,
    world,
  }) => {
    const { tunnelId } = await world.pair('lon-branch-core')
    for (const [name, key, label, deed, path] of [
      ['Announce maintenance of lon-branch-core', 'm', 'Start', 'Announce', 'maintenance'],
      ['Write a note', 'n', 'Moment', 'Write', 'notes'],
    ] as const) {
      await page.goto(`/tunnels/${tunnelId}`)
      await page.evaluate(() => localStorage.removeItem('tandem.zone'))
      await page.reload()
      await expect(page.getByRole('heading', { name: 'lon-branch-core', level: 1 })).toBeVisible()
      await page.keyboard.press(key)
      const dialog = page.getByRole('dialog', { name })
      const moment = dialog.getByLabel(`${label} (Asia/Tokyo)`)
      await expect(moment).toBeVisible()
      if (path === 'notes') await dialog.getByLabel('Note').fill('seen')
      await page.keyboard.press('ControlOrMeta+k')
      await page
        .getByRole('dialog', { name: 'Find anything' })
        .getByRole('combobox')
        .fill('tell times in utc')
      await page.keyboard.press('Enter')
      await expect(page.getByRole('radio', { name: 'UTC', includeHidden: true })).toBeChecked()
      await expect(moment).toBeVisible()
      const sent = page.waitForRequest(`**/api/tunnels/*/${path}`)
      await dialog.getByRole('button', { name: deed }).click()
      const said = (await sent).postDataJSON() as { from?: number; at?: number }
      expect(Math.abs((said.from ?? said.at ?? 0) - Date.now())).toBeLessThan(3_600_000)
      await expect(dialog).toBeHidden()
    }
  })
})

test('what can’t be announced is said before it is sent', async ({ page, world }) => {
  const { tunnelId } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}?dialog=maintenance`)
  const dialog = page.getByRole('dialog', { name: 'Announce maintenance of lon-branch-core' })
  await dialog.getByLabel(/^Start/).fill('2020-01-01T00:00:00')
  const button = dialog.getByRole('button', { name: 'Announce' })
  await expect(button).toBeDisabled()
  await expect(button).toHaveAccessibleDescription(/is in the past/)
})

test('an entry of the log that waits is acknowledged from its row by keyboard, which stays there, and the row says who did', async ({
  page,
  secondPage,
  world,
}) => {
  await page.goto('/')
  const { tunnelId } = await seeSwap(page, world)
  await world.swap(tunnelId)
  await expect(rowOf(page, 'lon-branch-core')).toContainText('2 not acknowledged')
  await page.goto('/activity?range=24h')
  await secondPage.goto(`/activity?tunnel=${tunnelId}`)
  const buttons = page.getByRole('button', { name: 'Acknowledge', exact: true })
  await expect(buttons).toHaveCount(2)
  const rows = (each: Page) =>
    each.getByRole('list', { name: 'Entries, newest first' }).getByRole('listitem')
  await rows(page).filter({ has: buttons }).first().getByRole('link').first().focus()
  await page.keyboard.press('a')
  const dialog = page.getByRole('dialog', { name: 'Acknowledge changes' })
  await expect(dialog.getByLabel('What you have seen')).toHaveValue(/^\d+-\d+-\d+$/)
  await expectAccessible(page)
  await page.keyboard.type('saw it')
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(buttons).toHaveCount(1)
  // One was meant, and one is said: by whom, on both pages, while the other still waits.
  const seen = /Active changed .*local admin, .*: saw it/
  for (const each of [page, secondPage])
    await expect(rows(each).filter({ hasText: seen })).toHaveCount(1)
  await expect(rows(page).filter({ hasText: 'Acknowledged by' })).toHaveCount(1)
  await expect(rows(page).filter({ hasText: seen }).getByRole('link').first()).toBeFocused()
  // Nothing waits where the keyboard is, and so the other one is meant.
  await page.keyboard.press('a')
  await expect(dialog).toBeVisible()
  await page.keyboard.press('Escape')
  await buttons.press('Enter')
  await dialog.getByRole('button', { name: 'Acknowledge' }).click()
  await expect(buttons).toHaveCount(0)
  const last = rows(page)
    .filter({ hasText: /Active changed/ })
    .nth(1)
  await expect(last.locator('[data-entry]')).toBeFocused()
})

test('what leaves the range leaves the log, and not the dialog in which somebody writes about it', async ({
  page,
  world,
}) => {
  await page.goto('/')
  await seeSwap(page, world)
  await page.goto('/activity?range=30s')
  await page.getByRole('button', { name: 'Acknowledge', exact: true }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Acknowledge changes' })
  const comment = dialog.getByRole('textbox')
  await comment.fill('saw it')
  await expect(page.getByText('Nothing like that happened')).toBeAttached()
  await expect(comment).toHaveValue('saw it')
})

test('what somebody writes about an entry of the log stays when its tunnel is deleted, and the dialog says that it was', async ({
  page,
  world,
}) => {
  await page.goto('/')
  const { tunnelId } = await seeSwap(page, world)
  await page.goto('/activity')
  await page.getByRole('button', { name: 'Acknowledge', exact: true }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Acknowledge changes' })
  const comment = dialog.getByRole('textbox')
  await comment.fill('saw it')
  await world.deleteTunnel(tunnelId)
  await expect(dialog.getByRole('alert')).toContainText('This tunnel was deleted')
  await expect(comment).toHaveValue('saw it')
  await expect(dialog.getByRole('button', { name: 'Acknowledge' })).toBeDisabled()
})

test('of a switch that was acknowledged at its begin, what came while the dialog was open still waits', async ({
  page,
  world,
}) => {
  await page.goto('/')
  const { tunnelId, active, standby } = await world.pair('lon-branch-core')
  await expect(rowOf(page, 'lon-branch-core')).toContainText(short(active.id))
  await page.goto(`/activity?tunnel=${tunnelId}`)
  const waiting = page
    .getByRole('listitem')
    .filter({ has: page.getByRole('button', { name: 'Acknowledge', exact: true }) })
  // The dialog must be open before it is promoted.
  await world.failovers({ mode: 'normal', demoteMs: 500, promoteMs: 25_000 })
  const answer = await page.request.post(`/api/tunnels/${tunnelId}/failovers`, {
    headers: { 'X-Requested-By': 'tandem', 'Idempotency-Key': crypto.randomUUID() },
    data: { client_id: standby.id, expected_active_id: active.id, ...consent },
  })
  expect(answer.status(), await answer.text()).toBe(202)
  await expect(waiting).toHaveCount(1)
  await page.keyboard.press('a')
  const dialog = page.getByRole('dialog', { name: 'Acknowledge changes' })
  await expect(dialog).toContainText('came while this was open')
  await dialog.getByRole('button', { name: 'Acknowledge' }).click()
  await expect(dialog).toBeHidden()
  await expect(waiting).toHaveCount(1)
  await expect(waiting).toContainText('Active changed')
})
