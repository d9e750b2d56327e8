import { tunnelDialogs } from '#web/pages/tunnel/search.ts'
import { acceptRisks } from './accept.ts'
import { expectAccessible } from './axe.ts'
import { short } from './find.ts'
import { expect, look, test } from './fixtures.ts'

/** axe finds no violation of WCAG 2.2 A and AA on any page or dialog, dark and light. */

look('the list', async ({ page }) => {
  await page.goto('/')
  await expect(page.getByRole('rowheader')).toHaveCount(12)
  await expectAccessible(page)
})

look('the list, filtered to nothing', async ({ page }) => {
  await page.goto('/?q=nothing-of-the-kind')
  await expect(page.getByText('No tunnel matches')).toBeVisible()
  await expectAccessible(page)
})

look('the list on a telephone', async ({ page }) => {
  await page.goto('/')
  await page.setViewportSize({ width: 360, height: 740 })
  await expect(page.getByRole('list', { name: 'Tunnels' })).toBeVisible()
  await expectAccessible(page)
})

look('the dialog that creates a tunnel, with something wrong in it', async ({ page }) => {
  await page.goto('/?dialog=create')
  const create = page.getByRole('dialog', { name: 'Create a tunnel' })
  await create.getByRole('button', { name: 'Create tunnel' }).click()
  await expect(create.getByText('must be 1 to 255 characters')).toBeVisible()
  await expectAccessible(page)
})

look('the help', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('button', { name: 'Keys and help' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await expectAccessible(page)
})

look('the palette', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('button', { name: 'Find anything' }).click()
  await page.getByRole('dialog', { name: 'Find anything' }).getByRole('combobox').fill('lhr')
  await expect(page.getByRole('option').first()).toBeVisible()
  await expectAccessible(page)
})

look('how Tandem is polling', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('button', { name: /^Polling/ }).click()
  await expect(page.getByText('Calls in the last 5 minutes')).toBeVisible()
  await expectAccessible(page)
})

for (const name of ['lon-branch-core', 'gru-plant-scada', 'jnb-clinic-lan', 'cdg-dc-legacy']) {
  look(`the tunnel ${name}`, async ({ page, world }) => {
    const { id } = await world.tunnel(name)
    await page.goto(`/tunnels/${id}`)
    await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
    await expectAccessible(page)
  })
}

test('a tunnel that was deleted', async ({ page, world }) => {
  const { id } = await world.tunnel('cdg-dc-legacy')
  await page.goto(`/tunnels/${id}`)
  await expect(page.getByRole('heading', { name: 'cdg-dc-legacy', level: 1 })).toBeVisible()
  await world.deleteTunnel(id)
  await expect(page.getByRole('alert')).toContainText('This tunnel was deleted')
  await expectAccessible(page)
})

// Failing over has a story of its own.
for (const dialog of tunnelDialogs.filter((one) => one !== 'failover')) {
  look(`the dialog of a tunnel: ${dialog}`, async ({ page, world }) => {
    const { id } = await world.tunnel('lon-branch-core')
    await page.goto(`/tunnels/${id}?dialog=${dialog}`)
    await expect(page.getByRole('dialog')).toBeVisible()
    await expectAccessible(page)
  })
}

test('a failover before it is sent, and while it runs', async ({ page, world }) => {
  await page.goto('/')
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  const dialog = page.getByRole('dialog')
  await world.failovers({ mode: 'never' })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  const promote = dialog.getByRole('button', { name: `Promote ${short(standby.id)}` })
  await acceptRisks(page)
  await expect(promote).toBeEnabled()
  await expectAccessible(page)
  await promote.click()
  await expect(dialog.getByRole('list', { name: 'Phases' })).toBeVisible()
  await expectAccessible(page)
})

test('a failover that is confirmed, in its dialog and on the page', async ({ page, world }) => {
  await page.goto('/')
  const { tunnelId } = await world.pair('lon-branch-core')
  const dialog = page.getByRole('dialog')
  await world.failovers({ mode: 'normal', demoteMs: 0, promoteMs: 500 })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await acceptRisks(page)
  await dialog.getByRole('button', { name: /^Promote/ }).click()
  await expect(dialog).toContainText(/Confirmed after/)
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByRole('region', { name: 'Failover of this tunnel' })).toBeVisible()
  await expectAccessible(page)
})

