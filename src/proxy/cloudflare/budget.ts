import type { Remaining } from './ratelimit.ts'

/**
 * May we ask now? One budget for everything Tandem sends, whatever the token: Cloudflare counts per
 * token and per user, so counting all calls together is the careful reading of its limit.
 *
 * - polling: `pollShare` of the limit or what `reserve` leaves of it, evenly spread, and only while the reserve
 *   stays untouched
 * - looks beside it, which people ask for: they leave the same reserve, and need no even pace
 * - people's changes: up to the hard stop, less what a failover still needs
 * - verifying, which is the looks right before a failover, itself and those after it: up to the hard stop
 */
export type Purpose = 'poll' | 'look' | 'person' | 'verify'

export const windowMs = 300_000
/** Calls that a failover always finds. */
const verifyReserve = 30

export type BudgetOptions = {
  /** Cloudflare's limit: calls in `windowMs`. */
  limit: number
  /** Part of it that polling may use, 0 to 1. */
  pollShare: number
  now: () => number
  /** What an earlier run spent in the last five minutes: a restart must not forget it. */
  earlier?: Spent[]
  /** Told of every call. */
  onSpend?: () => void
}

/** Calls that left within ten seconds from `at` on, and how many of them were polls. */
export type Spent = { at: number; calls: number; polls: number }
const spentMs = 10_000
/** Older ones are past: the last of ten seconds' calls may have left when they were nearly over. */
export const rememberedMs = windowMs + spentMs

type Report = Remaining & { at: number; sentBefore: number }

/** When the window of a report ends. */
const endOf = ({ at, resetMs }: Report) => at + resetMs
/** How long back others' spending is looked at. */
const listenMs = 60_000
/** So many calls may be answers still under way, or another's single click. */
const unnoticed = 20
const slowestByForecastMs = 5000

export type Budget = ReturnType<typeof createBudget>

export function createBudget({ limit, pollShare, now, earlier = [], onSpend }: BudgetOptions) {
  const hardStop = Math.floor((limit * 1000) / 1200)
  // A tenth, and never less than a failover needs.
  const reserve = Math.max(Math.ceil(limit * 0.1), verifyReserve)
  // No more than the reserve leaves: a pace for more would meet it, and wait until the window moved on.
  const polling = Math.min(Math.floor(limit * pollShare), hardStop - reserve)
  /** Enough at hand for a first look at a usual account. */
  const burst = Math.max(1, Math.min(40, polling / 10))
  /** The rest of the share spread evenly: polling then never has to stop until the window moved on. */
  const msPerPoll = windowMs / (polling - burst)

  const sent: { at: number; poll: boolean }[] = []
  let pollsInWindow = 0
  for (const { at, calls, polls } of earlier) {
    // As late as they may have left.
    const latest = Math.min(at + spentMs - 1, now())
    for (let n = 0; n < calls; n += 1) sent.push({ at: latest, poll: n < polls })
    pollsInWindow += polls
  }
  let credit = burst
  let creditAt = now()
  let sentEver = 0
  let reported: Report | null = null
  /** What was said in the last minute about the same limit and window, oldest first. */
  let heard: Report[] = []
  /** Calls a millisecond that others spend with the same token, as of late. */
  let othersPace = 0
  let neighbourUntil = 0

  /** What polling and looks leave alone of the limit that Cloudflare reports on. */
  const kept = ({ quota }: Report) => Math.min(reserve, Math.ceil((quota ?? limit) * 0.1))

  /**
   * Milliseconds for one poll: the even pace, or slower where Cloudflare says that less is left. What
   * others will spend until the window resets counts as spent, but a forecast alone never stops us.
   */
  function pace() {
    if (!reported) return msPerPoll
    const room = left() - kept(reported)
    const untilReset = Math.max(1, reported.at + reported.resetMs - now())
    if (room <= 0) return Math.max(msPerPoll, untilReset)
    const free = room - othersPace * untilReset
    const forecast =
      free > 0 ? Math.min(untilReset / free, slowestByForecastMs) : slowestByForecastMs
    return Math.max(msPerPoll, untilReset / room, othersPace > 0 ? forecast : 0)
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
    const room = {
      poll: hardStop - reserve,
      look: hardStop - reserve,
      person: hardStop - verifyReserve,
      verify: hardStop,
    }[purpose]
    const over = sent.length - room
    if (over >= 0) return Math.max(1, freeAt(over + 1) - now())
    if (purpose === 'person' || purpose === 'verify') return 0
    if (reported && left() <= kept(reported))
      return Math.max(1, reported.at + reported.resetMs - now())
    if (purpose === 'look') return 0
    if (pollsInWindow >= polling) {
      const oldest = sent.find((call) => call.poll)
      return Math.max(1, (oldest?.at ?? now()) + windowMs - now())
    }
    if (credit < 1) return Math.max(1, Math.ceil((1 - credit) * pace()))
    return 0
  }

  function spend(purpose: Purpose) {
    forget()
    sent.push({ at: now(), poll: purpose === 'poll' })
    sentEver += 1
    if (purpose === 'poll') {
      pollsInWindow += 1
      credit -= 1
    }
    onSpend?.()
  }

  /** What was spent since the ten seconds that hold `from`, for another run to know. */
  function spent(from: number): Spent[] {
    forget()
    const found = new Map<number, Spent>()
    for (const { at, poll } of sent) {
      const begin = at - (at % spentMs)
      if (begin + spentMs <= from) continue
      const its = found.get(begin) ?? { at: begin, calls: 0, polls: 0 }
      found.set(begin, { ...its, calls: its.calls + 1, polls: its.polls + (poll ? 1 : 0) })
    }
    return [...found.values()]
  }

  /**
   * Takes in a `Ratelimit` header. A count that falls faster than we spend is somebody else's work: the
   * dashboard, Terraform, another tool with the same token.
   */
  function learn(remaining: Remaining | null) {
    if (!remaining) return
    reported = { ...remaining, at: now(), sentBefore: sentEver }
    const last = heard.at(-1)
    // Another limit or a new window: counts before and after can't be compared.
    const isOther = last && (last.name !== reported.name || endOf(reported) > endOf(last) + 5000)
    if (isOther) heard = []
    while (heard[0] && heard[0].at < now() - listenMs) heard.shift()
    heard.push(reported)
    const first = heard[0] ?? reported
    const spentByOthers =
      first.remaining - reported.remaining - (reported.sentBefore - first.sentBefore)
    const isNeighbour = spentByOthers > unnoticed
    if (isNeighbour) neighbourUntil = now() + 60_000
    // A few seconds tell little; until then what was known before holds.
    const listened = now() - first.at
    if (listened >= listenMs / 4 || isNeighbour) {
      othersPace = isNeighbour ? spentByOthers / Math.max(listened, listenMs / 4) : 0
    }
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

  return { waitMs, spend, spent, learn, state, msPerPoll, pace }
}
