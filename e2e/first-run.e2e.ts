import { expectAccessible } from './axe.ts'
import { bare, expect, test, testInFirstSweep } from './fixtures.ts'
import { startTandem } from './tandem.ts'
import { startWorld, type World } from './world.ts'

/** Where no tunnel is known yet: what stands in the way is said, and what to do about it. */

const settingsFor = (world: World) => ({
  CLOUDFLARE_API_TOKEN: world.token,
  CLOUDFLARE_ACCOUNT_ID: world.accounts.join(','),
  CLOUDFLARE_BASE_URL: world.baseUrl,
  TANDEM_SIGN_IN: 'off',
})

test.describe('of an empty account', () => {
  test.use({ scene: 'empty' })

  test('the token is shown to read, and honestly not known to write', async ({ page, world }) => {
    await page.goto('/')
    await expect(page.getByRole('heading', { name: 'The token works' })).toBeVisible()
    await expect(page.getByText('WARP Read: has it')).toBeVisible()
    await expect(
      page.getByText('WARP Write: not known. The first change will show it'),
    ).toBeVisible()
    await page.getByRole('button', { name: 'Check again' }).press('Enter')
    await expect(page.getByText('Checked: it works.')).toBeVisible()
    await page.getByText('Set another token').click()
    await expect(page.getByText(`CLOUDFLARE_ACCOUNT_ID=${world.accounts[0]}`)).toBeVisible()
    await expectAccessible(page)
    await world.addTunnel('the-first')
    await expect(page.getByRole('row', { name: /the-first/ })).toBeVisible()
  })
})

test.describe('with a token that Cloudflare does not know', () => {
  test.use({ env: { CLOUDFLARE_API_TOKEN: 'A'.repeat(40) } })

  test('the lines to set another one are there', async ({ page, world }) => {
    await page.goto('/')
    await expect(page.getByRole('heading', { name: 'The token is not good enough' })).toBeVisible()
    await expect(page.getByText('WARP Read: not known. Cloudflare does not take')).toBeVisible()
    await expect(
      page.getByText(`CLOUDFLARE_API_TOKEN=…\nCLOUDFLARE_ACCOUNT_ID=${world.accounts[0]}`),
    ).toBeVisible()
    await page.getByRole('button', { name: 'Check again' }).click()
    await expect(page.getByText('Checked: Cloudflare does not take it.')).toBeVisible()
    await expectAccessible(page)
  })
})

test.describe('with a token that lacks a permission', () => {
  const weak = test.extend({
    world: async ({ world }, use) => {
      await world.breakWith({
        kind: 'status',
        status: 403,
        code: 10_000,
        match: { path: 'warp_connector' },
      })
      await use(world)
    },
  })

  weak('which one is said, and the tunnels come when it has it', async ({ page, world }) => {
    await page.goto('/')
    await expect(page.getByText('WARP Read: lacks it')).toBeVisible()
    await world.heal()
    await page.getByRole('button', { name: 'Check again' }).click()
    await expect(page.getByRole('row', { name: /lon-branch-core/ })).toBeVisible()
  })
})

test.describe('while Cloudflare can’t be reached', () => {
  test.use({ env: { CLOUDFLARE_BASE_URL: 'http://127.0.0.1:1/client/v4' } })

  test('U5 nothing is claimed of the token', async ({ page }) => {
    await page.goto('/')
    await expect(page.getByText('WARP Read: not known. Cloudflare did not answer')).toBeVisible()
    await page.getByRole('button', { name: 'Check again' }).click()
    await expect(page.getByText('Cloudflare can’t be reached, so nothing')).toBeVisible()
  })
})

testInFirstSweep(
  'how far the first sweep is stands above the list, until it is through',
  async ({ page, world }) => {
    await page.goto('/')
    const progress = page.getByRole('progressbar', { name: 'First sweep' })
    await expect(progress).toHaveAttribute('max', '12')
    await world.heal()
    await expect(progress).toBeHidden()
  },
)

bare(
  'the demo says what is simulated, and stays apart from what follows it',
  async ({ page, secrets }) => {
    const tandem = await startTandem({})
    await page.goto(tandem.address)
    await page.getByRole('button', { name: 'Demo' }).press('Enter')
    const popover = page.getByRole('dialog', { name: 'This is a demo' })
    await expect(popover).toContainText('nothing here reaches Cloudflare')
    await expect(popover).toContainText('CLOUDFLARE_API_TOKEN=…')
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await expect(popover).toBeHidden()
    await tandem.end()

    const world = await startWorld({ scene: 'empty', seed: 7 })
    secrets.push(world.token)
    await tandem.again(settingsFor(world))
    await page.goto(tandem.address)
    await expect(page.getByText('The account was read: it has no tunnels')).toBeVisible()
    await tandem.end()
    tandem.remove()
    await world.end()
  },
)
