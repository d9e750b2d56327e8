import type { Page, Route } from '@playwright/test'
import { builtFrom } from './built.ts'
import { rowOf, short } from './find.ts'
import { expect, look, test } from './fixtures.ts'
import { createGate } from './gate.ts'

/** One connector: who it is, where it is connected, and what it could do. */

look(
  'from the list over the tunnel to the connector, everything is a click away',
  async ({ page, world }) => {
    await page.goto('/')
    const { tunnelId, active, standby } = await world.pair('lon-branch-core')
    await page.getByRole('link', { name: 'lon-branch-core', exact: true }).click()
    await page.getByRole('link', { name: `Details of ${short(standby.id)}` }).click()
    await expect(page).toHaveURL(`/tunnels/${tunnelId}/connectors/${standby.id}`)
    await expect(page.getByRole('heading', { level: 1 })).toContainText(short(standby.id))
    await page.getByRole('region', { name: 'Beside it' }).getByRole('link').click()
    await expect(page).toHaveURL(`/tunnels/${tunnelId}/connectors/${active.id}`)
    await expect(page.getByRole('heading', { level: 1 })).toContainText(short(active.id))
    await page.goBack()
    await expect(page.getByRole('heading', { level: 1 })).toContainText(short(standby.id))
  },
)

look(
  'every connection has its colo with city and country, its address and its age',
  async ({ page, world }) => {
    const { tunnelId, standby } = await world.pair('lon-branch-core')
    await page.goto(`/tunnels/${tunnelId}/connectors/${standby.id}`)
    const table = page.getByRole('table', { name: 'Connections', exact: true })
    await expect(table.getByRole('row')).toHaveCount(5)
    await expect(
      table.getByRole('row', { name: /man02 Manchester, GB 203\.0\.113\.80/ }),
    ).toHaveCount(2)
    await expect(table.getByRole('cell', { name: /\d+ d \d+ h/ }).first()).toBeVisible()
    const facts = page.getByRole('region', { name: 'Facts' })
    await expect(facts).toContainText(standby.id)
    await expect(facts).toContainText(standby.version)
    await expect(facts).toContainText('masque')
  },
)

look(
  'cities come though Tandem did not answer when they were asked for, and until then none is said to be unknown',
  async ({ page, world }) => {
    const { tunnelId, standby } = await world.pair('lon-branch-core')
    const gate = createGate()
    const failOnce = async (route: Route) => {
      await gate.hold()
      await route.abort()
    }
    await page.route(builtFrom('src/web/ui/colos.ts'), failOnce, { times: 1 })
    await page.goto(`/tunnels/${tunnelId}/connectors/${standby.id}`)
    const table = page.getByRole('table', { name: 'Connections', exact: true })
    await gate.came
    await expect(table.getByRole('row')).toHaveCount(5)
    await expect(
      table.getByRole('img', { name: 'The place of this colo is not known' }),
    ).toHaveCount(0)
    await gate.letGo()
    await expect(table.getByRole('row', { name: /man02 Manchester, GB/ })).toHaveCount(2)
  },
)

look(
  'a standby says what speaks against it, and the active one that it carries the traffic',
  async ({ page, world }) => {
    const { tunnelId, active, standby } = await world.pair('lon-branch-core')
    await page.goto(`/tunnels/${tunnelId}/connectors/${standby.id}`)
    await expect(page.getByRole('region', { name: 'If it were promoted' })).toContainText(
      'shares the colo lhr13',
    )
    await expect(page.getByRole('button', { name: `Promote ${short(standby.id)}` })).toBeEnabled()
    await page.goto(`/tunnels/${tunnelId}/connectors/${active.id}`)
    await expect(page.getByRole('heading', { level: 1 })).toContainText(short(active.id))
    await expect(page.getByRole('main')).toContainText('Carries the traffic')
    await expect(page.getByRole('button', { name: /^Promote/ })).toHaveCount(0)
  },
)

