import {
  MutationCache,
  notifyManager,
  QueryCache,
  QueryClient,
  QueryClientProvider,
} from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import type { SessionAnswer } from '#contract/session.ts'
import { promptNow } from './api/again.ts'
import { get, kindOf, ProblemError } from './api/client.ts'
import { hearHands } from './api/hands.ts'
import { createLive } from './api/live.ts'
import { sessionQuery } from './api/queries.ts'
import { createAppRouter, isUnattended } from './router.tsx'
import { wantsNotifications } from './ui/notifications.ts'
import { whenNoDialogIsOpen } from './ui/open-dialogs.ts'

/** The wiring of the page. */

/** What the proxy wrote into the document covers the page until the page has a heading of its own. */
function endFirstView(page: HTMLElement) {
  const first = document.getElementById('first')
  if (!first) return
  new MutationObserver((_, observer) => {
    if (!page.querySelector('h1')) return
    observer.disconnect()
    first.remove()
  }).observe(page, { childList: true, subtree: true })
}

hearHands(window)

// What is written into the cache is drawn with whatever else this moment changes, in one frame and not in two.
notifyManager.setScheduler(queueMicrotask)

const saysOut = (error: Error) =>
  error instanceof ProblemError && kindOf(error.problem) === 'sign-in-needed'

/** Whoever is not signed in any more finds out by the first answer that says so. */
const onError = async (error: Error) => {
  if (!saysOut(error) || !cache.getQueryData(sessionQuery.queryKey)?.me) return
  // What was sent beside a proof came with the cookie of before: whether they are out only the session tells. What
  // stands in front of Tandem tells it too, but not while somebody may be signing in there once more, in another tab:
  // what waits here for that would be lost.
  const isOut = await get<SessionAnswer>('/session').then(
    ({ me }) => !me,
    (error: Error) => saysOut(error) && !promptNow(),
  )
  if (isOut) window.location.reload()
}
const cache = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
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

// The letters come with the document: taken up now, so that they are there before the first text is laid out.
for (const family of ['Inter Variable', 'JetBrains Mono Variable']) {
  document.fonts.load(`1em "${family}"`).catch(() => {
    // The system's letters stand in.
  })
}

const { build, version } = document.documentElement.dataset
const live = createLive({
  cache,
  build: build ?? null,
  // Older than anything that the page has asked for.
  from: version ?? null,
  // A wall calls whoever looks elsewhere.
  isNeededHidden: () => wantsNotifications() || isUnattended(),
  // Out of sight a browser lets the clock stand for a minute, and a wall may have to sound.
  isUnhurried: () => isUnattended() && !document.hidden,
  // What somebody is writing in a dialog would be lost.
  onNewBuild: () => whenNoDialogIsOpen(() => window.location.reload()),
  // The page begins anew, at the door.
  onSignedOut: () => window.location.reload(),
})

const router = createAppRouter({ cache, live })

const root = document.getElementById('root')
if (root) {
  endFirstView(root)
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={cache}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  )
}
