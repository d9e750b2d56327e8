import type { Page } from '@playwright/test'
import { acceptRisks } from './accept.ts'
import { expectAccessible } from './axe.ts'
import { ageOf, rowOf, short } from './find.ts'
import { expect, test } from './fixtures.ts'
import { type Relay, startRelay } from './relay.ts'
import type { World } from './world.ts'

/** Bad days: Cloudflare in every broken shape, a token that is gone, a stream that breaks. */

const everyCall = { path: '/warp_connector' }
const notices = (page: Page) => page.getByRole('region', { name: 'Notices' })

/** The page has its list and is live before anything breaks. */
async function seeList(page: Page) {
  await expect(rowOf(page, 'lon-branch-core')).toContainText('1 standby')
  await expect(page.getByText('Live updates are on')).toBeAttached()
}

/** What a person can still do: read the last state, search it, open a tunnel and come back. */
async function expectUsable(page: Page) {
  await page.getByRole('searchbox', { name: /^Search tunnels/ }).fill('lon-branch')
  await expect(page.getByRole('rowheader')).toHaveCount(1)
  await expect(rowOf(page, 'lon-branch-core')).toContainText('1 standby')
  await page.getByRole('link', { name: 'lon-branch-core', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'lon-branch-core', level: 1 })).toBeVisible()
  await page.goBack()
  await expect(rowOf(page, 'lon-branch-core')).toBeVisible()
}

type Fault = Parameters<World['breakWith']>[0]
const broken: { row: string; title: string; fault: Fault; says: RegExp; withinMs: number }[] = [
  {
    row: 'U4',
    title: 'Cloudflare answers 500',
    fault: { kind: 'status', status: 500, match: everyCall },
    says: /Cloudflare answered 500/,
    withinMs: 40_000,
  },
  {
    row: 'U1 U2',
    title: 'Cloudflare answers 429',
    fault: { kind: 'rate-limit', retryAfter: 300, match: everyCall },
    says: /Cloudflare refuses calls.*Again at \d/,
    withinMs: 15_000,
  },
  {
    row: 'U8',
    title: 'Cloudflare answers an HTML page',
    fault: { kind: 'html', match: everyCall },
    says: /what came was an HTML page/,
    withinMs: 40_000,
  },
  {
    row: 'U7',
    title: 'Cloudflare’s answer is cut off',
    fault: { kind: 'truncate', at: 40, match: everyCall },
    says: /what came was unreadable/,
    withinMs: 40_000,
  },
  {
    row: 'U6',
    title: 'Cloudflare does not answer at all',
    fault: { kind: 'hang', match: everyCall },
    says: /no complete answer within 15 s/,
    withinMs: 70_000,
  },
]

for (const { row, title, fault, says, withinMs } of broken) {
  test(`${row} when ${title}, the page says so and stays usable`, async ({ page, world }) => {
    await page.goto('/')
    test.setTimeout(60_000 + withinMs)
    await seeList(page)
    await world.breakWith(fault)
    await expect(notices(page)).toContainText(says, { timeout: withinMs })
    await expectUsable(page)
  })
}

test('U4 when Cloudflare is well again, the notice goes and the ages are young', async ({
  page,
  world,
}) => {
  await page.goto('/')
  await seeList(page)
  await world.breakWith({ kind: 'status', status: 503, match: everyCall })
  await expect(notices(page)).toContainText('Cloudflare answered 503', { timeout: 40_000 })
  await world.heal()
  await expect(notices(page)).toBeEmpty({ timeout: 45_000 })
  await expect(ageOf(page, 'lon-branch-core')).toHaveText(/^\d s$/, { timeout: 15_000 })
})

test('old data is never shown as fresh: the mark loses its colour and says that it is stale', async ({
  page,
  world,
}) => {
  await page.goto('/')
  await seeList(page)
  await expect(page.getByText('Healthy (stale)')).toHaveCount(0)
  await world.breakWith({ kind: 'hang', match: everyCall })
  await expect(
    rowOf(page, 'lon-branch-core').getByRole('cell', { name: 'Healthy (stale)' }),
  ).toBeVisible()
})

