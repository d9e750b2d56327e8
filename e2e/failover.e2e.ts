import type { Page } from '@playwright/test'
import { rowOf, short } from './find.ts'
import { expect, test } from './fixtures.ts'
import type { World } from './world.ts'

/** A failover from the click to its end: for the one who does it, and for everyone who watches. */

const dialogOf = (page: Page) => page.getByRole('dialog')
const promote = (page: Page, connectorId: string) =>
  dialogOf(page).getByRole('button', { name: `Promote ${short(connectorId)}` })
const phase = (page: Page, word: string) =>
  dialogOf(page).getByRole('list', { name: 'Phases' }).getByRole('listitem').filter({
    hasText: word,
  })
/** What reached Cloudflare: never more than one PUT a failover. */
const putsOf = async (world: World) =>
  (await world.requests()).filter(({ path }) => path.endsWith('/failover'))

test('an operator promotes the standby and everyone sees it', async ({
  page,
  secondPage,
  world,
}) => {
  const { tunnelId, active, standby } = await world.pair('lon-branch-core')
  await world.failovers({ mode: 'normal', demoteMs: 1_500, promoteMs: 4_000 })
  await expect(rowOf(secondPage, 'lon-branch-core')).toContainText(short(active.id))

  await page.getByRole('link', { name: 'lon-branch-core', exact: true }).click()
  await page.getByRole('link', { name: `Details of ${short(standby.id)}` }).click()
  await page.getByRole('button', { name: `Promote ${short(standby.id)}` }).click()
  await expect(dialogOf(page).getByRole('figure')).toHaveAccessibleName(
    new RegExp(`From ${short(active.id)}, .*to ${short(standby.id)}, `),
  )
  await promote(page, standby.id).click()

  await expect(phase(page, 'Sent')).toContainText(/\+\d/)
  await expect(phase(page, 'Accepted')).toContainText(/\+\d/)
  await expect(rowOf(secondPage, 'lon-branch-core')).toContainText(/Promoting · \d+ s/)
  await expect(phase(page, 'Demoted')).toContainText(/\+\d/, { timeout: 15_000 })
  await expect(phase(page, 'Promoted')).toContainText(/\+\d/, { timeout: 15_000 })
  await expect(phase(page, 'Confirmed')).toContainText(/\d/, { timeout: 15_000 })
  await expect(dialogOf(page)).toContainText(/Confirmed after \d/)

  await expect(rowOf(secondPage, 'lon-branch-core')).toContainText(short(standby.id))
  await expect(rowOf(secondPage, 'lon-branch-core')).toContainText('1 standby')
  const puts = await putsOf(world)
  expect(puts.map(({ path, body }) => [path.split('/').at(-2), body])).toEqual([
    [tunnelId, JSON.stringify({ client_id: standby.id })],
  ])
  await dialogOf(page).getByRole('button', { name: 'Done' }).click()
  await expect(dialogOf(page)).toBeHidden()
  await expect(page.getByRole('main')).toContainText('Carries the traffic')
})

test('it can be started from the list, and fail-back is one click', async ({ page, world }) => {
  const { active, standby } = await world.pair('lon-branch-core')
  await world.failovers({ mode: 'normal', demoteMs: 0, promoteMs: 500 })
  await page.getByRole('link', { name: 'Fail over lon-branch-core' }).click()
  await promote(page, standby.id).click()
  await expect(dialogOf(page)).toContainText(/Confirmed after/, { timeout: 20_000 })

  await dialogOf(page)
    .getByRole('button', { name: `Fail back to ${short(active.id)}` })
    .click()
  await promote(page, active.id).click()
  await expect(dialogOf(page)).toContainText(/Confirmed after/, { timeout: 20_000 })
  expect((await world.pair('lon-branch-core')).active.id).toBe(active.id)
  expect(await putsOf(world)).toHaveLength(2)
})

