import { useSuspenseQuery } from '@tanstack/react-query'
import { Outlet, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { sessionQuery } from '#web/api/queries.ts'
import { isEntryPath } from '#web/identity/return-to.ts'

const Shell = lazy(async () => ({ default: (await import('./Shell.tsx')).Shell }))

/** Whoever is not known yet sees a page by itself, and so does a wall; everybody else one inside the shell. */
export function Root() {
  const { data: session } = useSuspenseQuery(sessionQuery)
  const path = useRouterState({ select: (state) => state.location.pathname })
  return session.me && !isEntryPath(path) && path !== '/wall' ? (
    <Suspense>
      <Shell me={session.me} />
    </Suspense>
  ) : (
    <Outlet />
  )
}
