import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  type ErrorComponentProps,
  lazyRouteComponent,
  notFound,
  redirect,
} from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { eventKinds } from '#contract/history.ts'
import {
  type ReadinessKind,
  readinessKinds,
  type TunnelStatus,
  tunnelStatuses,
} from '#contract/tunnel.ts'
import type { Live } from './api/live.ts'
import {
  activityQuery,
  connectorHistoryQuery,
  connectorsQuery,
  sessionQuery,
  tickerQuery,
  tunnelHistoryQuery,
  tunnelQuery,
  tunnelsQuery,
} from './api/queries.ts'
import {
  oneOf,
  parseSearch,
  someOf,
  stringifySearch,
  textOf,
  textsOf,
  uuidOf,
} from './api/search.ts'
import { parseRange, rangeOf, rangeSearch } from './charts/range.ts'
import { tagsOf } from './fleet/tags.ts'
import { ConnectionHistory, HistorySection } from './history/later.ts'
import { maySignIn } from './identity/may-sign-in.ts'
import { isEntryPath, ownAddress } from './identity/return-to.ts'
import { type ActivitySearch, activityFilter } from './log/activity-address.ts'
import type { AuditAddress } from './log/audit-address.ts'
import { type AccountSearch, accountDialogs } from './pages/account/search.ts'
import { type PeopleSearch, peopleDialogs } from './pages/people/search.ts'
import { rememberScreen, wasScreen } from './pages/screen/this-screen.ts'
import { type ScreensSearch, screensDialogs, viewOf } from './pages/screens/search.ts'
import { type TunnelDialog, tunnelDialogs } from './pages/tunnel/search.ts'
import { type SortKey, sortKeys } from './pages/tunnels/search.ts'
import { isFiltered, type WallSearch, wallSearch } from './pages/wall/settings.ts'
import { WallError } from './pages/wall/WallError.tsx'
import { PendingPage } from './shell/PendingPage.tsx'
import { hasShell, Root, Shell } from './shell/Root.tsx'

/** The site map: every address, what may stand in it, and the data its page needs. */

const NotFoundPage = lazyRouteComponent(() => import('./shell/NotFoundPage.tsx'), 'NotFoundPage')

/** Where its code does not come either, what a wall shows does: it tries again by itself. */
const ErrorPage = lazy(() =>
  import('./shell/ErrorPage.tsx').then(
    ({ ErrorPage }) => ({ default: ErrorPage }),
    () => ({ default: WallError }),
  ),
)

/** Whether nobody touches the page that is open. */
export const isUnattended = () => ['/wall', '/screen'].includes(window.location.pathname)

/** Where nobody stands there is no hand for a button. */
function Failed(props: ErrorComponentProps) {
  return (
    <Suspense fallback={<PendingPage />}>
      {isUnattended() ? <WallError {...props} /> : <ErrorPage {...props} />}
    </Suspense>
  )
}

/** An id from an address; anything else has no page. */
const idOf = (value: string) => {
  const id = uuidOf(value)
  if (id === undefined) throw notFound()
  return id
}

/** Until the page has shown that it was pressed: drawing another one takes longer. A page in the background is not drawn. */
const painted = () =>
  new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve))
    setTimeout(resolve, 50)
  })

/** The path of the page that is there; null: none yet. What changes within a page keeps pace with the hand. */
let shown: string | null = null