test('a connector that dies while somebody looks is shown offline and cannot be promoted', async ({
  page,
  world,
}) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}/connectors/${standby.id}`)
  const promote = page.getByRole('button', { name: `Promote ${short(standby.id)}` })
  await expect(promote).toBeEnabled()
  await world.kill(standby.id)
  await expect(page.getByRole('main')).toContainText('Offline', { timeout: 6_000 })
  await expect(promote).toBeDisabled()
})

test('a connector whose tunnel is deleted elsewhere is shown as gone, on its page and on its tunnel’s', async ({
  page,
  secondPage,
  world,
}) => {
  const { tunnelId, active } = await world.pair('dub-dc1-edge')
  await page.goto(`/tunnels/${tunnelId}/connectors/${active.id}`)
  await secondPage.goto(`/tunnels/${tunnelId}`)
  const outlook = { name: /^If .* fails$/ } as const
  for (const each of [page, secondPage]) {
    await expect(each.getByText('Carries the traffic', { exact: false }).first()).toBeVisible()
    await expect(each.getByRole('region', outlook)).toBeVisible()
  }
  // The deletion is seen in the list, before a look at the connectors finds none.
  await world.breakWith({ kind: 'status', status: 500, match: { path: 'connections' } })
  await world.deleteTunnel(tunnelId)
  for (const each of [page, secondPage]) {
    await expect(each.getByRole('alert')).toContainText('This tunnel was deleted')
    await expect(each.getByText('Carries the traffic')).toHaveCount(0)
    await expect(each.getByRole('region', outlook)).toBeHidden()
    await expect(each.getByText('Active (stale)').first()).toBeVisible()
    await expect(each.getByText('Nobody knows whether this is still true')).toBeHidden()
  }
  await expect(page).toHaveTitle(/gone/)
  await expect(secondPage).toHaveTitle(/deleted/)
  const promote = page.getByRole('button', { name: `Promote ${short(active.id)}` })
  await expect(promote).toHaveAccessibleDescription('The tunnel has been deleted.')

  // Whoever comes by the address of one that had left before.
  await secondPage.goto(`/tunnels/${tunnelId}/connectors/1bedc50d-42b3-473c-b108-ff3d10c0d925`)
  await expect(secondPage.getByRole('main')).toContainText(/dub-dc1-edge was deleted at/)
})

test('of what has ended no length of time goes on, on its page and on its tunnel’s', async ({
  page,
  secondPage,
  world,
}) => {
  const { id: tunnelId } = await world.addTunnel('gone-soon')
  const [connector] = (await world.tunnel('gone-soon')).connectors
  await expect(rowOf(secondPage, 'gone-soon')).toContainText('1 standby')
  await page.goto(`/tunnels/${tunnelId}/connectors/${connector?.id}`)
  await secondPage.goto(`/tunnels/${tunnelId}`)
  const ended = [
    statOf(page, 'Running for'),
    page.getByRole('table', { name: 'Connections', exact: true }),
    statOf(secondPage, 'Status'),
    secondPage.getByRole('article').first(),
  ]
  const told = () => Promise.all(ended.map((each) => each.innerText()))
  const ages = () =>
    Promise.all([page, secondPage].map((each) => statOf(each, 'Data age').innerText()))
  for (const each of ended) await expect(each).toContainText(/\d s/)
  // The deletion is seen in the list, before a look at the connectors finds none.
  await world.breakWith({ kind: 'status', status: 500, match: { path: 'connections' } })
  await world.deleteTunnel(tunnelId)
  for (const each of [page, secondPage])
    await expect(each.getByRole('alert')).toContainText('This tunnel was deleted')
  const [atFirst, young] = [await told(), await ages()]
  // The clock goes on.
  for (const index of [0, 1])
    await expect.poll(async () => (await ages())[index]).not.toBe(young[index])
  expect(await told()).toEqual(atFirst)
})

/** One of the facts that stand first on a page, with its name. */
const statOf = (page: Page, name: string) =>
  page.locator('dl[aria-label="How it stands"] > div').filter({ hasText: name })

test('“check now” asks Cloudflare about this very connector', async ({ page, world }) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  const asked = async () =>
    (await world.requests()).filter(({ path }) => path.endsWith(`/connectors/${standby.id}`)).length
  await page.goto(`/tunnels/${tunnelId}/connectors/${standby.id}`)
  const before = await asked()
  await page.getByRole('button', { name: 'Check now' }).click()
  await expect.poll(asked).toBe(before + 1)
})

test('“check now” makes this connector young where its tunnel can’t be read, and no other one', async ({
  page,
  world,
}) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}/connectors/${standby.id}`)
  await expect(statOf(page, 'Role')).toContainText('Passive')
  await world.breakWith({
    kind: 'status',
    status: 502,
    match: { path: `${tunnelId}/connections` },
  })
  await expect(statOf(page, 'Role')).toContainText('Passive (stale)')
  const trouble = page.getByRole('main').getByText('Cloudflare answered 502')
  await expect(trouble).toBeVisible()
  await page.getByRole('button', { name: 'Check now' }).click()
  await expect(statOf(page, 'Data age')).toContainText('of this connector alone')
  await expect(statOf(page, 'Data age')).toHaveText(/^Data age\d s/)
  await expect(statOf(page, 'Role')).not.toContainText('stale')
  await expect(page).toHaveTitle(new RegExp(`${short(standby.id)} passive`))
  await expect(trouble).toContainText('This connector alone was read later than the others')
  // What is told of the others is as old as it was, and so is what follows from them.
  const beside = page.getByRole('region', { name: 'Beside it' })
  await expect(beside).toContainText('Active (stale)')
  await expect(page.getByRole('region', { name: 'If it were promoted' })).toContainText(
    'too old to rely on',
  )
  await world.heal()
  await expect(beside).not.toContainText('stale')
  await expect(statOf(page, 'Data age')).not.toContainText('alone')
})

