import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { useNavigate, useRouterState } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'
import { type OperationId, whyNot } from '#contract/operations.ts'
import { whyNotEndOthers, whyNotInvite } from '#contract/people.ts'
import { readinessKinds, tunnelStatuses } from '#contract/tunnel.ts'
import { useDemoRole, useSignOut } from '#web/api/account.ts'
import { dialogEntry, noDialog } from '#web/api/dialog-address.ts'
import { accountQuery } from '#web/api/me.ts'
import { activitySearch, sessionQuery, tunnelsQuery } from '#web/api/queries.ts'
import { savedViews } from '#web/fleet/saved-views.ts'
import { type ActivitySearch, activityFilter } from '#web/log/activity-address.ts'
import { type AuditAddress, auditSearch, toAuditSearch } from '#web/log/audit-address.ts'
import { download } from '#web/ui/download.ts'
import type { IconName } from '#web/ui/Icon.tsx'
import { setNotifications, useNotifications, whyNoNotifications } from '#web/ui/notifications.ts'
import { offersNow } from '#web/ui/offers.ts'
import { readinessLooks } from '#web/ui/readiness.ts'
import { statusLooks } from '#web/ui/StatusMark.tsx'
import { answeredNow, press } from '#web/ui/shortcuts.ts'
import { setTheme, toggleTheme } from '#web/ui/theme.ts'
import { setZone, useZone } from '#web/ui/zone.ts'
import { aboutActions } from './about-actions.tsx'
import { type Action, actionsOf } from './action.ts'
import { matching, mostActions, namedActions } from './named.ts'
import { pageActions } from './page-actions.ts'
import { useTunnelActions } from './tunnel-actions.tsx'

/**
 * Everything that can be done from where the palette was opened, and by words that name a tunnel.
 *
 * @param rowId the tunnel whose row has the focus in the list; a page of its own wins
 */
export function useActions(rowId: string | null, onHelp: () => void) {
  const { path, search, tunnelId } = useHere()
  const { data: list } = useQuery(tunnelsQuery)
  const tunnel = list?.tunnels.find(({ id }) => id === (tunnelId ?? rowId)) ?? null
  const { range, dialog } = search as { range?: string; dialog?: string }
  const isOver = dialog !== undefined
  // As the page stood when the palette was opened over it.
  const [page] = useState(() => ({ answered: answeredNow(), offers: offersNow() }))
  const actionsFor = useTunnelActions(tunnelId ? range : undefined, page.answered, isOver)
  const openDialog = useOpenDialog(path, isOver)
  const places = usePlaces()
  const exports = useExports(path, search)
  const everywhere = useEverywhere(onHelp, openDialog)
  const ofAccount = useOfAccount(openDialog)
  const actions = useMemo(() => {
    const ofTunnel = tunnel ? actionsFor(tunnel, 'This tunnel') : []
    const rest = [...places, ...everywhere, ...ofAccount, ...exports]
    const here = pageActions(page.answered, page.offers, [...ofTunnel, ...rest], press)
    return [...ofTunnel, ...here, ...rest]
  }, [tunnel, actionsFor, page, places, everywhere, ofAccount, exports])
  const others = useMemo(
    () => (list?.tunnels ?? []).filter(({ id }) => id !== tunnel?.id),
    [list, tunnel],
  )
  const ofEach = useMemo(() => aboutActions(page.offers), [page])
  return useCallback(
    (words: readonly string[]) => [
      ...matching(actions, words),
      ...(words.length > 0 ? matching(ofEach, words).slice(0, mostActions) : []),
      ...namedActions(words, others, (each) => actionsFor(each, 'A tunnel')),
    ],
    [actions, ofEach, others, actionsFor],
  )
}

function useHere() {
  return useRouterState({
    select: ({ location, matches }) => ({
      path: location.pathname,
      // As its page reads it: in the location itself it stands as somebody wrote it.
      search: { ...matches.at(-1)?.search } as Record<string, string | string[]>,
      tunnelId: (matches.at(-1)?.params as { tunnelId?: string } | undefined)?.tunnelId,
    }),
    structuralSharing: true,
  })
}