test('U3 U22 one tunnel that cannot be read does not hide the others; the last calls are kept for failovers', async ({
  page,
  world,
}) => {
  await page.goto('/')
  await seeList(page)
  const { id } = await world.tunnel('dub-dc1-edge')
  await world.breakWith({ kind: 'status', status: 502, match: { path: `${id}/connections` } })
  await expect(rowOf(page, 'dub-dc1-edge')).toContainText('Cloudflare answered 502')
  // Nor does it while it goes on.
  const failed = async () => (await world.requests()).filter(({ status }) => status === 502).length
  await expect.poll(failed).toBeGreaterThan(2)
  await expect(notices(page)).toBeEmpty()
  await expect(rowOf(page, 'lon-branch-core')).not.toContainText('Cloudflare answered')

  await world.heal()
  await world.breakWith({ kind: 'ratelimit-header', raw: '"default";r=3;t=120' })
  const asked = async (path: string) => (await page.request.get(`/api${path}`)).json()
  await expect.poll(async () => (await asked('/session')).poller.budget.remaining).toBe(3)
  const { length } = await world.requests()
  expect(await asked(`/tunnels/${id}/connectors?fresh=true`)).toMatchObject({
    type: 'urn:tandem:problem:budget-spent',
  })
  expect(await world.requests()).toHaveLength(length)
})

for (const kind of ['unknown-enums', 'nulls', 'missing-fields', 'duplicate-ids'] as const) {
  test(`U10 U11 U12 U13 answers with ${kind.replace('-', ' ')} break no page`, async ({
    page,
    world,
  }) => {
    await page.goto('/')
    await seeList(page)
    const { id } = await world.tunnel('lon-branch-core')
    await world.breakWith({ kind, match: everyCall })
    // Two listings later, all of it has arrived.
    await expect
      .poll(async () => (await world.requests()).filter(isListing).length)
      .toBeGreaterThan(4)
    await expect(page.getByRole('heading', { name: /^Tunnels/ })).toBeVisible()
    await expect(page.getByRole('rowheader')).not.toHaveCount(0)
    await page.goto(`/tunnels/${id}`)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(page.getByText('Something broke')).toHaveCount(0)
  })
}
const isListing = ({ path }: { path: string }) => path.endsWith('/warp_connector')

test('U11 a status that Tandem does not know is shown in Cloudflare’s own word', async ({
  page,
  world,
}) => {
  await page.goto('/')
  await seeList(page)
  await world.breakWith({ kind: 'unknown-enums', match: everyCall })
  await expect(page.getByRole('button', { name: /^[1-9]\d* Unknown/ }).first()).toBeVisible()
  await expect(page.getByRole('cell', { name: 'Healthy', exact: true })).toHaveCount(0)
})

test('U17 a revoked token is said with what to do, and watching goes on once it works', async ({
  page,
  world,
}) => {
  await page.goto('/')
  await seeList(page)
  await world.revokeToken()
  await expect(notices(page)).toContainText(
    /does not accept the API token.*set it as CLOUDFLARE_API_TOKEN/,
  )
  await expectUsable(page)
  await world.restoreToken()
  await expect(notices(page)).toBeEmpty()
})

test('U18 with a token that may only read, a change is refused with the permission that is missing', async ({
  page,
  world,
  tandem,
}) => {
  await page.goto('/')
  await seeList(page)
  await tandem.end()
  await tandem.again({ CLOUDFLARE_API_TOKEN: world.readToken })
  await expect(page.getByText('Live updates are on')).toBeAttached()
  await page.getByRole('button', { name: 'Create tunnel' }).click()
  const dialog = page.getByRole('dialog', { name: 'Create a tunnel' })
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Dublin office')
  await dialog.getByRole('button', { name: 'Create tunnel' }).click()
  await expect(dialog.getByRole('alert')).toContainText('WARP Write')
  expect((await world.requests()).filter(({ method }) => method === 'POST')).toHaveLength(1)
})

