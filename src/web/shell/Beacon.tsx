import { useQuery } from '@tanstack/react-query'
import { useRouteContext } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react'
import { askAsleepEveryMs } from '#web/api/live.ts'
import { tunnelsQuery } from '#web/api/queries.ts'
import { type Headline, headlineOf } from '#web/fleet/headline.ts'
import { type Heard, hear } from '#web/fleet/hear.ts'
import { judged, worstFirst } from '#web/fleet/judge.ts'
import { pageIcon, usePageIcon } from '#web/fleet/page-icon.ts'
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
  const tone = isKnown ? headline.tone : 'good'
  usePageIcon(tone)
  useEffect(() => {
    setTitleState(state)
    return () => setTitleState('')
  }, [state])

  const heard = useRef<Heard | null>(null)
  useEffect(() => {
    if (!isKnown) return
    const before = heard.current
    const { count, last } = (heard.current = hear(before, all, false))
    // Whoever looks at the page needs no telling.
    if (!wanted || count === (before?.count ?? 0) || document.visibilityState === 'visible') return
    const calling = worstFirst(all.filter(({ tunnel }) => last.includes(tunnel.id)))
    const { text, tone } = headlineOf(calling)
    notify(text, calling.map(({ tunnel }) => displayName(tunnel.name)).join(', '), pageIcon(tone))
  }, [all, isKnown, wanted])
  return null
}

const isWorthATab = ({ tone }: Headline) => tone === 'bad' || tone === 'warn' || tone === 'unknown'
