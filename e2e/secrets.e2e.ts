import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { password, setUp } from './entrance.ts'
import { expect, test } from './fixtures.ts'
import { holdsSecret } from './watch.ts'

/** What a person sees once must be nowhere afterwards: not in the page, the browser, the log, the disk or the bundle. */

test.use({ env: { TANDEM_SIGN_IN: 'on', LOG_LEVEL: 'debug' } })

function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesIn(path) : [path]))
}

test('S23 password, session, install token and new secret leave no trace', async ({
  page,
  context,
  tandem,
  world,
}) => {
  await page.goto('/')
  const bodies: { path: string; text: string }[] = []
  const reading: Promise<unknown>[] = []
  page.on('response', (response) => {
    const { pathname } = new URL(response.url())
    const keep = async () => bodies.push({ path: pathname, text: await response.text() })
    if (pathname !== '/api/events') reading.push(keep().catch(() => undefined))
  })

  await setUp(page, tandem)
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
  await page.goto('/audit')
  await expect(page.getByText('saw an install token')).toBeVisible()

  const session = (await context.cookies()).map(({ value }) => value)
  const secrets = [password, token, secret, ...session]
  expect(secrets.filter(({ length }) => length < 16)).toEqual([])
  await Promise.all(reading)

  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))
  const files = [...filesIn(tandem.dataDir), ...filesIn(join(import.meta.dirname, '../dist'))]
  const places = [
    { place: 'the page', text: await page.content() },
    { place: 'the address', text: page.url() },
    { place: 'the browser’s storage', text: kept },
    { place: 'the log', text: tandem.output() },
    ...files.map((path) => ({ place: path, text: readFileSync(path, 'latin1') })),
    // The one answer that is the install token itself.
    ...bodies
      .filter(({ path }) => path !== `/api/tunnels/${tunnelId}/token`)
      .map(({ path, text }) => ({ place: path, text })),
  ]
  expect(places.filter(({ text }) => holdsSecret(text, secrets)).map(({ place }) => place)).toEqual(
    [],
  )
  expect(files.some((path) => path.endsWith('tandem.db'))).toBe(true)
  expect(bodies.length).toBeGreaterThan(10)
})