const root = createRootRouteWithContext<{ cache: QueryClient; live: Live }>()({
  beforeLoad: async ({ cause, context, location }) => {
    if (cause !== 'preload') {
      if (shown && shown !== location.pathname) await painted()
      shown = location.pathname
    }
    const session = await context.cache.ensureQueryData(sessionQuery)
    const { me, signIn } = session
    if (me && hasShell(location.pathname)) await Shell.load()
    // Whoever signs in makes a wall's browser a person's.
    if (me && me.kind !== 'screen') rememberScreen(false)
    if (!me && !isEntryPath(location.pathname)) {
      if (wasScreen()) throw redirect({ to: '/screen', replace: true })
      throw redirect({ to: '/sign-in', search: { returnTo: location.href }, replace: true })
    }
    // Where there is an admin there is no set-up. Whoever is in already may read why a proof was refused.
    const isClosed =
      location.pathname === '/setup'
        ? !signIn.needsSetup
        : location.pathname === '/sign-in' &&
          !(me && (location.search as SignInSearch).refused) &&
          !maySignIn(session)
    if (isClosed) {
      throw redirect({ to: me ? '/' : signIn.onlySetup ? '/setup' : '/sign-in', replace: true })
    }
  },
  component: Root,
  notFoundComponent: NotFoundPage,
  errorComponent: Failed,
})

export type TunnelsSearch = {
  q?: string | undefined
  status?: TunnelStatus[] | undefined
  readiness?: ReadinessKind[] | undefined
  sort?: SortKey | undefined
  dir?: 'asc' | 'desc' | undefined
  tag?: string[] | undefined
  /** `status` or a key of tags. */
  group?: string | undefined
  /** Groups of which only the head is shown. */
  closed?: string[] | undefined
  dialog?: 'create' | undefined
}

const tunnels = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: (search: Record<string, unknown>): TunnelsSearch => ({
    q: textOf(search.q),
    status: someOf(tunnelStatuses, search.status),
    readiness: someOf(readinessKinds, search.readiness),
    sort: oneOf(sortKeys, search.sort),
    dir: oneOf(['asc', 'desc'], search.dir),
    tag: tagsOf(search.tag),
    group: tagsOf(search.group)?.[0],
    closed: textsOf(search.closed),
    dialog: oneOf(['create'], search.dialog),
  }),
  loader: ({ context, location }) => {
    // Not after the page, which would show the list without groups first.
    if ((location.search as TunnelsSearch).group) void import('./pages/tunnels/GroupedTable.tsx')
    return context.cache.ensureQueryData(tunnelsQuery)
  },
  component: lazyRouteComponent(() => import('./pages/tunnels/TunnelsPage.tsx'), 'TunnelsPage'),
})

/** What a failover's own address says: who to promote, or which one to follow. */
type FailoverSearch = { to?: string | undefined; failover?: string | undefined }

const failoverSearch = (search: Record<string, unknown>): FailoverSearch => ({
  to: textOf(search.to),
  failover: textOf(search.failover),
})

/** Which stretch of time the history shows; see `charts/range.ts`. */
type RangeSearch = { range?: string | undefined }
type ReportSearch = RangeSearch & {
  /** What was asked for and is no stretch of time. */
  unread?: string | undefined
}

export type TunnelSearch = FailoverSearch &
  RangeSearch & {
    dialog?: TunnelDialog | undefined
  }
export type ConnectorSearch = FailoverSearch & RangeSearch & { dialog?: 'failover' | undefined }

/** What a tunnel's page and a connector's show last is the largest: it is fetched beside them, not after. */
const withHistory =
  <T,>(load: () => Promise<T>) =>
  () => {
    void HistorySection.load()
    void ConnectionHistory.load()
    return load()
  }

const tunnel = createRoute({
  getParentRoute: () => root,
  path: '/tunnels/$tunnelId',
  validateSearch: (search: Record<string, unknown>): TunnelSearch => ({
    dialog: oneOf(tunnelDialogs, search.dialog),
    range: rangeSearch(search.range),
    ...failoverSearch(search),
  }),
  loader: ({ context, params, location }) => {
    const tunnelId = idOf(params.tunnelId)
    // On its way, not waited for: the page keeps its room.
    const { range } = location.search as RangeSearch
    void context.cache.prefetchQuery(tunnelHistoryQuery(tunnelId, rangeOf(range)))
    return Promise.all([
      context.cache.ensureQueryData(tunnelQuery(tunnelId)),
      context.cache.ensureQueryData(connectorsQuery(tunnelId)),
    ])
  },
  component: lazyRouteComponent(
    withHistory(() => import('./pages/tunnel/TunnelPage.tsx')),
    'TunnelPage',
  ),
})

