import type { Page } from '@playwright/test'
import { ageOf, rowOf } from './find.ts'
import { expect, look, test } from './fixtures.ts'
import { createGate } from './gate.ts'

/** The list of all tunnels: what stands in it, how it is searched, and that it is alive. */

const searchOf = (page: Page) => page.getByRole('searchbox', { name: /^Search tunnels/ })
const namesOf = (page: Page) => page.getByRole('rowheader').getByRole('link').allTextContents()

look('a newcomer sees every state of a tunnel in words', async ({ page }) => {
  await page.goto('/')
  for (const [name, ...words] of [
    ['lon-branch-core', 'Healthy', '1 standby'],
    ['ams-hub-transit', 'Healthy', '2 standbys'],
    ['sin-warehouse-ot', 'Healthy', 'No standby'],
    ['jnb-clinic-lan', 'Healthy', 'Not HA'],
    ['gru-plant-scada', 'Degraded', '1 standby'],
    ['cdg-dc-legacy', 'Down', 'None connected'],
    ['sfo-lab-poc', 'Inactive', 'None connected'],
    ['東京-支社-gw', 'Healthy', '1 standby'],
  ] as const) {
    for (const word of words) {
      await expect(rowOf(page, name).getByRole('cell', { name: word, exact: true })).toBeVisible()
    }
  }
  await expect(page).toHaveTitle(/Tunnels.*Tandem/)
})

look(
  'the active connector, its colo and the age of the data stand in the row',
  async ({ page, world }) => {
    // Wide enough for all of these columns.
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.goto('/')
    const { active } = await world.pair('lon-branch-core')
    const row = rowOf(page, 'lon-branch-core')
    await expect(
      row.getByRole('cell', { name: `${active.id.slice(0, 8)} lhr13`, exact: true }),
    ).toBeVisible()
    await expect(row).toContainText('2 / 8')
    await expect(ageOf(page, 'lon-branch-core')).toHaveText(/^\d+ s$/)
  },
)

test('what could not be read says how old it is, in full and in line with the others', async ({
  page,
  world,
}) => {
  await page.goto('/')
  // What was never read has no age.
  await expect(ageOf(page, 'lon-branch-core')).toHaveText(/^\d+ s$/)
  const { id } = await world.tunnel('lon-branch-core')
  await world.breakWith({ kind: 'status', status: 403, match: { path: `${id}/connections` } })
  await expect(ageOf(page, 'lon-branch-core').locator('svg')).toBeVisible()
  await expect(ageOf(page, 'lon-branch-core')).toHaveText(/\d+ (s|m)$/)
  await expect
    .poll(() =>
      ageOf(page, 'lon-branch-core').evaluate((cell) => cell.scrollWidth - cell.clientWidth),
    )
    .toBe(0)
  const within = (name: string) =>
    ageOf(page, name).evaluate((cell) => {
      const text = [...cell.querySelectorAll('[data-tip-at]')].at(-1)?.getBoundingClientRect()
      return (text?.y ?? 0) - cell.getBoundingClientRect().y
    })
  expect(await within('lon-branch-core')).toBe(await within('ams-hub-transit'))
})

look('the worst come first', async ({ page }) => {
  await page.goto('/')
  await expect(rowOf(page, 'lon-branch-core')).toBeVisible()
  await expect
    .poll(async () => (await namesOf(page)).slice(0, 2))
    .toEqual(['cdg-dc-legacy', 'gru-plant-scada'])
})

look('what is typed filters at once, and the address keeps it', async ({ page }) => {
  await page.goto('/')
  await searchOf(page).fill('edge')
  await expect(page.getByRole('rowheader')).toHaveCount(2)
  await expect(page.getByText('2 of 12 shown')).toBeVisible()
  await expect(page).toHaveURL(/\?q=edge$/)
  await page.reload()
  await expect(searchOf(page)).toHaveValue('edge')
  await expect(page.getByRole('rowheader')).toHaveCount(2)
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await expect(page.getByRole('rowheader')).toHaveCount(12)
  await expect(page).toHaveURL(/\/$/)
})

look(
  'whoever opens a row right after typing is not brought back, and finds the search again',
  async ({ page }) => {
    await page.goto('/')
    await searchOf(page).fill('lon-branch')
    await page.getByRole('link', { name: 'lon-branch-core', exact: true }).click()
    await expect(page.getByRole('heading', { name: 'lon-branch-core', level: 1 })).toBeVisible()
    await page.goBack()
    await expect(searchOf(page)).toHaveValue('lon-branch')
    expect(await namesOf(page)).toEqual(['lon-branch-core'])
  },
)