function useWhy() {
  const { data: role } = useSuspenseQuery({
    ...sessionQuery,
    select: ({ me }) => me?.role ?? null,
  })
  return useMemo(() => (id: OperationId) => whyNot(role, id), [role])
}

function usePlaces(): Action[] {
  const navigate = useNavigate()
  const why = useWhy()
  const views = savedViews.use()
  return useMemo(() => {
    const action = actionsOf('Go to')
    return [
      action('menu', 'Tunnels', () => void navigate({ to: '/' }), {
        shortcut: 'tunnels',
        also: 'go to list',
      }),
      ...views.map(({ name, search }) =>
        action('eye', `View: ${name}`, () => void navigate({ href: `/${search}` })),
      ),
      ...tunnelStatuses.map((status) =>
        action(
          'search',
          `Tunnels: ${statusLooks[status].word}`,
          () => void navigate({ to: '/', search: { status: [status] } }),
          { also: 'filter show list status' },
        ),
      ),
      ...readinessKinds.map((readiness) =>
        action(
          'search',
          `Tunnels: ${readinessLooks[readiness].word}`,
          () => void navigate({ to: '/', search: { readiness: [readiness] } }),
          { id: `Go to readiness ${readiness}`, also: 'filter show list ha readiness' },
        ),
      ),
      action('activity', 'Activity', () => void navigate({ to: '/activity' }), {
        shortcut: 'activity',
        also: 'go to log',
        reason: why('activityCsv'),
      }),
      action('eye', 'Audit', () => void navigate({ to: '/audit' }), {
        shortcut: 'audit',
        also: 'go to',
        reason: why('auditList'),
      }),
      action('monitor', 'Make a wall', () => void navigate({ to: '/wall/build' }), {
        shortcut: 'wall',
        also: 'go to wall builder',
      }),
      action('monitor', 'The wall itself', () => void navigate({ to: '/wall' }), {
        also: 'go to open',
      }),
      action(
        'help',
        'What is checked before a failover',
        () => void navigate({ to: '/failover-checks' }),
        { also: 'go to rules risks why blocked' },
      ),
      action('person', 'Your account', () => void navigate({ to: '/account' }), {
        also: 'go to sessions',
      }),
      action('key', 'People', () => void navigate({ to: '/people' }), {
        also: 'go to',
        reason: why('personList'),
      }),
      action('monitor', 'Screens', () => void navigate({ to: '/screens' }), {
        also: 'go to',
        reason: why('screenList'),
      }),
    ]
  }, [navigate, why, views])
}

type Dialogs = {
  '/': 'create'
  '/people': 'invite'
  '/screens': 'pair' | 'link'
  '/account': 'password' | 'second-factor' | 'second-factor-off' | 'others'
}
type OpenDialog = <Place extends keyof Dialogs>(place: Place, dialog: Dialogs[Place]) => void

/** Lays a dialog over its page, which stays as it is where one is there already. */
function useOpenDialog(path: string, isOver: boolean): OpenDialog {
  const navigate = useNavigate()
  return useCallback(
    (place, dialog) =>
      void navigate({
        to: place as string,
        search: ((old: object) => ({
          ...(place === path ? { ...old, ...noDialog } : {}),
          dialog,
        })) as never,
        ...dialogEntry(isOver),
      }),
    [navigate, path, isOver],
  )
}

const nobodySignsIn = 'Nobody signs in here.'

