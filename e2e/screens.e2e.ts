import type { Page } from '@playwright/test'
import { expectAccessible } from './axe.ts'
import { overflow, post, setUp } from './entrance.ts'
import { expect, test } from './fixtures.ts'

/** Screens on walls get their access, keep it, and lose it. */

test.use({ env: { TANDEM_SIGN_IN: 'on' } })
test.beforeEach(async ({ page, tandem }) => setUp(page, tandem))

const shown = (screen: Page) => screen.getByRole('img', { name: /^The code is/ })
const rowOf = (page: Page, name: string) =>
  page.getByRole('row').filter({ has: page.getByRole('rowheader', { name }) })
/** On the wall as well as in the list. */
const tunnels = (screen: Page) => screen.getByText('lon-branch-core').first()

async function choose(page: Page, name: string, action: string) {
  await page.getByRole('button', { name: `Actions for ${name}` }).click()
  await page.getByRole('menuitem', { name: action }).click()
}

test('a screen shows a code, an admin approves it, and it goes to its page', async ({
  page,
  secondPage: screen,
}) => {
  await screen.goto('/sign-in')
  await screen.getByRole('link', { name: 'Show a pairing code' }).click()
  await expect(shown(screen)).toBeVisible()
  await expectAccessible(screen)
  const code = await shown(screen).innerText()

  await page.getByRole('button', { name: 'You: Ada admin' }).click()
  await page.getByRole('menuitem', { name: 'Screens' }).click()
  await expect(page.getByText('No screen has access yet')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Pair a screen' }).click()
  const pair = page.getByRole('dialog', { name: 'Pair a screen' })
  await pair.getByLabel('Code').fill('WRNG-0000')
  await pair.getByLabel('Name').fill('NOC, left')
  await pair.getByRole('button', { name: 'Give access' }).click()
  await expect(pair.getByText('No screen shows this code.')).toBeVisible()
  await expectAccessible(page)
  await pair.getByLabel('Code').fill(code.toLowerCase().replace('-', ' '))
  await pair.getByRole('button', { name: 'Give access' }).click()
  await expect(page.getByRole('dialog', { name: 'The screen is paired' })).toBeVisible()
  await page.getByRole('button', { name: 'Done' }).click()
  await expect(tunnels(screen)).toBeVisible()
  await expect(rowOf(page, 'NOC, left')).toContainText('The wall')
  await expectAccessible(page)

  // A browser that starts with the pairing page goes on to its own.
  await screen.goto('/screen')
  await expect(tunnels(screen)).toBeVisible()
  await expect(screen).toHaveURL('/wall')
})

test('a screen gets another name, and when its access is taken away it shows a code again', async ({
  page,
  secondPage: screen,
}) => {
  const { path } = await post(page, '/screens/links', { name: 'NOC, left', view: '/', days: 1 })
  await screen.goto(path)
  await expect(tunnels(screen)).toBeVisible()
  await page.goto('/screens')
  await choose(page, 'NOC, left', 'Rename')
  const rename = page.getByRole('dialog', { name: 'Rename the screen' })
  await rename.getByLabel('Name').fill('Lobby')
  await expectAccessible(page)
  await rename.getByRole('button', { name: 'Rename' }).click()
  await choose(page, 'Lobby', 'Take access away')
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  // By the keyboard alone too.
  const palette = page.getByRole('dialog', { name: 'Find anything' })
  await page.keyboard.press('ControlOrMeta+k')
  await palette.getByRole('combobox').fill('lobby')
  await expect(palette.getByRole('option')).toHaveText(['Rename:Lobby', 'Take access away:Lobby'])
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page
    .getByRole('dialog', { name: 'Take the access of Lobby away' })
    .getByRole('button', { name: 'Take access away' })
    .click()
  await expect(page.getByText('No screen has access yet')).toBeVisible()
  await expect(
    screen.getByRole('heading', { name: 'Pair this screen again', level: 1 }),
  ).toBeVisible()
  await expect(shown(screen)).toBeVisible()
})

test('a one-time link leaves the address at once and is good once', async ({
  page,
  secondPage: screen,
  newProfile,
}) => {
  await page.goto('/screens')
  await page.getByRole('button', { name: 'Make a one-time link' }).click()
  const make = page.getByRole('dialog', { name: 'Make a one-time link' })
  await make.getByLabel('Name').fill('Lobby')
  await make.getByLabel('Shows').selectOption({ label: 'Another address of Tandem’s' })
  await make.getByLabel('Address').fill('/?status=healthy')
  await expectAccessible(page)
  await make.getByRole('button', { name: 'Make the link' }).click()
  await page.getByRole('button', { name: 'Show the link' }).click()
  await expectAccessible(page)
  const link = await page.getByRole('dialog').getByRole('code').innerText()
  await page.getByRole('button', { name: 'Done' }).click()

  await screen.goto(link)
  await expect(tunnels(screen)).toBeVisible()
  await expect(screen).toHaveURL(/\/\?status=/)
  expect(screen.url()).not.toContain('#')
  await expect(rowOf(page, 'Lobby')).toBeVisible()

  const other = await newProfile()
  await other.goto(link)
  await expect(other).toHaveURL('/screen')
  await expect(other.getByRole('status')).toContainText('Have the code approved instead')
  await expect(shown(other)).toBeVisible()
  await expectAccessible(other)
})

test('a code is followed by a new one, and a Tandem that is away by words and then a code', async ({
  secondPage: screen,
  tandem,
}) => {
  await screen.clock.install()
  await screen.goto('/screen')
  const first = await shown(screen).innerText()
  await screen.clock.runFor('10:10')
  await expect(shown(screen)).not.toHaveText(first)
  const second = await shown(screen).innerText()
  await screen.clock.resume()

  await tandem.end('SIGKILL')
  await expect(screen.getByRole('status')).toContainText('Tandem does not answer')
  await expectAccessible(screen)
  await tandem.again()
  await expect(shown(screen)).not.toHaveText(second)
  await expect(screen.getByRole('status')).toBeEmpty()
})

test('the code fills a wall and fits a telephone; scanning it leads to the approval', async ({
  page,
  secondPage: screen,
}) => {
  for (const [width, height] of [
    [360, 740],
    [3840, 2160],
  ] as const) {
    await screen.setViewportSize({ width, height })
    await screen.goto('/screen')
    await expect(shown(screen)).toBeVisible()
    expect(await overflow(screen)).toBe(0)
  }
  const size = await shown(screen).evaluate((code) => code.getBoundingClientRect().height)
  expect(size).toBeGreaterThan(200)

  const code = await shown(screen).innerText()
  await page.goto(`/screens#${code}`)
  const pair = page.getByRole('dialog', { name: 'Pair a screen' })
  await expect(pair.getByLabel('Code')).toHaveValue(code)
  await expect(page).toHaveURL(/\/screens\?dialog=pair$/)
  await pair.getByLabel('Name').fill('Wall')
  await pair.getByRole('button', { name: 'Give access' }).click()
  await expect(tunnels(screen)).toBeVisible()
})

test('a code that was scanned is offered once, and not for the next screen', async ({
  page,
  secondPage: screen,
}) => {
  await screen.goto('/screen')
  const code = await shown(screen).innerText()
  await page.goto(`/screens#${code}`)
  const pair = page.getByRole('dialog', { name: 'Pair a screen' })
  const field = pair.getByLabel('Code')
  await expect(field).toHaveValue(code)
  await pair.getByLabel('Name').fill('Wall')
  await pair.getByRole('button', { name: 'Give access' }).click()
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('button', { name: 'Pair a screen' }).click()
  await expect(field).toHaveValue('')
})

test('a browser in which somebody is signed in is not made a screen', async ({ page }) => {
  const { path } = await post(page, '/screens/links', { name: 'Wall', view: '/', days: 1 })
  await page.goto(path)
  await expect(page.getByRole('main')).toContainText('You are signed in here as Ada')
  await expect(page).toHaveURL('/screen')
  await expectAccessible(page)
  await page.getByRole('link', { name: 'Go to the screens' }).click()
  await expect(page.getByText('No screen has access yet')).toBeVisible()
})
