import type { BrowserContext, Page } from '@playwright/test'
import { rowOf, short } from './find.ts'
import { expect, test, testInFirstSweep } from './fixtures.ts'

/** Whoever looks at a place finds there what stood there before. */

test.use({ viewport: { width: 1440, height: 900 } })

type Shifts = {
  /** By how much all of it moved since the page began, as the browser counts it. */
  sum: number
  /** What did, by its text. */
  moved: string[]
}
type Watched = typeof window & { shifts: () => Shifts }

const shiftsOf = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<Shifts>((resolve) => {
        requestAnimationFrame(() => setTimeout(() => resolve((window as Watched).shifts())))
      }),
  )

/** Lets every page that opens from now on count. */
const countShifts = (context: BrowserContext) =>
  context.addInitScript(() => {
    type Shift = PerformanceEntry & { value: number; sources: { node: Node | null }[] }
    const shifts: Shifts = { sum: 0, moved: [] }
    const add = (entries: PerformanceEntry[]) => {
      for (const { value, sources } of entries as Shift[]) {
        shifts.sum += value
        shifts.moved.push(...sources.map(({ node }) => node?.textContent?.slice(0, 60) ?? 'gone'))
      }
      return shifts
    }
    const observer = new PerformanceObserver((list) => add(list.getEntries()))
    observer.observe({ type: 'layout-shift', buffered: true })
    Object.assign(window, { shifts: () => add(observer.takeRecords()) })
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
  const shifts = () =>
    Promise.all([page, detail, wall].map(async (each) => (await shiftsOf(each)).sum))
  await see('1 standby', 'Passive', 'Healthy')
  const began = await shifts()
  await world.kill(standby.id)
  await see('No standby', 'Offline', 'Degraded')
  await world.revive(standby.id)
  await see('1 standby', 'Passive', 'Healthy')
  const since = (await shifts()).map((sum, at) => sum - (began[at] ?? 0))
  expect(Math.max(...since), `on list, tunnel’s page and wall: ${since}`).toBeLessThan(0.001)
})

testInFirstSweep.describe('on a phone', () => {
  testInFirstSweep.use({ viewport: { width: 412, height: 823 } })

  testInFirstSweep(
    'nothing moves while list, tunnel’s page and wall open, in the first sweep too',
    async ({ page, context, world }) => {
      await countShifts(context)
      const { tunnelId } = await world.pair('lon-branch-core')
      const sweep = page.getByRole('progressbar', { name: 'First sweep' })
      await page.goto('/?sort=name')
      await expect(sweep).toBeVisible()
      await world.heal()
      await expect(sweep).toBeHidden()
      const { moved: list } = await shiftsOf(page)
      await page.goto(`/tunnels/${tunnelId}`)
      // Cities come last.
      await expect(page.getByRole('article').first()).toContainText('London')
      const { moved: detail } = await shiftsOf(page)
      await page.goto('/wall')
      await expect(page.getByRole('main').getByRole('listitem').first()).toBeVisible()
      const { moved: wall } = await shiftsOf(page)
      expect({ list, detail, wall }).toEqual({ list: [], detail: [], wall: [] })
    },
  )
})
