import { isIP } from 'node:net'
import { join } from 'node:path'
import { type PersonRole, personRoles } from '#contract/people.ts'
import { scenes } from './demo-world.ts'
import { type TrustedProxies, toTrustedProxies } from './identity/address.ts'
import { createSecret, type Secret } from './secret.ts'
import { type OutsideSignIn, readOutsideSignIn } from './sign-in-config.ts'
import { strangeNames } from './strange-names.ts'

/** What the environment asks for, parsed once. */
export type Config = {
  mode: 'demo' | 'live'
  accountIds: string[]
  /** Used for everything where there is no read token. */
  token: Secret | null
  readToken: Secret | null
  baseUrl: string
  host: string
  port: number
  dataDir: string
  logLevel: string
  /** Cloudflare's limit: calls in five minutes. */
  rateLimit: number
  /** Part of the limit that polling may use, 0 to 1. */
  pollShare: number
  /** The role of everybody in demo mode beyond a loopback address. */
  demoRole: PersonRole
  /** Cloudflare Access, OpenID Connect, Tandem's own accounts. */
  outside: OutsideSignIn
  /** How people come in: they sign in; or nobody is asked (`off`); or everybody tries it out. */
  signIn: 'people' | 'off' | 'demo'
  /** TLS proxies in front; null where there are none. */
  trustedProxies: TrustedProxies | null
  /** Where people reach it, as an origin: `https://tandem.example.com`. */
  publicUrl: string | null
  /** How long a sign-in is recent enough for failovers and secrets; 0: for ever. */
  recentSignInMs: number
  /** How long history is kept. */
  retentionDays: number
}

type Setting = { name: string; fallback: string; says: string }

