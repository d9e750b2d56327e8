import type { Page } from '@playwright/test'
import { acceptRisks } from './accept.ts'
import { join, overflow, post, setUp } from './entrance.ts'
import { rowOf, short } from './find.ts'
import { expect, test } from './fixtures.ts'
import { createGate } from './gate.ts'
import type { Tandem } from './tandem.ts'
import type { World } from './world.ts'

/** A failover from the click to its end: for the one who does it, and for everyone who watches. */

const dialogOf = (page: Page) => page.getByRole('dialog')
const promote = (page: Page, connectorId: string) =>
  dialogOf(page).getByRole('button', { name: `Promote ${short(connectorId)}` })
/** Accepts every risk and promotes. */
async function confirm(page: Page, connectorId: string) {
  await acceptRisks(page)
  await promote(page, connectorId).click()
}
const phase = (page: Page, word: string) =>
  dialogOf(page).getByRole('list', { name: 'Phases' }).getByRole('listitem').filter({
    hasText: word,
  })
/** A pair in a Tandem that knows nothing of its connectors until the world is healed. */
async function startUnread(tandem: Tandem, world: World) {
  const pair = await world.pair('lon-branch-core')
  await tandem.end()
  await world.breakWith({ kind: 'status', status: 503, match: { path: '/connections$' } })
  await tandem.again({ TANDEM_DATA_DIR: `${tandem.dataDir}-new` })
  return pair
}
/** What reached Cloudflare: never more than one PUT a failover. */
const putsOf = async (world: World) =>
  (await world.requests()).filter(({ path }) => path.endsWith('/failover'))
/** Whether the dialog said it at any time from now on. */
async function everSaid(page: Page, text: string) {
  const said = await dialogOf(page).evaluateHandle((dialog, text) => {
    const result = { is: false }
    const look = () => {
      result.is ||= dialog.textContent.includes(text)
    }
    new MutationObserver(look).observe(dialog, {
      childList: true,
      characterData: true,
      subtree: true,
    })
    return result
  }, text)
  return () => said.evaluate(({ is }) => is)
}

