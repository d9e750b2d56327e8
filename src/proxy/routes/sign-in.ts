import {
  DemoRole,
  InvitationAcceptance,
  InvitationLookRequest,
  PasswordChange,
  personRoles,
  SecondFactorCode,
  SetupRequest,
  SignInAgainRequest,
  SignInRequest,
} from '#contract/people.ts'
import type { Done } from '#contract/session.ts'
import { networkOf } from '../identity/address.ts'
import { writeCookie } from '../identity/cookies.ts'
import { signedIn } from '../identity/guard.ts'
import { demoRoleCookie } from '../identity/identify.ts'
import { createWindow } from '../identity/limits.ts'
import { oidcMs, ownPath } from '../identity/oidc.ts'
import { newSecondFactor, stepOf } from '../identity/second-factor.ts'
import { tooMany, type Visit } from '../identity/sign-in.ts'
import { ProblemError } from '../problem.ts'
import { type Parts, type Request, type Route, readBody } from './route.ts'

/** Sign-ins with the identity provider that one network may begin: a thousand are remembered, of everybody. */
const beginnings = { most: 20, windowMs: 60_000 }

/** Coming in, proving it once more, going, and what belongs to one's own sign-in. */

export function setCookies(c: Request, lines: readonly string[]) {
  for (const line of lines) c.header('set-cookie', line, { append: true })
}

const toVisit = (c: Request): Visit => ({
  way: c.get('way'),
  requestId: c.get('requestId'),
})

const done: Done = { done: true }

