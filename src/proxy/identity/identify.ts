import type { Context } from 'hono'
import { idleHeader } from '#contract/idle.ts'
import { type PersonRole, personRoles } from '#contract/people.ts'
import type { Me, WhoMethod } from '#contract/session.ts'
import { type Config, isLoopback } from '../config.ts'
import { ProblemError } from '../problem.ts'
import { accessHeader } from './access.ts'
import { clientAddress, plainAddress } from './address.ts'
import { readCookie, writeCookie } from './cookies.ts'
import type { Guests } from './guests.ts'
import { roleOf } from './people.ts'
import type { Screens } from './screens.ts'
import type { Sessions } from './sessions.ts'
import type { Env, Way, Who } from './who.ts'

/** Who is asking? Found once a request, from what the request carries. */

/** What of a request tells who it is from. */
export type Asking = {
  /** The address at the other end of the socket; empty where there is none, as in tests. */
  peer: string
  /** Whether it calls for what is shown or done, as opposed to what a page always keeps open. */
  isCall: boolean
  header: (name: string) => string | undefined
}

/** What a page asks for whatever it shows: no deed of a person's. */
const pageAsks = new Set(['/api/events', '/api/session'])

export const toAsking = (c: Context<Env>): Asking => ({
  peer: plainAddress(
    (c.env as Partial<Env['Bindings']> | undefined)?.incoming?.socket.remoteAddress ?? '',
  ),
  isCall: c.req.path.startsWith('/api/') && !pageAsks.has(c.req.path),
  header: (name) => c.req.header(name),
})

type Settings = Pick<
  Config,
  'mode' | 'host' | 'demoRole' | 'signIn' | 'trustedProxies' | 'publicUrl'
>
type Found = { who: Who | null; cookies: string[] }

/** The role that is tried on in the demo, for as long as the browser is open. */
export const demoRoleCookie = (role: PersonRole, { isSecure }: Way) =>
  writeCookie('demo-role', role, { isSecure, maxAgeMs: null })

export const mayTryRoles = (settings: Settings) =>
  settings.signIn === 'demo' && isLoopback(settings.host) && settings.trustedProxies === null

const longestAgent = 200

/** What only a proxy adds; a browser on this machine sends none of it. */
const proxyHeaders = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
]