test('an operator promotes the standby and everyone sees it', async ({
  page,
  secondPage,
  world,
}) => {
  await page.goto('/')
  const { tunnelId, active, standby } = await world.pair('lon-branch-core')
  await world.failovers({ mode: 'normal', demoteMs: 1_500, promoteMs: 4_000 })
  await expect(rowOf(secondPage, 'lon-branch-core')).toContainText(short(active.id))

  await page.getByRole('link', { name: 'lon-branch-core', exact: true }).click()
  await page.getByRole('link', { name: `Details of ${short(standby.id)}` }).click()
  await page.getByRole('button', { name: `Promote ${short(standby.id)}` }).click()
  await expect(dialogOf(page).getByRole('figure')).toHaveAccessibleName(
    new RegExp(`From ${short(active.id)}, .*to ${short(standby.id)}, `),
  )
  await confirm(page, standby.id)

  await expect(phase(page, 'Sent')).toContainText(/\+\d/)
  await expect(phase(page, 'Accepted')).toContainText(/\+\d/)
  await expect(rowOf(secondPage, 'lon-branch-core')).toContainText(/Promoting · \d+ s/)
  await expect(phase(page, 'Demoted')).toContainText(/\+\d/)
  await expect(phase(page, 'Promoted')).toContainText(/\+\d/)
  await expect(phase(page, 'Confirmed')).toContainText(/\d/)
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

test.describe('whoever may only look', () => {
  test.use({ env: { TANDEM_SIGN_IN: 'on' } })

  test('sees a failover to its end, reads why they can start none, and asks for nothing that is refused', async ({
    page,
    secondPage,
    tandem,
    world,
  }) => {
    await setUp(page, tandem)
    const { tunnelId, active, standby } = await world.pair('lon-branch-core')
    const { path } = await post(page, '/people', { name: 'Vic', role: 'viewer' })
    await join(secondPage, path)
    const refused: string[] = []
    secondPage.on('response', (answer) => {
      if (answer.status() === 403) refused.push(answer.url())
    })
    const why = 'A failover needs the role of an operator; you are a viewer.'
    await secondPage.goto(`/tunnels/${tunnelId}?dialog=failover`)
    await expect(dialogOf(secondPage).getByRole('alert')).toContainText(why)
    await expect(promote(secondPage, standby.id)).toHaveAccessibleDescription(why)

    await world.failovers({ mode: 'normal', demoteMs: 0, promoteMs: 500 })
    await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
    await confirm(page, standby.id)
    await expect(dialogOf(page)).toContainText(/Confirmed after/)
    await secondPage.goto(page.url())
    await expect(dialogOf(secondPage)).toContainText(/Confirmed after/)
    await expect(dialogOf(secondPage)).toContainText('a test')
    expect(refused).toEqual([])
    const back = dialogOf(secondPage).getByRole('button', {
      name: `Fail back to ${short(active.id)}`,
    })
    await expect(back).toBeDisabled()
    await expect(back).toHaveAccessibleDescription(why)
  })
})

test('it can be started from the list, and fail-back is one click', async ({ page, world }) => {
  await page.goto('/')
  const { active, standby } = await world.pair('lon-branch-core')
  await world.failovers({ mode: 'normal', demoteMs: 0, promoteMs: 500 })
  await page.getByRole('link', { name: 'Fail over lon-branch-core' }).click()
  await confirm(page, standby.id)
  await expect(dialogOf(page)).toContainText(/Confirmed after/)

  await dialogOf(page)
    .getByRole('button', { name: `Fail back to ${short(active.id)}` })
    .click()
  await confirm(page, active.id)
  await expect(dialogOf(page)).toContainText(/Confirmed after/)
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
  await expect(dialogOf(page).getByRole('button', { name: 'Cancel' })).toBeFocused()
  await acceptRisks(page)
  await expect(promote(page, standby.id)).toBeEnabled()
  await dialogOf(page).getByRole('button', { name: 'Cancel' }).focus()
  await page.keyboard.press('Enter')
  await expect(dialogOf(page)).toBeHidden()
  expect(await putsOf(world)).toHaveLength(0)
})

test('two standbys: a proposal stays until somebody picks another, which is promoted, and the address carries the choice', async ({
  page,
  secondPage,
  world,
}) => {
  const { id: tunnelId, connectors } = await world.tunnel('fra-dc2-edge')
  await world.failovers({ mode: 'normal', demoteMs: 0, promoteMs: 500 })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await acceptRisks(page)
  const proposed = await dialogOf(page).getByRole('radio', { checked: true }).inputValue()
  const target =
    connectors.find(({ id, haStatus }) => haStatus === 'passive' && id !== proposed)?.id ?? ''
  await world.kill(proposed)
  const notice = dialogOf(page).getByText(`${short(proposed)} was proposed and can’t take over`)
  await expect(notice).toBeVisible()
  await expect(promote(page, proposed)).toBeDisabled()
  await dialogOf(page)
    .getByRole('button', { name: `Choose ${short(target)}` })
    .press('Enter')
  await expect(dialogOf(page).getByRole('button', { name: 'Cancel' })).toBeFocused()
  await expect(notice).toBeHidden()
  await expect(page).toHaveURL(new RegExp(`to=${target}`))
  // A colleague with the link sees the same choice, and can follow the same failover.
  await secondPage.goto(new URL(page.url()).pathname + new URL(page.url()).search)
  await expect(promote(secondPage, target)).toBeVisible()
  await confirm(page, target)
  await expect(page).toHaveURL(/failover=/)
  await secondPage.goto(page.url())
  await expect(dialogOf(secondPage)).toContainText(/Confirmed after/)
  expect((await world.pair('fra-dc2-edge')).active.id).toBe(target)
})

test('a dialog that opens before the first look calls nothing a change', async ({
  page,
  tandem,
  world,
}) => {
  const { tunnelId, standby } = await startUnread(tandem, world)
  await page.goto('/')
  await expect(rowOf(page, 'lon-branch-core')).toBeVisible()
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await expect(dialogOf(page)).toBeVisible()
  await world.heal()
  await expect(promote(page, standby.id)).toBeVisible()
  await expect(risks(page).first()).toBeVisible()
  await expect(dialogOf(page).getByText(/^Active is now/)).toHaveCount(0)
})

test('a dialog that hears of the first look before it has the connectors calls nothing a change', async ({
  page,
  tandem,
  world,
}) => {
  const { tunnelId, standby } = await startUnread(tandem, world)
  // A stream that began elsewhere carries no connectors of this tunnel: they are asked for.
  await page.route('**/api/events?*', (route) => {
    const url = new URL(route.request().url())
    url.searchParams.delete('watching')
    return route.continue({ url: url.href })
  })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await expect(dialogOf(page)).toBeVisible()
  const { hold, came, letGo } = createGate()
  await page.route(`**/api/tunnels/${tunnelId}/connectors`, async (route) => {
    await hold()
    await route.continue()
  })
  await world.heal()
  await came
  await expect(page.getByText('1 standby', { exact: true })).toBeVisible()
  await letGo()
  await expect(promote(page, standby.id)).toBeVisible()
  await expect(risks(page).first()).toBeVisible()
  await expect(dialogOf(page).getByText(/^Active is now/)).toHaveCount(0)
})

test('F2 a reload in the middle shows the same failover, and sends nothing again', async ({
  page,
  world,
}) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await world.failovers({ mode: 'normal', demoteMs: 2_000, promoteMs: 5_000 })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await confirm(page, standby.id)
  await expect(page).toHaveURL(/failover=/)
  await page.reload()
  await expect(phase(page, 'Accepted')).toContainText(/\+\d/)
  await expect(dialogOf(page)).toContainText(/Confirmed after/)
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
  await confirm(page, standby.id)
  const strip = secondPage.getByRole('region', { name: 'Failover of this tunnel' })
  await expect(strip).toContainText(/local admin is failing over .*accepted/)
  await strip.getByRole('button', { name: 'Follow it' }).click()
  await expect(phase(secondPage, 'Accepted')).toContainText(/\+\d/)
  await expect(phase(secondPage, 'Promoted')).not.toContainText(/\d/)
})

test('F3 a second failover of the same tunnel joins the first', async ({
  page,
  secondPage,
  world,
}) => {
  await page.goto('/')
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await world.failovers({ mode: 'normal', demoteMs: 3_000, promoteMs: 6_000 })
  for (const each of [page, secondPage]) {
    await each.goto(`/tunnels/${tunnelId}?dialog=failover`)
    await acceptRisks(each)
    await expect(promote(each, standby.id)).toBeEnabled()
  }
  await Promise.all([page, secondPage].map((each) => promote(each, standby.id).click()))
  for (const each of [page, secondPage]) {
    await expect(dialogOf(each)).toContainText(/Confirmed after/)
  }
  expect(await putsOf(world)).toHaveLength(1)
})

test('F11 what Cloudflare refuses is shown in its own words, and nothing has changed', async ({
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
  await confirm(page, standby.id)
  await expect(dialogOf(page).getByRole('alert')).toContainText('Cloudflare refused')
  await expect(dialogOf(page)).toContainText('client is not linked to the tunnel')
  await expect(dialogOf(page)).toContainText('1234')
  expect((await world.pair('lon-branch-core')).active.id).toBe(active.id)
  expect(await putsOf(world)).toHaveLength(1)
})

test('F12 an answer that never comes is not taken for a failure: the connectors tell', async ({
  page,
  world,
}) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await world.failovers({ mode: 'normal', demoteMs: 500, promoteMs: 1_000 })
  await world.breakWith({ kind: 'reset-after-apply', times: 1, match: { path: '/failover$' } })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await confirm(page, standby.id)
  await expect(dialogOf(page)).toContainText(/Confirmed after/)
  await expect(phase(page, 'Accepted')).toContainText('no answer')
  expect(await putsOf(world)).toHaveLength(1)
})

test('F5 a third connector that becomes active instead is said in red', async ({ page, world }) => {
  const { id, connectors } = await world.tunnel('fra-dc2-edge')
  const target = connectors.at(-1)?.id ?? ''
  await world.failovers({ mode: 'other', demoteMs: 500, promoteMs: 1_500 })
  await page.goto(`/tunnels/${id}?dialog=failover&to=${target}`)
  await confirm(page, target)
  await expect(dialogOf(page).getByRole('alert')).toContainText('Another connector became active')
  expect(await putsOf(world)).toHaveLength(1)
})

test('F14 what is not confirmed after 60 s is red, says what is active, and is not sent again', async ({
  page,
  world,
}) => {
  const { tunnelId, active, standby } = await world.pair('lon-branch-core')
  await world.failovers({ mode: 'never' })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await confirm(page, standby.id)
  await expect(phase(page, 'Accepted')).toContainText(/\+\d/)
  await expect(dialogOf(page).getByRole('alert')).toContainText(/Not confirmed after/, {
    timeout: 75_000,
  })
  await expect(dialogOf(page)).toContainText(short(active.id))
  expect(await putsOf(world)).toHaveLength(1)
})

test('one that is confirmed late can be failed back as well', async ({ page, world }) => {
  const { tunnelId, active, standby } = await world.pair('lon-branch-core')
  await world.failovers({ mode: 'normal', demoteMs: 0, promoteMs: 3_000 })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await confirm(page, standby.id)
  await expect(phase(page, 'Accepted')).toContainText(/\+\d/)
  // It becomes active, and nothing shows that it is connected until the failover has ended.
  await world.breakWith({ kind: 'nulls', fields: ['conns'], match: { path: '/connections$' } })
  await expect(dialogOf(page).getByRole('alert')).toContainText(/Not confirmed/)
  await expect(dialogOf(page).getByRole('button', { name: 'Choose again' })).toBeVisible()
  await world.heal()
  const after = dialogOf(page).getByRole('region', { name: 'After its end' })
  await expect(after).toContainText('after all')
  await dialogOf(page)
    .getByRole('button', { name: `Fail back to ${short(active.id)}` })
    .click()
  await expect(promote(page, active.id)).toBeVisible()
})

test('while Cloudflare does not answer, what is followed is shown as last seen', async ({
  page,
  world,
}) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await world.failovers({ mode: 'never' })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await confirm(page, standby.id)
  await expect(dialogOf(page)).toContainText('Accepted. Checking what is active…')
  await world.breakWith({ kind: 'status', status: 500, match: { path: 'warp_connector' } })
  await expect(dialogOf(page)).toContainText(/Seen last at [\d:]+.*Cloudflare answered 500/)
  await expect(dialogOf(page).getByRole('figure')).toHaveAccessibleName(/when last seen/)
  await expect(dialogOf(page)).not.toContainText('Checking what is active…')
  await world.heal()
  await expect(dialogOf(page).getByRole('figure')).not.toHaveAccessibleName(/when last seen/)
})

