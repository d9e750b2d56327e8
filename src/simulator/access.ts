import type { IncomingHttpHeaders } from 'node:http'
import type { Random } from './random.ts'

/**
 * Who is asking, and may they ask once more? Two account-owned API tokens and the older pair of e-mail
 * and key, each with its own bucket of calls.
 */

export type Caller = 'write' | 'read' | 'key'
export type TokenName = 'write' | 'read'

export type TokenState = {
  id: string
  value: string
  revoked: boolean
  /** Epoch milliseconds; null: never. */
  expiresAt: number | null
}

type Bucket = { startedAt: number; used: number; lockedUntil: number }

export type Allowance = {
  limited: boolean
  /** Calls left in this window. */
  remaining: number
  /** Seconds until the window ends, or until the lock does. */
  resetSeconds: number
}

/** What the credentials say; `fault` is what is wrong with them. */
export type Identity =
  | { caller: Caller; fault: null }
  | {
      caller: null
      fault: 'missing' | 'malformed' | 'unknown-token' | 'unknown-key' | 'revoked' | 'expired'
      /** The token it is about, when it is one of ours. */
      token: TokenName | null
    }

export type Access = ReturnType<typeof createAccess>

/** Letters and length of an API token: 40 in the older form, more in the prefixed one. */
const bearer = /^Bearer ([A-Za-z0-9_-]{40,128})$/

export function createAccess({
  random,
  wall,
  limit = 1_200,
  windowMs = 300_000,
}: {
  random: Random
  /** A clock that never stands still: frozen worlds must not freeze the window. */
  wall: () => number
  limit?: number
  windowMs?: number
}) {
  const newToken = (): TokenState => ({
    id: random.hex(32),
    value: random.token(40),
    revoked: false,
    expiresAt: null,
  })
  const tokens: Record<TokenName, TokenState> = { write: newToken(), read: newToken() }
  const email = 'noc@example.com'
  const key = random.hex(37)
  const rate = { limit, windowMs }
  const newBucket = (): Bucket => ({ startedAt: wall(), used: 0, lockedUntil: 0 })
  const buckets: Record<Caller, Bucket> = {
    write: newBucket(),
    read: newBucket(),
    key: newBucket(),
  }

  function identify(headers: IncomingHttpHeaders): Identity {
    const { authorization } = headers
    if (authorization !== undefined) {
      const value = bearer.exec(authorization)?.[1]
      if (value === undefined) return { caller: null, fault: 'malformed', token: null }
      const name = (['write', 'read'] as const).find((each) => tokens[each].value === value)
      if (name === undefined) return { caller: null, fault: 'unknown-token', token: null }
      const { revoked, expiresAt } = tokens[name]
      if (revoked) return { caller: null, fault: 'revoked', token: name }
      if (expiresAt !== null && expiresAt <= wall())
        return { caller: null, fault: 'expired', token: name }
      return { caller: name, fault: null }
    }
    const givenEmail = headers['x-auth-email']
    const givenKey = headers['x-auth-key']
    if (givenEmail === undefined || givenKey === undefined)
      return { caller: null, fault: 'missing', token: null }
    if (givenEmail === email && givenKey === key) return { caller: 'key', fault: null }
    return { caller: null, fault: 'unknown-key', token: null }
  }

  function bucketAt(caller: Caller): Bucket {
    const bucket = buckets[caller]
    const isOver = bucket.used === 0 || wall() >= bucket.startedAt + rate.windowMs
    // A window begins with the first call in it.
    if (isOver && wall() >= bucket.lockedUntil) {
      bucket.startedAt = wall()
      bucket.used = 0
    }
    return bucket
  }

  function allowanceOf(caller: Caller): Allowance {
    const bucket = bucketAt(caller)
    const limited = bucket.lockedUntil > wall()
    const endsAt = limited ? bucket.lockedUntil : bucket.startedAt + rate.windowMs
    return {
      limited,
      remaining: limited ? 0 : Math.max(0, rate.limit - bucket.used),
      resetSeconds: Math.max(1, Math.ceil((endsAt - wall()) / 1_000)),
    }
  }

  /** Counts calls. One too many, and every call of this caller is refused for a whole window. */
  function spend(caller: Caller, calls = 1): Allowance {
    const bucket = bucketAt(caller)
    if (bucket.lockedUntil <= wall()) {
      bucket.used += calls
      if (bucket.used > rate.limit) lock(caller, rate.windowMs)
    }
    return allowanceOf(caller)
  }

  function lock(caller: Caller, forMs: number) {
    const bucket = buckets[caller]
    bucket.lockedUntil = wall() + forMs
    // When the lock ends a new window begins.
    bucket.startedAt = bucket.lockedUntil - rate.windowMs
  }

  return {
    tokens,
    email,
    key,
    rate,
    identify,
    allowanceOf,
    spend,
    lock,
    stateOf: (name: TokenName) => {
      const bucket = bucketAt(name)
      const { revoked, expiresAt } = tokens[name]
      return {
        revoked,
        expired: expiresAt !== null && expiresAt <= wall(),
        lockedUntil: bucket.lockedUntil > wall() ? bucket.lockedUntil : null,
        used: bucket.used,
      }
    },
    /** As new: valid, not locked, nothing spent. */
    restore: (name: TokenName) => {
      tokens[name].revoked = false
      tokens[name].expiresAt = null
      buckets[name] = newBucket()
    },
  }
}
