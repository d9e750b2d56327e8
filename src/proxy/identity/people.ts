import { randomUUID } from 'node:crypto'
import type { Selectable } from 'kysely'
import {
  type Invitation,
  type InvitationLook,
  invitationMs,
  type Person,
  type PersonRole,
} from '#contract/people.ts'
import { ProblemError } from '../problem.ts'
import type { Store } from '../store/open.ts'
import type { Schema } from '../store/schema.ts'
import { newOpaque, opaqueHash } from './opaque.ts'

/** Who may come in, with which role, and the one-time links that let them set a password. */
export type PersonRow = Selectable<Schema['people']>
export type People = ReturnType<typeof createPeople>

/** Names are compared without their case and their way of being written. */
export const nameKey = (name: string) => name.trim().normalize('NFKC').toLowerCase()

export const roleOf = ({ role }: Pick<PersonRow, 'role'>) => role as PersonRole

export function createPeople({ db, now }: { db: Store; now: () => number }) {
  const withId = (personId: string) =>
    db.selectFrom('people').selectAll().where('id', '=', personId)

  async function get(personId: string): Promise<PersonRow> {
    const row = await withId(personId).executeTakeFirst()
    if (!row) throw new ProblemError('not-found', 'Tandem knows no such person.')
    return row
  }

  const byName = (name: string) =>
    db.selectFrom('people').selectAll().where('name_key', '=', nameKey(name)).executeTakeFirst()

  async function list(): Promise<Person[]> {
    const rows = await db.selectFrom('people').selectAll().orderBy('name_key').execute()
    const seen = await db
      .selectFrom('sessions')
      .select(({ fn }) => ['person_id', fn.max('seen_at').as('at')])
      .groupBy('person_id')
      .execute()
    const seenAt = new Map(seen.map(({ person_id, at }) => [person_id, Number(at)]))
    return rows.map((row) => toPerson(row, seenAt.get(row.id) ?? null))
  }

  /** @throws ProblemError `name-taken`. */
  async function add(
    name: string,
    role: PersonRole,
    { id = randomUUID() as string, subject = null as string | null } = {},
  ) {
    const row: PersonRow = {
      id,
      name: name.trim(),
      name_key: nameKey(name),
      role,
      subject,
      password: null,
      password_at: null,
      totp_secret: null,
      totp_pending: null,
      totp_used: null,
      created_at: now(),
      disabled_at: null,
    }
    await db.transaction().execute(async (trx) => {
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

  /** @throws ProblemError `last-admin` when nobody would be left who can manage Tandem. */
  async function change(personId: string, to: { role?: PersonRole; disabledAt?: number | null }) {
    await db.transaction().execute(async (trx) => {
      const set = {
        ...(to.role === undefined ? {} : { role: to.role }),
        ...(to.disabledAt === undefined ? {} : { disabled_at: to.disabledAt }),
      }
      await trx.updateTable('people').set(set).where('id', '=', personId).execute()
      if ((await adminsOf(trx)) > 0) return
      throw new ProblemError(
        'last-admin',
        'Nobody would be left who can manage Tandem. Make somebody else an admin first.',
      )
    })
  }

  /** Admins that can sign in. */
  async function adminsOf(from: Pick<Store, 'selectFrom'>): Promise<number> {
    const { count } = await from
      .selectFrom('people')
      .select(({ fn }) => fn.countAll().as('count'))
      .where('role', '=', 'admin')
      .where('disabled_at', 'is', null)
      .where((where) =>
        where.or([where('password', 'is not', null), where('subject', 'is not', null)]),
      )
      .executeTakeFirstOrThrow()
    return Number(count)
  }

  /** Makes a link by which the person sets a password; the ones before it are no longer good. */
  async function invite(row: PersonRow): Promise<Invitation> {
    const secret = newOpaque()
    const expiresAt = now() + invitationMs
    await db.transaction().execute(async (trx) => {
      await trx.deleteFrom('invitations').where('person_id', '=', row.id).execute()
      await trx
        .insertInto('invitations')
        .values({ secret_hash: opaqueHash(secret), person_id: row.id, expires_at: expiresAt })
        .execute()
    })
    return { person: toPerson(row, null), path: `/invitation#${secret}`, expiresAt }
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

  /** Sets the password that the link was for. Of two that come at once, one is refused. */
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
    })
  }

  return {
    get,
    byName,
    list,
    add,
    change,
    invite,
    invitation,
    accept,
    admins: () => adminsOf(db),
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
    forgetOld: () => db.deleteFrom('invitations').where('expires_at', '<=', now()).execute(),
  }
}

const spent = () =>
  new ProblemError(
    'link-spent',
    'This link was used already, is older than three days, or was replaced by a newer one. Ask an admin for a new one.',
  )

export const toPerson = (row: PersonRow, seenAt: number | null): Person => ({
  id: row.id,
  name: row.name,
  role: roleOf(row),
  method: row.subject === null ? 'local' : row.subject.startsWith('access:') ? 'access' : 'oidc',
  state:
    row.disabled_at !== null
      ? 'disabled'
      : row.password === null && row.subject === null
        ? 'invited'
        : 'active',
  hasSecondFactor: row.totp_secret !== null,
  createdAt: row.created_at,
  seenAt,
})
