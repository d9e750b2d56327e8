import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Locator, Page } from '@playwright/test'
import { oddNames } from '../src/proxy/faults/odd-names.ts'
import { acceptRisks } from './accept.ts'
import { short } from './find.ts'
import { expect, test } from './fixtures.ts'
import { watchBrowser } from './watch.ts'

/** What wants to be more than text, and pages of other sites that want more than a link. */

const payloads = [
  '<script>window.__x=1</script>',
  '<img src=x onerror="window.__x=1">',
  '<svg onload="window.__x=1">',
  '<svg><script>window.__x=1</script></svg>',
  '<iframe srcdoc="<script>parent.__x=1</script>">',
  '<body onload=window.__x=1>',
  '<details open ontoggle=window.__x=1>',
  '<video><source onerror=window.__x=1>',
  '<math><mtext></p><img src=x onerror=window.__x=1>',
  '"><script>window.__x=1</script>',
  '\'"><img src=x onerror=window.__x=1>',
  '" onmouseover="window.__x=1" x="',
  "' onfocus='window.__x=1' autofocus='",
  '</title><script>window.__x=1</script>',
  '</textarea><script>window.__x=1</script>',
  '</style><script>window.__x=1</script>',
  '<style>*{display:none}</style>',
  '<link rel=stylesheet href=//evil.example/x.css>',
  '<base href=//evil.example/>',
  '<meta http-equiv=refresh content=0;url=//evil.example>',
  '<form action=//evil.example><button>Fail over</button></form>',
  '<a href="javascript:window.__x=1">click</a>',
  'javascript:window.__x=1',
  'data:text/html,<script>window.__x=1</script>',
  '{{constructor.constructor("window.__x=1")()}}',
  '${window.__x=1}',
  '&lt;script&gt;window.__x=1&lt;/script&gt;',
  '\u202e<script>window.__x=1</script>',
  '<!--<img src="--><img src=x onerror=window.__x=1>',
  '<noscript><p title="</noscript><img src=x onerror=window.__x=1>">',
]

/** Nothing ran, nothing was drawn of it, and nothing was fetched for it. */
async function expectOnlyText(page: Page) {
  expect(await page.evaluate(() => '__x' in window)).toBe(false)
  const made = await page.evaluate(
    () =>
      document.querySelectorAll(
        'body script:not([type=module]), iframe, video, math, base, body style, body link, body meta, [onerror], [onload], [onmouseover], a[href^="javascript:"], form[action*="evil"]',
      ).length,
  )
  expect(made).toBe(0)
  expect(new URL(page.url()).hostname).toBe('127.0.0.1')
}