const connector = createRoute({
  getParentRoute: () => root,
  path: '/tunnels/$tunnelId/connectors/$connectorId',
  validateSearch: (search: Record<string, unknown>): ConnectorSearch => ({
    dialog: oneOf(['failover'], search.dialog),
    range: rangeSearch(search.range),
    ...failoverSearch(search),
  }),
  loader: ({ context, params, location }) => {
    const tunnelId = idOf(params.tunnelId)
    // One that Cloudflare no longer lists has a page too, which says so.
    const connectorId = idOf(params.connectorId)
    const { range } = location.search as RangeSearch
    void context.cache.prefetchQuery(connectorHistoryQuery(tunnelId, connectorId, rangeOf(range)))
    return Promise.all([
      context.cache.ensureQueryData(tunnelQuery(tunnelId)),
      context.cache.ensureQueryData(connectorsQuery(tunnelId)),
    ])
  },
  component: lazyRouteComponent(
    withHistory(() => import('./pages/connector/ConnectorPage.tsx')),
    'ConnectorPage',
  ),
})

const report = createRoute({
  getParentRoute: () => root,
  path: '/tunnels/$tunnelId/report',
  // A ticket may hold `?from=…&to=…`; what stands in the address afterwards is one word.
  validateSearch: ({ range, from, to, unread }: Record<string, unknown>): ReportSearch => {
    const asked = from || to ? `${from ?? ''}..${to ?? ''}` : (range ?? unread)
    const isRead = asked === undefined || parseRange(asked)
    return { range: rangeSearch(asked), unread: isRead ? undefined : String(asked) }
  },
  loader: ({ context, params }) =>
    context.cache.ensureQueryData(tunnelQuery(idOf(params.tunnelId))),
  component: lazyRouteComponent(() => import('./pages/report/ReportPage.tsx'), 'ReportPage'),
})

const activity = createRoute({
  getParentRoute: () => root,
  path: '/activity',
  validateSearch: (search: Record<string, unknown>): ActivitySearch => ({
    tunnel: uuidOf(search.tunnel),
    kind: someOf(eventKinds, search.kind),
    range: parseRange(search.range) && String(search.range),
    dialog: oneOf(['acknowledge'], search.dialog),
    event: /^\d+-\d+-\d+$/.test(String(search.event)) ? String(search.event) : undefined,
  }),
  loaderDeps: ({ search: { tunnel, kind, range } }) => ({ tunnel, kind, range }),
  loader: ({ context, deps }) => {
    void context.cache.ensureQueryData(tunnelsQuery)
    void context.cache.prefetchInfiniteQuery(activityQuery(activityFilter(deps)))
  },
  component: lazyRouteComponent(() => import('./pages/activity/ActivityPage.tsx'), 'ActivityPage'),
})

const audit = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  validateSearch: (search: Record<string, unknown>): AuditAddress => ({
    who: textOf(search.who),
    what: textOf(search.what),
    tunnel: uuidOf(search.tunnel),
    range: parseRange(search.range) && String(search.range),
  }),
  loader: ({ context }) => void context.cache.ensureQueryData(tunnelsQuery),
  component: lazyRouteComponent(() => import('./pages/audit/AuditPage.tsx'), 'AuditPage'),
})

/** Where to go afterwards, and why the identity provider's answer led back. */
type SignInSearch = { returnTo?: string | undefined; refused?: string | undefined }

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): SignInSearch => {
    const returnTo = ownAddress(search.returnTo)
    const refused = oneOf(
      ['sign-in-refused', 'sign-in-unavailable', 'too-many-attempts'],
      search.refused,
    )
    return { ...(returnTo === '/' ? {} : { returnTo }), ...(refused ? { refused } : {}) }
  },
  component: lazyRouteComponent(() => import('./pages/sign-in/SignInPage.tsx'), 'SignInPage'),
})

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('./pages/sign-in/SetupPage.tsx'), 'SetupPage'),
})

