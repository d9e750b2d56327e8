import type { Page } from '@playwright/test'
import type { Tunnel } from '../src/contract/tunnel.ts'
import { consent } from '../src/proxy/faults/failing-over.ts'
import { expectAccessible } from './axe.ts'
import { builtFrom } from './built.ts'
import { short } from './find.ts'
import { expect, look, test } from './fixtures.ts'
import { createGate } from './gate.ts'
import { tellOldSummaries } from './old-summary.ts'
import { startTandem } from './tandem.ts'

/** A screen that nobody touches: what it answers from across the room, and that it never shows a false green. */

test.use({ viewport: { width: 1920, height: 1080 } })

const tiles = (page: Page) => page.getByRole('main', { name: 'Tunnels' }).getByRole('listitem')
const tileOf = (page: Page, name: string) => tiles(page).filter({ hasText: name })
const notice = (page: Page) => page.getByRole('status')
const icon = (page: Page) => page.locator('link[rel="icon"]')
const headline = (page: Page) => page.getByRole('heading', { level: 1 })

/** The smallest text on the tiles and in the headline, as a part of the screen's height. */
const smallestText = (page: Page) =>
  page.evaluate(() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    let least = Number.POSITIVE_INFINITY
    while (texts.nextNode()) {
      const { parentElement: box, textContent } = texts.currentNode
      if (!box || !textContent?.trim() || !box.closest('main, header')) continue
      if (box.closest('.sr-only')) continue
      least = Math.min(least, Number.parseFloat(getComputedStyle(box).fontSize))
    }
    return least / window.innerHeight
  })

/** By how much anything stands out of the screen, pixels. */
const overflow = (page: Page) =>
  page.evaluate(() => {
    const { scrollHeight, scrollWidth } = document.documentElement
    return Math.max(scrollHeight - window.innerHeight, scrollWidth - window.innerWidth)
  })

look('one line says whether to stand up, and the worst stand first', async ({ page }) => {
  await page.goto('/wall')
  await expect(headline(page)).toHaveText('1 tunnel down')
  await expect(page.getByRole('banner')).toContainText('cdg-dc-legacy for')
  await expect(page.getByRole('banner')).toContainText('1 degraded · 1 with no standby')
  await expect(tiles(page)).toHaveCount(12)
  await expect(tiles(page).nth(0)).toContainText('cdg-dc-legacy')
  await expect(tiles(page).nth(1)).toContainText('gru-plant-scada')
  await expect(tiles(page).nth(2)).toContainText('sin-warehouse-ot')
  await expect(page).toHaveTitle(/^1 tunnel down.*Wall/)
  await expect(icon(page)).toHaveAttribute('href', '/favicon-bad.svg')
})

look('where nothing ever ran, nothing is called well', async ({ page }) => {
  await page.goto('/wall?status=inactive')
  await expect(headline(page)).toHaveText('1 tunnel never ran')
  await expect(page.getByRole('banner').locator('svg')).toHaveCSS(
    'color',
    await tiles(page)
      .locator('svg')
      .first()
      .evaluate((mark) => getComputedStyle(mark).color),
  )
  await expect(icon(page)).toHaveAttribute('href', '/favicon-idle.svg')
  expect((await page.request.get('/favicon-idle.svg')).ok()).toBe(true)
})

look(
  'a tile says who is active and where, who stands by, since when, and how the day was',
  async ({ page, world }) => {
    const { active } = await world.pair('lon-branch-core')
    await page.goto('/wall')
    const tile = tileOf(page, 'lon-branch-core')
    await expect(tile).toContainText('Healthy')
    await expect(tile).toContainText(`${short(active.id)} lhr13`)
    await expect(tile).toContainText('1 standby')
    await expect(tile.getByRole('img', { name: /^Last 24 hours/ })).toBeVisible()
  },
)

look('a day that ended long ago is not told as the last 24 hours', async ({ page }) => {
  const { tellTrue } = await tellOldSummaries(page)
  const answered = page.waitForResponse('**/history/summary?*')
  await page.goto('/wall')
  await (await answered).finished()
  const tile = tileOf(page, 'lon-branch-core')
  await expect(tile).toContainText('Healthy')
  // What has arrived is drawn in the next frame.
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  )
  await expect(tile.getByRole('img', { name: /^Last 24 hours/ })).toHaveCount(0)
  await tellTrue()
  await page.reload()
  await expect(tile.getByRole('img', { name: /^Last 24 hours/ })).toBeVisible()
})