look(
  'versions that can’t be read are told as that, beside the present one, and are asked for again',
  async ({ page, world }) => {
    const { tunnelId, standby } = await world.pair('lon-branch-core')
    const log = '**/api/activity?*'
    await page.route(log, (route) => route.fulfill({ status: 503, body: 'busy' }))
    await page.goto(`/tunnels/${tunnelId}/connectors/${standby.id}`)
    const versions = page.getByRole('region', { name: 'Versions' })
    await expect(versions.getByRole('alert')).toContainText('The server answered 503')
    await expect(versions).toContainText(standby.version)
    await expect(versions).not.toContainText('Loading')
    await page.unroute(log)
    await versions.getByRole('button', { name: 'Try again' }).click()
    await expect(versions.getByRole('alert')).toBeHidden()
    await expect(versions).toContainText('since')
  },
)

look('an id is copied with a click', async ({ page, context, world }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}/connectors/${standby.id}`)
  await page
    .getByRole('region', { name: 'Facts' })
    .getByRole('button', { name: `Copy connector id: ${standby.id}` })
    .click()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(standby.id)
})

look('an id that the browser does not copy is said not to be', async ({ page, world }) => {
  // As over plain HTTP from another machine.
  await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', {}))
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}/connectors/${standby.id}`)
  await page
    .getByRole('region', { name: 'Facts' })
    .getByRole('button', { name: `Copy connector id: ${standby.id}` })
    .click()
  await expect(page.getByRole('alert')).toHaveText('Not copied: the browser refused.')
})

look(
  'an unknown connector is said plainly, with the way to its tunnel',
  async ({ page, world }) => {
    const { tunnelId } = await world.pair('lon-branch-core')
    await page.goto(`/tunnels/${tunnelId}/connectors/00000000-0000-4000-8000-000000000000`)
    await expect(
      page.getByRole('heading', { name: 'Cloudflare lists no connector 00000000' }),
    ).toBeVisible()
    await page.getByRole('main').getByRole('link', { name: 'To its tunnel' }).click()
    await expect(page).toHaveURL(`/tunnels/${tunnelId}`)
  },
)

test('a connector of a tunnel whose connectors were not read yet is not said to be missing, and comes', async ({
  page,
  world,
}) => {
  await page.goto('/')
  await world.breakWith({ kind: 'status', status: 500, match: { path: 'connections' } })
  const { id: tunnelId } = await world.addTunnel('not-yet')
  const [connector] = (await world.tunnel('not-yet')).connectors
  const name = short(connector?.id ?? '')
  await expect(rowOf(page, 'not-yet')).toBeVisible()
  await page.goto(`/tunnels/${tunnelId}/connectors/${connector?.id}`)
  await expect(page.getByRole('heading', { name: `Nothing is known of ${name} yet` })).toBeVisible()
  await expect(page.getByRole('main')).toContainText('The connectors of not-yet were not read yet.')
  await expect(page).toHaveTitle(/not read yet/)
  await world.heal()
  await expect(page.getByRole('heading', { level: 1 })).toContainText(name)
})

test.describe('with the ids of Cloudflare’s reference', () => {
  test.use({ scene: 'docs' })

  test('an address put together from the reference’s examples works', async ({ page }) => {
    await page.goto(
      '/tunnels/f70ff985-a4ef-4643-bbbc-4a0ed4fc8415/connectors/1bedc50d-42b3-473c-b108-ff3d10c0d925',
    )
    await expect(page.getByRole('heading', { level: 1 })).toContainText('1bedc50d')
    await expect(page.getByRole('main')).toContainText('Dallas')
  })
})
