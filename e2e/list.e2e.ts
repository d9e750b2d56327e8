import { readFileSync } from 'node:fs'
import { chromium, type Page } from '@playwright/test'
import { browserArgs, ensureBrowser } from '../src/tasks/browser.ts'
import { expectAccessible } from './axe.ts'
import { overflow } from './entrance.ts'
import { rowOf, short } from './find.ts'
import { bare, expect, look, test } from './fixtures.ts'
import { tellOldSummaries } from './old-summary.ts'
import { startTandem } from './tandem.ts'

/** The list in somebody's own hands: columns, density, views, and rows that are selected. */

test.use({ permissions: ['clipboard-read', 'clipboard-write'] })

const panelOf = (page: Page) => page.getByRole('dialog', { name: 'View' })
const headOf = (page: Page, name: string) => page.getByRole('columnheader', { name, exact: true })
const barOf = (page: Page) => page.getByRole('region', { name: 'Selected tunnels' })
const boxOf = (page: Page, name: string) =>
  page.getByRole('checkbox', { name: `Select ${name}`, exact: true })
const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText())
const boxAround = (page: Page, name: string) => rowOf(page, name).boundingBox()

async function openView(page: Page) {
  await expect(page.getByRole('rowheader').first()).toBeVisible()
  await page.keyboard.press('v')
  await expect(panelOf(page).getByRole('heading', { name: 'Saved views' })).toBeVisible()
}

async function saveView(page: Page, name: string) {
  await openView(page)
  await panelOf(page).getByRole('textbox', { name: 'Save what is shown as' }).fill(name)
  await page.keyboard.press('Enter')
}

test.describe('columns and density', () => {
  test('a column that nobody needs goes, the next one comes, and the browser keeps it', async ({
    page,
    secondPage,
  }) => {
    await page.goto('/')
    await expect(headOf(page, 'Last 24 h')).toBeVisible()
    await expect(headOf(page, '30 d')).toBeHidden()
    await openView(page)
    await expect(panelOf(page).getByRole('checkbox', { name: 'Name' })).toHaveCount(0)
    await expect(panelOf(page).getByRole('checkbox', { name: '30 d' })).toHaveAccessibleDescription(
      'no room',
    )
    await panelOf(page).getByRole('checkbox', { name: 'Last 24 h' }).uncheck()
    await expect(headOf(page, 'Last 24 h')).toBeHidden()
    await expect(headOf(page, '30 d')).toBeVisible()
    await expectAccessible(page)
    await page.reload()
    await expect(headOf(page, '30 d')).toBeVisible()
    await expect(headOf(page, 'Last 24 h')).toBeHidden()
    await expect(headOf(secondPage, 'Last 24 h')).toBeVisible()

    await openView(page)
    await panelOf(page).getByRole('button', { name: 'Show all' }).click()
    await expect(headOf(page, 'Last 24 h')).toBeVisible()
  })

  look('a column that is hidden still sorts when the address says so', async ({ page }) => {
    await page.goto('/')
    await openView(page)
    await panelOf(page).getByRole('checkbox', { name: 'Since' }).uncheck()
    await page.goto('/?sort=since&dir=desc')
    await expect(headOf(page, 'Since')).toBeHidden()
    await expect(page.getByRole('rowheader').first()).toContainText('nyc-hq-gw')
  })

  test('compact rows are lower, and what was broken in the browser is the usual look', async ({
    page,
  }) => {
    await page.goto('/')
    await openView(page)
    const comfortable = await boxAround(page, 'lon-branch-core')
    await panelOf(page).getByText('Compact', { exact: true }).click()
    await expect.poll(async () => (await boxAround(page, 'lon-branch-core'))?.height).toBe(28)
    expect(comfortable?.height).toBe(36)
    await page.evaluate(() => localStorage.setItem('tandem.list', '{"hidden":7,"density"'))
    await page.reload()
    await expect.poll(async () => (await boxAround(page, 'lon-branch-core'))?.height).toBe(36)
  })

  look(
    'on a telephone a card tells what the columns tell, and no more than was chosen',
    async ({ page }) => {
      await page.goto('/')
      await page.setViewportSize({ width: 360, height: 740 })
      await page.getByRole('button', { name: 'View' }).click()
      await expect(panelOf(page).getByRole('button', { name: 'All tunnels' })).toBeVisible()
      await expect(panelOf(page).getByText('no room')).toHaveCount(0)
      await expectAccessible(page)
      const card = page.getByRole('listitem').filter({ hasText: 'gru-plant-scada' })
      const height = async () => (await card.boundingBox())?.height ?? 0
      await expect(card).toContainText('gig03 gru15 gru21')
      await expect(card).toContainText('Conns 2 / 6')
      await expect(card).toContainText('Last change')
      await expect(card).toContainText('Since')
      expect(await overflow(page)).toBe(0)
      const whole = await height()
      // The last two are all of a line.
      for (const name of ['Colos', 'Since', 'Last change'])
        await panelOf(page).getByRole('checkbox', { name, exact: true }).uncheck()
      await expect(card).not.toContainText('gig03 gru15')
      await expect(card).not.toContainText('Last change')
      await expect(card).toContainText('Conns 2 / 6')
      await expect.poll(height).toBeLessThan(whole)
    },
  )
})

