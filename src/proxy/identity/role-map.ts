import { type PersonRole, personRoles } from '#contract/people.ts'

/**
 * Which role somebody has whom another system vouches for: what it says about them (an address, groups)
 * against a list for each role. Pure. Nobody gets a role by default.
 */
export type RoleLists = Record<PersonRole, readonly string[]>

/** The highest role of which an entry fits; null: none, so no access. `*@example.com` fits every address there. */
export function roleFor(lists: RoleLists, said: readonly string[]): PersonRole | null {
  const values = said.map((value) => value.trim().toLowerCase()).filter((value) => value !== '')
  const fits = (entry: string) => {
    const wanted = entry.toLowerCase()
    // The whole domain and no other that ends like it; an address has exactly one @.
    return wanted.startsWith('*@')
      ? values.some((value) => /^[^@]+@[^@]+$/.test(value) && value.endsWith(wanted.slice(1)))
      : values.includes(wanted)
  }
  return personRoles.toReversed().find((role) => lists[role].some(fits)) ?? null
}

/** What a claim says, as texts: one, several, or those that are joined by commas. Anything else says nothing. */
export function saidBy(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(',')
  if (!Array.isArray(claim)) return []
  return claim.filter((each): each is string => typeof each === 'string')
}
