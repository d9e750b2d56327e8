import { audience, createAccessTeam, team as teamDomain } from '../src/proxy/faults/access-team.ts'
import {
  clientSecret,
  type IdentityProvider,
  startIdentityProvider,
} from '../src/proxy/faults/identity-provider.ts'
import { rowOf } from './find.ts'
import { expect, test } from './fixtures.ts'
import { startTlsFront, type TlsFront } from './tls-front.ts'

/** People for whom others vouch, through the built proxy behind TLS. What must not count is in `faults/outside.test.ts`. */

const behindTls = test.extend<{ front: TlsFront }>({
  // oxlint-disable-next-line eslint/no-empty-pattern -- Playwright wants the braces
  front: async ({}, use) => {
    const front = await startTlsFront()
    await use(front)
    await front.end()
  },
  baseURL: async ({ tandem, front }, use) => {
    front.leadTo(tandem.address)
    await use(front.address)
  },
  ignoreHTTPSErrors: true,
})
const settingsOf = (front: TlsFront) => ({
  TANDEM_SIGN_IN: 'on',
  TANDEM_TRUST_PROXY: '127.0.0.1',
  TANDEM_PUBLIC_URL: front.address,
})

const byProvider = behindTls.extend<{ provider: IdentityProvider }>({
  provider: async ({ front }, use) => {
    const accounts = {
      ada: { groups: ['noc'], preferred_username: 'ada' },
      eve: { preferred_username: 'eve' },
    }
    const provider = await startIdentityProvider(front.address, accounts)
    await use(provider)
    await provider.end()
  },
  env: async ({ front, provider }, use) =>
    use({
      ...settingsOf(front),
      TANDEM_OIDC_ISSUER: provider.issuer,
      TANDEM_OIDC_CLIENT_ID: 'tandem',
      TANDEM_OIDC_CLIENT_SECRET: clientSecret,
      TANDEM_OIDC_ROLE_CLAIM: 'groups',
      TANDEM_OIDC_OPERATORS: 'noc',
    }),
  secrets: async ({ secrets }, use) => use([...secrets, clientSecret]),
})

byProvider(
  'S15 by OpenID Connect: whom the provider gives no role reads so, and whom it gives one is in with it, until they sign out',
  async ({ page, context, provider }) => {
    const goAs = async (account: string) => {
      await context.clearCookies()
      await context.addCookies([{ name: 'as', value: account, url: provider.issuer }])
      await page.getByRole('link', { name: 'Sign in with your organisation' }).click()
    }
    await page.goto('/activity')
    await goAs('eve')
    await expect(page.getByText('You were not let in')).toBeVisible()
    await expect(page.getByText('gives you no role in Tandem')).toBeVisible()

    await goAs('ada')
    await expect(rowOf(page, 'lon-branch-core')).toBeVisible()
    await page.getByRole('button', { name: 'You: ada operator' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await expect(page.getByRole('heading', { name: 'Sign in', level: 1 })).toBeVisible()
    await page.goto('/')
    await expect(page.getByRole('heading', { name: 'Sign in', level: 1 })).toBeVisible()
  },
)

type Team = Awaited<ReturnType<typeof createAccessTeam>>

/** Runs in the process, before Tandem does: what is asked of the team's name, its stand-in answers. */
const standIn = ({ keys }: Team) => `
  const real = globalThis.fetch
  globalThis.fetch = async (address, init) =>
    String(address) === '${teamDomain}/cdn-cgi/access/certs'
      ? Response.json(${JSON.stringify(keys)})
      : real(address, init)`

const byAccess = behindTls.extend<{ team: Team }>({
  // oxlint-disable-next-line eslint/no-empty-pattern -- Playwright wants the braces
  team: async ({}, use) => use(await createAccessTeam()),
  env: async ({ front, team }, use) =>
    use({
      ...settingsOf(front),
      NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(standIn(team))}`,
      TANDEM_ACCESS_TEAM_DOMAIN: teamDomain,
      TANDEM_ACCESS_AUD: audience,
      TANDEM_ACCESS_OPERATORS: 'ada@example.com',
    }),
})

byAccess(
  'S14 by Cloudflare Access: its token lets in with the role of the settings, and one for another application does not',
  async ({ newProfile, team }) => {
    const comeWith = async (change: Record<string, unknown>) => {
      const token = await team.sign('ada@example.com', Date.now(), change)
      const extraHTTPHeaders = { 'cf-access-jwt-assertion': token }
      const page = await newProfile({ extraHTTPHeaders, ignoreHTTPSErrors: true })
      await page.goto('/')
      return page
    }
    const ada = await comeWith({})
    await expect(rowOf(ada, 'lon-branch-core')).toBeVisible()
    await expect(ada.getByRole('button', { name: 'You: ada@example.com operator' })).toBeVisible()
    const other = await comeWith({ aud: 'b'.repeat(64) })
    await expect(other.getByText('Open Tandem through Cloudflare Access.')).toBeVisible()
    await expect(rowOf(other, 'lon-branch-core')).toHaveCount(0)
  },
)
