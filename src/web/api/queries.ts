import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { Failover, FailoverList } from '#contract/failover.ts'
import {
  ActivityPage,
  type EventKind,
  eventKinds,
  HistorySummary,
  TunnelHistory,
} from '#contract/history.ts'
import { SessionAnswer } from '#contract/session.ts'
import { Configuration, ConnectorList, TunnelDetail, TunnelList } from '#contract/tunnel.ts'
import { grainOf, isLive, type Range, rangeQuery, rangeText } from '#web/charts/range.ts'
import { serverNow, setServerTime } from '#web/ui/clock.ts'
import { landAges, landListing } from './ages.ts'
import { get } from './client.ts'

/**
 * Every question the page asks, under its key. Nothing is ever asked twice by time: the live stream
 * writes what changed (`live.ts`), so what is in the cache is what the proxy knows.
 */

const kept = { staleTime: Number.POSITIVE_INFINITY, gcTime: Number.POSITIVE_INFINITY }
const visited = { staleTime: Number.POSITIVE_INFINITY, gcTime: 15 * 60_000 }

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }) => {
    const session = await get<SessionAnswer>('/session', { signal })
    setServerTime(session.serverAt)
    landListing(session.poller.listedAt)
    return session
  },
  ...kept,
})

export const tunnelsQuery = queryOptions({
  queryKey: ['tunnels'],
  queryFn: async ({ signal }) => {
    const list = await get<TunnelList>('/tunnels', { signal })
    landAges(
      list.tunnels.flatMap(({ id, checkedAt }) => (checkedAt === null ? [] : [[id, checkedAt]])),
    )
    return list
  },
  ...kept,
})

export const tunnelQuery = (tunnelId: string) =>
  queryOptions({
    queryKey: ['tunnel', tunnelId, 'facts'],
    queryFn: async ({ signal }) => {
      const tunnel = await get<TunnelDetail>(`/tunnels/${tunnelId}`, { signal })
      if (tunnel.checkedAt !== null) landAges([[tunnel.id, tunnel.checkedAt]])
      return tunnel
    },
    ...visited,
  })

export const connectorsQuery = (tunnelId: string) =>
  queryOptions({
    queryKey: ['tunnel', tunnelId, 'connectors'],
    queryFn: ({ signal }) => get<ConnectorList>(`/tunnels/${tunnelId}/connectors`, { signal }),
    ...visited,
  })

/** Asked only where it is shown: the proxy has to ask Cloudflare for it. */
export const configurationQuery = (tunnelId: string) =>
  queryOptions({
    queryKey: ['tunnel', tunnelId, 'configuration'],
    queryFn: ({ signal }) => get<Configuration>(`/tunnels/${tunnelId}/configuration`, { signal }),
    ...visited,
    retry: false,
  })

export const failoverQuery = (failoverId: string) =>
  queryOptions({
    queryKey: ['failover', failoverId],
    queryFn: ({ signal }) => get<Failover>(`/failovers/${failoverId}`, { signal }),
    ...visited,
  })

export const failoversKey = (tunnelId: string) => ['tunnel', tunnelId, 'failovers'] as const

/** The failovers of a tunnel, newest first; asked again when one begins, ends or turns. */
export const failoversQuery = (tunnelId: string) =>
  queryOptions({
    queryKey: failoversKey(tunnelId),
    queryFn: ({ signal }) => get<FailoverList>(`/tunnels/${tunnelId}/failovers`, { signal }),
    ...visited,
    retry: false,
  })

/**
 * What follows the present is asked again whenever somebody comes back to it, and while it is looked at: what leaves
 * the window leaves its figures too, though nothing happens. So is what ends in a time to come, and once more after its
 * end. What lies behind stays.
 */
const windowed = (range: Range) => {
  const everyMs = Math.max(60_000, grainOf(range))
  const goesOn = isLive(range) || range.to + everyMs > serverNow()
  return {
    staleTime: goesOn ? 10_000 : Number.POSITIVE_INFINITY,
    refetchInterval: goesOn && everyMs,
    gcTime: 5 * 60_000,
  }
}

/** The picture of before stays until the new one is there, if it is of the same subject. */
const sameSubject =
  (subject: readonly string[]) =>
  <T>(before: T | undefined, query: { queryKey: readonly unknown[] } | undefined): T | undefined =>
    query && subject.every((part, at) => query.queryKey[at] === part) ? before : undefined