test.describe('a world that is not well-meaning', () => {
  test.use({ scene: 'docs' })

  test(`S4 ${payloads.length} payloads in every field: literal text on every page, in every dialog and file`, async ({
    page,
    world,
    tandem,
  }) => {
    const ids: string[] = []
    for (const name of payloads) ids.push((await world.addTunnel(name)).id)
    const all = (await world.tunnels()).filter(({ id }) => ids.includes(id))
    for (const [at, { connectors }] of all.entries()) {
      for (const { id } of connectors) {
        await world.upgrade(id, payloads[at] ?? '')
        await world.move(id, payloads[at] ?? '')
      }
    }
    const metadata = Object.fromEntries(payloads.map((text) => [text, [text, { [text]: text }]]))
    const target = all[1]
    if (!target) throw new Error('There is no second tunnel.')
    await world.setMetadata(target.id, metadata)
    const { tunnelId, standby } = await world.pair(target.name)
    await world.failovers({ mode: 'refuse', status: 400, code: 1000, message: payloads.join(' ') })

    // Tall enough for every row: those out of sight are not in the document.
    await page.setViewportSize({ width: 1440, height: 2000 })
    await page.goto('/')
    for (const name of payloads) {
      // The last ones wait for the next listing.
      await expect(
        page.getByRole('link', { name: name.replace('\u202e', ''), exact: true }).first(),
      ).toBeVisible()
    }
    await expectOnlyText(page)

    for (const path of [
      `/tunnels/${tunnelId}`,
      `/tunnels/${tunnelId}?dialog=rename`,
      `/tunnels/${tunnelId}?dialog=secret`,
      `/tunnels/${tunnelId}?dialog=configuration`,
      `/tunnels/${tunnelId}?dialog=replica`,
      `/tunnels/${tunnelId}?dialog=delete`,
      `/tunnels/${tunnelId}/connectors/${standby.id}`,
      '/activity',
      `/?q=${encodeURIComponent(payloads[0] ?? '')}`,
    ]) {
      await page.goto(path)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      if (path.includes('dialog='))
        await expect(page.getByRole('dialog')).toContainText(target.name)
      if (path === '/activity') await expect(page.getByRole('main')).toContainText(target.name)
      await expectOnlyText(page)
    }

    await page.goto(`/tunnels/${tunnelId}?dialog=failover`)
    await acceptRisks(page)
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Reason' }).fill(payloads[0] ?? '')
    await dialog.getByRole('button', { name: `Promote ${short(standby.id)}` }).click()
    await expect(dialog).toContainText('<img src=x onerror="window.__x=1">')
    await expectOnlyText(page)
    for (const path of ['/audit', '/activity', `/tunnels/${tunnelId}`]) {
      await page.goto(path)
      await expect(page.getByText(target.name).filter({ visible: true }).first()).toBeVisible()
      await expectOnlyText(page)
    }
    expect(await page.title()).not.toMatch(/^<\/title>/)

    for (const path of [
      '/api/activity.csv',
      '/api/audit.csv',
      `/api/tunnels/${tunnelId}/history.csv`,
    ]) {
      const answer = await page.request.get(`${tandem.address}${path}`)
      const { 'content-type': type, 'content-disposition': kept } = answer.headers()
      expect([path, type, (kept ?? '').startsWith('attachment;')]).toEqual([
        path,
        'text/csv; charset=utf-8',
        true,
      ])
    }
  })

  test('S4 U15 10 KB of metadata, nested 100 deep, and a name that turns text around stay in their place', async ({
    page,
    world,
  }) => {
    const { id } = await world.addTunnel('a\u202eexe.gpj\u2066\u200b\u0007b')
    let nested: unknown = '<script>window.__x=1</script>'
    // With the two around them a hundred levels; what lies deeper Tandem leaves out.
    for (let depth = 0; depth < 98; depth += 1) nested = { [`level ${depth}`]: nested }
    const flat = Object.fromEntries(
      Array.from({ length: 90 }, (_, n) => [`key ${n} ${'k'.repeat(40)}`, 'v'.repeat(60)]),
    )
    await world.setMetadata(id, { nested, ...flat })
    // It comes with the next listing; a page that is open does not ask for it again.
    const known = async () => (await page.request.get(`/api/tunnels/${id}`)).text()
    await expect.poll(known).toContain('key 89')
    await page.goto(`/tunnels/${id}`)
    await expect(page.getByText('key 89')).toBeVisible()
    const heading = page.getByRole('heading', { level: 1 })
    expect(await heading.innerText()).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/)
    // Opened level by level, down to what lies at the bottom.
    const tree = page.getByRole('region', { name: 'Metadata' }).last()
    await tree.evaluate(async (region) => {
      const closed = () => region.querySelector<HTMLElement>('button[aria-expanded="false"]')
      for (let each = closed(); each; each = closed()) {
        each.click()
        await new Promise(requestAnimationFrame)
      }
    })
    await expect(tree.getByText('<script>window.__x=1</script>')).toBeVisible()
    await expectOnlyText(page)
    const width = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(width).toBeLessThanOrEqual(0)
    await page.setViewportSize({ width: 360, height: 800 })
    // Charts are measured anew before they fit.
    await expect
      .poll(() => page.evaluate(() => document.documentElement.scrollWidth - innerWidth))
      .toBeLessThanOrEqual(0)
  })
})

