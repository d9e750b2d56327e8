import { keyOf, valueOf } from '#contract/tags.ts'
import type { Tunnel } from '#contract/tunnel.ts'
import { names, severity } from '#web/fleet/severity.ts'
import { byStatus, type GroupHead, type Line } from './rows.ts'

/** Rows under the heads of their groups. Pure. */

/** Stands for those that have no such tag; no value of a tag can be this. */
const without = '-'

/**
 * The worst group first, then by name, those without a group last among equals: a group moves only when its
 * state changes. Within a group the order stays. A tunnel with two values of the key stands in a group of both.
 *
 * @param closed names of groups of which only the head is shown, as they stand in the address
 */
export function grouped(
  tunnels: readonly Tunnel[],
  group: string,
  closed: readonly string[] | undefined,
): Line[] {
  const groups = new Map<string, Tunnel[]>()
  for (const tunnel of tunnels) {
    const place = placeOf(tunnel, group)
    const its = groups.get(place)
    if (its) its.push(tunnel)
    else groups.set(place, [tunnel])
  }
  return [...groups]
    .map(([place, its]) => ({ place, its, worst: Math.min(...its.map(severity)) }))
    .toSorted((a, b) => a.worst - b.worst || comparePlaces(a.place, b.place))
    .flatMap(({ place, its }): Line[] => {
      const isOpen = closed?.includes(place) !== true
      const head: GroupHead = {
        id: `group ${place}`,
        place,
        name: place === without ? null : place,
        tunnels: its,
        isOpen,
      }
      return isOpen ? [head, ...its] : [head]
    })
}

function placeOf({ status, tags }: Tunnel, group: string): string {
  if (group === byStatus) return status
  const values = tags.filter((tag) => keyOf(tag) === group).map(valueOf)
  return values.length > 0 ? values.join(' + ') : without
}

function comparePlaces(a: string, b: string): number {
  if (a === without || b === without) return a === b ? 0 : a === without ? 1 : -1
  return names.compare(a, b) || (a < b ? -1 : 1)
}
