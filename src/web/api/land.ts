import { notifyManager, type QueryClient } from '@tanstack/react-query'
import type { LiveEvent } from '#contract/events.ts'
import { type Failover, isRunning } from '#contract/failover.ts'
import type { Session } from '#contract/session.ts'
import type { Tunnel, TunnelDetail, TunnelList } from '#contract/tunnel.ts'
import { checkedAtOf, forgetAges, landAges, landListing } from './ages.ts'
import { landLogged } from './land-logged.ts'
import { askAnew, askOrForget } from './on-its-way.ts'
import {
  configurationQuery,
  connectorsQuery,
  failoverQuery,
  failoversKey,
  sessionQuery,
  tunnelQuery,
  tunnelsQuery,
} from './queries.ts'

/** What does an event change in the cache? The one hand by which facts enter the browser by themselves. */

/** One event with the version it brings us to. */
export type Arrival = { version: string; event: LiveEvent }

/** Writes events in their order; whoever watches the cache hears of all of them at once. */
export function land(cache: QueryClient, arrivals: readonly Arrival[]) {
  notifyManager.batch(() => {
    for (const { version, event } of arrivals) landEvent(cache, version, event)
  })
}

function landEvent(cache: QueryClient, version: string, event: LiveEvent) {
  switch (event.type) {
    case 'snapshot':
      return landSnapshot(cache, version, event)
    case 'polled':
      landAges(Object.entries(event.checked))
      landTunnels(cache, event.tunnels)
      // What their own pages show beyond the rows.
      for (const { id } of event.tunnels)
        void cache.invalidateQueries({ queryKey: tunnelQuery(id).queryKey, fetchStatus: 'idle' })
      for (const list of event.connectors) {
        const { queryKey } = connectorsQuery(list.tunnelId)
        // Only what somebody looked at is kept; the rest is fetched when it is wanted.
        cache.setQueryData(queryKey, (old) => old && list)
        askAnew(cache, { queryKey })
      }
      for (const tunnelId of event.connectorsMoved)
        askOrForget(cache, { queryKey: connectorsQuery(tunnelId).queryKey })
      return
    case 'pollerChanged':
      landListing(event.poller.listedAt)
      cache.setQueryData(sessionQuery.queryKey, (old) => old && { ...old, poller: event.poller })
      return
    case 'sessionChanged':
      landListing(event.session.poller.listedAt)
      landSession(cache, event.session)
      return
    case 'configurationChanged':
      void cache.invalidateQueries({ queryKey: configurationQuery(event.tunnelId).queryKey })
      return
    case 'failoverChanged':
      return landFailover(cache, event.failover)
    case 'logged':
      return landLogged(cache, event.events)
    case 'heartbeat':
    case 'signed-out':
    case 'bye':
      // Nothing that the cache holds.
      return
    default:
      return event satisfies never
  }
}

/** What neither a snapshot nor the list carries. */
const hanging = ['tunnel', 'failover', 'activity', 'ticker']
const ofKinds = (kinds: readonly string[]) => ({
  predicate: ({ queryKey: [kind] }: { queryKey: readonly unknown[] }) =>
    kinds.includes(String(kind)),
})

/** Everything anew, after a gap too long to be told event by event. */
function landSnapshot(
  cache: QueryClient,
  version: string,
  event: { session: Session; tunnels: Tunnel[]; failovers: Failover[] },
) {
  landSession(cache, event.session)
  forgetAges()
  landListing(event.session.poller.listedAt)
  landAges(
    event.tunnels.flatMap(({ id, checkedAt }) => (checkedAt === null ? [] : [[id, checkedAt]])),
  )
  cache.setQueryData(tunnelsQuery.queryKey, {
    version,
    at: event.session.serverAt,
    tunnels: event.tunnels,
  })
  for (const tunnel of event.tunnels) landDetail(cache, tunnel)
  askAnew(cache, { queryKey: tunnelsQuery.queryKey })
  // What a snapshot does not carry may have changed unseen: open pages ask again, closed ones forget.
  askOrForget(cache, ofKinds([...hanging, 'summary']))
  for (const failover of event.failovers)
    cache.setQueryData(failoverQuery(failover.id).queryKey, failover)
}

/** What a snapshot would have told, asked for: the list is in the cache already, what hangs on it follows. */
export function landAsked(cache: QueryClient, list: TunnelList) {
  for (const tunnel of list.tunnels) landDetail(cache, tunnel)
  // Without the summaries: they cost the server most, and come by themselves.
  askOrForget(cache, ofKinds(hanging))
}

