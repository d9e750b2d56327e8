import { useQuery } from '@tanstack/react-query'
import { useRouteContext } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react'
import { askAsleepEveryMs } from '#web/api/live.ts'
import { tunnelsQuery } from '#web/api/queries.ts'
import { type Headline, headlineOf } from '#web/fleet/headline.ts'
import { isAlarm, judged, worstFirst } from '#web/fleet/judge.ts'
import { useStaleIds } from '#web/fleet/use-stale-ids.ts'
import { displayName } from '#web/ui/names.ts'
import { notify, useNotifications } from '#web/ui/notifications.ts'
import { setTitleState } from '#web/ui/page-title.ts'

/** A browser may wake a hidden page as late as that again. */
const asleepPatienceMs = 2 * askAsleepEveryMs

/**
 * The worst of all tunnels where it is seen while the page is not: in the tab's icon and title, and in a
 * notification for whoever asked for it. Shows nothing itself.
 */
export function Beacon() {
  const { data: list } = useQuery(tunnelsQuery)
  const tunnels = useMemo(() => list?.tunnels ?? [], [list])
  const { live } = useRouteContext({ from: '__root__' })
  const isAsleep = useSyncExternalStore(live.subscribe, () => live.state().state === 'asleep')
  // What is asked for once a minute is not unknown in between; what was not answered is.
  const staleIds = useStaleIds(tunnels, isAsleep ? asleepPatienceMs : 0)
  const all = useMemo(() => judged(tunnels, staleIds), [tunnels, staleIds])
  const headline = useMemo(() => headlineOf(all), [all])
  const wanted = useNotifications()
  const isKnown = list !== undefined && tunnels.length > 0

  const state = isKnown && isWorthATab(headline) ? headline.text : ''
  const icon = isKnown ? icons[headline.tone] : icons.good
  useEffect(() => {
    setTitleState(state)
    return () => setTitleState('')
  }, [state])
  useEffect(() => {
    setIcon(icon)
    return () => setIcon(icons.good)
  }, [icon])

  const alarming = useRef<ReadonlySet<string> | null>(null)
  useEffect(() => {
    if (!isKnown) return
    const now = worstFirst(all.filter(isAlarm))
    const before = alarming.current
    // What was down when it was last seen is no news when it is seen again.
    const unseen = all.filter(({ tunnel, stale }) => stale && before?.has(tunnel.id))
    alarming.current = new Set([...now, ...unseen].map(({ tunnel }) => tunnel.id))
    // What was so when the page was opened is no news, and whoever looks at it needs no telling.
    if (!wanted || before === null || document.visibilityState === 'visible') return
    const fresh = now.filter(({ tunnel }) => !before.has(tunnel.id))
    if (fresh.length === 0) return
    notify(headline.text, fresh.map(({ tunnel }) => displayName(tunnel.name)).join(', '), icon)
  }, [all, isKnown, wanted, headline, icon])
  return null
}

const setIcon = (icon: string) =>
  document.querySelector('link[rel="icon"]')?.setAttribute('href', icon)

const isWorthATab = ({ tone }: Headline) => tone === 'bad' || tone === 'warn' || tone === 'unknown'

const icons: Record<Headline['tone'], string> = {
  good: '/favicon.svg',
  news: '/favicon.svg',
  warn: '/favicon-warn.svg',
  bad: '/favicon-bad.svg',
  unknown: '/favicon-unknown.svg',
}
