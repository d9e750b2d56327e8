import type { Page } from '@playwright/test'
import { consent } from '../src/proxy/faults/failing-over.ts'
import { expectAccessible } from './axe.ts'
import { short } from './find.ts'
import { expect, test } from './fixtures.ts'

/** A screen that nobody touches: what it answers from across the room, and that it never shows a false green. */

test.use({ viewport: { width: 1920, height: 1080 } })

const tiles = (page: Page) => page.getByRole('main', { name: 'Tunnels' }).getByRole('listitem')
const tileOf = (page: Page, name: string) => tiles(page).filter({ hasText: name })
const headline = (page: Page) => page.getByRole('heading', { level: 1 })

/** The smallest text on the tiles and in the headline, as a part of the screen's height. */
const smallestText = (page: Page) =>
  page.evaluate(() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    let least = Number.POSITIVE_INFINITY
    while (texts.nextNode()) {
      const { parentElement: box, textContent } = texts.currentNode
      if (!box || !textContent?.trim() || !box.closest('main, header')) continue
      if (box.closest('.sr-only')) continue
      least = Math.min(least, Number.parseFloat(getComputedStyle(box).fontSize))
    }
    return least / window.innerHeight
  })

/** By how much anything stands out of the screen, pixels. */
const overflow = (page: Page) =>
  page.evaluate(() => {
    const { scrollHeight, scrollWidth } = document.documentElement
    return Math.max(scrollHeight - window.innerHeight, scrollWidth - window.innerWidth)
  })

test('one line says whether to stand up, and the worst stand first', async ({ page }) => {
  await page.goto('/wall')
  await expect(headline(page)).toHaveText('1 tunnel down')
  await expect(page.getByRole('banner')).toContainText('cdg-dc-legacy for')
  await expect(page.getByRole('banner')).toContainText('1 degraded · 1 one failure from outage')
  await expect(tiles(page)).toHaveCount(12)
  await expect(tiles(page).nth(0)).toContainText('cdg-dc-legacy')
  await expect(tiles(page).nth(1)).toContainText('gru-plant-scada')
  await expect(tiles(page).nth(2)).toContainText('sin-warehouse-ot')
  await expect(page).toHaveTitle(/^1 tunnel down.*Wall/)
})

test('a tile says who is active and where, who stands by, since when, and how the day was', async ({
  page,
  world,
}) => {
  const { active } = await world.pair('lon-branch-core')
  await page.goto('/wall')
  const tile = tileOf(page, 'lon-branch-core')
  await expect(tile).toContainText('Healthy')
  await expect(tile).toContainText(`${short(active.id)} lhr13`)
  await expect(tile).toContainText('1 standby')
  await expect(tile.getByRole('img', { name: /^Last 24 hours: / })).toBeVisible()
})

test('a tunnel that loses its connectors comes to the front within seconds', async ({
  page,
  world,
}) => {
  await page.goto('/wall?name=lon-branch-core')
  await expect(headline(page)).toHaveText('The tunnel is connected')
  const { connectors } = await world.tunnel('lon-branch-core')
  for (const { id } of connectors) await world.kill(id)
  await expect(headline(page)).toHaveText('1 tunnel down', { timeout: 20_000 })
  await expect(tileOf(page, 'lon-branch-core')).toContainText('Down')
  await expect(page.getByRole('region', { name: 'What happened last' })).toContainText(
    'Status changed from healthy to ',
  )
})

test('a failover is seen while it runs', async ({ page, world, tandem }) => {
  await world.failovers({ mode: 'never' })
  const { tunnelId, active, standby } = await world.pair('lon-branch-core')
  await page.goto('/wall')
  const answer = await page.request.post(`${tandem.address}/api/tunnels/${tunnelId}/failovers`, {
    headers: { 'X-Requested-By': 'tandem', 'Idempotency-Key': crypto.randomUUID() },
    data: {
      client_id: standby.id,
      expected_active_id: active.id,
      ...consent,
    },
  })
  expect(answer.status(), await answer.text()).toBe(202)
  await expect(tileOf(page, 'lon-branch-core')).toContainText(/Failing over \d+ s/)
})

test('what was not seen for long is unknown, whatever it was', async ({ page, world }) => {
  await page.goto('/wall?name=lon-branch-core')
  await expect(headline(page)).toHaveText('The tunnel is connected')
  await world.breakWith({ kind: 'refuse' })
  await expect(headline(page)).toHaveText('1 tunnel unknown', { timeout: 60_000 })
  const tile = tileOf(page, 'lon-branch-core')
  await expect(tile).toContainText('Unknown')
  await expect(tile).toContainText(/\d+ (?:s|m) old/)
  await expect(tile).not.toContainText('Healthy')
  await expect(page.getByRole('alert')).toContainText('What was last read stays on screen')
  await world.heal()
  await expect(headline(page)).toHaveText('The tunnel is connected', { timeout: 30_000 })
})