test('a tunnel that loses its connectors comes to the front within seconds', async ({
  page,
  world,
}) => {
  await page.goto('/wall?name=lon-branch-core')
  await expect(headline(page)).toHaveText('The tunnel is connected')
  const { connectors } = await world.tunnel('lon-branch-core')
  for (const { id } of connectors) await world.kill(id)
  await expect(headline(page)).toHaveText('1 tunnel down', { timeout: 20_000 })
  await expect(tileOf(page, 'lon-branch-core')).toContainText('Down')
  await expect(page.getByRole('region', { name: 'What happened last' })).toContainText(
    'Status changed from healthy to ',
  )
})

test('a failover is seen while it runs', async ({ page, world, tandem }) => {
  await world.failovers({ mode: 'never' })
  const { tunnelId, active, standby } = await world.pair('lon-branch-core')
  await page.goto('/wall')
  const answer = await page.request.post(`${tandem.address}/api/tunnels/${tunnelId}/failovers`, {
    headers: { 'X-Requested-By': 'tandem', 'Idempotency-Key': crypto.randomUUID() },
    data: {
      client_id: standby.id,
      expected_active_id: active.id,
      ...consent,
    },
  })
  expect(answer.status(), await answer.text()).toBe(202)
  await expect(tileOf(page, 'lon-branch-core')).toContainText(/Failing over \d+ s/)
})

test('what was not seen for long is unknown, whatever it was', async ({ page, world }) => {
  await page.goto('/wall?name=lon-branch-core')
  await expect(headline(page)).toHaveText('The tunnel is connected')
  await world.breakWith({ kind: 'refuse' })
  await expect(headline(page)).toHaveText('1 tunnel unknown')
  await expect(page.getByRole('banner')).toContainText(/lon-branch-core last seen \d+ (?:s|m) ago/)
  const tile = tileOf(page, 'lon-branch-core')
  await expect(tile).toContainText('Unknown')
  await expect(tile).toContainText(/\d+ (?:s|m) old/)
  await expect(tile).toContainText('was Healthy, lhr13')
  await expect(tile).not.toContainText('standby')
  await expect(notice(page)).toContainText('What was last read stays on screen')
  await world.heal()
  await expect(headline(page)).toHaveText('The tunnel is connected')
})

test('a wall that lost Tandem says so, counts, and comes back by itself', async ({
  page,
  tandem,
}) => {
  await page.goto('/wall')
  await expect(tiles(page)).toHaveCount(12)
  await tandem.end()
  await expect(notice(page)).toContainText(/No word from Tandem for \d+ s/)
  await expect(headline(page)).toHaveText(/^Not live for \d+ s$/)
  await expect(page.getByRole('banner')).toContainText('When last heard: 1 tunnel down')
  await expect(page).toHaveTitle(/^Not live/)
  await expect(icon(page)).toHaveAttribute('href', '/favicon-unknown.svg')
  await expect(page.getByRole('main')).toHaveCSS('opacity', '0.35')
  await tandem.again()
  await expect(notice(page)).toBeEmpty()
  await expect(page.getByRole('main')).toHaveCSS('opacity', '1')
  await expect(headline(page)).toHaveText('1 tunnel down')
})

test('a notice is read out once, though it counts every second', async ({ page, tandem }) => {
  await page.clock.install()
  await page.goto('/wall')
  await expect(tiles(page)).toHaveCount(12)
  tandem.pause()
  await page.clock.runFor(45_000)
  await expect(notice(page)).toContainText(/No word from Tandem for \d+ s/)
  const [shown, said] = [await notice(page).innerText(), await notice(page).ariaSnapshot()]
  expect(said).toContain('No word from Tandem')
  await page.clock.runFor(3000)
  await expect(notice(page)).not.toHaveText(shown)
  expect(await notice(page).ariaSnapshot()).toBe(said)
})

test('a wall that lost Tandem counts by a clock that nobody sets', async ({ page, tandem }) => {
  await page.clock.install()
  await page.goto('/wall')
  await expect(tiles(page)).toHaveCount(12)
  tandem.pause()
  await page.clock.runFor(45_000)
  await expect(headline(page)).toHaveText(/^Not live for \d+ s$/)
  await page.clock.setSystemTime(new Date(Date.now() - 3_600_000))
  await page.clock.runFor(15_000)
  await expect(headline(page)).toHaveText(/^Not live for [1-9]\d s$/)
  await expect(notice(page)).toContainText(/No word from Tandem for [1-9]\d s/)
})

