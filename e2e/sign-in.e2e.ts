import { join } from 'node:path'
import type { Page, Route } from '@playwright/test'
import Database from 'better-sqlite3'
import { Secret, TOTP } from 'otpauth'
import { acceptRisks } from './accept.ts'
import { expectAccessible } from './axe.ts'
import { password, post, sayOfSession, setUp } from './entrance.ts'
import { short } from './find.ts'
import { bare, expect, test } from './fixtures.ts'
import { startTandem, type Tandem } from './tandem.ts'

/** Who comes in, with what, and how they are shown out. */

test.use({ env: { TANDEM_SIGN_IN: 'on' } })

test('whoever can read the log makes the first admin, signs out, and comes back to where they were', async ({
  page,
  tandem,
  world,
}) => {
  await page.goto('/')
  await expect(page).toHaveURL('/setup')
  await expectAccessible(page)
  await page.getByLabel('Set-up code').fill('NOT-THE-CODE')
  await page.getByLabel('Your name').fill('Ada')
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Make the first admin' }).click()
  await expect(page.getByText('That is not the code.')).toBeVisible()
  await setUp(page, tandem)

  const signOut = async () => {
    await page.getByRole('button', { name: 'You: Ada admin' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
  }
  await page.route('**/api/sign-out', (route) => route.abort(), { times: 1 })
  await signOut()
  await expect(page.getByText('Whether you are signed out is not known')).toBeVisible()
  await signOut()
  await expect(page.getByRole('heading', { name: 'Sign in', level: 1 })).toBeVisible()
  await expectAccessible(page)

  const { id } = await world.tunnel('lon-branch-core')
  await page.goto(`/tunnels/${id}?range=7d`)
  await page.getByLabel('Name').fill('ada')
  await page.getByLabel('Password', { exact: true }).fill('not the right one')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText('The name or the password is wrong.')).toBeVisible()
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'lon-branch-core', level: 1 })).toBeVisible()
  await expect(page).toHaveURL(`/tunnels/${id}?range=7d`)
})

test('somebody who is invited chooses a password, and is shown out when an admin says so', async ({
  page,
  secondPage,
  tandem,
}) => {
  await setUp(page, tandem)
  const { path, person } = await post(page, '/people', { name: 'Vic', role: 'viewer' })
  await secondPage.goto(path)
  await expect(secondPage.getByText('You are Vic, with the role viewer.')).toBeVisible()
  await expect(secondPage).toHaveURL('/invitation')
  await expectAccessible(secondPage)
  await secondPage.getByLabel('Password', { exact: true }).fill('passwordpassword')
  await secondPage.getByRole('button', { name: 'Set the password' }).click()
  await expect(secondPage.getByText('among those that are tried first')).toBeVisible()
  await secondPage.getByLabel('Password', { exact: true }).fill(password)
  await secondPage.getByRole('button', { name: 'Set the password' }).click()
  await expect(secondPage.getByRole('row', { name: /lon-branch-core/ })).toBeVisible()
  await expect(secondPage.getByRole('button', { name: 'Create tunnel' })).toHaveAttribute(
    'aria-disabled',
    'true',
  )

  await page.evaluate(async (personId) => {
    const headers = { 'content-type': 'application/json', 'x-requested-by': 'tandem' }
    const body = JSON.stringify({ disabled: true })
    await fetch(`/api/people/${personId}`, { method: 'PATCH', headers, body })
  }, person.id)
  await expect(secondPage.getByRole('heading', { name: 'Sign in', level: 1 })).toBeVisible()
})

test('a failover that needs a fresh sign-in asks for it above its dialog, hears none of what is typed there, and goes on by itself', async ({
  page,
  tandem,
  world,
}) => {
  await setUp(page, tandem)
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await acceptRisks(page)
  const database = new Database(join(tandem.dataDir, 'tandem.db'))
  database.exec('update sessions set proven_at = proven_at - 7200000')
  database.close()
  const failover = page.getByRole('dialog', { name: 'Fail over lon-branch-core' })
  await failover.getByRole('button', { name: `Promote ${short(standby.id)}` }).click()
  const again = page.getByRole('dialog', { name: 'Sign in once more' })
  await expect(again).toBeVisible()
  await expectAccessible(page)
  const secret = again.getByLabel('Password', { exact: true })
  await secret.pressSequentially('12 not the right one')
  await expect(secret).toHaveValue('12 not the right one')
  await again.getByRole('button', { name: 'Show the password' }).press('1')
  for (const risk of await failover.getByRole('group').getByRole('checkbox').all())
    await expect(risk).toBeChecked()
  await again.getByRole('button', { name: 'Go on' }).click()
  await expect(again.getByText('The name or the password is wrong.')).toBeVisible()
  await secret.fill(password)
  await again.getByRole('button', { name: 'Go on' }).click()
  await expect(page.getByRole('dialog').getByText('Started by Ada')).toBeVisible()
  await expect(again).toBeHidden()
})