export function createIdentify(deps: {
  settings: Settings
  sessions: Sessions
  screens: Screens
  /** Those for whom Cloudflare Access vouches; null where it is not in front. */
  guests: Guests | null
  /** How people may be signed in; a session that began another way opens nothing. */
  methods: readonly WhoMethod[]
}) {
  const { settings, sessions, screens, guests, methods } = deps
  const proxies = settings.trustedProxies ?? { has: () => false }

  function toWay({ peer, header }: Asking): Way {
    const isSecure = proxies.has(peer) && header('x-forwarded-proto') === 'https'
    return {
      from: clientAddress(peer, header('x-forwarded-for'), proxies),
      agent: (header('user-agent') ?? '').slice(0, longestAgent),
      isSecure,
      cookie: (kind) => readCookie(header('cookie'), kind, isSecure),
    }
  }

  /** Beyond this machine nothing is told, and no cookie taken, without TLS. */
  function assertPrivate(peer: string, { isSecure }: Way) {
    if (isSecure || peer === '' || isLoopback(peer)) return
    const where = settings.publicUrl ? `, at ${settings.publicUrl}` : ''
    throw new ProblemError(
      'cross-site',
      `Tandem is reached over its TLS proxy${where}, which must set X-Forwarded-Proto to https.`,
    )
  }

  /**
   * Where nobody signs in, being on this machine is what counts. A proxy that nobody told Tandem of makes
   * everybody whom it lets through look as if they were.
   */
  function assertNoProxy({ header }: Asking) {
    if (settings.trustedProxies || proxyHeaders.every((name) => header(name) === undefined)) return
    throw new ProblemError(
      'cross-site',
      'This came through a proxy, and here nobody signs in: whoever is behind it would be taken for somebody on this machine. Set TANDEM_TRUST_PROXY and TANDEM_PUBLIC_URL, without TANDEM_SIGN_IN=off, or open Tandem without the proxy.',
    )
  }

  /** @returns with `Set-Cookie` lines for the answer. */
  async function find(asking: Asking, way: Way): Promise<Found> {
    const nobody = { reason: null, sessionId: null, signedInAt: null, from: way.from }
    if (settings.signIn !== 'people') assertNoProxy(asking)
    if (settings.signIn === 'off') {
      const off = { kind: 'machine', method: 'off', role: 'admin', name: 'local admin' } as const
      return { who: { ...nobody, ...off, id: 'machine' }, cookies: [] }
    }
    if (settings.signIn === 'demo') return { who: toVisitor(way), cookies: [] }
    assertPrivate(asking.peer, way)

    // What Access sends along must be right, whatever else there is.
    const assertion = guests ? asking.header(accessHeader) : undefined
    const guest = assertion === undefined ? null : await guests?.find(assertion, way)
    const sid = way.cookie('sid')
    const isDeed = asking.isCall && asking.header(idleHeader) === undefined
    const signedIn = sid ? await sessions.find(sid, { touch: isDeed }) : null
    if (signedIn && methods.includes(signedIn.session.method as WhoMethod)) {
      const { person, session } = signedIn
      const who: Who = {
        id: `person:${person.id}`,
        name: person.name,
        role: roleOf(person),
        reason: null,
        kind: 'person',
        method: session.method as Who['method'],
        sessionId: session.id,
        signedInAt: session.proven_at,
        from: way.from,
      }
      return { who, cookies: [] }
    }
    if (guest) return { who: guest, cookies: [] }
    const secret = way.cookie('screen')
    const screen = secret ? await screens.find(secret, way.from, asking.isCall) : null
    if (!screen) return { who: null, cookies: [] }
    const { row, cookie } = screen
    return {
      who: {
        ...nobody,
        id: `screen:${row.id}`,
        name: row.name,
        role: 'screen',
        kind: 'screen',
        method: 'screen',
        sessionId: row.id,
        view: row.view,
        endsAt: row.expires_at,
      },
      cookies: cookie ? [screenCookie(cookie, way, cookie.expiresAt - row.rotated_at)] : [],
    }
  }

  /** Being on this machine is what counts: there everybody is admin and may try the other roles. */
  function toVisitor({ from, cookie }: Way): Who {
    const demo = {
      id: 'demo',
      kind: 'demo',
      method: 'demo',
      reason: null,
      sessionId: null,
      signedInAt: null,
      from,
    } as const
    if (!mayTryRoles(settings)) return { ...demo, name: 'visitor', role: settings.demoRole }
    const role = personRoles.find((each) => each === cookie('demo-role')) ?? 'admin'
    return { ...demo, name: role === 'admin' ? 'local admin' : `demo ${role}`, role }
  }

  return { toWay, find }
}

/** @param maxAgeMs for how long the screen may keep it. */
export const screenCookie = ({ secret }: { secret: string }, { isSecure }: Way, maxAgeMs: number) =>
  writeCookie('screen', secret, { isSecure, maxAgeMs })

/** The same as the page may know it. */
export const toMe = (who: Who, tryRoles: readonly PersonRole[]): Me => ({
  id: who.id,
  name: who.name,
  role: who.role,
  reason: who.reason,
  kind: who.kind,
  method: who.method,
  // Who vouches may not tell when they were asked for their proof.
  signedInAt: who.signedInAt || null,
  view: who.view ?? null,
  // Whom Access lets in, Access lets out.
  maySignOut: who.kind === 'person' && who.method !== 'access',
  endsAt: who.endsAt ?? null,
  tryRoles: [...tryRoles],
})
