import type { QueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { type LiveEvent, silenceMs } from '#contract/events.ts'
import { type Arrival, land, landAsked } from './land.ts'
import { sessionQuery, tunnelsQuery } from './queries.ts'

/**
 * The one stream of changes from the proxy. It goes on from the version of the tunnel list, comes
 * back by itself after a loss, and says honestly when it is not there.
 */

export type LiveState = {
  /**
   * `asking`: the stream does not get through, and what it would have told is asked for instead. `asleep`: let
   * go because nobody looks at the page.
   */
  state: 'connecting' | 'live' | 'asking' | 'lost' | 'asleep'
  /** Since when, in the browser's clock. */
  since: number
  /** When the server last said anything, in its clock; null: never. */
  lastHeardAt: number | null
  /** The server said good-bye before it went: a restart, not a fault. */
  stopping: boolean
}

export type Live = {
  state: () => LiveState
  subscribe: (listener: () => void) => () => void
  /** Which tunnel somebody looks at: it is asked for more often. Null: none. */
  watch: (tunnelId: string | null) => void
  /** Tries at once instead of waiting. */
  retry: () => void
  stop: () => void
}

const hiddenAfterMs = 60_000
/** How often the page asks while the stream does not get through. */
export const askEveryMs = 10_000

export type LiveParts = {
  cache: QueryClient
  /** Hears the server's clock, epoch ms, whenever it is told. */
  onServerTime: (at: number) => void
  /** Called when the server is of another build than this page. */
  onNewBuild: () => void
  /** Called when whoever looks is not signed in any more. */
  onSignedOut: () => void
}

/** Starts the stream. The parts of the platform it leans on are the browser's own. */
export function createLive({ cache, onServerTime, onNewBuild, onSignedOut }: LiveParts): Live {
  const listeners = new Set<() => void>()
  let state: LiveState = {
    state: 'connecting',
    since: Date.now(),
    lastHeardAt: null,
    stopping: false,
  }
  let version: string | null = null
  let build: string | null = null
  let watching: string | null = null
  let stream: EventSource | null = null
  let arrivals: Arrival[] = []
  let landing: ReturnType<typeof setTimeout> | undefined
  let retryTimer: ReturnType<typeof setTimeout> | undefined
  let watchdog: ReturnType<typeof setTimeout> | undefined
  let hiddenTimer: ReturnType<typeof setTimeout> | undefined
  let askTimer: ReturnType<typeof setTimeout> | undefined
  let attempts = 0
  let stopped = false

  const set = (change: Partial<LiveState>) => {
    const moved = change.state !== undefined && change.state !== state.state
    state = { ...state, ...change, since: moved ? Date.now() : state.since }
    for (const each of listeners) each()
  }

  const heard = (at: number | null) => {
    attempts = 0
    clearTimeout(askTimer)
    clearTimeout(watchdog)
    watchdog = setTimeout(() => lose(), silenceMs)
    if (at !== null) onServerTime(at)
    const heardAt = at ?? state.lastHeardAt
    // Whoever shows it draws anew: once a second is enough to see that it lives.
    const isNews = heardAt !== null && heardAt - (state.lastHeardAt ?? 0) >= 1000
    if (isNews || state.state !== 'live' || state.stopping)
      set({ state: 'live', lastHeardAt: heardAt, stopping: false })
  }

  const flush = () => {
    clearTimeout(landing)
    landing = undefined
    const batch = arrivals
    arrivals = []
    if (batch.length > 0) land(cache, batch)
  }

  const take = (message: MessageEvent<string>) => {
    const event = readEvent(message.data)
    // A word of a newer server: the build check reloads the page soon enough.
    if (!event) return
    const next = message.lastEventId
    heard(atOf(event))
    if (event.type === 'bye') set({ stopping: true })
    if (event.type === 'signed-out') onSignedOut()
    if (event.type === 'heartbeat' || event.type === 'signed-out' || event.type === 'bye') return
    // Two streams overlap while one replaces the other: what came already is not written twice.
    if (event.type !== 'snapshot' && version && !isAfter(next, version)) return
    version = next
    if (event.type === 'snapshot' || event.type === 'sessionChanged')
      checkBuild(event.session.build)
    arrivals.push({ version: next, event })
    // Messages that came together land together.
    landing ??= setTimeout(flush)
  }

  const checkBuild = (next: string) => {
    if (build !== null && next !== build) onNewBuild()
    build ??= next
  }

  /** Nobody in particular has nothing to hear; whether it is so is not known before the first answer. */
  const isSignedIn = () => cache.getQueryData(sessionQuery.queryKey)?.me !== null

  const open = () => {
    clearTimeout(retryTimer)
    if (stopped || !isSignedIn()) return
    const query = new URLSearchParams()
    if (version) query.set('after', version)
    if (watching) query.set('watching', watching)
    const next = new EventSource(`/api/events${query.size > 0 ? `?${query}` : ''}`)
    const previous = stream
    stream = next
    // Open is not heard: what stands between may let the beginning through and hold the rest back.
    next.addEventListener('open', () => previous?.close())
    next.addEventListener('message', (message: MessageEvent<string>) => {
      // The one that is being replaced too: it may be the one that is told goodbye.
      take(message)
    })
    next.addEventListener('error', () => {
      previous?.close()
      if (stream === next) lose()
    })
    // A stream that never opens is noticed as well.
    clearTimeout(watchdog)
    watchdog = setTimeout(() => lose(), silenceMs)
  }

  const lose = () => {
    stream?.close()
    stream = null
    clearTimeout(watchdog)
    if (stopped) return
    if (state.state !== 'asking') set({ state: 'lost' })
    clearTimeout(askTimer)
    void ask()
    // Random, so that all pages do not come back in the same instant; longer with every failure.
    const most = Math.min(10_000, 1000 * 2 ** attempts)
    attempts += 1
    clearTimeout(retryTimer)
    retryTimer = setTimeout(open, 1000 + Math.random() * (most - 1000))
  }

  /**
   * While nothing is heard the page asks. A refused stream gives no reason; the session does (role, sign-in,
   * another build). Where Tandem answers, the stream is what does not get through, and the list comes this way.
   */
  const ask = async () => {
    const anew = { staleTime: 0, retry: false }
    const session = await cache.fetchQuery({ ...sessionQuery, ...anew }).catch(() => null)
    if (session) checkBuild(session.build)
    if (session?.me === null) return onSignedOut()
    const list = session && (await cache.fetchQuery({ ...tunnelsQuery, ...anew }).catch(() => null))
    if (stopped || (state.state !== 'lost' && state.state !== 'asking')) return
    clearTimeout(askTimer)
    askTimer = setTimeout(ask, askEveryMs)
    if (!list) return set({ state: 'lost' })
    landAsked(cache, list)
    version = list.version
    onServerTime(list.at)
    set({ state: 'asking', lastHeardAt: list.at })
  }

  const start = async () => {
    const session = await cache.ensureQueryData(sessionQuery).catch(() => null)
    if (session?.me === null) return
    // The list knows the version from which the stream can go on; without it a snapshot comes.
    const list = await cache.ensureQueryData(tunnelsQuery).catch(() => null)
    version = list?.version ?? null
    if (list) onServerTime(list.at)
    build = session?.build ?? null
    if (!stopped && state.state === 'connecting') open()
  }

  const sleep = () => {
    stream?.close()
    stream = null
    clearTimeout(watchdog)
    clearTimeout(retryTimer)
    clearTimeout(askTimer)
    flush()
    set({ state: 'asleep' })
  }

  const onVisibility = () => {
    clearTimeout(hiddenTimer)
    if (document.visibilityState === 'hidden') hiddenTimer = setTimeout(sleep, hiddenAfterMs)
    else if (state.state !== 'live' && state.state !== 'connecting') retry()
  }

  const retry = () => {
    attempts = 0
    set({ state: state.state === 'asleep' ? 'connecting' : state.state })
    open()
  }

  document.addEventListener('visibilitychange', onVisibility)
  window.addEventListener('online', retry)
  void start()

  return {
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    watch: (tunnelId) => {
      if (tunnelId === watching) return
      watching = tunnelId
      // The new stream opens before the old one closes; one that is not up yet takes it along later.
      if (stream) open()
    },
    retry,
    stop: () => {
      stopped = true
      stream?.close()
      for (const timer of [watchdog, retryTimer, hiddenTimer, askTimer, landing])
        clearTimeout(timer)
      document.removeEventListener('visibilitychange', onVisibility)
      window.removeEventListener('online', retry)
    },
  }
}

/** The state of the stream, for whoever shows it. */
export function useLive(live: Live): LiveState {
  return useSyncExternalStore(live.subscribe, live.state)
}

/** Whether version `next` comes after `last`; a version of another epoch always does. */
export function isAfter(next: string, last: string): boolean {
  const [nextEpoch, nextNumber] = split(next)
  const [lastEpoch, lastNumber] = split(last)
  return nextEpoch !== lastEpoch || nextNumber > lastNumber
}

function split(version: string): [epoch: string, number: number] {
  const at = version.lastIndexOf('-')
  return [version.slice(0, at), Number(version.slice(at + 1))]
}

function readEvent(data: string): LiveEvent | null {
  try {
    return JSON.parse(data) as LiveEvent
  } catch {
    return null
  }
}

const atOf = (event: LiveEvent): number | null =>
  event.type === 'snapshot' || event.type === 'sessionChanged'
    ? event.session.serverAt
    : 'at' in event
      ? event.at
      : null