/** The shared part only: who is looking is known from the page's own question. */
function landSession(cache: QueryClient, session: Session) {
  cache.setQueryData(sessionQuery.queryKey, (old) => old && { ...old, ...session })
}

/**
 * What a change was answered with, unless the tunnel's row has moved since the change left: whoever told that tells what
 * the change did, and may have told of something later.
 *
 * @param before the list when the change left.
 */
export function landAnswer(
  cache: QueryClient,
  before: TunnelList | undefined,
  tunnel: TunnelDetail,
) {
  const rowIn = (list: typeof before) => list?.tunnels.find(({ id }) => id === tunnel.id)
  if (rowIn(before) !== rowIn(cache.getQueryData(tunnelsQuery.queryKey))) return
  cache.setQueryData(tunnelQuery(tunnel.id).queryKey, tunnel)
  landTunnels(cache, [toRow(tunnel)])
}

/** Rows that changed replace theirs, new ones join, deleted ones go; all others stay the same objects. */
function landTunnels(cache: QueryClient, tunnels: readonly Tunnel[]) {
  if (tunnels.length === 0) return
  landAges(tunnels.flatMap(({ id, checkedAt }) => (checkedAt === null ? [] : [[id, checkedAt]])))
  cache.setQueryData(tunnelsQuery.queryKey, (old) => old && withTunnels(old, tunnels))
  for (const tunnel of tunnels) landDetail(cache, tunnel)
  askRowsAnew(cache, new Set(tunnels.map(({ id }) => id)))
}

/** The list and the tunnels' own pages, where they are on their way. */
function askRowsAnew(cache: QueryClient, ids: ReadonlySet<string>) {
  askAnew(cache, { queryKey: tunnelsQuery.queryKey })
  askAnew(cache, {
    predicate: ({ queryKey: [kind, id, part] }) =>
      kind === 'tunnel' && part === 'facts' && ids.has(String(id)),
  })
}

export function withTunnels(list: TunnelList, changed: readonly Tunnel[]): TunnelList {
  const byId = new Map(changed.map((tunnel) => [tunnel.id, tunnel]))
  const stayed = list.tunnels.map((tunnel) => byId.get(tunnel.id) ?? tunnel)
  const known = new Set(list.tunnels.map(({ id }) => id))
  const joined = changed.filter(({ id }) => !known.has(id))
  return {
    ...list,
    tunnels: [...stayed, ...joined].filter(({ deletedAt }) => deletedAt === null),
  }
}

function landDetail(cache: QueryClient, tunnel: Tunnel) {
  cache.setQueryData(
    tunnelQuery(tunnel.id).queryKey,
    (old): TunnelDetail | undefined => old && { ...old, ...tunnel },
  )
}

/** A failover, and the mark of it on its tunnel. */
export function landFailover(cache: QueryClient, failover: Failover) {
  cache.setQueryData(failoverQuery(failover.id).queryKey, failover)
  askAnew(cache, { queryKey: failoverQuery(failover.id).queryKey })
  askAnew(cache, { queryKey: failoversKey(failover.tunnelId) })
  void cache.invalidateQueries({ queryKey: failoversKey(failover.tunnelId), fetchStatus: 'idle' })
  const running = isRunning(failover.state)
  const mark = <T extends Tunnel>(tunnel: T): T =>
    running
      ? tunnel.failoverId === failover.id
        ? tunnel
        : { ...tunnel, failoverId: failover.id }
      : tunnel.failoverId === failover.id
        ? { ...tunnel, failoverId: null }
        : tunnel
  cache.setQueryData(
    tunnelsQuery.queryKey,
    (old) =>
      old && {
        ...old,
        tunnels: old.tunnels.map((tunnel) =>
          tunnel.id === failover.tunnelId ? mark(tunnel) : tunnel,
        ),
      },
  )
  cache.setQueryData(tunnelQuery(failover.tunnelId).queryKey, (old) => old && mark(old))
  askRowsAnew(cache, new Set([failover.tunnelId]))
}

/** What the list shows of a tunnel: the detail's own fields stay out of it. */
function toRow(tunnel: Tunnel & Partial<TunnelDetail>): Tunnel {
  const { tunType: _, connsActiveAt: __, connsInactiveAt: ___, metadata: ____, ...row } = tunnel
  return { ...row, checkedAt: checkedAtOf(row) }
}
