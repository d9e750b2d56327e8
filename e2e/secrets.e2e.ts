import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { password, post, setUp } from './entrance.ts'
import { expect, test } from './fixtures.ts'
import { holdsSecret } from './watch.ts'

/** What a person sees once must be nowhere afterwards: not in the page, the browser, the log, the disk or the bundle. */

test.use({
  env: async ({ world }, use) =>
    use({ TANDEM_SIGN_IN: 'on', LOG_LEVEL: 'debug', CLOUDFLARE_READ_TOKEN: world.readToken }),
})

function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesIn(path) : [path]))
}

/** All that a page is told from now on, by question, events included. */
async function hear(page: Page) {
  const told: { place: string; text: string }[] = []
  const reading: Promise<unknown>[] = []
  page.on('response', (response) => {
    const { pathname } = new URL(response.url())
    const place = `${response.request().method()} ${pathname}`
    const keep = async () => told.push({ place, text: await response.text() })
    if (pathname !== '/api/events') reading.push(keep().catch(() => undefined))
  })
  const session = await page.context().newCDPSession(page)
  session.on('Network.eventSourceMessageReceived', ({ data }) =>
    told.push({ place: 'an event', text: data }),
  )
  await session.send('Network.enable')
  return async () => {
    await Promise.all(reading)
    return told
  }
}

const cookiesOf = async (page: Page) => (await page.context().cookies()).map(({ value }) => value)
const fragmentOf = (path: string) => path.split('#')[1] ?? ''

test('S23 passwords, tokens, secrets, links and what a session or a screen is known by leave no trace', async ({
  page,
  secondPage: screen,
  tandem,
  world,
}) => {
  await page.goto('/')
  const heard = [await hear(page), await hear(screen)]
  await setUp(page, tandem)
  const { path: invitation } = await post(page, '/people', { name: 'Ben', role: 'viewer' })
  const { path: link } = await post(page, '/screens/links', { name: 'NOC', view: '/', days: 1 })
  await screen.goto(link)
  await expect(screen.getByRole('row', { name: /lon-branch-core/ })).toBeVisible()

  const { tunnelId } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}?dialog=replica`)
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Fetch token' }).click()
  await dialog.getByRole('button', { name: 'Show the token' }).click()
  const command = await dialog.getByRole('code').last().innerText()
  const token = /new (\S+)/.exec(command)?.[1] ?? ''
  await page.goto(`/tunnels/${tunnelId}?dialog=secret`)
  await dialog.getByRole('button', { name: 'Rotate secret' }).click()
  await dialog.getByRole('button', { name: 'Show the new secret' }).click()
  const secret = await dialog.getByRole('code').innerText()
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(dialog).toBeHidden()

  const places = [{ place: 'the screen', text: await screen.content() }]
  for (const [path, what] of [
    ['/people', 'Ben may join'],
    ['/screens', 'NOC'],
    ['/audit', 'saw an install token'],
  ] as const) {
    await page.goto(path)
    await expect(page.getByText(what).first()).toBeVisible()
    places.push({ place: path, text: await page.content() })
  }
  const sessions = [...(await cookiesOf(page)), ...(await cookiesOf(screen))]
  // The session’s, the known device’s and the screen’s.
  expect(sessions).toHaveLength(3)
  const links = [fragmentOf(invitation), fragmentOf(link)]
  const tokens = [world.token, world.readToken, token]
  const secrets = [password, secret, ...sessions, ...links, ...tokens]
  expect(secrets.filter(({ length }) => length < 16)).toEqual([])

  for (const each of [page, screen]) {
    const kept = await each.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))
    places.push({ place: 'a browser’s storage', text: kept })
    places.push({ place: 'an address', text: each.url() })
  }
  places.push({ place: 'the log', text: tandem.output() })
  const files = [...filesIn(tandem.dataDir), ...filesIn(join(import.meta.dirname, '../dist'))]
  for (const path of files) places.push({ place: path, text: readFileSync(path, 'latin1') })
  const told = (await Promise.all(heard.map((all) => all()))).flat()
  const holding = [...places, ...told].filter(({ text }) => holdsSecret(text, secrets))
  // Each in the one answer that is made of it.
  expect(holding.map(({ place }) => place).toSorted()).toEqual([
    `GET /api/tunnels/${tunnelId}/token`,
    'POST /api/people',
    'POST /api/screens/links',
  ])
  expect(files.some((path) => path.endsWith('tandem.db'))).toBe(true)
  expect(told.filter(({ place }) => place === 'an event').length).toBeGreaterThan(1)
})