function useEverywhere(onHelp: () => void, openDialog: OpenDialog): Action[] {
  const why = useWhy()
  const { data: me } = useSuspenseQuery({ ...sessionQuery, select: ({ me }) => me })
  const { data: ways } = useSuspenseQuery({
    ...sessionQuery,
    select: ({ signIn }) => signIn.methods,
  })
  const signOut = useSignOut()
  const beOther = useDemoRole()
  const notified = useNotifications()
  const zone = useZone()
  // The palette is gone when the answer comes: only the promise still hears of it.
  const { mutateAsync: leave } = signOut
  const { mutateAsync: become } = beOther
  return useMemo(() => {
    const action = actionsOf('Everywhere')
    return [
      action('plus', 'Create a tunnel', () => openDialog('/', 'create'), {
        shortcut: 'create',
        reason: why('tunnelCreate'),
      }),
      action('plus', 'Invite a person', () => openDialog('/people', 'invite'), {
        reason: why('personAdd') ?? (me?.kind === 'person' ? whyNotInvite(ways) : nobodySignsIn),
      }),
      action('monitor', 'Pair a screen', () => openDialog('/screens', 'pair'), {
        reason: why('screenApprove'),
      }),
      action('monitor', 'Make a link for a screen', () => openDialog('/screens', 'link'), {
        reason: why('screenLinkMake'),
      }),
      action('sun', 'Dark or light', toggleTheme, { shortcut: 'theme', also: 'theme switch' }),
      action('monitor', 'Theme: as the system', () => setTheme('system')),
      action(
        'clock',
        zone === 'utc' ? 'Tell times in your own zone' : 'Tell times in UTC',
        () => setZone(zone === 'utc' ? 'local' : 'utc'),
        { also: 'time zone local' },
      ),
      action(
        'alert',
        notified
          ? 'No longer notify me when a tunnel goes down'
          : 'Notify me when a tunnel goes down',
        () => void setNotifications(!notified),
        { reason: whyNoNotifications() },
      ),
      action('keyboard', 'Keys and marks', onHelp, { shortcut: 'help', also: 'help shortcuts' }),
      ...(me?.tryRoles ?? [])
        .filter((role) => role !== me?.role)
        .map((role) =>
          action('person', `Try as ${role}`, async () => {
            await become(role)
            window.location.reload()
          }),
        ),
      ...(me?.maySignOut
        ? [
            action('back', 'Sign out', async () => {
              await leave()
              window.location.replace('/sign-in')
            }),
          ]
        : []),
    ]
  }, [openDialog, onHelp, why, me, ways, notified, zone, leave, become])
}

/** One's own sign-in. */
function useOfAccount(openDialog: OpenDialog): Action[] {
  const { data: me } = useSuspenseQuery({ ...sessionQuery, select: ({ me }) => me })
  const hasPassword = me?.kind === 'person' && me.method === 'local'
  const { data: account } = useQuery({ ...accountQuery, enabled: hasPassword })
  return useMemo(() => {
    const action = actionsOf('Everywhere')
    const open = (icon: IconName, words: string, dialog: Dialogs['/account'], not: string | null) =>
      action(icon, words, () => openDialog('/account', dialog), {
        also: 'your account',
        reason: not,
      })
    const noPassword = hasPassword ? null : 'You have no password here.'
    const loading = account ? null : 'Still loading'
    return [
      open('key', 'Change your password', 'password', noPassword),
      account?.hasSecondFactor
        ? open('key', 'Turn off the second factor', 'second-factor-off', noPassword)
        : open('key', 'Turn on the second factor', 'second-factor', noPassword ?? loading),
      open(
        'back',
        'Sign out everywhere else',
        'others',
        me?.kind === 'person' ? whyNotEndOthers(me.method) : nobodySignsIn,
      ),
    ]
  }, [openDialog, me, hasPassword, account])
}

/** The logs as files; with the filters of the page that shows one. */
function useExports(path: string, search: object): Action[] {
  const why = useWhy()
  return useMemo(() => {
    const action = actionsOf('Everywhere')
    const activity =
      path === '/activity' ? activitySearch(activityFilter(search as ActivitySearch)) : ''
    const audit = path === '/audit' ? auditSearch(toAuditSearch(search as AuditAddress)) : ''
    return [
      action(
        'download',
        'Export the activity as CSV',
        () => download(`/api/activity.csv?${activity}`),
        {
          reason: why('activityCsv'),
        },
      ),
      action(
        'download',
        'Export the activity as JSON Lines',
        () => download(`/api/activity.jsonl?${activity}`),
        {
          reason: why('activityJsonl'),
        },
      ),
      action('download', 'Export the audit as CSV', () => download(`/api/audit.csv?${audit}`), {
        reason: why('auditCsv'),
      }),
      action(
        'download',
        'Export the audit as JSON Lines',
        () => download(`/api/audit.jsonl?${audit}`),
        {
          reason: why('auditJsonl'),
        },
      ),
    ]
  }, [path, search, why])
}