test('whoever is to sign in once more with a code is told that it is missing', async ({
  page,
  tandem,
  world,
}) => {
  await setUp(page, tandem)
  proveLongAgo(tandem)
  const key = new Secret().base32
  const database = new Database(join(tandem.dataDir, 'tandem.db'))
  database.prepare('update people set totp_secret = ?').run(key)
  database.close()
  const { id } = await world.tunnel('lon-branch-core')
  await page.goto(`/tunnels/${id}?dialog=replica`)
  const replica = page.getByRole('dialog', { name: 'Add a replica to lon-branch-core' })
  await replica.getByRole('button', { name: 'Fetch token' }).click()
  const again = page.getByRole('dialog', { name: 'Sign in once more' })
  const goOn = again.getByRole('button', { name: 'Go on' })
  await again.getByLabel('Password', { exact: true }).fill(password)
  await goOn.click()
  await expect(again.getByLabel('Code')).toBeFocused()
  await expect(goOn).toHaveAccessibleDescription('Type the code.')
  await again.getByLabel('Code').fill(new TOTP({ secret: Secret.fromBase32(key) }).generate())
  await goOn.click()
  await expect(replica.getByRole('button', { name: 'Show the token' })).toBeVisible()
})

const outside = {
  type: 'urn:tandem:problem:sign-in-needed',
  title: 'Sign-in needed',
  status: 401,
  detail: 'This needs a sign-in.',
}

test('what was sent with the cookie of before a proof, and is refused for it, throws nobody out', async ({
  page,
  tandem,
}) => {
  await setUp(page, tandem)
  await expect(page.getByRole('row', { name: /lon-branch-core/ })).toBeVisible()
  const refused = '**/api/tunnels/*/connectors'
  await page.route(refused, (route) => route.fulfill({ status: 401, json: outside }))
  await page.evaluate(() => {
    document.documentElement.dataset.isThere = 'yes'
  })
  const asked = page.waitForResponse('**/api/session')
  await page.getByRole('link', { name: 'lon-branch-core', exact: true }).click()
  await asked
  const again = page.getByRole('button', { name: 'Try again' })
  await expect(again).toBeVisible()
  await page.unroute(refused)
  await again.click()
  await expect(page.getByRole('heading', { name: 'lon-branch-core', level: 1 })).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('data-is-there', 'yes')
})

function proveLongAgo({ dataDir }: Tandem) {
  const database = new Database(join(dataDir, 'tandem.db'))
  database.exec('update sessions set proven_at = proven_at - 7200000')
  database.close()
}

/** Ada's account asks for a fresh sign-in, above the dialog of what she is about to do. */
async function beAskedAgain(page: Page, tandem: Tandem) {
  await setUp(page, tandem)
  await page.goto('/account')
  proveLongAgo(tandem)
  await page.getByRole('button', { name: 'Turn on' }).click()
  await page.getByRole('button', { name: 'Show the key' }).click()
  const again = page.getByRole('dialog', { name: 'Sign in once more' })
  await expect(again).toBeVisible()
  return async () => {
    await again.getByLabel('Password', { exact: true }).fill(password)
    await again.getByRole('button', { name: 'Go on' }).click()
    await expect(page.getByRole('dialog', { name: 'Show the key to your app' })).toBeVisible()
  }
}

test('what was asked while a sign-in was renewed is asked once more, and nobody hears of its refusal', async ({
  page,
  tandem,
}) => {
  const prove = await beAskedAgain(page, tandem)
  const told: number[] = []
  const held: Route[] = []
  await page.route('**/api/me/sessions', async (route) => {
    if (held.push(route) === 1) return
    told.push(await page.getByText(outside.detail).count())
    await route.continue()
  })
  await expect.poll(() => held.length).toBe(1)
  await prove()
  await held[0]?.fulfill({ status: 401, json: outside })
  await expect.poll(() => told.length).toBe(1)
  expect(told).toEqual([0])
})

test('whoever is to sign in once more keeps what waits for it, though what stands in front of Tandem wants it too', async ({
  page,
  tandem,
}) => {
  const prove = await beAskedAgain(page, tandem)
  let asked = 0
  const wall = '**/api/**'
  // As Cloudflare Access does, once somebody has signed out of it in another tab.
  await page.route(wall, async (route) => {
    await route.fulfill({ status: 302, headers: { location: '/cdn-cgi/access/login' } })
    if (new URL(route.request().url()).pathname === '/api/session') asked += 1
  })
  await expect.poll(() => asked).toBeGreaterThan(0)
  await page.unroute(wall)
  await prove()
})

