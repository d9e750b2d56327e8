import { personRoles } from '#contract/people.ts'
import type { SignIn } from '#contract/session.ts'
import type { Config } from '../config.ts'
import { waysOf } from '../sign-in-config.ts'
import type { Store } from '../store/open.ts'
import { createAccess } from './access.ts'
import type { Audit } from './audit.ts'
import { createDevices } from './devices.ts'
import { createGuests } from './guests.ts'
import { createIdentify, mayTryRoles, toMe } from './identify.ts'
import { createLimits } from './limits.ts'
import { createOidc } from './oidc.ts'
import { createPasswords } from './passwords.ts'
import { createPeople } from './people.ts'
import type { RoleLists } from './role-map.ts'
import { createScreens } from './screens.ts'
import { createSessions } from './sessions.ts'
import { createSetup } from './setup.ts'
import { createSignIns } from './sign-in.ts'
import type { Strangers } from './strangers.ts'
import { createVouched } from './vouched.ts'
import type { Who } from './who.ts'

/** The parts that know who may come in, wired. */
export type Identity = ReturnType<typeof createIdentity>

export type IdentitySettings = Pick<
  Config,
  | 'mode'
  | 'host'
  | 'demoRole'
  | 'signIn'
  | 'trustedProxies'
  | 'publicUrl'
  | 'recentSignInMs'
  | 'outside'
  | 'dataDir'
>

export function createIdentity(deps: {
  settings: IdentitySettings
  db: Store
  audit: Audit
  strangers: Strangers
  now: () => number
  /** The machine's clock, for what others' clocks made. */
  wall: () => number
  /** scrypt's N: 2¹⁷, but for tests. */
  passwordCost: number
  /** For identity providers only. */
  fetch: typeof fetch
  warn: (facts: Record<string, unknown>, message: string) => void
}) {
  const { settings, db, audit, now, wall } = deps
  const { localAccounts } = settings.outside
  const ways = waysOf(settings.outside)
  const letsAdminsIn = (way: { roles: RoleLists } | null) => way && way.roles.admin.length > 0
  const others = [
    ...(letsAdminsIn(settings.outside.access) ? ['Cloudflare Access'] : []),
    ...(letsAdminsIn(settings.outside.oidc) ? ['the identity provider'] : []),
  ]
  const orElse = others.length > 0 ? `, or come in as one with ${others.join(' or ')}` : ''
  const people = createPeople({ db, now, ways })
  const sessions = createSessions({ db, now })
  const screens = createScreens({
    db,
    now,
    isAdmin: (id) => people.isAdmin(id.slice('person:'.length)),
  })
  const devices = createDevices({ db, now })
  const passwords = createPasswords({ cost: deps.passwordCost, now })
  const setup = createSetup({
    dataDir: settings.dataDir,
    now,
    say: (code, file) =>
      deps.warn(
        { file },
        `Tandem knows no admin who can sign in. Make one at /setup within 30 minutes${orElse}; the code: ${code}`,
      ),
  })
  const signIns = createSignIns({
    people,
    sessions,
    devices,
    passwords,
    limits: createLimits({ now }),
    setup,
    audit,
    strangers: deps.strangers,
    now,
    wall,
    warn: deps.warn,
  })
  const isOpen = settings.signIn === 'people'
  const outside = { now, wall, fetch: deps.fetch, warn: deps.warn }
  const access =
    isOpen && settings.outside.access
      ? createAccess({ settings: settings.outside.access, ...outside })
      : null
  const oidc =
    isOpen && settings.outside.oidc && settings.publicUrl !== null
      ? createOidc({
          settings: settings.outside.oidc,
          publicUrl: settings.publicUrl,
          ...outside,
        })
      : null
  const vouched = createVouched({ people, sessions, audit })
  const methods = isOpen ? ways : []
  const guests = access
    ? createGuests({ access, people, vouched, now, wall, onSignIn: signIns.noteAccess })
    : null
  const { toWay, find } = createIdentify({ settings, sessions, screens, guests, methods })
  const needsSetup = async () => isOpen && localAccounts && (await people.admins()) === 0

  return {
    settings,
    people,
    sessions,
    screens,
    signIns,
    oidc,
    vouched,
    methods,
    toWay,
    find,
    mayTryRoles: mayTryRoles(settings),
    toMe: (who: Who) => toMe(who, mayTryRoles(settings) ? personRoles : []),
    async signIn(): Promise<SignIn> {
      const needs = await needsSetup()
      const isOnlyWay = needs && methods.length === 1 && !(await people.isAnyPassword())
      return { methods, needsSetup: needs, onlySetup: isOnlyWay }
    },
    /** Whether the one who opened a stream may still see it. */
    async isAlive({ kind, method, sessionId }: Who): Promise<boolean> {
      if (sessionId === null) return true
      if (method === 'access') return guests?.isAlive(sessionId) ?? false
      return kind === 'screen' ? screens.isAlive(sessionId) : sessions.isAlive(sessionId)
    },
    /** Calls back when a stream of this one should ask `isAlive`; returns what takes it back. */
    onEnded(who: Who, callback: () => void): () => void {
      if (who.kind === 'screen') return screens.onEnded((id) => id === who.sessionId && callback())
      return sessions.onEnded((personId) => who.id === `person:${personId}` && callback())
    },
    /** Tells the setup code when nobody can sign in, and why, and the opposite of a sign-in loudly. */
    async start() {
      if (settings.signIn === 'off') {
        deps.warn(
          {},
          'TANDEM_SIGN_IN=off: nobody signs in, and everybody on this machine is admin.',
        )
      }
      if (!(await needsSetup())) return
      if (await people.isStranded()) {
        deps.warn(
          {},
          'None of the admins can come in: Cloudflare Access or the identity provider, which let them in, is not set up any more. Set it up again, or make another admin.',
        )
      }
      setup.make()
    },
    async forgetOld() {
      await sessions.forgetOld()
      await devices.forgetOld()
      await screens.forgetOld()
      await people.forgetOld()
    },
  }
}
