import { mostTunnels } from '#contract/most-tunnels.ts'
import type { Tunnel } from '#contract/tunnel.ts'
import { filtered } from '#web/fleet/filter.ts'
import { isFiltered, type WallSearch } from './settings.ts'

/** What a tunnel that somebody is to be called for may be: one that carries nothing may well be healthy to Cloudflare. */
const failing = {
  status: ['healthy', 'degraded', 'down'],
  readiness: ['no-active', 'disconnected', 'conflict'],
} as const

/** Whether such a wall does not show every tunnel that fails, which leaves everything that it shows fine. */
export const hidesFailing = ({ status, readiness }: WallSearch): boolean =>
  failing.status.some((each) => status?.includes(each) === false) ||
  failing.readiness.some((each) => readiness?.includes(each) === false)

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