look(
  'where something holds the live stream back, the wall says so, and its dot still beats',
  async ({ page }) => {
    await page.clock.install()
    await page.route('**/api/events*', (route) => route.abort())
    await page.goto('/wall')
    await expect(tiles(page)).toHaveCount(12)
    await page.clock.runFor(5000)
    await expect(notice(page)).toContainText(
      /Live updates have not been getting through since [\d:]+: this screen asks every 10 s instead/,
    )
    await expect(headline(page)).toHaveText('1 tunnel down')
    await expect(page.getByRole('banner')).toContainText('Asking every 10 s')
    await expect(page.getByRole('banner').getByText('Live', { exact: true })).toHaveCount(0)
    const dot = page.getByRole('banner').getByText('Asking every 10 s').locator('..')
    const size = async () => (await dot.boundingBox())?.width ?? 0
    const before = await size()
    await page.clock.runFor(10_000)
    await expect.poll(size).not.toBe(before)
    await page.unroute('**/api/events*')
    await page.clock.runFor(15_000)
    await expect(notice(page)).toBeEmpty()
  },
)

test('a wall that stands behind another window is not put to sleep', async ({ page, world }) => {
  await page.clock.install()
  await page.goto('/wall')
  await expect(tiles(page)).toHaveCount(12)
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })
    document.dispatchEvent(new Event('visibilitychange'))
  })
  await page.clock.runFor(61_000)
  await expect(page.getByRole('banner').getByText('Live', { exact: true })).toBeAttached()
  const { tunnelId, standby } = await world.pair('lon-branch-core')
  await world.swap(tunnelId)
  await expect(tileOf(page, 'lon-branch-core')).toContainText(short(standby.id))
})

/** No tunnel is known until the world is healed. */
const testUnlisted = test.extend({
  world: async ({ world }, use) => {
    await world.breakWith({ kind: 'status', status: 500, match: { path: 'warp_connector$' } })
    await use(world)
  },
})

testUnlisted.describe('a wall that was asked to flash and to sound', () => {
  testUnlisted.use({ contextOptions: { reducedMotion: 'no-preference' } })
  const flash = (page: Page, name: string) =>
    expect(page.getByRole('banner')).toHaveCSS('animation-name', name)
  /** How many tones its loudspeaker was given. */
  const tones = (page: Page) => page.evaluate(() => (window as unknown as { tones: number }).tones)

  testUnlisted(
    'calls for what goes down, not for what was down before it had a list, and not in quiet hours',
    async ({ page, context, world }) => {
      await context.addInitScript(() => {
        const { start } = AudioScheduledSourceNode.prototype
        const counted = Object.assign(window, { tones: 0 })
        AudioScheduledSourceNode.prototype.start = function (when) {
          counted.tones += 1
          start.call(this, when)
        }
        // As where the loudspeaker can't be opened at first: the machine has just started.
        window.AudioContext = class extends AudioContext {
          constructor() {
            super()
            void this.suspend().then(() => this.dispatchEvent(new Event('error')))
          }
        }
      })
      const quiet = await context.newPage()
      const hour = (later: number) => (new Date().getUTCHours() + 24 + later) % 24
      await quiet.goto(`/wall?flash=on&sound=on&zone=UTC&quiet=${hour(-1)}-${hour(2)}`)
      await expect(quiet.getByText('Quiet hours')).toBeVisible()
      await page.goto('/wall?flash=on&sound=on')
      await expect(page.getByText('Tandem can’t see the tunnels yet.')).toBeVisible()
      await world.heal()
      for (const each of [page, quiet]) await expect(headline(each)).toHaveText('1 tunnel down')
      await flash(page, 'none')
      await expect(page.getByText('Sound is blocked')).toHaveCount(0)
      for (const { id } of (await world.tunnel('lon-branch-core')).connectors) await world.kill(id)
      for (const each of [page, quiet]) await expect(headline(each)).toHaveText('2 tunnels down')
      await flash(page, 'alarm')
      await flash(quiet, 'none')
      expect([await tones(page), await tones(quiet)]).toEqual([2, 0])
    },
  )
})

test.describe('with a finger', () => {
  test.use({ hasTouch: true })

  look('the first touch lets a wall be heard', async ({ page }) => {
    // A finger’s gesture is its end, and what drives this browser makes one of everything.
    await page.addInitScript(() => {
      window.AudioContext = class extends AudioContext {
        constructor() {
          super()
          void this.suspend()
        }
        override resume() {
          return window.event?.type === 'pointerup' ? super.resume() : new Promise<void>(() => {})
        }
      }
    })
    await page.goto('/wall?sound=on')
    const blocked = page.getByText('Sound is blocked')
    await expect(blocked).toBeVisible()
    await headline(page).tap()
    await expect(blocked).toBeHidden()
  })
})

