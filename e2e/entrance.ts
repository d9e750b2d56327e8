import { expect, type Page } from '@playwright/test'
import type { SessionAnswer } from '../src/contract/session.ts'
import type { Tandem } from './tandem.ts'

/** How stories get somebody in. */

export const password = 'mossy lantern quietly orbits'

const setupCode = (tandem: Tandem) => /the code: ([0-9A-Z-]+)/.exec(tandem.output())?.[1] ?? ''

/** Makes Ada the first admin, as whoever can read the log does; the page stands at the list then. */
export async function setUp(page: Page, tandem: Tandem) {
  await page.goto('/')
  await page.getByLabel('Set-up code').fill(setupCode(tandem))
  await page.getByLabel('Your name').fill('Ada')
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Make the first admin' }).click()
  await expect(page.getByRole('row', { name: /lon-branch-core/ })).toBeVisible()
}

/** As the page itself would ask, signed in as it is. */
export const post = <T = { path: string; person: { id: string } }>(
  page: Page,
  path: string,
  body: unknown,
) =>
  page.evaluate(
    async ([path, body]) => {
      const headers = { 'content-type': 'application/json', 'x-requested-by': 'tandem' }
      const answer = await fetch(`/api${path}`, { method: 'POST', headers, body })
      return (await answer.json()) as T
    },
    [path, JSON.stringify(body)] as const,
  )

/** Whoever has the link chooses the usual password and is in. */
export async function join(page: Page, link: string) {
  await page.goto(link)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Set the password' }).click()
  await expect(page.getByRole('row', { name: /lon-branch-core/ })).toBeVisible()
}

/** Signs in as in a new browser, with a code where one is asked for. */
export async function signIn(page: Page, name: string, secret: string, code?: string) {
  await page.context().clearCookies()
  await page.goto('/sign-in')
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Password', { exact: true }).fill(secret)
  await page.getByRole('button', { name: 'Sign in' }).click()
  if (code !== undefined) {
    await page.getByLabel('Code').fill(code)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }
}

/** Says other things of the session than Tandem does, as of somebody whom another system vouches for. */
export const sayOfSession = (
  page: Page,
  change: (session: SessionAnswer) => Partial<SessionAnswer>,
) =>
  page.route('**/api/session', async (route) => {
    const json = (await (await route.fetch()).json()) as SessionAnswer
    await route.fulfill({ json: { ...json, ...change(json) } })
  })

/** How much wider the page is than its window. */
export const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
