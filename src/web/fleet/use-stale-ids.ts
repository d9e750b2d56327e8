import { useMemo } from 'react'
import type { Tunnel } from '#contract/tunnel.ts'
import { statusAtOf } from '#web/api/ages.ts'
import { useClock } from '#web/ui/clock.ts'

/**
 * Which tunnels are too old to be believed. The same set as long as it holds the same ones.
 *
 * @param patienceMs how much older they may be, where the page itself asks that rarely.
 */
export function useStaleIds(tunnels: readonly Tunnel[], patienceMs = 0): ReadonlySet<string> {
  const text = useClock((now) =>
    tunnels
      .filter((tunnel) => {
        const at = statusAtOf(tunnel)
        return at === null || now - at > tunnel.staleAfterMs + patienceMs
      })
      .map(({ id }) => id)
      .join(' '),
  )
  return useMemo(() => new Set(text.split(' ')), [text])
}
