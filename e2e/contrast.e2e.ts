import { overflow } from './entrance.ts'
import { expect, look, test } from './fixtures.ts'

/** For eyes that need more: larger, with more contrast, or in colours of their own. */

look('at 200 % nothing is cut off', async ({ page, world }) => {
  await page.goto('/')
  await page.setViewportSize({ width: 720, height: 450 })
  const { id } = await world.tunnel('lon-branch-core')
  const cut = () =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('fieldset .truncate, dl .truncate')]
        .filter((element) => element.scrollWidth > element.clientWidth)
        .map((element) => element.textContent),
    )
  await expect(page.getByRole('link', { name: 'cdg-dc-legacy', exact: true })).toBeVisible()
  expect(await cut()).toEqual([])
  expect(await overflow(page)).toBe(0)
  await page.goto(`/tunnels/${id}`)
  await expect(page.getByLabel('The history in numbers')).toBeVisible()
  expect(await cut()).toEqual([])
  expect(await overflow(page)).toBe(0)
  const dates = await page.getByText(/– now$/).boundingBox()
  const zone = await page.getByText('UTC', { exact: true }).boundingBox()
  expect((dates?.x ?? 0) + (dates?.width ?? 0) <= (zone?.x ?? 0) || dates?.y !== zone?.y).toBe(true)
  await page.goto('/activity')
  await expect(page.getByRole('list', { name: 'Entries, newest first' })).toBeVisible()
  expect(await cut()).toEqual([])
  expect(await overflow(page)).toBe(0)
  await page.goto(`/tunnels/${id}?dialog=failover`)
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('button', { name: /^Promote/ })).toBeInViewport({ ratio: 1 })
  expect(await dialog.evaluate((layer) => layer.scrollWidth - layer.clientWidth)).toBe(0)
})

look(
  'in forced colours buttons, fields and dialogs keep an edge, and what is chosen is seen',
  async ({ page, world }) => {
    const { id } = await world.tunnel('lon-branch-core')
    await page.emulateMedia({ forcedColors: 'active' })
    await page.goto(`/tunnels/${id}?dialog=failover`)
    const dialog = page.getByRole('dialog')
    for (const held of [
      dialog,
      dialog.getByRole('button', { name: /^Promote/ }),
      dialog.getByRole('textbox'),
    ]) {
      await expect(held).toHaveCSS('border-top-width', '1px')
    }
    await page.keyboard.press('Escape')
    const day = page.getByRole('button', { name: 'The last 24 h' })
    const hour = page.getByRole('button', { name: 'The last 1 h' })
    const background = (chosen: typeof day) =>
      chosen.evaluate((element) => getComputedStyle(element).backgroundColor)
    expect(await background(day)).not.toBe(await background(hour))
  },
)

test('in forced colours a tunnel that is down calls from a wall, but not while it is maintained', async ({
  page,
  tandem,
  world,
}) => {
  const { id, name } = await world.tunnel('cdg-dc-legacy')
  await page.emulateMedia({ forcedColors: 'active' })
  await page.goto('/wall')
  const tiles = page.getByRole('main', { name: 'Tunnels' }).getByRole('listitem')
  const tile = tiles.filter({ hasText: name })
  const background = () =>
    tile.locator('> *').evaluate((element) => getComputedStyle(element).backgroundColor)
  await expect(tile).toContainText('Down')
  const alarm = await background()
  const now = Date.now()
  const told = await page.request.post(`${tandem.address}/api/tunnels/${id}/maintenance`, {
    headers: { 'X-Requested-By': 'tandem' },
    data: { from: now, to: now + 3_600_000 },
  })
  expect(told.status(), await told.text()).toBe(201)
  await expect(tile).toContainText('Maintenance')
  expect(await background()).not.toBe(alarm)
})

look('who asks for more contrast gets it', async ({ page }) => {
  await page.goto('/')
  const lines = () =>
    page.evaluate(() =>
      getComputedStyle(document.documentElement).getPropertyValue('--line-strong').trim(),
    )
  const usual = await lines()
  await page.emulateMedia({ contrast: 'more' })
  expect(await lines()).not.toBe(usual)
})
