import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createBudget } from './cloudflare/budget.ts'
import { helpText, isLoopback, parseConfig, settings } from './config.ts'

const account = '699d98642c564d2e855e9661899b7252'
const token = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ-abcdefghij_0123'
const behind = {
  HOST: '0.0.0.0',
  TANDEM_TRUST_PROXY: '10.0.0.0/8, 127.0.0.1',
  TANDEM_PUBLIC_URL: 'https://tandem.example.com/',
}
const live = { CLOUDFLARE_API_TOKEN: token, CLOUDFLARE_ACCOUNT_ID: account }

const access = {
  TANDEM_ACCESS_TEAM_DOMAIN: 'https://team.cloudflareaccess.com',
  TANDEM_ACCESS_AUD: 'a1'.repeat(32),
  TANDEM_ACCESS_ADMINS: 'ada@example.com, *@ops.example.com',
}
const oidc = {
  TANDEM_OIDC_ISSUER: 'https://id.example.com/realms/one',
  TANDEM_OIDC_CLIENT_ID: 'tandem',
  TANDEM_OIDC_CLIENT_SECRET: 'hush hush hush',
  TANDEM_OIDC_ROLE_CLAIM: 'groups',
}

const read = (env: Record<string, string | undefined>) => {
  const parsed = parseConfig(env)
  if ('faults' in parsed) throw new Error(parsed.faults.join('\n'))
  return parsed.config
}
const faultsOf = (env: Record<string, string | undefined>) => {
  const parsed = parseConfig(env)
  return 'faults' in parsed ? parsed.faults : []
}

describe('settings that are right', () => {
  test('none: the demo, on this machine only', () => {
    expect(read({})).toMatchObject({
      mode: 'demo',
      accountIds: [],
      token: null,
      readToken: null,
      baseUrl: 'https://api.cloudflare.com/client/v4',
      host: '127.0.0.1',
      port: 8787,
      dataDir: 'data/demo',
      logLevel: 'info',
      rateLimit: 1200,
      pollShare: 0.6,
      demoRole: 'viewer',
      signIn: 'demo',
      trustedProxies: null,
      publicUrl: null,
      recentSignInMs: 3_600_000,
    })
  })

  test('a token and an account: live, and the token can’t be printed', () => {
    const config = read({ ...live, CLOUDFLARE_READ_TOKEN: `${token}r` })
    expect(config).toMatchObject({ mode: 'live', accountIds: [account] })
    expect(config.token?.reveal()).toBe(token)
    expect(config.readToken?.reveal()).toBe(`${token}r`)
    expect(JSON.stringify(config)).not.toContain(token.slice(0, 12))
  })

  test('several accounts, and spaces and newlines around anything', () => {
    const other = account.replace('6', 'a')
    const config = read({
      CLOUDFLARE_API_TOKEN: ` ${token}\n`,
      CLOUDFLARE_ACCOUNT_ID: ` ${account} , ${other},${account}`,
      PORT: ' 0 ',
    })
    expect(config.token?.reveal()).toBe(token)
    expect(config.accountIds).toEqual([account, other])
    expect(config.port).toBe(0)
  })

  test.each([
    ['http://127.0.0.1:4010/client/v4/', 'http://127.0.0.1:4010/client/v4'],
    ['http://[::1]:4010/client/v4', 'http://[::1]:4010/client/v4'],
    ['http://localhost/client/v4', 'http://localhost/client/v4'],
    ['https://api.example.com/client/v4', 'https://api.example.com/client/v4'],
  ])('CLOUDFLARE_BASE_URL %s', (given, expected) => {
    expect(read({ CLOUDFLARE_BASE_URL: given }).baseUrl).toBe(expected)
  })

  test('live: people sign in, unless it is off on this machine', () => {
    expect(read(live).signIn).toBe('people')
    expect(read({ ...live, TANDEM_SIGN_IN: 'off' }).signIn).toBe('off')
    expect(read({ TANDEM_SIGN_IN: 'off' }).signIn).toBe('demo')
    expect(read({ ...live, TANDEM_RECENT_SIGN_IN_MINUTES: '0' }).recentSignInMs).toBe(0)
  })

  test('beyond this machine: behind a TLS proxy whose address is known', () => {
    const config = read({ ...live, ...behind })
    expect(config).toMatchObject({ host: '0.0.0.0', publicUrl: 'https://tandem.example.com' })
    expect(config.trustedProxies?.has('10.1.2.3')).toBe(true)
    expect(config.trustedProxies?.has('11.1.2.3')).toBe(false)
  })

  test('Cloudflare Access and OpenID Connect: passwords end where others vouch, unless they are asked for', () => {
    expect(read(live).outside).toEqual({ access: null, oidc: null, localAccounts: true })
    const both = read({ ...live, ...behind, ...access, ...oidc })
    expect(both.outside).toMatchObject({
      localAccounts: false,
      access: {
        teamDomain: 'https://team.cloudflareaccess.com',
        roleClaim: null,
        roles: { admin: ['ada@example.com', '*@ops.example.com'], operator: [], viewer: [] },
      },
      oidc: {
        issuer: 'https://id.example.com/realms/one',
        roles: { admin: ['admin'], operator: ['operator'], viewer: ['viewer'] },
      },
    })
    expect(both.outside.oidc?.clientSecret?.reveal()).toBe('hush hush hush')
    expect(JSON.stringify(both)).not.toContain('hush')
    const on = { ...live, ...behind, ...access, TANDEM_LOCAL_ACCOUNTS: 'on' }
    expect(read(on).outside.localAccounts).toBe(true)
  })

  test('an empty setting counts as not set', () => {
    expect(read({ CLOUDFLARE_API_TOKEN: '', PORT: '', HOST: '  ' })).toMatchObject({
      mode: 'demo',
      port: 8787,
      host: '127.0.0.1',
    })
  })
})