look('a wall that starts while Tandem fails says so, and comes up by itself', async ({ page }) => {
  await page.clock.install()
  await page.route('**/api/session', (route) => route.fulfill({ status: 503 }))
  await page.goto('/wall')
  const waiting = page.getByText('Nothing is known of the tunnels at the moment.')
  await expect(waiting).toContainText('Trying again in 10 s.')
  await page.clock.runFor(5000)
  await expect(waiting).toContainText('Trying again in 5 s.')
  await page.clock.runFor(6000)
  await expect(waiting).toContainText(/Trying again in (?:10|9) s\./)
  await expectAccessible(page)
  await page.unroute('**/api/session')
  await page.clock.runFor(11_000)
  await expect(tiles(page)).toHaveCount(12)
})

look('a wall whose program did not come begins anew once Tandem answers', async ({ page }) => {
  await page.clock.install()
  await page.route(builtFrom('index.html'), (route) => route.abort('connectionreset'))
  let asked = 0
  await page.route('**/healthz', (route) => {
    asked += 1
    return route.fulfill({ status: 502 })
  })
  await page.goto('/wall')
  const first = page.getByText('Opening the wall')
  for (const times of [1, 2]) {
    await page.clock.runFor(10_000)
    await expect.poll(() => asked).toBeGreaterThanOrEqual(times)
    await expect(first).toBeVisible()
  }
  await page.unrouteAll()
  await page.clock.runFor(10_000)
  await expect(tiles(page)).toHaveCount(12)
})

look('a wall whose program has not come after two minutes begins anew', async ({ page }) => {
  await page.clock.install()
  const { hold, came } = createGate()
  let isSlow = true
  await page.route(builtFrom('index.html'), (route) => (isSlow ? hold() : route.continue()))
  await page.goto('/wall', { waitUntil: 'commit' })
  await expect(page.getByText('Opening the wall')).toBeVisible()
  await came
  isSlow = false
  await page.clock.runFor(130_000)
  await expect(tiles(page)).toHaveCount(12)
})

look(
  'what somebody else put into the page and did not come is not waited for',
  async ({ page }) => {
    await page.clock.install()
    await page.route('**/wall', async (route) => {
      const response = await route.fetch()
      const body = (await response.text()).replace('</head>', '<script src="/added.js"></script>$&')
      await route.fulfill({ response, body })
    })
    const [failed] = await Promise.all([page.waitForResponse('**/added.js'), page.goto('/wall')])
    expect(failed.status()).toBe(404)
    await expect(tiles(page)).toHaveCount(12)
    let asked = 0
    page.on('request', (request) => {
      if (request.url().endsWith('/healthz')) asked += 1
    })
    await page.clock.runFor(25_000)
    expect(asked).toBe(0)
  },
)

look('a page whose style sheet did not come begins anew, too', async ({ page }) => {
  await page.clock.install()
  await page.route('**/assets/index-*.css', (route) => route.abort('connectionreset'))
  await page.goto('/')
  const body = page.locator('body')
  await expect(body).toHaveCSS('font-size', '16px')
  await page.unrouteAll()
  await page.clock.runFor(10_000)
  await expect(body).toHaveCSS('font-size', '14px')
})

test('a wall of an old build begins anew', async ({ page, tandem }) => {
  // What its document and its session say that they are of.
  for (const path of ['**/wall', '**/api/session'])
    await page.route(path, async (route) => {
      const response = await route.fetch()
      const body = (await response.text()).replace(/(build"?[=:]")\w+/, '$1the old one')
      await route.fulfill({ response, body })
    })
  await page.goto('/wall')
  await expect(tiles(page)).toHaveCount(12)
  await page.unrouteAll()
  const reloaded = page.waitForEvent('framenavigated')
  await tandem.end()
  await tandem.again()
  await reloaded
  await expect(tiles(page)).toHaveCount(12)
})

look('a page that stood still begins anew', async ({ page }) => {
  await page.clock.install()
  await page.goto('/wall')
  await expect(tiles(page)).toHaveCount(12)
  const reloaded = page.waitForEvent('framenavigated')
  // As after a night in which the machine slept: all timers come late at once.
  await page.clock.fastForward('05:00')
  await reloaded
  await expect(tiles(page)).toHaveCount(12)
})

look(
  'a page that stood still does not begin anew into the error page of a proxy in front',
  async ({ page }) => {
    await page.clock.install()
    await page.goto('/wall')
    await expect(tiles(page)).toHaveCount(12)
    let navigations = 0
    page.on('framenavigated', () => (navigations += 1))
    let asked = 0
    await page.route('**/healthz', (route) => {
      asked += 1
      return route.fulfill({ status: 502 })
    })
    await page.evaluate(() => {
      document.documentElement.dataset.isThere = 'yes'
    })
    await page.clock.fastForward('05:00')
    // A page that had begun anew would have forgotten what it is asked for twice more.
    for (const times of [1, 2, 3]) {
      await expect.poll(() => asked).toBeGreaterThanOrEqual(times)
      await page.clock.runFor(5000)
    }
    await expect(page.locator('html')).toHaveAttribute('data-is-there', 'yes')
    expect(navigations).toBe(0)
    await page.unroute('**/healthz')
    const reloaded = page.waitForEvent('framenavigated')
    await page.clock.runFor(6000)
    await reloaded
  },
)

