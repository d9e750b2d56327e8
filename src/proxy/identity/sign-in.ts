import { randomUUID } from 'node:crypto'
import type {
  PasswordChange,
  SetupRequest,
  SignInAgainRequest,
  SignInRequest,
} from '#contract/people.ts'
import type { WhoMethod } from '#contract/session.ts'
import { codeOf, ProblemError } from '../problem.ts'
import { onRecord } from './actions.ts'
import { networkOf } from './address.ts'
import type { Audit, AuditEntry } from './audit.ts'
import { writeCookie } from './cookies.ts'
import { type Devices, deviceMs } from './devices.ts'
import type { Limits } from './limits.ts'
import { assertGoodPassword, type Passwords } from './passwords.ts'
import { nameKey, notPresent, type People, type PersonRow, roleOf } from './people.ts'
import { stepOf } from './second-factor.ts'
import type { Sessions } from './sessions.ts'
import type { Setup } from './setup.ts'
import type { Strangers } from './strangers.ts'
import type { Way, Who } from './who.ts'

/** Signing in with a name and a password: limits first, then the proof, then on record, then the cookies. */

/** What of a request goes on record and into the session. */
export type Visit = { way: Way; requestId: string }
/** `Set-Cookie` lines. */
type Cookies = string[]

export function createSignIns(deps: {
  people: People
  sessions: Sessions
  devices: Devices
  passwords: Passwords
  limits: Limits
  setup: Setup
  audit: Audit
  strangers: Strangers
  now: () => number
  /** The machine's clock, for codes that another one made. */
  wall: () => number
  warn: (facts: Record<string, unknown>, message: string) => void
}) {
  const { people, sessions, devices, passwords, limits, audit, strangers, now, wall } = deps

  const entry = (
    person: PersonRow | null,
    visit: Visit,
    what: AuditEntry['what'],
    facts: Record<string, unknown> = {},
  ): AuditEntry => ({
    who: person && { id: `person:${person.id}`, name: person.name, role: roleOf(person) },
    from: visit.way.from,
    what,
    tunnelId: null,
    target: null,
    facts,
    requestId: visit.requestId,
  })

  const signedIn = (person: PersonRow, visit: Visit, facts: { method: WhoMethod; again?: true }) =>
    entry(person, visit, 'signed-in', { ...facts, agent: visit.way.agent })

  const notProven = (
    person: PersonRow | null,
    visit: Visit,
    because: 'name' | 'password' | 'code' | 'no code',
  ) => entry(person, visit, 'sign-in-failed', { because, agent: visit.way.agent })

  /**
   * Whether somebody is who they say: password, then code. Nobody can tell a name that exists from one that
   * does not, by the answer or by its time.
   *
   * @throws ProblemError `sign-in-failed`, `code-needed` or `too-many-attempts`.
   */
  async function prove(
    person: PersonRow | undefined,
    account: string,
    { password, code }: { password: string; code?: string | undefined },
    visit: Visit,
  ) {
    const device = await devices.known(visit.way.cookie('device'), person?.id ?? null)
    const admission = limits.take({ account, place: networkOf(visit.way.from), device })
    if (admission.retryAt !== null) throw tooMany(admission.retryAt, now())
    const mayTry = person !== undefined && person.disabled_at === null
    const isRight = await matches(password, mayTry ? person.password : null, admission)
    if (!isRight || !person) throw failed(person, visit, person ? 'password' : 'name')
    if (!(await isStill(person))) throw failed(person, visit, 'password')
    if (person.totp_secret !== null) {
      const lacking = notProven(person, visit, 'no code')
      if (!code) {
        admission.forgive()
        // Most often the code comes next.
        strangers.noteUnless(lacking)
        throw new ProblemError(
          'code-needed',
          'Type the six digits that your authenticator app shows for Tandem.',
          { field: 'code' },
        )
      }
      strangers.followed(lacking)
      const step = stepOf(code, person.totp_secret, wall())
      if (step === null || !(await people.useStep(person.id, step)))
        throw failed(person, visit, 'code')
    }
    admission.succeeded()
    return person
  }

  const matches = (password: string, kept: string | null, { undo }: { undo: () => void }) =>
    passwords.matches(password, kept).catch((error: unknown) => {
      // Not looked at, so it does not count.
      undo()
      throw error
    })

  /** Notes a failed try, and makes its answer: the same for a name that exists and one that does not. */
  function failed(
    person: PersonRow | undefined,
    visit: Visit,
    because: 'name' | 'password' | 'code',
  ) {
    // A name that nobody has is not written down: it may be a password in the wrong field.
    strangers.note(notProven(person ?? null, visit, because))
    return because === 'code'
      ? new ProblemError(
          'sign-in-failed',
          'That code is wrong or was used already. Wait for the next one.',
          { field: 'code' },
        )
      : new ProblemError('sign-in-failed', 'The name or the password is wrong.')
  }

  /**
   * Whether somebody may come in with the password that was compared: comparing takes its time, and whoever
   * changes or takes it away ends only the sessions that are there by then. Asked before and after a session
   * begins, so that none of them is missed and none is begun in vain.
   */
  async function isStill({ id, name, password }: PersonRow): Promise<boolean> {
    const found = await people.byName(name)
    return found?.id === id && found.password === password && found.disabled_at === null
  }

  /**
   * On record, then signed in: a new session, whatever cookie came along.
   *
   * @throws ProblemError `sign-in-failed` if the password was changed or taken away up to here.
   */
  async function letIn(person: PersonRow, visit: Visit): Promise<Cookies> {
    const { way } = visit
    const { secret, id } = await begin(person, visit, 'local', now())
    if (!(await isStill(person))) {
      await sessions.end(id, person.id)
      throw failed(person, visit, 'password')
    }
    const device = await devices.remember(way.cookie('device'), person.id)
    return [sidCookie(secret, way), deviceCookie(device, way)]
  }

  async function begin(
    person: PersonRow,
    visit: Visit,
    method: 'local' | 'oidc',
    provenAt: number,
  ): Promise<{ secret: string; id: string }> {
    const { way } = visit
    await audit.append(signedIn(person, visit, { method }))
    const before = way.cookie('sid')
    if (before) await sessions.endOf(before)
    await people.set(person.id, { signed_in_at: now() })
    return sessions.begin(person.id, { method, from: way.from, agent: way.agent, provenAt })
  }

  return {
    async signIn(request: SignInRequest, visit: Visit): Promise<Cookies> {
      const person = await people.byName(request.name)
      return letIn(await prove(person, nameKey(request.name), request, visit), visit)
    },

    /** Proves once more who is there, for what needs a recent sign-in; the cookie is another one after. */
    async signInAgain(who: Who, request: SignInAgainRequest, visit: Visit): Promise<Cookies> {
      const { person, sessionId } = await local(who)
      await prove(person, person.name_key, request, visit)
      await audit.append(signedIn(person, visit, { method: 'local', again: true }))
      return [sidCookie(await sessions.renew(sessionId, true), visit.way)]
    },

    /**
     * Somebody for whom the identity provider vouches. Who is signed in already and proves it once more
     * keeps the session, with another secret.
     */
    async welcome(
      person: PersonRow,
      { provenAt, again }: { provenAt: number; again: boolean },
      visit: Visit,
    ): Promise<Cookies> {
      const { way } = visit
      const before = again ? way.cookie('sid') : undefined
      const held = before ? await sessions.find(before, { touch: false }) : null
      if (held?.person.id !== person.id) {
        const { secret } = await begin(person, visit, 'oidc', provenAt)
        return [sidCookie(secret, way)]
      }
      await audit.append(signedIn(person, visit, { method: 'oidc', again: true }))
      return [sidCookie(await sessions.renew(held.session.id, true), way)]
    },

    /** Somebody for whom Cloudflare Access vouches, at the first request with another token. */
    async noteAccess(person: PersonRow, issuedAt: number, way: Way) {
      await audit.append({
        ...signedIn(person, { way, requestId: '' }, { method: 'access' }),
        requestId: null,
      })
      await people.set(person.id, { signed_in_at: now(), vouched_at: issuedAt })
    },

    async signOut(who: Who, visit: Visit): Promise<Cookies> {
      const { person, sessionId } = await local(who)
      // Who goes is gone: neither a record that can't be written nor a full disk keeps anybody in.
      const tell = (error: unknown) => {
        const facts = { who: person.name, reason: codeOf(error), requestId: visit.requestId }
        deps.warn(facts, 'somebody signed out, and it could not be written down')
      }
      await audit.append(entry(person, visit, 'signed-out')).catch(tell)
      await sessions.end(sessionId, person.id).catch(tell)
      return [writeCookie('sid', '', { isSecure: visit.way.isSecure, maxAgeMs: 0 })]
    },

    /** Makes the first admin. Without the code from the log nobody does. */
    async setUp({ code, name, password }: SetupRequest, visit: Visit): Promise<Cookies> {
      const admission = admit('\nsetup', visit)
      await assertNoAdmin()
      await assertGoodPassword(password, [name]).catch((error: unknown) => {
        // Nothing was guessed at, so it does not count.
        admission.undo()
        throw error
      })
      const giveBack = deps.setup.spend(code)
      try {
        admission.succeeded()
        const hash = await passwords.hash(password)
        await assertNoAdmin()
        const id = randomUUID()
        const made = { ...entry(null, visit, 'set-up', { name }), target: `person:${id}` }
        const admin = await onRecord(audit, made, () =>
          people.add(name, 'admin', { id, password: hash }),
        )
        deps.setup.forget()
        return await letIn(admin, visit)
      } catch (error) {
        giveBack()
        throw error
      }
    },

    /** Sets the password that an invitation is for, and signs the person in. */
    async accept(secret: string, password: string, visit: Visit): Promise<Cookies> {
      const admission = admit('\ninvitation', visit)
      const { row } = await people.invitation(secret)
      admission.undo()
      await assertGoodPassword(password, [row.name])
      const hash = await passwords.hash(password)
      const accepted = entry(row, visit, 'invitation-accepted', {
        ...(row.password === null ? {} : { password: 'replaced' }),
        ...(row.totp_secret === null ? {} : { secondFactor: 'removed' }),
      })
      await onRecord(audit, accepted, () => people.accept(secret, hash))
      await sessions.endAll(row.id)
      if ((await people.admins()) > 0) deps.setup.forget()
      return letIn(await people.get(row.id), visit)
    },

    /** Another password; every other session ends, and a link that was made to set one. */
    async changePassword(who: Who, change: PasswordChange, visit: Visit): Promise<Cookies> {
      const { person, sessionId } = await local(who)
      await assertGoodPassword(change.password, [person.name])
      await proveHere(person, change.current, visit)
      const hash = await passwords.hash(change.password)
      const changed = entry(person, visit, 'password-changed')
      await onRecord(audit, changed, () => people.changePassword(person, hash, sessionId))
      await sessions.endAll(person.id, sessionId)
      return [sidCookie(await sessions.renew(sessionId, false), visit.way)]
    },
  }

  /** One try of a link or code. @throws ProblemError `too-many-attempts`. */
  function admit(account: string, { way }: Visit) {
    const place = networkOf(way.from)
    const admission = limits.take({ account, place, device: null, isSecret: true })
    if (admission.retryAt !== null) throw tooMany(admission.retryAt, now())
    return admission
  }

  /** Somebody who is signed in already shows the password; the code was shown then. */
  async function proveHere(person: PersonRow, password: string, visit: Visit) {
    const device = await devices.known(visit.way.cookie('device'), person.id)
    const place = networkOf(visit.way.from)
    const admission = limits.take({ account: person.name_key, place, device })
    if (admission.retryAt !== null) throw tooMany(admission.retryAt, now())
    if (await matches(password, person.password, admission)) {
      // It says nothing of the codes that were tried.
      return person.totp_secret === null ? admission.succeeded() : admission.forgive()
    }
    await audit.append(notProven(person, visit, 'password'))
    throw notPresent()
  }

  async function assertNoAdmin() {
    if ((await people.admins()) === 0) return
    throw new ProblemError('link-spent', 'Tandem is set up already. Sign in, or ask an admin.')
  }

  /** Of somebody with a session here; Cloudflare Access keeps others'. */
  async function local(who: Who) {
    if (who.method === 'access') {
      throw new ProblemError(
        'not-found',
        'Cloudflare Access keeps your sign-in. Open /cdn-cgi/access/logout at this address to end it, and sign in there once more.',
      )
    }
    if (who.kind !== 'person' || who.sessionId === null) {
      throw new ProblemError('not-found', 'There is no sign-in to change here.')
    }
    return { person: await people.get(who.id.slice('person:'.length)), sessionId: who.sessionId }
  }
}

// No age: the browser forgets it when it is closed, the store when its time is over.
const sidCookie = (secret: string, { isSecure }: Way) =>
  writeCookie('sid', secret, { isSecure, maxAgeMs: null })

const deviceCookie = (secret: string, { isSecure }: Way) =>
  writeCookie('device', secret, { isSecure, maxAgeMs: deviceMs })

export function tooMany(retryAt: number, now: number) {
  const seconds = Math.max(1, Math.ceil((retryAt - now) / 1000))
  const wait = seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`
  return new ProblemError(
    'too-many-attempts',
    `Too many attempts. Nothing is locked: try again in ${wait}.`,
    { retryAt },
  )
}
