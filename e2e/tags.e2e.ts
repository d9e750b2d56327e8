import type { Locator, Page } from '@playwright/test'
import { expectAccessible } from './axe.ts'
import { rowOf } from './find.ts'
import { expect, test } from './fixtures.ts'
import type { World } from './world.ts'

/** People's own labels of tunnels: put on, found, filtered and grouped by. */

const namesOf = (page: Page) => page.getByRole('rowheader').getByRole('link').allTextContents()
const dialogOf = (page: Page) => page.getByRole('dialog', { name: 'Edit tags' })
const fieldOf = (page: Page) => dialogOf(page).getByRole('combobox', { name: 'Tags' })
const headsOf = (page: Page) => page.getByRole('rowheader').getByRole('button')
const tagsOf = (page: Page) => page.getByRole('list', { name: 'Tags' }).getByRole('listitem')

/** Puts tags on as somebody else would. */
async function tag(page: Page, world: World, name: string, ...add: string[]) {
  const { id } = await world.tunnel(name)
  const answer = await page.request.patch(`/api/tunnels/${id}/tags`, {
    headers: { 'x-requested-by': 'tandem' },
    data: { add, remove: [] },
  })
  expect(answer.ok(), await answer.text()).toBe(true)
  return id
}

/** Three sites, one of which has a tunnel that is down. */
async function tagSites(page: Page, world: World) {
  await tag(page, world, 'lon-branch-core', 'site:london', 'team:network')
  await tag(page, world, 'dub-dc1-edge', 'site:dublin', 'team:network')
  await tag(page, world, 'fra-dc2-edge', 'site:dublin')
  await tag(page, world, 'cdg-dc-legacy', 'site:paris')
}

test('an operator labels a tunnel by keyboard, and everybody sees it at once', async ({
  page,
  secondPage,
  world,
}) => {
  await page.goto('/')
  await tag(page, world, 'dub-dc1-edge', 'site:dublin')
  const { id } = await world.tunnel('lon-branch-core')
  await page.goto(`/tunnels/${id}`)
  const button = page.getByRole('button', { name: 'Edit tags' })
  await button.press('Enter')
  await expect(fieldOf(page)).toBeFocused()
  await page.keyboard.type('Site:London,team:network')
  await page.keyboard.press('Enter')
  await page.keyboard.type('New York')
  await page.keyboard.press('Enter')
  await expect(fieldOf(page)).toHaveAccessibleDescription(/no spaces: “new-york” would do/)
  await expectAccessible(page)
  await fieldOf(page).fill('dub')
  await expect(dialogOf(page).getByRole('option')).toHaveText(['site:dublin1'])
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(dialogOf(page).getByRole('button', { name: /^Remove / })).toHaveText([
    'site:dublin',
    'site:london',
    'team:network',
  ])
  await dialogOf(page).getByRole('button', { name: 'Remove site:dublin' }).click()
  await expect(fieldOf(page)).toBeFocused()
  await page.keyboard.press('Backspace')
  await page.keyboard.type('critical')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Enter')
  await expect(dialogOf(page)).toBeHidden()
  await expect(button).toBeFocused()
  await expect(tagsOf(page)).toHaveText(['critical', 'site:london'])
  await expect(
    rowOf(secondPage, 'lon-branch-core').getByRole('link', { name: 'site:london' }),
  ).toBeVisible()
  await secondPage.goto('/audit')
  const record = secondPage.getByText('Changed tags').first()
  await expect(record).toBeVisible()
  await expect(secondPage.getByText('critical, site:london')).toBeVisible()
})

test('what somebody else changes meanwhile is seen and kept', async ({ page, world }) => {
  await page.goto('/')
  const id = await tag(page, world, 'lon-branch-core', 'old')
  await page.goto(`/tunnels/${id}`)
  await expect(page.getByRole('heading', { name: 'lon-branch-core', level: 1 })).toBeVisible()
  await page.keyboard.press('t')
  await expect(fieldOf(page)).toBeFocused()
  await page.keyboard.type('site:london')
  await page.keyboard.press('Enter')
  await tag(page, world, 'lon-branch-core', 'team:network')
  await expect(dialogOf(page).getByRole('button', { name: /^Remove / })).toHaveText([
    'old',
    'site:london',
    'team:network',
  ])
  await dialogOf(page).getByRole('button', { name: 'Remove old' }).click()
  await page.keyboard.press('Enter')
  await expect(dialogOf(page)).toBeHidden()
  await expect(tagsOf(page)).toHaveText(['site:london', 'team:network'])
})

