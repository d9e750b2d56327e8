/**
 * What next, and when? Pure: the poller tells what it knows of each subject, this says what to ask.
 *
 * Order: a listing that is due · tunnels whose list entry changed or that were never read · tunnels open
 * in a browser · HA tunnels · the rest · configurations. Of three looks, one goes by that order, one to
 * what is open even while much changes, and one to whatever waits longest even while much is open. While somebody
 * waits for much longer than a period, that order's look goes there too: nobody becomes stale for what others do.
 */
export type AccountSubject = { accountId: string; listDueAt: number; busy: boolean }

export type TunnelSubject = {
  tunnelId: string
  /** Null: never read. */
  seenAt: number | null
  /** Its list entry changed after it was last read, or somebody asked for a look. */
  changed: boolean
  watched: boolean
  ha: boolean | null
  configuredAt: number | null
  /** After failures: not before then. */
  notBefore: number
  configurationNotBefore: number
  busy: boolean
}

export type Step =
  | { kind: 'list'; accountId: string }
  | { kind: 'connectors'; tunnelId: string }
  | { kind: 'configuration'; tunnelId: string }
  | { kind: 'wait'; until: number }

export const periods = {
  listMs: 5_000,
  /** Asked again within 2 s: that includes the call itself, the pace and two looks that go first. */
  watchedMs: 1_000,
  haMs: 5_000,
  restMs: 15_000,
  configurationMs: 300_000,
  watchedConfigurationMs: 60_000,
} as const

/**
 * Listings may take half of the pace at most, however many accounts and pages there are.
 *
 * @param listCalls that listing every account once takes.
 */
export const listPeriodMs = (listCalls: number, msPerPoll: number) =>
  Math.max(periods.listMs, listCalls * msPerPoll * 2)

/** What takes longer by the clock was not asked for all the while: the machine slept, or its clock was set forward. */
const longestListMs = 60_000

/** When an account is listed again: one that takes long leaves as long a time to the connectors. */
export const nextListAt = (sentAt: number, endedAt: number, periodMs: number) =>
  sentAt + Math.max(periodMs, 2 * Math.min(endedAt - sentAt, longestListMs))

/**
 * The period in which every tunnel is looked at, milliseconds: what it should be, or what the pace
 * allows when there are many. What was not seen for 2.5 periods, 30 s at least, is stale.
 */
export function sweepPeriodMs(tunnels: number, listCalls: number, msPerPoll: number): number {
  const listShare = (listCalls * msPerPoll) / listPeriodMs(listCalls, msPerPoll)
  return Math.max(periods.haMs, (tunnels * msPerPoll) / (1 - listShare))
}

const periodOf = (tunnel: TunnelSubject) =>
  tunnel.watched ? periods.watchedMs : tunnel.ha === false ? periods.restMs : periods.haMs

/** When a tunnel's connectors should be read next; in the past when it is overdue. */
export function dueAt(tunnel: TunnelSubject): number {
  const due = tunnel.changed || tunnel.seenAt === null ? 0 : tunnel.seenAt + periodOf(tunnel)
  return Math.max(due, tunnel.notBefore)
}

function rank(tunnel: TunnelSubject): number {
  if (tunnel.changed || tunnel.seenAt === null) return 0
  if (tunnel.watched) return 1
  return tunnel.ha === false ? 3 : 2
}

function configurationDueAt(tunnel: TunnelSubject): number {
  const notBefore = Math.max(tunnel.notBefore, tunnel.configurationNotBefore)
  if (tunnel.configuredAt === null) return notBefore
  const period = tunnel.watched ? periods.watchedConfigurationMs : periods.configurationMs
  return Math.max(tunnel.configuredAt + period, notBefore)
}

/** What goes first, look after look. */
const orders = ['rank', 'watched', 'age'] as const
type Order = (typeof orders)[number]
/** Well before 2.5 periods, from which on it is stale. */
const latePeriods = 1.5

/**
 * @param turn counts the looks so far, listings left out.
 * @param sweepMs the period in which every tunnel is looked at.
 */
export function nextStep(
  accounts: AccountSubject[],
  tunnels: TunnelSubject[],
  now: number,
  turn: number,
  sweepMs: number,
): Step {
  let soonest = Number.POSITIVE_INFINITY
  for (const account of accounts) {
    if (account.busy) continue
    if (account.listDueAt <= now) return { kind: 'list', accountId: account.accountId }
    soonest = Math.min(soonest, account.listDueAt)
  }
  const order = orders[turn % orders.length] ?? 'rank'
  const lateBefore = now - latePeriods * sweepMs
  let best: TunnelSubject | null = null
  let oldest: TunnelSubject | null = null
  let configuration: TunnelSubject | null = null
  for (const tunnel of tunnels) {
    if (tunnel.busy) continue
    const due = dueAt(tunnel)
    if (due > now) soonest = Math.min(soonest, due)
    else {
      if (!best || isBefore(tunnel, best, order)) best = tunnel
      if (!oldest || isBefore(tunnel, oldest, 'age')) oldest = tunnel
    }
    const configurationDue = configurationDueAt(tunnel)
    if (configurationDue > now) soonest = Math.min(soonest, configurationDue)
    else if (tunnel.seenAt !== null && isConfiguredBefore(tunnel, configuration))
      configuration = tunnel
  }
  const isLate = oldest !== null && oldest.seenAt !== null && oldest.seenAt < lateBefore
  if (isLate && order === 'rank') best = oldest
  // A tunnel's first configuration tells whether it is HA at all, so it is not the last in every queue, but nobody
  // grows old for it; a known one is read again now and then even when the pace is spent on connectors.
  const turnOfConfigurations =
    turn % 9 === 8 || (order === 'age' && !isLate && configuration?.configuredAt === null)
  if (configuration && (!best || turnOfConfigurations)) {
    return { kind: 'configuration', tunnelId: configuration.tunnelId }
  }
  if (best) return { kind: 'connectors', tunnelId: best.tunnelId }
  return { kind: 'wait', until: soonest }
}

function isBefore(a: TunnelSubject, b: TunnelSubject, order: Order): boolean {
  if (order === 'watched' && a.watched !== b.watched) return a.watched
  const ranks = order === 'age' ? 0 : rank(a) - rank(b)
  return ranks === 0 ? (a.seenAt ?? 0) < (b.seenAt ?? 0) : ranks < 0
}

/** First configurations first, and of these those that have to tell what no connector's role does. */
function isConfiguredBefore(a: TunnelSubject, b: TunnelSubject | null): boolean {
  const order = ({ configuredAt, ha }: TunnelSubject) => configuredAt ?? (ha === null ? -1 : 0)
  return b === null || order(a) < order(b)
}
