import { short } from './find.ts'
import { expect, test } from './fixtures.ts'

/** What happened, on paper and in a ticket; and the worst state in the tab of a page that nobody looks at. */

test('the report of a tunnel tells what happened and who did what, and fits on two sheets', async ({
  page,
  context,
  world,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const { tunnelId, active, standby } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}?range=1h`)
  await expect(page.getByRole('heading', { name: 'lon-branch-core', level: 1 })).toBeVisible()
  await world.swap(tunnelId)
  await expect(page.getByRole('alert').or(page.getByText(/nobody has acknowledged/))).toBeVisible({
    timeout: 20_000,
  })

  await page.getByRole('link', { name: 'Report', exact: true }).click()
  const happened = page.getByRole('table', { name: 'What happened, and who did what' })
  await expect(happened).toContainText(
    `Active changed from ${short(active.id)} to ${short(standby.id)}`,
  )
  await page.getByRole('button', { name: 'Copy as Markdown' }).click()
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible()
  const text = await page.evaluate(() => navigator.clipboard.readText())
  expect(text).toContain('# lon-branch-core: ')
  expect(text).toContain(`| Active changed from ${short(active.id)} to ${short(standby.id)}`)

  const sheets = (await page.pdf({ format: 'A4', printBackground: true }))
    .toString('latin1')
    .match(/\/Type\s*\/Page\b/g)
  expect(sheets?.length ?? 0).toBeGreaterThan(0)
  expect(sheets?.length ?? 0).toBeLessThanOrEqual(2)
})

test('a report of a stretch that a ticket names opens at that stretch', async ({ page, world }) => {
  const { tunnelId } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}/report?from=2026-01-01T10:00Z&to=2026-01-01T11:00Z`)
  await expect(
    page.getByText(/1 Jan 2026, \d\d:00:00 to 1 Jan 2026, \d\d:00:00, 1 h/),
  ).toBeVisible()
  await expect(page.getByText('Nothing happened in this stretch of time.')).toBeVisible()
})

test('the tab carries the worst state', async ({ page, world }) => {
  await expect(page).toHaveTitle(/^1 tunnel down · /)
  const icon = page.locator('link[rel="icon"]')
  await expect(icon).toHaveAttribute('href', '/favicon-bad.svg')
  const { connectors } = await world.tunnel('lon-branch-core')
  for (const { id } of connectors) await world.kill(id)
  await expect(page).toHaveTitle(/^2 tunnels down · /, { timeout: 20_000 })

  // A wall says it itself, of the tunnels that it shows.
  await page.keyboard.press('ControlOrMeta+k')
  await page.keyboard.type('The wall itself')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/wall$/)
  await expect(icon).toHaveAttribute('href', '/favicon.svg')
})

test('the tab carries the worst state of the last minute while nobody looks at the page', async ({
  page,
  secondPage,
  world,
}) => {
  await page.clock.install()
  await page.reload()
  await expect(page).toHaveTitle(/^1 tunnel down · /)
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })
    document.dispatchEvent(new Event('visibilitychange'))
  })
  // The stream is let go after a minute; in the next one what was seen is not unknown yet.
  await page.clock.runFor('01:59')
  await expect(page.getByText('Asleep')).toBeAttached()
  await expect(page).toHaveTitle(/^1 tunnel down · /)
  const { connectors } = await world.tunnel('lon-branch-core')
  for (const { id } of connectors) await world.kill(id)
  await expect(secondPage).toHaveTitle(/^2 tunnels down · /, { timeout: 20_000 })
  await page.clock.runFor('01:00')
  await expect(page).toHaveTitle(/^2 tunnels down · /)
})

test('whoever wants to is notified of a tunnel that goes down while they look elsewhere', async ({
  page,
  context,
  world,
}) => {
  await context.grantPermissions(['notifications'])
  await page.addInitScript(() => {
    const told: string[] = []
    Object.assign(window, { told })
    const Real = window.Notification
    window.Notification = class extends Real {
      constructor(title: string, options?: NotificationOptions) {
        super(title, options)
        told.push(`${title}: ${options?.body}`)
      }
    }
  })
  await page.clock.install()
  await page.reload()
  await page.getByRole('button', { name: /^You: / }).click()
  await page.getByRole('menuitemradio', { name: 'Notify me when a tunnel goes down' }).click()
  await expect(page.getByRole('rowheader')).toHaveCount(12)
  // They went elsewhere long ago.
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })
    document.dispatchEvent(new Event('visibilitychange'))
  })
  await page.clock.runFor('05:00')
  const { connectors } = await world.tunnel('lon-branch-core')
  for (const { id } of connectors) await world.kill(id)
  await expect
    .poll(() => page.evaluate(() => (window as unknown as { told: string[] }).told), {
      timeout: 20_000,
    })
    .toEqual(['2 tunnels down: lon-branch-core'])
})