test('too many are refused at the field, and the palette leads there', async ({ page, world }) => {
  await page.goto('/')
  const most = Array.from({ length: 12 }, (_, n) => `tag-${n}`)
  const id = await tag(page, world, 'lon-branch-core', ...most)
  await page.goto(`/tunnels/${id}`)
  await expect(tagsOf(page)).toHaveCount(12)
  await page.keyboard.press('ControlOrMeta+k')
  await expect(page.getByRole('dialog', { name: 'Find anything' })).toBeVisible()
  await page.keyboard.type('edit tags')
  await page.keyboard.press('Enter')
  await fieldOf(page).fill('one-more')
  await dialogOf(page).getByRole('button', { name: 'Save tags' }).click()
  await expect(fieldOf(page)).toHaveAccessibleDescription(/12 tags at most/)
  await expect(dialogOf(page)).toBeVisible()
})

test('tags are searched for, a click on one filters, and the filter goes by a click', async ({
  page,
  world,
}) => {
  await page.goto('/')
  await tagSites(page, world)
  await page.getByRole('searchbox').fill('site:london')
  await expect.poll(() => namesOf(page)).toEqual(['lon-branch-core', 'site:london', 'team:network'])
  await page.getByRole('searchbox').fill('')
  await rowOf(page, 'dub-dc1-edge').getByRole('link', { name: 'team:network' }).click()
  await expect(page).toHaveURL(/\?tag=team:network$/)
  await expect(page.getByText('2 of 12 shown')).toBeVisible()
  await page.reload()
  await expect(page.getByText('2 of 12 shown')).toBeVisible()
  await page.getByRole('button', { name: 'team:network: remove this filter' }).click()
  await expect(page.getByRole('rowheader')).toHaveCount(12)
  await page.goto('/?tag=site:london,site:dublin')
  await expect(page.getByText('3 of 12 shown')).toBeVisible()
  const { id } = await world.tunnel('fra-dc2-edge')
  await page.goto(`/tunnels/${id}`)
  await tagsOf(page).getByRole('link', { name: 'site:dublin' }).click()
  await expect(page.getByText('2 of 12 shown')).toBeVisible()
})

test('the list stands in groups, the worst first, and each closes by keyboard', async ({
  page,
  world,
}) => {
  await page.goto('/')
  await tagSites(page, world)
  await page.getByRole('button', { name: 'Group by: nothing' }).click()
  await page.getByRole('menuitemradio', { name: 'site' }).click()
  await expect(page).toHaveURL(/\?group=site$/)
  const heads = headsOf(page)
  await expect(heads).toHaveText([
    /^paris1 tunnel.*1 tunnel down/,
    /^No site8 tunnels.*1 tunnel degraded/,
    /^dublin2 tunnels.*Both tunnels connected/,
    /^london1 tunnel.*The tunnel is connected/,
  ])
  await expectAccessible(page)
  await page.keyboard.press('Home')
  await expect(heads.nth(0)).toBeFocused()
  await page.keyboard.press('j')
  await expect(rowOf(page, 'cdg-dc-legacy')).toBeFocused()
  await page.keyboard.press('j')
  await expect(heads.nth(1)).toBeFocused()
  await page.keyboard.press('ArrowLeft')
  await expect(heads.nth(1)).toHaveAttribute('aria-expanded', 'false')
  await expect(rowOf(page, 'gru-plant-scada')).toBeHidden()
  await expect(heads.nth(1)).toBeFocused()
  await expect(page).toHaveURL(/\?group=site&closed=-$/)
  await page.reload()
  await expect(heads).toHaveCount(4)
  await expect(rowOf(page, 'gru-plant-scada')).toBeHidden()
  await heads.nth(1).click()
  await expect(rowOf(page, 'gru-plant-scada')).toBeVisible()
})

test('a group that is worked on says so, and one that is closed stays under the hand', async ({
  page,
  world,
}) => {
  await page.setViewportSize({ width: 1280, height: 420 })
  await page.goto('/')
  await tagSites(page, world)
  const { id } = await world.tunnel('cdg-dc-legacy')
  const now = Date.now()
  const data = { from: now, to: now + 3_600_000, text: 'new racks' }
  const headers = { 'x-requested-by': 'tandem' }
  const announced = await page.request.post(`/api/tunnels/${id}/maintenance`, { data, headers })
  expect(await announced.text()).toContain('new racks')
  await page.goto('/?group=site')
  const paris = headsOf(page).filter({ hasText: /^paris/ })
  await expect(paris).toHaveText(/^paris1 tunnel1 tunnel in maintenance$/)
  await page.goto('/?group=status')
  await page.getByRole('row').nth(1).waitFor()
  await page.keyboard.press('End')
  await page.keyboard.press('k')
  const last = headsOf(page).last()
  await expect(last).toBeFocused()
  await page.keyboard.press('ArrowLeft')
  await expect(last).toHaveAttribute('aria-expanded', 'false')
  await expect(last).toBeFocused()
  await expect(last).toBeInViewport()
})

