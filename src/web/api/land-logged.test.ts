import { InfiniteQueryObserver, QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ActivityPage, HistoryEvent } from '#contract/history.ts'
import { type Log, landLogged, withEvents } from './land-logged.ts'
import { activityQuery, historySummaryQuery, tickerQuery, tunnelHistoryQuery } from './queries.ts'

const event = (id: string, at: number, change: Partial<HistoryEvent> = {}): HistoryEvent => ({
  id,
  at,
  tunnelId: 'a',
  tunnelName: 'lon',
  kind: 'status-changed',
  connectorId: null,
  from: 'healthy',
  to: 'down',
  cause: null,
  by: null,
  failoverId: null,
  note: null,
  precisionMs: 5000,
  ...change,
})

const log = (...pages: HistoryEvent[][]): Log => ({
  pages: pages.map((events, index) => ({
    events,
    cursor: index < pages.length - 1 ? `c${index}` : null,
  })),
  pageParams: pages.map((_, index) => (index === 0 ? null : `c${index - 1}`)),
})
const ids = (log: Log | undefined) => log?.pages.map(({ events }) => events.map(({ id }) => id))

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a log that is open', () => {
  test('gets new entries on top, each once', () => {
    const before = log([event('2', 20), event('1', 10)])
    expect(ids(withEvents(before, [event('3', 30), event('2', 20)]))).toEqual([['3', '2', '1']])
    expect(withEvents(before, [event('2', 20)])).toBe(before)
  })

  test('gets an entry that is told late in its place, and leaves older pages alone', () => {
    const before = log([event('4', 40), event('2', 20)], [event('1', 10)])
    expect(ids(withEvents(before, [event('3', 30), event('0', 5)]))).toEqual([
      ['4', '3', '2'],
      ['1'],
    ])
  })

  test('gets only what its filter asks for', () => {
    const cache = new QueryClient()
    const all = activityQuery({}).queryKey
    const other = activityQuery({ tunnelId: 'b' }).queryKey
    const opened = activityQuery({ kinds: ['connection-opened'] }).queryKey
    const past = activityQuery({ range: { from: 1_000, to: 90_000 } }).queryKey
    for (const key of [all, other, opened, past]) cache.setQueryData(key, log([]))
    landLogged(cache, [event('1', 100_000), event('2', 100_001, { kind: 'connection-opened' })])
    expect(ids(cache.getQueryData(all))).toEqual([['2', '1']])
    expect(ids(cache.getQueryData(other))).toEqual([[]])
    expect(ids(cache.getQueryData(opened))).toEqual([['2']])
    expect(ids(cache.getQueryData(past))).toEqual([[]])
  })
})

describe('an entry that comes while a page of the log is on its way', () => {
  let cache: QueryClient
  let answer: (page: ActivityPage) => void
  let refuse: () => void
  let askForOlder: () => void
  let isToldThatNot: () => boolean
  let stop: () => void
  const { queryKey } = activityQuery({})
  const shown = () => ids(cache.getQueryData<Log>(queryKey))
  beforeEach(() => {
    cache = new QueryClient()
    const log = new InfiniteQueryObserver(cache, {
      ...activityQuery({}),
      retry: false,
      queryFn: ({ signal }) =>
        new Promise<ActivityPage>((resolve, reject) => {
          signal.addEventListener('abort', reject)
          answer = resolve
          refuse = () => reject(new Error('no'))
        }),
    })
    stop = log.subscribe(() => undefined)
    askForOlder = () => void log.fetchNextPage()
    isToldThatNot = () => log.getCurrentResult().isFetchNextPageError
  })
  afterEach(() => stop())
  const answers = async (page: ActivityPage) => {
    answer(page)
    await vi.advanceTimersByTimeAsync(0)
  }

  test('is on top of the first one', async () => {
    landLogged(cache, [event('2', 20)])
    await answers({ events: [event('1', 10)], cursor: null })
    expect(shown()).toEqual([['2', '1']])
  })

  test('is still on top when an older one has come', async () => {
    await answers({ events: [event('2', 20)], cursor: 'c0' })
    askForOlder()
    landLogged(cache, [event('3', 30)])
    expect(shown()).toEqual([['3', '2']])
    await answers({ events: [event('1', 10)], cursor: null })
    expect(shown()).toEqual([['3', '2'], ['1']])
  })

  test('leaves it told that an older one could not be loaded', async () => {
    await answers({ events: [event('2', 20)], cursor: 'c0' })
    askForOlder()
    landLogged(cache, [event('3', 30)])
    refuse()
    await vi.advanceTimersByTimeAsync(0)
    expect(shown()).toEqual([['3', '2']])
    expect(isToldThatNot()).toBe(true)
    landLogged(cache, [event('4', 40)])
    expect(shown()).toEqual([['4', '3', '2']])
    expect(isToldThatNot()).toBe(true)
  })

  test('is there when whoever looked leaves meanwhile', async () => {
    await answers({ events: [event('2', 20)], cursor: 'c0' })
    askForOlder()
    landLogged(cache, [event('3', 30)])
    stop()
    await vi.advanceTimersByTimeAsync(0)
    expect(shown()).toEqual([['3', '2']])
  })

  test('is there when the page is asked for anew meanwhile', async () => {
    landLogged(cache, [event('2', 20)])
    void cache.refetchQueries({ queryKey })
    await answers({ events: [event('1', 10)], cursor: null })
    expect(shown()).toEqual([['2', '1']])
  })
})

