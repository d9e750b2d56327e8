import type { JWTPayload, RemoteJWKSet } from 'jose'
import type { PersonRole } from '#contract/people.ts'
import { codeOf, ProblemError } from '../problem.ts'
import { type RoleLists, roleFor, saidBy } from './role-map.ts'

/**
 * Cloudflare Access in front of Tandem: each request carries a token that Access has signed. It is believed
 * for its signature alone, whoever brings it, and only if it is for this very application.
 * https://developers.cloudflare.com/cloudflare-one/identity/authorization-cookie/validating-json/
 */
export type AccessSettings = {
  /** `https://team.cloudflareaccess.com`: where the keys are, and the issuer. */
  teamDomain: string
  /** The application's audience tag. Without it, every other application's token would do. */
  audience: string
  /** The claim whose values name the role; null: the e-mail address does. */
  roleClaim: string | null
  roles: RoleLists
}

export type AccessIdentity = {
  /** Issuer and subject: an address may pass to somebody else, these do not. */
  subject: string
  name: string
  role: PersonRole
  /** By Access' clock, as is `expiresAt`. */
  issuedAt: number
  expiresAt: number
  /** The same as `issuedAt` where the token itself names the role: an older one names an older role. */
  roleSaidAt?: number
}

export type Access = ReturnType<typeof createAccess>

export const accessHeader = 'cf-access-jwt-assertion'

const toleranceSeconds = 30
/** Keys that could not be fetched are not asked for again at once. */
const restMs = 5_000
/** Names of keys that were made up must not make Tandem ask Access more often than that. */
const coolDownMs = 30_000
/** A reason is logged this often at most. */
const quietMs = 10_000
const longestToken = 16_384

