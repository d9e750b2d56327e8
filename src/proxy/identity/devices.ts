import type { Store } from '../store/open.ts'
import { newOpaque, opaqueHash } from './opaque.ts'

/** Browsers that somebody has signed in with before. It opens nothing: it only spares the limits. */
export type Devices = ReturnType<typeof createDevices>

export const deviceMs = 400 * 86_400_000

export function createDevices({ db, now }: { db: Store; now: () => number }) {
  /** Whether this browser was used by that person; its name for the limits, else null. */
  async function known(secret: string | undefined, personId: string | null) {
    if (!secret || personId === null) return null
    const secretHash = opaqueHash(secret)
    const row = await db
      .selectFrom('devices')
      .select('seen_at')
      .where('secret_hash', '=', secretHash)
      .where('person_id', '=', personId)
      .executeTakeFirst()
    return row && now() - row.seen_at < deviceMs ? secretHash : null
  }

  /** Remembers it; one browser may be used by several people. @returns what goes into its cookie. */
  async function remember(secret: string | undefined, personId: string): Promise<string> {
    const kept = secret && /^[\w-]{43}$/.test(secret) ? secret : newOpaque()
    await db
      .insertInto('devices')
      .values({ secret_hash: opaqueHash(kept), person_id: personId, seen_at: now() })
      .onConflict((row) =>
        row.columns(['secret_hash', 'person_id']).doUpdateSet({ seen_at: now() }),
      )
      .execute()
    return kept
  }

  return {
    known,
    remember,
    forgetOld: () =>
      db
        .deleteFrom('devices')
        .where('seen_at', '<=', now() - deviceMs)
        .execute(),
  }
}
