import { useMutation, useQuery } from '@tanstack/react-query'
import {
  type InvitationAcceptance,
  InvitationLook,
  type SetupRequest,
  type SignInAgainRequest,
  type SignInRequest,
} from '#contract/people.ts'
import { Done, type SessionAnswer } from '#contract/session.ts'
import { get, send } from './client.ts'

/** Coming in. None of it is kept in the page: it holds passwords. */
const secret = { gcTime: 0 }

export const useSignIn = () =>
  useMutation({
    mutationFn: (request: SignInRequest) => send<Done>('POST', '/sign-in', request),
    ...secret,
  })

export const useSignInAgain = () =>
  useMutation({
    mutationFn: (request: SignInAgainRequest) => send<Done>('POST', '/sign-in/again', request),
    ...secret,
  })

/** Asks who is there by now: another tab may have proved it. */
export const useSessionLook = () =>
  useMutation({ mutationFn: () => get<SessionAnswer>('/session') })

export const useSetUp = () =>
  useMutation({
    mutationFn: (request: SetupRequest) => send<Done>('POST', '/setup', request),
    ...secret,
  })

/** Whom an invitation is for. Its secret is no key of the cache, so there is one at a time. */
export const useInvitation = (link: string) =>
  useQuery({
    queryKey: ['invitation'],
    queryFn: () => send<InvitationLook>('POST', '/invitations/look', { secret: link }),
    enabled: link !== '',
    retry: false,
    ...secret,
  })

export const useInvitationAccept = () =>
  useMutation({
    mutationFn: (request: InvitationAcceptance) =>
      send<Done>('POST', '/invitations/accept', request),
    ...secret,
  })
