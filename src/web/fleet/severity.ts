import type { ReadinessKind, Tunnel, TunnelStatus } from '#contract/tunnel.ts'

/** How bad is a tunnel, and who stands before whom? All pure. */

// What needs somebody now, then what would need somebody after one more failure, then the rest.
export const statusRank: Record<TunnelStatus, number> = {
  down: 0,
  degraded: 2,
  unknown: 4,
  healthy: 6,
  inactive: 7,
}
export const readinessRank: Record<ReadinessKind, number> = {
  disconnected: 0,
  'no-active': 1,
  conflict: 1,
  exposed: 3,
  unknown: 4,
  'not-ha': 5,
  ready: 6,
}

/** How bad a tunnel is, 0 worst. A tunnel that never ran is nobody's emergency. */
export function severity(tunnel: Tunnel): number {
  if (tunnel.status === 'inactive') return statusRank.inactive
  return Math.min(statusRank[tunnel.status], readinessRank[tunnel.readiness])
}

export const names = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** Names in human order (`gw-2` before `gw-10`), then ids, so that equal names keep their places. */
export function byName(a: Tunnel, b: Tunnel): number {
  return names.compare(a.name, b.name) || (a.id < b.id ? -1 : 1)
}