look('a tunnel is found by a colo and by its active connector', async ({ page, world }) => {
  await page.goto('/')
  const { active } = await world.pair('dub-dc1-edge')
  await searchOf(page).fill('dub05')
  await expect.poll(() => namesOf(page)).toEqual(['dub-dc1-edge'])
  await searchOf(page).fill(active.id)
  await expect.poll(() => namesOf(page)).toEqual(['dub-dc1-edge'])
})

look(
  'the counts filter, together with the search, and all of it can be shared',
  async ({ page }) => {
    await page.goto('/')
    const status = page.getByRole('group', { name: 'Filter by Status' })
    await status.getByRole('button', { name: '1 Down' }).click()
    await expect.poll(() => namesOf(page)).toEqual(['cdg-dc-legacy'])
    await status.getByRole('button', { name: '1 Degraded' }).click()
    await expect.poll(() => namesOf(page)).toEqual(['cdg-dc-legacy', 'gru-plant-scada'])
    const address = page.url()
    await page.goto('/')
    await expect(page.getByRole('rowheader')).toHaveCount(12)
    await page.goto(address)
    await expect.poll(() => namesOf(page)).toEqual(['cdg-dc-legacy', 'gru-plant-scada'])
    await expect(status.getByRole('button', { name: '1 Down' })).toHaveAttribute(
      'aria-pressed',
      'true',
    )
  },
)

look('the columns sort, and the address says how', async ({ page }) => {
  await page.goto('/')
  const name = page.getByRole('columnheader', { name: 'Name' })
  await name.getByRole('button').click()
  await expect(name).toHaveAttribute('aria-sort', 'ascending')
  await expect.poll(async () => (await namesOf(page))[0]).toBe('ams-hub-transit')
  await name.getByRole('button').click()
  await expect(name).toHaveAttribute('aria-sort', 'descending')
  await expect.poll(async () => (await namesOf(page)).at(-1)).toBe('ams-hub-transit')
  await page.reload()
  await expect(name).toHaveAttribute('aria-sort', 'descending')
})

look('a search without a match says what is hidden and leads back', async ({ page }) => {
  await page.goto('/')
  await searchOf(page).fill('no such tunnel')
  await expect(page.getByText('No tunnel matches')).toBeVisible()
  await page.getByRole('button', { name: 'Clear filters' }).last().click()
  await expect(page.getByRole('rowheader')).toHaveCount(12)
})

look(
  'what the list can’t match is looked for everywhere, with the same words',
  async ({ page, world }) => {
    await page.goto('/')
    const { tunnelId, standby } = await world.pair('fra-dc2-edge')
    await searchOf(page).fill(standby.originIps[0] ?? '')
    await expect(page.getByText('No tunnel matches')).toBeVisible()
    await page.getByRole('button', { name: 'Look everywhere' }).click()
    const palette = page.getByRole('dialog', { name: 'Find anything' })
    await expect(palette.getByRole('combobox')).toHaveValue(standby.originIps[0] ?? '')
    await expect(palette.getByRole('option')).toHaveCount(1)
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(`/tunnels/${tunnelId}/connectors/${standby.id}`)
  },
)

look('the keyboard reaches everything: search, rows, help, and back', async ({ page }) => {
  await page.goto('/')
  await expect(rowOf(page, 'lon-branch-core')).toBeVisible()
  await page.keyboard.press('/')
  await expect(searchOf(page)).toBeFocused()
  await page.keyboard.type('lon-branch')
  await expect(page.getByRole('rowheader')).toHaveCount(1)
  await page.keyboard.press('ArrowDown')
  await expect(rowOf(page, 'lon-branch-core')).toBeFocused()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/tunnels\/[0-9a-f-]{36}$/)
  await expect(page.getByRole('heading', { name: 'lon-branch-core', level: 1 })).toBeVisible()
  await page.keyboard.press('g')
  await page.keyboard.press('t')
  await expect(page.getByRole('heading', { name: /^Tunnels/ })).toBeVisible()
  await expect(rowOf(page, 'lon-branch-core')).toBeFocused()
})

look('the palette finds a standby by its address', async ({ page, world }) => {
  await page.goto('/')
  const { tunnelId, standby } = await world.pair('fra-dc2-edge')
  await expect(rowOf(page, 'fra-dc2-edge')).toBeVisible()
  await page.keyboard.press('ControlOrMeta+k')
  const palette = page.getByRole('dialog', { name: 'Find anything' })
  await palette.getByRole('combobox').fill(`${standby.originIps[0]} ${standby.id.slice(0, 8)}`)
  await expect(palette.getByRole('option')).toHaveCount(1)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(`/tunnels/${tunnelId}/connectors/${standby.id}`)
})

test('a killed active connector shows within 6 s', async ({ page, world }) => {
  await page.goto('/')
  const { active } = await world.pair('lon-branch-core')
  const row = rowOf(page, 'lon-branch-core')
  await expect(row).toContainText(active.id.slice(0, 8))
  await world.kill(active.id)
  await expect(row).not.toContainText(active.id.slice(0, 8), { timeout: 6_000 })
})

