import { mostTunnels } from '#contract/most-tunnels.ts'
import {
  type ReadinessKind,
  readinessKinds,
  type TunnelStatus,
  tunnelStatuses,
} from '#contract/tunnel.ts'
import { oneOf, someOf, textOf, uuidsOf } from '#web/api/search.ts'
import { tagsOf } from '#web/fleet/tags.ts'

/** What a wall shows stands in its address alone, so a screen needs nothing but that. Pure. */

export const densities = ['roomy', 'normal', 'dense'] as const
export type Density = (typeof densities)[number]

export type WallSearch = {
  /** Only this account's tunnels. */
  account?: string | undefined
  status?: TunnelStatus[] | undefined
  readiness?: ReadinessKind[] | undefined
  /** Only these tunnels, by their ids. */
  tunnel?: string[] | undefined
  /** Words of which each must occur, as in the list's search. */
  name?: string | undefined
  /** Of the tags with one key any, of different keys each: `site:london,team:network`. */
  tag?: string[] | undefined
  /** Seconds for which a page stays, where there is more than one. */
  page?: number | undefined
  theme?: 'dark' | 'light' | undefined
  /** An IANA zone, e.g. `Europe/London`; the screen's own where left out. */
  zone?: string | undefined
  /** A tone when a tunnel goes down or loses its active connector. */
  sound?: 'on' | 'off' | undefined
  /** The headline flashes for it. */
  flash?: 'on' | 'off' | undefined
  /** Hours of the day in the wall's zone without sound and flash: `22-7`. */
  quiet?: string | undefined
  density?: Density | undefined
}

/** Whether a wall's address asks for some tunnels only. */
export const isFiltered = ({ account, tunnel, name, status, readiness, tag }: WallSearch) =>
  [account, tunnel, name, status, readiness, tag].some((each) => each !== undefined)

export const usualPageSeconds = 30
const pageSeconds = { least: 5, most: 3600 }

/** What is not understood is left out: a wall with a wrong word in its address still shows everything else. */
export function wallSearch(search: Record<string, unknown>): WallSearch {
  const page = Number(search.page)
  return {
    account: textOf(search.account),
    status: someOf(tunnelStatuses, search.status),
    readiness: someOf(readinessKinds, search.readiness),
    tunnel: uuidsOf(search.tunnel, mostTunnels),
    name: textOf(search.name),
    tag: tagsOf(search.tag),
    page:
      Number.isInteger(page) && page >= pageSeconds.least && page <= pageSeconds.most
        ? page
        : undefined,
    theme: oneOf(['dark', 'light'], search.theme),
    zone: isZone(search.zone) ? search.zone : undefined,
    sound: oneOf(['on', 'off'], search.sound),
    flash: oneOf(['on', 'off'], search.flash),
    quiet: hoursOf(search.quiet) ? String(search.quiet) : undefined,
    density: oneOf(densities, search.density),
  }
}

function isZone(zone: unknown): zone is string {
  if (typeof zone !== 'string' || zone === '') return false
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }))
  } catch {
    return false
  }
}

/** `22-7` → from 22:00 to 7:00 the next morning; null for what is no such text. */
export function hoursOf(text: unknown): { from: number; to: number } | null {
  const [, from, to] = /^(\d{1,2})-(\d{1,2})$/.exec(String(text)) ?? []
  if (from === undefined || to === undefined) return null
  const hours = { from: Number(from), to: Number(to) }
  return hours.from < 24 && hours.to < 24 && hours.from !== hours.to ? hours : null
}
