import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { type APIRequestContext, type Browser, chromium, type Page } from '@playwright/test'
import type { Invitation, Pairing, Person, Screen } from '#contract/people.ts'
import type { SessionAnswer } from '#contract/session.ts'
import type { Tunnel } from '#contract/tunnel.ts'
import { tunnelDialogs } from '#web/pages/tunnel/search.ts'
import { acceptRisks } from '../../e2e/accept.ts'
import { start } from '../../e2e/processes.ts'
import { startTandem, type Tandem } from '../../e2e/tandem.ts'
import { type Scene, startWorld, type World } from '../../e2e/world.ts'
import { browserArgs, ensureBrowser } from './browser.ts'

/**
 * `npm run screenshots [-- NAME…]`: a picture of every page and dialog × {dark, light} × {360, 1440, 3840},
 * into docs/screenshots: from the demo, what is about people from a Tandem in which people sign in, and what is
 * broken, empty or large from worlds of their own. Names limit it, e.g. `tunnels failover`.
 */
const folder = 'docs/screenshots'
/** Long enough for a failover, and for a slow machine. */
const timeout = 90_000
const sizes = { 360: 780, 1440: 900, 3840: 2160 } as const
const themes = ['dark', 'light'] as const

type Shot = {
  name: string
  path: string
  /** All of a page that is longer than its window. */
  whole?: true
  act?: (page: Page) => Promise<void>
  /** Makes good what `act` broke. */
  after?: (page: Page) => Promise<unknown>
}

function shotsOf(tunnels: Tunnel[]): Shot[] {
  const named = (start: string) => tunnels.find((tunnel) => tunnel.name.startsWith(start))
  const triple = named('fra') ?? tunnels.find((tunnel) => tunnel.standbyCount > 1)
  const down = tunnels.find((tunnel) => tunnel.status === 'down')
  if (!triple || !down) throw new Error('The demo shows no triple or nothing down.')
  const page = `/tunnels/${triple.id}`
  const press = (keys: string) => (shown: Page) => shown.keyboard.press(keys)
  return [
    { name: 'tunnels', path: '/' },
    { name: 'tunnels-filtered', path: '/?status=degraded,down' },
    { name: 'tunnels-grouped', path: '/?group=team&closed=network' },
    { name: 'tunnels-tagged', path: '/?tag=team:network' },
    { name: 'tunnels-view', path: '/?status=degraded,down', act: press('v') },
    { name: 'tunnels-selected', path: '/', act: press('ControlOrMeta+a') },
    { name: 'tunnels-no-match', path: '/?q=nothing-like-this' },
    { name: 'create', path: '/?dialog=create' },
    { name: 'palette', path: '/', act: press('ControlOrMeta+k') },
    { name: 'help', path: '/', act: press('?') },
    { name: 'tunnel', path: page },
    { name: 'tunnel-whole', path: page, whole: true },
    { name: 'tunnel-range', path: page, act: shown('Custom') },
    { name: 'tunnel-30d', path: `${page}?range=30d`, act: scrolledTo('History') },
    { name: 'tunnel-down', path: `/tunnels/${down.id}` },
    { name: 'connector', path: `${page}/connectors/${triple.activeConnectorId}`, whole: true },
    ...tunnelDialogs.map((dialog) => ({
      name: dialog,
      path: `${page}?dialog=${dialog}`,
    })),
    { name: 'report', path: `${page}/report`, whole: true },
    { name: 'activity', path: '/activity' },
    { name: 'activity-acknowledge', path: '/activity', act: shown(/^Acknowledge/) },
    { name: 'failover-checks', path: '/failover-checks#stale-read' },
    { name: 'audit-empty', path: '/audit' },
    { name: 'term', path: page, act: shown('HA readiness') },
    { name: 'demo', path: '/', act: shown('Demo') },
    { name: 'polling', path: '/', act: shown(/^Polling/) },
    { name: 'wall', path: '/wall' },
    { name: 'wall-dense', path: '/wall?density=dense' },
    { name: 'wall-build', path: '/wall/build', whole: true },
    { name: 'not-found', path: '/nowhere' },
  ]
}

const shown = (name: string | RegExp) => async (page: Page) => {
  await page.getByRole('button', { name }).first().click()
}

const scrolledTo = (name: string) => async (page: Page) => {
  await page.getByRole('heading', { name, exact: true }).evaluate((heading) => {
    heading.style.scrollMarginTop = '5rem'
    heading.scrollIntoView()
  })
}