/** Goes there as a click of the page would, and tells what is drawn where once that is as expected, or after 10 s. */
const see = (page: Page, path: string, places: string[], expected: string) =>
  page.evaluate(
    async ([path, places, expected]) => {
      const drawn = () => places.map((place) => document.querySelector(place)?.textContent)
      history.pushState(null, '', path)
      const until = performance.now() + 10_000
      while (performance.now() < until && drawn().some((text) => text !== expected))
        await new Promise(requestAnimationFrame)
      return drawn()
    },
    [path, places, expected] as const,
  )

test.describe('a world in which names are of every kind', () => {
  test.use({ scene: 'empty' })
  // Before Tandem looks for the first time.
  test.beforeEach(async ({ world }) => {
    for (const { name } of oddNames) await world.addTunnel(name)
  })

  test('U15 they are text, each in its place, on every page, in the dialog, the tab and the file', async ({
    page,
    world,
    tandem,
  }) => {
    const all = await world.tunnels()
    const ids = oddNames.map(({ name }) => all.find((one) => one.name === name)?.id ?? '')
    const inPlace = oddNames.map(({ shown }, at) => [ids[at], shown])
    /** The first name in each of these, by the id of the tunnel that it leads to. */
    const drawnIn = async (each: Locator, idOf: RegExp) => {
      const found = await each.evaluateAll((boxes) =>
        boxes.map((box) => [box.outerHTML, box.querySelector('bdi')?.textContent] as const),
      )
      const byId = new Map(found.map(([html, text]) => [idOf.exec(html)?.[1], text]))
      return ids.map((id) => [id, byId.get(id)])
    }

    // Tall enough for every row: those out of sight are not in the document.
    await page.setViewportSize({ width: 1440, height: 1600 })
    await page.goto('/')
    await expect(page.getByRole('rowheader')).toHaveCount(oddNames.length)
    expect(await drawnIn(page.locator('[data-row]'), /data-row="([^"]+)/)).toEqual(inPlace)
    await expectOnlyText(page)

    for (const [at, { shown }] of oddNames.entries()) {
      const { id = '', connectors = [] } = all.find((one) => one.id === ids[at]) ?? {}
      const inTab = shown === '(no name)' ? '' : `${shown} · `
      expect(await see(page, `/tunnels/${id}`, ['h1 bdi'], shown)).toEqual([shown])
      await expect(page).toHaveTitle(`${inTab}Healthy · Tandem`)
      const standby = connectors.find(({ haStatus }) => haStatus === 'passive')?.id ?? ''
      const path = `/tunnels/${id}/connectors/${standby}?dialog=failover`
      const places = ['nav[aria-label="You are here"] bdi', 'dialog h2 bdi']
      expect(await see(page, path, places, shown)).toEqual([shown, shown])
      await expect(page).toHaveTitle(`${short(standby)} passive · ${inTab}Tandem`)
      await expectOnlyText(page)
    }

    await page.goto(`/wall?tunnel=${ids.join()}`)
    const tiles = page.getByRole('main', { name: 'Tunnels' }).getByRole('listitem')
    await expect(tiles).toHaveCount(oddNames.length)
    expect(await drawnIn(tiles, /href="\/tunnels\/([^"]+)/)).toEqual(inPlace)
    await expectOnlyText(page)

    const file = await (await page.request.get(`${tandem.address}/api/activity.csv`)).text()
    for (const { name } of oddNames) {
      const cell = /["\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name
      expect(file).toContain(`,${cell},`)
    }
  })
})

