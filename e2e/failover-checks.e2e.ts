import { checkIds } from '#contract/failover-checks.ts'
import { acceptRisks } from './accept.ts'
import { expect, look } from './fixtures.ts'

/** Why a failover is stopped or has to be thought over: each rule is explained, and found from where it is told. */

look(
  'a check leads to its explanation, and the dialog keeps what was typed',
  async ({ page, world }) => {
    const { tunnelId } = await world.pair('lon-branch-core')
    await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
    await acceptRisks(page)
    const dialog = page.getByRole('dialog')
    const risk = dialog.getByRole('checkbox', { name: /Open connections .* may hang/ })
    await expect(risk).toHaveAccessibleDescription(/does not know them\.$/)
    const link = dialog.getByRole('link', { name: 'What to do (opens in a new tab)' }).last()
    await link.focus()
    const opened = page.context().waitForEvent('page')
    await page.keyboard.press('Enter')
    const other = await opened
    await expect(other).toHaveURL(/\/failover-checks#sessions-hang$/)
    await expect(other).toHaveTitle(/What is checked before a failover/)
    const rule = other.getByRole('article', { name: 'Open connections may hang' })
    await expect(rule).toBeFocused()
    await expect(rule).toBeInViewport()
    await expect(rule).toHaveAttribute('aria-current', 'location')
    await expect(rule).toContainText('Expect applications to connect again')
    await expect(risk).toBeChecked()
    await expect(dialog.getByRole('textbox', { name: 'Reason' })).toHaveValue('a test')
  },
)

look('what blocks a failover leads to its explanation too', async ({ page, world }) => {
  const { id, connectors } = await world.tunnel('jnb-clinic-lan')
  await page.goto(`/tunnels/${id}?dialog=failover&to=${connectors[0]?.id}`)
  const blocks = page.getByRole('alert').filter({ hasText: 'It can’t be promoted now' })
  await expect(blocks.getByRole('link', { name: /^What to do/ })).toHaveAttribute(
    'href',
    '/failover-checks#not-ha',
  )
})

look('every rule has its place, below the header', async ({ page }) => {
  await page.goto('/failover-checks')
  await expect(page.getByRole('article')).toHaveCount(checkIds.length)
  const names = page.getByRole('navigation', { name: 'Rules' })
  for (const [name, id] of [
    ['It has the same origin IP', 'same-origin'],
    ['Cloudflare refuses every call', 'locked-out'],
  ] as const) {
    await names.getByRole('link', { name }).press('Enter')
    await expect(page).toHaveURL(new RegExp(`#${id}$`))
    const rule = page.getByRole('article', { name })
    await expect(rule).toBeFocused()
    const [top, header] = await Promise.all([
      rule.evaluate((element) => element.getBoundingClientRect().top),
      page.getByRole('banner').evaluate((element) => element.getBoundingClientRect().bottom),
    ])
    expect(top).toBeGreaterThanOrEqual(header)
    expect(top).toBeLessThan(400)
  }
  await expect(page.locator('[aria-current="location"]')).toHaveCount(1)
})

look('the rules are found without a failover: in the help and in the palette', async ({ page }) => {
  const title = page.getByRole('heading', { name: 'What is checked before a failover', level: 1 })
  await page.goto('/')
  await expect(page.getByRole('rowheader')).toHaveCount(12)
  await page.keyboard.press('?')
  await page
    .getByRole('dialog')
    .getByRole('link', { name: /checked before a failover/ })
    .click()
  await expect(title).toBeVisible()
  await expect(page.getByRole('dialog')).toBeHidden()
  await page.goto('/')
  await expect(page.getByRole('rowheader')).toHaveCount(12)
  await page.keyboard.press('ControlOrMeta+k')
  await page.getByRole('combobox').fill('before a failover')
  await page.keyboard.press('Enter')
  await expect(title).toBeVisible()
})