async function promote(page: Page) {
  await acceptRisks(page)
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Promote/ })
    .click()
  await page.getByRole('list', { name: 'Phases' }).waitFor()
}

const confirmed = (page: Page) =>
  page
    .getByRole('dialog')
    .getByText(/Confirmed after/)
    .first()
    .waitFor({ timeout })

/** A browser that is signed in, as `newPage` takes it. */
type Cookies = Awaited<ReturnType<APIRequestContext['storageState']>>

async function take(browser: Browser, base: string, shots: Shot[], storageState?: Cookies) {
  for (const theme of themes) {
    for (const [width, height] of Object.entries(sizes)) {
      const page = await browser.newPage({
        viewport: { width: Number(width), height },
        colorScheme: theme,
        reducedMotion: 'reduce',
        ...(storageState ? { storageState } : {}),
      })
      for (const { name, path, whole = false, act, after } of shots) {
        await page.goto(base + path)
        // The stream keeps the network busy for ever: what is awaited is what a person would await.
        await page.getByRole('main').waitFor()
        await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'))
        await page.evaluate(() => document.fonts.ready)
        await act?.(page)
        await page.waitForTimeout(300)
        const picture = join(folder, `${name}-${theme}-${width}.png`)
        await page.screenshot({ path: picture, fullPage: whole })
        await after?.(page)
        console.log(`${name} ${theme} ${width}`)
      }
      await page.close()
    }
  }
}

const password = 'mossy lantern quietly orbits'
const people = [
  ['Ben Okafor', 'operator'],
  ['Chiara Lindqvist-Montgomery of the night shift in Europe West', 'viewer'],
  ['مشغّل الليل', 'operator'],
  ['Dana', 'viewer'],
] as const

