import {
  type Browser,
  type BrowserContextOptions,
  test as base,
  expect,
  type Page,
  type TestInfo,
} from '@playwright/test'
import { type Acknowledged, brokenIn, strangeCalls } from '../src/proxy/faults/invariants.ts'
import { startTandem, type Tandem } from './tandem.ts'
import { watchBrowser } from './watch.ts'
import {
  beginWorld,
  type Scene,
  type Simulator,
  startSimulator,
  startWorld,
  type World,
} from './world.ts'

export { expect } from '@playwright/test'

type Options = {
  /** The world that the simulator shows. */
  scene: Scene
  seed: number
  /** How many tunnels the large scene has, all of one account; null: as the scene has it. */
  tunnels: number | null
  /** Settings of the proxy beside those that point it at the simulator. */
  env: Record<string, string>
}
type Fixtures = {
  /** A simulated Cloudflare of this test's own, in which nothing happens by itself; its program serves one after another. */
  world: World
  /** A proxy of this test's own, in live mode, watching that world. */
  tandem: Tandem
  /** A page in another browser profile: somebody else who is looking. */
  secondPage: Page
}
type Watched = {
  /** What must never reach a browser. */
  secrets: string[]
  /** Changes that Tandem has said were done, in any of the story's browser profiles. */
  acknowledged: Acknowledged[]
  /** A blank page in a browser profile of its own, of this browser or of another one that the story started. */
  newProfile: (options?: BrowserContextOptions, of?: Browser) => Promise<Page>
}

/** A Tandem in live mode that watches the world. Who is not about signing in begins behind it. */
const startWatching = (world: World, env: Record<string, string>) =>
  startTandem({
    CLOUDFLARE_API_TOKEN: world.token,
    CLOUDFLARE_ACCOUNT_ID: world.accounts.join(','),
    CLOUDFLARE_BASE_URL: world.baseUrl,
    TANDEM_SIGN_IN: 'off',
    ...env,
  })

/** Asserts of a Tandem that has ended what must hold after whatever happened, and throws away what it kept. */
async function expectSound(tandem: Tandem, world: World, acknowledged: Acknowledged[] = []) {
  const broken = await brokenIn(tandem.dataDir, {
    calls: await world.requests(),
    lines: [tandem.output()],
    // What the browser was told, the watch over it looks through.
    said: [],
    secrets: [world.token, world.readToken],
    acknowledged,
  })
  tandem.remove()
  expect(broken, 'what must hold after whatever happened').toEqual([])
}

async function keepIfFailed(testInfo: TestInfo, name: string, body: string) {
  if (testInfo.status !== testInfo.expectedStatus) {
    await testInfo.attach(name, { body, contentType: 'text/plain' })
  }
}

/**
 * Every browser profile of a story is watched, in one that starts its own programs too: after it the browser has
 * complained about nothing, and held no secret.
 */
export const bare = base.extend<Watched>({
  // oxlint-disable-next-line eslint/no-empty-pattern -- Playwright wants the braces
  secrets: async ({}, use) => use([]),

  // oxlint-disable-next-line eslint/no-empty-pattern -- Playwright wants the braces
  acknowledged: async ({}, use) => use([]),

  context: async ({ context, secrets, acknowledged }, use) => {
    const watch = await watchBrowser(context, acknowledged)
    await use(context)
    // What a story answers in the server's place may be asked for at its very end.
    for (const page of context.pages()) await page.unrouteAll({ behavior: 'ignoreErrors' })
    await watch.expectClean(secrets)
  },

  newProfile: async ({ browser, baseURL, secrets, acknowledged }, use) => {
    const ends: (() => Promise<void>)[] = []
    await use(async (options, of = browser) => {
      const usual = { reducedMotion: 'reduce', locale: 'en-GB' } as const
      const context = await of.newContext({ ...usual, ...(baseURL ? { baseURL } : {}), ...options })
      const watch = await watchBrowser(context, acknowledged)
      ends.push(async () => {
        await watch.expectClean(secrets)
        await context.close()
      })
      return context.newPage()
    })
    for (const end of ends) await end()
  },
})

/**
 * A test says where it begins: its page is blank. After every one, whatever it was about: the browser has complained
 * about nothing, no piece of a token is in what it was sent, and the invariants hold of Tandem's log, of what its data
 * folder keeps and of all that Cloudflare was asked for.
 */
export const test = bare.extend<Options & Fixtures, { simulator: Simulator }>({
  scene: ['demo', { option: true }],
  seed: [1, { option: true }],
  tunnels: [null, { option: true }],
  env: [{}, { option: true }],

  simulator: [
    // oxlint-disable-next-line eslint/no-empty-pattern -- Playwright wants the braces
    async ({}, use) => {
      const simulator = await startSimulator()
      await use(simulator)
      await simulator.end()
    },
    { scope: 'worker' },
  ],

  world: async ({ simulator, scene, seed, tunnels }, use, testInfo) => {
    const size = tunnels === null ? {} : { tunnels, accounts: 1 }
    const world = await beginWorld(simulator, { scene, seed, ...size })
    await use(world)
    const requests = await world.requests()
    const lines = requests.map((request) => JSON.stringify(request))
    await keepIfFailed(testInfo, 'upstream calls', lines.join('\n'))
    expect(strangeCalls(requests)).toEqual([])
  },

  tandem: async ({ world, env, acknowledged }, use, testInfo) => {
    const tandem = await startWatching(world, env)
    await use(tandem)
    await tandem.end()
    await keepIfFailed(testInfo, 'what Tandem printed', tandem.output())
    await expectSound(tandem, world, acknowledged)
  },

  baseURL: async ({ tandem }, use) => use(tandem.address),

  secrets: async ({ world }, use) => use([world.token, world.readToken]),

  secondPage: async ({ newProfile }, use) => {
    const page = await newProfile()
    await page.goto('/')
    await use(page)
  },
})

/** What a story may ask of a world that stays as it is. */
type Still = Pick<World, 'tunnels' | 'tunnel' | 'pair'>

/**
 * For stories that change nothing but what their own browser keeps: those of one worker share a world and a Tandem,
 * which would take longer to start than most of them take.
 */
export const look = bare.extend<
  { changesNothing: undefined },
  { stage: { world: World; tandem: Tandem }; world: Still }
>({
  stage: [
    // oxlint-disable-next-line eslint/no-empty-pattern -- Playwright wants the braces
    async ({}, use) => {
      const world = await startWorld({ scene: 'demo', seed: 1 })
      const tandem = await startWatching(world, {})
      await use({ world, tandem })
      await tandem.end()
      await expectSound(tandem, world)
      const requests = await world.requests()
      await world.end()
      expect(strangeCalls(requests)).toEqual([])
      expect(requests.filter(({ method }) => method !== 'GET')).toEqual([])
    },
    { scope: 'worker' },
  ],

  world: [async ({ stage }, use) => use(stage.world), { scope: 'worker' }],

  changesNothing: [
    async ({ acknowledged }, use) => {
      await use(undefined)
      expect(acknowledged, 'what the next story would find changed').toEqual([])
    },
    { auto: true },
  ],

  baseURL: async ({ stage }, use) => use(stage.tandem.address),

  secrets: async ({ stage: { world } }, use) => use([world.token, world.readToken]),
})

/** Like `test`, but the first sweep does not get through until the world is healed. */
export const testInFirstSweep = test.extend({
  world: async ({ world }, use) => {
    const match = { path: 'connections' }
    await world.breakWith({ kind: 'status', status: 500, match, after: 5 })
    await use(world)
  },
})
