import type { Access, AccessIdentity } from './access.ts'
import { type People, type PersonRow, roleOf } from './people.ts'
import { assertSince, isOver, type Vouched } from './vouched.ts'
import type { Way, Who } from './who.ts'

/**
 * Those for whom Cloudflare Access vouches with every request: the token is their session. A stream that is
 * open outlives neither the token nor the person's access.
 */
export type Guests = ReturnType<typeof createGuests>

const mostKnown = 10_000

export function createGuests(deps: {
  access: Access
  people: People
  vouched: (vouched: Vouched) => Promise<PersonRow>
  now: () => number
  wall: () => number
  onSignIn: (person: PersonRow, issuedAt: number, way: Way) => Promise<unknown>
}) {
  /** The newest token by which somebody was seen, as the time at which it was made, until it is stored. */
  const seen = new Map<string, number>()

  /**
   * @returns null for a token of a service, which is nobody.
   * @throws ProblemError as `Access.verify`, or when an admin has disabled or removed the person, or ended the sign-in.
   */
  async function find(token: string, way: Way): Promise<Who | null> {
    const identity = await deps.access.verify(token)
    if (identity === null) return null
    const person = await deps.vouched(identity)
    assertSince(person.signed_out_at, identity.issuedAt)
    await noteNew(person, identity, way)
    return {
      id: `person:${person.id}`,
      name: person.name,
      role: roleOf(person),
      reason: null,
      kind: 'person',
      method: 'access',
      sessionId: `access:${person.id}:${identity.issuedAt}:${identity.expiresAt}`,
      // By Tandem's clock, which may be ahead of the machine's for a while.
      signedInAt: identity.issuedAt + deps.now() - deps.wall(),
      from: way.from,
    }
  }

  async function noteNew(person: PersonRow, { issuedAt }: AccessIdentity, way: Way) {
    if (Math.max(seen.get(person.id) ?? 0, person.vouched_at ?? 0) >= issuedAt) return
    if (seen.size >= mostKnown) seen.clear()
    seen.set(person.id, issuedAt)
    await deps.onSignIn(person, issuedAt, way).catch(() => {
      // Looking goes on while the disk is full; what they do is refused then.
      seen.delete(person.id)
    })
  }

  async function isAlive(sessionId: string): Promise<boolean> {
    const [, personId = '', issuedAt = '0', expiresAt = '0'] = sessionId.split(':')
    if (deps.wall() >= Number(expiresAt)) return false
    const person = await deps.people.get(personId).catch(() => null)
    if (person === null || person.disabled_at !== null) return false
    return !isOver(person.signed_out_at, Number(issuedAt))
  }

  return { find, isAlive }
}
