import { useSyncExternalStore } from 'react'

/**
 * When was each tunnel last looked at? Kept beside the query cache on purpose: a look that finds
 * nothing new moves a thousand of these and must not touch one row.
 */

let listedAt: number | null = null
const checkedAt = new Map<string, number>()
const listeners = new Set<() => void>()

/** Takes over newer times; an older answer that comes late changes nothing. */
export function landAges(ages: Iterable<readonly [tunnelId: string, at: number]>) {
  let moved = false
  for (const [tunnelId, at] of ages) {
    if (at <= (checkedAt.get(tunnelId) ?? Number.NEGATIVE_INFINITY)) continue
    checkedAt.set(tunnelId, at)
    moved = true
  }
  if (moved) for (const each of listeners) each()
}

/** Takes over when the accounts were last listed completely. */
export function landListing(at: number | null) {
  if (at === null || at <= (listedAt ?? Number.NEGATIVE_INFINITY)) return
  listedAt = at
  for (const each of listeners) each()
}

export function forgetAges() {
  listedAt = null
  checkedAt.clear()
}

/** The latest of what the row says and what the stream said since; null: never looked at. */
export function checkedAtOf(tunnel: { id: string; checkedAt: number | null }): number | null {
  return checkedAt.get(tunnel.id) ?? tunnel.checkedAt
}

/** When the tunnel was last looked at, epoch ms, kept up by the live stream. */
export function useCheckedAt(tunnel: { id: string; checkedAt: number | null }): number | null {
  return useSyncExternalStore(subscribe, () => checkedAtOf(tunnel))
}

/** When the connectors of a tunnel were last looked at: what stands with them, or the stream's later word. */
export function useConnectorsCheckedAt(
  tunnel: { id: string; checkedAt: number | null },
  list: { checkedAt: number | null },
): number | null {
  const seen = useCheckedAt(tunnel)
  if (seen === null || list.checkedAt === null) return list.checkedAt ?? seen
  return Math.max(seen, list.checkedAt)
}

/**
 * When the tunnel's status was last seen. Before its connectors were read for the first time only the
 * listing speaks of it.
 */
export function statusAtOf(tunnel: { id: string; checkedAt: number | null }): number | null {
  return checkedAtOf(tunnel) ?? listedAt
}

/** As `statusAtOf`, kept up by the live stream. */
export function useStatusAt(tunnel: { id: string; checkedAt: number | null }): number | null {
  return useSyncExternalStore(subscribe, () => statusAtOf(tunnel))
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