/** Every setting, in the order in which `--help` and the README list them. */
export const settings: Setting[] = [
  {
    name: 'CLOUDFLARE_API_TOKEN',
    fallback: '',
    says: 'API token with “Cloudflare One Connector: WARP Write”; without it Tandem runs its demo',
  },
  {
    name: 'CLOUDFLARE_ACCOUNT_ID',
    fallback: '',
    says: 'Account to watch (32 hex digits); several are separated by commas',
  },
  {
    name: 'CLOUDFLARE_READ_TOKEN',
    fallback: '',
    says: 'Second token with “… WARP Read” for polling; if both are account-owned, a lock-out can’t stop a failover',
  },
  {
    name: 'CLOUDFLARE_BASE_URL',
    fallback: 'https://api.cloudflare.com/client/v4',
    says: 'Where the API is; https, or http on a loopback address',
  },
  {
    name: 'CLOUDFLARE_RATE_LIMIT',
    fallback: '1200',
    says: 'Calls that Cloudflare allows the token in five minutes',
  },
  { name: 'HOST', fallback: '127.0.0.1', says: 'Address to listen on' },
  { name: 'PORT', fallback: '8787', says: 'Port to listen on; 0 takes a free one' },
  {
    name: 'TANDEM_POLL_SHARE',
    fallback: '60',
    says: 'Percentage of that limit which polling may use (5 to 80; no more than 73 takes effect)',
  },
  {
    name: 'TANDEM_RETENTION_DAYS',
    fallback: '400',
    says: 'Days that history is kept (7 to 3650)',
  },
  { name: 'TANDEM_DATA_DIR', fallback: './data', says: 'Where Tandem keeps its database' },
  {
    name: 'TANDEM_DEMO_ROLE',
    fallback: 'viewer',
    says: 'Role of everybody in the demo when it listens beyond loopback: viewer, operator, admin',
  },
  {
    name: 'TANDEM_SIGN_IN',
    fallback: 'on',
    says: 'off: nobody signs in and everybody is admin; on a loopback address only',
  },
  {
    name: 'TANDEM_TRUST_PROXY',
    fallback: '',
    says: 'Addresses or networks of the TLS proxy in front, separated by commas; needed beyond loopback',
  },
  {
    name: 'TANDEM_PUBLIC_URL',
    fallback: '',
    says: 'Where people reach Tandem through that proxy, such as https://tandem.example.com',
  },
  {
    name: 'TANDEM_RECENT_SIGN_IN_MINUTES',
    fallback: '60',
    says: 'How old a sign-in may be for a failover, a secret or a change of people (1 to 1440; 0: any age)',
  },
  {
    name: 'TANDEM_LOCAL_ACCOUNTS',
    fallback: '',
    says: 'on or off: names and passwords of Tandem’s own; on unless one of the next two is set up',
  },
  {
    name: 'TANDEM_ACCESS_TEAM_DOMAIN',
    fallback: '',
    says: 'Cloudflare Access in front: https://TEAM.cloudflareaccess.com',
  },
  { name: 'TANDEM_ACCESS_AUD', fallback: '', says: 'The Access application’s audience tag' },
  {
    name: 'TANDEM_ACCESS_ADMINS',
    fallback: '',
    says: 'E-mail addresses of admins, separated by commas; *@example.com is everybody there',
  },
  { name: 'TANDEM_ACCESS_OPERATORS', fallback: '', says: 'The same for operators' },
  { name: 'TANDEM_ACCESS_VIEWERS', fallback: '', says: 'The same for viewers' },
  {
    name: 'TANDEM_ACCESS_ROLE_CLAIM',
    fallback: '',
    says: 'A claim to look at instead of the address; the three lists are then its values',
  },
  {
    name: 'TANDEM_OIDC_ISSUER',
    fallback: '',
    says: 'Identity provider for OpenID Connect: its issuer, exactly as it says it',
  },
  { name: 'TANDEM_OIDC_CLIENT_ID', fallback: '', says: 'What the provider calls Tandem' },
  { name: 'TANDEM_OIDC_CLIENT_SECRET', fallback: '', says: 'The secret that goes with it' },
  {
    name: 'TANDEM_OIDC_ROLE_CLAIM',
    fallback: '',
    says: 'The claim that names the role; without one there is no access',
  },
  {
    name: 'TANDEM_OIDC_ADMINS',
    fallback: '',
    says: 'Values of that claim for admins, separated by commas; “admin” if none of the three is set',
  },
  { name: 'TANDEM_OIDC_OPERATORS', fallback: '', says: 'The same for operators' },
  { name: 'TANDEM_OIDC_VIEWERS', fallback: '', says: 'The same for viewers' },
  {
    name: 'LOG_LEVEL',
    fallback: 'info',
    says: 'fatal, error, warn, info, debug or silent; all but silent log the record’s hashes',
  },
]

/** The text that `--help` prints. */
export function helpText(): string {
  const width = Math.max(...settings.map((setting) => setting.name.length))
  const rows = settings.map(({ name, fallback, says }) => {
    const shown = fallback ? ` [${fallback}]` : ''
    return `  ${name.padEnd(width)}  ${says}${shown}`
  })
  return [
    'Tandem: operations console for Cloudflare WARP Connector high availability',
    '',
    `Usage: npm start [-- --scene ${scenes.join('|')}] [-- --help]`,
    '',
    'Settings come from the environment or from a file named .env. With neither a token nor an',
    'account the demo runs on a simulator of Cloudflare’s API: --scene picks its world, --seed another',
    'one of its kind, --tunnels and --accounts the size of the scene large.',
    '',
    ...rows,
    '',
  ].join('\n')
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'silent']
export const isLoopback = (host: string) =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

/** An https origin, with or without a slash behind it; null when it is not set, undefined when it is none. */
function readOrigin(text: string): string | null | undefined {
  if (text === '') return null
  const url = URL.canParse(text) ? new URL(text) : null
  const isOrigin = url?.protocol === 'https:' && `${url.origin}/` === url.href
  return isOrigin ? url.origin : undefined
}

