import { type Person, type Ways, whyNotInvite } from '#contract/people.ts'
import { visibleName } from '#web/ui/names.ts'

/** How people are found and described in the list. Pure. */

export type Standing = 'active' | 'invited' | 'unreachable' | 'disabled'

/** `unreachable`: never came in, and holds no link that is good any more. */
export function standingOf({ state, invitedUntil }: Person, now: number): Standing {
  if (state !== 'invited') return state
  return invitedUntil !== null && invitedUntil > now ? 'invited' : 'unreachable'
}

export const standingWords: Record<Standing, string> = {
  active: 'Active',
  invited: 'Invited',
  unreachable: 'Not joined',
  disabled: 'Switched off',
}

/** Those of whom every word of the query is in name, role or state. */
export function findPeople(people: readonly Person[], query: string, now: number): Person[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  return people.filter((person) => {
    const text = `${visibleName(person.name)} ${person.role} ${standingWords[standingOf(person, now)]}`
    return words.every((word) => text.toLowerCase().includes(word))
  })
}

/** Who vouches for somebody who has no password here. */
export const voucherOf = ({ method }: Person): string =>
  method === 'access' ? 'Cloudflare Access' : 'your organisation'

/** Why it is not known when they were last here, or null: no session here is of them. */
export const whyNotSeen = ({ method }: Person): string | null =>
  method === 'access' ? 'Cloudflare Access keeps this person’s sign-in' : null

/** Why no link can be made, or null. */
export function whyNotLink({ method, state }: Person, ways: Ways): string | null {
  if (method !== 'local') return 'This person signs in elsewhere and has no password here.'
  const reason = whyNotInvite(ways)
  if (reason !== null) return reason
  return state === 'disabled' ? 'Switch this person on first.' : null
}
