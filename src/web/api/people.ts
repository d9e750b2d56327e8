import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import {
  Invitation,
  Person,
  type PersonAddition,
  type PersonChange,
  PersonList,
  SessionList,
} from '#contract/people.ts'
import { Done } from '#contract/session.ts'
import { get, send } from './client.ts'

/** Who may come in, for admins. Every change is followed by a look at what it led to. */

const peopleKey = ['people'] as const
/** What other admins do shows up by itself, as long as somebody looks. */
const againMs = 10_000
/** Invitations are secrets: nothing of them is kept. */
const secret = { gcTime: 0 }

export const peopleQuery = queryOptions({
  queryKey: [...peopleKey, 'list'],
  queryFn: async ({ signal }) => (await get<PersonList>('/people', { signal })).people,
  refetchInterval: againMs,
  gcTime: 60_000,
})

export const personSessionsQuery = (personId: string) =>
  queryOptions({
    queryKey: [...peopleKey, personId, 'sessions'],
    queryFn: ({ signal }) => get<SessionList>(`/people/${personId}/sessions`, { signal }),
    refetchInterval: againMs,
    gcTime: 0,
  })

function useLookAgain() {
  const cache = useQueryClient()
  // Not waited for: what a dialog is about may be gone by the time that the answer is there.
  return () => void cache.invalidateQueries({ queryKey: peopleKey })
}

export function usePersonAdd() {
  const onSettled = useLookAgain()
  return useMutation({
    mutationFn: (addition: PersonAddition) => send<Invitation>('POST', '/people', addition),
    onSettled,
    ...secret,
  })
}

/** A new one-time link; the ones before it are no longer good. */
export function usePersonInvite(personId: string) {
  const onSettled = useLookAgain()
  return useMutation({
    mutationFn: () => send<Invitation>('POST', `/people/${personId}/invitations`),
    onSettled,
    ...secret,
  })
}

export function useInvitationRevoke(personId: string) {
  const onSettled = useLookAgain()
  return useMutation({
    mutationFn: () => send<Done>('DELETE', `/people/${personId}/invitations`),
    onSettled,
  })
}

export function usePersonChange(personId: string) {
  const onSettled = useLookAgain()
  return useMutation({
    mutationFn: (change: PersonChange) => send<Person>('PATCH', `/people/${personId}`, change),
    onSettled,
  })
}

export function usePersonRemove(personId: string) {
  const onSettled = useLookAgain()
  return useMutation({ mutationFn: () => send<Done>('DELETE', `/people/${personId}`), onSettled })
}

export function useSessionEnd() {
  const onSettled = useLookAgain()
  return useMutation({
    mutationFn: (sessionId: string) => send<Done>('DELETE', `/sessions/${sessionId}`),
    onSettled,
  })
}

/** Ends every session of a person. */
export function usePersonSignOut(personId: string) {
  const onSettled = useLookAgain()
  return useMutation({
    mutationFn: () => send<Done>('DELETE', `/people/${personId}/sessions`),
    onSettled,
  })
}
