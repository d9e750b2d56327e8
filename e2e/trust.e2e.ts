import type { Page } from '@playwright/test'
import type { Connector, ConnectorList } from '../src/contract/tunnel.ts'
import { consent } from '../src/proxy/faults/failing-over.ts'
import { setUp } from './entrance.ts'
import { rowOf, short } from './find.ts'
import { expect, test } from './fixtures.ts'

/** What a wall and a person at 3 a.m. rely on: never a stale green, never somebody else's eyes. */

/** So long the page waits for a word of the server before it takes it for lost. */
const silenceMs = 40_000

const notices = (page: Page) => page.getByRole('region', { name: 'Notices' })

async function seeList(page: Page) {
  await expect(rowOf(page, 'lon-branch-core')).toContainText('1 standby')
  await expect(page.getByText('Live updates are on')).toBeAttached()
}

/** Has the connectors of a tunnel told otherwise than they are. */
const relist = (
  page: Page,
  tunnelId: string,
  change: (connector: Connector) => Connector | Connector[],
) =>
  page.route(`**/api/tunnels/${tunnelId}/connectors`, async (route) => {
    const response = await route.fetch()
    const list = (await response.json()) as ConnectorList
    await route.fulfill({
      response,
      json: { ...list, connectors: list.connectors.flatMap(change) },
    })
  })

test('P19 P21 a server that freezes without a word: within 40 s the page says so, and greens are stale', async ({
  page,
  tandem,
}) => {
  await page.clock.install()
  await page.goto('/')
  await seeList(page)
  await expect(page.getByText('Healthy (stale)')).toHaveCount(0)
  tandem.pause()
  await page.clock.runFor(silenceMs + 5_000)
  await expect(notices(page)).toContainText(/Live updates lost .* ago/)
  await expect(page.getByText('Live updates are lost')).toBeAttached()
  await expect(
    rowOf(page, 'lon-branch-core').getByRole('cell', { name: 'Healthy (stale)' }),
  ).toBeVisible()
  tandem.resume()
  await page.clock.runFor(15_000)
  await expect(notices(page)).toBeEmpty()
  await expect(page.getByText('Live updates are on')).toBeAttached()
})

test('what a frozen server last said of connectors is shown as the past: ready, promotable, active', async ({
  page,
  tandem,
  world,
}) => {
  await page.goto('/')
  const { tunnelId, active, standby } = await world.pair('lon-branch-core')
  // As where nothing speaks against anybody.
  await relist(page, tunnelId, (connector) => ({ ...connector, promotion: [] }))
  await page.clock.install()
  await page.goto(`/tunnels/${tunnelId}/connectors/${active.id}`)
  await expect(page).toHaveTitle(new RegExp(`${short(active.id)} active`))
  await page.getByRole('navigation', { name: 'You are here' }).getByText('lon-branch-core').click()
  const card = page.getByRole('article', { name: `Connector ${short(standby.id)}` })
  await expect(card.getByText('Ready', { exact: true })).toBeVisible()
  await page.getByRole('link', { name: `Details of ${short(standby.id)}` }).click()
  const promotion = page.getByRole('region', { name: 'If it were promoted' })
  await expect(promotion).toContainText('Nothing speaks against it.')
  const lane = page.getByText(/now (?:passive|active)$/)
  await expect(lane).toBeAttached()
  const lives = page.getByRole('table', { name: 'Lives of the connections' })
  await expect(lives).toContainText('still open')

  // What is on its way then would wait for the frozen server to the end.
  await page.unrouteAll({ behavior: 'wait' })
  tandem.pause()
  await page.clock.runFor(silenceMs + 5_000)
  await expect(page.getByText('nothing here is shown as good')).toBeVisible()
  await expect(promotion).toContainText(
    'Nothing spoke against it.When last seen; too old to rely on.',
  )
  await expect(page).toHaveTitle(new RegExp(`${short(standby.id)} stale`))
  await expect(lane).toHaveCount(0)
  await expect(page.getByText(', passive when last seen')).toBeAttached()
  await expect(lives).toContainText('seen until ')
  await expect(lives).not.toContainText('still open')
  const timeline = page.getByRole('application', { name: /^HA role timeline/ })
  await timeline.focus()
  await page.keyboard.press('End')
  const told = page.getByRole('status').filter({ hasText: /^Tunnel status: / })
  await expect(told).toContainText(', seen until ')
  await expect(timeline.locator('xpath=..')).not.toContainText('ongoing')
  await page.goBack()
  await expect(card).toContainText('Ready when last seen')
  await expect(card.getByText('Ready', { exact: true })).toHaveCount(0)
})

