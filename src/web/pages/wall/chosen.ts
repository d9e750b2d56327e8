import { mostTunnels } from '#contract/most-tunnels.ts'
import type { Tunnel } from '#contract/tunnel.ts'
import { filtered } from '#web/fleet/filter.ts'
import { isFiltered, type WallSearch } from './settings.ts'

/** Whether a tunnel vanishes from such a wall when it fails, which leaves everything that is still there fine. */
export const hidesFailing = ({ status, readiness }: WallSearch): boolean =>
  (status !== undefined && !status.includes('down')) ||
  (readiness !== undefined && !readiness.includes('disconnected'))

/** The tunnels that a wall's address asks for. */
export function chosen(
  tunnels: readonly Tunnel[],
  { account, tunnel, name, status, readiness, tag }: WallSearch,
): Tunnel[] {
  const ids = tunnel && new Set(tunnel)
  const own = tunnels.filter(
    ({ id, accountId }) => (!account || accountId === account) && (!ids || ids.has(id)),
  )
  return filtered(own, { q: name, status, readiness, tag })
}

/**
 * The tunnels whose log such a wall asks for; null: everybody's, because it is of all, of more than a question can
 * name, or of those that are in some state, who come and go and with them the question.
 */
export function asked(tunnels: readonly Tunnel[], search: WallSearch): string[] | null {
  const named = { ...search, status: undefined, readiness: undefined }
  if (!isFiltered(named)) return null
  const ids = chosen(tunnels, named).map(({ id }) => id)
  return ids.length > 0 && ids.length <= mostTunnels ? ids : null
}
