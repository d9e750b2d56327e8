import type { Page, Route } from '@playwright/test'
import { short } from './find.ts'
import { expect, look, test } from './fixtures.ts'

/** One tunnel: what is seen of it, and everything that an admin does to it. */

const cardOf = (page: Page, connectorId: string) =>
  page.getByRole('article', { name: `Connector ${short(connectorId)}` })
const actionOf = async (page: Page, name: string) => {
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name }).click()
}

look('a click on a row leads to the tunnel, and back', async ({ page, world }) => {
  await page.goto('/')
  const { tunnelId } = await world.pair('lon-branch-core')
  await page.getByRole('link', { name: 'lon-branch-core', exact: true }).click()
  await expect(page).toHaveURL(`/tunnels/${tunnelId}`)
  await expect(page.getByRole('heading', { name: 'lon-branch-core', level: 1 })).toBeVisible()
  await expect(page).toHaveTitle(/lon-branch-core.*Tandem/)
  await page.getByRole('navigation', { name: 'You are here' }).getByRole('link').click()
  await expect(page.getByRole('heading', { name: /^Tunnels/ })).toBeVisible()
})

look(
  'the connectors stand side by side, with role, place, address, version and connections',
  async ({ page, world }) => {
    const { tunnelId, active, standby } = await world.pair('lon-branch-core')
    await page.goto(`/tunnels/${tunnelId}`)
    await expect(cardOf(page, active.id)).toContainText('Active')
    await expect(cardOf(page, standby.id)).toContainText('Passive')
    for (const connector of [active, standby]) {
      const card = cardOf(page, connector.id)
      await expect(card).toContainText(connector.originIps[0] ?? 'none')
      await expect(card).toContainText(connector.version)
      await expect(card).toContainText('London')
      await expect(card.getByRole('table').getByRole('row')).toHaveCount(5)
    }
    await expect(page.getByRole('region', { name: 'If the active one fails' })).toContainText(
      short(standby.id),
    )
    await expect(page.getByRole('region', { name: 'Facts' })).toContainText(tunnelId)
    await expect(page.getByRole('region', { name: 'Metadata' }).first()).toContainText('noc-emea')
  },
)

test('a connector that dies while somebody looks is seen within 6 s, and so is its return', async ({
  page,
  world,
}) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}`)
  await expect(cardOf(page, standby.id)).toContainText('Passive')
  await world.kill(standby.id)
  await expect(cardOf(page, standby.id)).toContainText('Offline', { timeout: 6_000 })
  await world.revive(standby.id)
  await expect(cardOf(page, standby.id)).toContainText('Passive', { timeout: 6_000 })
})

test('what happens between one answer and the next while a page opens is not missed', async ({
  page,
  world,
}) => {
  const { tunnelId } = await world.pair('lon-branch-core')
  const held: Route[] = []
  await page.route('**/api/tunnels', (route) => void held.push(route))
  await page.goto(`/tunnels/${tunnelId}`)
  const heading = page.getByRole('heading', { level: 1 })
  await expect(heading).toContainText('lon-branch-core')
  await world.renameTunnel(tunnelId, 'lon-branch-new')
  await expect
    .poll(async () => (await page.request.get(`/api/tunnels/${tunnelId}`)).json())
    .toMatchObject({ name: 'lon-branch-new' })
  expect(held).toHaveLength(1)
  for (const route of held) await route.continue()
  await expect(heading).toContainText('lon-branch-new')
})

test('roles that are swapped elsewhere arrive by themselves', async ({ page, world }) => {
  const { tunnelId, active, standby } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}`)
  await expect(cardOf(page, active.id)).toContainText('Active')
  await world.swap(tunnelId)
  await expect(cardOf(page, standby.id)).toContainText('Active', { timeout: 6_000 })
  await expect(cardOf(page, active.id)).toContainText('Passive')
})