look(
  'the machine is asked not to blank the screen, and once more after it took that back',
  async ({ page }) => {
    await page.clock.install()
    // A container has no screen to keep on: the browser's own answer is what is stood in for.
    await page.addInitScript(() => {
      const locks: EventTarget[] = []
      const request = (kind: string) => {
        const lock = new EventTarget()
        if (kind === 'screen') locks.push(lock)
        return Promise.resolve(lock)
      }
      Object.defineProperty(navigator, 'wakeLock', { value: { request } })
      Object.assign(window, { locks })
    })
    await page.goto('/wall')
    const asked = () =>
      page.evaluate(() => (window as unknown as { locks: unknown[] }).locks.length)
    await expect.poll(asked).toBe(1)
    await page.evaluate(() => {
      const { locks } = window as unknown as { locks: EventTarget[] }
      locks[0]?.dispatchEvent(new Event('release'))
    })
    await page.clock.runFor(9_000)
    expect(await asked()).toBe(1)
    await page.clock.runFor(2_000)
    await expect.poll(asked).toBe(2)
  },
)

test('where no hand is, the pointer hides, no edge burns into the glass, and a key fills the screen', async ({
  page,
  tandem,
}) => {
  await page.clock.install()
  await page.goto('/wall')
  await expect(tiles(page)).toHaveCount(12)
  // Its answers would set the wall's clock.
  tandem.pause()
  const wall = page.getByRole('main').locator('..')
  const link = tiles(page).first().getByRole('link')
  await page.mouse.move(500, 500)
  await expect(link).toHaveCSS('cursor', 'pointer')
  await page.clock.runFor(3000)
  for (const each of [wall, link]) await expect(each).toHaveCSS('cursor', 'none')
  await page.mouse.move(510, 510)
  await expect(link).toHaveCSS('cursor', 'pointer')

  const places = new Set<string>()
  const began = await page.evaluate(() => Date.now())
  for (let step = 1; step <= 8; step += 1) {
    await page.clock.setSystemTime(began + step * 300_000)
    await page.clock.runFor(1000)
    places.add(await wall.evaluate((each) => getComputedStyle(each).translate))
    for (const each of await tiles(page).all()) await expect(each).toBeInViewport({ ratio: 1 })
  }
  expect(places.size).toBe(8)

  const fills = () => page.evaluate(() => document.fullscreenElement !== null)
  await page.keyboard.press('f')
  await expect.poll(fills).toBe(true)
  await headline(page).dblclick()
  await expect.poll(fills).toBe(false)
})

look('a wall tells its keys to whoever asks, and nothing stays before it', async ({ page }) => {
  await page.clock.install()
  await page.goto('/wall')
  await expect(tiles(page)).toHaveCount(12)
  const help = page.getByRole('dialog', { name: 'Keys of the wall' })
  await page.keyboard.press('?')
  await expect(help).toContainText('Fill the screen, or leave it')
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await expect(help).toBeHidden()
  await page.keyboard.press('?')
  await expect(help).toBeVisible()
  await page.clock.runFor(50_000)
  await expect(help).toBeVisible()
  await page.clock.runFor(11_000)
  await expect(help).toBeHidden()
  await expect(tiles(page)).toHaveCount(12)
})

look('the address says which tunnels, in which light, by whose clock', async ({ page }) => {
  await page.goto('/wall?status=healthy&name=edge&theme=light&zone=Asia/Tokyo')
  await expect(tiles(page)).toHaveCount(2)
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light')
  const clock = page.getByRole('banner').getByRole('time')
  const hour = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', timeZone: 'Asia/Tokyo' })
  await expect(clock).toHaveText(new RegExp(`^${hour.format(Date.now())}:`))
  await expect(page.getByRole('banner')).toContainText('UTC')
  await page.goto('/wall?name=nothing-like-it')
  await expect(headline(page)).toHaveText('No tunnel to show')
  await expect(page.getByText('No tunnel matches this wall’s filters.')).toBeVisible()
  await page.goto('/wall?tag=site:nowhere')
  await expect(page.getByText('No tunnel matches this wall’s filters.')).toBeVisible()
})