test('a standby that takes over is shown by itself', async ({ page, world }) => {
  await page.goto('/')
  const { active, standby } = await world.pair('lon-branch-core')
  const row = rowOf(page, 'lon-branch-core')
  await expect(row).toContainText(active.id.slice(0, 8))
  await world.kill(active.id)
  await expect(row).toContainText(standby.id.slice(0, 8))
  await expect(row.getByRole('cell', { name: 'No standby', exact: true })).toBeVisible()
})

test('what is done elsewhere arrives: a new name, and a tunnel that is gone', async ({
  page,
  world,
}) => {
  await page.goto('/')
  const poc = await world.tunnel('sfo-lab-poc')
  const lab = await world.tunnel('syd-retail-lab')
  await expect(rowOf(page, 'sfo-lab-poc')).toBeVisible()
  await world.renameTunnel(lab.id, 'syd-retail-prod')
  await world.deleteTunnel(poc.id)
  await expect(rowOf(page, 'syd-retail-prod')).toBeVisible()
  await expect(rowOf(page, 'sfo-lab-poc')).toBeHidden()
})

test('an admin creates a tunnel, HA by default, and everyone sees it', async ({
  page,
  secondPage,
  world,
}) => {
  await page.goto('/')
  await page.getByRole('button', { name: 'Create tunnel' }).click()
  const dialog = page.getByRole('dialog', { name: 'Create a tunnel' })
  await expect(dialog.getByRole('switch', { name: 'High availability' })).toBeChecked()
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Dublin office')
  await dialog.getByRole('button', { name: 'Create tunnel' }).click()
  await expect(page.getByRole('heading', { name: 'Dublin office', level: 1 })).toBeVisible()

  await expect(rowOf(secondPage, 'Dublin office')).toBeVisible()
  const made = await world.tunnel('Dublin office')
  expect(made.ha).toBe(true)
  expect(new URL(page.url()).pathname).toBe(`/tunnels/${made.id}`)
})

test('a name that is taken or empty is refused where it was typed', async ({ page, world }) => {
  await page.goto('/?dialog=create')
  const dialog = page.getByRole('dialog', { name: 'Create a tunnel' })
  const name = dialog.getByRole('textbox', { name: 'Name' })
  await dialog.getByRole('button', { name: 'Create tunnel' }).click()
  await expect(name).toHaveAccessibleDescription(/must be 1 to 255 characters/)
  await name.fill('lon-branch-core')
  await dialog.getByRole('button', { name: 'Create tunnel' }).click()
  await expect(name).toHaveAccessibleDescription(/has that name/)
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  expect(await world.tunnels()).toHaveLength(13)
})

test.describe('without any tunnel', () => {
  test.use({ scene: 'empty' })

  test('an empty account offers its first tunnel', async ({ page }) => {
    await page.goto('/')
    await expect(page.getByText('No tunnels yet')).toBeVisible()
    await page.getByRole('button', { name: 'Create the first tunnel' }).click()
    await expect(page.getByRole('dialog', { name: 'Create a tunnel' })).toBeVisible()
  })
})

test.describe('with a thousand tunnels', () => {
  test.use({ scene: 'large' })

  test('only those in sight are in the document, and the last can be reached', async ({ page }) => {
    await page.goto('/')
    await expect(page.getByRole('heading', { name: 'Tunnels 1,000' })).toBeVisible()
    await expect(page.getByRole('table', { name: 'Tunnels' })).toHaveAttribute(
      'aria-rowcount',
      '1001',
    )
    expect(await page.getByRole('row').count()).toBeLessThan(100)
    await page.getByRole('row').nth(1).focus()
    await page.keyboard.press('End')
    await expect(page.getByRole('row').last()).toHaveAttribute('aria-rowindex', '1001')
  })
})

test('a key that is typed while a tunnel is being created changes nothing of it', async ({
  page,
}) => {
  const { hold, letGo } = createGate()
  let posts = 0
  await page.route('**/api/tunnels', async (route) => {
    if (route.request().method() === 'POST') {
      posts += 1
      await hold()
    }
    await route.continue()
  })
  await page.goto('/?dialog=create')
  const create = page.getByRole('dialog', { name: 'Create a tunnel' })
  await create.getByLabel('Name').fill('dublin')
  await page.keyboard.press('Enter')
  await expect(create.getByRole('button', { name: 'Creating…' })).toBeVisible()
  await page.keyboard.press('x')
  await expect(create.getByRole('button', { name: 'Creating…' })).toBeVisible()
  await page.keyboard.press('Enter')
  await letGo()
  await expect(page.getByRole('heading', { name: 'dublin', level: 1 })).toBeVisible()
  expect(posts).toBe(1)
})
