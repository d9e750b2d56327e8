import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { Account, type PasswordChange, SecondFactor, SessionList } from '#contract/people.ts'
import { Done } from '#contract/session.ts'
import { get, send } from './client.ts'

/** One's own sign-in: what is known of it, where it is open, what proves it. Passwords are not kept. */

const accountKey = ['account'] as const
/** What happens elsewhere shows up by itself, as long as somebody looks. */
const againMs = 10_000
const secret = { gcTime: 0 }

export const accountQuery = queryOptions({
  queryKey: [...accountKey, 'facts'],
  queryFn: ({ signal }) => get<Account>('/me', { signal }),
  refetchInterval: againMs,
  gcTime: 60_000,
})

export const ownSessionsQuery = queryOptions({
  queryKey: [...accountKey, 'sessions'],
  queryFn: ({ signal }) => get<SessionList>('/me/sessions', { signal }),
  refetchInterval: againMs,
  gcTime: 60_000,
})

function useLookAgain() {
  const cache = useQueryClient()
  // Not waited for: what a dialog is about may be gone by the time that the answer is there.
  return () => void cache.invalidateQueries({ queryKey: accountKey })
}

/** Ends one session of one's own. */
export function useOwnSessionEnd() {
  const onSettled = useLookAgain()
  return useMutation({
    mutationFn: (sessionId: string) => send<Done>('DELETE', `/sessions/${sessionId}`),
    onSettled,
  })
}

/** Ends all but the one at hand. */
export function useOtherSessionsEnd() {
  const onSettled = useLookAgain()
  return useMutation({ mutationFn: () => send<Done>('DELETE', '/me/sessions'), onSettled })
}

export function usePasswordChange() {
  const onSettled = useLookAgain()
  return useMutation({
    mutationFn: (change: PasswordChange) => send<Done>('POST', '/me/password', change),
    onSettled,
    ...secret,
  })
}

/** Begins with a second factor: the answer is the secret that the app is shown. */
export const useSecondFactorNew = () =>
  useMutation({ mutationFn: () => send<SecondFactor>('POST', '/me/second-factor'), ...secret })

export function useSecondFactorConfirm() {
  const onSettled = useLookAgain()
  return useMutation({
    mutationFn: (code: string) => send<Done>('PUT', '/me/second-factor', { code }),
    onSettled,
    ...secret,
  })
}

export function useSecondFactorRemove() {
  const onSettled = useLookAgain()
  return useMutation({ mutationFn: () => send<Done>('DELETE', '/me/second-factor'), onSettled })
}
