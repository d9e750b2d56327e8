import { useQuery } from '@tanstack/react-query'
import { useRouteContext } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react'
import { askAsleepEveryMs } from '#web/api/live.ts'
import { tunnelsQuery } from '#web/api/queries.ts'
import { type Headline, headlineOf } from '#web/fleet/headline.ts'
import { type Heard, hear } from '#web/fleet/hear.ts'
import { isAlarm, judged, worstFirst } from '#web/fleet/judge.ts'
import { pageIcon, usePageIcon } from '#web/fleet/page-icon.ts'
import { useStaleIds } from '#web/fleet/use-stale-ids.ts'
import { useClock } from '#web/ui/clock.ts'
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

  const isLookedAt = useClock(isSomebodyThere)
  const heard = useRef<Heard | null>(null)
  /** What needs not be told: known when somebody last looked, and not seen to be better since. */
  const seen = useRef<readonly string[]>([])
  useEffect(() => {
    if (!isKnown) return
    const before = heard.current
    const { count, known } = (heard.current = hear(before, all, false))
    seen.current = before && !isLookedAt ? seen.current.filter((id) => known.includes(id)) : known
    if (!wanted || count === (before?.count ?? 0) || isLookedAt) return
    // It takes the place of the one before: what that one named is named again.
    const calling = worstFirst(
      all.filter((one) => isAlarm(one) && !seen.current.includes(one.tunnel.id)),
    )
    const { text, tone } = headlineOf(calling)
    notify(text, calling.map(({ tunnel }) => displayName(tunnel.name)).join(', '), pageIcon(tone))
  }, [all, isKnown, wanted, isLookedAt])
  return null
}

/** A window beside the one that somebody works in is visible, and nobody looks at it. */
const isSomebodyThere = () => document.visibilityState === 'visible' && document.hasFocus()

const isWorthATab = ({ tone }: Headline) => tone === 'bad' || tone === 'warn' || tone === 'unknown'
