import { randomUUID } from 'node:crypto'
import type { Selectable } from 'kysely'
import {
  type Invitation,
  type InvitationLook,
  invitationMs,
  type Person,
  type PersonRole,
} from '#contract/people.ts'
import type { SignIn } from '#contract/session.ts'
import { ProblemError } from '../problem.ts'
import { fold } from '../store/dialect.ts'
import type { Store } from '../store/open.ts'
import type { Schema } from '../store/schema.ts'
import { newOpaque, opaqueHash } from './opaque.ts'

/** Who may come in, with which role, and the one-time links that let them set a password. */
export type PersonRow = Selectable<Schema['people']>
export type People = ReturnType<typeof createPeople>

/** Names are compared without their case and their way of being written. */
export const nameKey = (name: string) => fold(name.trim())

export const roleOf = ({ role }: Pick<PersonRow, 'role'>) => role as PersonRole

type Ways = Readonly<SignIn['methods']>
const everyWay: Ways = ['local', 'access', 'oidc']
/**
 * Longer than any token lives, of which Cloudflare Access makes none for more than a month:
 * https://developers.cloudflare.com/cloudflare-one/identity/users/session-management/
 */
const removedMs = 90 * 86_400_000

/** @param ways those that are set up. */
export function createPeople({
  db,
  now,
  ways = everyWay,
}: {
  db: Store
  now: () => number
  ways?: Ways
}) {
  const withId = (personId: string) =>
    db.selectFrom('people').selectAll().where('id', '=', personId)

  async function get(personId: string): Promise<PersonRow> {
    const row = await withId(personId).executeTakeFirst()
    if (!row) throw new ProblemError('not-found', 'Tandem knows no such person.')
    return row
  }

  const byName = (name: string) =>
    db.selectFrom('people').selectAll().where('name_key', '=', nameKey(name)).executeTakeFirst()

  /** When one of somebody's sessions was last used, and until when a link for them is good. */
  async function tracesOf(personId?: string): Promise<(row: PersonRow) => Person> {
    const whose = personId === undefined ? [] : [personId]
    const seen = await db
      .selectFrom('sessions')
      .select(({ fn }) => ['person_id', fn.max('seen_at').as('at')])
      .$if(personId !== undefined, (query) => query.where('person_id', 'in', whose))
      .groupBy('person_id')
      .execute()
    const open = await db
      .selectFrom('invitations')
      .select(['person_id', 'expires_at'])
      .where('expires_at', '>', now())
      .execute()
    const seenAt = new Map(seen.map(({ person_id, at }) => [person_id, Number(at)]))
    const openUntil = new Map(open.map(({ person_id, expires_at }) => [person_id, expires_at]))
    return (row) =>
      toPerson(row, {
        seenAt: seenAt.get(row.id) ?? null,
        invitedUntil: row.disabled_at === null ? (openUntil.get(row.id) ?? null) : null,
      })
  }

  async function list(): Promise<Person[]> {
    const rows = await db.selectFrom('people').selectAll().orderBy('name_key').execute()
    return rows.map(await tracesOf())
  }

  const look = async (row: PersonRow): Promise<Person> => (await tracesOf(row.id))(row)

  /**
   * @param options.id so that the record of it can be written before.
   * @param options.password its hash, of somebody who needs no link to choose one.
   * @throws ProblemError `name-taken`.
   */
  async function add(
    name: string,
    role: PersonRole,
    {
      id = randomUUID() as string,
      subject = null as string | null,
      password = null as string | null,
    } = {},
  ) {
    const row: PersonRow = {
      id,
      name: name.trim(),
      name_key: nameKey(name),
      role,
      subject,
      password,
      password_at: password === null ? null : now(),
      totp_secret: null,
      totp_pending: null,
      totp_used: null,
      created_at: now(),
      disabled_at: null,
      signed_in_at: null,
      signed_out_at: null,
      vouched_at: null,
    }
    await db.transaction().execute(async (trx) => {
      // Signed out since the removal, also if that came while this was on its way.
      row.signed_out_at = subject === null ? null : await removedAt(subject, trx)
      const taken = await trx
        .selectFrom('people')
        .select('id')
        .where('name_key', '=', row.name_key)
        .executeTakeFirst()
      if (taken) {
        throw new ProblemError('name-taken', `There is a person named ${row.name} already.`, {
          field: 'name',
        })
      }
      await trx.insertInto('people').values(row).execute()
    })
    return row
  }

  /**
   * Who is switched off needs a new link later: nobody knows any more who has the old one.
   *
   * @throws ProblemError `last-admin` when this would leave nobody who can manage Tandem.
   */
  async function change(personId: string, to: { role?: PersonRole; disabledAt?: number | null }) {
    await db.transaction().execute(async (trx) => {
      const assertAdminLeft = await watchAdmins(trx)
      const set = {
        ...(to.role === undefined ? {} : { role: to.role }),
        ...(to.disabledAt === undefined ? {} : { disabled_at: to.disabledAt }),
      }
      await trx.updateTable('people').set(set).where('id', '=', personId).execute()
      await assertAdminLeft()
      if (!to.disabledAt) return
      await trx.deleteFrom('invitations').where('person_id', '=', personId).execute()
    })
  }

  /**
   * Takes away everything by which somebody comes in.
   *
   * @param at by the clock of whoever vouches for them: with a wrong one an older token would bring them back, or none
   *   would until that time has come.
   * @throws ProblemError `last-admin`.
   */
  async function remove(personId: string, at: number) {
    await db.transaction().execute(async (trx) => {
      const assertAdminLeft = await watchAdmins(trx)
      const row = await trx
        .deleteFrom('people')
        .where('id', '=', personId)
        .returning('subject')
        .executeTakeFirst()
      await assertAdminLeft()
      if (row?.subject) {
        await trx
          .insertInto('removals')
          .values({ subject: row.subject, at })
          .onConflict((conflict) => conflict.column('subject').doUpdateSet({ at }))
          .execute()
      }
      for (const table of ['sessions', 'invitations', 'devices'] as const) {
        await trx.deleteFrom(table).where('person_id', '=', personId).execute()
      }
    })
  }

  /** When whoever signs in elsewhere with this subject was removed last; null: never, or long ago. */
  async function removedAt(subject: string, from: Pick<Store, 'selectFrom'> = db) {
    const row = await from
      .selectFrom('removals')
      .select('at')
      .where('subject', '=', subject)
      .executeTakeFirst()
    return row ? Number(row.at) : null
  }

  /**
   * The last admin who has a way in stays. Where none has one, it is the last admin at all: nobody came in by a new way
   * yet, or the settings are in Tandem's own environment only, and somebody else must still be sent away.
   *
   * @returns asserts it of what was done since.
   */
  async function watchAdmins(trx: Pick<Store, 'selectFrom'>) {
    const withWay = await adminsOf(trx)
    const by = withWay > 0 ? ways : everyWay
    const before = withWay || (await adminsOf(trx, everyWay))
    return async () => {
      if (before === 0 || (await adminsOf(trx, by)) > 0) return
      throw new ProblemError(
        'last-admin',
        'Nobody would be left who can manage Tandem. Make somebody else an admin first.',
      )
    }
  }

  /** Admins that can sign in, in one of these ways. */
  async function adminsOf(from: Pick<Store, 'selectFrom'>, by = ways): Promise<number> {
    const rows = await from
      .selectFrom('people')
      .select(['subject', 'password'])
      .where('role', '=', 'admin')
      .where('disabled_at', 'is', null)
      .where((where) =>
        where.or([where('password', 'is not', null), where('subject', 'is not', null)]),
      )
      .execute()
    return rows.filter((row) => by.includes(methodOf(row))).length
  }

  /**
   * Makes a link by which the person sets a password; the ones before it are no longer good.
   *
   * @throws ProblemError `invalid-request` for somebody whom another system vouches for: with a password
   *   here they would come in past it.
   */
  async function invite(row: PersonRow): Promise<Invitation> {
    if (row.subject !== null) {
      throw new ProblemError(
        'invalid-request',
        `${row.name} signs in elsewhere and has no password here. Reset it there.`,
      )
    }
    const secret = newOpaque()
    const expiresAt = now() + invitationMs
    await db.transaction().execute(async (trx) => {
      await trx.deleteFrom('invitations').where('person_id', '=', row.id).execute()
      await trx
        .insertInto('invitations')
        .values({ secret_hash: opaqueHash(secret), person_id: row.id, expires_at: expiresAt })
        .execute()
    })
    return { person: await look(row), path: `/invitation#${secret}`, expiresAt }
  }

  /** @throws ProblemError `link-spent` when it was used, is too old or never was. */
  async function invitation(secret: string): Promise<InvitationLook & { row: PersonRow }> {
    const found = await db
      .selectFrom('invitations')
      .selectAll()
      .where('secret_hash', '=', opaqueHash(secret))
      .executeTakeFirst()
    const row = found && (await withId(found.person_id).executeTakeFirst())
    if (!row || row.disabled_at !== null || found.expires_at <= now()) throw spent()
    return { name: row.name, role: roleOf(row), expiresAt: found.expires_at, row }
  }

  /** Sets the password that the link was for, and ends every session. Of two that come at once, one is refused. */
  async function accept(secret: string, password: string) {
    await db.transaction().execute(async (trx) => {
      const used = await trx
        .deleteFrom('invitations')
        .where('secret_hash', '=', opaqueHash(secret))
        .where('expires_at', '>', now())
        .returning('person_id')
        .executeTakeFirst()
      if (!used) throw spent()
      // Whoever lost the password may have lost the phone: a new link begins anew.
      await trx
        .updateTable('people')
        .set({
          password,
          password_at: now(),
          totp_secret: null,
          totp_pending: null,
          totp_used: null,
        })
        .where('id', '=', used.person_id)
        .execute()
      await trx.deleteFrom('sessions').where('person_id', '=', used.person_id).execute()
    })
  }

  /**
   * Another password in place of the one that was shown, no open link any more to set one, and no session that began
   * with the one before.
   *
   * @param row as it was when the present password was compared with it.
   * @param sessionId the session that may stay.
   * @throws ProblemError `sign-in-failed` when that is not the present one any more.
   */
  async function changePassword(row: PersonRow, password: string, sessionId: string) {
    await db.transaction().execute(async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable('people')
        .set({ password, password_at: now() })
        .where('id', '=', row.id)
        .where('password', '=', row.password)
        .executeTakeFirst()
      if (numUpdatedRows === 0n) throw notPresent()
      await trx.deleteFrom('invitations').where('person_id', '=', row.id).execute()
      await trx
        .deleteFrom('sessions')
        .where('person_id', '=', row.id)
        .where('id', '!=', sessionId)
        .execute()
    })
  }

  return {
    get,
    byName,
    list,
    look,
    add,
    change,
    remove,
    removedAt,
    invite,
    uninvite: (personId: string) =>
      db.deleteFrom('invitations').where('person_id', '=', personId).execute(),
    invitation,
    accept,
    changePassword,
    admins: () => adminsOf(db),
    isAdmin: async (personId: string) => {
      const row = await withId(personId).executeTakeFirst()
      return row?.role === 'admin' && row.disabled_at === null
    },
    /** Whether somebody can sign in with a password. */
    isAnyPassword: async () => {
      const row = await db
        .selectFrom('people')
        .select('id')
        .where('password', 'is not', null)
        .where('disabled_at', 'is', null)
        .limit(1)
        .executeTakeFirst()
      return row !== undefined
    },
    /** Whether there are admins, and none has a way in: theirs is not set up any more. */
    isStranded: async () => (await adminsOf(db)) === 0 && (await adminsOf(db, everyWay)) > 0,
    set: (personId: string, values: Partial<PersonRow>) =>
      db.updateTable('people').set(values).where('id', '=', personId).execute(),
    bySubject: (subject: string) =>
      db.selectFrom('people').selectAll().where('subject', '=', subject).executeTakeFirst(),
    /** Uses the code of one 30 s step up; false when it, or a later one, was used before. */
    useStep: async (personId: string, step: number) => {
      const { numUpdatedRows } = await db
        .updateTable('people')
        .set({ totp_used: step })
        .where('id', '=', personId)
        .where((where) => where.or([where('totp_used', 'is', null), where('totp_used', '<', step)]))
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },
    forgetOld: async () => {
      await db.deleteFrom('invitations').where('expires_at', '<=', now()).execute()
      await db
        .deleteFrom('removals')
        .where('at', '<=', now() - removedMs)
        .execute()
    },
  }
}

export const notPresent = () =>
  new ProblemError('sign-in-failed', 'The present password is wrong.', { field: 'current' })

const spent = () =>
  new ProblemError(
    'link-spent',
    'This link was used already, is older than three days, or was replaced by a newer one. Ask an admin for a new one.',
  )

function methodOf({ subject }: Pick<PersonRow, 'subject'>): Ways[number] {
  if (subject === null) return 'local'
  return subject.startsWith('access:') ? 'access' : 'oidc'
}

const toPerson = (row: PersonRow, traces: Pick<Person, 'seenAt' | 'invitedUntil'>): Person => ({
  id: row.id,
  name: row.name,
  role: roleOf(row),
  method: methodOf(row),
  state:
    row.disabled_at !== null
      ? 'disabled'
      : row.password === null && row.subject === null
        ? 'invited'
        : 'active',
  hasSecondFactor: row.totp_secret !== null,
  createdAt: row.created_at,
  signedInAt: row.signed_in_at,
  ...traces,
})
