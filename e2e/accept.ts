import { expect, type Page } from '@playwright/test'

/** Accepts every risk that the failover's dialog names, and says why. */
export async function acceptRisks(page: Page) {
  const dialog = page.getByRole('dialog')
  const group = dialog.getByRole('group', { name: /risks? to accept$/ })
  await expect(group).toBeVisible()
  for (const risk of await group.getByRole('checkbox').all()) await risk.check()
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('a test')
}