test('“Go on” before somebody has signed in elsewhere keeps what waits too', async ({
  page,
  tandem,
  world,
}) => {
  await setUp(page, tandem)
  proveLongAgo(tandem)
  // As for somebody whom Cloudflare Access vouches for.
  await sayOfSession(page, ({ me }) => ({ me: me && { ...me, method: 'access' } }))
  const { id } = await world.tunnel('lon-branch-core')
  await page.goto(`/tunnels/${id}?dialog=replica`)
  const replica = page.getByRole('dialog', { name: 'Add a replica to lon-branch-core' })
  await replica.getByRole('button', { name: 'Fetch token' }).click()
  const again = page.getByRole('dialog', { name: 'Sign in once more' })
  await expect(again).toBeVisible()
  const wall = '**/api/**'
  await page.route(wall, (route) =>
    route.fulfill({ status: 302, headers: { location: '/cdn-cgi/access/login' } }),
  )
  await again.getByRole('button', { name: 'Go on' }).click()
  await expect(again).toContainText('Sign in in the other tab first')
  await expectAccessible(page)
  await page.unroute(wall)
  await again.getByRole('button', { name: 'Go on' }).click()
  await expect(again).toBeHidden()
  // Nobody has signed in meanwhile, as Tandem sees it.
  await expect(replica.getByRole('alert')).toBeVisible()
})

test('whoever the identity provider refuses when they sign in once more reads why, and may try again or go back', async ({
  page,
  tandem,
}) => {
  await setUp(page, tandem)
  await sayOfSession(page, ({ me, signIn }) => ({
    me: me && { ...me, method: 'oidc' },
    signIn: { ...signIn, methods: ['oidc'] },
  }))
  await page.goto('/sign-in?refused=sign-in-refused')
  await expect(page.getByText('You were not let in')).toBeVisible()
  await expect(page.getByText('You are still signed in as Ada.')).toBeVisible()
  await expectAccessible(page)
  // Without it the provider would not ask, and nothing would be proved.
  await expect(page.getByRole('link', { name: 'Sign in with your organisation' })).toHaveAttribute(
    'href',
    /again=true/,
  )
  await page.getByRole('link', { name: 'Open Tandem' }).click()
  await expect(page).toHaveURL('/')
})

test('the set-up sends nobody to sign in who is in and would be led to the list', async ({
  page,
  tandem,
}) => {
  await setUp(page, tandem)
  await sayOfSession(page, ({ signIn }) => ({
    signIn: { ...signIn, methods: ['local', 'oidc'], needsSetup: true, onlySetup: false },
  }))
  await page.goto('/setup')
  await expect(page.getByRole('heading', { name: 'Set Tandem up', level: 1 })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Make the first admin' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Sign in' })).toHaveCount(0)
})

test('whom Cloudflare Access lets in as a viewer can make the first admin, and sign in as another', async ({
  page,
  tandem,
}) => {
  await setUp(page, tandem)
  let needsSetup = true
  await sayOfSession(page, ({ me }) => ({
    me: me && { ...me, method: 'access', role: 'viewer' },
    signIn: { methods: ['local', 'access'], needsSetup, onlySetup: false },
  }))
  await page.goto('/setup')
  await expect(page.getByRole('heading', { name: 'Set Tandem up', level: 1 })).toBeVisible()
  await page.getByRole('link', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name: 'Sign in', level: 1 })).toBeVisible()
  await expect(page.getByText('You are signed in as Ada.')).toBeVisible()
  await expect(page.getByText('did not say who you are')).toBeHidden()
  await expectAccessible(page)
  needsSetup = false
  await page.goto('/setup')
  await expect(page).toHaveURL('/')
})

test('a page that nobody touches says so with all that it asks, and a hand is heard at once', async ({
  page,
  tandem,
}) => {
  await setUp(page, tandem)
  await page.clock.install()
  const summary = () => page.waitForRequest('**/api/history/summary?*')
  const first = summary()
  await page.reload()
  expect(await (await first).headerValue('tandem-idle')).toBeNull()
  await expect(page.getByRole('row', { name: /lon-branch-core/ })).toBeVisible()
  const byItself = summary()
  await page.clock.runFor('10:10')
  expect(await (await byItself).headerValue('tandem-idle')).toBe('1')
  const byHand = page.waitForRequest('**/api/tunnels/*/connectors')
  // A hand that comes to the mouse moves it more than once.
  await page.mouse.move(5, 5)
  await page.getByRole('link', { name: 'lon-branch-core', exact: true }).click()
  expect(await (await byHand).headerValue('tandem-idle')).toBeNull()
})

bare('in the demo every role can be tried', async ({ page }) => {
  const tandem = await startTandem({})
  await page.goto(tandem.address)
  await page.getByRole('button', { name: 'You: local admin admin' }).click()
  await page.getByRole('menuitemradio', { name: 'Try as viewer' }).click()
  await expect(page.getByRole('button', { name: 'You: demo viewer viewer' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Create tunnel' })).toHaveAttribute(
    'aria-disabled',
    'true',
  )
  await tandem.end()
  tandem.remove()
})