test('a wall that lost Tandem says so, counts, and comes back by itself', async ({
  page,
  tandem,
}) => {
  await page.goto('/wall')
  await expect(tiles(page)).toHaveCount(12)
  await tandem.end()
  await expect(page.getByRole('alert')).toContainText(/No word from Tandem for \d+ s/)
  await expect(page.getByRole('banner')).toContainText('Not live')
  await expect(page.getByRole('main')).toHaveCSS('opacity', '0.35')
  await tandem.again()
  await expect(page.getByRole('alert')).toHaveCount(0, { timeout: 30_000 })
  await expect(page.getByRole('main')).toHaveCSS('opacity', '1')
})

test('a page that stood still begins anew', async ({ page }) => {
  await page.clock.install()
  await page.goto('/wall')
  await expect(tiles(page)).toHaveCount(12)
  const reloaded = page.waitForEvent('framenavigated')
  // As after a night in which the machine slept: all timers come late at once.
  await page.clock.fastForward('05:00')
  await reloaded
  await expect(tiles(page)).toHaveCount(12)
})

test('the address says which tunnels, in which light, by whose clock', async ({ page }) => {
  await page.goto('/wall?status=healthy&name=edge&theme=light&zone=Asia/Tokyo')
  await expect(tiles(page)).toHaveCount(2)
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light')
  const clock = page.getByRole('banner').getByRole('time')
  const hour = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', timeZone: 'Asia/Tokyo' })
  await expect(clock).toHaveText(new RegExp(`^${hour.format(Date.now())}:`))
  await expect(page.getByRole('banner')).toContainText('UTC')
  await page.goto('/wall?name=nothing-like-it')
  await expect(headline(page)).toHaveText('No tunnel to show')
  await expect(page.getByText('No tunnel matches what this wall was made to show.')).toBeVisible()
})

for (const query of ['?name=lon-branch-core', '', '?density=dense']) {
  test(`everything fits and can be read from six metres: /wall${query}`, async ({ page }) => {
    await page.goto(`/wall${query}`)
    await expect(tiles(page).first()).toBeVisible()
    for (const [width, height] of [
      [1280, 720],
      [1920, 1080],
      [3840, 2160],
      [1080, 1920],
    ] as const) {
      await page.setViewportSize({ width, height })
      await expect.poll(() => smallestText(page)).toBeGreaterThanOrEqual(0.0219)
      expect(await overflow(page)).toBeLessThanOrEqual(0)
    }
  })
}

test('what does not fit legibly comes in pages, and says so', async ({ page }) => {
  await page.setViewportSize({ width: 400, height: 600 })
  await page.goto('/wall?density=roomy&page=5')
  await expect(page.getByText(/^Page \d of \d$/)).toBeVisible()
  const first = await page.getByText(/^Page/).innerText()
  await expect(page.getByText(/^Page/)).not.toHaveText(first)
  expect(await overflow(page)).toBeLessThanOrEqual(0)
})

test('a tunnel’s page is one click away for whoever has a hand', async ({ page }) => {
  await page.goto('/wall')
  await tileOf(page, 'gru-plant-scada').getByRole('link').click()
  await expect(page.getByRole('heading', { name: 'gru-plant-scada', level: 1 })).toBeVisible()
})

for (const theme of ['dark', 'light'] as const) {
  test(`axe finds nothing on a ${theme} wall`, async ({ page }) => {
    await page.goto(`/wall?theme=${theme}`)
    await expect(tiles(page)).toHaveCount(12)
    await expectAccessible(page)
  })
}

test('a change stays on the wall until somebody acknowledges it, who is then told with the words', async ({
  page,
  secondPage,
  world,
}) => {
  await page.goto('/wall?name=lon-branch-core')
  await expect(headline(page)).toHaveText('The tunnel is connected')
  const { tunnelId } = await world.pair('lon-branch-core')
  await world.swap(tunnelId)
  await expect(headline(page)).toHaveText('1 tunnel changed, not acknowledged', { timeout: 20_000 })
  await expect(tileOf(page, 'lon-branch-core')).toContainText('not acknowledged')

  await secondPage.goto(`/tunnels/${tunnelId}?dialog=acknowledge`)
  const dialog = secondPage.getByRole('dialog')
  await dialog.getByRole('textbox').fill('a planned drill')
  await dialog.getByRole('button', { name: /^Acknowledge/ }).click()
  await expect(headline(page)).toHaveText('The tunnel is connected')
  await expect(tileOf(page, 'lon-branch-core')).toContainText(/: a planned drill/)
})

test('the console makes a wall’s address', async ({ page }) => {
  await page.goto('/')
  await expect(page.getByRole('rowheader')).toHaveCount(12)
  await page.keyboard.press('g')
  await page.keyboard.press('w')
  await expect(page.getByRole('heading', { name: 'Make a wall' })).toBeVisible()
  await page.getByLabel('Name').fill('edge')
  await page.getByText('Dark', { exact: true }).click()
  await page.getByRole('switch', { name: 'Quiet hours' }).check()
  await page.getByLabel('Clock').selectOption('Europe/Berlin')
  await expect(page.getByText('2 of 12 tunnels, all at once on a usual screen.')).toBeVisible()
  await page.getByRole('link', { name: 'Open the wall' }).click()
  await expect(tiles(page)).toHaveCount(2)
  await expect(page).toHaveURL(/\/wall\?/)
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
    name: 'edge',
    theme: 'dark',
    zone: 'Europe/Berlin',
    quiet: '22-7',
  })
})