test.each([
  'http://team.cloudflareaccess.com',
  'https://team.cloudflareaccess.com/',
  'https://cloudflareaccess.com',
  'https://team.cloudflareaccess.com.evil.net',
  'https://evil.net/.cloudflareaccess.com',
  'team',
])('the team domain of Cloudflare Access is not %s', (domain) => {
  const env = { ...live, ...behind, ...access, TANDEM_ACCESS_TEAM_DOMAIN: domain }
  expect(faultsOf(env)).toEqual([
    `TANDEM_ACCESS_TEAM_DOMAIN is “${domain}” and must be https://TEAM.cloudflareaccess.com, without a slash behind it.`,
  ])
})

/** One line, a sentence that names the setting, without anything secret that stood in it. */
function isOneFault(name: string, env: Parameters<typeof faultsOf>[0]): boolean {
  const [fault = '', ...more] = faultsOf(env)
  const isNamed = new RegExp(`\\b${name}\\b`).test(fault)
  return more.length === 0 && isNamed && fault.endsWith('.') && !/\n|hush/.test(fault)
}

describe('S25 Tandem calls nobody but over https, or on this machine', () => {
  test.each([
    ['CLOUDFLARE_BASE_URL', { CLOUDFLARE_BASE_URL: 'http://example.com/client/v4' }],
    ['CLOUDFLARE_BASE_URL', { CLOUDFLARE_BASE_URL: 'http://127.0.0.1.example.com/' }],
    ['CLOUDFLARE_BASE_URL', { CLOUDFLARE_BASE_URL: 'ftp://example.com' }],
    ['CLOUDFLARE_BASE_URL', { CLOUDFLARE_BASE_URL: 'api.cloudflare.com' }],
    ['CLOUDFLARE_BASE_URL', { CLOUDFLARE_BASE_URL: 'https://user:hush@example.com/' }],
    ['CLOUDFLARE_BASE_URL', { CLOUDFLARE_BASE_URL: 'https://example.com/?token=hush' }],
    ['CLOUDFLARE_BASE_URL', { CLOUDFLARE_BASE_URL: 'https://example.com/#hush' }],
    ['TANDEM_OIDC_ISSUER', { ...live, ...behind, ...oidc, TANDEM_OIDC_ISSUER: 'http://id.net' }],
    ['TANDEM_OIDC_ISSUER', { ...live, ...behind, ...oidc, TANDEM_OIDC_ISSUER: 'https://u:hush@x' }],
  ])('%s: %j', (name, env) => {
    expect({ isOne: isOneFault(name, env), said: faultsOf(env) }).toMatchObject({ isOne: true })
  })
})

