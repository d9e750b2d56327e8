import { useMutation } from '@tanstack/react-query'
import type { Role } from '#contract/roles.ts'
import { Done } from '#contract/session.ts'
import { refuse } from '#web/ui/refusal.ts'
import { send } from './client.ts'

/** What the header offers to whoever is looking. The forms of the door are apart: few pages need them. */

export const useSignOut = () =>
  useMutation({
    mutationFn: () => send<Done>('POST', '/sign-out'),
    // The menu is closed by then.
    onError: () => refuse('Whether you are signed out is not known: reload to see.'),
  })

/** Tries another role on, in the demo. */
export const useDemoRole = () =>
  useMutation({ mutationFn: (role: Role) => send<Done>('POST', '/demo/role', { role }) })
