import { createHash } from 'node:crypto'
import type { Configuration } from 'openid-client'
import type { PersonRole } from '#contract/people.ts'
import { isLoopback } from '../config.ts'
import { codeOf, ProblemError } from '../problem.ts'
import type { Secret } from '../secret.ts'
import { networkOf } from './address.ts'
import { newOpaque } from './opaque.ts'
import { type RoleLists, roleFor, saidBy } from './role-map.ts'

/**
 * Signing in with an identity provider by OpenID Connect: code flow with PKCE, state and nonce; the issuer
 * must be exactly the one that is set. The role comes from a claim, and without one there is no access.
 */
export type OidcSettings = {
  /** https, or http on a loopback address. */
  issuer: string
  clientId: string
  clientSecret: Secret | null
  roleClaim: string
  roles: RoleLists
}

export type OidcIdentity = {
  /** Issuer and subject, so that the same subject of two providers is two people. */
  subject: string
  name: string
  role: PersonRole
  /** When they last proved there who they are, by Tandem's clock; 0 when the provider does not tell, which is never recent. */
  provenAt: number
  returnTo: string
  /** It was asked for once more, by somebody who is signed in. */
  again: boolean
}

/** A sign-in that has begun: what comes back must fit it, and comes back to the browser that began. */
type Begun = {
  nonce: string
  verifier: string
  browser: string
  returnTo: string
  again: boolean
  /** Where it began; an IPv6 /48 is one place. */
  site: string
  at: number
}

export const oidcPath = '/api/sign-in/oidc/callback'
/** Somebody who types a password and looks for a phone needs minutes, not hours. */
export const oidcMs = 600_000
const mostBegun = 1000
const timeoutSeconds = 10
/** How old the proof may be when it was asked for once more. */
const againSeconds = 60
/** … and else: as long as the longest session. Being asked for an age, a provider must tell it (`auth_time`). */
const oldestSeconds = 7 * 86_400
/** A provider that could not be reached is not asked again at once, whoever comes. */
const restMs = 5_000

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')