test('beside a connector that is gone, the others are no younger than their tunnel', async ({
  page,
  tandem,
  world,
}) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await page.clock.install()
  // Asked for every ten seconds, so that a listing without it can be given.
  await page.route('**/api/events*', (route) => route.abort())
  await page.goto(`/tunnels/${tunnelId}/connectors/${standby.id}`)
  const beside = page.getByRole('region', { name: 'Beside it' }).getByRole('listitem')
  await expect(beside).toContainText('Active')
  await relist(page, tunnelId, (connector) => (connector.id === standby.id ? [] : connector))
  await page.clock.runFor(11_000)
  await expect(page.getByText('Cloudflare no longer lists this connector').first()).toBeVisible()
  await expect(beside).not.toContainText('(stale)')
  // What is on its way then would wait for the frozen server to the end.
  await page.unrouteAll({ behavior: 'wait' })
  tandem.pause()
  await page.clock.runFor(silenceMs + 5_000)
  await expect(beside).toContainText('Active (stale)')
})

test('the palette says in words how what it finds stands, and that it is old', async ({
  page,
  tandem,
  world,
}) => {
  const { active } = await world.pair('lon-branch-core')
  await page.clock.install()
  await page.goto('/')
  await seeList(page)
  await page.keyboard.press('ControlOrMeta+k')
  await page.getByRole('dialog').getByRole('combobox').fill('lon-branch-core')
  const found = page.getByRole('dialog').getByRole('option')
  await expect(found.filter({ hasText: 'Healthy' })).toHaveAccessibleName(
    /^lon-branch-core Healthy/,
  )
  await expect(found.filter({ hasText: short(active.id) })).toHaveAccessibleName(
    / of lon-branch-core Active /,
  )
  for (const word of ['Healthy', 'Active', 'Passive'])
    await expect(found.getByText(word, { exact: true })).toBeVisible()
  tandem.pause()
  await page.clock.runFor(silenceMs + 5_000)
  for (const word of ['Healthy', 'Active', 'Passive'])
    await expect(found.getByText(`${word} (stale)`, { exact: true })).toBeVisible()
})

test('a failover that nobody can follow any more does not run on: not on the wall, the list or its tunnel’s page', async ({
  page,
  context,
  tandem,
  world,
}) => {
  await page.goto('/')
  await world.failovers({ mode: 'never' })
  const { tunnelId, active, standby } = await world.pair('lon-branch-core')
  const answer = await page.request.post(`/api/tunnels/${tunnelId}/failovers`, {
    headers: { 'X-Requested-By': 'tandem', 'Idempotency-Key': crypto.randomUUID() },
    data: { client_id: standby.id, expected_active_id: active.id, ...consent },
  })
  expect(answer.status(), await answer.text()).toBe(202)
  const wall = await context.newPage()
  const other = await context.newPage()
  for (const each of [page, wall, other]) await each.clock.install()
  await page.goto('/')
  await wall.goto('/wall')
  await other.goto(`/tunnels/${tunnelId}`)
  const tile = wall.getByRole('main').getByRole('listitem').filter({ hasText: 'lon-branch-core' })
  const strip = other.getByRole('region', { name: 'Failover of this tunnel' })
  await expect(rowOf(page, 'lon-branch-core')).toContainText(/Promoting · \d+ s/)
  await expect(tile).toContainText(/Failing over \d+ s/)
  await expect(strip).toContainText('is failing over')

  tandem.pause()
  for (const each of [page, wall, other]) await each.clock.runFor(silenceMs + 5_000)
  await expect(tile).toContainText('was failing over')
  await expect(tile).not.toContainText('Failing over')
  await expect(rowOf(page, 'lon-branch-core')).toContainText('Was failing over')
  await expect(rowOf(page, 'lon-branch-core')).not.toContainText('Promoting')
  // Without the name of whoever began it: there is no room for both.
  await expect(rowOf(page, 'lon-branch-core').getByText('Was failing over')).toHaveText(
    'Was failing over',
  )
  await expect(strip).toContainText('was failing over')
  await expect(strip).not.toContainText(/\d s/)
})