export function signInRoutes(route: Route, { identity, audit, refusals, now, wall }: Parts) {
  const { signIns, people, sessions, oidc } = identity
  const begun = createWindow(beginnings, now)

  function withCookies(c: Request, cookies: string[]) {
    setCookies(c, cookies)
    return c.json(done)
  }

  route('signIn', async (c) => {
    assertPasswords(identity)
    return withCookies(c, await signIns.signIn(await readBody(c, SignInRequest), toVisit(c)))
  })

  route('signInOidc', async (c) => {
    if (!oidc) throw new ProblemError('not-found', 'No identity provider is set up.')
    const isAgain = c.req.query('again') === 'true'
    const { from, isSecure, cookie } = c.get('way')
    const place = networkOf(from)
    try {
      const retryAt = begun.fullUntil(place)
      if (retryAt > 0) throw tooMany(retryAt, now())
      begun.add(place)
      const returnTo = ownPath(c.req.query('returnTo'))
      const { to, browser } = await oidc.begin(returnTo, isAgain, from, cookie('oidc'))
      setCookies(c, [writeCookie('oidc', browser, { isSecure, maxAgeMs: oidcMs })])
      return c.redirect(to, 302)
    } catch (error) {
      return back(c, error)
    }
  })

  route('signInOidcEnd', async (c) => {
    if (!oidc) throw new ProblemError('not-found', 'No identity provider is set up.')
    const { isSecure, cookie } = c.get('way')
    const browser = cookie('oidc')
    try {
      const { returnTo, ...vouched } = await oidc
        .finish(new URL(c.req.url).search, browser)
        .finally(() => {
          if (browser !== undefined && oidc.isAwaited(browser)) return
          setCookies(c, [writeCookie('oidc', '', { isSecure, maxAgeMs: 0 })])
        })
      setCookies(c, await signIns.welcome(await identity.vouched(vouched), vouched, toVisit(c)))
      return c.redirect(returnTo, 302)
    } catch (error) {
      return back(c, error)
    }
  })

  /** To the page, which says it in words: what answers here is shown to a person, not to a script. */
  function back(c: Request, error: unknown) {
    if (!(error instanceof ProblemError)) throw error
    note(c, error)
    return c.redirect(`/sign-in?refused=${error.kind}`, 302)
  }

  /** A proof that failed without being a password's, which has a record of its own. */
  function note(c: Request, { kind }: ProblemError) {
    refusals.note({
      who: c.get('who'),
      from: c.get('way').from,
      why: kind,
      method: c.req.method,
      path: c.req.path,
      requestId: c.get('requestId'),
    })
  }

  route('signInAgain', async (c) => {
    const request = await readBody(c, SignInAgainRequest)
    return withCookies(c, await signIns.signInAgain(signedIn(c), request, toVisit(c)))
  })

  route('signOut', async (c) => {
    const cookies = await signIns.signOut(signedIn(c), toVisit(c))
    // What the browser kept of the pages goes too: going back shows nothing.
    c.header('clear-site-data', '"cache"')
    return withCookies(c, cookies)
  })

  route('setUp', async (c) => {
    assertPasswords(identity)
    const request = await readBody(c, SetupRequest)
    const cookies = await signIns.setUp(request, toVisit(c)).catch((error: unknown) => {
      if (error instanceof ProblemError && error.kind === 'sign-in-failed') note(c, error)
      throw error
    })
    return withCookies(c, cookies)
  })

  route('invitationLook', async (c) => {
    assertPasswords(identity)
    const { secret } = await readBody(c, InvitationLookRequest)
    const { name, role, expiresAt } = await people.invitation(secret)
    return c.json({ name, role, expiresAt })
  })

  route('invitationAccept', async (c) => {
    assertPasswords(identity)
    const { secret, password } = await readBody(c, InvitationAcceptance)
    return withCookies(c, await signIns.accept(secret, password, toVisit(c)))
  })

  route('accountGet', async (c) => {
    const person = await own(c)
    return c.json({ ...(await people.look(person)), passwordAt: person.password_at })
  })

  route('passwordChange', async (c) => {
    const change = await readBody(c, PasswordChange)
    return withCookies(c, await signIns.changePassword(signedIn(c), change, toVisit(c)))
  })

  route('sessionList', async (c) => {
    const person = await own(c)
    return c.json({ sessions: await sessions.list(person, signedIn(c).sessionId) })
  })

  route('sessionEndOthers', async (c) => {
    const person = await own(c)
    const facts = { others: true }
    await audit.append({
      ...by(c),
      what: 'session-revoked',
      target: `person:${person.id}`,
      facts,
    })
    await sessions.endAll(person.id, signedIn(c).sessionId)
    return c.json(done)
  })

  route('sessionEnd', async (c, { sessionId = '' }) => {
    const who = signedIn(c)
    const session = await sessions.get(sessionId)
    const isOwn = session && who.id === `person:${session.person_id}`
    // Somebody else's is an admin's to end; for others it is as if it were not there.
    if (!session || (!isOwn && who.role !== 'admin')) {
      throw new ProblemError('not-found', 'Tandem knows no such session.')
    }
    const { name } = await people.get(session.person_id)
    await audit.append({
      ...by(c),
      what: 'session-revoked',
      target: `person:${session.person_id}`,
      // Where it was; `from` is where the one who ends it is.
      facts: { name, address: session.from_address },
    })
    await sessions.end(session.id, session.person_id)
    return c.json(done)
  })

  route('secondFactorNew', async (c) => {
    const person = await own(c)
    const made = newSecondFactor(person.name)
    await people.set(person.id, { totp_pending: made.secret })
    return c.json(made)
  })

  route('secondFactorConfirm', async (c) => {
    const person = await own(c)
    const { code } = await readBody(c, SecondFactorCode)
    const step = person.totp_pending === null ? null : stepOf(code, person.totp_pending, wall())
    if (step === null) {
      const problem = new ProblemError(
        'sign-in-failed',
        'That code does not fit. Look whether the phone’s clock is right, and type the next one.',
        { field: 'code' },
      )
      note(c, problem)
      throw problem
    }
    await audit.append({ ...by(c), what: 'second-factor-added', target: null, facts: {} })
    await people.set(person.id, {
      totp_secret: person.totp_pending,
      totp_pending: null,
      totp_used: step,
    })
    return c.json(done)
  })

  route('secondFactorRemove', async (c) => {
    const person = await own(c)
    await audit.append({ ...by(c), what: 'second-factor-removed', target: null, facts: {} })
    await people.set(person.id, { totp_secret: null, totp_pending: null, totp_used: null })
    return c.json(done)
  })

  route('demoRole', async (c) => {
    const { role: asked } = await readBody(c, DemoRole)
    const role = personRoles.find((each) => each === asked)
    if (!identity.mayTryRoles || !role) {
      throw new ProblemError('not-found', 'Roles can be tried in the demo on this machine only.')
    }
    return withCookies(c, [demoRoleCookie(role, c.get('way'))])
  })

  /** The one who asks, as somebody who signs in here. */
  async function own(c: Request) {
    const { kind, id } = signedIn(c)
    if (kind !== 'person') {
      throw new ProblemError('not-found', 'There is no sign-in to change here.')
    }
    return people.get(id.slice('person:'.length))
  }
}

/** Where nobody has a password there is nothing to sign in to with one, and none to set. */
export function assertPasswords({ methods }: Parts['identity']) {
  if (methods.includes('local')) return
  throw new ProblemError('not-found', 'Nobody signs in to this Tandem with a password.')
}

/** Who does it, for a record. */
export function by(c: Request) {
  const { id, name, role, from } = signedIn(c)
  return { who: { id, name, role }, from, tunnelId: null, requestId: c.get('requestId') }
}
