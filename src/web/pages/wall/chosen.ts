import type { Tunnel } from '#contract/tunnel.ts'
import { filtered } from '#web/fleet/filter.ts'
import type { WallSearch } from './settings.ts'

/** Whether a wall's address asks for some tunnels only. */
export const isFiltered = ({ account, tunnel, name, status, readiness, tag }: WallSearch) =>
  [account, tunnel, name, status, readiness, tag].some((each) => each !== undefined)

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