test('a wall that could not ask anew still has to, though something happens meanwhile', async () => {
  const cache = new QueryClient()
  const ask = vi.fn<() => Promise<{ events: HistoryEvent[] }>>()
  ask.mockResolvedValueOnce({ events: [event('1', 10)] }).mockRejectedValue(new Error('no'))
  const ticker = new QueryObserver(cache, { ...tickerQuery(null), retry: false, queryFn: ask })
  const stop = ticker.subscribe(() => undefined)
  await vi.advanceTimersByTimeAsync(0)
  await ticker.refetch()
  landLogged(cache, [event('2', 20)])
  stop()
  const { data, isError } = ticker.getCurrentResult()
  expect(data?.events.map(({ id }) => id)).toEqual(['2', '1'])
  expect(isError).toBe(true)
})

test('a log that is left open is asked for anew before it grows without end', async () => {
  const cache = new QueryClient()
  const { queryKey } = activityQuery({})
  cache.setQueryData(queryKey, log([]))
  const flaps = (from: number) =>
    Array.from({ length: 600 }, (_, at) => event(`${from + at}`, from + at))
  landLogged(cache, flaps(0))
  expect(cache.getQueryState(queryKey)?.isInvalidated).toBe(false)
  landLogged(cache, flaps(1000))
  expect(cache.getQueryState(queryKey)?.isInvalidated).toBe(true)
})

test('a wall of some tunnels is told of theirs, however much happens to others', () => {
  const cache = new QueryClient()
  const keys = [null, ['a'], ['b', 'c']].map((of) => tickerQuery(of).queryKey)
  for (const key of keys) cache.setQueryData(key, { events: [event('0', 0)] })
  const flaps = Array.from({ length: 150 }, (_, at) => event(`f${at}`, 10 + at))
  landLogged(cache, [event('b1', 5, { tunnelId: 'b' }), event('t1', 6, { tunnelId: null })])
  landLogged(cache, flaps)
  const told = keys.map((key) => cache.getQueryData(key)?.events.map(({ id }) => id))
  const newest = flaps.toReversed().map(({ id }) => id)
  expect(told).toEqual([newest.slice(0, 100), newest.slice(0, 100), ['b1', '0']])
})

describe('what is looked at', () => {
  const watch = (cache: QueryClient, options: { queryKey: readonly unknown[] }) => {
    const ask = vi.fn<() => object>(() => ({}))
    cache.setQueryData(options.queryKey, {})
    const observer = new QueryObserver(cache, {
      queryKey: options.queryKey,
      queryFn: ask,
      staleTime: Number.POSITIVE_INFINITY,
    })
    observer.subscribe(() => undefined)
    return ask
  }

  test('is asked for again, once for a burst of entries', async () => {
    const cache = new QueryClient()
    const mine = watch(cache, tunnelHistoryQuery('a', { lastMs: 60_000 }))
    const other = watch(cache, tunnelHistoryQuery('b', { lastMs: 60_000 }))
    landLogged(cache, [event('1', 1)])
    landLogged(cache, [event('2', 2)])
    await vi.advanceTimersByTimeAsync(1000)
    expect(mine).toHaveBeenCalledTimes(1)
    expect(other).not.toHaveBeenCalled()
    // Tandem itself stopped watching: that concerns every tunnel.
    landLogged(cache, [event('3', 3, { tunnelId: null, kind: 'watching-stopped' })])
    await vi.advanceTimersByTimeAsync(1000)
    expect(mine).toHaveBeenCalledTimes(2)
    expect(other).toHaveBeenCalledTimes(1)
  })

  test('of all tunnels is asked for at most once a minute', async () => {
    const cache = new QueryClient()
    const summary = watch(cache, historySummaryQuery({ lastMs: 86_400_000 }))
    for (let second = 0; second < 150; second += 1) {
      landLogged(cache, [event(String(second), second)])
      await vi.advanceTimersByTimeAsync(1000)
    }
    expect(summary).toHaveBeenCalledTimes(3)
  })
})