/** Signs in as an admin of a Tandem with some people and screens in it. */
async function furnish(browser: Browser, base: string, code: string) {
  const context = await browser.newContext({ baseURL: base })
  const { request } = context
  const headers = { 'x-requested-by': 'tandem' }
  async function post<T>(path: string, data: object, by = request): Promise<T> {
    const answer = await by.post(`/api${path}`, { headers, data })
    if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`)
    return (await answer.json()) as T
  }
  await post('/setup', { code, name: 'Ada', password })
  const made: Person[] = []
  let invitation = ''
  for (const [name, role] of people) {
    const { person, path } = await post<Invitation>('/people', { name, role })
    made.push(person)
    if (name === 'Dana') invitation = path
    if (name === 'Dana') continue
    const other = await browser.newContext({ baseURL: base })
    await post('/invitations/accept', { secret: path.split('#')[1], password }, other.request)
    await other.close()
  }
  for (const name of ['NOC, left', 'Lobby']) {
    const screen = await browser.newContext({ baseURL: base })
    const pairing = await post<Pairing>('/screens/pairings', {}, screen.request)
    await post('/screens/approvals', { code: pairing.code, name, view: '/', days: 90 })
    await post('/screens/claims', { secret: pairing.secret }, screen.request)
    await screen.close()
  }
  const answer = await request.get('/api/screens')
  const [screen] = ((await answer.json()) as { screens: Screen[] }).screens
  const cookies = await context.storageState()
  await context.close()
  if (!made[0] || !made[3] || !screen) throw new Error('Nobody was let in.')
  return { cookies, joined: made[0], invited: made[3], invitation, screen }
}

function peopleShots({ joined, invited, screen }: Awaited<ReturnType<typeof furnish>>): Shot[] {
  return [
    { name: 'audit', path: '/audit' },
    { name: 'account', path: '/account' },
    { name: 'account-menu', path: '/', act: shown('You: Ada, admin') },
    ...['password', 'second-factor-off', 'others'].map((dialog) => ({
      name: `account-${dialog}`,
      path: `/account?dialog=${dialog}`,
    })),
    {
      name: 'account-second-factor',
      path: '/account?dialog=second-factor',
      act: async (page) => {
        await page.getByRole('button', { name: 'Show the key' }).click()
        await page.getByRole('img', { name: /QR code/ }).waitFor()
      },
    },
    { name: 'people', path: '/people' },
    { name: 'people-menu', path: '/people', act: shown('Actions for Ben Okafor') },
    { name: 'people-no-match', path: '/people?q=nobody-like-this' },
    { name: 'people-invite', path: '/people?dialog=invite' },
    ...['role', 'sessions', 'link', 'off', 'remove'].map((dialog) => ({
      name: `people-${dialog}`,
      path: `/people?dialog=${dialog}&person=${joined.id}`,
    })),
    {
      name: 'people-link-made',
      path: `/people?dialog=link&person=${invited.id}`,
      act: shown('Make the link'),
    },
    { name: 'people-take-back', path: `/people?dialog=take-back&person=${invited.id}` },
    { name: 'screens', path: '/screens' },
    { name: 'screens-pair', path: '/screens?dialog=pair' },
    { name: 'screens-link', path: '/screens?dialog=link' },
    { name: 'screens-rename', path: `/screens?dialog=rename&screen=${screen.id}` },
    { name: 'screens-revoke', path: `/screens?dialog=revoke&screen=${screen.id}` },
  ]
}

function doorShots(tandem: Tandem, invitation: string): Shot[] {
  // Only five screens of a network are shown a code at once; those that wait are kept in memory.
  const after = async () => {
    await tandem.end()
    await tandem.again()
  }
  return [
    { name: 'sign-in', path: '/sign-in' },
    {
      name: 'screen',
      path: '/screen',
      act: (page) => page.getByRole('img', { name: /^The code is/ }).waitFor({ timeout }),
      after,
    },
    {
      name: 'screen-used-link',
      path: '/screen#a-link-that-was-used',
      act: (page) => page.getByText('no longer good').waitFor({ timeout }),
      after,
    },
    { name: 'invitation', path: invitation },
  ]
}

async function takePeople(browser: Browser, isWanted: (shot: Shot) => boolean) {
  const world = await startWorld({ scene: 'demo', seed: 1 })
  const tandem = await startTandem({
    CLOUDFLARE_API_TOKEN: world.token,
    CLOUDFLARE_ACCOUNT_ID: world.accounts.join(','),
    CLOUDFLARE_BASE_URL: world.baseUrl,
  })
  try {
    await take(browser, tandem.address, [{ name: 'setup', path: '/setup' }].filter(isWanted))
    const code = /the code: ([0-9A-Z-]+)/.exec(tandem.output())?.[1] ?? ''
    const furnished = await furnish(browser, tandem.address, code)
    // Before a new link is made for whoever is invited: the old one is no longer good then.
    const door = doorShots(tandem, furnished.invitation)
    await take(browser, tandem.address, door.filter(isWanted))
    const shots = peopleShots(furnished).filter(isWanted)
    await take(browser, tandem.address, shots, furnished.cookies)
    // Signed in too long ago for what is asked.
    const again = [signInAgain].filter(isWanted)
    if (again.length === 0) return
    await tandem.end()
    await tandem.again({ TANDEM_RECENT_SIGN_IN_MINUTES: '1' })
    await rest(60_000)
    await take(browser, tandem.address, again, furnished.cookies)
  } finally {
    await tandem.end()
    tandem.remove()
    await world.end()
  }
}

const signInAgain: Shot = {
  name: 'sign-in-again',
  path: '/account?dialog=second-factor',
  act: async (page) => {
    await page.getByRole('button', { name: 'Show the key' }).click()
    await page.getByRole('dialog', { name: 'Sign in once more' }).waitFor()
  },
}

type Stage = { world: World; tandem: Tandem }

/** A world of its own, and a Tandem on it in which nobody signs in. */
async function onStage(scene: Scene, token: string | null, work: (stage: Stage) => Promise<void>) {
  const world = await startWorld({ scene, seed: 1 })
  const tandem = await startTandem({
    CLOUDFLARE_API_TOKEN: token ?? world.token,
    CLOUDFLARE_ACCOUNT_ID: world.accounts.join(','),
    CLOUDFLARE_BASE_URL: world.baseUrl,
    TANDEM_SIGN_IN: 'off',
  })
  try {
    await work({ world, tandem })
  } finally {
    await tandem.end()
    tandem.remove()
    await world.end()
  }
}

/** What breaks before it was read shows nothing of it. */
async function swept({ address }: Tandem) {
  const sweptAt = async () => {
    const answer = await fetch(`${address}/api/session`)
    return ((await answer.json()) as SessionAnswer).poller.sweptAt
  }
  while ((await sweptAt()) === null) await rest(500)
}

/** What is empty, large or broken. */
async function takeWorlds(browser: Browser, isWanted: (shot: Shot) => boolean) {
  const takeOf = async (scene: Scene, token: string | null, shots: Shot[]) => {
    const wanted = shots.filter(isWanted)
    if (wanted.length > 0)
      await onStage(scene, token, ({ tandem }) => take(browser, tandem.address, wanted))
  }
  await takeOf('empty', null, [{ name: 'first-run', path: '/' }])
  await takeOf('demo', 'x'.repeat(40), [
    {
      name: 'first-run-token',
      path: '/',
      act: (page) => page.getByText('The token is not good enough').waitFor({ timeout }),
    },
  ])
  await takeOf('large', null, [
    {
      name: 'wall-paged',
      path: '/wall',
      act: (page) => page.getByText(/Page \d+ of/).waitFor({ state: 'attached', timeout }),
    },
  ])
  await takeFailovers(browser, isWanted)
  const several = { name: 'acknowledge-several', path: '' }
  if (isWanted(several))
    await onStage('demo', null, async ({ world, tandem }) => {
      const { tunnelId } = await world.pair('lon-branch-core')
      const path = `/tunnels/${tunnelId}?dialog=acknowledge`
      const waits = async () => {
        const answer = await fetch(`${tandem.address}/api/tunnels/${tunnelId}`)
        return ((await answer.json()) as Tunnel).unacknowledged?.count ?? 0
      }
      for (const count of [1, 2]) {
        await rest(10_000)
        await world.swap(tunnelId)
        while ((await waits()) < count) await rest(500)
      }
      await take(browser, tandem.address, [{ ...several, path }])
    })
  const broken = [
    { name: 'wall-broken', path: '/wall' },
    { name: 'tunnels-broken', path: '/' },
  ].filter(isWanted)
  const lost = [{ name: 'wall-lost', path: '/wall' }].filter(isWanted)
  if (broken.length + lost.length === 0) return
  await onStage('outage', null, async ({ world, tandem }) => {
    await swept(tandem)
    await world.breakWith({ kind: 'rate-limit', retryAfter: 300 })
    await rest(broken.length > 0 ? 35_000 : 0)
    await take(browser, tandem.address, broken)
    for (const shot of lost)
      await take(browser, tandem.address, [
        {
          ...shot,
          act: async (page) => {
            await page.getByRole('listitem').first().waitFor()
            await tandem.end('SIGKILL')
            await page.getByText(/^No word from Tandem/).waitFor({ timeout })
          },
          after: () => tandem.again(),
        },
      ])
  })
}

/** Where nothing happens by itself: in the demo's life a standby may be lost before it is promoted. */
async function takeFailovers(browser: Browser, isWanted: (shot: Shot) => boolean) {
  const wanted = (['failover-running', 'failover-finished'] as const).filter((name) =>
    isWanted({ name, path: '' }),
  )
  if (wanted.length === 0) return
  await onStage('demo', null, async ({ world, tandem }) => {
    const { tunnelId } = await world.pair('lon-branch-core')
    await world.failovers({ mode: 'normal', demoteMs: 1500, promoteMs: 4000 })
    const path = `/tunnels/${tunnelId}?dialog=failover`
    const shots = {
      'failover-running': { act: promote, after: confirmed },
      'failover-finished': {
        act: async (page: Page) => {
          await promote(page)
          await confirmed(page)
        },
      },
    }
    await take(
      browser,
      tandem.address,
      wanted.map((name) => ({ name, path, ...shots[name] })),
    )
  })
}

mkdirSync(folder, { recursive: true })
const data = mkdtempSync(join(tmpdir(), 'tandem-screenshots-'))
const proxy = start('proxy', [], { env: { PORT: '0', TANDEM_DATA_DIR: data, LOG_LEVEL: 'warn' } })
const browser = await chromium.launch({ executablePath: ensureBrowser(), args: browserArgs })
try {
  const line = await proxy.line(/is running: http/)
  const base = /http:\S+/.exec(line)?.[0] ?? ''
  const { tunnels } = (await (await fetch(`${base}/api/tunnels`)).json()) as { tunnels: Tunnel[] }
  const only = process.argv.slice(2)
  const isWanted = ({ name }: Shot) => only.length === 0 || only.includes(name)
  await take(browser, base, shotsOf(tunnels).filter(isWanted))
  await takePeople(browser, isWanted)
  await takeWorlds(browser, isWanted)
} finally {
  await browser.close()
  await proxy.end()
}
