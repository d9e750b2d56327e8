import { useSuspenseQuery } from '@tanstack/react-query'
import { Outlet, useRouterState } from '@tanstack/react-router'
import { sessionQuery } from '#web/api/queries.ts'
import { isEntryPath } from '#web/identity/return-to.ts'
import { later } from '#web/ui/later.tsx'

/** The router waits for it: it comes with the page, not before it and not after. */
export const Shell = later(async () => (await import('./Shell.tsx')).Shell)

export const hasShell = (path: string) => !isEntryPath(path) && path !== '/wall'

/** Whoever is not known yet sees a page by itself, and so does a wall; everybody else one inside the shell. */
export function Root() {
  const { data: session } = useSuspenseQuery(sessionQuery)
  const path = useRouterState({ select: (state) => state.location.pathname })
  return session.me && hasShell(path) ? <Shell me={session.me} /> : <Outlet />
}
