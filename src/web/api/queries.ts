import { queryOptions } from '@tanstack/react-query'
import { Failover } from '#contract/failover.ts'
import { Session } from '#contract/session.ts'
import { Configuration, ConnectorList, TunnelDetail, TunnelList } from '#contract/tunnel.ts'
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
    const session = await get(Session, '/session', { signal })
    landListing(session.poller.listedAt)
    return session
  },
  ...kept,
})

export const tunnelsQuery = queryOptions({
  queryKey: ['tunnels'],
  queryFn: async ({ signal }) => {
    const list = await get(TunnelList, '/tunnels', { signal })
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
      const tunnel = await get(TunnelDetail, `/tunnels/${tunnelId}`, { signal })
      if (tunnel.checkedAt !== null) landAges([[tunnel.id, tunnel.checkedAt]])
      return tunnel
    },
    ...visited,
  })

export const connectorsQuery = (tunnelId: string) =>
  queryOptions({
    queryKey: ['tunnel', tunnelId, 'connectors'],
    queryFn: ({ signal }) => get(ConnectorList, `/tunnels/${tunnelId}/connectors`, { signal }),
    ...visited,
  })

/** Asked only where it is shown: the proxy has to ask Cloudflare for it. */
export const configurationQuery = (tunnelId: string) =>
  queryOptions({
    queryKey: ['tunnel', tunnelId, 'configuration'],
    queryFn: ({ signal }) => get(Configuration, `/tunnels/${tunnelId}/configuration`, { signal }),
    ...visited,
    retry: false,
  })

export const failoverQuery = (failoverId: string) =>
  queryOptions({
    queryKey: ['failover', failoverId],
    queryFn: ({ signal }) => get(Failover, `/failovers/${failoverId}`, { signal }),
    ...visited,
  })