test('U18 a failover that the token may not do is said before anybody tries, until the token is checked again', async ({
  page,
  world,
}) => {
  await page.goto('/')
  await seeList(page)
  const { standby } = await world.pair('lon-branch-core')
  await world.breakWith({ kind: 'status', status: 403, code: 10_000, match: { method: 'POST' } })
  await page.getByRole('button', { name: 'Create tunnel' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Dublin office')
  await dialog.getByRole('button', { name: 'Create tunnel' }).click()
  await expect(dialog.getByRole('alert')).toContainText('WARP Write')
  await world.heal()
  await dialog.getByRole('button', { name: 'Cancel' }).click()

  await page.getByRole('link', { name: 'Fail over lon-branch-core' }).click()
  await expect(dialog).toContainText('lacks “Cloudflare One Connector: WARP Write”')
  await expect(dialog.getByRole('button', { name: /^Promote/ })).toHaveAttribute(
    'aria-disabled',
    'true',
  )
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: /^Polling/ }).click()
  await page.getByRole('button', { name: 'Check again' }).click()
  await expect(page.getByText('Checked: it works.')).toBeVisible()
  await page.keyboard.press('Escape')

  await page.getByRole('link', { name: 'Fail over lon-branch-core' }).click()
  await acceptRisks(page)
  await dialog.getByRole('button', { name: `Promote ${short(standby.id)}` }).click()
  await expect(dialog).toContainText(/Confirmed after/)
})

test('P1 a page whose server is gone says so, and catches up when it is back', async ({
  page,
  world,
  tandem,
}) => {
  await page.goto('/')
  await seeList(page)
  const { active, standby } = await world.pair('lon-branch-core')
  await tandem.end('SIGKILL')
  await expect(notices(page)).toContainText(/Live updates lost .* ago/)
  await expect(page.getByText('Live updates are lost')).toBeAttached()
  await expect(rowOf(page, 'lon-branch-core')).toContainText(active.id.slice(0, 8))

  await world.swap((await world.tunnel('lon-branch-core')).id)
  await tandem.again()
  await expect(notices(page)).toBeEmpty()
  await expect(rowOf(page, 'lon-branch-core')).toContainText(standby.id.slice(0, 8))
  await expect(page.getByText('Live updates are on')).toBeAttached()
})

test('P1 after a restart no sweep is claimed before there was one', async ({
  page,
  world,
  tandem,
}) => {
  const polling = page.getByRole('button', { name: /^Polling/ })
  await page.goto('/')
  await expect(polling).toContainText(/Swept \d+ s ago|Swept just now/)
  await tandem.end()
  await world.breakWith({ kind: 'hang', match: { path: 'connections' } })
  await tandem.again()
  const state = async () => (await (await page.request.get('/api/session')).json()).poller.state
  await expect.poll(state).toBe('running')
  await page.reload()
  await expect(rowOf(page, 'lon-branch-core')).toBeVisible()
  await expect(polling).not.toContainText('Swept')
})

test('P19 where something holds the live stream back, the page asks every ten seconds and says so', async ({
  page,
  world,
}) => {
  await page.goto('/')
  const { standby } = await world.pair('lon-branch-core')
  await page.route('**/api/events*', (route) => route.abort())
  await page.reload()
  await expect(notices(page)).toContainText('asking Tandem every 10 s instead')
  await expect(page.getByText('Asking every 10 seconds')).toBeAttached()
  await expectAccessible(page)
  await world.swap((await world.tunnel('lon-branch-core')).id)
  await expect(rowOf(page, 'lon-branch-core')).toContainText(standby.id.slice(0, 8))
  await page.unroute('**/api/events*')
  await page.getByRole('button', { name: 'Try now' }).click()
  await expect(page.getByText('Live updates are on')).toBeAttached()
  await expect(notices(page)).toBeEmpty()
})

