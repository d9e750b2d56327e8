import { expect, test } from 'vitest'
import type { Person } from '#contract/people.ts'
import { findPeople, standingOf, whyNotLink, whyNotSeen } from './rows.ts'

const now = 1_000_000
const ada: Person = {
  id: 'a',
  name: 'Ada Lovelace',
  role: 'admin',
  method: 'local',
  state: 'active',
  hasSecondFactor: true,
  createdAt: 0,
  seenAt: now,
  signedInAt: now,
  invitedUntil: null,
}
const invited: Person = { ...ada, id: 'b', name: 'Ben', role: 'viewer', state: 'invited' }

test('whoever was invited is waited for as long as the link is good', () => {
  expect(standingOf({ ...invited, invitedUntil: now + 1 }, now)).toBe('invited')
  expect(standingOf({ ...invited, invitedUntil: now }, now)).toBe('unreachable')
  expect(standingOf({ ...invited, invitedUntil: null }, now)).toBe('unreachable')
  expect(standingOf({ ...ada, invitedUntil: now + 1 }, now)).toBe('active')
  expect(standingOf({ ...ada, state: 'disabled' }, now)).toBe('disabled')
})

test.each([
  ['', ['Ada Lovelace', 'Ben']],
  ['  LOVE ', ['Ada Lovelace']],
  ['viewer', ['Ben']],
  ['not joined', ['Ben']],
  ['ada viewer', []],
])('“%s” finds %j', (query, names) => {
  expect(findPeople([ada, invited], query, now).map(({ name }) => name)).toEqual(names)
})

test('whom another system vouches for gets a password there', () => {
  expect(whyNotLink(ada, ['local'])).toBeNull()
  expect(whyNotLink({ ...ada, method: 'access' }, ['local', 'access'])).toMatch(/no password here/)
  expect(whyNotLink({ ...ada, state: 'disabled' }, ['local'])).toMatch(
    /Switch this person on first/,
  )
})

test('of whom Cloudflare Access vouches for nobody says that they are not signed in', () => {
  expect(whyNotSeen({ ...ada, method: 'access' })).toMatch(/Cloudflare Access/)
  expect(whyNotSeen(ada)).toBeNull()
  expect(whyNotSeen({ ...ada, method: 'oidc' })).toBeNull()
})

test('where nobody signs in with a password no link is made to set one with', () => {
  expect(whyNotLink(invited, ['access'])).toMatch(/nobody signs in with a password/)
})