test('the safe choice is under Enter, and nothing is sent by opening the dialog', async ({
  page,
  world,
}) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}`)
  await expect(page.getByRole('button', { name: 'Fail over' })).toBeEnabled()
  await page.keyboard.press('f')
  await expect(promote(page, standby.id)).toBeEnabled()
  await expect(dialogOf(page).getByRole('button', { name: 'Cancel' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(dialogOf(page)).toBeHidden()
  expect(await putsOf(world)).toHaveLength(0)
})

test('two standbys: the one that is picked is promoted, and the address carries the choice', async ({
  page,
  secondPage,
  world,
}) => {
  const { tunnelId, standby } = await world.pair('fra-dc2-edge')
  const target = standby.id
  await world.failovers({ mode: 'normal', demoteMs: 0, promoteMs: 500 })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  // The best standby is proposed; this is the other one.
  const choice = dialogOf(page).getByRole('radio', { name: new RegExp(`^${short(target)}`) })
  await expect(choice).not.toBeChecked()
  await choice.check()
  await expect(page).toHaveURL(new RegExp(`to=${target}`))
  // A colleague with the link sees the same choice, and can follow the same failover.
  await secondPage.goto(new URL(page.url()).pathname + new URL(page.url()).search)
  await expect(promote(secondPage, target)).toBeVisible()
  await promote(page, target).click()
  await expect(page).toHaveURL(/failover=/)
  await secondPage.goto(page.url())
  await expect(dialogOf(secondPage)).toContainText(/Confirmed after/, { timeout: 20_000 })
  expect((await world.pair('fra-dc2-edge')).active.id).toBe(target)
})

test('a reload in the middle shows the same failover, and sends nothing again', async ({
  page,
  world,
}) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await world.failovers({ mode: 'normal', demoteMs: 2_000, promoteMs: 5_000 })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await promote(page, standby.id).click()
  await expect(page).toHaveURL(/failover=/)
  await page.reload()
  await expect(phase(page, 'Accepted')).toContainText(/\+\d/)
  await expect(dialogOf(page)).toContainText(/Confirmed after/, { timeout: 20_000 })
  expect(await putsOf(world)).toHaveLength(1)
})

test('somebody who looks at the tunnel is told who is failing over, and can follow', async ({
  page,
  secondPage,
  world,
}) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  // It stays on its way for as long as somebody needs to look.
  await world.failovers({ mode: 'never' })
  await secondPage.goto(`/tunnels/${tunnelId}`)
  await expect(secondPage.getByText('Live updates are on')).toBeAttached()
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await promote(page, standby.id).click()
  const strip = secondPage.getByRole('region', { name: 'Failover of this tunnel' })
  await expect(strip).toContainText(/local admin is failing over .*accepted/)
  await strip.getByRole('button', { name: 'Follow it' }).click()
  await expect(phase(secondPage, 'Accepted')).toContainText(/\+\d/)
  await expect(phase(secondPage, 'Promoted')).not.toContainText(/\d/)
})

test('a second failover of the same tunnel joins the first', async ({
  page,
  secondPage,
  world,
}) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await world.failovers({ mode: 'normal', demoteMs: 3_000, promoteMs: 6_000 })
  for (const each of [page, secondPage]) {
    await each.goto(`/tunnels/${tunnelId}?dialog=failover`)
    await expect(promote(each, standby.id)).toBeEnabled()
  }
  await Promise.all([promote(page, standby.id).click(), promote(secondPage, standby.id).click()])
  for (const each of [page, secondPage]) {
    await expect(dialogOf(each)).toContainText(/Confirmed after/, { timeout: 25_000 })
  }
  expect(await putsOf(world)).toHaveLength(1)
})

test('what Cloudflare refuses is shown in its own words, and nothing has changed', async ({
  page,
  world,
}) => {
  const { tunnelId, active, standby } = await world.pair('lon-branch-core')
  await world.failovers({
    mode: 'refuse',
    status: 400,
    code: 1234,
    message: 'client is not linked to the tunnel',
  })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await promote(page, standby.id).click()
  await expect(dialogOf(page).getByRole('alert')).toContainText('Cloudflare refused')
  await expect(dialogOf(page)).toContainText('client is not linked to the tunnel')
  await expect(dialogOf(page)).toContainText('1234')
  expect((await world.pair('lon-branch-core')).active.id).toBe(active.id)
  expect(await putsOf(world)).toHaveLength(1)
})

test('an answer that never comes is not taken for a failure: the connectors tell', async ({
  page,
  world,
}) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await world.failovers({ mode: 'normal', demoteMs: 500, promoteMs: 1_000 })
  await world.breakWith({ kind: 'reset-after-apply', times: 1, match: { path: '/failover$' } })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await promote(page, standby.id).click()
  await expect(dialogOf(page)).toContainText(/Confirmed after/, { timeout: 20_000 })
  await expect(phase(page, 'Accepted')).toContainText('no answer')
  expect(await putsOf(world)).toHaveLength(1)
})

test('a third connector that becomes active instead is said in red', async ({ page, world }) => {
  const { id, connectors } = await world.tunnel('fra-dc2-edge')
  const target = connectors.at(-1)?.id ?? ''
  await world.failovers({ mode: 'other', demoteMs: 500, promoteMs: 1_500 })
  await page.goto(`/tunnels/${id}?dialog=failover&to=${target}`)
  await promote(page, target).click()
  await expect(dialogOf(page).getByRole('alert')).toContainText('Another connector became active', {
    timeout: 20_000,
  })
  expect(await putsOf(world)).toHaveLength(1)
})

test('what is not confirmed after 60 s is red, says what is active, and is not sent again', async ({
  page,
  world,
}) => {
  test.setTimeout(120_000)
  const { tunnelId, active, standby } = await world.pair('lon-branch-core')
  await world.failovers({ mode: 'never' })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await promote(page, standby.id).click()
  await expect(phase(page, 'Accepted')).toContainText(/\+\d/)
  await expect(dialogOf(page).getByRole('alert')).toContainText(/Not confirmed after/, {
    timeout: 75_000,
  })
  await expect(dialogOf(page)).toContainText(short(active.id))
  expect(await putsOf(world)).toHaveLength(1)
})

test('when the active one changes under the open dialog, nothing is sent until it was looked at', async ({
  page,
  world,
}) => {
  const { id, connectors } = await world.tunnel('fra-dc2-edge')
  const target = connectors.at(-1)?.id ?? ''
  await page.goto(`/tunnels/${id}?dialog=failover&to=${target}`)
  await expect(promote(page, target)).toBeEnabled()
  await world.swap(id)
  const alert = dialogOf(page).getByRole('alert')
  await expect(alert).toContainText(/Active is now/, { timeout: 10_000 })
  await expect(promote(page, target)).toBeDisabled()
  expect(await putsOf(world)).toHaveLength(0)
})

test('while Cloudflare refuses calls a failover is refused with a countdown, never queued', async ({
  page,
  world,
}) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await expect(promote(page, standby.id)).toBeEnabled()
  await world.breakWith({ kind: 'rate-limit', retryAfter: 120, match: { path: '/warp_connector' } })
  await expect(dialogOf(page).getByRole('alert')).toContainText(
    /Cloudflare is refusing calls for another/,
    { timeout: 15_000 },
  )
  await expect(promote(page, standby.id)).toBeDisabled()
  await expect(dialogOf(page)).toContainText(/nothing waits to be sent/i)
  expect(await putsOf(world)).toHaveLength(0)
})

test('a tunnel with no standby and one without HA say why there is no failover', async ({
  page,
  world,
}) => {
  const alone = await world.tunnel('sin-warehouse-ot')
  await page.goto(`/tunnels/${alone.id}`)
  await expect(page.getByRole('button', { name: 'Fail over' })).toBeDisabled()
  const plain = await world.tunnel('jnb-clinic-lan')
  await page.goto(`/tunnels/${plain.id}?dialog=failover`)
  await expect(dialogOf(page).getByRole('alert')).toContainText('not HA')
  expect(await putsOf(world)).toHaveLength(0)
})

test('a server that dies in the middle knows the failover when it is back', async ({
  page,
  world,
  tandem,
}) => {
  test.setTimeout(90_000)
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await world.failovers({ mode: 'normal', demoteMs: 4_000, promoteMs: 8_000 })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await promote(page, standby.id).click()
  await expect(phase(page, 'Accepted')).toContainText(/\+\d/)
  await tandem.end('SIGKILL')
  await tandem.again()
  await expect(dialogOf(page)).toContainText(/Confirmed after/, { timeout: 40_000 })
  expect(await putsOf(world)).toHaveLength(1)
})
