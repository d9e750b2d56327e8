import type { QueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import type { LiveEvent, ToldEvent } from '#contract/events.ts'
import type { Me } from '#contract/session.ts'
import { fromTold, longestStreamMs, silenceMs } from '#contract/stream.ts'
import { inNextSecond, serverNow, setServerTime } from '#web/ui/clock.ts'
import { kindOf, toProblem } from './client.ts'
import { type Arrival, land, landAsked } from './land.ts'
import { sessionQuery, tunnelsQuery } from './queries.ts'

/**
 * The one stream of changes from the proxy. It goes on from the version of the document, comes
 * back by itself after a loss, and says honestly when it is not there.
 */

export type LiveState = {
  /**
   * `asking`: the stream does not get through, and what it would have told is asked for instead. `asleep`: let
   * go because nobody looks at the page; now and then the list is asked for, of which the browser's tab tells.
   */
  state: 'connecting' | 'live' | 'asking' | 'lost' | 'asleep'
  /** Since when, in the server's clock, which nobody sets. */
  since: number
  /** The server said good-bye before it went: a restart, not a fault. */
  stopping: boolean
  /** It was given up because its words came too late: the connection is slow. */
  slow: boolean
  /** The server is of another build: nothing comes any more before the page is loaded anew. */
  outdated: boolean
}

export type Live = {
  state: () => LiveState
  /**
   * When the server last said anything, in its clock; null: never. Nobody is told when it moves: whoever shows it
   * looks once a second, with the clock, so that a page at rest is drawn once a second and not at every word.
   */
  lastHeardAt: () => number | null
  subscribe: (listener: () => void) => () => void
  /** Which tunnel somebody looks at: it is asked for more often. Null: none. */
  watch: (tunnelId: string | null) => void
  /** Tries at once instead of waiting. */
  retry: () => void
  stop: () => void
}

const hiddenAfterMs = 60_000
/** A word that was on its way for longer tells what was, not what is. */
const lateMs = 10_000
/** How often the page asks while the stream does not get through. */
export const askEveryMs = 10_000
/** How often it asks while it is asleep: a browser wakes a hidden page once a minute. */
export const askAsleepEveryMs = 60_000
/**
 * When the next stream is opened: before the server ends this one, which would look like a loss, by as much as a
 * browser may let a hidden page sleep.
 */
const renewMs = longestStreamMs - 2 * askAsleepEveryMs

/** Two frames: what a change is and what is recorded of it come one after the other, and are to be drawn at once. */
export const landingMs = 32

export type LiveParts = {
  cache: QueryClient
  /** Which build this page is of; null: of the first one that it hears of. */
  build: string | null
  /** From which version on the page has to be told what happens; null: from what a snapshot says. */
  from: string | null
  /** Whether the page must hear of everything at once though nobody looks at it. */
  isNeededHidden: () => boolean
  /** Whether what happens may wait for the clock's next second, to be drawn in the frame that moves the clock. */
  isUnhurried: () => boolean
  /** Called once, when the server is of another build than this page: nothing of it is shown here. */
  onNewBuild: () => void
  /** Called when whoever looks is not signed in any more. */
  onSignedOut: () => void
}

const toWho = ({ id, role }: Me) => `${id} ${role}`

/** Starts the stream. The parts of the platform it leans on are the browser's own. */
export function createLive({
  cache,
  build,
  from,
  isNeededHidden,
  isUnhurried,
  onNewBuild,
  onSignedOut,
}: LiveParts): Live {
  const listeners = new Set<() => void>()
  /** By which the server knows which stream this one replaces, though the network took that one with it. */
  const page = String(Math.random())
  let state: LiveState = {
    state: 'connecting',
    since: serverNow(),
    stopping: false,
    slow: false,
    outdated: false,
  }
  let lastHeardAt: number | null = null
  let version: string | null = null
  let watching: string | null = null
  let stream: EventSource | null = null
  /** The one above, and the one that it is to replace. */
  const streams = new Set<EventSource>()
  let arrivals: Arrival[] = []
  let openTimer: ReturnType<typeof setTimeout> | undefined
  let watchdog: ReturnType<typeof setTimeout> | undefined
  let hiddenTimer: ReturnType<typeof setTimeout> | undefined
  let askTimer: ReturnType<typeof setTimeout> | undefined
  let attempts = 0
  let stopped = false

  const set = (change: Partial<LiveState>) => {
    const moved = change.state !== undefined && change.state !== state.state
    state = { ...state, ...change, since: moved ? serverNow() : state.since }
    for (const each of listeners) each()
  }

  const heard = (serverAt: number | null) => {
    attempts = 0
    clearTimeout(askTimer)
    clearTimeout(watchdog)
    watchdog = setTimeout(lose, silenceMs)
    if (serverAt !== null) {
      if (serverNow() - serverAt > lateMs) return void weigh(serverAt, Date.now())
      setServerTime(serverAt)
    }
    lastHeardAt = serverNow()
    // What whoever is there may do could have become another, and nobody could be asked.
    if (state.state === 'lost') void askWho()
    if (state.state !== 'live' || state.stopping)
      set({ state: 'live', stopping: false, slow: false })
  }

  /**
   * A word that seems late must not set the clock back, or what is old would look new. Whether it is late or a clock
   * was set, an answer tells: it says the time too, and was asked for only now.
   */
  const weigh = async (saidAt: number, heardAt: number) => {
    await askWho()
    if (serverNow() - saidAt - (Date.now() - heardAt) < lateMs) return
    set({ slow: true })
    lose()
  }

  const flush = () => {
    const batch = arrivals
    arrivals = []
    land(cache, batch)
  }

  const take = (message: MessageEvent<string>) => {
    const event = readEvent(message.data)
    // Unreadable; what can be read and is not known, `land` passes over.
    if (!event) return
    if (event.type === 'snapshot' || event.type === 'sessionChanged')
      checkBuild(event.session.build)
    if (stopped) return
    const next = message.lastEventId
    heard(serverTimeIn(event))
    if (event.type === 'bye') set({ stopping: true })
    // Whether they are out only the session tells: the same person may have signed in once more.
    if (event.type === 'signed-out') lose()
    if (event.type === 'heartbeat' || event.type === 'signed-out' || event.type === 'bye') return
    // Two streams overlap while one replaces the other: what came already is not written twice.
    if (event.type !== 'snapshot' && version && !isAfter(next, version)) return
    version = next
    // Messages that came together land together.
    if (arrivals.push({ version: next, event }) > 1) return
    if (isUnhurried()) inNextSecond(flush)
    else setTimeout(flush, landingMs)
  }

  /** What another build says may be of another shape: what is there grows old until the page is reloaded. */
  const checkBuild = (next: string) => {
    build ??= next
    if (stopped || next === build) return
    stop()
    set({ state: 'lost', outdated: true })
    onNewBuild()
  }

  const close = (which: EventSource) => {
    which.close()
    streams.delete(which)
  }
  /** And waits neither for a word nor for the next one. */
  const closeAll = () => {
    for (const each of streams) close(each)
    stream = null
    clearTimeout(watchdog)
    clearTimeout(openTimer)
  }

  /** Nobody in particular has nothing to hear; whether it is so is not known before the first answer. */
  const isSignedIn = () => cache.getQueryData(sessionQuery.queryKey)?.me !== null

  const open = () => {
    clearTimeout(openTimer)
    if (stopped || !isSignedIn()) return
    const query = new URLSearchParams({ page })
    if (version) query.set('after', version)
    if (watching) query.set('watching', watching)
    // One that is still on its way is not wanted any more.
    if (stream?.readyState === EventSource.CONNECTING) close(stream)
    const next = new EventSource(`/api/events?${query}`)
    stream = next
    streams.add(next)
    // Open is not heard: what stands between may let the beginning through and hold the rest back.
    next.addEventListener('open', () => {
      for (const each of streams) if (each !== next) close(each)
    })
    // The one that is being replaced too: it may be the one that is told goodbye.
    next.addEventListener('message', take)
    next.addEventListener('error', () => {
      if (stream === next) lose()
      else close(next)
    })
    // A stream that never opens is noticed as well.
    clearTimeout(watchdog)
    watchdog = setTimeout(lose, silenceMs)
    openTimer = setTimeout(open, renewMs)
  }

  const lose = () => {
    closeAll()
    if (stopped) return
    // What was heard comes before what is asked for now: later it would be written over what is newer.
    flush()
    if (state.state !== 'asking') set({ state: 'lost' })
    clearTimeout(askTimer)
    void ask()
    // Random, so that all pages do not come back in the same instant; longer with every failure.
    const most = Math.min(10_000, 1000 * 2 ** attempts)
    attempts += 1
    openTimer = setTimeout(open, 1000 + Math.random() * (most - 1000))
  }

  const anew = { staleTime: 0, retry: false }

  /**
   * Nothing that was shown to who was there before may stay for another one, or for nobody.
   *
   * @returns null: no answer; undefined: nothing is to be done any more.
   */
  const askWho = async () => {
    const before = cache.getQueryData(sessionQuery.queryKey)?.me
    const answer = await cache
      .fetchQuery({ ...sessionQuery, ...anew })
      .catch((error) => (kindOf(toProblem(error)) === 'sign-in-refused' ? 'refused' : null))
    const session = answer === 'refused' ? null : answer
    if (session) checkBuild(session.build)
    if (stopped) return
    const isOut = session
      ? session.me === null || (before && toWho(session.me) !== toWho(before))
      : answer === 'refused' && before
    if (isOut) return onSignedOut()
    return session
  }

  /**
   * While nothing is heard the page asks. A refused stream gives no reason; the session does (role, sign-in,
   * another build). Where Tandem answers, the stream is what does not get through, and the list comes this way.
   */
  const ask = async () => {
    const told = cache.getQueryData(tunnelsQuery.queryKey)?.version ?? null
    const session = await askWho()
    if (session === undefined) return
    const list = session && (await cache.fetchQuery({ ...tunnelsQuery, ...anew }).catch(() => null))
    const isAsleep = state.state === 'asleep'
    if (stopped || !(isAsleep || state.state === 'lost' || state.state === 'asking')) return
    clearTimeout(askTimer)
    askTimer = setTimeout(ask, isAsleep ? askAsleepEveryMs : askEveryMs)
    // The version stays as it is: what else happened is told when somebody looks again.
    if (isAsleep) return
    if (!list) return set({ state: 'lost' })
    landAsked(cache, list)
    // The session may have changed before this list was asked for, and not since the one of the time before.
    if (state.state === 'asking') version = told
    lastHeardAt = serverNow()
    set({ state: 'asking' })
  }

  const start = async () => {
    const session = await cache.ensureQueryData(sessionQuery).catch(() => null)
    if (session?.me === null) return
    // Without a list a snapshot brings it. The list's own version may be later than that of an answer beside it.
    const list = await cache.ensureQueryData(tunnelsQuery).catch(() => null)
    version = list && from
    if (session) checkBuild(session.build)
    if (!stopped && state.state === 'connecting') open()
  }

  const sleep = () => {
    if (stopped || isNeededHidden()) return
    closeAll()
    clearTimeout(askTimer)
    flush()
    set({ state: 'asleep' })
    askTimer = setTimeout(ask, askAsleepEveryMs)
  }

  const onVisibility = () => {
    clearTimeout(hiddenTimer)
    if (document.visibilityState === 'hidden') hiddenTimer = setTimeout(sleep, hiddenAfterMs)
    else if (state.state !== 'live' && state.state !== 'connecting') retry()
  }

  const retry = () => {
    attempts = 0
    if (state.state === 'asleep') {
      // A browser may have put its timers to sleep as well.
      void askWho()
      set({ state: 'connecting' })
    }
    open()
  }

  const onOnline = () => {
    if (state.state !== 'asleep') retry()
  }

  const stop = () => {
    stopped = true
    closeAll()
    arrivals = []
    for (const timer of [hiddenTimer, askTimer]) clearTimeout(timer)
    document.removeEventListener('visibilitychange', onVisibility)
    window.removeEventListener('online', onOnline)
  }

  document.addEventListener('visibilitychange', onVisibility)
  window.addEventListener('online', onOnline)
  // A page may be opened behind another one.
  onVisibility()
  void start()

  return {
    state: () => state,
    lastHeardAt: () => lastHeardAt,
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
    stop,
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
    const event: unknown = JSON.parse(data)
    return typeof event === 'object' && event !== null ? fromTold(event as ToldEvent) : null
  } catch {
    return null
  }
}

/** What time it is at the server, where an event says so: all others may tell of hours ago to a page that was away. */
const serverTimeIn = (event: LiveEvent): number | null =>
  event.type === 'heartbeat' ? event.at : event.type === 'snapshot' ? event.session.serverAt : null
