import { readFileSync } from 'node:fs'
import type { Locator, Page } from '@playwright/test'
import type { TunnelHistory } from '../src/contract/history.ts'
import { rowOf, short } from './find.ts'
import { expect, look, test } from './fixtures.ts'
import type { World } from './world.ts'

/** What Tandem remembers: the pictures of a tunnel, and the log of all of them. */

const entries = (page: Page) => page.getByRole('list', { name: 'Entries, newest first' })
const timeline = (page: Page) => page.getByRole('application', { name: /^HA role timeline/ })

/** Tandem has looked at the tunnel, then its roles are swapped behind its back, and it has seen that. */
async function seeSwap(page: Page, world: World) {
  const { tunnelId, active, standby } = await world.pair('lon-branch-core')
  await expect(rowOf(page, 'lon-branch-core')).toContainText(short(active.id))
  await world.swap(tunnelId)
  await expect(rowOf(page, 'lon-branch-core')).toContainText(short(standby.id))
  return { tunnelId, active, standby }
}

test('what happens comes into the log by itself, and is found by tunnel and by kind', async ({
  page,
  world,
}) => {
  await page.goto('/')
  const { tunnelId, active, standby } = await seeSwap(page, world)
  await page.keyboard.press('g')
  await page.keyboard.press('a')
  await expect(page.getByRole('heading', { name: 'Activity', level: 1 })).toBeVisible()
  const change = `Active changed from ${short(active.id)} to ${short(standby.id)}`
  await expect(entries(page)).toContainText(change)
  await world.renameTunnel(tunnelId, 'lon-branch-two')
  await expect(entries(page)).toContainText('lon-branch-two')

  await page.getByRole('combobox', { name: 'Tunnel' }).selectOption({ label: 'lon-branch-two' })
  await page.getByRole('button', { name: 'Failovers', exact: true }).click()
  await expect(entries(page)).toContainText(change)
  await expect(entries(page)).not.toContainText('Renamed')
  await expect(page).toHaveURL(/tunnel=.+kind=|kind=.+tunnel=/)
  await page.reload()
  await expect(entries(page)).toContainText(change)
  await expect(entries(page)).not.toContainText('Renamed')
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await expect(entries(page)).toContainText('lon-branch-two')
})

look('back takes the last filter of a log off again, and does not leave it', async ({ page }) => {
  for (const log of ['/activity', '/audit']) {
    await page.goto(log)
    const day = page.getByRole('group', { name: 'Time' }).getByRole('button', { name: '24 h' })
    await day.click()
    await expect(page).toHaveURL(new RegExp(`${log}\\?range=`))
    await page.goBack()
    await expect(page).toHaveURL(new RegExp(`${log}$`))
    await expect(day).toHaveAttribute('aria-pressed', 'false')
  }
})

test('a page of a log that does not come is asked for once, and again by whoever says so', async ({
  page,
  world,
}) => {
  await page.goto('/')
  await seeSwap(page, world)
  let asked = 0
  await page.route('**/api/activity?*', async (route) => {
    if (new URL(route.request().url()).searchParams.has('cursor')) {
      asked += 1
      if (asked === 1) return route.fulfill({ status: 503, body: 'busy' })
      return route.fulfill({ json: { events: [], cursor: null } })
    }
    const response = await route.fetch()
    await route.fulfill({ response, json: { ...(await response.json()), cursor: '1-1-1' } })
  })
  await page.goto('/activity')
  const alert = page.getByRole('alert')
  await expect(alert).toContainText('The server answered 503')
  await expect(entries(page)).toContainText('Active changed')
  expect(asked).toBe(1)
  await alert.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByText('This is where the log begins.')).toBeVisible()
  await expect(alert).toBeHidden()
})

test('a stretch of the log does not say that the log begins there', async ({ page, world }) => {
  await page.goto('/')
  await seeSwap(page, world)
  await page.goto('/activity?range=1h')
  await expect(entries(page)).toContainText('Active changed')
  await expect(page.getByText('There is nothing earlier in this stretch of time.')).toBeVisible()
  await page.getByRole('button', { name: 'All time' }).click()
  await expect(page.getByText('This is where the log begins.')).toBeVisible()
})

test('the log can be taken away, filtered as it is shown', async ({ page, world }) => {
  await page.goto('/')
  const { tunnelId, active, standby } = await seeSwap(page, world)
  await page.goto(`/activity?tunnel=${tunnelId}`)
  await expect(entries(page)).toContainText('Active changed')
  const lines = await download(page, 'JSON Lines')
  const events = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; from: string; to: string; tunnelId: string })
  expect(events.every((event) => event.tunnelId === tunnelId)).toBe(true)
  expect(events).toContainEqual(
    expect.objectContaining({ kind: 'active-changed', from: active.id, to: standby.id }),
  )
  const [head = '', ...rows] = (await download(page, 'CSV')).trim().split(/\r?\n/)
  expect(head).toContain('kind')
  expect(rows).toHaveLength(events.length)
})

