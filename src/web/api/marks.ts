import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type {
  AcknowledgementRequest,
  MaintenanceRequest,
  NoteRequest,
} from '#contract/mark-requests.ts'
import { Mark, MarkList } from '#contract/marks.ts'
import { serverNow } from '#web/ui/clock.ts'
import { get, send } from './client.ts'
import { historyKey } from './queries.ts'

/**
 * What people say to a tunnel's story. The tunnel itself, its history and the log come home on the live
 * stream; nothing is guessed here.
 */

/** Maintenance that is open or to come. Its key is a history's: whatever the log tells makes it ask again. */
export const maintenanceQuery = (tunnelId: string) =>
  queryOptions({
    queryKey: [...historyKey(tunnelId), 'maintenance'],
    queryFn: ({ signal }) =>
      get<MarkList>(`/tunnels/${tunnelId}/marks?from=${Math.round(serverNow())}`, { signal }),
    staleTime: 0,
  })

/** Everything that people said to a tunnel's story, as far back as it is kept. Asked again as above. */
export const saidQuery = (tunnelId: string) =>
  queryOptions({
    queryKey: [...historyKey(tunnelId), 'said'],
    queryFn: ({ signal }) => get<MarkList>(`/tunnels/${tunnelId}/marks?from=0`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })

export const useAcknowledge = (tunnelId: string) =>
  useMutation({
    mutationFn: (request: AcknowledgementRequest) =>
      send<Mark>('POST', `/tunnels/${tunnelId}/acknowledgement`, request),
  })

export const useNoteAdd = (tunnelId: string) =>
  useMutation({
    mutationFn: (request: NoteRequest) => send<Mark>('POST', `/tunnels/${tunnelId}/notes`, request),
  })

export const useMaintenanceAdd = (tunnelId: string) =>
  useMutation({
    mutationFn: (request: MaintenanceRequest) =>
      send<Mark>('POST', `/tunnels/${tunnelId}/maintenance`, request),
  })

/** Deletes a note, or ends a maintenance now; the pictures of the tunnel ask again. */
export function useTakeBack({ tunnelId, id, kind }: Mark) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: () =>
      kind === 'note'
        ? send<Mark>('DELETE', `/tunnels/${tunnelId}/notes/${id}`)
        : send<Mark>('POST', `/tunnels/${tunnelId}/maintenance/${id}/end`),
    onSettled: () => cache.invalidateQueries({ queryKey: historyKey(tunnelId) }),
  })
}