test('F4 when the active one changes under the open dialog, nothing is sent until it was looked at', async ({
  page,
  world,
}) => {
  const { id, connectors } = await world.tunnel('fra-dc2-edge')
  const target = connectors.at(-1)?.id ?? ''
  await page.goto(`/tunnels/${id}?dialog=failover&to=${target}`)
  await acceptRisks(page)
  await expect(promote(page, target)).toBeEnabled()
  await world.swap(id)
  const alert = dialogOf(page).getByRole('alert')
  await expect(alert).toContainText(/Active is now/, { timeout: 10_000 })
  await expect(promote(page, target)).toBeDisabled()
  expect(await putsOf(world)).toHaveLength(0)

  // What was accepted spoke of another active one.
  await alert.getByRole('button', { name: 'I have checked again' }).press('Enter')
  await expect(dialogOf(page).getByRole('button', { name: 'Cancel' })).toBeFocused()
  const risks = dialogOf(page).getByRole('group', { name: /risks? to accept$/ })
  await expect(risks.getByRole('checkbox').first()).toBeVisible()
  await expect(risks.getByRole('checkbox', { checked: true })).toHaveCount(0)
  await expect(promote(page, target)).toBeDisabled()
  await acceptRisks(page)
  await expect(promote(page, target)).toBeEnabled()
})