export function createOidc(deps: {
  settings: OidcSettings
  /** Where people reach Tandem: the provider sends them back there. */
  publicUrl: string
  now: () => number
  /** The machine's clock, for what the provider says of time. */
  wall: () => number
  fetch: typeof fetch
  warn: (facts: Record<string, unknown>, message: string) => void
}) {
  const { settings, now, wall } = deps
  const begun = new Map<string, Begun>()
  let found: Promise<Configuration> | null = null
  let failedAt = Number.NEGATIVE_INFINITY

  /** The provider's own description, once; a failure is tried again by the next one. */
  async function provider() {
    const client = await import('openid-client')
    if (!found && now() - failedAt < restMs) throw unavailable()
    found ??= discover(client).catch((error: unknown) => {
      found = null
      failedAt = now()
      deps.warn({ reason: codeOf(error) }, 'the identity provider can’t be reached')
      throw unavailable()
    })
    return { client, config: await found }
  }

  async function discover(client: typeof import('openid-client')) {
    const address = new URL(settings.issuer)
    const secret = settings.clientSecret
    const config = await client.discovery(
      address,
      settings.clientId,
      {},
      secret ? client.ClientSecretPost(secret.reveal()) : client.None(),
      {
        [client.customFetch]: deps.fetch as never,
        timeout: timeoutSeconds,
        // Also where TLS vouches for the provider, what it signed must be signed by it.
        execute: [
          client.enableNonRepudiationChecks,
          ...(isLoopback(address.hostname) ? [client.allowInsecureRequests] : []),
        ],
      },
    )
    return config
  }

  /** Whether a sign-in that this browser began has not come back yet. */
  function isAwaited(browser: string): boolean {
    const hash = hashOf(browser)
    return [...begun.values()].some((one) => one.browser === hash && now() - one.at <= oidcMs)
  }

  /**
   * @param from the client's address.
   * @param held what the browser has in its cookie: its tabs have one between them, so it stays the same while one of
   *   them is away.
   * @returns where to send the browser, and what to leave in its cookie.
   */
  async function begin(
    returnTo: string,
    again: boolean,
    from: string,
    held: string | undefined,
  ): Promise<{ to: string; browser: string }> {
    const { client, config } = await provider()
    const [state, nonce, verifier] = [newOpaque(), newOpaque(), newOpaque()]
    const browser = held !== undefined && isAwaited(held) ? held : newOpaque()
    makeRoom()
    begun.set(state, {
      nonce,
      verifier,
      browser: hashOf(browser),
      returnTo,
      again,
      site: networkOf(from, 48),
      at: now(),
    })
    const to = client.buildAuthorizationUrl(config, {
      redirect_uri: deps.publicUrl + oidcPath,
      scope: 'openid profile email',
      response_type: 'code',
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      max_age: String(again ? againSeconds : oldestSeconds),
      ...(again ? { prompt: 'login' } : {}),
    })
    return { to: to.href, browser }
  }

  /** Forgets those that are too old, and when it is full one of the site with the most: a flood takes its own places. */
  function makeRoom() {
    for (const [state, { at }] of begun) {
      // In the order in which they began.
      if (now() - at <= oidcMs) break
      begun.delete(state)
    }
    if (begun.size < mostBegun) return
    const counts = new Map<string, number>()
    for (const { site } of begun.values()) counts.set(site, (counts.get(site) ?? 0) + 1)
    const most = Math.max(...counts.values())
    const first = [...begun].find(([, { site }]) => counts.get(site) === most)
    if (first) begun.delete(first[0])
  }

  /**
   * Ends what `begin` began. It can be ended once, by the browser that began it.
   *
   * @param query of the address that the provider sent the browser to.
   * @throws ProblemError `sign-in-refused` or `sign-in-unavailable`.
   */
  async function finish(query: string, browser: string | undefined): Promise<OidcIdentity> {
    const address = new URL(`${deps.publicUrl}${oidcPath}${query}`)
    const state = address.searchParams.get('state') ?? ''
    const mine = begun.get(state)
    begun.delete(state)
    if (!mine || now() - mine.at > oidcMs) throw refuse('state')
    if (browser === undefined || hashOf(browser) !== mine.browser) throw refuse('browser')
    const { client, config } = await provider()
    try {
      const tokens = await client.authorizationCodeGrant(config, address, {
        expectedState: state,
        expectedNonce: mine.nonce,
        pkceCodeVerifier: mine.verifier,
        idTokenExpected: true,
        ...(mine.again ? { maxAge: againSeconds } : {}),
      })
      const claims = tokens.claims()
      if (!claims) throw refuse('no ID token')
      // Groups often stand in the longer answer only.
      const isThere = Object.hasOwn(claims, settings.roleClaim)
      const more =
        isThere || !config.serverMetadata().userinfo_endpoint
          ? {}
          : await client.fetchUserInfo(config, tokens.access_token, claims.sub)
      return toIdentity({ ...more, ...claims }, mine)
    } catch (error) {
      if (error instanceof ProblemError) throw error
      throw isNetwork(error) ? failing(error) : refuse(codeOf(error))
    }
  }

  function toIdentity(
    claims: Record<string, unknown> & { iss: string; sub: string },
    mine: Begun,
  ): OidcIdentity {
    const role = roleFor(settings.roles, saidBy(claims[settings.roleClaim]))
    if (!role) {
      deps.warn({ reason: 'role' }, 'a sign-in by the identity provider was refused')
      throw new ProblemError(
        'sign-in-refused',
        'Your identity provider knows you, and gives you no role in Tandem. Ask whoever runs it.',
      )
    }
    const names = [claims.preferred_username, claims.email, claims.name, claims.sub]
    const name = names.find((each) => typeof each === 'string' && each.trim() !== '')
    const { auth_time: provenAt } = claims
    return {
      subject: `oidc:${claims.iss}|${claims.sub}`,
      name: String(name),
      role,
      provenAt: typeof provenAt === 'number' ? toOwnTime(provenAt * 1000) : 0,
      returnTo: mine.returnTo,
      again: mine.again,
    }
  }

  /** By Tandem's clock, as far back as the provider says and never to come. */
  const toOwnTime = (at: number) => now() - Math.max(0, wall() - at)

  function refuse(reason: string) {
    deps.warn({ reason }, 'a sign-in by the identity provider was refused')
    return new ProblemError('sign-in-refused', 'The sign-in did not work. Try it once more.')
  }

  function failing(error: unknown) {
    deps.warn({ reason: codeOf(error) }, 'the identity provider did not answer')
    return unavailable()
  }

  return { begin, finish, isAwaited }
}

const unavailable = () =>
  new ProblemError(
    'sign-in-unavailable',
    'Tandem can’t reach the identity provider. Watching goes on. Try again in a moment.',
  )

const isNetwork = (error: unknown): boolean =>
  (error instanceof TypeError && !('code' in error)) || codeOf(error) === 'OAUTH_TIMEOUT'

/** An address of Tandem's own to come back to; anything else is the start. */
export function ownPath(value: string | undefined): string {
  const isOwn =
    value !== undefined && value.length <= 500 && /^\/(?![/\\])[^\p{Cc}\\]*$/u.test(value)
  return isOwn ? value : '/'
}
