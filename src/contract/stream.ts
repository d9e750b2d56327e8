import type { LiveEvent, ToldEvent } from './events.ts'
import type { Tunnel } from './tunnel.ts'

/**
 * How the live stream speaks. It puts an event without what is usual: a third of a tunnel's row is `null`, and a
 * wall hears of every row that changes.
 */

/** How often it says that it is still there. */
export const heartbeatMs = 15_000
/** A page that heard nothing for this long says that it is not live. */
export const silenceMs = 40_000
/** No stream is longer: the next one has its sign-in looked at from the beginning. */
export const longestStreamMs = 30 * 60_000

/** What a tunnel is told without. */
export const usual = {
  tags: [],
  statusReported: null,
  ha: null,
  haMode: null,
  activeConnectorId: null,
  activeColos: [],
  colos: [],
  connectorCount: null,
  connectionCount: null,
  since: null,
  activeSince: null,
  readinessSince: null,
  changedAt: null,
  createdAt: null,
  deletedAt: null,
  checkedAt: null,
  trouble: null,
  unlistedSince: null,
  failoverId: null,
  preferredConnectorId: null,
  onStandbySince: null,
  lastDrill: null,
  unacknowledged: null,
  acknowledged: null,
  maintenance: null,
} satisfies Partial<Tunnel>

/** What a look is told without. */
export const nothingPolled = { checked: {}, tunnels: [], connectors: [], connectorsMoved: [] }

/** For a schema that may lack them. */
export const namesOf = <T extends object>(names: T) =>
  Object.fromEntries(Object.keys(names).map((name) => [name, true])) as { [Name in keyof T]: true }

const isEmpty = (value: unknown) =>
  value === null || (typeof value === 'object' && Object.keys(value).length === 0)

/** Takes out those of `names` that hold nothing. */
function without<T extends object>(whole: T, names: object): T {
  const told = { ...whole } as Record<string, unknown>
  for (const name of Object.keys(names)) if (isEmpty(told[name])) delete told[name]
  return told as T
}

export function toTold(event: LiveEvent): ToldEvent {
  if (event.type !== 'snapshot' && event.type !== 'polled') return event
  const tunnels = event.tunnels.map((tunnel) => without(tunnel, usual))
  return event.type === 'snapshot'
    ? { ...event, tunnels }
    : without({ ...event, tunnels }, nothingPolled)
}

/** What `toTold` was given. */
export function fromTold(told: ToldEvent): LiveEvent {
  if (told.type !== 'snapshot' && told.type !== 'polled') return told
  const tunnels = (told.tunnels ?? []).map((tunnel) => ({ ...usual, ...tunnel }) as Tunnel)
  return told.type === 'snapshot'
    ? { ...told, tunnels }
    : ({ ...nothingPolled, ...told, tunnels } as LiveEvent)
}