test('F10 while Cloudflare refuses calls a failover is refused with a countdown, never queued', async ({
  page,
  world,
}) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await acceptRisks(page)
  await expect(promote(page, standby.id)).toBeEnabled()
  await world.breakWith({ kind: 'rate-limit', retryAfter: 120, match: { path: '/warp_connector' } })
  await expect(dialogOf(page).getByRole('alert')).toContainText(
    /Cloudflare is refusing calls for another/,
  )
  await expect(promote(page, standby.id)).toBeDisabled()
  await expect(dialogOf(page)).toContainText(/nothing waits to be sent/i)
  expect(await putsOf(world)).toHaveLength(0)
})

test('F9 a tunnel with no standby and one without HA say why there is no failover', async ({
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

test('F1 a server that dies in the middle knows the failover when it is back', async ({
  page,
  world,
  tandem,
}) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await world.failovers({ mode: 'normal', demoteMs: 4_000, promoteMs: 8_000 })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await confirm(page, standby.id)
  await expect(phase(page, 'Accepted')).toContainText(/\+\d/)
  await tandem.end('SIGKILL')
  await tandem.again()
  await expect(dialogOf(page)).toContainText(/Confirmed after/)
  expect(await putsOf(world)).toHaveLength(1)
})

const risks = (page: Page) =>
  dialogOf(page)
    .getByRole('group', { name: /risks? to accept$/ })
    .getByRole('checkbox')

test('four keys and a tick a risk lead from the page to a confirmed failover', async ({
  page,
  world,
}) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await world.failovers({ mode: 'normal', demoteMs: 0, promoteMs: 500 })
  await page.goto(`/tunnels/${tunnelId}`)
  await expect(page.getByRole('button', { name: 'Fail over' })).toBeEnabled()
  await page.keyboard.press('f')
  await expect(risks(page).first()).toBeVisible()
  await expect(promote(page, standby.id)).toBeDisabled()
  await expect(promote(page, standby.id)).toHaveAccessibleDescription(/Accept the \d risks first/)
  const count = await risks(page).count()
  for (let number = 1; number <= count; number += 1) await page.keyboard.press(String(number))
  await expect(risks(page).last()).toBeChecked()
  await page.keyboard.press('Tab')
  await expect(promote(page, standby.id)).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(dialogOf(page)).toContainText(/Confirmed after/)
  expect(await putsOf(world)).toHaveLength(1)
})

for (const width of [360, 1440]) {
  test(`the button that moves traffic is never under the pointer that opened it, at ${width} px`, async ({
    page,
    world,
  }) => {
    await page.setViewportSize({ width, height: 800 })
    const { tunnelId, standby } = await world.pair('lon-branch-core')
    await page.goto(`/tunnels/${tunnelId}`)
    const main = page.getByRole('main')
    for (const name of ['Fail over', `Promote ${short(standby.id)}`]) {
      const opener = main.getByRole('button', { name })
      await expect(opener).toBeEnabled()
      await opener.scrollIntoViewIfNeeded()
      const box = await opener.boundingBox()
      const at = { x: (box?.x ?? 0) + 8, y: (box?.y ?? 0) + 8 }
      await page.mouse.dblclick(at.x, at.y)
      await expect(dialogOf(page)).toBeVisible()
      await expect(promote(page, standby.id)).not.toBeFocused()
      await expect(promote(page, standby.id)).toBeDisabled()
      await dialogOf(page).getByRole('button', { name: 'Cancel' }).click()
      await expect(dialogOf(page)).toBeHidden()
    }
    expect(await putsOf(world)).toHaveLength(0)
  })
}

test('on a phone what is followed begins at its top, though the risks stood further down', async ({
  page,
  world,
}) => {
  await page.setViewportSize({ width: 360, height: 700 })
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await confirm(page, standby.id)
  await expect(dialogOf(page).getByText(/^Started by/)).toBeInViewport()
})

for (const width of [360, 1440]) {
  test(`of 200 connectors each is reached, and any standby takes over, ${width} px wide`, async ({
    page,
    world,
  }) => {
    await page.setViewportSize({ width, height: 800 })
    await page.goto('/')
    const { id } = await world.addTunnel('many-core', 200)
    const { connectors } = await world.tunnel('many-core')
    await expect(page.getByRole('link', { name: 'many-core', exact: true })).toBeVisible()
    await page.goto(`/tunnels/${id}`)
    const main = page.getByRole('main')
    await expect(main).toContainText('199 standbys')
    const paths = connectors.map((connector) => `/tunnels/${id}/connectors/${connector.id}`)
    const linked = () =>
      main
        .locator('a[href*="/connectors/"]:visible')
        .evaluateAll((links) => links.map((link) => link.getAttribute('href')))
    await expect.poll(async () => [...new Set(await linked())].toSorted()).toEqual(paths.toSorted())
    expect(await overflow(page)).toBe(0)

    await page.goto(`/tunnels/${id}?dialog=failover`)
    const choices = dialogOf(page).getByRole('radio')
    await expect(choices).toHaveCount(199)
    const last = choices.last()
    await last.check()
    await expect(last).toBeInViewport({ ratio: 1 })
    const name = await dialogOf(page)
      .getByRole('button', { name: /^Promote/ })
      .innerText()
    const chosen = connectors.find((one) => name.includes(short(one.id)))
    if (!chosen) throw new Error(`Nobody is named in ${name}.`)
    await expect(last).toHaveAccessibleName(new RegExp(short(chosen.id)))
    expect(await overflow(page)).toBe(0)
    expect(await dialogOf(page).evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0)
    await confirm(page, chosen.id)
    await expect(phase(page, 'Confirmed')).toBeVisible()
    await expect.poll(async () => (await putsOf(world)).length).toBe(1)
  })
}

test('a tip keeps to one line in a narrow window, wherever the one before it stood', async ({
  page,
  world,
}) => {
  await page.setViewportSize({ width: 360, height: 700 })
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  const tip = page.getByRole('tooltip')
  await dialogOf(page).getByRole('button', { name: 'Close' }).hover()
  await expect(tip).toHaveText('Close')
  const line = (await tip.boundingBox())?.height
  await promote(page, standby.id).hover()
  await expect(tip).toHaveText(/accept/i)
  expect((await tip.boundingBox())?.height).toBe(line)
})

test.describe('with a finger', () => {
  test.use({ hasTouch: true, viewport: { width: 360, height: 700 } })

  test('a tap on what can’t be pressed says why, until the next tap elsewhere', async ({
    page,
    world,
  }) => {
    await page.goto('/')
    const tip = page.getByRole('tooltip')
    const alone = await world.tunnel('sin-warehouse-ot')
    await page.goto(`/tunnels/${alone.id}`)
    const failOver = page.getByRole('button', { name: 'Fail over' })
    await expect(failOver).toBeDisabled()
    // What is switched off is not pressed by itself.
    await failOver.tap({ force: true })
    await expect(tip).toHaveText('There is no other connector. Add a replica first.')
    await expect(tip).toBeInViewport({ ratio: 1 })
    await page.getByRole('heading', { level: 1 }).tap()
    await expect(tip).toBeHidden()

    const { tunnelId, standby } = await world.pair('lon-branch-core')
    await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
    await expect(risks(page).first()).toBeVisible()
    await expect(promote(page, standby.id)).toBeDisabled()
    // It takes the focus from the button that has it, which hides the tip of that one only.
    await promote(page, standby.id).tap({ force: true })
    await expect(tip).toHaveText(/accept/i)
    await expect(promote(page, standby.id)).toHaveAccessibleDescription(/accept/i)
    await dialogOf(page).getByRole('heading').first().tap()
    await expect(tip).toBeHidden()
    // What can be pressed does what it says, and shows nothing beside it.
    await dialogOf(page).getByRole('button', { name: 'Close' }).tap()
    await expect(dialogOf(page)).toBeHidden()
    await expect(tip).toBeHidden()
    expect(await putsOf(world)).toHaveLength(0)
  })
})

test('a standby that has just come back is a grave risk: it needs a tick and a reason', async ({
  page,
  world,
}) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await world.kill(standby.id)
  await world.revive(standby.id)
  await page.goto(`/tunnels/${tunnelId}?dialog=failover&to=${standby.id}`)
  await expect(risks(page).first()).toHaveAccessibleName(/^Grave: It connected only \d+ s ago/)
  for (const risk of await risks(page).all()) await risk.check()
  await expect(promote(page, standby.id)).toHaveAccessibleDescription(
    'Say why in a few words first.',
  )
  await dialogOf(page).getByRole('textbox', { name: 'Reason' }).fill('The other host is on fire')
  await promote(page, standby.id).click()
  await expect(dialogOf(page)).toContainText('The other host is on fire')
  expect(await putsOf(world)).toHaveLength(1)
})