describe('each fault is one clear line that names its setting', () => {
  test.each([
    ['CLOUDFLARE_API_TOKEN', { ...live, CLOUDFLARE_API_TOKEN: 'hush hush hush hush hush' }],
    ['CLOUDFLARE_API_TOKEN', { ...live, CLOUDFLARE_API_TOKEN: 'hush' }],
    ['CLOUDFLARE_API_TOKEN', { ...live, CLOUDFLARE_API_TOKEN: `hush${'x'.repeat(300)}` }],
    ['CLOUDFLARE_API_TOKEN', { ...live, CLOUDFLARE_API_TOKEN: `hush\n${'x'.repeat(40)}` }],
    ['CLOUDFLARE_API_TOKEN', { ...live, CLOUDFLARE_API_TOKEN: `Bearer hush${'x'.repeat(40)}` }],
    ['CLOUDFLARE_READ_TOKEN', { ...live, CLOUDFLARE_READ_TOKEN: 'hush!' }],
    ['CLOUDFLARE_ACCOUNT_ID', { CLOUDFLARE_API_TOKEN: token }],
    ['CLOUDFLARE_API_TOKEN', { CLOUDFLARE_ACCOUNT_ID: account }],
    ['CLOUDFLARE_API_TOKEN', { CLOUDFLARE_READ_TOKEN: token }],
    ['CLOUDFLARE_ACCOUNT_ID', { ...live, CLOUDFLARE_ACCOUNT_ID: 'my account' }],
    ['CLOUDFLARE_ACCOUNT_ID', { ...live, CLOUDFLARE_ACCOUNT_ID: account.toUpperCase() }],
    ['CLOUDFLARE_ACCOUNT_ID', { ...live, CLOUDFLARE_ACCOUNT_ID: `${account}/..` }],
    ['CLOUDFLARE_ACCOUNT_ID', { ...live, CLOUDFLARE_ACCOUNT_ID: ' , ' }],
    ['CLOUDFLARE_RATE_LIMIT', { CLOUDFLARE_RATE_LIMIT: '119' }],
    ['CLOUDFLARE_RATE_LIMIT', { CLOUDFLARE_RATE_LIMIT: '1e3' }],
    ['TANDEM_POLL_SHARE', { TANDEM_POLL_SHARE: '81' }],
    ['TANDEM_POLL_SHARE', { TANDEM_POLL_SHARE: '0.5' }],
    ['HOST', { HOST: 'everywhere' }],
    ['HOST', { HOST: 'example.com' }],
    ['PORT', { PORT: '65536' }],
    ['PORT', { PORT: '-1' }],
    ['PORT', { PORT: '80.5' }],
    ['LOG_LEVEL', { LOG_LEVEL: 'chatty' }],
    ['TANDEM_DEMO_ROLE', { TANDEM_DEMO_ROLE: 'root' }],
    ['TANDEM_DEMO_ROLE', { TANDEM_DEMO_ROLE: 'screen' }],
    ['TANDEM_TRUST_PROXY', { ...live, HOST: '0.0.0.0' }],
    ['TANDEM_TRUST_PROXY', { ...live, HOST: '192.0.2.1' }],
    ['TANDEM_TRUST_PROXY', { ...live, ...behind, TANDEM_TRUST_PROXY: 'nginx' }],
    ['TANDEM_TRUST_PROXY', { ...live, ...behind, TANDEM_TRUST_PROXY: '10.0.0.0/64' }],
    ['TANDEM_TRUST_PROXY', { ...live, TANDEM_PUBLIC_URL: 'https://tandem.example.com' }],
    ['TANDEM_PUBLIC_URL', { ...live, ...behind, TANDEM_PUBLIC_URL: '' }],
    ['TANDEM_PUBLIC_URL', { ...live, ...behind, TANDEM_PUBLIC_URL: 'http://t.example.com' }],
    ['TANDEM_PUBLIC_URL', { ...live, ...behind, TANDEM_PUBLIC_URL: 'https://t.example.com/x' }],
    ['TANDEM_PUBLIC_URL', { ...live, ...behind, TANDEM_PUBLIC_URL: 'https://hush@t.example.com' }],
    ['TANDEM_SIGN_IN', { TANDEM_SIGN_IN: 'maybe' }],
    ['TANDEM_SIGN_IN', { ...live, ...behind, TANDEM_SIGN_IN: 'off' }],
    ['TANDEM_SIGN_IN', { ...live, ...behind, HOST: '127.0.0.1', TANDEM_SIGN_IN: 'off' }],
    ['TANDEM_LOCAL_ACCOUNTS', { ...live, TANDEM_LOCAL_ACCOUNTS: 'off' }],
    ['TANDEM_LOCAL_ACCOUNTS', { ...live, TANDEM_LOCAL_ACCOUNTS: 'perhaps' }],
    ['TANDEM_ACCESS_AUD', { ...live, ...behind, ...access, TANDEM_ACCESS_AUD: '' }],
    ['TANDEM_ACCESS_AUD', { ...live, ...behind, ...access, TANDEM_ACCESS_AUD: 'my-app' }],
    ['TANDEM_ACCESS_TEAM_DOMAIN', { ...live, ...behind, ...access, TANDEM_ACCESS_TEAM_DOMAIN: '' }],
    ['TANDEM_ACCESS_ADMINS', { ...live, ...behind, ...access, TANDEM_ACCESS_ADMINS: '' }],
    ['TANDEM_PUBLIC_URL', { ...live, ...access }],
    ['TANDEM_PUBLIC_URL', { ...live, ...oidc }],
    ['TANDEM_OIDC_ISSUER', { ...live, ...behind, ...oidc, TANDEM_OIDC_ISSUER: '' }],
    ['TANDEM_OIDC_CLIENT_ID', { ...live, ...behind, ...oidc, TANDEM_OIDC_CLIENT_ID: '' }],
    ['TANDEM_OIDC_ROLE_CLAIM', { ...live, ...behind, ...oidc, TANDEM_OIDC_ROLE_CLAIM: '' }],
    ['TANDEM_RECENT_SIGN_IN_MINUTES', { TANDEM_RECENT_SIGN_IN_MINUTES: '1441' }],
    ['TANDEM_TRUST_PROXY', { ...live, ...behind, TANDEM_TRUST_PROXY: '0.0.0.0/0' }],
    ['TANDEM_TRUST_PROXY', { ...live, ...behind, TANDEM_TRUST_PROXY: '10.0.0.1, ::/0' }],
    ['TANDEM_OIDC_VIEWERS', { ...live, ...behind, TANDEM_OIDC_VIEWERS: 'noc' }],
    ['TANDEM_TRUSTED_PROXY', { ...live, TANDEM_TRUSTED_PROXY: '10.0.0.1' }],
    ['TANDEM_NONSENSE', { TANDEM_NONSENSE: 'hush' }],
  ])('%s: %j', (name, env) => {
    expect({ isOne: isOneFault(name, env), said: faultsOf(env) }).toMatchObject({ isOne: true })
  })

  test.each([
    ['TANDEM_TRUSTED_PROXY', 'TANDEM_TRUST_PROXY is'],
    ['TANDEM_ACCESS_ADMIN', 'TANDEM_ACCESS_ADMINS is'],
    ['TANDEM_RETENTION_DAY', 'TANDEM_RETENTION_DAYS is'],
    ['TANDEM_PORT', 'PORT is'],
    ['TANDEM_LOG_LEVEL', 'LOG_LEVEL is'],
    ['TANDEM_COLOUR', '--help lists them all'],
  ])('%s is no setting; %s', (name, says) => {
    expect(faultsOf({ [name]: '10' })).toEqual([`${name} is no setting of Tandem’s; ${says}.`])
    expect(faultsOf({ [name]: ' ' })).toEqual([])
  })

  test('names of its tests and tasks, and those that Kubernetes hands to every container, are none of these', () => {
    const others = {
      TANDEM_CHROMIUM: '/usr/bin/chromium',
      TANDEM_E2E_REPORT: 'report.json',
      TANDEM_HOSTILE_SEED: '1',
      TANDEM_PROXY: 'http://127.0.0.1:8787',
      TANDEM_SERVICE_HOST: '10.0.0.1',
      TANDEM_WEB_SERVICE_PORT_HTTP: '8787',
      TANDEM_PORT: 'tcp://10.0.0.1:8787',
      TANDEM_PORT_8787_TCP_ADDR: '10.0.0.1',
    }
    expect(faultsOf(others)).toEqual([])
  })

  test('several faults are several lines', () => {
    const faults = faultsOf({ PORT: 'x', HOST: 'y', LOG_LEVEL: 'z' })
    expect(faults.map((fault) => fault.split(' ')[0]).toSorted()).toEqual([
      'HOST',
      'LOG_LEVEL',
      'PORT',
    ])
  })
})

test('--help lists every setting with its default', () => {
  const help = helpText()
  for (const { name, fallback } of settings) {
    const line = help.split('\n').find((text) => text.trim().startsWith(`${name} `)) ?? ''
    expect(line).toContain(fallback)
  }
})

test('the greatest share that takes effect is the one that --help and README name', () => {
  const limit = 1200
  const { polling } = createBudget({ limit, pollShare: 0.8, now: () => 0 }).state()
  const said = `o more than ${Math.floor((100 * polling) / limit)} takes effect`
  expect(settings.find(({ name }) => name === 'TANDEM_POLL_SHARE')?.says).toContain(said)
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
  expect(readme.split('\n').find((line) => line.startsWith('| `TANDEM_POLL_SHARE`'))).toContain(
    said,
  )
})

test.each([
  ['localhost', true],
  ['127.0.0.1', true],
  ['127.8.9.1', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['127.0.0.1.example.com', false],
  ['127.1', false],
  ['192.0.2.1', false],
])('isLoopback %s: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected)
})
