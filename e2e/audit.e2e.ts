import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import type { AuditRecord } from '#contract/audit.ts'
import { expectAccessible } from './axe.ts'
import { expect, test } from './fixtures.ts'
import type { World } from './world.ts'

/** Who did what: found, checked against tampering, taken away; and for whom it is. */

const entries = (page: Page) =>
  page.getByRole('list', { name: 'Entries, newest first' }).locator('li[data-index]')

/** One renaming that works and one that Cloudflare refuses, as a person does them. */
async function renameTwice(page: Page, world: World) {
  const { tunnelId } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}?dialog=rename`)
  const dialog = page.getByRole('dialog', { name: 'Rename the tunnel' })
  await dialog.getByLabel('Name').fill('london')
  await dialog.getByRole('button', { name: 'Rename' }).click()
  await expect(page.getByRole('heading', { name: 'london', level: 1 })).toBeVisible()
  await page.goto(`/tunnels/${tunnelId}?dialog=rename`)
  await dialog.getByLabel('Name').fill('jnb-clinic-lan')
  await dialog.getByRole('button', { name: 'Rename' }).click()
  await expect(dialog.getByText('Another tunnel of this account has that name')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
}

test('an admin finds who changed what, from where, and what came of it; the chain is whole', async ({
  page,
  world,
}) => {
  await page.goto('/')
  await renameTwice(page, world)
  await page.keyboard.press('g')
  await page.keyboard.press('u')
  await expect(page.getByRole('heading', { name: 'Audit', level: 1 })).toBeVisible()
  const refused = entries(page).filter({ hasText: 'jnb-clinic-lan' })
  await expect(refused).toContainText('local admin changed a tunnel')
  await expect(refused).toContainText('A tunnel with this name exists')
  await expect(
    refused.getByRole('button', { name: /^Copy Cloudflare’s request id/ }),
  ).toContainText('-LHR')
  const renamed = entries(page).filter({ hasText: 'lon-branch-core' })
  await expect(renamed).toContainText('lon-branch-core → became london')
  await expect(renamed).toContainText('from 127.0.0.1')
  await expect(renamed).toContainText('Done')
  await expect(page.getByText('Chain of 4 records verified up to')).toBeVisible()
})

test('filters stand in the address, and what is taken away is what they show', async ({
  page,
  world,
}) => {
  await page.goto('/')
  await renameTwice(page, world)
  await page.goto('/audit')
  await page.getByRole('button', { name: 'Failovers' }).click()
  await expect(page).toHaveURL(/what=failoverRun,preferencePut/)
  await expect(page.getByText('Nobody did anything like that')).toBeVisible()
  await page.getByRole('button', { name: 'Clear filters' }).first().click()
  const who = page.getByLabel('Name or address')
  await who.pressSequentially('LOCAL')
  await expect(page).toHaveURL(/who=LOCAL$/)
  // Whoever goes on after a pause is still in the field.
  await page.keyboard.type(' ad')
  await expect(who).toHaveValue('LOCAL ad')
  await expect(entries(page).filter({ hasText: 'local admin' })).toHaveCount(2)

  const waiting = page.waitForEvent('download')
  await page.getByRole('link', { name: 'JSON Lines' }).click()
  const file = readFileSync(await (await waiting).path(), 'utf8')
  const records = file
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditRecord)
  expect(records.map(({ facts }) => facts.name)).toEqual([
    { from: 'london', to: 'jnb-clinic-lan' },
    { from: 'lon-branch-core', to: 'london' },
  ])
})

test('no rule of WCAG is broken, on a desk and on a telephone, and nothing is wider than it', async ({
  page,
  world,
}) => {
  await page.goto('/')
  await renameTwice(page, world)
  await page.goto('/audit')
  await expect(entries(page).filter({ hasText: 'local admin' })).toHaveCount(2)
  await expectAccessible(page)
  await page.setViewportSize({ width: 360, height: 740 })
  await expectAccessible(page)
  const over = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect(over).toBe(0)
})