test('a drill is marked as one: in the dialog, on the tunnel’s page and in the log', async ({
  page,
  world,
}) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await world.failovers({ mode: 'normal', demoteMs: 0, promoteMs: 500 })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await acceptRisks(page)
  await dialogOf(page).getByRole('checkbox', { name: 'This is a drill' }).check()
  await promote(page, standby.id).click()
  await expect(dialogOf(page)).toContainText(/Drill started by local admin/)
  await expect(dialogOf(page)).toContainText(/Confirmed after/)
  await expect(dialogOf(page)).toContainText(/Promotion\d/)
  await dialogOf(page).getByRole('button', { name: 'Done' }).click()
  const panel = page.getByRole('region', { name: 'Failovers' })
  await expect(panel).toContainText(/Last drill[^,]*, confirmed/)
  await expect(panel.getByRole('listitem')).toHaveCount(1)
  await panel.getByRole('listitem').getByRole('button').click()
  await expect(dialogOf(page)).toContainText('a test')
  await page.goto('/activity')
  await expect(page.getByRole('main')).toContainText(/started by local admin: drill: a test/)
})

test('a tunnel that runs on its standby says so, since when, until it is back', async ({
  page,
  world,
}) => {
  const { tunnelId, active, standby } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}`)
  const panel = page.getByRole('region', { name: 'Failovers' })
  const preferred = panel.getByRole('combobox', { name: 'Preferred connector' })
  const save = panel.getByRole('button', { name: 'Save' })
  await expect(save).toBeDisabled()
  // A key goes from choice to choice: only the button, or Enter, says which is meant.
  await preferred.selectOption(standby.id)
  await expect(panel).toContainText('Not saved yet')
  await preferred.press('Escape')
  await expect(preferred).toHaveValue('')
  await preferred.selectOption(active.id)
  await save.click()
  await expect(panel).toContainText('It carries the traffic.')
  await expect(save).toBeDisabled()
  await world.swap(tunnelId)
  await expect(panel).toContainText(/On its standby since \d/, { timeout: 10_000 })
  await expect(page.getByRole('main')).toContainText(`standby of ${short(active.id)}`)
  await page.reload()
  await expect(panel).toContainText(/On its standby since \d/)
  await world.swap(tunnelId)
  await expect(panel).toContainText('It carries the traffic.', { timeout: 10_000 })
})

test('F2 after an answer that got lost the dialog joins the failover that began all the same', async ({
  page,
  world,
}) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await world.failovers({ mode: 'normal', demoteMs: 1_000, promoteMs: 4_000 })
  let isLost = false
  await page.route('**/failovers', async (route) => {
    if (isLost || route.request().method() !== 'POST') return route.fallback()
    isLost = true
    await route.fetch()
    return route.abort('connectionreset')
  })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await confirm(page, standby.id)
  await expect(dialogOf(page)).toContainText(/Confirmed after/)
  expect(await putsOf(world)).toHaveLength(1)
})

test('F2 whoever waits in vain for an answer may leave, and is told that it may still be sent', async ({
  page,
  world,
}) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await page.route('**/failovers', (route) =>
    route.request().method() === 'POST' ? undefined : route.fallback(),
  )
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await confirm(page, standby.id)
  const dialog = dialogOf(page)
  await expect(dialog.getByRole('button', { name: 'Sending…' })).toBeVisible()
  await expect(
    dialog.getByRole('status').filter({ hasText: 'You may leave: it may still be sent' }),
  ).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
})

test('F2 while an answer does not come the dialog follows what was sent, and never says that nothing was', async ({
  page,
  secondPage,
  world,
}) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await world.failovers({ mode: 'normal', demoteMs: 500, promoteMs: 1_500 })
  await page.route('**/failovers', async (route) => {
    if (route.request().method() !== 'POST') return route.fallback()
    // What it is answered never reaches the page.
    await route.fetch()
  })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  const isSaid = await everSaid(page, 'Nothing was sent')
  await confirm(page, standby.id)
  await expect(rowOf(secondPage, 'lon-branch-core')).toContainText(short(standby.id))
  await expect(dialogOf(page)).toContainText(/Confirmed after/)
  await expect(dialogOf(page).getByRole('button', { name: 'Done' })).toBeEnabled()
  expect(await isSaid()).toBe(false)
  expect(await putsOf(world)).toHaveLength(1)
})

test('F2 a dialog that was cut off until the failover had ended finds it, and never says that nothing was sent', async ({
  page,
  secondPage,
  world,
}) => {
  const { tunnelId, active, standby } = await world.pair('lon-branch-core')
  await world.failovers({ mode: 'normal', demoteMs: 500, promoteMs: 1_500 })
  let isCut = false
  await page.route('**/api/**', (route) =>
    isCut || route.request().url().includes('/events')
      ? route.abort('connectionreset')
      : route.fallback(),
  )
  await page.route('**/failovers', async (route) => {
    if (route.request().method() !== 'POST') return route.fallback()
    isCut = true
    await route.fetch()
    return route.abort('connectionreset')
  })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  const isSaid = await everSaid(page, 'Nothing was sent')
  await confirm(page, standby.id)
  await expect(dialogOf(page).getByRole('alert')).toContainText('look before you repeat it')
  await expect(rowOf(secondPage, 'lon-branch-core')).toContainText(short(standby.id))
  await expect(rowOf(secondPage, 'lon-branch-core')).not.toContainText(short(active.id))
  // Pressed once more, which nobody hears: what began the first time is still theirs.
  const again = page.waitForEvent('requestfailed', (request) => request.method() === 'POST')
  await promote(page, standby.id).click()
  await again
  isCut = false
  await expect(dialogOf(page)).toContainText(/Confirmed after/)
  expect(await isSaid()).toBe(false)
  expect(await putsOf(world)).toHaveLength(1)
})

test('F2 what a gateway answers in Tandem’s place is no refusal: what was sent all the same is followed', async ({
  page,
  world,
}) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await world.failovers({ mode: 'normal', demoteMs: 500, promoteMs: 1_500 })
  await page.route('**/failovers', async (route) => {
    if (route.request().method() !== 'POST') return route.fallback()
    await route.fetch()
    return route.fulfill({ status: 504, body: 'Gateway Time-out' })
  })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  const isSaid = await everSaid(page, 'Nothing was sent')
  await confirm(page, standby.id)
  await expect(dialogOf(page)).toContainText(/Confirmed after/)
  expect(await isSaid()).toBe(false)
  expect(await putsOf(world)).toHaveLength(1)
})

test('F10 a lock-out that comes while a failover is being sent is not told as if none could be started', async ({
  page,
  world,
}) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await page.route('**/failovers', (route) =>
    route.request().method() === 'POST' ? undefined : route.fallback(),
  )
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await confirm(page, standby.id)
  await expect(dialogOf(page).getByRole('button', { name: 'Sending…' })).toBeVisible()
  const isSaid = await everSaid(page, 'No failover can be started')
  await world.breakWith({ kind: 'rate-limit', retryAfter: 120, match: { path: '/warp_connector' } })
  await expect(page.getByText(/ Again at /)).toBeAttached()
  expect(await isSaid()).toBe(false)
})

test('the record of a failover says what was, and who is active now', async ({ page, world }) => {
  const { tunnelId, active, standby } = await world.pair('lon-branch-core')
  await world.failovers({ mode: 'normal', demoteMs: 0, promoteMs: 500 })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await confirm(page, standby.id)
  await expect(dialogOf(page)).toContainText(/Confirmed after/)
  const picture = dialogOf(page).getByRole('figure')
  await expect(picture).toHaveAccessibleName(
    `From ${short(active.id)}, not active; to ${short(standby.id)}, active`,
  )
  const back = dialogOf(page).getByRole('button', { name: `Fail back to ${short(active.id)}` })
  await expect(back).toBeVisible()
  await world.swap(tunnelId)
  await expect(dialogOf(page)).toContainText(`Cloudflare reported ${short(standby.id)} active`)
  await expect(dialogOf(page)).toContainText(`Now ${short(active.id)} is active.`)
  await expect(dialogOf(page)).toContainText('not for long')
  await expect(picture).toHaveAccessibleName(
    `From ${short(active.id)}, active; to ${short(standby.id)}, not active`,
  )
  // It is where the traffic is.
  await expect(back).toBeHidden()
})

/** Something happens between the click that sends a failover and Tandem's look before it. */
async function beforeIt(page: Page, happen: () => Promise<unknown>) {
  await page.route('**/failovers', async (route) => {
    if (route.request().method() === 'POST') await happen()
    return route.fallback()
  })
}

test('F11 what speaks against one standby is not said over the choice of another', async ({
  page,
  world,
}) => {
  const { id, connectors } = await world.tunnel('fra-dc2-edge')
  const [first, second] = connectors.filter(({ haStatus }) => haStatus === 'passive')
  if (!first || !second) throw new Error('fra-dc2-edge has two standbys.')
  await beforeIt(page, () => world.kill(first.id))
  await page.goto(`/tunnels/${id}?dialog=failover&to=${first.id}`)
  await confirm(page, first.id)
  await expect(dialogOf(page)).toContainText('Nothing was sent')
  await dialogOf(page)
    .getByRole('radio', { name: new RegExp(short(second.id)) })
    .check()
  await expect(risks(page).first()).toBeVisible()
  await expect(dialogOf(page).getByRole('alert')).toHaveCount(0)
  expect(await putsOf(world)).toHaveLength(0)
})

test('F4 a risk that only the look of the failover itself found can be accepted', async ({
  page,
  world,
}) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  // Cloudflare is slow while it is sent, and quick again when the dialog asks.
  await page.route('**/failovers', async (route) => {
    if (route.request().method() !== 'POST') return route.fallback()
    await world.breakWith({ kind: 'delay', ms: 2_500, match: { path: '/connections$' } })
    const response = await route.fetch()
    await world.heal()
    return route.fulfill({ response })
  })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await confirm(page, standby.id)
  await expect(dialogOf(page).getByRole('alert')).toContainText('accept this risk by name')
  const stale = dialogOf(page).getByRole('checkbox', { name: /^Grave: What Cloudflare told/ })
  await stale.check()
  await promote(page, standby.id).click()
  await expect(phase(page, 'Accepted')).toContainText(/\+\d/)
  expect(await putsOf(world)).toHaveLength(1)
})

test('F10 a lock-out is told of until it has passed, not longer', async ({ page, world }) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  const lock = { kind: 'rate-limit', retryAfter: 5, match: { path: '/warp_connector' } } as const
  await beforeIt(page, () => world.breakWith(lock))
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await confirm(page, standby.id)
  await expect(dialogOf(page)).toContainText('Cloudflare is refusing calls for another')
  await world.heal()
  await expect(promote(page, standby.id)).toBeEnabled()
  await expect(dialogOf(page).getByRole('alert')).toHaveCount(0)
  expect(await putsOf(world)).toHaveLength(0)
})

test('F3 somebody who opens the dialog while one runs is told who, and joins it', async ({
  page,
  secondPage,
  world,
}) => {
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await world.failovers({ mode: 'never' })
  await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
  await confirm(page, standby.id)
  await expect(phase(page, 'Accepted')).toContainText(/\+\d/)
  await secondPage.goto(`/tunnels/${tunnelId}?dialog=failover&to=${standby.id}`)
  await expect(dialogOf(secondPage).getByRole('alert')).toContainText(
    /local admin started a failover to .{8} \d+ s ago/,
  )
  await dialogOf(secondPage).getByRole('button', { name: 'Follow it' }).click()
  await expect(phase(secondPage, 'Accepted')).toContainText(/\+\d/)
  expect(await putsOf(world)).toHaveLength(1)
})
