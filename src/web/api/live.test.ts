import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { LiveEvent } from '#contract/events.ts'
import { problemPrefix } from '#contract/problem.ts'
import { heartbeatMs, longestStreamMs } from '#contract/stream.ts'
import type { TunnelList } from '#contract/tunnel.ts'
import { tunnelOf } from '#web/fleet/tunnel-of.ts'
import { serverNow, setServerTime } from '#web/ui/clock.ts'
import { askAsleepEveryMs, askEveryMs, createLive, isAfter, type Live, landingMs } from './live.ts'
import { sessionQuery, tunnelsQuery } from './queries.ts'
import { session } from './session-of-tests.ts'

test('versions of one server count up', () => {
  expect(isAfter('ab12-10', 'ab12-9')).toBe(true)
  expect(isAfter('ab12-9', 'ab12-9')).toBe(false)
  expect(isAfter('ab12-8', 'ab12-9')).toBe(false)
})

test('a server that started anew counts from the beginning and is believed', () => {
  expect(isAfter('cd34-1', 'ab12-900')).toBe(true)
})

/** The browser's end of a stream; what comes over it is up to the test. */
class Stream extends EventTarget {
  static CONNECTING = 0
  static all: Stream[] = []
  readyState = 0
  url: string
  constructor(url: string) {
    super()
    this.url = url
    Stream.all.push(this)
  }
  close() {
    this.readyState = 2
  }
  opens() {
    this.readyState = 1
    this.dispatchEvent(new Event('open'))
  }
  breaks() {
    this.dispatchEvent(new Event('error'))
  }
  says(event: unknown, lastEventId = 'e-1') {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(event), lastEventId }))
  }
}
const isClosed = ({ readyState }: Stream) => readyState === 2
const stillOpen = () => Stream.all.filter((each) => !isClosed(each))
const latest = () => {
  const stream = Stream.all.at(-1)
  if (!stream) throw new Error('No stream was opened.')
  return stream
}

const listOf = (name: string): TunnelList => ({
  version: 'e-1',
  at: 10,
  tunnels: [tunnelOf('t1', { name })],
})
const snapshotOf = (name: string, build: string): LiveEvent => ({
  type: 'snapshot',
  session: { ...session, build, serverAt: Date.now() },
  tunnels: listOf(name).tunnels,
  failovers: [],
})

let cache: QueryClient
let live: Live
let page: EventTarget & { visibilityState: 'visible' | 'hidden' }
/** What the proxy answers now, by path; anything else can't be reached. */
let answers: Record<string, unknown>
let asked: string[]
let isNeeded: boolean
let isUnhurried: boolean
let newBuilds: number
let signedOut: number
const name = () => cache.getQueryData(tunnelsQuery.queryKey)?.tunnels[0]?.name
const hide = (visibilityState: 'visible' | 'hidden') => {
  page.visibilityState = visibilityState
  page.dispatchEvent(new Event('visibilitychange'))
}

const begin = () =>
  createLive({
    cache,
    build: 'b1',
    from: 'e-0',
    isNeededHidden: () => isNeeded,
    isUnhurried: () => isUnhurried,
    onNewBuild: () => {
      newBuilds += 1
    },
    onSignedOut: () => {
      signedOut += 1
    },
  })