test.describe('P19 what stands between the page and Tandem', () => {
  let relay: Relay
  test.beforeEach(async ({ page, tandem }) => {
    relay = await startRelay(tandem.address)
    await page.clock.install()
  })
  test.afterEach(() => relay.end())
  /** So long the page takes a silent stream for a live one, and a little more. */
  const noticedMs = 45_000
  const backMs = 15_000

  test('keeps the stream back: the page asks instead, and is live once it lets it through', async ({
    page,
    world,
  }) => {
    relay.become('held')
    await page.goto(relay.address)
    await expect(rowOf(page, 'lon-branch-core')).toContainText('1 standby')
    await page.clock.runFor(noticedMs)
    await expect(page.getByText('Asking every 10 seconds')).toBeAttached()
    const { tunnelId, standby } = await world.pair('lon-branch-core')
    await world.swap(tunnelId)
    await expect(rowOf(page, 'lon-branch-core')).toContainText(standby.id.slice(0, 8))
    relay.become('through')
    await page.clock.runFor(backMs)
    await expect(page.getByText('Live updates are on')).toBeAttached({ timeout: backMs })
  })

  test('cuts the stream into slices: nothing of it is lost', async ({ page, world }) => {
    relay.become('sliced')
    await page.goto(relay.address)
    await seeList(page)
    const { tunnelId, standby } = await world.pair('lon-branch-core')
    await world.renameTunnel(tunnelId, 'lön-brânch-核')
    await world.swap(tunnelId)
    await expect(rowOf(page, 'lön-brânch-核')).toContainText(standby.id.slice(0, 8))
    await expect(page.getByText('Live updates are on')).toBeAttached()
  })

  test('breaks every connection off: the page comes back and has missed nothing', async ({
    page,
    world,
  }) => {
    await page.goto(relay.address)
    await seeList(page)
    const { tunnelId, standby } = await world.pair('lon-branch-core')
    await world.swap(tunnelId)
    relay.reset()
    await page.clock.runFor(backMs)
    await expect(page.getByText('Live updates are on')).toBeAttached({ timeout: backMs })
    await expect(rowOf(page, 'lon-branch-core')).toContainText(standby.id.slice(0, 8))
  })

  test('lets nothing through for five minutes: the page says so, and is back when it does', async ({
    page,
    world,
  }) => {
    await page.goto(relay.address)
    await seeList(page)
    relay.become('dark')
    await page.clock.runFor(noticedMs)
    await expect(notices(page)).toContainText(/Live updates lost .* ago/)
    await expect(
      rowOf(page, 'lon-branch-core').getByRole('cell', { name: 'Healthy (stale)' }),
    ).toBeVisible()
    const { tunnelId, standby } = await world.pair('lon-branch-core')
    await world.swap(tunnelId)
    await page.clock.runFor(5 * 60_000 - noticedMs)
    await expect(notices(page)).toContainText(/Live updates lost .* ago/)
    relay.become('through')
    await page.clock.runFor(backMs)
    await expect(page.getByText('Live updates are on')).toBeAttached({ timeout: backMs })
    await expect(rowOf(page, 'lon-branch-core')).toContainText(standby.id.slice(0, 8))
  })
})

test('P16 a connection too slow for the stream is told of, and the page asks instead', async ({
  page,
  tandem,
  world,
}) => {
  const relay = await startRelay(tandem.address)
  relay.become('late')
  await page.goto(relay.address)
  await expect(notices(page)).toContainText('This connection has been too slow for live updates')
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await world.swap(tunnelId)
  await expect(rowOf(page, 'lon-branch-core')).toContainText(standby.id.slice(0, 8))
  relay.become('through')
  await expect(page.getByText('Live updates are on')).toBeAttached()
  await expect(notices(page)).toBeEmpty()
  await relay.end()
})

test('P9 what a page has yet to load breaks nothing while Tandem is away, and comes when it is back', async ({
  page,
  tandem,
}) => {
  await page.goto('/')
  await seeList(page)
  await tandem.end('SIGKILL')
  await page.getByRole('button', { name: 'Create tunnel' }).click()
  await expect(notices(page)).toContainText('Live updates lost')
  await expect(rowOf(page, 'lon-branch-core')).toContainText('1 standby')
  await tandem.again()
  await expect(page.getByRole('dialog', { name: 'Create a tunnel' })).toBeVisible()
  await expect(page.getByText('Live updates are on')).toBeAttached()
})