async function download(page: Page, name: string): Promise<string> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name, exact: true }).click(),
  ])
  return readFileSync(await file.path(), 'utf8')
}

test('the timeline is told interval by interval under the keyboard, and zoomed into and out of', async ({
  page,
  world,
}) => {
  await page.goto('/')
  const { tunnelId, active, standby } = await seeSwap(page, world)
  await page.goto(`/tunnels/${tunnelId}?range=15m`)
  // What the list showed is history once it was written down.
  const figures = page.getByLabel('The history in numbers')
  await expect(figures).toContainText(/Active connector changed\s*Once/)
  await timeline(page).focus()
  const readout = page.getByRole('status').filter({ hasText: /^Active connector: / })
  // The lane of the active connector is the second one.
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('End')
  await expect(readout).toContainText(short(standby.id))
  // There is nothing newer.
  await page.keyboard.press('ArrowRight')
  await expect(readout).toContainText(short(standby.id))
  await page.keyboard.press('ArrowLeft')
  await expect(readout).toContainText(short(active.id))
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/range=\d/)
  await page.getByRole('button', { name: 'Previous range' }).click()
  await expect(page).toHaveURL(/range=15m/)
})

test.describe('with a finger', () => {
  test.use({ hasTouch: true, viewport: { width: 800, height: 900 } })

  look(
    'a tap tells what a chart shows there, and a second one goes in',
    async ({ page, world }) => {
      await page.clock.install()
      const { tunnelId } = await world.pair('lon-branch-core')
      await page.goto(`/tunnels/${tunnelId}?range=30d`)
      const panel = page.getByRole('region', { name: 'Connections', exact: true })
      const numbers = panel.getByText(/^\d+ connections?$/)
      await tapNearEnd(page, panel.locator('.cursor-crosshair'))
      await expect(numbers).toBeVisible()

      // The first lane is the status of the tunnel.
      const status = page.getByRole('list', { name: 'Lanes' }).getByRole('listitem').first()
      const telling = page.getByRole('presentation').filter({ hasText: 'Tunnel status' })
      await tapNearEnd(page, timeline(page), status)
      await expect(telling).toContainText('Healthy')
      await expect(numbers).toBeHidden()
      await page.getByRole('heading', { level: 1 }).tap()
      await expect(telling).toBeHidden()
      await tapNearEnd(page, timeline(page), status)
      await expect(telling).toBeVisible()
      // As long as a second one would be taken for a double one, nothing goes in either.
      await page.clock.runFor(1000)
      await expect(page).toHaveURL(/range=30d$/)
      await tapNearEnd(page, timeline(page), status, 200)
      await page.clock.runFor(1000)
      // To the fortnight that Tandem knows of.
      await expect(page).toHaveURL(/range=\d+m$/)
    },
  )

  look(
    'the moment that a finger points at goes along from one chart to the other',
    async ({ page, world, context }) => {
      await context.grantPermissions(['clipboard-read', 'clipboard-write'])
      const { tunnelId } = await world.pair('lon-branch-core')
      await page.goto(`/tunnels/${tunnelId}?range=30d`)
      const connections = page
        .getByRole('region', { name: 'Connections', exact: true })
        .locator('.cursor-crosshair')
      const copied = page.getByRole('button', { name: 'Copied' })
      for (const chart of [connections, timeline(page), connections]) {
        await tapNearEnd(page, chart)
        await page.keyboard.press('l')
        await expect(copied).toBeVisible()
        expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/@\S+$/)
        await expect(copied).toBeHidden()
      }
    },
  )

  test('a mark goes in at the second tap while its chart follows the present', async ({
    page,
    world,
  }) => {
    // At the very end of the rail a mark stands still: this one is told as five minutes older than it is.
    const agoMs = 300_000
    let markedAt = 0
    await page.route('**/api/tunnels/*/history?*', async (route) => {
      const response = await route.fetch()
      const history = (await response.json()) as TunnelHistory
      for (const event of history.events)
        if (event.kind === 'active-changed') markedAt = event.at -= agoMs
      await route.fulfill({ response, json: history })
    })
    const { tunnelId, active, standby } = await world.pair('lon-branch-core')
    await page.goto(`/tunnels/${tunnelId}?range=15m`)
    await expect(page.getByText(short(active.id)).first()).toBeVisible()
    await world.swap(tunnelId)
    await expect.poll(() => markedAt).toBeGreaterThan(0)
    const figures = page.getByLabel('The history in numbers')
    await expect(figures).toContainText(/Active connector changed\s*Once/)
    const tapMark = async () => {
      await timeline(page).scrollIntoViewIfNeeded()
      const box = await timeline(page).boundingBox()
      if (!box) throw new Error('The chart is not drawn')
      const x = box.width * (1 - (Date.now() - markedAt) / 900_000)
      await page.touchscreen.tap(box.x + x, box.y + 6)
    }
    await tapMark()
    const telling = page.getByRole('presentation').filter({ hasText: 'Active changed' })
    await expect(telling).toContainText(short(standby.id))
    // The stretch goes in steps of a second.
    await page.waitForFunction((until) => Date.now() > until, Date.now() + 2000)
    await tapMark()
    await expect(page).toHaveURL(/range=\d{4}-/)
  })
})

