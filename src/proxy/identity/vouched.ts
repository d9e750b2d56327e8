import { randomUUID } from 'node:crypto'
import { type PersonRole, personRoles } from '#contract/people.ts'
import { ProblemError } from '../problem.ts'
import { createTurns } from '../turns.ts'
import { onRecord } from './actions.ts'
import type { Audit, AuditEntry } from './audit.ts'
import { characters } from './characters.ts'
import type { People, PersonRow } from './people.ts'
import type { Sessions } from './sessions.ts'

/** Somebody who proved to another system who they are. `subject` is theirs alone, and stays. */
export type Vouched = {
  subject: string
  name: string
  role: PersonRole
  /** When that system said the role; left out where it says it now. */
  roleSaidAt?: number
  /** When that system was last shown a proof, where it keeps the sign-in; left out where it was shown now. */
  issuedAt?: number
}

const longestName = 64

/**
 * The person whom another system vouches for: made at the first time, with the role that holds now.
 *
 * @throws ProblemError `sign-in-refused` when an admin has disabled that person, or removed them since the sign-in.
 */
export function createVouched({
  people,
  sessions,
  audit,
}: {
  people: People
  sessions: Sessions
  audit: Audit
}) {
  const inTurn = createTurns()
  const entry = (
    what: 'person-added' | 'person-changed',
    id: string,
    facts: Record<string, unknown>,
  ): AuditEntry => ({
    who: null,
    from: null,
    what,
    tunnelId: null,
    target: `person:${id}`,
    facts,
    requestId: null,
  })

  /** Two systems may use one name for two people: the second is told apart by its subject. */
  async function freeName(wanted: string, subject: string): Promise<string> {
    const visible = wanted.replaceAll(/[\p{Cc}\p{Cf}]/gu, '').trim()
    const name = characters(visible || characters(subject, -longestName), 0, longestName)
    const taken = await people.byName(name)
    if (!taken) return name
    return `${characters(name, 0, longestName - 10)} ${characters(subject, -8)}`
  }

  /** In turns: a page's first requests come at once. */
  const make = (vouched: Vouched): Promise<PersonRow> =>
    inTurn(async () => {
      const { subject, role } = vouched
      const made = await people.bySubject(subject)
      if (made) return made
      assertSince(await people.removedAt(subject), vouched.issuedAt)
      const name = await freeName(vouched.name, subject)
      const id = randomUUID()
      const added = entry('person-added', id, { name, role })
      return onRecord(audit, added, () => people.add(name, role, { id, subject }))
    })

  return async (vouched: Vouched): Promise<PersonRow> => {
    const row = (await people.bySubject(vouched.subject)) ?? (await make(vouched))
    if (row.disabled_at !== null) {
      throw new ProblemError('sign-in-refused', 'An admin of Tandem has taken your access away.')
    }
    if (row.role === vouched.role) return row
    const saidAt = vouched.roleSaidAt ?? row.vouched_at
    if ((saidAt ?? 0) < (row.vouched_at ?? 0)) return { ...row, role: lowerOf(row, vouched) }
    const role = { from: row.role, to: vouched.role }
    await audit.append(entry('person-changed', row.id, { name: row.name, role }))
    await people.set(row.id, { role: vouched.role, vouched_at: saidAt })
    await sessions.endAll(row.id)
    return { ...row, role: vouched.role }
  }
}

/**
 * What another system keeps can't be ended there from here: what it made before that moment counts no more.
 *
 * @throws ProblemError `sign-in-refused`.
 */
export function assertSince(endedAt: number | null, issuedAt = Number.POSITIVE_INFINITY) {
  if (!isOver(endedAt, issuedAt)) return
  throw new ProblemError(
    'sign-in-refused',
    'An admin has signed you out. Open /cdn-cgi/access/logout at this address, and sign in to Cloudflare Access once more.',
  )
}

export const isOver = (endedAt: number | null, issuedAt: number) =>
  endedAt !== null && issuedAt <= endedAt

/** What an old word gave may have been taken since, and what was given since it does not speak of. */
const lowerOf = (row: Pick<PersonRow, 'role'>, vouched: Vouched): PersonRole =>
  personRoles.find((role) => role === row.role || role === vouched.role) ?? vouched.role
