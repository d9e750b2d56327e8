import type { SignIn } from '#contract/session.ts'
import type { AccessSettings } from './identity/access.ts'
import type { OidcSettings } from './identity/oidc.ts'
import type { RoleLists } from './identity/role-map.ts'
import { createSecret } from './secret.ts'

/** The settings of the ways to sign in that another system stands behind. */
export type OutsideSignIn = {
  access: AccessSettings | null
  oidc: OidcSettings | null
  /** Names and passwords of Tandem's own; by default only where nobody else vouches. */
  localAccounts: boolean
}

/** The ways in that are set up. */
export const waysOf = ({ localAccounts, access, oidc }: OutsideSignIn): SignIn['methods'] => [
  ...(localAccounts ? (['local'] as const) : []),
  ...(access ? (['access'] as const) : []),
  ...(oidc ? (['oidc'] as const) : []),
]

type Reader = {
  read: (name: string) => string
  list: (name: string) => string[]
  publicUrl: string | null
  isLoopback: (host: string) => boolean
  /** Takes one clear line. */
  fault: (line: string) => void
}

/** Reads them; every fault is told, because a sign-in that checks less than it seems must not start. */
export function readOutsideSignIn(from: Reader): OutsideSignIn {
  const access = readAccess(from)
  const oidc = readOidc(from)
  const local = from.read('TANDEM_LOCAL_ACCOUNTS')
  if (!['', 'on', 'off'].includes(local)) {
    from.fault(`TANDEM_LOCAL_ACCOUNTS is “${local}” and must be on or off.`)
  }
  const isElse = access !== null || oidc !== null
  if (local === 'off' && !isElse) {
    from.fault(
      'TANDEM_LOCAL_ACCOUNTS=off leaves nobody who can sign in: set up Cloudflare Access or OpenID Connect first.',
    )
  }
  return { access, oidc, localAccounts: local === 'on' || (local !== 'off' && !isElse) }
}

function readAccess({ read, list, publicUrl, fault }: Reader): AccessSettings | null {
  const names = ['TANDEM_ACCESS_TEAM_DOMAIN', 'TANDEM_ACCESS_AUD'] as const
  const [teamDomain, audience] = [read(names[0]), read(names[1])]
  const roleClaim = read('TANDEM_ACCESS_ROLE_CLAIM') || null
  const roles = readRoles('ACCESS', list, roleClaim !== null)
  const isAsked = teamDomain !== '' || audience !== '' || roleClaim !== null || hasAny(roles)
  if (!isAsked) return null
  if (!/^https:\/\/[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.cloudflareaccess\.com$/.test(teamDomain)) {
    fault(
      `${names[0]} is “${teamDomain}” and must be https://TEAM.cloudflareaccess.com, without a slash behind it.`,
    )
  }
  if (!/^[0-9a-f]{64}$/.test(audience)) {
    fault(
      `${names[1]} is ${audience === '' ? 'missing' : `“${audience}”`}: it must be the application’s audience tag (64 hex digits). Without it tokens for other applications of your team would do.`,
    )
  }
  if (!hasAny(roles)) {
    fault(
      'TANDEM_ACCESS_ADMINS, TANDEM_ACCESS_OPERATORS and TANDEM_ACCESS_VIEWERS are empty: nobody would have a role. Name e-mail addresses, or *@example.com.',
    )
  }
  if (publicUrl === null) fault(needsUrl('Cloudflare Access'))
  return { teamDomain, audience, roleClaim, roles }
}

function readOidc({ read, list, publicUrl, isLoopback, fault }: Reader): OidcSettings | null {
  const [issuer, clientId] = [read('TANDEM_OIDC_ISSUER'), read('TANDEM_OIDC_CLIENT_ID')]
  const secret = read('TANDEM_OIDC_CLIENT_SECRET')
  const roleClaim = read('TANDEM_OIDC_ROLE_CLAIM')
  const roles = readRoles('OIDC', list, true)
  if ([issuer, clientId, secret, roleClaim].every((value) => value === '')) {
    if (hasAny(readRoles('OIDC', list, false))) {
      fault(
        'TANDEM_OIDC_ADMINS, TANDEM_OIDC_OPERATORS and TANDEM_OIDC_VIEWERS give nobody a role without a provider: TANDEM_OIDC_ISSUER is missing.',
      )
    }
    return null
  }
  const url = URL.canParse(issuer) ? new URL(issuer) : null
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))
  if (!url || !isSafe || url.username || url.password || url.search || url.hash) {
    fault(
      'TANDEM_OIDC_ISSUER must be the https address of the identity provider, exactly as it calls itself.',
    )
  }
  if (clientId === '') fault('TANDEM_OIDC_CLIENT_ID is missing: the provider knows Tandem by it.')
  if (roleClaim === '') {
    fault(
      'TANDEM_OIDC_ROLE_CLAIM is missing: without the claim that names the role nobody would have one.',
    )
  }
  if (publicUrl === null) fault(needsUrl('OpenID Connect'))
  return {
    issuer,
    clientId,
    clientSecret: secret === '' ? null : createSecret(secret),
    roleClaim,
    roles,
  }
}

const needsUrl = (what: string) =>
  `${what} needs TANDEM_PUBLIC_URL and TANDEM_TRUST_PROXY: people come over TLS, and Tandem must know where.`

/** @param isClaim a claim may also say the role's own name where no list is set. */
function readRoles(method: 'ACCESS' | 'OIDC', list: Reader['list'], isClaim: boolean): RoleLists {
  const roles = {
    admin: list(`TANDEM_${method}_ADMINS`),
    operator: list(`TANDEM_${method}_OPERATORS`),
    viewer: list(`TANDEM_${method}_VIEWERS`),
  }
  if (hasAny(roles) || !isClaim) return roles
  return { admin: ['admin'], operator: ['operator'], viewer: ['viewer'] }
}

const hasAny = (roles: RoleLists) => Object.values(roles).some((entries) => entries.length > 0)
