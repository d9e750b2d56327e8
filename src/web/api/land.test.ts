import { notifyManager, QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { LiveEvent } from '#contract/events.ts'
import type { Failover } from '#contract/failover.ts'
import type { ConnectorList, Tunnel, TunnelDetail, TunnelList } from '#contract/tunnel.ts'
import { tunnelOf } from '#web/fleet/tunnel-of.ts'
import { checkedAtOf, forgetAges, statusAtOf } from './ages.ts'
import { land, landAnswer, landAsked } from './land.ts'
import {
  connectorsQuery,
  failoverQuery,
  sessionQuery,
  tunnelQuery,
  tunnelsQuery,
} from './queries.ts'
import { session } from './session-of-tests.ts'

const tunnel = (id: string, change: Partial<Tunnel> = {}): Tunnel =>
  tunnelOf(id, { id, checkedAt: 1000, ...change })
const detail = (id: string): TunnelDetail => ({
  ...tunnel(id),
  tunType: 'warp_connector',
  connsActiveAt: 1,
  connsInactiveAt: null,
  metadata: { site: 'dublin' },
})
const connectors = (tunnelId: string, checkedAt: number): ConnectorList => ({
  tunnelId,
  checkedAt,
  connectors: [],
  outlook: { verdict: 'good', sentence: '', notes: [] },
})
const failover = (change: Partial<Failover> = {}): Failover => ({
  id: 'f1',
  tunnelId: 't1',
  accountId: 'a',
  tunnelName: 't1',
  by: 'ops',
  state: 'accepted',
  from: null,
  activeBefore: [],
  to: { connectorId: 'c2', colos: [], version: null },
  requestedAt: 1,
  sentAt: 2,
  acceptedAt: 3,
  demotedAt: null,
  promotedAt: null,
  endedAt: null,
  activeNow: [],
  detail: null,
  cloudflare: [],
  afterwards: [],
  vacantAt: null,
  vacantMs: null,
  drill: false,
  reason: null,
  accepted: [],
  ...change,
})
const { poller } = session

let cache: QueryClient
let number = 0
const happens = (...events: LiveEvent[]) =>
  land(
    cache,
    events.map((event) => ({ version: `e-${(number += 1)}`, event })),
  )
const list = () => cache.getQueryData(tunnelsQuery.queryKey) as TunnelList
const polled = (change: Partial<Extract<LiveEvent, { type: 'polled' }>>): LiveEvent => ({
  type: 'polled',
  at: 2000,
  checked: {},
  tunnels: [],
  connectors: [],
  connectorsMoved: [],
  ...change,
})

beforeEach(() => {
  forgetAges()
  cache = new QueryClient()
  cache.setQueryData(sessionQuery.queryKey, session)
  cache.setQueryData(tunnelsQuery.queryKey, {
    version: 'e-0',
    at: 1000,
    tunnels: [tunnel('t1'), tunnel('t2'), tunnel('t3')],
  })
})

describe('a look that found nothing new', () => {
  test('moves the ages and not one row', () => {
    const before = list()
    happens(polled({ checked: { t1: 2000, t2: 2000 } }))
    expect(list()).toBe(before)
    expect(checkedAtOf(tunnel('t1'))).toBe(2000)
    expect(checkedAtOf(tunnel('t3'))).toBe(1000)
  })

  test('that comes late makes nothing younger or older', () => {
    happens(polled({ checked: { t1: 2000 } }))
    happens(polled({ checked: { t1: 1500 } }))
    expect(checkedAtOf(tunnel('t1'))).toBe(2000)
  })

  test('of the list alone dates a tunnel whose connectors were never read', () => {
    happens({ type: 'pollerChanged', poller: { ...poller, listedAt: 7000 } })
    expect(statusAtOf(tunnel('t9', { checkedAt: null }))).toBe(7000)
  })
})

describe('tunnels that changed', () => {
  test('replace their rows; all others stay the same objects', () => {
    const [first, second] = list().tunnels
    happens(polled({ tunnels: [tunnel('t2', { status: 'down' })] }))
    expect(list().tunnels[0]).toBe(first)
    expect(list().tunnels[1]).not.toBe(second)
    expect(list().tunnels.map(({ status }) => status)).toEqual(['healthy', 'down', 'healthy'])
  })

  test('join when they are new and go when they are deleted', () => {
    happens(polled({ tunnels: [tunnel('t4'), tunnel('t1', { deletedAt: 2000 })] }))
    expect(list().tunnels.map(({ id }) => id)).toEqual(['t2', 't3', 't4'])
  })

  test('keep on their own page what only that page shows, deleted ones too', () => {
    cache.setQueryData(tunnelQuery('t1').queryKey, detail('t1'))
    happens(polled({ tunnels: [tunnel('t1', { name: 'renamed', deletedAt: 2000 })] }))
    expect(cache.getQueryData(tunnelQuery('t1').queryKey)).toMatchObject({
      name: 'renamed',
      deletedAt: 2000,
      metadata: { site: 'dublin' },
    })
  })

  test('are asked once for what only their own page shows: now where it is open, else when it is', async () => {
    const asked: string[] = []
    const open = (id: string) =>
      new QueryObserver(cache, {
        ...tunnelQuery(id),
        queryFn: () => {
          asked.push(id)
          return { ...detail(id), connsActiveAt: 2000 }
        },
      }).subscribe(() => undefined)
    for (const id of ['t1', 't2', 't3']) cache.setQueryData(tunnelQuery(id).queryKey, detail(id))
    const close = ['t1', 't3'].map(open)
    happens(polled({ tunnels: ['t1', 't2'].map((id) => tunnel(id, { status: 'down' })) }))
    await vi.waitFor(() =>
      expect(cache.getQueryData(tunnelQuery('t1').queryKey)?.connsActiveAt).toBe(2000),
    )
    expect(asked).toEqual(['t1'])
    close.push(open('t2'))
    expect(asked).toEqual(['t1', 't2'])
    for (const each of close) each()
  })

  test('do not fill the cache with pages that nobody opened', () => {
    happens(polled({ tunnels: [tunnel('t1')], connectors: [connectors('t1', 2000)] }))
    expect(cache.getQueryData(tunnelQuery('t1').queryKey)).toBeUndefined()
    expect(cache.getQueryData(connectorsQuery('t1').queryKey)).toBeUndefined()
  })
})

test('connectors of an open page are replaced', () => {
  cache.setQueryData(connectorsQuery('t1').queryKey, connectors('t1', 1000))
  happens(polled({ connectors: [connectors('t1', 2000)] }))
  expect(cache.getQueryData(connectorsQuery('t1').queryKey)?.checkedAt).toBe(2000)
})

test('connectors that only moved are asked for where they are shown, and forgotten where they were', () => {
  const asked: string[] = []
  cache.setQueryData(connectorsQuery('t1').queryKey, connectors('t1', 1000))
  cache.setQueryData(connectorsQuery('t2').queryKey, connectors('t2', 1000))
  const stop = new QueryObserver(cache, {
    ...connectorsQuery('t1'),
    queryFn: () => {
      asked.push('t1')
      return connectors('t1', 2000)
    },
  }).subscribe(() => undefined)
  happens(polled({ connectorsMoved: ['t1', 't2', 't3'] }))
  stop()
  expect(asked).toEqual(['t1'])
  expect(cache.getQueryData(connectorsQuery('t2').queryKey)).toBeUndefined()
})

describe('an answer that left before the stream told something newer', () => {
  /** Calls of the proxy that nobody has answered yet, in the order in which they left. */
  let calls: { path: string; answer: (json: unknown) => void }[]
  beforeEach(() => {
    calls = []
    vi.stubGlobal(
      'fetch',
      (path: string) =>
        new Promise<Response>((resolve) => {
          calls.push({ path, answer: (json) => resolve(Response.json(json)) })
        }),
    )
  })
  afterEach(() => vi.unstubAllGlobals())
  /** The later call is answered first: the earlier one comes too late to be believed. */
  const answerAll = (...answers: unknown[]) => {
    expect(calls).toHaveLength(answers.length)
    for (const [at, call] of [...calls.entries()].toReversed()) call.answer(answers[at])
  }

  test.each([
    ['whole', polled({ connectors: [connectors('t1', 2000)] })],
    ['as moved', polled({ connectorsMoved: ['t1'] })],
    [
      'by a snapshot',
      { type: 'snapshot', session, tunnels: [tunnel('t1')], failovers: [] } satisfies LiveEvent,
    ],
  ])('is asked for anew: connectors that were told %s', async (_, event) => {
    const loader = cache.ensureQueryData(connectorsQuery('t1'))
    happens(event)
    answerAll(connectors('t1', 1000), connectors('t1', 2000))
    expect((await loader).checkedAt).toBe(2000)
    expect(cache.getQueryData(connectorsQuery('t1').queryKey)?.checkedAt).toBe(2000)
  })

  test('and does not write over connectors that are shown', async () => {
    cache.setQueryData(connectorsQuery('t1').queryKey, connectors('t1', 500))
    const asked = cache.fetchQuery({ ...connectorsQuery('t1'), staleTime: 0 })
    happens(polled({ connectors: [connectors('t1', 2000)] }))
    expect(cache.getQueryData(connectorsQuery('t1').queryKey)?.checkedAt).toBe(2000)
    answerAll(connectors('t1', 1000), connectors('t1', 2000))
    expect((await asked).checkedAt).toBe(2000)
  })

  test('is asked for anew: a tunnel, and only the one that changed', async () => {
    const [first, other] = [tunnelQuery('t1'), tunnelQuery('t2')].map((query) =>
      cache.ensureQueryData(query),
    )
    happens(polled({ tunnels: [tunnel('t1', { deletedAt: 2000 })] }))
    answerAll(detail('t1'), detail('t2'), { ...detail('t1'), deletedAt: 2000 })
    expect((await first)?.deletedAt).toBe(2000)
    expect((await other)?.deletedAt).toBeNull()
  })

  test('is asked for anew: the list, while the stream comes back', async () => {
    const asked = cache.fetchQuery({ ...tunnelsQuery, staleTime: 0 })
    happens(polled({ tunnels: [tunnel('t1', { status: 'down' })] }))
    answerAll(
      { version: 'e-0', at: 1000, tunnels: [tunnel('t1')] },
      { version: 'e-1', at: 2000, tunnels: [tunnel('t1', { status: 'down' })] },
    )
    expect((await asked).tunnels[0]?.status).toBe('down')
    expect(list().tunnels[0]?.status).toBe('down')
  })

  test('is asked for anew: a failover that went on', async () => {
    const asked = cache.ensureQueryData(failoverQuery('f1'))
    happens({ type: 'failoverChanged', failover: failover({ state: 'confirmed', endedAt: 9 }) })
    answerAll(failover(), failover({ state: 'confirmed', endedAt: 9 }))
    expect((await asked).state).toBe('confirmed')
    expect(cache.getQueryData(failoverQuery('f1').queryKey)?.state).toBe('confirmed')
  })

  test('is believed where the stream told of something else', async () => {
    const asked = cache.ensureQueryData(connectorsQuery('t1'))
    happens(polled({ checked: { t1: 2000 }, connectorsMoved: ['t2'], tunnels: [tunnel('t2')] }))
    answerAll(connectors('t1', 1000))
    expect((await asked).checkedAt).toBe(1000)
  })
})

describe('the answer to a change', () => {
  test('is shown at once, with what only the tunnel’s page shows', () => {
    landAnswer(cache, list(), { ...detail('t1'), name: 'renamed' })
    expect(list().tunnels[0]?.name).toBe('renamed')
    expect(list().tunnels[0]).not.toHaveProperty('metadata')
    expect(cache.getQueryData(tunnelQuery('t1').queryKey)?.metadata).toEqual({ site: 'dublin' })
  })

  test('is shown too where others moved meanwhile, or nothing of it', () => {
    const before = list()
    happens(polled({ checked: { t1: 2000 }, tunnels: [tunnel('t2', { status: 'down' })] }))
    happens({ type: 'snapshot', session, tunnels: [tunnel('t1')], failovers: [] })
    landAnswer(cache, before, { ...detail('t1'), name: 'renamed' })
    expect(list().tunnels[0]?.name).toBe('renamed')
  })

  test('is not written over what the stream has told since, though no later look is dated by it', () => {
    const before = list()
    const seen = { name: 'renamed', status: 'down' } as const
    cache.setQueryData(tunnelQuery('t1').queryKey, detail('t1'))
    happens(polled({ tunnels: [tunnel('t1', seen)] }))
    landAnswer(cache, before, { ...detail('t1'), name: 'renamed' })
    expect(list().tunnels[0]).toMatchObject(seen)
    expect(cache.getQueryData(tunnelQuery('t1').queryKey)).toMatchObject(seen)
  })

  test('brings back no tunnel whose deletion the stream has told', () => {
    const before = list()
    happens(polled({ tunnels: [tunnel('t1', { deletedAt: 2000 })] }))
    landAnswer(cache, before, { ...detail('t1'), name: 'renamed' })
    expect(list().tunnels.map(({ id }) => id)).toEqual(['t2', 't3'])
  })
})

test('whoever watches sees a batch only when all of it is written', async () => {
  const seen: string[] = []
  const watcher = new QueryObserver(cache, { ...tunnelsQuery, enabled: false })
  // As React's own hook subscribes: batched.
  const stop = watcher.subscribe(
    notifyManager.batchCalls(() => {
      seen.push(list().tunnels[0]?.status ?? 'nothing')
    }),
  )
  happens(
    polled({ tunnels: [tunnel('t1', { status: 'down' })] }),
    polled({ tunnels: [tunnel('t1', { status: 'degraded' })] }),
  )
  await vi.waitFor(() => expect(seen).not.toEqual([]))
  stop()
  expect(new Set(seen)).toEqual(new Set(['degraded']))
})

describe('a failover', () => {
  test('marks its tunnel while it runs and unmarks it when it ends', () => {
    happens({ type: 'failoverChanged', failover: failover() })
    expect(list().tunnels[0]?.failoverId).toBe('f1')
    happens({ type: 'failoverChanged', failover: failover({ state: 'confirmed', endedAt: 9 }) })
    expect(list().tunnels[0]?.failoverId).toBeNull()
    expect(cache.getQueryData(failoverQuery('f1').queryKey)?.state).toBe('confirmed')
  })

  test('that ends does not unmark another one', () => {
    happens({ type: 'failoverChanged', failover: failover({ id: 'f2' }) })
    happens({ type: 'failoverChanged', failover: failover({ id: 'f1', state: 'rejected' }) })
    expect(list().tunnels[0]?.failoverId).toBe('f2')
  })
})

describe('the session', () => {
  test('takes a new state of the poller and keeps the rest', () => {
    happens({ type: 'pollerChanged', poller: { ...poller, state: 'paused' } })
    expect(cache.getQueryData(sessionQuery.queryKey)).toEqual({
      ...session,
      poller: { ...poller, state: 'paused' },
    })
  })

  test('is replaced, but for who is looking', () => {
    const { me: _, signIn: __, ...shared } = session
    happens({ type: 'sessionChanged', session: { ...shared, notRecordingSince: 7 } })
    expect(cache.getQueryData(sessionQuery.queryKey)).toEqual({ ...session, notRecordingSince: 7 })
  })
})

describe('a snapshot', () => {
  const snapshot: LiveEvent = {
    type: 'snapshot',
    session: { ...session, serverAt: 9000 },
    tunnels: [tunnel('t2', { checkedAt: 8000 })],
    failovers: [failover({ tunnelId: 't2' })],
  }

  test('replaces the list, and an age of before it does not outlive it', () => {
    happens(polled({ checked: { t2: 50_000 } }))
    happens(snapshot)
    expect(list().tunnels.map(({ id }) => id)).toEqual(['t2'])
    expect(list().at).toBe(9000)
    expect(checkedAtOf(tunnel('t2'))).toBe(8000)
    expect(cache.getQueryData(failoverQuery('f1').queryKey)).toBeDefined()
  })

  test('makes closed pages forget what may have changed unseen', () => {
    cache.setQueryData(connectorsQuery('t2').queryKey, connectors('t2', 1))
    happens(snapshot)
    expect(cache.getQueryData(connectorsQuery('t2').queryKey)).toBeUndefined()
  })
})

test('a list that was asked for instead makes closed pages forget what it does not tell', () => {
  cache.setQueryData(connectorsQuery('t2').queryKey, connectors('t2', 1))
  landAsked(cache, { version: 'e-9', at: 2000, tunnels: [tunnel('t2')] })
  expect(cache.getQueryData(connectorsQuery('t2').queryKey)).toBeUndefined()
})
