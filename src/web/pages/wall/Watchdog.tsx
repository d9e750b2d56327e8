import { useEffect, useRef } from 'react'
import { useClock } from '#web/ui/clock.ts'

/** A page that stood still shows what is long past: it begins anew. */

/** Longer than any loss of the stream takes to be noticed; shorter than anybody's trust in a wall. */
export const stalledMs = 60_000
const lookEveryMs = 5000

type Beat = { lookedAt: number; drawnAt: number }

/** Whether the page slept or stopped drawing: neither its timer nor its clock may be that far behind. */
export const isStalled = ({ lookedAt, drawnAt }: Beat, now: number): boolean =>
  now - lookedAt > stalledMs || now - drawnAt > stalledMs

/** Draws itself anew every second, and has the page reloaded when that stops. */
export function Watchdog() {
  useClock((now) => Math.floor(now / 1000))
  const drawnAt = useRef(0)
  useEffect(() => {
    drawnAt.current = performance.now()
  })
  useEffect(() => {
    let lookedAt = performance.now()
    let stalled = false
    const timer = setInterval(() => {
      const now = performance.now()
      stalled ||= !document.hidden && isStalled({ lookedAt, drawnAt: drawnAt.current }, now)
      lookedAt = now
      if (stalled) void reloadIfReachable()
    }, lookEveryMs)
    // Out of sight a browser lets timers run once a minute: that time does not count.
    const onVisibility = () => {
      lookedAt = performance.now()
      drawnAt.current = lookedAt
    }
    document.addEventListener('visibilitychange', onVisibility)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', onVisibility)
    }
  }, [])
  return null
}

/**
 * Never reloads into an error page, be it the browser's own or one of a proxy in front of a Tandem that is
 * starting: from there no screen comes back by itself.
 */
async function reloadIfReachable(): Promise<void> {
  const answer = await fetch('/healthz', { cache: 'no-store' }).catch(() => null)
  if (answer?.ok) window.location.reload()
}
