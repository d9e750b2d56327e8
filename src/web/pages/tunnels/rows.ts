import type { TunnelSummary } from '#contract/history.ts'
import type { ReadinessKind, Tunnel, TunnelStatus } from '#contract/tunnel.ts'
import { visibleName } from '#web/ui/names.ts'

/** Which tunnels does the list show, and in which order? All pure. */

/** What the list can be sorted by. Without a choice the worst come first. */
export const sortKeys = [
  'status',
  'name',
  'readiness',
  'active',
  'colos',
  'connectors',
  'since',
  'changed',
  'age',
  'day',
  'month',
] as const
export type SortKey = (typeof sortKeys)[number]
export type Direction = 'asc' | 'desc'

/** What the last day and the last 30 days of each tunnel were like; empty until it is known. */
export type Figures = Record<'day' | 'month', ReadonlyMap<string, TunnelSummary>>

export type Filter = {
  q?: string | undefined
  status?: readonly TunnelStatus[] | undefined
  readiness?: readonly ReadinessKind[] | undefined
}

// What needs somebody now, then what would need somebody after one more failure, then the rest.
const statusRank: Record<TunnelStatus, number> = {
  down: 0,
  degraded: 2,
  unknown: 4,
  healthy: 6,
  inactive: 7,
}
const readinessRank: Record<ReadinessKind, number> = {
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

const names = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** Names in human order (`gw-2` before `gw-10`), then ids, so that equal names keep their places. */
function byName(a: Tunnel, b: Tunnel): number {
  return names.compare(a.name, b.name) || (a.id < b.id ? -1 : 1)
}

/** Unknown is last in both directions: it is no value. */
function byNumber(of: (tunnel: Tunnel) => number | null) {
  return (a: Tunnel, b: Tunnel, sign: number) => {
    const x = of(a)
    const y = of(b)
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1
    return (x - y) * sign
  }
}

const byText = (of: (tunnel: Tunnel) => string) => {
  const compare = (a: string, b: string) => names.compare(a, b)
  return (a: Tunnel, b: Tunnel, sign: number) => {
    const x = of(a)
    const y = of(b)
    if (x === '' || y === '') return x === y ? 0 : x === '' ? 1 : -1
    return compare(x, y) * sign
  }
}

type Compare = (a: Tunnel, b: Tunnel, sign: number) => number
const orders: Record<Exclude<SortKey, keyof Figures>, Compare> = {
  status: byNumber((tunnel) => statusRank[tunnel.status]),
  name: (a, b, sign) => byName(a, b) * sign,
  readiness: byNumber((tunnel) => readinessRank[tunnel.readiness] + tunnel.standbyCount / 100),
  active: byText((tunnel) => tunnel.activeColos.join(' ') || (tunnel.activeConnectorId ?? '')),
  colos: byText((tunnel) => tunnel.colos.join(' ')),
  connectors: byNumber((tunnel) => tunnel.connectorCount),
  // The youngest first: what just happened is what one looks for.
  since: byNumber((tunnel) => (tunnel.since === null ? null : -tunnel.since.at)),
  changed: byNumber((tunnel) => (tunnel.changedAt === null ? null : -tunnel.changedAt)),
  age: byNumber((tunnel) => (tunnel.checkedAt === null ? null : -tunnel.checkedAt)),
}

/** A new array in the wanted order; equal ones by name. */
export function sorted(
  tunnels: readonly Tunnel[],
  sort: SortKey | undefined,
  direction: Direction = 'asc',
  figures?: Figures,
): Tunnel[] {
  if (!sort) return tunnels.toSorted((a, b) => severity(a) - severity(b) || byName(a, b))
  const compare =
    sort === 'day' || sort === 'month'
      ? byNumber(({ id }) => figures?.[sort].get(id)?.availability ?? null)
      : orders[sort]
  const sign = direction === 'asc' ? 1 : -1
  return tunnels.toSorted((a, b) => compare(a, b, sign) || byName(a, b))
}

// A row's searchable text is made once for as long as the row stays the same object.
const texts = new WeakMap<Tunnel, string>()

function textOf(tunnel: Tunnel): string {
  let text = texts.get(tunnel)
  if (text === undefined) {
    text = [
      visibleName(tunnel.name),
      tunnel.id,
      tunnel.accountId,
      tunnel.activeConnectorId ?? '',
      ...tunnel.colos,
    ]
      .join(' ')
      .toLowerCase()
    texts.set(tunnel, text)
  }
  return text
}

/** Every word must occur; of statuses and of readiness one each must hold. Keeps the order. */
export function filtered(tunnels: readonly Tunnel[], { q, status, readiness }: Filter): Tunnel[] {
  const words = (q ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  return tunnels.filter(
    (tunnel) =>
      (!status || status.includes(tunnel.status)) &&
      (!readiness || readiness.includes(tunnel.readiness)) &&
      words.every((word) => textOf(tunnel).includes(word)),
  )
}

/** How many there are of each. */
export function counts(tunnels: readonly Tunnel[]) {
  const status: Partial<Record<TunnelStatus, number>> = {}
  const readiness: Partial<Record<ReadinessKind, number>> = {}
  for (const tunnel of tunnels) {
    status[tunnel.status] = (status[tunnel.status] ?? 0) + 1
    readiness[tunnel.readiness] = (readiness[tunnel.readiness] ?? 0) + 1
  }
  return { status, readiness }
}

/** Why no failover can be begun from this row, or null. The dialog's own checks go deeper. */
export function whyNoFailover(tunnel: Tunnel): string | null {
  if (tunnel.failoverId) return 'A failover is running'
  switch (tunnel.readiness) {
    case 'ready':
    case 'conflict':
      return null
    case 'no-active':
      return tunnel.standbyCount > 0 ? null : 'No standby is connected'
    case 'exposed':
      return 'No standby is connected'
    case 'disconnected':
      return 'No connector is connected'
    case 'not-ha':
      return 'The tunnel is not HA: there is nobody to fail over to'
    case 'unknown':
      return 'Its connectors were not read yet'
    default:
      return tunnel.readiness satisfies never
  }
}
