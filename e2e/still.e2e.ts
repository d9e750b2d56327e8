import type { BrowserContext, Page } from '@playwright/test'
import { rowOf, short } from './find.ts'
import { expect, test } from './fixtures.ts'

/** Whoever looks at a place finds there what stood there before. */

test.use({ viewport: { width: 1440, height: 900 } })

type Watched = typeof window & { shifted: () => number }

/** By how much all of it moved since the page began, as the browser counts it. */
const shiftOf = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        requestAnimationFrame(() => setTimeout(() => resolve((window as Watched).shifted())))
      }),
  )

/** Lets every page that opens from now on count. */
const countShifts = (context: BrowserContext) =>
  context.addInitScript(() => {
    let sum = 0
    const add = (entries: PerformanceEntry[]) => {
      for (const entry of entries) sum += (entry as PerformanceEntry & { value: number }).value
      return sum
    }
    const observer = new PerformanceObserver((list) => add(list.getEntries()))
    observer.observe({ type: 'layout-shift', buffered: true })
    Object.assign(window, { shifted: () => add(observer.takeRecords()) })
  })

test('a connector that is lost and comes back moves nothing on list, tunnel’s page and wall', async ({
  page,
  context,
  world,
}) => {
  await countShifts(context)
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  const { id: besideId } = await world.tunnel('nyc-hq-gw')
  const [detail, wall] = [await context.newPage(), await context.newPage()]
  // Sorted by what does not change: where the worst stand first, they move there.
  await page.goto('/?sort=name')
  await detail.goto(`/tunnels/${tunnelId}`)
  await wall.goto(`/wall?tunnel=${tunnelId},${besideId}`)
  const connector = detail.getByRole('article', { name: `Connector ${short(standby.id)}` })
  const tile = wall.getByRole('main').getByRole('listitem').filter({ hasText: 'lon-branch-core' })
  const see = async (readiness: string, role: string, status: string) => {
    await expect(rowOf(page, 'lon-branch-core')).toContainText(readiness)
    await expect(connector).toContainText(role)
    await expect(tile).toContainText(status)
  }
  const shifts = () => Promise.all([page, detail, wall].map(shiftOf))
  await see('1 standby', 'Passive', 'Healthy')
  const began = await shifts()
  await world.kill(standby.id)
  await see('No standby', 'Offline', 'Degraded')
  await world.revive(standby.id)
  await see('1 standby', 'Passive', 'Healthy')
  const since = (await shifts()).map((sum, at) => sum - (began[at] ?? 0))
  expect(Math.max(...since), `on list, tunnel’s page and wall: ${since}`).toBeLessThan(0.001)
})

test.describe('on a phone', () => {
  test.use({ viewport: { width: 412, height: 823 } })

  test('nothing moves while list, tunnel’s page and wall open', async ({
    page,
    context,
    world,
  }) => {
    await countShifts(context)
    const { tunnelId } = await world.pair('lon-branch-core')
    await page.goto('/?sort=name')
    await expect(page.getByRole('link', { name: 'lon-branch-core', exact: true })).toBeVisible()
    const list = await shiftOf(page)
    await page.goto(`/tunnels/${tunnelId}`)
    // Cities come last.
    await expect(page.getByRole('article').first()).toContainText('London')
    const detail = await shiftOf(page)
    await page.goto('/wall')
    await expect(page.getByRole('main').getByRole('listitem').first()).toBeVisible()
    const wall = await shiftOf(page)
    expect({ list, detail, wall }).toEqual({ list: 0, detail: 0, wall: 0 })
  })
})