test('P20 a laptop that slept for a night shows the present within 5 s of waking', async ({
  page,
  context,
  world,
}) => {
  await page.clock.install()
  await page.goto('/')
  await seeList(page)
  const { tunnelId, active, standby } = await world.pair('lon-branch-core')
  await expect(rowOf(page, 'lon-branch-core')).toContainText(short(active.id))
  // Asleep: no timer fires, the connection is gone, and the world goes on.
  await context.setOffline(true)
  await world.swap(tunnelId)
  await page.clock.fastForward('08:00:00')
  await context.setOffline(false)
  const wokeAt = Date.now()
  await page.clock.runFor(5_000)
  await expect(rowOf(page, 'lon-branch-core')).toContainText(short(standby.id))
  await expect(notices(page)).toBeEmpty()
  // The poller itself looks every 5 s; a slow machine needs its own time to draw.
  expect(Date.now() - wokeAt).toBeLessThan(20_000)
})

test('F19 the dialog says which tunnel, from which to which connector, where, and how old that is', async ({
  page,
  world,
}) => {
  const { tunnelId, active, standby } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('heading').first()).toContainText('lon-branch-core')
  const handover = dialog.getByRole('figure')
  await expect(handover).toHaveAccessibleName(
    new RegExp(`From ${short(active.id)}, .*to ${short(standby.id)}, `),
  )
  for (const { colos, id } of [active, standby]) {
    await expect(handover).toContainText(short(id))
    await expect(handover).toContainText(
      new RegExp(colos.map((colo) => colo.slice(0, 3)).join('|'), 'i'),
    )
  }
  // Enter does the safe thing: the dialog closes and nothing is sent.
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  expect((await world.requests()).filter(({ method }) => method === 'PUT')).toEqual([])

  // Where no address moves, it says that only one direction will follow.
  const other = await world.pair('fra-dc2-edge')
  await page.goto(`/tunnels/${other.tunnelId}?dialog=failover`)
  await expect(dialog).toContainText('Outbound traffic of the site does not follow by itself')
})

test.describe('signed in', () => {
  test.use({ env: { TANDEM_SIGN_IN: 'on' } })

  test('S24 after signing out, going back shows nothing, and the browser has kept nothing', async ({
    page,
    context,
    tandem,
    world,
  }) => {
    await setUp(page, tandem)
    const { tunnelId } = await world.pair('lon-branch-core')
    await page.goto(`/tunnels/${tunnelId}`)
    await expect(page.getByRole('heading', { name: 'lon-branch-core', level: 1 })).toBeVisible()
    await page.getByRole('button', { name: 'You: Ada admin' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await expect(page.getByRole('heading', { name: 'Sign in', level: 1 })).toBeVisible()

    await page.goBack()
    await expect(page.getByRole('heading', { name: 'Sign in', level: 1 })).toBeVisible()
    await expect(page.getByText('lon-branch-core')).toHaveCount(0)
    const cookies = (await context.cookies()).filter(({ name }) => name.endsWith('sid'))
    expect(cookies).toEqual([])
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))
    expect(kept).not.toContain('lon-branch')
    expect(kept).not.toContain('Ada')
  })

  test('S7 the session’s cookie is out of reach of scripts and of other sites', async ({
    page,
    context,
    tandem,
  }) => {
    await setUp(page, tandem)
    const cookies = await context.cookies()
    expect(cookies.length).toBeGreaterThan(0)
    expect(cookies.filter(({ httpOnly, sameSite }) => !httpOnly || sameSite !== 'Lax')).toEqual([])
    expect(await page.evaluate(() => document.cookie)).toBe('')
  })
})
