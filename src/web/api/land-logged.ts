import type { InfiniteData, Query, QueryClient } from '@tanstack/react-query'
import type { ActivityPage, EventKind, HistoryEvent } from '#contract/history.ts'
import { parseRange, stretchOf } from '#web/charts/range.ts'
import { askAnew } from './on-its-way.ts'
import {
  activityKey,
  historyKey,
  mostTicked,
  summaryKey,
  tickerKey,
  tickerKinds,
} from './queries.ts'

/**
 * What do new entries of the log change in the cache? Logs that are open get them on top; histories and
 * summaries that are looked at are asked for again, soon and together, so that a tunnel that flaps is not
 * asked for at every flap.
 */

/** Entries come in bursts: a failover alone makes five. */
const historyDelayMs = 400
/** Summaries speak of all tunnels and cost the most: once a minute is often enough. */
const summaryPeriodMs = 60_000

/** A log that is left open is asked for anew before it grows longer than this on top. */
const mostOnTop = 1000

type Waiting = {
  tunnels: Set<string>
  /** Something about Tandem itself happened: every history tells of it. */
  all: boolean
  historyTimer: ReturnType<typeof setTimeout> | undefined
  summaryTimer: ReturnType<typeof setTimeout> | undefined
  summaryAt: number
}
const waiting = new WeakMap<QueryClient, Waiting>()

export function landLogged(cache: QueryClient, events: readonly HistoryEvent[]) {
  if (events.length === 0) return
  for (const query of cache.getQueryCache().findAll({ queryKey: activityKey })) {
    const matches = matcherOf(query.queryKey[1])
    const fresh = events.filter(matches)
    const add = () => {
      put<Log>(query, (old) => withEvents(old, fresh))
      // A page that is on its way is written with those that were there when it was asked for.
      query.promise?.then(add, add)
    }
    if (fresh.length > 0) add()
    const first = cache.getQueryData<Log>(query.queryKey)?.pages[0]
    if (first && first.events.length > mostOnTop)
      void cache.invalidateQueries({ queryKey: query.queryKey, exact: true })
  }
  for (const query of cache.getQueryCache().findAll({ queryKey: tickerKey })) {
    const ids = query.queryKey[1] as readonly string[] | null
    const own = ids ? events.filter(({ tunnelId }) => ids.includes(tunnelId ?? '')) : events
    put<Pick<ActivityPage, 'events'>>(query, (old) => ({ events: onTop(old.events, own) }))
  }
  askAnew(cache, { queryKey: tickerKey })
  const state = waitingOf(cache)
  for (const { tunnelId } of events) {
    if (tunnelId === null) state.all = true
    else state.tunnels.add(tunnelId)
  }
  state.historyTimer ??= setTimeout(() => askHistories(cache, state), historyDelayMs)
  state.summaryTimer ??= setTimeout(
    () => askSummaries(cache, state),
    Math.max(historyDelayMs, state.summaryAt + summaryPeriodMs - Date.now()),
  )
}

/** What is new answers nothing: what could not be asked is still told so, and asked again. */
function put<T>(query: Query, change: (old: T) => T) {
  const old = query.state.data as T | undefined
  if (old) query.setState({ data: change(old) })
}

/** The last few of both, newest first. */
function onTop(old: readonly HistoryEvent[], events: readonly HistoryEvent[]): HistoryEvent[] {
  const fresh = unknown(events, old).filter(({ kind }) => tickerKinds.includes(kind))
  return newestFirst([...fresh.toReversed(), ...old]).slice(0, mostTicked)
}

const unknown = (events: readonly HistoryEvent[], old: readonly HistoryEvent[]) => {
  const known = new Set(old.map(({ id }) => id))
  return events.filter(({ id }) => !known.has(id))
}

const newestFirst = (events: readonly HistoryEvent[]) => events.toSorted((a, b) => b.at - a.at)

function waitingOf(cache: QueryClient): Waiting {
  const known = waiting.get(cache)
  if (known) return known
  const fresh: Waiting = {
    tunnels: new Set(),
    all: false,
    historyTimer: undefined,
    summaryTimer: undefined,
    summaryAt: 0,
  }
  waiting.set(cache, fresh)
  return fresh
}

function askHistories(cache: QueryClient, state: Waiting) {
  const { tunnels, all } = state
  state.historyTimer = undefined
  state.tunnels = new Set()
  state.all = false
  if (all)
    void cache.invalidateQueries({
      predicate: ({ queryKey: [kind, , part] }) => kind === 'tunnel' && part === 'history',
    })
  else
    for (const tunnelId of tunnels) void cache.invalidateQueries({ queryKey: historyKey(tunnelId) })
}

function askSummaries(cache: QueryClient, state: Waiting) {
  state.summaryTimer = undefined
  state.summaryAt = Date.now()
  void cache.invalidateQueries({ queryKey: summaryKey })
}

export type Log = InfiniteData<ActivityPage, string | null>

/** Whether an entry belongs into the log of that key. */
function matcherOf(filter: unknown): (event: HistoryEvent) => boolean {
  const { tunnelId, connectorId, kinds, range } = filter as {
    tunnelId: string | null
    connectorId: string | null
    kinds: readonly EventKind[] | null
    range: string | null
  }
  const wanted = parseRange(range)
  return (event) => {
    if (tunnelId !== null && event.tunnelId !== tunnelId) return false
    if (connectorId !== null && event.connectorId !== connectorId) return false
    if (kinds !== null && !kinds.includes(event.kind)) return false
    if (!wanted) return true
    // What follows the present takes everything that is new enough.
    const { from, to } = stretchOf(wanted, event.at)
    return 'lastMs' in wanted || (event.at >= from && event.at < to)
  }
}

/** The log with entries it did not have, each in its place in time; the pages after the first stay. */
export function withEvents(log: Log, events: readonly HistoryEvent[]): Log {
  const [first, ...rest] = log.pages
  if (!first) return log
  const fresh = unknown(
    events,
    log.pages.flatMap((page) => page.events),
  )
  if (fresh.length === 0) return log
  // Some are told later than they happened; those older than the first page come with the next ask.
  const oldest = rest.length > 0 || first.cursor !== null ? (first.events.at(-1)?.at ?? 0) : 0
  const merged = newestFirst([...fresh.filter(({ at }) => at >= oldest), ...first.events])
  return { ...log, pages: [{ ...first, events: merged }, ...rest] }
}
