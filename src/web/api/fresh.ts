import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import { SessionAnswer } from '#contract/session.ts'
import { Configuration, Connector, type ConnectorList } from '#contract/tunnel.ts'
import { landListing } from './ages.ts'
import { get } from './client.ts'
import { configurationQuery, connectorsQuery, sessionQuery } from './queries.ts'

/**
 * "Check now": asks Cloudflare itself instead of Tandem's memory, for the moment before somebody decides.
 * Tandem grants it once in ten seconds for one subject; else it answers from memory, with its age.
 */

/** One connector; the others of its tunnel stay as they were last seen. */
export function useCheckConnector(tunnelId: string, connectorId: string) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: () => get<Connector>(`/tunnels/${tunnelId}/connectors/${connectorId}?fresh=true`),
    onSuccess: (connector) =>
      cache.setQueryData(connectorsQuery(tunnelId).queryKey, (old) =>
        old ? withConnector(old, connector) : old,
      ),
  })
}

export function useCheckConfiguration(tunnelId: string) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: () => get<Configuration>(`/tunnels/${tunnelId}/configuration?fresh=true`),
    onSuccess: (configuration) =>
      cache.setQueryData(configurationQuery(tunnelId).queryKey, configuration),
  })
}

/** How the tokens fare, asked of Cloudflare. Changes nothing there. */
export function useCheckTokens() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: () => get<SessionAnswer>('/session?fresh=true'),
    onSuccess: (session) => {
      landListing(session.poller.listedAt)
      cache.setQueryData(sessionQuery.queryKey, session)
    },
  })
}

/** The stream may have brought a later look while this one was on its way: later wins. */
export function landConnectors(cache: QueryClient, list: ConnectorList) {
  cache.setQueryData(connectorsQuery(list.tunnelId).queryKey, (old) =>
    old?.checkedAt && (list.checkedAt ?? 0) < old.checkedAt ? old : list,
  )
}

export function withConnector(list: ConnectorList, connector: Connector): ConnectorList {
  return {
    ...list,
    connectors: list.connectors.map((old) => (old.id === connector.id ? connector : old)),
  }
}