/**
 * Taps where a chart shows what was lately, `fromEnd` pixels before its end, at the height of `row` or of its own middle.
 * To the browser two taps at once near each other are a double one, whatever a clock says that a story moves.
 */
async function tapNearEnd(page: Page, chart: Locator, row = chart, fromEnd = 4) {
  await row.scrollIntoViewIfNeeded()
  const [across, along] = [await chart.boundingBox(), await row.boundingBox()]
  if (!across || !along) throw new Error('The chart is not drawn')
  await page.touchscreen.tap(across.x + across.width - fromEnd, along.y + along.height / 2)
}

look(
  'one range for all pictures of a page: kept in the address, moved, narrowed, taken back',
  async ({ page, world }) => {
    const { id: tunnelId } = await world.tunnel('lon-branch-core')
    await page.goto(`/tunnels/${tunnelId}`)
    const range = page.getByRole('group', { name: 'Time range' })
    await range.getByRole('button', { name: 'The last 1 h' }).click()
    await expect(page).toHaveURL(/range=1h/)
    // Colour is for state only, and that it follows is none.
    const follows = range.getByText('follows', { exact: true })
    const ink = await follows.evaluate((words) => getComputedStyle(words).color)
    await expect(follows.locator('span')).toHaveCSS('background-color', ink)
    await range.getByRole('button', { name: 'Earlier' }).click()
    await expect(range).not.toContainText('follows')
    await expect(range.getByRole('button', { name: 'To now' })).toBeVisible()
    await range.getByRole('button', { name: 'Previous range' }).click()
    await expect(page).toHaveURL(/range=1h/)
    await page.reload()
    await expect(range.getByRole('button', { name: 'The last 1 h' })).toHaveAttribute(
      'aria-pressed',
      'true',
    )
  },
)

look(
  'a stretch that no address can hold is refused where it is typed, not taken for another one',
  async ({ page, world }) => {
    const { id: tunnelId } = await world.tunnel('lon-branch-core')
    for (const [address, room] of [
      [`/tunnels/${tunnelId}?range=1h`, 'Time range'],
      ['/activity?range=7d', 'Time'],
    ] as const) {
      await page.goto(address)
      await page
        .getByRole('group', { name: room, exact: true })
        .getByRole('button', { name: 'Custom' })
        .click()
      const form = page.getByRole('dialog', { name: 'Custom time range' })
      const [from, to] = [form.getByLabel(/^From/), form.getByLabel('To', { exact: true })]
      for (const begin of ['0026-11-24T09:00', '1969-11-24T09:00', '2009-11-24T09:00']) {
        await from.fill(begin)
        await form.getByRole('button', { name: 'Show this stretch' }).click()
        await expect(to).toHaveAccessibleDescription(
          'At most ten years can be shown, none before 1970.',
        )
        await expect(page).toHaveURL(address)
      }
      await from.fill('2025-11-24T09:00')
      await form.getByRole('button', { name: 'Show this stretch' }).click()
      await expect(page).toHaveURL(/range=2025-11-24T/)
    }
  },
)