beforeEach(async () => {
  vi.useFakeTimers({ now: 1_000_000 })
  setServerTime(Date.now())
  Stream.all = []
  page = Object.assign(new EventTarget(), { visibilityState: 'visible' as const })
  vi.stubGlobal('EventSource', Stream)
  vi.stubGlobal('document', page)
  vi.stubGlobal('window', new EventTarget())
  asked = []
  answers = { '/api/session': session, '/api/tunnels': listOf('as asked') }
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path)
    if (!(path in answers)) throw new TypeError('unreachable')
    const answer = answers[path]
    if (typeof answer !== 'string') return Response.json(answer)
    return Response.json({ type: `${problemPrefix}${answer}` }, { status: 403 })
  })
  cache = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  cache.setQueryData(sessionQuery.queryKey, session)
  cache.setQueryData(tunnelsQuery.queryKey, listOf('as it began'))
  isNeeded = false
  isUnhurried = false
  newBuilds = 0
  signedOut = 0
  live = begin()
  await vi.advanceTimersByTimeAsync(0)
})
afterEach(() => {
  live.stop()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

/** The stream is open and beats, for so long. */
async function beatsFor(ms: number) {
  for (let left = ms; left > 0; left -= heartbeatMs) {
    for (const each of stillOpen()) each.says({ type: 'heartbeat', at: Date.now() })
    await vi.advanceTimersByTimeAsync(Math.min(left, heartbeatMs))
  }
}

describe('going from tunnel to tunnel', () => {
  test('the old stream is heard until the new one opens, and then it is closed', () => {
    const [first] = Stream.all
    first?.opens()
    live.watch('t1')
    expect(latest().url).toContain('watching=t1')
    expect(stillOpen()).toHaveLength(2)
    latest().opens()
    expect(stillOpen()).toEqual([latest()])
  })

  test('faster than streams open, leaves none behind', () => {
    latest().opens()
    for (const id of ['t1', 't2', 't3', 't4', 't5']) {
      live.watch(id)
      // The proxy allows four of one session.
      expect(stillOpen().length).toBeLessThanOrEqual(2)
    }
    latest().opens()
    expect(stillOpen()).toEqual([latest()])
    expect(latest().url).toContain('watching=t5')
  })

  test('an old one that breaks meanwhile does not come back by itself', () => {
    const [first] = Stream.all
    first?.opens()
    live.watch('t1')
    first?.breaks()
    expect(stillOpen()).toEqual([latest()])
    latest().breaks()
    expect(stillOpen()).toEqual([])
    expect(live.state().state).toBe('lost')
  })
})

test('a page that opens goes on from its document, however late its list was answered', () => {
  expect(cache.getQueryData(tunnelsQuery.queryKey)?.version).toBe('e-1')
  expect(latest().url).toContain('after=e-0')
})

describe('a page that stays open', () => {
  test('has its next stream before the server ends the one it has: nothing looks lost', async () => {
    const [first] = Stream.all
    first?.opens()
    await beatsFor(longestStreamMs - 60_000)
    expect(stillOpen()).toEqual([first, latest()])
    expect(latest()).not.toBe(first)
    latest().opens()
    first?.breaks()
    await beatsFor(60_000)
    expect(stillOpen()).toEqual([latest()])
    expect(live.state()).toMatchObject({ state: 'live', since: 1_000_000 })
    expect(asked).toEqual([])
  })

  test('has one stream alone while it stays, and none while it sleeps', async () => {
    latest().opens()
    for (let hours = 0; hours < 4; hours += 0.5) {
      await beatsFor(longestStreamMs - 60_000)
      latest().opens()
      expect(stillOpen()).toEqual([latest()])
    }
    hide('hidden')
    await beatsFor(61_000)
    await vi.advanceTimersByTimeAsync(2 * longestStreamMs)
    expect(stillOpen()).toEqual([])
    expect(live.state().state).toBe('asleep')
  })
})

describe('a page that nobody looks at', () => {
  test('lets the stream go after a minute, and asks for the list once a minute instead', async () => {
    latest().opens()
    await beatsFor(1000)
    hide('hidden')
    await beatsFor(61_000)
    expect(stillOpen()).toEqual([])
    expect(live.state().state).toBe('asleep')
    expect(name()).toBe('as it began')
    await vi.advanceTimersByTimeAsync(askAsleepEveryMs)
    expect(name()).toBe('as asked')
    asked = []
    delete answers['/api/tunnels']
    await vi.advanceTimersByTimeAsync(askAsleepEveryMs)
    answers['/api/tunnels'] = listOf('an hour later')
    await vi.advanceTimersByTimeAsync(59 * askAsleepEveryMs)
    expect(asked).toHaveLength(2 * 60)
    expect(name()).toBe('an hour later')
    expect(live.state().state).toBe('asleep')

    hide('visible')
    expect(stillOpen()).toHaveLength(1)
    // From where it was: what is not in the list has to be told.
    expect(latest().url).toContain('after=e-0')
    latest().opens()
    latest().says({ type: 'heartbeat', at: Date.now() })
    expect(live.state().state).toBe('live')
    asked = []
    await beatsFor(5 * askAsleepEveryMs)
    expect(asked).toEqual([])
  })

  test('asks who is there by now when somebody looks at it again', async () => {
    latest().opens()
    await beatsFor(1000)
    hide('hidden')
    await beatsFor(61_000)
    answers['/api/session'] = { ...session, me: { ...session.me, role: 'viewer' } }
    hide('visible')
    await vi.advanceTimersByTimeAsync(0)
    expect(signedOut).toBe(1)
  })

  test('goes on hearing while somebody is to be notified', async () => {
    isNeeded = true
    latest().opens()
    hide('hidden')
    await beatsFor(10 * 60_000)
    expect(live.state().state).toBe('live')
    expect(stillOpen()).toHaveLength(1)
    expect(asked).toEqual([])
  })
})

describe('the word of the server', () => {
  test('is passed over where this page does not know it', async () => {
    latest().opens()
    for (const odd of [{ type: 'fanfare', at: 1 }, { type: 'fanfare' }, null, 5, 'bye', []])
      latest().says(odd, 'e-1')
    latest().says(snapshotOf('as told', 'b1'), 'e-2')
    await vi.advanceTimersByTimeAsync(landingMs)
    expect(name()).toBe('as told')
  })

  test('that somebody is out is believed when the session says so too', async () => {
    latest().opens()
    latest().says({ type: 'signed-out', at: Date.now() })
    await vi.advanceTimersByTimeAsync(0)
    expect(signedOut).toBe(0)
    expect(live.state().state).toBe('asking')
    answers['/api/session'] = { ...session, me: null }
    await vi.advanceTimersByTimeAsync(1000)
    latest().opens()
    latest().says({ type: 'signed-out', at: Date.now() })
    await vi.advanceTimersByTimeAsync(0)
    expect(signedOut).toBe(1)
  })

  const me = session.me
  if (!me) throw new Error('somebody is there')
  test.each([
    ['another one is there', { ...session, me: { ...me, id: 'screen:1' } }, 1],
    ['they may do less now', { ...session, me: { ...me, role: 'viewer' } }, 1],
    ['they signed in once more', { ...session, me: { ...me, signedInAt: 5 } }, 0],
    ['whoever vouches for them is told that they are not let in', 'sign-in-refused', 1],
    ['Tandem can’t tell', 'not-recorded', 0],
  ])('that somebody is out: %s', async (_, answer, times) => {
    answers['/api/session'] = answer
    latest().opens()
    latest().says({ type: 'signed-out', at: Date.now() })
    await vi.advanceTimersByTimeAsync(0)
    expect(signedOut).toBe(times)
  })

  test.each([
    ['the same proxy', 'e-2', { ...me, role: 'viewer' }, 1],
    ['one that started anew', 'f-1', { ...me, role: 'viewer' }, 1],
    ['one that started anew, with all as it was', 'f-1', me, 0],
  ])(
    'that is heard again after a loss makes the page ask who is there by now: %s',
    async (_, version, now, times) => {
      latest().opens()
      latest().says({ type: 'heartbeat', at: Date.now() })
      answers = {}
      latest().breaks()
      await vi.advanceTimersByTimeAsync(1000)
      expect(live.state().state).toBe('lost')
      answers = { '/api/session': { ...session, me: now }, '/api/tunnels': listOf('as asked') }
      latest().opens()
      latest().says(snapshotOf('as told', 'b1'), version)
      await vi.advanceTimersByTimeAsync(landingMs)
      expect(signedOut).toBe(times)
      expect(live.state().state).toBe('live')
    },
  )

  test('is written together with what follows right after it', async () => {
    latest().opens()
    latest().says(snapshotOf('changed', 'b1'), 'e-2')
    await vi.advanceTimersByTimeAsync(landingMs - 1)
    latest().says(snapshotOf('and on record', 'b1'), 'e-3')
    expect(name()).toBe('as it began')
    await vi.advanceTimersByTimeAsync(1)
    expect(name()).toBe('and on record')
  })

  test('waits for the second of the clock where nobody is in a hurry', async () => {
    isUnhurried = true
    latest().opens()
    latest().says(snapshotOf('changed', 'b1'), 'e-2')
    await vi.advanceTimersByTimeAsync(999)
    latest().says(snapshotOf('and on record', 'b1'), 'e-3')
    expect(name()).toBe('as it began')
    await vi.advanceTimersByTimeAsync(1)
    expect(name()).toBe('and on record')
    latest().says(snapshotOf('never written', 'b1'), 'e-4')
    live.stop()
    await vi.advanceTimersByTimeAsync(5000)
    expect(name()).toBe('and on record')
  })

  test('that waits to be written is not written over what was asked for after it', async () => {
    isUnhurried = true
    latest().opens()
    latest().says(snapshotOf('before the loss', 'b1'), 'e-2')
    latest().breaks()
    expect(name()).toBe('before the loss')
    await vi.advanceTimersByTimeAsync(999)
    expect(name()).toBe('as asked')
    await vi.advanceTimersByTimeAsync(1)
    expect(name()).toBe('as asked')
  })

  test('that falls between two questions is told by the stream that comes back', async () => {
    const answerWith = (version: string) => {
      answers['/api/tunnels'] = { ...listOf('as asked'), version }
    }
    latest().opens()
    answerWith('e-5')
    latest().breaks()
    await vi.advanceTimersByTimeAsync(0)
    expect(live.state().state).toBe('asking')
    // The session was asked before the list: what it said until then has to be told.
    live.retry()
    expect(latest().url).toContain('after=e-0')
    answerWith('e-9')
    await vi.advanceTimersByTimeAsync(askEveryMs)
    live.retry()
    expect(latest().url).toContain('after=e-5')
  })

  test('moves the clock where it says what time it is, and not where it tells of the past', async () => {
    latest().opens()
    const atFirst = serverNow()
    latest().says(
      { type: 'polled', at: 5, checked: {}, tunnels: [], connectors: [], connectorsMoved: [] },
      'e-1',
    )
    latest().says({ type: 'sessionChanged', session: { ...session, serverAt: 6 } }, 'e-2')
    latest().says({ type: 'bye', at: 7 }, 'e-2')
    expect(serverNow()).toBe(atFirst)
    latest().says({ type: 'heartbeat', at: 1_000_007 }, 'e-2')
    expect(serverNow()).toBe(1_000_007)
    // The session that is asked for says what time it is. A list is as old as the last change in it.
    latest().breaks()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(live.state().state).toBe('asking')
    expect(serverNow()).toBe(session.serverAt + 9000)
  })

  test('P16 that comes too late sets no clock back: the page says that its connection is slow, and asks', async () => {
    const now = () => Date.now() + 1000
    answers['/api/session'] = { ...session, serverAt: now() }
    latest().opens()
    latest().says({ type: 'heartbeat', at: now() })
    latest().says({ type: 'heartbeat', at: now() - 9000 })
    expect(live.state()).toMatchObject({ state: 'live', slow: false })
    latest().says({ type: 'heartbeat', at: now() })
    asked = []
    latest().says({ type: 'heartbeat', at: now() - 20_000 })
    expect(serverNow()).toBe(now())
    await vi.advanceTimersByTimeAsync(0)
    expect(live.state()).toMatchObject({ state: 'asking', slow: true })
    expect(name()).toBe('as asked')
    expect(stillOpen()).toEqual([])
    expect(asked).toEqual(['/api/session', '/api/session', '/api/tunnels'])
    await vi.advanceTimersByTimeAsync(2000)
    latest().opens()
    latest().says({ type: 'heartbeat', at: now() })
    expect(live.state()).toMatchObject({ state: 'live', slow: false })
  })

  test('that seems late because the server’s clock was set back is on time, and the clock follows', async () => {
    latest().opens()
    latest().says({ type: 'heartbeat', at: Date.now() })
    const back = Date.now() - 3_600_000
    answers['/api/session'] = { ...session, serverAt: back }
    latest().says({ type: 'heartbeat', at: back })
    await vi.advanceTimersByTimeAsync(0)
    expect(serverNow()).toBe(back)
    expect(live.state()).toMatchObject({ state: 'live', slow: false })
    expect(stillOpen()).toHaveLength(1)
  })

  test('that does not come is missed since a moment that nobody sets', async () => {
    latest().opens()
    latest().says({ type: 'heartbeat', at: Date.now() })
    answers = {}
    vi.setSystemTime(Date.now() - 3_600_000)
    latest().breaks()
    expect(live.state()).toMatchObject({ state: 'lost', since: serverNow() })
  })

  test('is not shown when it is of another build: the page is to be loaded anew', async () => {
    latest().opens()
    latest().says(snapshotOf('of a newer shape', 'b2'), 'f-1')
    await vi.advanceTimersByTimeAsync(120_000)
    expect(name()).toBe('as it began')
    expect(newBuilds).toBe(1)
    // Nothing is tried again: what is there waits for the page to be loaded anew.
    expect(live.state()).toMatchObject({ state: 'lost', outdated: true })
    expect(stillOpen()).toEqual([])
  })

  test('is of another build when it answers the very first question of a page that was on its way', async () => {
    live.stop()
    cache.clear()
    answers['/api/session'] = { ...session, build: 'b2' }
    live = begin()
    await vi.advanceTimersByTimeAsync(120_000)
    expect(newBuilds).toBe(1)
    expect(stillOpen()).toEqual([])
  })

  test('is asked for while the stream does not get through, and tells of another build too', async () => {
    answers['/api/session'] = { ...session, build: 'b2' }
    latest().breaks()
    await vi.advanceTimersByTimeAsync(120_000)
    expect(newBuilds).toBe(1)
    expect(name()).toBe('as it began')
  })
})