test('a failover that is not confirmed', async ({ page, world }) => {
  await page.goto('/')
  const { tunnelId } = await world.pair('lon-branch-core')
  const dialog = page.getByRole('dialog')
  await world.failovers({ mode: 'normal', demoteMs: 0, promoteMs: 3_000 })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await acceptRisks(page)
  await dialog.getByRole('button', { name: /^Promote/ }).click()
  await expect(dialog.getByRole('list', { name: 'Phases' })).toBeVisible()
  // An active one without a connection ends it after ten seconds, where nobody new ends it after a minute.
  await world.breakWith({ kind: 'nulls', fields: ['conns'], match: { path: '/connections$' } })
  await expect(dialog.getByRole('alert')).toContainText('Not confirmed')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByRole('region', { name: 'Failover of this tunnel' })).toBeVisible()
  await expectAccessible(page)
})

test('a failover that Cloudflare refused', async ({ page, world }) => {
  await page.goto('/')
  const { tunnelId } = await world.pair('lon-branch-core')
  const dialog = page.getByRole('dialog')
  await world.failovers({ mode: 'refuse', status: 400, code: 1234, message: 'not linked' })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await acceptRisks(page)
  await dialog.getByRole('button', { name: /^Promote/ }).click()
  await expect(dialog.getByRole('alert')).toBeVisible()
  await expectAccessible(page)
})

look('the report of a tunnel', async ({ page, world }) => {
  const { id } = await world.tunnel('lon-branch-core')
  await page.goto(`/tunnels/${id}/report`)
  await expect(page.getByRole('heading', { name: 'Problems' })).toBeVisible()
  await expectAccessible(page)
})

for (const width of [360, 1440]) {
  look(`what is checked before a failover, at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 })
    await page.goto('/failover-checks#same-origin')
    await expect(page.getByRole('article', { name: 'It has the same origin IP' })).toBeFocused()
    await expectAccessible(page)
  })
}

look('the activity, and its stretch of time', async ({ page }) => {
  await page.goto('/activity')
  await expect(page.getByRole('list', { name: 'Entries, newest first' })).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('group', { name: 'Time' }).getByRole('button', { name: 'Custom' }).click()
  await expect(page.getByRole('dialog', { name: 'Custom time range' })).toBeVisible()
  await expectAccessible(page)
})

look('an active connector', async ({ page, world }) => {
  const { tunnelId, active } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}/connectors/${active.id}`)
  await expect(page.getByRole('heading', { level: 1 })).toContainText(short(active.id))
  await expectAccessible(page)
})

test('a standby, and the same one lost', async ({ page, world }) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}/connectors/${standby.id}`)
  await expect(page.getByRole('heading', { level: 1 })).toContainText(short(standby.id))
  await expectAccessible(page)
  await world.kill(standby.id)
  await expect(page.getByRole('main')).toContainText('Offline')
  await expectAccessible(page)
})

look('an address that leads nowhere', async ({ page }) => {
  await page.goto('/no/such/page')
  await expect(
    page.getByRole('heading', { name: 'There is nothing at this address' }),
  ).toBeVisible()
  await expectAccessible(page)
})

test('the notice that Cloudflare refuses calls', async ({ page, world }) => {
  await page.goto('/')
  await expect(page.getByRole('rowheader')).toHaveCount(12)
  await world.breakWith({ kind: 'rate-limit', retryAfter: 300, match: { path: '/warp_connector' } })
  await expect(page.getByRole('region', { name: 'Notices' })).toContainText(
    'Cloudflare refuses calls',
  )
  await expectAccessible(page)
})

test('the notice that the stream is lost', async ({ page, tandem }) => {
  await page.goto('/')
  await expect(page.getByRole('rowheader')).toHaveCount(12)
  await expect(page.getByText('Live updates are on')).toBeAttached()
  await tandem.end('SIGKILL')
  await expect(page.getByRole('region', { name: 'Notices' })).toContainText('Live updates lost')
  await expectAccessible(page)
})

test('a notice is read out once, though it counts every second', async ({ page, tandem }) => {
  await page.clock.install()
  await page.goto('/')
  await expect(page.getByText('Live updates are on')).toBeAttached()
  const notices = page.getByRole('region', { name: 'Notices' })
  await expect(notices).toHaveAttribute('aria-live', 'polite')
  tandem.pause()
  await page.clock.runFor(45_000)
  await expect(notices).toContainText(/Live updates lost \d+ s ago/)
  const [shown, said] = [await notices.innerText(), await notices.ariaSnapshot()]
  expect(said).toContain('Live updates lost')
  await page.clock.runFor(3000)
  await expect(notices).not.toHaveText(shown)
  expect(await notices.ariaSnapshot()).toBe(said)
})

test.describe('without any tunnel', () => {
  test.use({ scene: 'empty' })

  test('the first run', async ({ page }) => {
    await page.goto('/')
    await expect(page.getByText('No tunnels yet')).toBeVisible()
    await expectAccessible(page)
  })
})