test('of two quick presses, the second forgets nothing of the first', async ({ page, world }) => {
  await page.goto('/')
  await tagSites(page, world)
  const pressAtOnce = async (buttons: Locator) => {
    // Nothing else waits until they are there.
    await expect(buttons).toHaveCount(2)
    await buttons.evaluateAll((all) => {
      for (const each of all) if (each instanceof HTMLElement) each.click()
    })
  }
  await pressAtOnce(
    page
      .getByRole('group', { name: 'Filter by Status' })
      .getByRole('button', { name: /Degraded|Down/ }),
  )
  await expect(page).toHaveURL('/?status=degraded,down')
  await page.goto('/?tag=site:london,site:paris,team:network')
  const remove = page.getByRole('button', { name: /^site:.*remove this filter/ })
  await pressAtOnce(remove)
  await expect(page).toHaveURL('/?tag=team:network')
  await page.goto('/?group=site')
  await expect(headsOf(page)).toHaveCount(4)
  await pressAtOnce(headsOf(page).filter({ hasText: /^(?:paris|dublin)/ }))
  await expect(page).toHaveURL('/?group=site&closed=paris,dublin')
})

test('a filter that is taken off by keyboard leaves the keyboard on the page', async ({
  page,
  world,
}) => {
  await page.goto('/')
  await tagSites(page, world)
  await page.goto('/?tag=site:london&status=healthy')
  await page.getByRole('button', { name: 'site:london: remove this filter' }).press('Enter')
  await expect(page).toHaveURL('/?status=healthy')
  await expect(page.getByRole('main')).toBeFocused()
  await page.getByRole('button', { name: 'Clear filters' }).press('Enter')
  await expect(page).toHaveURL('/')
  await expect(page.getByRole('main')).toBeFocused()
})

test('what is selected in a group that is closed is said to be hidden', async ({ page }) => {
  await page.goto('/?group=status')
  await page.getByRole('checkbox', { name: 'Select gru-plant-scada', exact: true }).click()
  await page.getByRole('checkbox', { name: 'Select cdg-dc-legacy', exact: true }).click()
  const bar = page.getByRole('region', { name: 'Selected tunnels' })
  await expect(bar.getByText('2 selected', { exact: true })).toBeVisible()
  await headsOf(page).filter({ hasText: 'Degraded' }).click()
  await expect(bar.getByText('2 selected, 1 hidden', { exact: true })).toBeVisible()
})

test('a group comes to the front when one of its tunnels goes down', async ({ page, world }) => {
  await page.goto('/')
  await tagSites(page, world)
  await page.goto('/?group=site')
  const heads = headsOf(page)
  await expect(heads.nth(0)).toHaveText(/^paris/)
  const { connectors } = await world.tunnel('lon-branch-core')
  for (const { id } of connectors) await world.kill(id)
  await expect(heads.nth(0)).toHaveText(/^london.*1 tunnel down/)
})

test('a wall shows one site, and the builder makes its address', async ({ page, world }) => {
  await page.goto('/')
  await tagSites(page, world)
  await page.goto('/wall/build')
  const field = page.getByRole('combobox', { name: 'Tags' })
  await field.fill('lond')
  await field.press('ArrowDown')
  await field.press('Enter')
  await expect(page.getByText('1 of 12 tunnels, all at once')).toBeVisible()
  await page.getByRole('link', { name: 'Open the wall' }).click()
  await expect(page).toHaveURL(/\/wall\?tag=site:london$/)
  await expect(page.getByRole('main', { name: 'Tunnels' }).getByRole('listitem')).toHaveCount(1)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The tunnel is connected')
})

test.describe('with a thousand tunnels', () => {
  test.use({ scene: 'large' })

  test('groups stay in the window too, and no column moves while one scrolls', async ({ page }) => {
    await page.goto('/?group=status')
    await expect(headsOf(page).first()).toBeVisible()
    expect(await page.getByRole('row').count()).toBeLessThan(100)
    const widthOf = async () =>
      (await page.getByRole('columnheader', { name: 'Name' }).boundingBox())?.width
    const before = await widthOf()
    expect(before).toBeGreaterThan(150)
    await headsOf(page).first().focus()
    await page.keyboard.press('End')
    await expect(page.getByRole('row').last()).toHaveAttribute('aria-rowindex', '1005')
    expect(await widthOf()).toBe(before)
  })
})

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 780 } })

  test('nothing scrolls sideways, in groups and with filters', async ({ page, world }) => {
    await page.goto('/')
    await tagSites(page, world)
    const long = `site:${'x'.repeat(35)}`
    const id = await tag(page, world, 'lon-branch-core', long)
    for (const path of [
      `/?group=site&tag=${long}`,
      `/tunnels/${id}`,
      `/tunnels/${id}?dialog=tags`,
    ]) {
      await page.goto(path)
      await expect(page.getByText('x'.repeat(35)).first()).toBeVisible()
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - window.innerWidth,
      )
      expect([path, over]).toEqual([path, 0])
    }
  })
})
