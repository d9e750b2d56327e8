import { randomUUID } from 'node:crypto'
import { PersonAddition, PersonChange, whyNotRole } from '#contract/people.ts'
import { onRecord } from '../identity/actions.ts'
import { signedIn } from '../identity/guard.ts'
import { ProblemError } from '../problem.ts'
import { type Parts, type Route, readBody } from './route.ts'
import { assertPasswords, by } from './sign-in.ts'

/** Who may come in: for admins. Each change is on record before it is made, and ends what it takes away. */
export function peopleRoutes(route: Route, { identity, audit, now, accessNow }: Parts) {
  const { people, sessions } = identity

  route('personList', async (c) => c.json({ people: await people.list() }))

  route('personAdd', async (c) => {
    assertPasswords(identity)
    const { name, role } = await readBody(c, PersonAddition)
    const id = randomUUID()
    const target = `person:${id}`
    const entry = { ...by(c), what: 'person-added', target, facts: { name, role } } as const
    const row = await onRecord(audit, entry, () => people.add(name, role, { id }))
    return c.json(await people.invite(row), 201)
  })

  route('personChange', async (c, { personId = '' }) => {
    const { role, disabled } = await readBody(c, PersonChange)
    const before = await people.get(personId)
    const isDisabled = before.disabled_at !== null
    const isOther = role !== undefined && role !== before.role
    const isSwitched = disabled !== undefined && disabled !== isDisabled
    const reason = isOther ? whyNotRole((await people.look(before)).method) : null
    if (reason !== null) throw new ProblemError('invalid-request', reason, { field: 'role' })
    if (isOther || isSwitched) {
      const facts = {
        name: before.name,
        ...(isOther ? { role: { from: before.role, to: role } } : {}),
        ...(isSwitched ? { disabled: { from: isDisabled, to: disabled } } : {}),
      }
      const what = isSwitched && disabled ? 'person-disabled' : 'person-changed'
      const entry = { ...by(c), what, target: `person:${personId}`, facts } as const
      await onRecord(audit, entry, () =>
        people.change(personId, {
          ...(isOther ? { role } : {}),
          ...(isSwitched ? { disabledAt: disabled ? now() : null } : {}),
        }),
      )
      // Another role is another session: what was open with the old one ends.
      await sessions.endAll(personId)
    }
    return c.json(await people.look(await people.get(personId)))
  })

  route('personRemove', async (c, { personId = '' }) => {
    const { name, role } = await people.get(personId)
    const target = `person:${personId}`
    const entry = { ...by(c), what: 'person-removed', target, facts: { name, role } } as const
    await onRecord(audit, entry, () => people.remove(personId, accessNow()))
    await sessions.endAll(personId)
    return c.json({ done: true })
  })

  route('personInvite', async (c, { personId = '' }) => {
    assertPasswords(identity)
    const row = await people.get(personId)
    const target = `person:${personId}`
    const facts = { name: row.name }
    const what = row.password === null ? 'invitation-made' : 'password-reset'
    const entry = { ...by(c), what, target, facts } as const
    return c.json(await onRecord(audit, entry, () => people.invite(row)), 201)
  })

  route('invitationRevoke', async (c, { personId = '' }) => {
    const { name } = await people.get(personId)
    const target = `person:${personId}`
    await audit.append({ ...by(c), what: 'invitation-revoked', target, facts: { name } })
    await people.uninvite(personId)
    return c.json({ done: true })
  })

  route('personSessions', async (c, { personId = '' }) =>
    c.json({ sessions: await sessions.list(await people.get(personId), signedIn(c).sessionId) }),
  )

  route('personSignOut', async (c, { personId = '' }) => {
    const row = await people.get(personId)
    const target = `person:${personId}`
    const facts = { name: row.name, all: true }
    await audit.append({ ...by(c), what: 'session-revoked', target, facts })
    await people.set(row.id, { signed_out_at: accessNow() })
    await sessions.endAll(row.id)
    return c.json({ done: true })
  })
}