test('an admin renames a tunnel and everyone sees its new name', async ({
  page,
  secondPage,
  world,
}) => {
  const { tunnelId } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}`)
  await actionOf(page, 'Rename')
  const dialog = page.getByRole('dialog', { name: 'Rename the tunnel lon-branch-core' })
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toBeFocused()
  await dialog.getByRole('textbox', { name: 'Name' }).fill('lon-campus-core')
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('heading', { name: 'lon-campus-core', level: 1 })).toBeVisible()
  await expect(secondPage.getByRole('link', { name: 'lon-campus-core', exact: true })).toBeVisible()
  expect((await world.tunnel('lon-campus-core')).id).toBe(tunnelId)
})

test('a name that another tunnel has is refused under its field', async ({ page, world }) => {
  const { tunnelId } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}?dialog=rename`)
  const dialog = page.getByRole('dialog', { name: 'Rename the tunnel' })
  const name = dialog.getByRole('textbox', { name: 'Name' })
  await name.fill('dub-dc1-edge')
  await dialog.getByRole('button', { name: 'Rename' }).click()
  await expect(name).toHaveAccessibleDescription(/has that name/)
  await expect(page.getByRole('heading', { name: 'lon-branch-core', level: 1 })).toBeAttached()
})

test('a rotated secret is made in the browser, shown once on request, and is the one that was set', async ({
  page,
  world,
}) => {
  const { tunnelId } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}`)
  await actionOf(page, 'Rotate secret')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Rotate secret' }).click()
  await expect(dialog.getByRole('heading', { name: 'The secret is set' })).toBeVisible()
  await expect(dialog.getByRole('code')).not.toContainText(/[A-Za-z0-9+/]{43}=/)
  await dialog.getByRole('button', { name: 'Show the new secret' }).click()
  const secret = await dialog.getByRole('code').innerText()
  expect(Buffer.from(secret, 'base64')).toHaveLength(32)
  const patch = (await world.requests()).find(({ method }) => method === 'PATCH')
  expect(JSON.parse(patch?.body ?? '{}')).toEqual({ tunnel_secret: secret })
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByText(secret)).toHaveCount(0)
})

test('a secret of one’s own is checked before it is sent', async ({ page, world }) => {
  const { tunnelId } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}?dialog=secret`)
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('radio', { name: /Use my own/ }).check()
  await dialog.getByLabel('Secret', { exact: true }).fill('dG9vIHNob3J0')
  await expect(dialog.getByLabel('Secret', { exact: true })).toHaveAccessibleDescription(/32 bytes/)
  await expect(dialog.getByRole('button', { name: 'Rotate secret' })).toBeDisabled()
  expect((await world.requests()).filter(({ method }) => method === 'PATCH')).toHaveLength(0)
})

