/**
 * How often may somebody try to sign in? Pure but for what it remembers; the clock is handed in.
 *
 * Three limits at once: an account from one place (a few tries, then longer and longer pauses), a place
 * whatever the account (someone tries many names), and an account from places it was never used at (many
 * places try one name). None locks an account for good, and the last does not touch a browser that the
 * person has signed in with before: nobody can be kept out by somebody else's guessing.
 */
export type Attempt = {
  /** The name as it is compared, whether anybody has it or not. */
  account: string
  /** Where it comes from: an IPv4 address or an IPv6 /64. */
  place: string
  /** The browser, when the account was used with it before; else null. */
  device: string | null
  /**
   * What is tried is a long random secret, which no number of places can guess: only the place is limited,
   * because the account is everybody's, and one's tries must not keep out another.
   */
  isSecret?: boolean
}

export type Admission =
  /** Not before then: epoch ms. */
  | { retryAt: number }
  /** Counts as failed until it is told otherwise, so that tries at the same moment are counted too. */
  | {
      retryAt: null
      succeeded: () => void
      /** Right as far as it went, and not all: no failure, and still a try of its place, which it cost as much. */
      forgive: () => void
      undo: () => void
    }

export type Limits = ReturnType<typeof createLimits>

const freeFailures = 5
const longestPauseMs = 15 * 60_000
/** A place and account that were quiet for this long begin anew. */
const quietMs = 24 * 3_600_000
const perPlace = { most: 20, windowMs: 60_000 }
const perAccount = { most: 30, windowMs: 3_600_000 }
/** More than this is not remembered: the oldest go, so that an attack can't fill the memory. */
const mostKeys = 20_000
/** … and of one key: more of them make no longer pause. */
const mostFailures = 20

type Failure = { at: number }

export function createLimits({ now }: { now: () => number }) {
  const failures = new Map<string, Failure[]>()
  const places = createWindow(perPlace, now)
  const accounts = createWindow(perAccount, now)

  /** When the next try is allowed after so many failures. */
  function pauseEnd(known: Failure[]): number {
    const last = known.at(-1)
    if (!last || known.length < freeFailures) return 0
    return last.at + Math.min(longestPauseMs, 60_000 * 2 ** (known.length - freeFailures))
  }

  /** Asks for one try; what is refused counts as nothing. */
  function take({ account, place, device, isSecret = false }: Attempt): Admission {
    const isAnywhere = device === null && !isSecret
    const key = `${account}\n${device ?? place}`
    const known = failures.get(key) ?? []
    const before = now() - (known.at(-1)?.at ?? 0) < quietMs ? known : []
    const retryAt = Math.max(
      pauseEnd(before),
      places.fullUntil(place),
      isAnywhere ? accounts.fullUntil(account) : 0,
    )
    if (retryAt > now()) return { retryAt }
    const at = now()
    const mine = { at }
    failures.delete(key)
    failures.set(key, [...before, mine].slice(-mostFailures))
    forgetOldest(failures)
    places.add(place)
    if (isAnywhere) accounts.add(account)
    const forgive = () => {
      // Its own alone: others may have come while it was looked at.
      const rest = (failures.get(key) ?? []).filter((one) => one !== mine)
      if (rest.length === 0) failures.delete(key)
      else failures.set(key, rest)
      if (isAnywhere) accounts.remove(account, at)
    }
    return {
      retryAt: null,
      succeeded: () => {
        failures.delete(key)
        if (isAnywhere) accounts.remove(account, at)
      },
      forgive,
      undo: () => {
        forgive()
        places.remove(place, at)
      },
    }
  }

  return { take, remembered: () => failures.size + places.size() + accounts.size() }
}

/** So many in any stretch of `windowMs`. */
export function createWindow(
  { most, windowMs }: { most: number; windowMs: number },
  now: () => number,
) {
  const taken = new Map<string, number[]>()
  const recent = (key: string) => (taken.get(key) ?? []).filter((at) => now() - at < windowMs)
  return {
    /** Epoch ms from which on there is room; 0 when there is. */
    fullUntil: (key: string) => {
      const times = recent(key)
      return times.length < most ? 0 : (times.at(-most) ?? 0) + windowMs
    },
    add: (key: string) => {
      const times = [...recent(key), now()]
      taken.delete(key)
      taken.set(key, times)
      forgetOldest(taken)
    },
    remove: (key: string, at: number) => {
      const times = recent(key)
      const index = times.indexOf(at)
      if (index !== -1) times.splice(index, 1)
      if (times.length === 0) taken.delete(key)
      else taken.set(key, times)
    },
    size: () => taken.size,
  }
}

function forgetOldest(map: Map<string, unknown>) {
  for (const key of map.keys()) {
    if (map.size <= mostKeys) return
    map.delete(key)
  }
}