test('where Tandem could not look yet, the wall does not say that there are no tunnels', async ({
  page,
  world,
}) => {
  await world.breakWith({ kind: 'rate-limit', retryAfter: 300 })
  const tandem = await startTandem({
    CLOUDFLARE_API_TOKEN: world.token,
    CLOUDFLARE_ACCOUNT_ID: world.accounts.join(','),
    CLOUDFLARE_BASE_URL: world.baseUrl,
    TANDEM_SIGN_IN: 'off',
  })
  for (const query of ['', '?name=edge']) {
    await page.goto(`${tandem.address}/wall${query}`)
    await expect(page.getByRole('main')).toHaveText(
      'Tandem can’t see the tunnels yet. They appear here by themselves.',
    )
  }
  await tandem.end()
  tandem.remove()
})

for (const query of ['?name=lon-branch-core', '', '?density=dense']) {
  look(`everything fits and can be read from six metres: /wall${query}`, async ({ page }) => {
    await page.goto(`/wall${query}`)
    await expect(tiles(page).first()).toBeVisible()
    for (const [width, height] of [
      [1280, 720],
      [1920, 1080],
      [3840, 2160],
      [1080, 1920],
    ] as const) {
      await page.setViewportSize({ width, height })
      await expect.poll(() => smallestText(page)).toBeGreaterThanOrEqual(0.0219)
      expect(await overflow(page)).toBeLessThanOrEqual(0)
    }
  })
}

look('what does not fit legibly comes in pages, and says so', async ({ page }) => {
  await page.setViewportSize({ width: 400, height: 600 })
  await page.goto('/wall?density=roomy&page=5')
  await expect(page.getByText(/^Page \d of \d$/)).toBeVisible()
  const first = await page.getByText(/^Page/).innerText()
  await expect(page.getByText(/^Page/)).not.toHaveText(first)
  expect(await overflow(page)).toBeLessThanOrEqual(0)
})

look('a tunnel’s page is one click away for whoever has a hand', async ({ page }) => {
  await page.goto('/wall')
  await tileOf(page, 'gru-plant-scada').getByRole('link').click()
  await expect(page.getByRole('heading', { name: 'gru-plant-scada', level: 1 })).toBeVisible()
})

test('the theme that a wall’s address names holds, whatever the system and other pages do', async ({
  page,
  context,
}) => {
  await page.goto('/')
  const root = page.locator('html')
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.goto('/wall?theme=dark')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await page.emulateMedia({ colorScheme: 'light' })
  await page.waitForFunction(() => matchMedia('(prefers-color-scheme: light)').matches)
  await expect(root).toHaveAttribute('data-theme', 'dark')
  const other = await context.newPage()
  await other.goto('/')
  await other.evaluate(() => localStorage.setItem('tandem.theme', 'light'))
  await page.waitForFunction(() => localStorage.getItem('tandem.theme') === 'light')
  await expect(root).toHaveAttribute('data-theme', 'dark')
})

look(
  'until its program has come a wall says that nothing is known, in the theme of its address',
  async ({ page }) => {
    const { hold, letGo } = createGate()
    await page.route(builtFrom('index.html'), async (route) => {
      await hold()
      await route.continue()
    })
    await page.emulateMedia({ colorScheme: 'light' })
    await page.goto('/wall?theme=dark', { waitUntil: 'commit' })
    const first = page.getByText('Opening the wall')
    await expect(first).toBeVisible()
    await expect(page.getByText('Nothing is known yet')).toBeVisible()
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
    await letGo()
    await expect(tileOf(page, 'lon-branch-core')).toBeVisible()
    await expect(first).toHaveCount(0)
  },
)

for (const theme of ['dark', 'light'] as const) {
  look(`axe finds nothing on a ${theme} wall`, async ({ page }) => {
    await page.goto(`/wall?theme=${theme}`)
    await expect(tiles(page)).toHaveCount(12)
    await expectAccessible(page)
  })
}

look('axe finds nothing where a wall is made', async ({ page }) => {
  await page.goto('/wall/build?zone=UTC&page=45&quiet=22-7&status=healthy')
  await expect(page.getByRole('heading', { name: 'Make a wall' })).toBeVisible()
  await expectAccessible(page)
})

look(
  'what an address holds is what the fields show, and a wall that hides failures is told of',
  async ({ page }) => {
    await page.goto('/wall/build?zone=UTC&page=45&status=healthy')
    await expect(page.getByLabel('Clock')).toHaveValue('UTC')
    await expect(page.getByLabel('Time per page')).toHaveValue('45')
    await expect(page.getByText('it will not show every one that fails')).toBeVisible()
    await page.goto('/wall/build?zone=Europe/Kyiv')
    await expect(page.getByLabel('Clock')).toHaveValue('Europe/Kyiv')
    await expect(page.getByText('it will not show every one that fails')).toHaveCount(0)
  },
)