test('the install token is fetched on request only, masked, shown, and forgotten', async ({
  page,
  world,
}) => {
  const { tunnelId } = await world.pair('lon-branch-core')
  const fetched = async () =>
    (await world.requests()).filter(({ path }) => path.endsWith('/token')).length
  await page.goto(`/tunnels/${tunnelId}`)
  await page.getByRole('button', { name: 'Add a replica' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a replica to lon-branch-core' })
  await expect(dialog).toContainText('apt-get install cloudflare-warp')
  await dialog.getByText('RHEL, CentOS').click()
  await expect(dialog.getByRole('radio', { name: /RHEL/ })).toBeChecked()
  await expect(dialog).toContainText('yum install cloudflare-warp')
  expect(await fetched()).toBe(0)

  await dialog.getByRole('button', { name: 'Fetch token' }).click()
  const command = dialog.getByRole('code').last()
  await expect(command).toContainText('the token, hidden')
  await dialog.getByRole('button', { name: 'Show the token' }).click()
  await expect(command).toContainText(/warp-cli connector new \S{40,} && sudo warp-cli connect/)
  const token = /new (\S+)/.exec(await command.innerText())?.[1] ?? ''
  expect(await fetched()).toBe(1)

  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(dialog).toBeHidden()
  expect(await page.content()).not.toContain(token)
  await page.getByRole('button', { name: 'Add a replica' }).click()
  await expect(dialog.getByRole('button', { name: 'Fetch token' })).toBeVisible()
  expect(await fetched()).toBe(1)
})

look(
  'a new replica is called a standby only where another one is active',
  async ({ page, world }) => {
    const names = { 'lon-branch-core': true, 'sfo-lab-poc': false, 'jnb-clinic-lan': false }
    for (const [name, isStandby] of Object.entries(names)) {
      const { id } = await world.tunnel(name)
      // Whether there is HA comes with its configuration.
      const ha = async () => (await (await page.request.get(`/api/tunnels/${id}`)).json()).ha
      await expect.poll(ha).not.toBeNull()
      await page.goto(`/tunnels/${id}?dialog=replica`)
      const dialog = page.getByRole('dialog', { name: `Add a replica to ${name}` })
      await expect(dialog).toHaveAccessibleDescription(
        `Run these on the new machine. It ${isStandby ? 'joins as a standby and ' : ''}shows up here within seconds.`,
      )
    }
  },
)

test('the install token of a tunnel that is deleted meanwhile is offered no longer', async ({
  page,
  world,
}) => {
  const { tunnelId } = await world.pair('dub-dc1-edge')
  await page.goto(`/tunnels/${tunnelId}?dialog=replica`)
  const dialog = page.getByRole('dialog', { name: 'Add a replica to dub-dc1-edge' })
  await dialog.getByRole('button', { name: 'Fetch token' }).click()
  await expect(dialog.getByRole('button', { name: 'Show the token' })).toBeVisible()
  await world.deleteTunnel(tunnelId)
  await expect(dialog.getByRole('alert')).toContainText('This tunnel was deleted')
  await expect(dialog.getByRole('button', { name: 'Show the token' })).toBeHidden()
  await expect(dialog.getByRole('button', { name: 'Fetch token' })).toBeDisabled()
})

test('an admin sets virtual addresses, and what is wrong is said before it is sent', async ({
  page,
  world,
}) => {
  const { tunnelId } = await world.pair('fra-dc2-edge')
  await page.goto(`/tunnels/${tunnelId}`)
  const panel = page.getByRole('region', { name: 'HA configuration' })
  await expect(panel.getByText('Never')).toBeVisible()
  await actionOf(page, 'HA configuration')
  const dialog = page.getByRole('dialog', { name: 'HA configuration of fra-dc2-edge' })
  await dialog.getByRole('radio', { name: /^Local/ }).check()
  const addresses = dialog.getByRole('textbox', { name: 'Virtual addresses' })
  await addresses.fill('10.30.0.300')
  await dialog.getByRole('button', { name: 'Save configuration' }).click()
  await expect(addresses).toHaveAccessibleDescription(/10\.30\.0\.300.*IPv4 or IPv6/)
  await addresses.fill('10.30.0.10\n2001:db8:30::10')
  await dialog.getByRole('button', { name: 'Save configuration' }).click()
  await expect(dialog).toBeHidden()
  await expect(panel).toContainText('10.30.0.10')
  await expect(panel).toContainText('2001:db8:30::10')
  await expect(panel.getByText('Never')).toBeHidden()
  expect((await world.tunnel('fra-dc2-edge')).haMode).toBe('local')
  const puts = (await world.requests()).filter(({ method }) => method === 'PUT')
  expect(puts).toHaveLength(1)
  expect(JSON.parse(puts[0]?.body ?? '{}')).toMatchObject({
    ha_mode: 'local',
    config: { vips: [{ address: '10.30.0.10' }, { address: '2001:db8:30::10' }] },
  })
})

test('an admin names the AWS interface that is to move', async ({ page, world }) => {
  const { tunnelId } = await world.pair('fra-dc2-edge')
  await page.goto(`/tunnels/${tunnelId}?dialog=configuration`)
  const dialog = page.getByRole('dialog', { name: 'HA configuration of fra-dc2-edge' })
  await dialog.getByRole('radio', { name: /^AWS/ }).check()
  await dialog.getByRole('textbox', { name: 'Network interface' }).fill('eni-0a1b2c3d4e5f60718')
  await dialog.getByRole('button', { name: 'Save configuration' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('region', { name: 'HA configuration' })).toContainText(
    'eni-0a1b2c3d4e5f60718',
  )
})

test('whoever chooses Disabled is told that no standby takes over then', async ({
  page,
  world,
}) => {
  const { tunnelId } = await world.pair('fra-dc2-edge')
  await page.goto(`/tunnels/${tunnelId}?dialog=configuration`)
  const dialog = page.getByRole('dialog', { name: 'HA configuration of fra-dc2-edge' })
  await expect(dialog).toHaveAccessibleDescription(/takes over in any mode but Disabled/)
  const warning = dialog.getByText('Without HA nobody takes over')
  await expect(dialog.getByRole('radio', { name: /^Disabled/ })).toBeEnabled()
  await expect(warning).toBeHidden()
  await dialog.getByRole('radio', { name: /^Disabled/ }).check()
  await expect(warning).toBeVisible()
  await dialog.getByRole('radio', { name: /^AWS/ }).check()
  await expect(warning).toBeHidden()
})

test('a tunnel is deleted only by its typed name', async ({ page, secondPage, world }) => {
  const { id } = await world.tunnel('sfo-lab-poc')
  await page.goto(`/tunnels/${id}`)
  await expect(secondPage.getByRole('link', { name: 'sfo-lab-poc', exact: true })).toBeVisible()
  await actionOf(page, 'Delete')
  const dialog = page.getByRole('dialog', { name: 'Delete sfo-lab-poc' })
  const button = dialog.getByRole('button', { name: 'Delete tunnel' })
  await expect(button).toBeDisabled()
  await dialog.getByRole('textbox').fill('sfo-lab')
  await expect(button).toBeDisabled()
  await dialog.getByRole('textbox').fill('sfo-lab-poc')
  await button.click()
  await expect(dialog).toBeHidden()
  // Whoever deleted it is told so in the list, and the page of what is gone is no place to stay.
  await expect(page.getByRole('heading', { name: /^Tunnels/ })).toBeVisible()
  await expect(page.getByRole('status').filter({ hasText: 'Deleted sfo-lab-poc' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'sfo-lab-poc', exact: true })).toBeHidden()
  await page.goto(`/tunnels/${id}`)
  await expect(page.getByRole('alert')).toContainText('This tunnel was deleted at')
  await expect(page.getByRole('button', { name: 'Fail over' })).toBeDisabled()
  await expect(page.getByRole('button', { name: 'Add a replica' })).toBeDisabled()
  await expect(page.getByText(/has joined this tunnel yet/)).toBeHidden()
  await expect(secondPage.getByRole('link', { name: 'sfo-lab-poc', exact: true })).toBeHidden()
  expect((await world.tunnels()).find((tunnel) => tunnel.id === id)?.deleted).toBe(true)
})

look(
  'a tunnel that is connected cannot be deleted, and the reason is said',
  async ({ page, world }) => {
    const { tunnelId } = await world.pair('lon-branch-core')
    await page.goto(`/tunnels/${tunnelId}?dialog=delete`)
    const dialog = page.getByRole('dialog', { name: 'Delete lon-branch-core' })
    await expect(dialog).toContainText('It still has 8 connections')
    await dialog.getByRole('textbox').fill('lon-branch-core')
    await expect(dialog.getByRole('button', { name: 'Delete tunnel' })).toBeDisabled()
  },
)

test('a tunnel that is deleted elsewhere while somebody looks stays on screen, as deleted', async ({
  page,
  world,
}) => {
  const { tunnelId } = await world.pair('dub-dc1-edge')
  await page.goto(`/tunnels/${tunnelId}`)
  await expect(page.getByRole('button', { name: 'Fail over' })).toBeEnabled()
  await world.deleteTunnel(tunnelId)
  await expect(page.getByRole('alert')).toContainText('This tunnel was deleted')
  await expect(page.getByRole('heading', { name: 'dub-dc1-edge', level: 1 })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Fail over' })).toBeDisabled()
})

test('a tunnel that is deleted elsewhere while somebody types says so in the dialog, and what was typed stays', async ({
  page,
  world,
}) => {
  const { tunnelId } = await world.pair('dub-dc1-edge')
  await page.goto(`/tunnels/${tunnelId}?dialog=rename`)
  const dialog = page.getByRole('dialog', { name: 'Rename the tunnel' })
  const name = dialog.getByRole('textbox', { name: 'Name' })
  await name.fill('dub-dc1-new')
  await expect(dialog.getByRole('button', { name: 'Rename' })).toBeEnabled()
  await world.deleteTunnel(tunnelId)
  await expect(dialog.getByRole('alert')).toContainText('This tunnel was deleted')
  await expect(name).toHaveValue('dub-dc1-new')
  await expect(dialog.getByRole('button', { name: 'Rename' })).toBeDisabled()
})

test('names in any script, and hostile ones, are shown as text and in place', async ({
  page,
  world,
}) => {
  const { tunnelId } = await world.pair('lon-branch-core')
  const hostile = '<img src=x onerror=alert(1)> \u202Egnp.exe'
  await world.renameTunnel(tunnelId, hostile)
  await page.goto(`/tunnels/${tunnelId}`)
  await expect(page.getByRole('heading', { level: 1 })).toContainText('<img src=x')
  await expect(page.getByRole('main').locator('img')).toHaveCount(0)
  await page.goto('/')
  const tokyo = await world.tunnel('東京-支社-gw')
  await page.getByRole('link', { name: '東京-支社-gw', exact: true }).click()
  await expect(page).toHaveURL(`/tunnels/${tokyo.id}`)
  await expect(page.getByRole('heading', { name: '東京-支社-gw', level: 1 })).toBeVisible()
})
