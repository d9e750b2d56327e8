import { randomUUID } from 'node:crypto'
import { PersonAddition, PersonChange } from '#contract/people.ts'
import { signedIn } from '../identity/guard.ts'
import { toPerson } from '../identity/people.ts'
import { type Parts, type Route, readBody } from './route.ts'
import { by, onRecord } from './sign-in.ts'

/** Who may come in: for admins. Each change is on record before it is made, and ends what it takes away. */
export function peopleRoutes(route: Route, { identity, audit, now }: Parts) {
  const { people, sessions } = identity

  route('personList', async (c) => c.json({ people: await people.list() }))

  route('personAdd', async (c) => {
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
    return c.json(toPerson(await people.get(personId), null))
  })

  route('personInvite', async (c, { personId = '' }) => {
    const row = await people.get(personId)
    const target = `person:${personId}`
    await audit.append({ ...by(c), what: 'invitation-made', target, facts: { name: row.name } })
    return c.json(await people.invite(row), 201)
  })

  route('personSessions', async (c, { personId = '' }) =>
    c.json({ sessions: await sessions.list(await people.get(personId), signedIn(c).sessionId) }),
  )

  route('personSignOut', async (c, { personId = '' }) => {
    const row = await people.get(personId)
    const target = `person:${personId}`
    await audit.append({ ...by(c), what: 'session-revoked', target, facts: { all: true } })
    await sessions.endAll(row.id)
    return c.json({ done: true })
  })
}