test('the ticker of a wall tells of its tunnels, though others have filled the log since', async ({
  page,
  tandem,
}) => {
  await page.goto('/')
  const tunnels = async () =>
    ((await (await page.request.get('/api/tunnels')).json()) as { tunnels: Tunnel[] }).tunnels
  const [busy] = await tunnels()
  for (let n = 0; n < 101; n += 1)
    await page.request.post(`${tandem.address}/api/tunnels/${busy?.id}/notes`, {
      headers: { 'X-Requested-By': 'tandem' },
      data: { at: Date.now(), text: `note ${n}` },
    })
  const quiet = (await tunnels()).find(({ id }) => id !== busy?.id)
  await page.goto(`/wall?tunnel=${quiet?.id}`)
  const ticker = page.getByRole('region', { name: 'What happened last' })
  await expect(ticker).toContainText('Tandem began to watch this tunnel')
  // Of a wall whose tunnels come and go everybody’s is asked for, and it says no more than it knows.
  await page.goto('/wall?status=down')
  await expect(ticker).toContainText('The last 100 changes are of other tunnels.')
})

test('the ticker tells of the tunnels that the wall shows', async ({ page, world }) => {
  await page.goto('/wall?name=lon-branch-core')
  const ticker = page.getByRole('region', { name: 'What happened last' })
  await expect(ticker).toContainText('lon-branch-core')
  await expect(ticker).not.toContainText('fra-dc2-edge')
  const { tunnelId: other } = await world.pair('fra-dc2-edge')
  const { tunnelId: own } = await world.pair('lon-branch-core')
  await world.swap(other)
  const log = async () => (await page.request.get(`/api/activity?tunnel=${other}`)).text()
  await expect.poll(log).toContain('active-changed')
  await world.swap(own)
  await expect(ticker.getByRole('listitem').first()).toContainText('Active changed')
  await expect(ticker).not.toContainText('fra-dc2-edge')
})

test.describe('sixty tunnels', () => {
  // Of a plan with more calls: how fast all are known is no part of these stories.
  test.use({ scene: 'large', tunnels: 60, env: { CLOUDFLARE_RATE_LIMIT: '12000' } })

  for (const density of ['', '&density=dense']) {
    test(`each of sixty tiles tells all of its tunnel: /wall?page=5${density}`, async ({
      page,
    }) => {
      await page.goto('/')
      test.slow()
      const list = async () =>
        ((await (await page.request.get('/api/tunnels')).json()) as { tunnels: Tunnel[] }).tunnels
      // Whether a tunnel without any HA role has HA is known with its configuration.
      await expect
        .poll(async () => (await list()).every(({ readiness }) => readiness !== 'unknown'))
        .toBe(true)
      await page.goto(`/wall?page=5${density}`)
      await expect(page.getByText('Page 1 of 2').or(page.getByText('Page 2 of 2'))).toBeVisible()
      // What stands on each tile of both pages, and whether anything of it is cut off.
      const seen = new Map<string, { text: string; hasStrip: boolean; isCut: boolean }>()
      const look = async () => {
        const found = await tiles(page).evaluateAll((all) =>
          all.map((tile) => ({
            name: tile.querySelector('bdi')?.textContent ?? '',
            text: tile.textContent,
            hasStrip: tile.querySelector('[aria-label^="Last 24 hours"]') !== null,
            isCut: [...tile.children].some(
              (box) => box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight,
            ),
          })),
        )
        for (const { name, ...one } of found) seen.set(name, one)
        return [...seen.values()].filter(({ hasStrip }) => hasStrip).length
      }
      await expect.poll(look).toBe(60)
      expect(await smallestText(page)).toBeGreaterThanOrEqual(0.0219)
      expect(await overflow(page)).toBeLessThanOrEqual(0)
      for (const {
        name,
        readiness,
        activeConnectorId,
        activeColos,
        standbyCount,
      } of await list()) {
        const { text = '', isCut } = seen.get(name) ?? {}
        expect(text, name).toMatch(/(?:Healthy|Degraded|Down|Inactive|No standby|No active)/)
        expect(text, name).toMatch(/\d+ [smhd]|just (?:now|seen)/)
        if (activeConnectorId !== null)
          expect(text, name).toContain(`${short(activeConnectorId)} ${activeColos[0]}`)
        if (readiness === 'ready')
          expect(text, name).toContain(
            standbyCount === 1 ? '1 standby' : `${standbyCount} standbys`,
          )
        expect(isCut, `${name} is cut off`).toBe(false)
      }
    })
  }

  test('a failover and a maintenance are told on a small tile too', async ({
    page,
    world,
    tandem,
  }) => {
    await page.goto('/')
    await world.failovers({ mode: 'never' })
    const headers = { 'X-Requested-By': 'tandem', 'Idempotency-Key': crypto.randomUUID() }
    const ready = async () =>
      (
        (await (await page.request.get('/api/tunnels')).json()) as { tunnels: Tunnel[] }
      ).tunnels.filter(({ readiness }) => readiness === 'ready')
    await expect.poll(async () => (await ready()).length).toBeGreaterThan(2)
    const [first, second] = await ready()
    if (!first || !second) throw new Error('No two tunnels are ready.')
    await page.goto(`/wall?density=dense&tunnel=${first.id},${second.id}`)
    const { active, standby } = await world.pair(first.name)
    const moved = await page.request.post(`${tandem.address}/api/tunnels/${first.id}/failovers`, {
      headers,
      data: { client_id: standby.id, expected_active_id: active.id, ...consent },
    })
    expect(moved.status(), await moved.text()).toBe(202)
    await expect(tileOf(page, first.name)).toContainText(/Failing over \d+ s.*(?:sent|accepted)/)
    const now = Date.now()
    const told = await page.request.post(`${tandem.address}/api/tunnels/${second.id}/maintenance`, {
      headers,
      data: { from: now, to: now + 3_600_000 },
    })
    expect(told.status(), await told.text()).toBe(201)
    await expect(tileOf(page, second.name)).toContainText(/Maintenance to \d\d:\d\d/)
    // Who carries the traffic and who stands by is told all the while.
    const of = await world.pair(second.name)
    await expect(tileOf(page, second.name)).toContainText(short(of.active.id))
    await expect(tileOf(page, second.name)).toContainText(/\d standby/)
    // What nobody can see any more, too: what it was, and that somebody works on it.
    await world.breakWith({ kind: 'refuse' })
    await expect(tileOf(page, second.name)).toContainText(/old.*was Healthy.*Maintenance to/)
    expect(await smallestText(page)).toBeGreaterThanOrEqual(0.0219)
  })
})

