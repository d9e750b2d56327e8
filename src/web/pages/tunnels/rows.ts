import type { TunnelSummary } from '#contract/history.ts'
import type { ReadinessKind, Tunnel, TunnelStatus } from '#contract/tunnel.ts'
import { checkedAtOf } from '#web/api/ages.ts'
import { byName, names, readinessRank, severity, statusRank } from '#web/fleet/severity.ts'
import type { SortKey } from './search.ts'

/** Which tunnels does the list show, and in which order? All pure but for the ages, which stand beside the rows. */

export type Direction = 'asc' | 'desc'

/** What the list can be put into groups by, besides the keys of its tags. */
export const byStatus = 'status'

/** The row above the tunnels of a group, or in their place. */
export type GroupHead = {
  id: string
  /** As it stands in the address. */
  place: string
  /** Null: the tunnels that have no such tag. */
  name: string | null
  tunnels: readonly Tunnel[]
  isOpen: boolean
}
/** What stands in one row of the table. */
export type Line = Tunnel | GroupHead
export const isHead = (line: Line): line is GroupHead => 'isOpen' in line
/** Those that can be selected. */
export const tunnelsOf = (lines: readonly Line[]): Tunnel[] =>
  lines.flatMap((line) => (isHead(line) ? [] : [line]))

/** What the last day and the last 30 days of each tunnel were like; empty until it is known. */
export type Figures = Record<'day' | 'month', ReadonlyMap<string, TunnelSummary>>

type Compare = (a: Tunnel, b: Tunnel, sign: number) => number
type Of<T> = (tunnel: Tunnel) => T | null

/** Unknown is last in both directions: it is no value. */
const by =
  <T>(of: Of<T>, compare: (x: T, y: T) => number): Compare =>
  (a, b, sign) => {
    const x = of(a)
    const y = of(b)
    return x === null || y === null ? Number(x === null) - Number(y === null) : compare(x, y) * sign
  }

const byNumber = (of: Of<number>) => by(of, (x, y) => x - y)
/** The youngest first: what just happened is what one looks for. */
const byTime = (of: Of<number>) => by(of, (x, y) => y - x)
const byText = (of: Of<string>) => by((tunnel) => of(tunnel) || null, names.compare)

const orders: Record<Exclude<SortKey, keyof Figures>, Compare> = {
  status: byNumber((tunnel) => statusRank[tunnel.status]),
  name: (a, b, sign) => byName(a, b) * sign,
  readiness: byNumber((tunnel) => readinessRank[tunnel.readiness] + tunnel.standbyCount / 100),
  active: byText((tunnel) => tunnel.activeColos.join(' ') || tunnel.activeConnectorId),
  colos: byText((tunnel) => tunnel.colos.join(' ')),
  connectors: byNumber((tunnel) => tunnel.connectorCount),
  since: byTime((tunnel) => tunnel.since && tunnel.since.at),
  changed: byTime((tunnel) => tunnel.changedAt),
  // As it is shown: what the row says itself is of when it last changed.
  age: byTime(checkedAtOf),
}

let places: ReadonlyMap<string, number> = new Map()

/**
 * Begins where each stood last time: comparing names takes long, and what is nearly in order takes one comparison a
 * tunnel instead of ten.
 */
function inOrder(tunnels: readonly Tunnel[], compare: (a: Tunnel, b: Tunnel) => number): Tunnel[] {
  const placeOf = ({ id }: Tunnel) => places.get(id) ?? tunnels.length
  const order = tunnels.toSorted((a, b) => placeOf(a) - placeOf(b)).toSorted(compare)
  places = new Map(order.map(({ id }, place) => [id, place]))
  return order
}

/** A new array in the wanted order; equal ones by name. */
export function sorted(
  tunnels: readonly Tunnel[],
  sort: SortKey | undefined,
  direction?: Direction,
  figures?: Figures,
): Tunnel[] {
  if (!sort) return inOrder(tunnels, (a, b) => severity(a) - severity(b) || byName(a, b))
  const compare =
    sort === 'day' || sort === 'month'
      ? byNumber(({ id }) => figures?.[sort].get(id)?.availability ?? null)
      : orders[sort]
  const sign = direction === 'desc' ? -1 : 1
  return inOrder(tunnels, (a, b) => compare(a, b, sign) || byName(a, b))
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
