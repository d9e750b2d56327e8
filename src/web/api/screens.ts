import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import {
  Pairing,
  PairingState,
  type ScreenApproval,
  ScreenLink,
  type ScreenLinkRequest,
  ScreenList,
} from '#contract/people.ts'
import { Done, SessionAnswer } from '#contract/session.ts'
import { get, send } from './client.ts'

/** Screens on walls: what admins do with them, and what a screen itself asks for. */

/** A screen that was just approved takes its access by itself, within seconds. */
const againMs = 5000

export const screensQuery = queryOptions({
  queryKey: ['screens'],
  queryFn: async ({ signal }) => (await get<ScreenList>('/screens', { signal })).screens,
  refetchInterval: againMs,
  gcTime: 60_000,
})

function useLookAgain() {
  const cache = useQueryClient()
  // Not waited for: what a dialog is about may be gone by the time that the answer is there.
  return () => void cache.invalidateQueries({ queryKey: screensQuery.queryKey })
}

export function useScreenApprove() {
  const onSettled = useLookAgain()
  return useMutation({
    mutationFn: (approval: ScreenApproval) => send<Done>('POST', '/screens/approvals', approval),
    onSettled,
  })
}

/** The link holds a secret: nothing of it is kept. */
export const useScreenLinkMake = () =>
  useMutation({
    mutationFn: (request: ScreenLinkRequest) => send<ScreenLink>('POST', '/screens/links', request),
    gcTime: 0,
  })

export function useScreenRename(screenId: string) {
  const onSettled = useLookAgain()
  return useMutation({
    mutationFn: (name: string) => send<Done>('PATCH', `/screens/${screenId}`, { name }),
    onSettled,
  })
}

export function useScreenRevoke(screenId: string) {
  const onSettled = useLookAgain()
  return useMutation({ mutationFn: () => send<Done>('DELETE', `/screens/${screenId}`), onSettled })
}

/** A screen asks for a code to show. */
export const beginPairing = () => send<Pairing>('POST', '/screens/pairings')

/** A screen asks for its access, with the secret that only it knows. */
export const claimScreen = (secret: string) =>
  send<PairingState>('POST', '/screens/claims', { secret })

/** The page that this browser is for, if it is a screen already; else null. */
export async function screenView(): Promise<string | null> {
  const { me } = await get<SessionAnswer>('/session')
  return me?.kind === 'screen' ? (me.view ?? '/') : null
}