const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation',
  component: lazyRouteComponent(
    () => import('./pages/sign-in/InvitationPage.tsx'),
    'InvitationPage',
  ),
})

const wall = createRoute({
  getParentRoute: () => root,
  path: '/wall',
  validateSearch: wallSearch,
  loader: ({ context, location }) => {
    // Which tunnels a filtered wall is of, only the list tells.
    if (!isFiltered(location.search as WallSearch))
      void context.cache.prefetchQuery(tickerQuery(null))
    return context.cache.ensureQueryData(tunnelsQuery)
  },
  component: lazyRouteComponent(() => import('./pages/wall/WallPage.tsx'), 'WallPage'),
  errorComponent: WallError,
})

const wallBuilder = createRoute({
  getParentRoute: () => root,
  path: '/wall/build',
  validateSearch: wallSearch,
  loader: ({ context }) => context.cache.ensureQueryData(tunnelsQuery),
  component: lazyRouteComponent(() => import('./pages/wall/BuilderPage.tsx'), 'BuilderPage'),
})

const failoverChecks = createRoute({
  getParentRoute: () => root,
  path: '/failover-checks',
  component: lazyRouteComponent(
    () => import('./pages/failover-checks/FailoverChecksPage.tsx'),
    'FailoverChecksPage',
  ),
})

const account = createRoute({
  getParentRoute: () => root,
  path: '/account',
  validateSearch: (search: Record<string, unknown>): AccountSearch => ({
    dialog: oneOf(accountDialogs, search.dialog),
  }),
  component: lazyRouteComponent(() => import('./pages/account/AccountPage.tsx'), 'AccountPage'),
})

const people = createRoute({
  getParentRoute: () => root,
  path: '/people',
  validateSearch: (search: Record<string, unknown>): PeopleSearch => ({
    q: textOf(search.q),
    dialog: oneOf(peopleDialogs, search.dialog),
    person: uuidOf(search.person),
  }),
  component: lazyRouteComponent(() => import('./pages/people/PeoplePage.tsx'), 'PeoplePage'),
})

const screens = createRoute({
  getParentRoute: () => root,
  path: '/screens',
  validateSearch: (search: Record<string, unknown>): ScreensSearch => ({
    dialog: oneOf(screensDialogs, search.dialog),
    screen: uuidOf(search.screen),
    view: viewOf(search.view),
  }),
  component: lazyRouteComponent(() => import('./pages/screens/ScreensPage.tsx'), 'ScreensPage'),
})

const screen = createRoute({
  getParentRoute: () => root,
  path: '/screen',
  component: lazyRouteComponent(() => import('./pages/screen/ScreenPage.tsx'), 'ScreenPage'),
})

const routeTree = root.addChildren([
  signIn,
  setup,
  invitation,
  screen,
  tunnels,
  tunnel,
  connector,
  report,
  activity,
  audit,
  wall,
  wallBuilder,
  failoverChecks,
  account,
  people,
  screens,
])

export function createAppRouter(context: { cache: QueryClient; live: Live }) {
  return createRouter({
    routeTree,
    context,
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    // The query cache decides what is fresh.
    defaultPreloadStaleTime: 0,
    defaultPendingMs: 150,
    defaultPendingMinMs: 0,
    defaultPendingComponent: PendingPage,
    defaultErrorComponent: Failed,
    defaultNotFoundComponent: NotFoundPage,
    scrollRestoration: true,
  })
}

declare module '@tanstack/react-router' {
  // oxlint-disable-next-line typescript/consistent-type-definitions -- merging needs an interface
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
  // oxlint-disable-next-line typescript/consistent-type-definitions -- merging needs an interface
  interface HistoryState {
    /** This entry laid a dialog over the one before it: closing goes back there. */
    dialogOver?: boolean
    /** The name of the tunnel that was deleted just before: the list says so. */
    deleted?: string
  }
}
