import type { Page, Route } from '@playwright/test'
import type { TunnelHistory } from '#contract/history.ts'
import type { Tunnel } from '#contract/tunnel.ts'
import { durationText } from '#web/ui/time.ts'
import { instantIn } from '#web/ui/zone.ts'
import { short } from './find.ts'
import { bare, expect, look, test } from './fixtures.ts'
import { startTandem } from './tandem.ts'

/** What happened, on paper and in a ticket; and the worst state in the tab of a page that nobody looks at. */

test('the report of a tunnel tells what happened and who did what, and fits on two sheets', async ({
  page,
  context,
  world,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const { tunnelId, active, standby } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}?range=1h`)
  await expect(page.getByRole('heading', { name: 'lon-branch-core', level: 1 })).toBeVisible()
  await world.swap(tunnelId)
  await expect(page.getByRole('alert').or(page.getByText(/nobody has acknowledged/))).toBeVisible()

  await page.getByRole('link', { name: 'Report', exact: true }).click()
  const happened = page.getByRole('table', { name: 'What happened, and who did what' })
  await expect(happened).toContainText(
    `Active changed from ${short(active.id)} to ${short(standby.id)}`,
  )
  await page.keyboard.press('ControlOrMeta+k')
  await page.getByRole('combobox').fill('report as markdown')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible()
  const text = await page.evaluate(() => navigator.clipboard.readText())
  expect(text).toContain('# lon-branch-core: ')
  expect(text).toContain(`| Active changed from ${short(active.id)} to ${short(standby.id)}`)

  expect(await sheetsOf(page)).toBeLessThanOrEqual(2)
})

bare(
  'the report of a month in which much happened fits on two sheets as well, and says what it leaves out',
  async ({ page }) => {
    const tandem = await startTandem({})
    const { tunnels } = (await (
      await page.request.get(`${tandem.address}/api/tunnels`)
    ).json()) as {
      tunnels: Tunnel[]
    }
    const { id } = tunnels.find(({ name }) => name === 'sin-warehouse-ot') as Tunnel
    // People wrote as much as they may.
    const text = 'The carrier says that it is the weather. '.repeat(12)
    for (const _ of Array(12).keys())
      await page.request.post(`${tandem.address}/api/tunnels/${id}/notes`, {
        headers: { 'x-requested-by': 'tandem' },
        data: { at: Date.now() - 60_000, text },
      })
    // As wide as the sheet: a wider page is made smaller on paper, and has more room there.
    await page.setViewportSize({ width: 700, height: 900 })
    await page.goto(`${tandem.address}/tunnels/${id}/report?range=30d`)
    await expect(page.getByText(/^And \d+ more: /)).toHaveCount(2)
    await expect(page.getByRole('table', { name: 'What happened' })).toContainText('the weather')
    expect(await sheetsOf(page)).toBe(2)
    await tandem.end()
    tandem.remove()
  },
)

look(
  'what is printed from a wide window is as large on paper as from a narrow one',
  async ({ page, world }) => {
    const { tunnelId } = await world.pair('lon-branch-core')
    await page.setViewportSize({ width: 1920, height: 1080 })
    for (const path of [
      `/tunnels/${tunnelId}/report?range=24h`,
      `/tunnels/${tunnelId}?range=24h`,
    ]) {
      await page.goto(path)
      await expect(page.getByLabel(/^HA role timeline/)).toBeVisible()
      await page.evaluate(() => {
        const { dataset } = document.documentElement
        matchMedia('print').addEventListener('change', ({ matches }) => {
          if (matches) dataset.paper = String(document.documentElement.clientWidth)
        })
      })
      await page.pdf({ format: 'A4', preferCSSPageSize: true })
      // A4 without its margins of 12 mm, at 96 pixels an inch.
      await expect(page.locator('html')).toHaveAttribute('data-paper', '703')
    }
  },
)

test('what a report says is not cut, nor broken within a word', async ({ page, world }) => {
  await page.goto('/')
  const { tunnelId } = await world.pair('lon-branch-core')
  const now = Date.now()
  await page.request.post(`/api/tunnels/${tunnelId}/maintenance`, {
    headers: { 'x-requested-by': 'tandem' },
    data: { from: now, to: now + 3_600_000 },
  })
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.goto(`/tunnels/${tunnelId}/report?range=1h`)
  const figure = page.getByText(/outside maintenance$/)
  await expect(figure).toBeVisible()
  expect(await figure.evaluate((each) => each.scrollWidth - each.clientWidth)).toBe(0)
  await page.setViewportSize({ width: 360, height: 800 })
  // The maintenance that has just begun is drawn, and makes the page no wider.
  await expect(page.getByRole('button', { name: /^Maintenance/ })).toBeVisible()
  await expect(page.getByRole('list', { name: 'Colos' })).toBeVisible()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
  const who = page.getByRole('cell', { name: 'local admin', exact: true }).locator('bdi')
  await expect(who).toHaveCount(1)
  expect(await who.evaluate((each) => each.getClientRects().length)).toBeLessThanOrEqual(2)
})

async function sheetsOf(page: Page): Promise<number> {
  const pdf = await page.pdf({ format: 'A4', printBackground: true, preferCSSPageSize: true })
  return pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0
}

look('a report of a stretch that a ticket names opens at that stretch', async ({ page, world }) => {
  const { tunnelId } = await world.pair('lon-branch-core')
  await page.goto(`/tunnels/${tunnelId}/report?from=2026-01-01T10:00Z&to=2026-01-01T11:00Z`)
  await expect(
    page.getByText(/1 Jan 2026, \d\d:00:00 to 1 Jan 2026, \d\d:00:00, 1 h/),
  ).toBeVisible()
  await expect(page.getByText('Nothing was recorded in this stretch of time.')).toBeVisible()
  await expect(page.getByText('Nothing is known: this stretch was not observed.')).toBeVisible()
  for (const name of ['The last 1 h', 'The last 24 h']) {
    await page.goto(`/tunnels/${tunnelId}/report?from=2026-01-01T10:00Z&to=soon`)
    await expect(page.getByText('The address asks for “2026-01-01T10:00Z..soon”.')).toBeVisible()
    await page.getByRole('button', { name }).click()
    await expect(page.getByText('The address asks for')).toBeHidden()
    await expect(page.getByRole('button', { name })).toHaveAttribute('aria-pressed', 'true')
  }
})

test('a report of a longer stretch than can be told of is of what its answer covers', async ({
  page,
  context,
  world,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.addInitScript(() => localStorage.setItem('tandem.zone', 'utc'))
  const { tunnelId } = await world.pair('lon-branch-core')
  const to = new Date(Date.now() + 12 * 3_600_000).toISOString()
  const answered = page.waitForResponse('**/history?*')
  await page.goto(`/tunnels/${tunnelId}/report?from=2024-01-01T00:00Z&to=${to}`)
  const { from, at } = (await (await answered).json()) as TunnelHistory
  const head = `${instantIn(from, 'utc')} to ${instantIn(at, 'utc')}`
  await expect(page.getByText(`${head}, ${durationText(at - from)}.`)).toBeVisible()
  await page.getByRole('button', { name: 'Copy as Markdown' }).click()
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(head)
})

look(
  'the timeline of a report stands still, and promises no keys that move it',
  async ({ page, world }) => {
    const { tunnelId } = await world.pair('lon-branch-core')
    await page.goto(`/tunnels/${tunnelId}/report?range=1h`)
    const timeline = page.getByRole('application', { name: /^HA role timeline/ })
    await expect(timeline).toHaveAccessibleName(/Arrow keys go from interval to interval\.$/)
    await timeline.focus()
    await page.keyboard.press('ArrowDown')
    await expect(page.getByRole('status').filter({ hasText: /^Active connector: / })).toBeAttached()
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/range=1h$/)
  },
)

look(
  'while another stretch is read, nothing of the one before can be taken for it',
  async ({ page, world }) => {
    const { tunnelId } = await world.pair('lon-branch-core')
    await page.goto(`/tunnels/${tunnelId}/report?range=24h`)
    const takes = [
      page.getByRole('button', { name: 'Copy as Markdown' }),
      page.getByRole('button', { name: 'Print' }),
    ]
    for (const take of takes) await expect(take).toBeEnabled()
    const held: Route[] = []
    await page.route('**/history?*', (route) => void held.push(route))
    await page.getByRole('button', { name: 'The last 7 d' }).click()
    const before = page.locator('[aria-busy="true"]')
    await expect(before).toContainText('What happened, and who did what')
    for (const take of takes) {
      await expect(take).toBeDisabled()
      await expect(take).toHaveAccessibleDescription('This stretch is still being read.')
    }
    // Nor by the browser's own command.
    await page.emulateMedia({ media: 'print' })
    await expect(before).toBeHidden()
    await expect(page.getByText('This stretch is still being read.')).toBeVisible()
    await page.emulateMedia({ media: 'screen' })
    for (const route of held) await route.continue()
    await expect(before).toHaveCount(0)
    for (const take of takes) await expect(take).toBeEnabled()
  },
)

look(
  'a report stays as light as paper, and a theme that is chosen there holds afterwards',
  async ({ page, world }) => {
    await page.goto('/')
    const root = page.locator('html')
    await page.emulateMedia({ colorScheme: 'light' })
    const { tunnelId } = await world.pair('lon-branch-core')
    await page.goto(`/tunnels/${tunnelId}/report`)
    await expect(page.getByRole('heading', { name: 'lon-branch-core', level: 1 })).toBeVisible()
    await page.keyboard.press('Shift+D')
    await expect(root).toHaveAttribute('data-theme', 'light')
    await page.getByRole('link', { name: 'Back to the tunnel' }).click()
    await expect(root).toHaveAttribute('data-theme', 'dark')
  },
)

look(
  'a link to a moment of a report is copied where somebody points, and shows it',
  async ({ page, context, world }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    const { tunnelId } = await world.pair('lon-branch-core')
    await page.goto(`/tunnels/${tunnelId}/report?range=1h`)
    const timeline = page.getByRole('application', { name: /^HA role timeline/ })
    await timeline.hover()
    await page.keyboard.press('l')
    await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible()
    const link = await page.evaluate(() => navigator.clipboard.readText())
    expect(link).toMatch(/\/report\?range=\S+\.\.\S+@\S+$/)
    await page.goto(link)
    await expect(timeline.locator('xpath=..').locator('.border-dashed')).toBeVisible()
  },
)

test('the tab carries the worst state', async ({ page, world }) => {
  await page.goto('/')
  await expect(page).toHaveTitle(/^1 tunnel down · /)
  const icon = page.locator('link[rel="icon"]')
  await expect(icon).toHaveAttribute('href', '/favicon-bad.svg')
  const { connectors } = await world.tunnel('lon-branch-core')
  for (const { id } of connectors) await world.kill(id)
  await expect(page).toHaveTitle(/^2 tunnels down · /)

  // A wall says it itself, of the tunnels that it shows.
  await page.keyboard.press('ControlOrMeta+k')
  await page.getByRole('combobox').fill('The wall itself')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/wall$/)
  await expect(icon).toHaveAttribute('href', '/favicon-bad.svg')
  await page.goto('/wall?name=fra-dc2-edge')
  await expect(icon).toHaveAttribute('href', '/favicon.svg')
})

test('the tab carries the worst state of the last minute while nobody looks at the page', async ({
  page,
  secondPage,
  world,
}) => {
  await page.goto('/')
  await page.clock.install()
  await page.reload()
  await expect(page).toHaveTitle(/^1 tunnel down · /)
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })
    document.dispatchEvent(new Event('visibilitychange'))
  })
  // The stream is let go after a minute; in the next one what was seen is not unknown yet.
  await page.clock.runFor('01:59')
  await expect(page.getByText('Asleep')).toBeAttached()
  await expect(page).toHaveTitle(/^1 tunnel down · /)
  const { connectors } = await world.tunnel('lon-branch-core')
  for (const { id } of connectors) await world.kill(id)
  await expect(secondPage).toHaveTitle(/^2 tunnels down · /)
  await page.clock.runFor('01:00')
  await expect(page).toHaveTitle(/^2 tunnels down · /)
})

test('whoever wants to is notified of a tunnel that goes down while they look elsewhere', async ({
  page,
  world,
}) => {
  // A browser without windows refuses them: this one has been asked nothing yet, and somebody will say yes.
  await page.addInitScript(() => {
    const told: string[] = []
    class Notification extends EventTarget {
      static permission = 'default'
      static async requestPermission() {
        Notification.permission = 'granted'
        return Notification.permission
      }
      constructor(title: string, options?: NotificationOptions & { renotify?: boolean }) {
        super()
        told.push(`${title}: ${options?.body}, ${options?.renotify}`)
      }
    }
    Object.assign(window, { told, Notification })
  })
  await page.clock.install()
  await page.goto('/')
  await page.getByRole('button', { name: /^You: / }).click()
  await page.getByRole('menuitemradio', { name: 'Notify me when a tunnel goes down' }).click()
  await expect(page.getByRole('rowheader')).toHaveCount(12)
  const turn = (visibility: DocumentVisibilityState) =>
    page.evaluate((state) => {
      Object.defineProperty(document, 'visibilityState', { get: () => state, configurable: true })
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    }, visibility)
  // They went elsewhere long ago.
  await turn('hidden')
  await page.clock.runFor('05:00')
  // Five minutes that took none: nothing was heard meanwhile, and what was down is not known to be any more, until each
  // tunnel was read once more.
  await expect(page.getByText('Live updates are on')).toBeAttached()
  const liveAt = Date.now()
  const isReadAnew = async () => {
    const answer = await page.request.get('/api/tunnels')
    const { tunnels } = (await answer.json()) as { tunnels: Tunnel[] }
    return tunnels.every(({ checkedAt }) => checkedAt !== null && checkedAt > liveAt)
  }
  await expect.poll(isReadAnew).toBe(true)
  await expect(page).toHaveTitle(/^1 tunnel down · /)
  const goesDown = async (name: string, ...told: string[]) => {
    const { connectors } = await world.tunnel(name)
    for (const { id } of connectors) await world.kill(id)
    await expect
      .poll(() => page.evaluate(() => (window as unknown as { told: string[] }).told))
      .toEqual(told)
  }
  const first = '1 tunnel down: lon-branch-core, true'
  await goesDown('lon-branch-core', first)
  // It takes the place of the first one, and names what that named.
  const second = '2 tunnels down: jnb-clinic-lan, lon-branch-core, true'
  await goesDown('jnb-clinic-lan', first, second)
  // What whoever came back has seen is no news any more.
  await turn('visible')
  await page.clock.runFor(1000)
  await turn('hidden')
  const third = '1 tunnel down: sin-warehouse-ot, true'
  await goesDown('sin-warehouse-ot', first, second, third)

  // They work in a window beside it: it is in sight, and what it shows was not seen.
  await page.evaluate(() => {
    document.hasFocus = () => false
  })
  await turn('visible')
  await page.clock.runFor(1000)
  const fourth = '2 tunnels down: fra-dc2-edge, sin-warehouse-ot, true'
  await goesDown('fra-dc2-edge', first, second, third, fourth)
})
