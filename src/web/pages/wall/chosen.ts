import type { Tunnel } from '#contract/tunnel.ts'
import { filtered } from '#web/fleet/filter.ts'
import type { WallSearch } from './settings.ts'

/** The tunnels that a wall's address asks for. */
export function chosen(
  tunnels: readonly Tunnel[],
  { account, name, status, readiness, tag }: WallSearch,
): Tunnel[] {
  const own = account ? tunnels.filter(({ accountId }) => accountId === account) : tunnels
  return filtered(own, { q: name, status, readiness, tag })
}
