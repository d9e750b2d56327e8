import type { Remaining } from './ratelimit.ts'

/**
 * May we ask now? One budget for everything Tandem sends, whatever the token: Cloudflare counts per
 * token and per user, so counting all calls together is the careful reading of its limit.
 *
 * - polling: `pollShare` of the limit, evenly spread, and only while `reserve` calls stay untouched
 * - people (writes, fresh reads): up to the hard stop, less what a verification still needs
 * - verifying a failover: up to the hard stop
 */
export type Purpose = 'poll' | 'person' | 'verify'

export const windowMs = 300_000
/** Calls that the verification of a running failover always finds. */
const verifyReserve = 30

export type BudgetOptions = {
  /** Cloudflare's limit: calls in `windowMs`. */
  limit: number
  /** Part of it that polling may use, 0 to 1. */
  pollShare: number
  now: () => number
}

export type Budget = ReturnType<typeof createBudget>

export function createBudget({ limit, pollShare, now }: BudgetOptions) {
  const polling = Math.floor(limit * pollShare)
  const hardStop = Math.floor((limit * 1000) / 1200)
  const reserve = Math.ceil(limit * 0.1)
  /** Polling pace: the share spread evenly, with enough at hand for a first look at a usual account. */
  const msPerPoll = windowMs / polling
  const burst = Math.max(1, Math.min(40, polling / 10))

  const sent: { at: number; poll: boolean }[] = []
  let pollsInWindow = 0
  let credit = burst
  let creditAt = now()
  let reported: (Remaining & { at: number; sentBefore: number }) | null = null
  let sentEver = 0
  let baseline: { remaining: number; resetMs: number; at: number; sentBefore: number } | null = null
  let neighbourUntil = 0

  /** Milliseconds for one poll: the even pace, or slower where Cloudflare says that less is left. */
  function pace() {
    if (!reported) return msPerPoll
    const room = left() - reserve
    const untilReset = reported.at + reported.resetMs - now()
    return room > 0 ? Math.max(msPerPoll, untilReset / room) : Math.max(msPerPoll, untilReset)
  }

  function forget() {
    const horizon = now() - windowMs
    while (sent[0] && sent[0].at <= horizon) {
      if (sent.shift()?.poll) pollsInWindow -= 1
    }
    if (reported && now() > reported.at + reported.resetMs) reported = null
    credit = Math.min(burst, credit + Math.max(0, now() - creditAt) / pace())
    creditAt = now()
  }

  /** When the oldest `count` calls will have left the window. */
  const freeAt = (count: number) => (sent[count - 1]?.at ?? now()) + windowMs

  /** What Cloudflare's own count leaves, less what was sent since it said so. */
  const left = () =>
    reported ? reported.remaining - (sentEver - reported.sentBefore) : Number.POSITIVE_INFINITY

  /** 0 when a call may leave now, else how many milliseconds to wait at least. */
  function waitMs(purpose: Purpose): number {
    forget()
    const room = { poll: hardStop - reserve, person: hardStop - verifyReserve, verify: hardStop }[
      purpose
    ]
    const over = sent.length - room
    if (over >= 0) return Math.max(1, freeAt(over + 1) - now())
    if (purpose !== 'poll') return 0
    if (pollsInWindow >= polling) {
      const oldest = sent.find((call) => call.poll)
      return Math.max(1, (oldest?.at ?? now()) + windowMs - now())
    }
    if (reported && left() <= reserve) return Math.max(1, reported.at + reported.resetMs - now())
    if (credit < 1) return Math.max(1, Math.ceil((1 - credit) * pace()))
    return 0
  }

  function spend(purpose: Purpose) {
    forget()
    sent.push({ at: now(), poll: purpose === 'poll' })
    sentEver += 1
    if (purpose !== 'poll') return
    pollsInWindow += 1
    credit -= 1
  }

  /** Takes in a `Ratelimit` header. A count that falls faster than we spend is somebody else's work. */
  function learn(remaining: Remaining | null) {
    if (!remaining) return
    reported = { ...remaining, at: now(), sentBefore: sentEver }
    const fell = (baseline?.remaining ?? 0) - remaining.remaining
    const ours = sentEver - (baseline?.sentBefore ?? 0)
    const unexplained = fell - ours > 20
    if (baseline && unexplained) neighbourUntil = now() + 60_000
    const windowIsNew = !baseline || remaining.resetMs > baseline.resetMs + 1000
    if (windowIsNew || unexplained || now() - (baseline?.at ?? 0) > 60_000) baseline = reported
  }

  function state() {
    forget()
    const remaining = left()
    return {
      used: sent.length,
      polling,
      hardStop,
      limit,
      remaining: Number.isFinite(remaining) ? Math.max(0, remaining) : null,
      neighbour: now() < neighbourUntil,
    }
  }

  return { waitMs, spend, learn, state, msPerPoll }
}