look(
  'a link keeps what somebody looks at: the stretch, and the moment that they point at',
  async ({ page, world, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    const { tunnelId } = await world.pair('lon-branch-core')
    await page.goto(`/tunnels/${tunnelId}?range=15m`)
    await timeline(page).hover()
    await page.keyboard.press('l')
    await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible()
    const link = await page.evaluate(() => navigator.clipboard.readText())
    expect(link).toMatch(/range=\S+\.\.\S+@\S+$/)
    await page.goto(link)
    const range = page.getByRole('group', { name: 'Time range' })
    const unpoint = range.getByRole('button', { name: 'Clear the marked moment' })
    await expect(unpoint).toBeVisible()
    await expect(range).not.toContainText('follows')
    await unpoint.click()
    await expect(page).toHaveURL(/range=[^@]+$/)
    await expect(unpoint).toBeHidden()
  },
)

look(
  'the keyboard goes through the connections, tells them, and a link points at where it is',
  async ({ page, world, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    const { tunnelId } = await world.pair('lon-branch-core')
    await page.goto(`/tunnels/${tunnelId}?range=30d`)
    const chart = page.getByRole('application', { name: /^Connections over time/ })
    const told = page
      .getByRole('region', { name: 'Connections', exact: true })
      .getByRole('status')
      .filter({ hasText: /\d+ connections?|Not watched|Nothing is known/ })
    await expect(chart).toBeVisible()
    await timeline(page).focus()
    for (let tabs = 0; tabs < 60; tabs += 1) {
      await page.keyboard.press('Tab')
      if (await chart.evaluate((node) => node === document.activeElement)) break
    }
    await expect(chart).toBeFocused()
    await expect(told).toBeVisible()
    const last = await told.innerText()
    await page.keyboard.press('ArrowLeft')
    await expect(told).not.toHaveText(last)
    await page.keyboard.press('l')
    await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/@\S+$/)
    await page.keyboard.press('Enter')
    await expect(page).not.toHaveURL(/range=30d$/)
    await expect(chart).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(page).toHaveURL(/range=30d$/)
  },
)

look('a link to what has just happened reaches it', async ({ page, world, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const { tunnelId } = await world.pair('lon-branch-core')
  // The clock of so long a stretch goes in steps of half an hour.
  await page.goto(`/tunnels/${tunnelId}?range=30d`)
  await expect(timeline(page)).toBeVisible()
  const pressedAt = Date.now()
  await page.keyboard.press('l')
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible()
  const link = await page.evaluate(() => navigator.clipboard.readText())
  const [, to = ''] = /\.\.([^@]+)/.exec(link) ?? []
  expect(Date.parse(decodeURIComponent(to))).toBeGreaterThan(pressedAt - 5000)
})

look(
  'a link to a moment opens at the roles, once, and leaves the page where somebody scrolls it',
  async ({ page, world }) => {
    const { tunnelId } = await world.pair('lon-branch-core')
    const at = new Date()
    const from = new Date(at.getTime() - 900_000)
    const stretch = `${from.toISOString()}..${at.toISOString()}`
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.goto(`/tunnels/${tunnelId}?range=${stretch}`)
    await expect(timeline(page)).toBeAttached()
    await expect(timeline(page)).not.toBeInViewport({ ratio: 1 })
    await page.goto(`/tunnels/${tunnelId}?range=${stretch}@${from.toISOString()}`)
    await expect(timeline(page)).toBeInViewport({ ratio: 1 })
    await expect(page.getByRole('heading', { name: 'Roles' })).toBeInViewport({ ratio: 1 })
    await expect(page.locator('body')).toBeFocused()
    await page.evaluate(() => window.scrollTo(0, 0))
    for (const name of ['Table', 'Chart'])
      await page.getByRole('radio', { name }).evaluate((each: HTMLInputElement) => each.click())
    await expect(timeline(page)).toBeAttached()
    expect(await page.evaluate(() => window.scrollY)).toBe(0)
  },
)

look(
  'the time before Tandem watched is nobody’s: reported by Cloudflare, or unknown',
  async ({ page, world }) => {
    const { id: tunnelId } = await world.tunnel('lon-branch-core')
    await page.goto(`/tunnels/${tunnelId}?range=7d`)
    await page.getByText('Table', { exact: true }).click()
    const table = page.getByRole('table', { name: 'Every interval of the timeline' })
    const statusBy = (source: string) =>
      table
        .getByRole('row', { name: /^Status / })
        .filter({ has: page.getByRole('cell', { name: source, exact: true }) })
    await expect(statusBy('Cloudflare')).toHaveCount(1)
    await expect(statusBy('Tandem')).toHaveCount(1)
    await expect(page.getByText(/100 %/).first()).toBeVisible()
    await expect(page.getByText(/of the [\d.]+ % observed/).first()).toBeVisible()
  },
)

test('a connector’s page tells its share of the time, its runs and its versions', async ({
  page,
  world,
}) => {
  await page.goto('/')
  const { tunnelId, standby } = await seeSwap(page, world)
  await page.goto(`/tunnels/${tunnelId}/connectors/${standby.id}?range=1h`)
  const figures = page.getByLabel('The history in numbers')
  await expect(figures).toContainText(/Active\s*[\d.]+ %/)
  await expect(figures).toContainText('Connections opened')
  await expect(page.getByText(standby.version).first()).toBeVisible()
})