/** Cloudflare's tokens are 40 characters of this alphabet; newer kinds are longer. */
const tokenShape = /^[A-Za-z0-9_-]{20,256}$/

/**
 * Reads the settings.
 *
 * @param demoFolder of the demo's world, inside the data folder
 * @returns the configuration, or one clear line per fault. A faulty secret is never repeated.
 */
export function parseConfig(
  env: Record<string, string | undefined>,
  demoFolder = 'demo',
): { config: Config } | { faults: string[] } {
  const faults = strangeNames(
    env,
    settings.map(({ name }) => name),
  )
  const read = (name: string) =>
    env[name]?.trim() || (settings.find((setting) => setting.name === name)?.fallback ?? '')

  const secret = (name: string): Secret | null => {
    const value = read(name)
    if (value === '') return null
    if (tokenShape.test(value)) return createSecret(value)
    faults.push(
      `${name} does not look like an API token: it has ${value.length} characters and may hold only letters, digits, “-” and “_”.`,
    )
    return null
  }
  const whole = (name: string, least: number, most: number): number => {
    const value = read(name)
    const number = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN
    if (number >= least && number <= most) return number
    faults.push(`${name} is “${value}” and must be a whole number from ${least} to ${most}.`)
    return least
  }

  const list = (name: string): string[] =>
    read(name)
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '')

  const token = secret('CLOUDFLARE_API_TOKEN')
  const readToken = secret('CLOUDFLARE_READ_TOKEN')
  const given = {
    token: read('CLOUDFLARE_API_TOKEN') !== '',
    account: read('CLOUDFLARE_ACCOUNT_ID') !== '',
  }
  // One that is named twice is watched once.
  const accountIds = [...new Set(list('CLOUDFLARE_ACCOUNT_ID'))]
  for (const id of accountIds) {
    if (!/^[0-9a-f]{32}$/.test(id)) {
      faults.push(
        `CLOUDFLARE_ACCOUNT_ID holds “${id}”, which is not an account id (32 hex digits).`,
      )
    }
  }
  if (given.account && accountIds.length === 0) {
    faults.push('CLOUDFLARE_ACCOUNT_ID holds nothing but commas and must name an account.')
  }
  if (given.token && !given.account) {
    faults.push('CLOUDFLARE_ACCOUNT_ID is missing: a token needs the account that it is for.')
  }
  if (given.account && !given.token) {
    faults.push('CLOUDFLARE_API_TOKEN is missing: an account needs a token to read it with.')
  }
  if (readToken && !given.token) {
    faults.push('CLOUDFLARE_READ_TOKEN is a second token: CLOUDFLARE_API_TOKEN is missing.')
  }

  const baseUrl = read('CLOUDFLARE_BASE_URL').replace(/\/+$/, '')
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null
  const hostname = url?.hostname.replace(/^\[|\]$/g, '') ?? ''
  if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(hostname)))) {
    faults.push(
      `CLOUDFLARE_BASE_URL is “${baseUrl}” and must be https, or http on a loopback address.`,
    )
  } else if (url.username || url.password || url.search || url.hash) {
    faults.push('CLOUDFLARE_BASE_URL must hold no user, password, query or fragment.')
  }

  const host = read('HOST')
  if (!isLoopback(host) && isIP(host) === 0) {
    faults.push(`HOST is “${host}” and must be an IP address or localhost.`)
  }
  const logLevel = read('LOG_LEVEL')
  if (!logLevels.includes(logLevel)) {
    faults.push(`LOG_LEVEL is “${logLevel}” and must be one of ${logLevels.join(', ')}.`)
  }
  const demoRole = personRoles.find((role) => role === read('TANDEM_DEMO_ROLE'))
  if (!demoRole) {
    faults.push(
      `TANDEM_DEMO_ROLE is “${read('TANDEM_DEMO_ROLE')}” and must be one of ${personRoles.join(', ')}.`,
    )
  }

  const mode = given.token ? 'live' : 'demo'
  const signIn = read('TANDEM_SIGN_IN')
  if (signIn !== 'on' && signIn !== 'off') {
    faults.push(`TANDEM_SIGN_IN is “${signIn}” and must be on or off.`)
  } else if (signIn === 'off' && !isLoopback(host)) {
    faults.push(
      `TANDEM_SIGN_IN=off makes everybody admin and is honoured on a loopback address only; HOST is ${host}.`,
    )
  }
  const proxies = list('TANDEM_TRUST_PROXY')
  const trustedProxies = proxies.length > 0 ? toTrustedProxies(proxies) : null
  if (proxies.length > 0 && !trustedProxies) {
    faults.push(
      `TANDEM_TRUST_PROXY is “${proxies.join(',')}” and must hold IP addresses or networks such as 10.0.0.0/8.`,
    )
  }
  const everybody = proxies.find((entry) => /\/0+$/.test(entry))
  if (trustedProxies && everybody !== undefined) {
    faults.push(
      `TANDEM_TRUST_PROXY holds “${everybody}”, which is everybody: anybody could say where they come from, and that it is over TLS. Name the proxy’s own address or network.`,
    )
  }
  const publicUrl = readOrigin(read('TANDEM_PUBLIC_URL'))
  if (publicUrl === undefined) {
    faults.push(
      'TANDEM_PUBLIC_URL must be an https address without a user, path or query, such as https://tandem.example.com.',
    )
  } else if (trustedProxies && publicUrl === null) {
    faults.push(
      'TANDEM_PUBLIC_URL is missing: with TANDEM_TRUST_PROXY Tandem must know where people reach it.',
    )
  } else if (publicUrl !== null && proxies.length === 0) {
    faults.push(
      'TANDEM_TRUST_PROXY is missing: TANDEM_PUBLIC_URL needs the address of the TLS proxy in front.',
    )
  }
  if (mode === 'live' && !isLoopback(host) && isIP(host) !== 0 && proxies.length === 0) {
    faults.push(
      `HOST is ${host}: beyond this machine Tandem needs a TLS proxy in front, because it speaks plain HTTP. Set TANDEM_TRUST_PROXY to the proxy’s address and TANDEM_PUBLIC_URL to where people reach it, or leave HOST at 127.0.0.1.`,
    )
  }

  const outside = readOutsideSignIn({
    read,
    list,
    publicUrl: publicUrl ?? null,
    isLoopback,
    fault: (line) => faults.push(line),
  })
  if (signIn === 'off' && isLoopback(host) && (publicUrl || outside.access || outside.oidc)) {
    faults.push(
      'TANDEM_SIGN_IN=off makes everybody admin who reaches Tandem, also over a proxy: leave it out where TANDEM_PUBLIC_URL, Cloudflare Access or OpenID Connect is set.',
    )
  }

  const config: Config = {
    mode,
    accountIds,
    token,
    readToken,
    baseUrl,
    host,
    port: whole('PORT', 0, 65_535),
    // What the demo made up must not stand among an account's own history later.
    dataDir: mode === 'demo' ? join(read('TANDEM_DATA_DIR'), demoFolder) : read('TANDEM_DATA_DIR'),
    logLevel,
    rateLimit: whole('CLOUDFLARE_RATE_LIMIT', 120, 100_000),
    pollShare: whole('TANDEM_POLL_SHARE', 5, 80) / 100,
    demoRole: demoRole ?? 'viewer',
    signIn: mode === 'demo' ? 'demo' : signIn === 'off' ? 'off' : 'people',
    outside,
    trustedProxies,
    publicUrl: publicUrl ?? null,
    recentSignInMs: whole('TANDEM_RECENT_SIGN_IN_MINUTES', 0, 1440) * 60_000,
    retentionDays: whole('TANDEM_RETENTION_DAYS', 7, 3650),
  }
  return faults.length > 0 ? { faults } : { config }
}