test('a change stays on the wall until somebody acknowledges it, who is then told with the words', async ({
  page,
  secondPage,
  world,
}) => {
  await page.goto('/wall?name=lon-branch-core')
  await expect(headline(page)).toHaveText('The tunnel is connected')
  const { tunnelId } = await world.pair('lon-branch-core')
  await world.swap(tunnelId)
  await expect(headline(page)).toHaveText('1 tunnel changed, not acknowledged')
  await expect(tileOf(page, 'lon-branch-core')).toContainText('not acknowledged')

  await secondPage.goto(`/tunnels/${tunnelId}?dialog=acknowledge`)
  const dialog = secondPage.getByRole('dialog')
  await dialog.getByRole('textbox').fill('a planned drill')
  await dialog.getByRole('button', { name: /^Acknowledge/ }).click()
  await expect(headline(page)).toHaveText('The tunnel is connected')
  await expect(tileOf(page, 'lon-branch-core')).toContainText(/: a planned drill/)
})

look('what is set for a wall stays as the hand left it, however fast it is', async ({ page }) => {
  await page.goto('/wall/build?name=lon-core')
  const name = page.getByLabel('Name')
  await name.focus()
  // In the middle of a word: where a field is written anew, the caret goes to its end.
  for (let at = 0; at < 5; at++) await page.keyboard.press('ArrowLeft')
  await page.keyboard.type('-branch')
  await expect(name).toHaveValue('lon-branch-core')
  const quiet = page.getByRole('switch', { name: 'Quiet hours' })
  expect(
    await quiet.evaluate((each: HTMLInputElement) => {
      each.click()
      return each.checked
    }),
  ).toBe(true)
  await expect(page).toHaveURL(/\?name=lon-branch-core&quiet=22-7$/)
})

look('the console makes a wall’s address', async ({ page }) => {
  await page.goto('/')
  await expect(page.getByRole('rowheader')).toHaveCount(12)
  await page.keyboard.press('g')
  await page.keyboard.press('w')
  await expect(page.getByRole('heading', { name: 'Make a wall' })).toBeVisible()
  await page.getByLabel('Name').fill('edge')
  await page.getByText('Dark', { exact: true }).click()
  await page.getByRole('switch', { name: 'Quiet hours' }).check()
  await page.getByLabel('Clock').selectOption('Europe/Berlin')
  await expect(page.getByText('2 of 12 tunnels, all at once on a 1080p screen.')).toBeVisible()
  await page.getByRole('link', { name: 'Open the wall' }).click()
  await expect(tiles(page)).toHaveCount(2)
  await expect(page).toHaveURL(/\/wall\?/)
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
    name: 'edge',
    theme: 'dark',
    zone: 'Europe/Berlin',
    quiet: '22-7',
  })
})
