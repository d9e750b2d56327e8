import { randomUUID } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { SessionRow } from '#contract/people.ts'
import type { WhoMethod } from '#contract/session.ts'
import type { Store } from '../store/open.ts'
import type { Schema } from '../store/schema.ts'
import { newOpaque, opaqueHash } from './opaque.ts'
import type { PersonRow } from './people.ts'

/**
 * Signed-in browsers. What the cookie holds is 256 random bits; the store holds their hash, so a copy of
 * the database opens nothing. What it takes to end one: signing out, another role, being disabled, time.
 */
export type Session = Selectable<Schema['sessions']>
export type Sessions = ReturnType<typeof createSessions>

const hourMs = 3_600_000
const idleMs = 12 * hourMs
const absoluteMs = 24 * hourMs
/** Who only looks may go on looking for a week. */
const viewerMs = 7 * 24 * hourMs
/** Two clocks may differ by that. */
const aheadMs = 60_000
/** Being seen is written down this often at most. */
const touchMs = 60_000
/** The oldest go when there are more. */
const mostEach = 20

export const endsAt = (session: Pick<Session, 'signed_in_at'>, role: string) =>
  session.signed_in_at + (role === 'viewer' ? viewerMs : absoluteMs)

export function createSessions({ db, now }: { db: Store; now: () => number }) {
  const listeners = new Set<(personId: string) => void>()
  const tell = (personId: string) => {
    for (const each of listeners) each(personId)
  }

  /** Ended, and still in the store: a full disk lets nothing be deleted. */
  const over = new Set<string>()

  /**
   * Of a clock that was further ahead than the present one: it would live on, and be proven, till then. Or the present
   * one is behind, as after a start without the time of the network, and what it calls to come has been.
   */
  const isAhead = ({ signed_in_at, proven_at, seen_at }: Session) =>
    Math.max(signed_in_at, proven_at, seen_at) - now() > aheadMs

  const holds = (session: Session, person: PersonRow | undefined): person is PersonRow =>
    person !== undefined &&
    !over.has(session.id) &&
    !isAhead(session) &&
    person.disabled_at === null &&
    now() - session.seen_at < idleMs &&
    now() < endsAt(session, person.role)

  async function withPerson(session: Session | undefined) {
    if (!session) return null
    const person = await db
      .selectFrom('people')
      .selectAll()
      .where('id', '=', session.person_id)
      .executeTakeFirst()
    if (holds(session, person)) return { session, person }
    // It opens nothing now; which of two clocks is wrong only time tells.
    if (isAhead(session)) return null
    // It opens nothing, whether or not a full disk lets it be deleted.
    await end(session.id, session.person_id).catch(() => {})
    return null
  }

  /** @returns what goes into the cookie. */
  async function begin(
    personId: string,
    {
      method,
      from,
      agent,
      provenAt = now(),
    }: { method: WhoMethod; from: string; agent: string; provenAt?: number },
  ): Promise<{ secret: string; id: string }> {
    const secret = newOpaque()
    const id = randomUUID()
    await db
      .insertInto('sessions')
      .values({
        id,
        secret_hash: opaqueHash(secret),
        person_id: personId,
        method,
        signed_in_at: now(),
        proven_at: provenAt,
        seen_at: now(),
        from_address: from,
        agent,
      })
      .execute()
    const older = await db
      .selectFrom('sessions')
      .select('id')
      .where('person_id', '=', personId)
      .orderBy('seen_at', 'desc')
      .offset(mostEach)
      .limit(mostEach)
      .execute()
    for (const each of older) await end(each.id, personId)
    return { secret, id }
  }

  /** Whose cookie that is; null when it is nobody's or its time is over. */
  async function find(secret: string, { touch }: { touch: boolean }) {
    const found = await withPerson(
      await db
        .selectFrom('sessions')
        .selectAll()
        .where('secret_hash', '=', opaqueHash(secret))
        .executeTakeFirst(),
    )
    if (found && touch && now() - found.session.seen_at >= touchMs) {
      await db
        .updateTable('sessions')
        .set({ seen_at: now() })
        .where('id', '=', found.session.id)
        .execute()
        // A full disk keeps nobody from looking.
        .catch(() => {})
    }
    return found
  }

  /** Ends the session of a cookie, one too that opens nothing before its time. */
  async function endOf(secret: string) {
    const session = await db
      .selectFrom('sessions')
      .selectAll()
      .where('secret_hash', '=', opaqueHash(secret))
      .executeTakeFirst()
    if (session) await end(session.id, session.person_id)
  }

  /** Whether a session still holds, asked again while its stream is open. */
  async function isAlive(sessionId: string): Promise<boolean> {
    const session = await db
      .selectFrom('sessions')
      .selectAll()
      .where('id', '=', sessionId)
      .executeTakeFirst()
    return (await withPerson(session)) !== null
  }

  /**
   * Another secret; the old one opens nothing.
   *
   * @param isProof the person has shown everything once more that a sign-in takes.
   */
  async function renew(sessionId: string, isProof: boolean): Promise<string> {
    const secret = newOpaque()
    await db
      .updateTable('sessions')
      .set({
        secret_hash: opaqueHash(secret),
        seen_at: now(),
        ...(isProof ? { proven_at: now() } : {}),
      })
      .where('id', '=', sessionId)
      .execute()
    return secret
  }

  /** It opens nothing from here on, also where what the store throws keeps it there until the next start. */
  async function end(sessionId: string, personId: string) {
    over.add(sessionId)
    try {
      await db.deleteFrom('sessions').where('id', '=', sessionId).execute()
      over.delete(sessionId)
    } finally {
      tell(personId)
    }
  }

  /** Ends all of somebody's, but for one that may stay. */
  async function endAll(personId: string, but: string | null = null) {
    await db
      .deleteFrom('sessions')
      .where('person_id', '=', personId)
      .where('id', '!=', but ?? '')
      .execute()
    tell(personId)
  }

  async function list(person: PersonRow, thisId: string | null): Promise<SessionRow[]> {
    const rows = await db
      .selectFrom('sessions')
      .selectAll()
      .where('person_id', '=', person.id)
      .orderBy('seen_at', 'desc')
      .execute()
    return (
      rows
        // What opens nothing before its time can be ended before it does.
        .filter((row) => holds(row, person) || isAhead(row))
        .map((row) => ({
          id: row.id,
          method: row.method as WhoMethod,
          signedInAt: row.signed_in_at,
          seenAt: row.seen_at,
          endsAt: Math.min(endsAt(row, person.role), row.seen_at + idleMs),
          from: row.from_address,
          agent: row.agent,
          isThis: row.id === thisId,
        }))
    )
  }

  return {
    begin,
    endOf,
    find,
    isAlive,
    renew,
    end,
    endAll,
    list,
    get: (sessionId: string) =>
      db.selectFrom('sessions').selectAll().where('id', '=', sessionId).executeTakeFirst(),
    /** Hears whose sessions have ended, so that open streams look at once. */
    onEnded: (listener: (personId: string) => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    forgetOld: () =>
      db
        .deleteFrom('sessions')
        .where((where) =>
          where.or([
            where('seen_at', '<=', now() - idleMs),
            where('signed_in_at', '<=', now() - viewerMs),
          ]),
        )
        .execute(),
  }
}