test('S5 S6 S8 another site’s page frames nothing, reads nothing and changes nothing', async ({
  browser,
  page,
  tandem,
  world,
}) => {
  await page.goto('/')
  await expect(page.getByRole('row', { name: /lon-branch-core/ })).toBeVisible()
  const { id } = await world.tunnel('lon-branch-core')
  const site = createServer((_, answer) => {
    answer.setHeader('content-type', 'text/html')
    answer.end(`<!doctype html><iframe id=frame src="${tandem.address}/"></iframe>`)
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  const { port } = site.address() as AddressInfo

  // oxlint-disable-next-line eslint/no-restricted-properties -- what it complains about there is the point
  const context = await browser.newContext()
  const other = await context.newPage()
  const evil = `http://localhost:${port}`
  await other.goto(`${evil}/`)
  await expect.poll(() => other.frames()[1]?.url()).toBe('chrome-error://chromewebdata/')
  const outcome = await other.evaluate(
    async ({ address, tunnelId }) => {
      const tries: [string, () => Promise<unknown>][] = [
        [
          'fetch',
          () => fetch(`${address}/api/tunnels`, { credentials: 'include' }).then((a) => a.text()),
        ],
        [
          'script',
          () =>
            new Promise((resolve, reject) => {
              const script = document.createElement('script')
              script.src = `${address}/api/tunnels`
              script.addEventListener('load', () => resolve('loaded'))
              script.addEventListener('error', () => reject(new Error('blocked')))
              document.head.append(script)
            }),
        ],
        [
          'stream',
          () =>
            new Promise((resolve, reject) => {
              const stream = new EventSource(`${address}/api/events`, { withCredentials: true })
              stream.addEventListener('message', () => resolve('heard'))
              stream.addEventListener('error', () => reject(new Error('blocked')))
            }),
        ],
        [
          'json',
          () =>
            fetch(`${address}/api/tunnels/${tunnelId}`, {
              method: 'PATCH',
              credentials: 'include',
              headers: { 'content-type': 'application/json', 'x-requested-by': 'tandem' },
              body: JSON.stringify({ name: 'taken over' }),
            }).then((answer) => answer.text()),
        ],
      ]
      const got: string[] = []
      for (const [name, attempt] of tries) {
        await attempt().then(
          () => got.push(name),
          () => {},
        )
      }
      // Sent without being read: the answer tells nothing, so Tandem's own state must.
      const sent = ['text/plain', 'application/x-www-form-urlencoded'].map((type) =>
        fetch(`${address}/api/tunnels`, {
          method: 'POST',
          mode: 'no-cors',
          credentials: 'include',
          headers: { 'content-type': type },
          body: JSON.stringify({ name: 'made elsewhere', ha: true }),
        }),
      )
      await Promise.allSettled(sent)
      navigator.sendBeacon(
        `${address}/api/tunnels`,
        JSON.stringify({ name: 'made elsewhere', ha: true }),
      )
      return got
    },
    { address: tandem.address, tunnelId: id },
  )
  expect(outcome).toEqual([])
  await other.setContent(
    `<form method=post enctype=text/plain action="${tandem.address}/api/tunnels"><input name='{"name":"made elsewhere","ha":true,"x":"' value='"}'><button>go</button></form>`,
  )
  await other.getByRole('button', { name: 'go' }).click()
  await expect(other.getByText('cross-site')).toBeVisible()
  await context.close()
  site.close()

  expect((await world.requests()).filter(({ method }) => method !== 'GET')).toEqual([])
  const names = (await world.tunnels()).map(({ name }) => name)
  expect(names.filter((name) => /taken over|made elsewhere/.test(name))).toEqual([])
})

test('S7 the watch over the browser is awake: what the policy stops fails a test', async ({
  browser,
  tandem,
}) => {
  // oxlint-disable-next-line eslint/no-restricted-properties -- it is watched by the watch that is looked at
  const context = await browser.newContext()
  const watch = await watchBrowser(context)
  const page = await context.newPage()
  await page.goto(tandem.address)
  await expect(page.getByRole('row', { name: /lon-branch-core/ })).toBeVisible()
  await watch.expectClean([])
  await page.evaluate(() => {
    document.body.setAttribute('style', 'color: red')
    try {
      document.body.innerHTML = '<b>x</b>'
    } catch {
      // Trusted Types say no.
    }
  })
  await expect(watch.expectClean([])).rejects.toThrow(/inline style[\s\S]*TrustedHTML/)
  await context.close()
})
