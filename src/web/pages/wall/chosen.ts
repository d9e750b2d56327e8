import type { Tunnel } from '#contract/tunnel.ts'
import { filtered } from '#web/fleet/filter.ts'
import type { WallSearch } from './settings.ts'

/** Whether a wall's address asks for some tunnels only. */
export const isFiltered = ({ account, tunnel, name, status, readiness, tag }: WallSearch) =>
  [account, tunnel, name, status, readiness, tag].some((each) => each !== undefined)

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
