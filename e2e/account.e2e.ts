import type { Page } from '@playwright/test'
import { Secret, TOTP } from 'otpauth'
import type { WhoMethod } from '../src/contract/session.ts'
import { expectAccessible } from './axe.ts'
import { join, overflow, password, post, sayOfSession, setUp, signIn } from './entrance.ts'
import { expect, test } from './fixtures.ts'
import { createGate } from './gate.ts'

/** One's own account: where it is open, and what proves that it is you. */

const sessions = (page: Page) =>
  page.getByRole('list', { name: 'Your sessions' }).getByRole('listitem')
const dialog = (page: Page, name: string) => page.getByRole('dialog', { name })

test.describe('where people sign in', () => {
  test.use({ env: { TANDEM_SIGN_IN: 'on' } })
  test.beforeEach(async ({ page, tandem }) => setUp(page, tandem))

  test('somebody sees where they are signed in, and ends what they do not know', async ({
    page,
    secondPage,
  }) => {
    await signIn(secondPage, 'Ada', password)
    await expect(secondPage.getByRole('row', { name: /lon-branch-core/ })).toBeVisible()
    await page.getByRole('button', { name: 'You: Ada admin' }).click()
    await page.getByRole('menuitem', { name: 'Your account' }).click()
    await expect(page.getByRole('heading', { name: 'Your account', level: 1 })).toBeVisible()
    await expect(sessions(page)).toHaveCount(2)
    await expect(sessions(page).filter({ hasText: 'This browser' })).toHaveCount(1)
    await expect(sessions(page).first()).toContainText('Chrome on Linux')
    await expect(sessions(page).first()).toContainText('from 127.0.0.1')
    await expectAccessible(page)

    await page.getByRole('button', { name: 'End the session of Chrome on Linux' }).click()
    await expect(sessions(page)).toHaveCount(1)
    await expect(secondPage.getByRole('heading', { name: 'Sign in', level: 1 })).toBeVisible()

    await signIn(secondPage, 'Ada', password)
    await expect(secondPage.getByRole('row', { name: /lon-branch-core/ })).toBeVisible()
    await expect(sessions(page)).toHaveCount(2)
    await page.getByRole('button', { name: 'Sign out everywhere else' }).click()
    await expectAccessible(page)
    await dialog(page, 'Sign out everywhere else')
      .getByRole('button', { name: 'Sign out everywhere else' })
      .click()
    await expect(sessions(page)).toHaveCount(1)
    await expect(secondPage.getByRole('heading', { name: 'Sign in', level: 1 })).toBeVisible()
    await sessions(page).getByRole('button', { name: 'Sign out' }).click()
    await expect(page.getByRole('heading', { name: 'Sign in', level: 1 })).toBeVisible()
  })

  test('other sessions can be ended while it is not known which they are, and the reason why not is true', async ({
    page,
    secondPage,
  }) => {
    await signIn(secondPage, 'Ada', password)
    await expect(secondPage.getByRole('row', { name: /lon-branch-core/ })).toBeVisible()
    const { hold, letGo } = createGate()
    await page.route('**/api/me/sessions', async (route) => {
      if (route.request().method() !== 'GET') return route.continue()
      await hold()
      await route.fulfill({ status: 503, body: 'busy' })
    })
    await page.goto('/account')
    const others = page.getByRole('button', { name: 'Sign out everywhere else' })
    await expect(others).toHaveAccessibleDescription('Still loading')
    await letGo()
    await expect(page.getByRole('alert')).toContainText('The server answered 503')
    await others.click()
    const sure = dialog(page, 'Sign out everywhere else')
    await sure.getByRole('button', { name: 'Sign out everywhere else' }).click()
    await expect(secondPage.getByRole('heading', { name: 'Sign in', level: 1 })).toBeVisible()
  })

  test('whoever signs in elsewhere is not told to change a password here', async ({ page }) => {
    let method: WhoMethod = 'local'
    await sayOfSession(page, ({ me }) => ({ me: me && { ...me, method } }))
    await page.goto('/account?dialog=others')
    const sure = dialog(page, 'Sign out everywhere else')
    await expect(sure).toContainText('If somebody else may know your password, change it')
    method = 'oidc'
    await page.reload()
    await expect(sure).toContainText('This browser stays signed in.')
    await expect(sure).not.toContainText('password')
  })

  test('a sign-out without an answer is told once, and as what it is', async ({ page }) => {
    await page.goto('/account')
    await page.route('**/api/sign-out', (route) => route.abort())
    await sessions(page).getByRole('button', { name: 'Sign out' }).click()
    await expect(page.getByRole('alert')).toHaveText(/^Whether you are signed out is not known/)
  })

  test('a new password ends every other session, and only the new one opens the door', async ({
    page,
    secondPage,
  }) => {
    await signIn(secondPage, 'Ada', password)
    await expect(secondPage.getByRole('row', { name: /lon-branch-core/ })).toBeVisible()
    await page.goto('/account')
    await page.getByRole('button', { name: 'Change password' }).click()
    const change = dialog(page, 'Change your password')
    await expect(change.getByLabel('Present password', { exact: true })).toBeFocused()
    await change.getByLabel('Present password', { exact: true }).fill('not the right one at all')
    await change.getByLabel('New password', { exact: true }).fill('too short')
    const submit = change.getByRole('button', { name: 'Change password' })
    await expect(submit).toHaveAttribute('aria-disabled', 'true')
    await change.getByLabel('New password', { exact: true }).fill('quiet harbour seventeen kites')
    await submit.click()
    await expect(change.getByText('The present password is wrong.')).toBeVisible()
    await expectAccessible(page)
    await change.getByLabel('Present password', { exact: true }).fill(password)
    await submit.click()
    await expect(dialog(page, 'Your password is changed')).toBeVisible()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Done' }).click()
    await expect(secondPage.getByRole('heading', { name: 'Sign in', level: 1 })).toBeVisible()
    await signIn(secondPage, 'Ada', password)
    await expect(secondPage.getByText('The name or the password is wrong.')).toBeVisible()
    await signIn(secondPage, 'Ada', 'quiet harbour seventeen kites')
    await expect(secondPage.getByRole('row', { name: /lon-branch-core/ })).toBeVisible()
  })

  test('a second factor is turned on with an app, asked for at the door, and turned off', async ({
    page,
    secondPage,
  }) => {
    await page.goto('/account')
    await page.getByRole('button', { name: 'Turn on' }).click()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Show the key' }).click()
    const confirm = dialog(page, 'Show the key to your app')
    await expect(confirm.getByRole('img', { name: /QR code/ })).toBeVisible()
    await expectAccessible(page)
    const shown = await confirm.getByRole('code').innerText()
    const key = (/[A-Z2-7]{4}(?: [A-Z2-7]{4})+/.exec(shown)?.[0] ?? '').replaceAll(' ', '')
    const app = new TOTP({ secret: Secret.fromBase32(key) })
    await confirm.getByRole('textbox', { name: 'Code' }).fill('000 000')
    await confirm.getByRole('button', { name: 'Turn on' }).click()
    await expect(confirm.getByText('That code does not fit.')).toBeVisible()
    await confirm.getByRole('textbox', { name: 'Code' }).fill(app.generate())
    await confirm.getByRole('button', { name: 'Turn on' }).click()
    await expect(dialog(page, 'The second factor is on')).toBeVisible()
    await page.getByRole('button', { name: 'Done' }).click()
    await expect(page.getByRole('region', { name: 'Second factor' })).toContainText('On')

    // Each code is good once: the one of the step after is the next one.
    await signIn(secondPage, 'Ada', password, app.generate({ timestamp: Date.now() + 30_000 }))
    await expect(secondPage.getByRole('row', { name: /lon-branch-core/ })).toBeVisible()

    await page.getByRole('button', { name: 'Turn off' }).click()
    await expectAccessible(page)
    await dialog(page, 'Turn the second factor off')
      .getByRole('button', { name: 'Turn off' })
      .click()
    await expect(page.getByRole('region', { name: 'Second factor' })).toContainText('Off')
    await signIn(secondPage, 'Ada', password)
    await expect(secondPage.getByRole('row', { name: /lon-branch-core/ })).toBeVisible()
  })

  test('a viewer has an account too, fits on a telephone, and finds it from the palette', async ({
    page,
    secondPage,
  }) => {
    const { path } = await post(page, '/people', { name: 'Vic', role: 'viewer' })
    await join(secondPage, path)
    await secondPage.keyboard.press('ControlOrMeta+k')
    await secondPage.getByRole('combobox').fill('your account')
    await secondPage.keyboard.press('Enter')
    await expect(secondPage.getByText('Sees everything but secrets')).toBeVisible()
    await secondPage.setViewportSize({ width: 360, height: 740 })
    await expect(sessions(secondPage)).toHaveCount(1)
    expect(await overflow(secondPage)).toBe(0)
    await expectAccessible(secondPage)
  })
})

test('where nobody signs in, the log and every page say so loudly, and what would change it', async ({
  page,
  tandem,
}) => {
  expect(tandem.output()).toMatch(
    /"level":40,.*TANDEM_SIGN_IN=off: nobody signs in, and everybody on this machine is admin/,
  )
  for (const path of ['/account', '/people', '/screens']) {
    await page.goto(path)
    const mark = page.getByRole('banner').getByText('Sign-in off')
    await expect(mark).toBeVisible()
    await expect(mark.locator('..')).toHaveAttribute('data-tip', /^Nobody signs in: everybody/)
    await expect(
      page.getByRole('heading', { name: 'Nobody signs in to this Tandem', level: 1 }),
    ).toBeVisible()
  }
  await expectAccessible(page)
})
