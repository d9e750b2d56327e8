import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { Failover, type FailoverRequest } from '#contract/failover.ts'
import { type OperationId, whyNot } from '#contract/operations.ts'
import type { SessionAnswer } from '#contract/session.ts'
import type { TagChange } from '#contract/tag-requests.ts'
import { Configuration, InstallToken, TunnelDetail } from '#contract/tunnel.ts'
import {
  type ConfigurationChange,
  type TunnelChange,
  type TunnelCreation,
} from '#contract/tunnel-requests.ts'
import { get, send } from './client.ts'
import { landAnswer, landFailover } from './land.ts'
import { configurationQuery, failoverQuery, sessionQuery, tunnelsQuery } from './queries.ts'

/** Everything that changes something. Each is sent once and never repeated by itself. */

/** Why the person looking may not do that: a sentence for the button, or null. */
export function useWhyNot(operationId: OperationId): string | null {
  const { data: role } = useSuspenseQuery({ ...sessionQuery, select: roleIn })
  return whyNot(role, operationId)
}

/** The rest of the session changes with every look at Cloudflare. */
const roleIn = ({ me }: SessionAnswer) => me?.role ?? null

/** A change that is answered with its tunnel. Nothing of it is kept: it may hold the secret. */
function useTunnelChange<Change = void>(change: (change: Change) => Promise<TunnelDetail>) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: change,
    onMutate: () => cache.getQueryData(tunnelsQuery.queryKey),
    onSuccess: (tunnel, _, before) => landAnswer(cache, before, tunnel),
    gcTime: 0,
  })
}

export const useTunnelCreate = () =>
  useTunnelChange((creation: TunnelCreation) => send('POST', '/tunnels', creation))

/** Renames the tunnel, sets its secret, or both. */
export const useTunnelUpdate = (tunnelId: string) =>
  useTunnelChange((change: TunnelChange) => send('PATCH', `/tunnels/${tunnelId}`, change))

/** The answer carries `deletedAt`; the list drops the row, the tunnel's own page keeps it. */
export const useTunnelDelete = (tunnelId: string) =>
  useTunnelChange(() => send('DELETE', `/tunnels/${tunnelId}`))

/** Which connector should carry the traffic when nothing is wrong; null takes it back. */
export const usePreferencePut = (tunnelId: string) =>
  useTunnelChange((connectorId: string | null) =>
    send('PUT', `/tunnels/${tunnelId}/preference`, { connector_id: connectorId }),
  )

/** Puts tags on and takes tags off; what others changed meanwhile stays. */
export const useTunnelTag = (tunnelId: string) =>
  useTunnelChange((change: TagChange) => send('PATCH', `/tunnels/${tunnelId}/tags`, change))

export function useConfigurationPut(tunnelId: string) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (change: ConfigurationChange) =>
      send<Configuration>('PUT', `/tunnels/${tunnelId}/configuration`, change),
    onSuccess: (configuration) =>
      cache.setQueryData(configurationQuery(tunnelId).queryKey, configuration),
  })
}

/**
 * Answers as soon as Tandem has taken it on; `failoverQuery(id)` follows it by the live stream. With the
 * same key it is done once, however often it is sent: after a lost answer it may be sent again.
 */
export function useFailoverRun(tunnelId: string) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: ({ key, ...request }: FailoverRequest & { key: string }) =>
      send<Failover>('POST', `/tunnels/${tunnelId}/failovers`, request, { 'Idempotency-Key': key }),
    // The stream may have told more by the time the answer to the click is here.
    onSuccess: (failover) => {
      if (!cache.getQueryData(failoverQuery(failover.id).queryKey)) landFailover(cache, failover)
    },
  })
}

/** A secret, fetched on request. It is a mutation so that it never gets into the query cache. */
export function useInstallToken(tunnelId: string) {
  return useMutation({
    mutationFn: () => get<InstallToken>(`/tunnels/${tunnelId}/token`),
    gcTime: 0,
  })
}