test('P9 a server that is stopped on purpose is no outage', async ({ page, tandem }) => {
  await page.goto('/')
  await seeList(page)
  await tandem.end('SIGTERM')
  await expect(notices(page)).toContainText(/Tandem stopped .* ago/)
})

test('P9 when the server restarts while nobody changed anything, the page goes on as it was', async ({
  page,
  tandem,
}) => {
  await page.goto('/')
  await seeList(page)
  await page.getByRole('searchbox', { name: /^Search tunnels/ }).fill('edge')
  await expect(page).toHaveURL(/q=edge/)
  await tandem.end('SIGTERM')
  await tandem.again()
  await expect(page.getByText('Live updates are on')).toBeAttached()
  await expect(page.getByRole('searchbox', { name: /^Search tunnels/ })).toHaveValue('edge')
  await expect(page.getByRole('rowheader')).toHaveCount(2)
})

test('when the server comes back as another version, the page begins anew, but not under a half-written note', async ({
  page,
  world,
  tandem,
}) => {
  const { tunnelId } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}?dialog=note`)
  const dialog = page.getByRole('dialog', { name: 'Write a note' })
  await dialog.getByLabel('Note').fill('The rack was moved')
  await expect(page.getByText('Live updates are on')).toBeAttached()
  const session = await (await page.request.get('/api/session')).json()
  await page.route('**/api/session', (route) =>
    route.fulfill({ json: { ...session, build: 'newer' } }),
  )
  await page.evaluate(() => Object.assign(window, { isOld: true }))
  const told = page.waitForResponse('**/api/session')
  await tandem.end()
  await told
  await tandem.again()
  await expect(page.getByText('Live updates are lost')).toBeAttached()
  await expect(dialog.getByLabel('Note')).toHaveValue('The rack was moved')

  await page.unroute('**/api/session')
  const anew = page.waitForEvent('load')
  await page.keyboard.press('Escape')
  await anew
  expect(await page.evaluate(() => 'isOld' in window)).toBe(false)
  await expect(page.getByText('Live updates are on')).toBeAttached()
})

test('what a page could not read has a button that reads it again', async ({ page, world }) => {
  const { tunnelId } = await world.pair('lon-branch-core')
  let isBroken = true
  await page.route(/\/(?:history|failovers)(?:\?|$)/, (route) =>
    isBroken ? route.abort('connectionreset') : route.fallback(),
  )
  await page.goto(`/tunnels/${tunnelId}/report`)
  const report = page.getByRole('main').getByRole('button', { name: 'Try again' })
  await expect(report).toBeVisible()
  isBroken = false
  await report.click()
  await expect(page.getByText(/^Made .* by/)).toBeVisible()

  isBroken = true
  await page.goto(`/tunnels/${tunnelId}`)
  const panel = page.getByRole('region', { name: 'Failovers' })
  const again = panel.getByRole('button', { name: 'Try again' })
  await expect(again).toBeVisible()
  isBroken = false
  await again.click()
  await expect(panel).toContainText('Nobody has failed over this tunnel with Tandem yet.')
})

test('a tunnel that does not exist and an address that leads nowhere are said plainly', async ({
  page,
}) => {
  await page.goto('/tunnels/00000000-0000-4000-8000-000000000000')
  await expect(page.getByRole('heading', { name: 'Not found' })).toBeVisible()
  await expect(page).toHaveTitle('1 tunnel down · Not found · Tandem')
  await expectAccessible(page)
  await page.goto('/no/such/page')
  await expect(
    page.getByRole('heading', { name: 'There is nothing at this address' }),
  ).toBeVisible()
  await page
    .getByRole('main')
    .getByRole('link', { name: /tunnels/i })
    .click()
  await expect(page.getByRole('heading', { name: /^Tunnels/ })).toBeVisible()
})
