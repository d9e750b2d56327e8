import { expectAccessible } from './axe.ts'
import { expect, test } from './fixtures.ts'

/** axe finds no violation of WCAG 2.2 A and AA on any page or dialog, dark and light. */

const short = (id: string) => id.slice(0, 8)

test('the list: full, filtered to nothing, and narrow', async ({ page }) => {
  await expect(page.getByRole('rowheader')).toHaveCount(12)
  await expectAccessible(page)
  await page.goto('/?q=nothing-of-the-kind')
  await expect(page.getByText('No tunnel matches')).toBeVisible()
  await expectAccessible(page)
  await page.setViewportSize({ width: 360, height: 740 })
  await page.goto('/')
  await expect(page.getByRole('list', { name: 'Tunnels' })).toBeVisible()
  await expectAccessible(page)
})

test('the dialogs around every page: create, help, palette, polling', async ({ page }) => {
  await page.goto('/?dialog=create')
  const create = page.getByRole('dialog', { name: 'Create a tunnel' })
  await create.getByRole('button', { name: 'Create tunnel' }).click()
  await expect(create.getByText('must be 1 to 255 characters')).toBeVisible()
  await expectAccessible(page)
  await page.goto('/')
  await page.getByRole('button', { name: 'Keys and help' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Find anything' }).click()
  await page.getByRole('dialog', { name: 'Find anything' }).getByRole('combobox').fill('lhr')
  await expect(page.getByRole('option').first()).toBeVisible()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^Polling/ }).click()
  await expect(page.getByText('Calls in the last 5 minutes')).toBeVisible()
  await expectAccessible(page)
})

test('a tunnel, and what it becomes when it is deleted', async ({ page, world }) => {
  for (const name of ['lon-branch-core', 'gru-plant-scada', 'jnb-clinic-lan', 'cdg-dc-legacy']) {
    const { id } = await world.tunnel(name)
    await page.goto(`/tunnels/${id}`)
    await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
    await expectAccessible(page)
  }
  const { id } = await world.tunnel('cdg-dc-legacy')
  await world.deleteTunnel(id)
  await expect(page.getByRole('alert')).toContainText('This tunnel was deleted', {
    timeout: 20_000,
  })
  await expectAccessible(page)
})

for (const dialog of ['rename', 'secret', 'configuration', 'delete', 'replica'] as const) {
  test(`the dialog of a tunnel: ${dialog}`, async ({ page, world }) => {
    const { id } = await world.tunnel('lon-branch-core')
    await page.goto(`/tunnels/${id}?dialog=${dialog}`)
    await expect(page.getByRole('dialog')).toBeVisible()
    await expectAccessible(page)
  })
}

test('a failover: the choice, the way, the end, and a refusal', async ({ page, world }) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  const dialog = page.getByRole('dialog')
  await world.failovers({ mode: 'normal', demoteMs: 3_000, promoteMs: 8_000 })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  const promote = dialog.getByRole('button', { name: `Promote ${short(standby.id)}` })
  await expect(promote).toBeEnabled()
  await expectAccessible(page)
  await promote.click()
  await expect(dialog.getByRole('list', { name: 'Phases' })).toBeVisible()
  await expectAccessible(page)
  await expect(dialog).toContainText(/Confirmed after/, { timeout: 25_000 })
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expectAccessible(page)

  await world.failovers({ mode: 'refuse', status: 403, code: 10000, message: 'no' })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await dialog.getByRole('button', { name: /^Promote/ }).click()
  await expect(dialog.getByRole('alert')).toBeVisible()
  await expectAccessible(page)
})

test('a connector: the active one, a standby, and a lost one', async ({ page, world }) => {
  const { tunnelId, active, standby } = await world.pair('lon-branch-core')
  for (const { id } of [active, standby]) {
    await page.goto(`/tunnels/${tunnelId}/connectors/${id}`)
    await expect(page.getByRole('heading', { level: 1 })).toContainText(short(id))
    await expectAccessible(page)
  }
  await world.kill(standby.id)
  await expect(page.getByRole('main')).toContainText('Offline', { timeout: 10_000 })
  await expectAccessible(page)
})

test('pages that say what is wrong: not found, refused calls, a lost stream', async ({
  page,
  world,
  tandem,
}) => {
  await page.goto('/no/such/page')
  await expect(
    page.getByRole('heading', { name: 'There is nothing at this address' }),
  ).toBeVisible()
  await expectAccessible(page)
  await page.goto('/')
  await expect(page.getByRole('rowheader')).toHaveCount(12)
  await world.breakWith({ kind: 'rate-limit', retryAfter: 300, match: { path: '/warp_connector' } })
  const notices = page.getByRole('region', { name: 'Notices' })
  await expect(notices).toContainText('Cloudflare refuses calls', { timeout: 15_000 })
  await expectAccessible(page)
  await tandem.end('SIGKILL')
  await expect(notices).toContainText('Live updates lost', { timeout: 15_000 })
  await expectAccessible(page)
})

test.describe('without any tunnel', () => {
  test.use({ scene: 'empty' })

  test('the first run', async ({ page }) => {
    await expect(page.getByText('No tunnels yet')).toBeVisible()
    await expectAccessible(page)
  })
})