/** Every history of a tunnel has a key that begins with this one. */
export const historyKey = (tunnelId: string) => ['tunnel', tunnelId, 'history'] as const

export const tunnelHistoryQuery = (tunnelId: string, range: Range) => {
  const subject = [...historyKey(tunnelId), 'all'] as const
  return queryOptions({
    queryKey: [...subject, rangeText(range)],
    placeholderData: sameSubject(subject),
    queryFn: ({ signal }) =>
      get<TunnelHistory>(`/tunnels/${tunnelId}/history?${rangeQuery(range, serverNow())}`, {
        signal,
      }),
    ...windowed(range),
  })
}

export const connectorHistoryQuery = (tunnelId: string, connectorId: string, range: Range) => {
  const subject = [...historyKey(tunnelId), connectorId] as const
  return queryOptions({
    queryKey: [...subject, rangeText(range)],
    placeholderData: sameSubject(subject),
    queryFn: ({ signal }) =>
      get<TunnelHistory>(
        `/tunnels/${tunnelId}/connectors/${connectorId}/history?${rangeQuery(range, serverNow())}`,
        { signal },
      ),
    ...windowed(range),
  })
}

export const summaryKey = ['summary'] as const

/**
 * Strips and percentages of all tunnels. They move with the time even when nothing happens, so this is the
 * one question that is asked again by itself; when something happened, `land.ts` asks sooner.
 */
export const historySummaryQuery = (range: Range, { strips = true } = {}) =>
  queryOptions({
    queryKey: [...summaryKey, rangeText(range), { strips }],
    queryFn: ({ signal }) =>
      get<HistorySummary>(`/history/summary?${rangeQuery(range, serverNow())}&strips=${strips}`, {
        signal,
      }),
    staleTime: 60_000,
    refetchInterval: 10 * 60_000,
    gcTime: 15 * 60_000,
    retry: false,
  })

/** Which entries of the log: of one tunnel or connector, of some kinds, of a stretch of time; all where left out. */
export type ActivityFilter = {
  tunnelId?: string | undefined
  /** One of that tunnel's. */
  connectorId?: string | undefined
  kinds?: readonly EventKind[] | undefined
  range?: Range | undefined
}

export const activityKey = ['activity'] as const

/** What a wall tells of: connections come and go too often to be read from across a room. */
export const tickerKinds = eventKinds.filter((kind) => !kind.startsWith('connection-'))
/** More than a wall shows, because one of what is wrong picks its own. */
export const mostTicked = 100

export const tickerKey = ['ticker'] as const

/**
 * The last entries of the log and no more, however long a wall stays open; new ones land on top.
 *
 * @param tunnelIds of these only; null: of all, and what concerns none of them.
 */
export const tickerQuery = (tunnelIds: readonly string[] | null) =>
  queryOptions({
    queryKey: [...tickerKey, tunnelIds] as const,
    placeholderData: sameSubject(tickerKey),
    queryFn: async ({ signal }) => {
      const own = tunnelIds ? `&tunnel=${tunnelIds.join(',')}` : ''
      const { events } = await get<ActivityPage>(`/activity?kind=${tickerKinds.join(',')}${own}`, {
        signal,
      })
      return { events: events.slice(0, mostTicked) }
    },
    ...visited,
    // Nobody stands before a wall who could ask again.
    refetchInterval: ({ state }) => (state.status === 'error' ? 30_000 : false),
  })

/** The filter as Tandem's API and its exports take it. */
export function activitySearch({ tunnelId, connectorId, kinds, range }: ActivityFilter): string {
  const query = new URLSearchParams(range ? rangeQuery(range, serverNow()) : '')
  if (tunnelId) query.set('tunnel', tunnelId)
  if (connectorId) query.set('connector', connectorId)
  if (kinds) query.set('kind', kinds.join(','))
  return query.toString()
}

/** The log, newest first, page by page. What happens while it is open is landed on top by `land.ts`. */
export const activityQuery = (filter: ActivityFilter) =>
  infiniteQueryOptions({
    queryKey: [
      ...activityKey,
      {
        tunnelId: filter.tunnelId ?? null,
        connectorId: filter.connectorId ?? null,
        kinds: filter.kinds ?? null,
        range: filter.range ? rangeText(filter.range) : null,
      },
    ] as const,
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams(activitySearch(filter))
      if (pageParam !== null) query.set('cursor', pageParam)
      return get<ActivityPage>(`/activity?${query}`, { signal })
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.cursor,
    staleTime: 10_000,
    gcTime: 60_000,
  })
