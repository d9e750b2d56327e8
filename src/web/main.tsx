import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ProblemError } from './api/client.ts'
import { createLive } from './api/live.ts'
import { createAppRouter } from './router.tsx'
import { setServerTime } from './ui/clock.ts'

/** The wiring of the page. */
const cache = new QueryClient({
  defaultOptions: {
    queries: {
      // Only what never arrived is tried again, once; an answer is an answer.
      retry: (failures, error) =>
        failures < 1 && error instanceof ProblemError && error.problem.status === 0,
      retryDelay: 400,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      networkMode: 'always',
    },
    mutations: { retry: false, networkMode: 'always' },
  },
})

const live = createLive({
  cache,
  onServerTime: setServerTime,
  onNewBuild: () => window.location.reload(),
})

const router = createAppRouter({ cache, live })

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={cache}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  )
}