export function createAccess(deps: {
  settings: AccessSettings
  now: () => number
  /** The machine's clock, for what Access says of time. */
  wall: () => number
  fetch: typeof fetch
  warn: (facts: Record<string, unknown>, message: string) => void
}) {
  const { settings, now, wall } = deps
  let keys: Promise<{ jose: typeof import('jose'); find: RemoteJWKSet }> | null = null
  let failedAt = Number.NEGATIVE_INFINITY
  let fetchedAt = Number.NEGATIVE_INFINITY
  let fetches = 0
  const loggedAt = new Map<string, number>()

  /** A real fetch, unless one has failed a moment ago. */
  const fetchKeys: typeof fetch = (input, init) => {
    if (isResting()) throw new Error('the keys could not be fetched a moment ago')
    fetches += 1
    fetchedAt = now()
    return deps.fetch(input, init)
  }
  const isResting = () => now() - failedAt < restMs

  // Loaded at the first token: whoever signs in otherwise does not pay for it at the start.
  async function load() {
    const jose = await import('jose')
    const address = new URL(`${settings.teamDomain}/cdn-cgi/access/certs`)
    const find = jose.createRemoteJWKSet(address, {
      [jose.customFetch]: fetchKeys,
      // When an unknown key is worth asking for is decided in `check`, on our own clock.
      cooldownDuration: Number.POSITIVE_INFINITY,
    })
    return { jose, find }
  }

  /**
   * The token's claims. Access may have begun to sign with a key since its keys were last fetched: whether
   * an unknown one is made up only the present keys tell, and until they may be asked for nobody is refused.
   */
  async function check(
    { jose, find }: { jose: typeof import('jose'); find: RemoteJWKSet },
    token: string,
  ): Promise<JWTPayload> {
    const claims = async () => {
      const { payload } = await jose.jwtVerify(token, find, {
        issuer: settings.teamDomain,
        audience: settings.audience,
        algorithms: ['RS256'],
        requiredClaims: ['exp', 'iat', 'sub'],
        clockTolerance: toleranceSeconds,
        currentDate: new Date(wall()),
      })
      return payload
    }
    const had = fetches
    try {
      return await claims()
    } catch (error) {
      if (!(error instanceof jose.errors.JWKSNoMatchingKey)) throw error
      const isOld = fetches === had
      const mayAsk = now() - fetchedAt >= coolDownMs
      if (find.reloading || (isOld && mayAsk)) await find.reload()
      else if (isOld) throw unavailable(fetchedAt + coolDownMs)
      return claims()
    }
  }

  /**
   * @returns null for a token of a service: good, and nobody's.
   * @throws ProblemError `sign-in-refused`, without a detail that helps whoever made the token up, or
   *   `sign-in-unavailable` when the keys can't be had.
   */
  async function verify(token: string): Promise<AccessIdentity | null> {
    keys ??= load()
    const { jose, find } = await keys
    if (token.length > longestToken) throw refuse('too long')
    let payload: JWTPayload
    try {
      payload = await check({ jose, find }, token)
    } catch (error) {
      if (error instanceof ProblemError) throw error
      const { errors } = jose
      const isAboutToken =
        error instanceof errors.JWTClaimValidationFailed ||
        error instanceof errors.JWTExpired ||
        error instanceof errors.JWTInvalid ||
        error instanceof errors.JWSInvalid ||
        error instanceof errors.JWSSignatureVerificationFailed ||
        error instanceof errors.JWKSNoMatchingKey ||
        error instanceof errors.JWKSMultipleMatchingKeys ||
        error instanceof errors.JOSEAlgNotAllowed ||
        error instanceof errors.JOSENotSupported
      if (isAboutToken) throw refuse(error.code)
      if (!isResting()) failedAt = now()
      log('keys', { reason: codeOf(error) }, 'the keys of Cloudflare Access can’t be fetched')
      throw unavailable(now() + restMs)
    }
    return toIdentity(payload)
  }

  function toIdentity(payload: JWTPayload): AccessIdentity | null {
    const { sub, iss, email, type, iat, exp } = payload
    // `org` is the team's own session: no person here.
    if (type !== 'app') throw refuse('type')
    if (sub === undefined || !iss || iat === undefined || exp === undefined) throw refuse('subject')
    // A token of the future has a clock of its own.
    if (iat * 1000 > wall() + toleranceSeconds * 1000) throw refuse('iat')
    // Of a service token or a certificate, by which a screen gets through. The subject is empty then:
    // https://developers.cloudflare.com/cloudflare-one/identity/authorization-cookie/application-token/
    if (sub === '') return null
    const name = typeof email === 'string' && email !== '' ? email : sub
    const { roleClaim } = settings
    const said = roleClaim === null ? [name] : saidBy(claimOf(payload, roleClaim))
    const role = roleFor(settings.roles, said)
    if (!role) {
      log('role', {}, 'somebody whom Cloudflare Access vouches for has no role here')
      throw new ProblemError(
        'sign-in-refused',
        'Cloudflare Access knows you, and no role is set for you in Tandem. Ask whoever runs it.',
      )
    }
    const issuedAt = iat * 1000
    return {
      subject: `access:${iss}|${sub}`,
      name,
      role,
      issuedAt,
      expiresAt: exp * 1000,
      ...(roleClaim === null ? {} : { roleSaidAt: issuedAt }),
    }
  }

  function refuse(reason: string) {
    log(reason, { reason }, 'a token of Cloudflare Access was refused')
    return new ProblemError('sign-in-refused', 'Open Tandem through Cloudflare Access.')
  }

  function log(about: string, facts: Record<string, unknown>, message: string) {
    if (now() - (loggedAt.get(about) ?? Number.NEGATIVE_INFINITY) < quietMs) return
    loggedAt.set(about, now())
    deps.warn(facts, message)
  }

  return { verify }
}

const unavailable = (retryAt: number) =>
  new ProblemError(
    'sign-in-unavailable',
    'Tandem can’t ask Cloudflare Access now who you are. Nobody is let in unchecked; watching goes on. Try again in a moment.',
    { retryAt },
  )

/** What an identity provider adds stands under `custom`. */
function claimOf(payload: JWTPayload, name: string): unknown {
  const { custom } = payload
  const added = typeof custom === 'object' && custom !== null ? custom : {}
  return Object.hasOwn(added, name) ? (added as Record<string, unknown>)[name] : payload[name]
}