look('a menu is worked by the keyboard alone', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('button', { name: 'Group by: nothing' }).press('Enter')
  await expect(page.getByRole('menuitemradio', { name: 'Nothing' })).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL('/?group=status')
})

look('a day that ended long ago is not told as the last 24 hours', async ({ page }) => {
  const { tellTrue } = await tellOldSummaries(page)
  // The month is asked for once the day is there.
  const answered = page.waitForResponse((response) => response.url().includes('strips=false'))
  await page.goto('/')
  await (await answered).finished()
  const strip = rowOf(page, 'lon-branch-core').getByRole('img', { name: /^Last 24 hours/ })
  await expect(rowOf(page, 'lon-branch-core')).toContainText('Healthy')
  await expect(strip).toHaveCount(0)
  await tellTrue()
  await page.reload()
  await expect(strip).toBeVisible()
})

test.describe('views', () => {
  look('what is shown gets a name, and is found again by it', async ({ page }) => {
    await page.goto('/?status=down,degraded&dialog=create')
    const dialog = page.getByRole('dialog', { name: 'Create a tunnel' })
    await expect(dialog).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
    await saveView(page, 'In trouble')
    await expect(
      panelOf(page).getByRole('button', { name: 'In trouble', exact: true }),
    ).toHaveAttribute('aria-current', 'true')
    await expect(
      panelOf(page).getByRole('button', { name: 'In trouble', exact: true }),
    ).toBeFocused()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await expect(page.getByRole('heading', { level: 1, name: 'In trouble 2' })).toBeVisible()
    await expect(page).toHaveTitle(/^(.* · )?In trouble · Tunnels · Tandem$/)

    await page.getByRole('button', { name: 'Clear filters' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Tunnels 12' })).toBeVisible()
    await page.keyboard.press('ControlOrMeta+k')
    await page.getByRole('combobox').fill('view trouble')
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/\/\?status=degraded,down$/)
    await expect(page.getByRole('heading', { level: 1, name: 'In trouble 2' })).toBeVisible()
    await page.goto('/activity')
    await page.goto('/?status=degraded,down')
    await expect(page.getByRole('heading', { level: 1, name: 'In trouble 2' })).toBeVisible()
  })

  look(
    'a view is renamed, brought up to date and deleted, and a deletion is taken back',
    async ({ page }) => {
      await page.goto('/?q=lon')
      await saveView(page, 'London')
      const panel = panelOf(page)
      await panel.getByRole('button', { name: 'Rename London' }).click()
      await expect(panel.getByRole('textbox', { name: 'New name of London' })).toBeFocused()
      await page.keyboard.type('Britain')
      await page.keyboard.press('Enter')
      await expect(panel.getByRole('button', { name: 'Britain', exact: true })).toBeFocused()
      await page.keyboard.press('Escape')

      await page.goto('/?q=lon&sort=name')
      await openView(page)
      await panel.getByRole('button', { name: 'Update Britain to the current view' }).click()
      await expect(panel.getByText('Britain is now what is shown.')).toBeVisible()
      await expect(panel.getByRole('button', { name: 'Britain', exact: true })).toHaveAttribute(
        'aria-current',
        'true',
      )
      await panel.getByRole('button', { name: 'Delete Britain' }).click()
      await expect(panel.getByRole('button', { name: 'Britain', exact: true })).toBeHidden()
      await expect(panel.getByRole('button', { name: 'Undo' })).toBeFocused()
      await page.keyboard.press('Enter')
      await panel.getByRole('button', { name: 'Britain', exact: true }).click()
      await expect(page).toHaveURL(/\/\?q=lon&sort=name$/)
      await expect(panel).toBeHidden()
    },
  )

  look('a name that another view has is refused where it was typed', async ({ page }) => {
    await page.goto('/?q=lon')
    await saveView(page, 'London')
    await page.goto('/?q=fra')
    await saveView(page, 'london')
    await expect(
      panelOf(page).getByRole('textbox', { name: 'Save what is shown as' }),
    ).toHaveAccessibleDescription('Another view has that name.')
  })
})

test.describe('selecting', () => {
  look('with the keyboard alone: a row, a stretch, all that is shown, none', async ({ page }) => {
    await page.goto('/')
    await expect(rowOf(page, 'lon-branch-core')).toBeVisible()
    const before = await boxAround(page, 'lon-branch-core')
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    await expect(boxOf(page, 'cdg-dc-legacy')).toBeChecked()
    await expect(barOf(page)).toContainText('1 selected')
    expect(await boxAround(page, 'lon-branch-core')).toEqual(before)
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Shift+ArrowDown')
    await expect(barOf(page)).toContainText('3 selected')
    await expect(rowOf(page, 'sin-warehouse-ot')).toBeFocused()
    await page.keyboard.press('Shift+ArrowUp')
    await expect(barOf(page)).toContainText('2 selected')
    await expect(boxOf(page, 'sin-warehouse-ot')).not.toBeChecked()
    await expectAccessible(page)
    await page.keyboard.press('ControlOrMeta+a')
    await expect(barOf(page)).toContainText('12 selected')
    await expect(page.getByRole('checkbox', { name: 'Select all shown' })).toBeChecked()
    await page.keyboard.press('Escape')
    await expect(barOf(page)).toBeHidden()
    await expect(rowOf(page, 'gru-plant-scada')).toBeFocused()
  })

  look(
    'with the pointer: boxes, a stretch with shift, and no row opens by it',
    async ({ page }) => {
      await page.goto('/')
      // What is not known yet stands elsewhere.
      await expect(page.getByRole('button', { name: '1 Not HA' })).toBeVisible()
      await boxOf(page, 'gru-plant-scada').click()
      await boxOf(page, 'ams-hub-transit').click({ modifiers: ['Shift'] })
      await expect(barOf(page)).toContainText('4 selected')
      await rowOf(page, 'fra-dc2-edge')
        .getByText('2 standbys')
        .click({ modifiers: ['Shift'] })
      await expect(barOf(page)).toContainText('6 selected')
      await expect(page).toHaveURL(/\/$/)
      await page.getByRole('checkbox', { name: 'Select all shown' }).click()
      await expect(barOf(page)).toContainText('12 selected')
      await barOf(page).getByRole('button', { name: 'Select none' }).click()
      await expect(barOf(page)).toBeHidden()
    },
  )

  look('a hand that misses the box by a little selects, and opens nothing', async ({ page }) => {
    await page.goto('/')
    await expect(page.getByRole('button', { name: '1 Not HA' })).toBeVisible()
    const cornerOf = (name: string) => rowOf(page, name).getByRole('cell').first()
    await cornerOf('gru-plant-scada').click({ position: { x: 3, y: 3 } })
    await expect(boxOf(page, 'gru-plant-scada')).toBeChecked()
    await cornerOf('ams-hub-transit').click({ position: { x: 3, y: 3 }, modifiers: ['Shift'] })
    await expect(barOf(page)).toContainText('4 selected')
    await cornerOf('gru-plant-scada').click({ position: { x: 3, y: 30 } })
    await expect(barOf(page)).toContainText('3 selected')
    await page
      .getByRole('columnheader')
      .first()
      .click({ position: { x: 3, y: 3 } })
    await expect(barOf(page)).toContainText('12 selected')
    await expect(page).toHaveURL(/\/$/)
  })

  for (const key of ['a', 'x'])
    test(`${key} acts on no other row when the one under the hand has just left the list`, async ({
      page,
      world,
    }) => {
      await page.goto('/')
      await expect(page).toHaveTitle(/^1 tunnel down · /)
      const stays = await world.tunnel('ams-hub-transit')
      const goes = await world.tunnel('lon-branch-core')
      for (const { id } of [...stays.connectors, ...goes.connectors]) await world.kill(id)
      await expect(page).toHaveTitle(/^3 tunnels down · /)
      await page.goto('/?status=down&sort=name')
      await rowOf(page, 'lon-branch-core').focus()
      for (const { id } of goes.connectors) await world.revive(id)
      await expect(rowOf(page, 'lon-branch-core')).toBeHidden()
      await page.keyboard.press(key)
      await expect(rowOf(page, 'ams-hub-transit')).toBeFocused()
      await expect(boxOf(page, 'ams-hub-transit')).not.toBeChecked()
      await page.keyboard.press('a')
      await expect(
        page.getByRole('dialog', { name: 'Acknowledge changes of ams-hub-transit' }),
      ).toBeVisible()
    })

  look('in the search the keys belong to the text', async ({ page }) => {
    await page.goto('/')
    const search = page.getByRole('searchbox', { name: /^Search tunnels/ })
    await search.fill('xx')
    await search.press('ControlOrMeta+a')
    await page.keyboard.press('x')
    await expect(search).toHaveValue('x')
    await expect(barOf(page)).toBeHidden()
  })

  test('it survives filters, other orders and live changes, and drops what is gone', async ({
    page,
    world,
  }) => {
    await page.goto('/')
    await boxOf(page, 'sfo-lab-poc').click()
    await boxOf(page, 'lon-branch-core').click()
    await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click()
    await expect(boxOf(page, 'lon-branch-core')).toBeChecked()
    await page.getByRole('searchbox', { name: /^Search tunnels/ }).fill('lon')
    await expect(barOf(page)).toContainText('2 selected, 1 hidden')
    await page.getByRole('button', { name: 'Clear filters' }).click()
    const { active } = await world.pair('lon-branch-core')
    await world.kill(active.id)
    await world.deleteTunnel((await world.tunnel('sfo-lab-poc')).id)
    await expect(barOf(page)).toContainText('1 selected')
    await expect(boxOf(page, 'lon-branch-core')).toBeChecked()
    await page.getByRole('link', { name: 'lon-branch-core', exact: true }).click()
    await expect(page.getByRole('heading', { name: 'lon-branch-core' })).toBeVisible()
    await page.goBack()
    await expect(rowOf(page, 'lon-branch-core')).toBeVisible()
    await expect(barOf(page)).toBeHidden()
  })

  look(
    'a table for a ticket and one for a spreadsheet have the columns that were chosen',
    async ({ page, world }) => {
      await page.goto('/')
      const { id } = await world.tunnel('cdg-dc-legacy')
      await boxOf(page, 'cdg-dc-legacy').click()
      await boxOf(page, 'gru-plant-scada').click()
      await barOf(page).getByRole('button', { name: 'Copy as Markdown' }).click()
      await expect(barOf(page).getByText('Copied')).toBeVisible()
      const lines = (await clipboard(page)).split('\n')
      expect(lines[0]).toMatch(/^\| Status \| Name \| HA readiness \| Active connector \|/)
      expect(lines[2]).toContain(
        `| Down | [cdg-dc-legacy](${new URL(page.url()).origin}/tunnels/${id}) | None connected | none |`,
      )
      expect(lines[3]).toContain('| Degraded | [gru-plant-scada]')

      await barOf(page).getByRole('button', { name: 'Copy as CSV' }).click()
      await expect.poll(() => clipboard(page)).toContain('Status,Name,HA readiness')
      const [head, first] = (await clipboard(page)).split('\r\n')
      // What finds no room beside the others on this screen finds it here.
      await expect(headOf(page, 'Colos')).toBeHidden()
      expect(head).toContain(',Colos,')
      expect(first).toMatch(new RegExp(`^Down,cdg-dc-legacy,None connected,none,none,.*,${id}$`))

      const [download] = await Promise.all([
        page.waitForEvent('download'),
        barOf(page).getByRole('button', { name: 'Download CSV' }).click(),
      ])
      expect(download.suggestedFilename()).toBe('tunnels.csv')
      expect(readFileSync(await download.path(), 'utf8')).toContain('Down,cdg-dc-legacy')
    },
  )

  test('a wall is built of exactly these, and says when they are gone', async ({ page, world }) => {
    await page.goto('/')
    await boxOf(page, 'nyc-hq-gw').click()
    await boxOf(page, 'sfo-lab-poc').click()
    await barOf(page).getByRole('link', { name: 'Build a wall' }).click()
    await expect(page.getByText('2 of 12 tunnels, all at once on a 1080p screen.')).toBeVisible()
    await expect(page.getByText('2 tunnels, chosen in the list')).toBeVisible()
    await expectAccessible(page)
    const builder = page.url()
    await page.getByRole('link', { name: 'Open the wall' }).click()
    const tiles = page.getByRole('main', { name: 'Tunnels' }).getByRole('listitem')
    await expect(tiles).toHaveCount(2)
    await world.deleteTunnel((await world.tunnel('sfo-lab-poc')).id)
    await expect(tiles).toHaveCount(1)
    await page.goto(builder)
    await expect(page.getByText('nyc-hq-gw; 1 no longer exists')).toBeVisible()
    await page.getByRole('button', { name: 'Show all tunnels' }).click()
    await expect(page).toHaveURL(/\/wall\/build$/)
  })
})

test.describe('where the table has no heads', () => {
  test.use({ viewport: { width: 360, height: 780 } })

  look('the list is sorted all the same', async ({ page }) => {
    await page.goto('/')
    const cards = page.getByRole('list', { name: 'Tunnels' }).getByRole('listitem')
    await expect(cards.first()).toContainText('cdg-dc-legacy')
    await page.getByRole('button', { name: 'View' }).click()
    await panelOf(page).getByRole('combobox', { name: 'Sort by' }).selectOption('Name')
    await expect(page).toHaveURL('/?sort=name')
    await expect(cards.first()).toContainText('ams')
    await panelOf(page).getByText('Descending', { exact: true }).click()
    await expect(page).toHaveURL('/?sort=name&dir=desc')
    await expect(cards.first()).not.toContainText('ams')
    await expectAccessible(page)
    await panelOf(page).getByRole('combobox', { name: 'Sort by' }).selectOption('Worst first')
    await expect(page).toHaveURL('/')
  })
})

test.describe('with a thousand tunnels', () => {
  test.use({ scene: 'large' })

  test('all are selected though few are in the document', async ({ page }) => {
    await page.goto('/')
    await expect(page.getByRole('heading', { name: 'Tunnels 1,000' })).toBeVisible()
    // What is not in the document takes nothing of the columns' room.
    const name = await page.getByRole('rowheader').first().boundingBox()
    expect(name?.width).toBeGreaterThan(180)
    await page.keyboard.press('End')
    await page.keyboard.press('ControlOrMeta+a')
    await expect(barOf(page)).toContainText('1,000 selected')
    await expect(
      barOf(page).getByRole('button', { name: 'Build a wall' }),
    ).toHaveAccessibleDescription(/at most 200 tunnels/)
    const last = page.getByRole('row').last()
    await expect(last).toHaveAttribute('aria-rowindex', '1001')
    await expect(last.getByRole('checkbox')).toBeChecked()
    await page.keyboard.press('x')
    await expect(barOf(page)).toContainText('999 selected')
    // The row that keys act on is never below the bar.
    const [row, bar] = [await last.boundingBox(), await barOf(page).boundingBox()]
    expect((row?.y ?? 0) + (row?.height ?? 0)).toBeLessThanOrEqual(bar?.y ?? 0)
    await barOf(page).getByRole('button', { name: 'Copy as CSV' }).click()
    await expect.poll(async () => (await clipboard(page)).split('\r\n').length).toBe(1001)
  })
})

test.describe('with a thousand tunnels', () => {
  test.use({ scene: 'large' })

  test('the search leads to the rows in sight, wherever the row that was left is', async ({
    page,
  }) => {
    await page.goto('/?sort=name')
    // All twenty accounts: what is listed later comes below the last row.
    await expect(page.getByRole('heading', { name: 'Tunnels 1,000' })).toBeVisible()
    await page.getByRole('row').nth(1).focus()
    await page.keyboard.press('End')
    await expect(page.getByRole('row').last()).toHaveAttribute('aria-rowindex', '1001')
    await page.keyboard.press('/')
    await expect(page.getByRole('row').last()).not.toHaveAttribute('aria-rowindex', '1001')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('row').nth(1)).toBeFocused()
  })

  test('a key that comes before the last one has moved the focus counts from where it goes', async ({
    page,
  }) => {
    await page.goto('/?sort=name')
    await expect(page.getByRole('heading', { name: 'Tunnels 1,000' })).toBeVisible()
    await page.evaluate(async () => {
      // Drawn, but not yet scrolled into the document.
      for (const key of ['End', 'k']) {
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
        await Promise.resolve()
      }
    })
    await expect(page.locator('[data-row]:focus')).toHaveAttribute('aria-rowindex', '1000')
  })

  test('what the pointer rests on tells of the tunnel that a filter has put there', async ({
    page,
    world,
  }) => {
    await page.goto('/?sort=name')
    await expect(page.getByRole('heading', { name: 'Tunnels 1,000' })).toBeVisible()
    const since = page.getByRole('row').nth(1).getByRole('time').first()
    const tip = page.getByRole('tooltip')
    // At its right edge, where the next one ends too.
    const { width, height } = (await since.boundingBox()) ?? { width: 0, height: 0 }
    await since.hover({ position: { x: width - 4, y: height / 2 } })
    await expect(tip).toContainText('Reported by Cloudflare')
    const before = await tip.innerText()
    // One that is drawn only once it is asked for.
    const below = (await world.tunnels()).find(({ name }) => name.startsWith('syd'))
    await page.keyboard.press('/')
    await page.keyboard.insertText(short(below?.id ?? ''))
    await expect(page.getByRole('rowheader')).toHaveCount(1)
    await expect(tip).toContainText('Reported by Cloudflare')
    const after = await tip.innerText()
    expect(after).not.toBe(before)
    await page.mouse.move(0, 0)
    await expect(tip).toBeHidden()
    await since.hover()
    await expect(tip).toHaveText(after)
  })

  test('the focus of a row that is scrolled away is not handed on to another', async ({ page }) => {
    await page.goto('/?sort=name')
    await expect(page.getByRole('heading', { name: 'Tunnels 1,000' })).toBeVisible()
    await page.getByRole('row').nth(1).focus()
    await page.mouse.move(400, 500)
    await page.mouse.wheel(0, 9000)
    await expect(page.locator('[data-row]').first()).not.toHaveAttribute('aria-rowindex', '2')
    await expect(page.locator('[data-row]:focus')).toHaveCount(0)
  })

  test('the row that was left takes no focus from whoever has gone elsewhere in the list', async ({
    page,
  }) => {
    await page.goto('/?sort=name')
    // All twenty accounts: what is listed later comes below the last row.
    await expect(page.getByRole('heading', { name: 'Tunnels 1,000' })).toBeVisible()
    await page.getByRole('row').nth(1).focus()
    await page.keyboard.press('End')
    const last = page.locator('[data-row]:focus')
    await expect(page.getByRole('row').last()).toHaveAttribute('aria-rowindex', '1001')
    const id = String(await last.getAttribute('data-row'))
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(`/tunnels/${id}`)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await page.keyboard.press('g')
    await page.keyboard.press('t')
    const left = page.locator(`[data-row="${id}"]`)
    await expect(page.getByRole('heading', { name: 'Tunnels 1,000' })).toBeVisible()
    await expect(left).toHaveCount(0)
    const head = page.getByRole('columnheader', { name: 'Name' }).getByRole('button')
    await head.focus()
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL('/?sort=name')
    await page.keyboard.press('Enter')
    await expect(left).toBeVisible()
    await expect(head).toBeFocused()
  })
})

bare(
  'larger letters of the browser make the table a list of cards where its bar goes',
  async ({ newProfile }) => {
    const tandem = await startTandem({})
    const larger = await chromium.launch({
      executablePath: ensureBrowser(),
      args: [...browserArgs, '--blink-settings=defaultFontSize=20'],
    })
    const page = await newProfile({ viewport: { width: 860, height: 700 } }, larger)
    await page.goto(tandem.address)
    await expect(page.getByRole('list', { name: 'Tunnels' })).toBeVisible()
    await expect(page.getByRole('table', { name: 'Tunnels' })).toHaveCount(0)
    await larger.close()
    await tandem.end()
    tandem.remove()
  },
)
