import * as z from 'zod/mini'
import { Mark } from './marks.ts'

/**
 * What the connections and roles did over time. History is kept as intervals: `from` is included, `to` is
 * not; times are epoch milliseconds. Time that nobody watched is an interval of its own, with the value
 * `unknown` and a reason: it is never counted as up or down, and no line is drawn over it.
 */

/** Who says so: Tandem saw it, or Cloudflare reports it of a time when Tandem was not looking. */
export const Provenance = z.enum(['observed', 'reported'])
export type Provenance = z.infer<typeof Provenance>

/** Why a stretch is unknown. */
export const UnknownReason = z.enum([
  'tandem-stopped',
  'cloudflare-unreachable',
  'token-rejected',
  'locked-out',
  'not-recorded',
  'not-confirmed',
  'unrecognised',
])
export type UnknownReason = z.infer<typeof UnknownReason>

export const Interval = z.object({
  from: z.number(),
  to: z.number(),
  /**
   * Status lane: a tunnel status. Role lane: a connector role, or `up` where Cloudflare only reports that
   * it ran. Active lane: a connector's id, `none`, also where the one that is called active has no connection, or
   * `several` where Cloudflare reported more than one. Any lane: `unknown`; the active one also where somebody's role
   * is none that Tandem knows.
   */
  value: z.string(),
  source: Provenance,
  /** It began at most this much before `from`; null where `from` is no observed change. */
  precisionMs: z.nullable(z.number()),
  reason: z.nullable(UnknownReason),
  /** True for the interval that still holds. */
  open: z.boolean(),
  /** In a down-sampled window: other, better states are hidden in this stretch. */
  mixed: z.boolean(),
  /** Of a mixed stretch: for how long the state was unknown, milliseconds. Else 0. */
  unknownMs: z.number(),
})
export type Interval = z.infer<typeof Interval>

export type LaneKind = 'status' | 'active' | 'role'

/** Whether most of a stretch that shows something else is unknown. */
export const isPartial = ({ from, to, value, unknownMs }: Interval) =>
  value !== 'unknown' && unknownMs * 2 > to - from

export const ConnectionLife = z.object({
  connectorId: z.string(),
  connectionId: z.string(),
  colo: z.nullable(z.string()),
  originIp: z.nullable(z.string()),
  version: z.nullable(z.string()),
  openedAt: z.number(),
  source: Provenance,
  /** Null while it is open. */
  closedAt: z.nullable(z.number()),
  lastSeenAt: z.number(),
  /** It closed at most this much before `closedAt`. */
  precisionMs: z.nullable(z.number()),
})
export type ConnectionLife = z.infer<typeof ConnectionLife>

export const eventKinds = [
  'tunnel-created',
  'tunnel-appeared',
  'tunnel-renamed',
  'tunnel-deleted',
  'status-changed',
  'active-changed',
  'role-changed',
  'no-active-began',
  'no-active-ended',
  'connector-joined',
  'connector-gone',
  'version-changed',
  'connection-opened',
  'connection-closed',
  'connection-moved',
  'configuration-changed',
  'failover-started',
  'failover-ended',
  'watching-stopped',
  'watching-resumed',
  // Stored by their place in this list: new ones come last.
  'failover-after',
  'acknowledged',
  'noted',
  'note-deleted',
  'maintenance-planned',
  'maintenance-ended',
  'several-active-began',
  'several-active-ended',
] as const
export const EventKind = z.enum(eventKinds)
export type EventKind = z.infer<typeof EventKind>

export const Cause = z.enum(['manual', 'automatic', 'unknown'])
export type Cause = z.infer<typeof Cause>

export const HistoryEvent = z.object({
  /** `tunnel-at-seq`; unique, and in the order of time for one tunnel. */
  id: z.string(),
  at: z.number(),
  /** Null: about Tandem itself. */
  tunnelId: z.nullable(z.string()),
  tunnelName: z.nullable(z.string()),
  kind: EventKind,
  connectorId: z.nullable(z.string()),
  from: z.nullable(z.string()),
  to: z.nullable(z.string()),
  cause: z.nullable(Cause),
  by: z.nullable(z.string()),
  failoverId: z.nullable(z.string()),
  /** What the person said about it: that it is a drill, a reason. */
  note: z.nullable(z.string()),
  /** It happened at most this much before `at`; null where the time is exact. */
  precisionMs: z.nullable(z.number()),
})
export type HistoryEvent = z.infer<typeof HistoryEvent>

/** Whether somebody should acknowledge it: another active connector, none or several, or all of it down. */
export const isChange = ({ kind, to }: Pick<HistoryEvent, 'kind' | 'to'>) =>
  kind === 'active-changed' ||
  kind === 'no-active-began' ||
  kind === 'several-active-began' ||
  (kind === 'status-changed' && to === 'down')

export const TunnelSummary = z.object({
  tunnelId: z.string(),
  /** Milliseconds of the window since the tunnel existed. */
  totalMs: z.number(),
  /** … of which Tandem knows the status. */
  observedMs: z.number(),
  /** … of which it was healthy or degraded. */
  upMs: z.number(),
  /**
   * Part of the observed time in which it was up, time before it ever ran aside; null when there is none.
   * Say "99.98 % of the 97.2 % observed".
   */
  availability: z.nullable(z.number()),
  /** Milliseconds of `totalMs` in which maintenance was announced. */
  maintenanceMs: z.number(),
  /** The same availability without the time of maintenance; null where there was none, or nothing else. */
  availabilityOutside: z.nullable(z.number()),
  /** Milliseconds of it that Tandem knows the status of. */
  observedOutsideMs: z.nullable(z.number()),
  noActiveMs: z.number(),
  /** In so many stretches. */
  noActiveTimes: z.number(),
  longestNoActiveMs: z.number(),
  roleChanges: z.number(),
  reconnects: z.number(),
  /** Role changes and reconnects in the last hour before `to`. */
  flapsLastHour: z.number(),
  /**
   * The window in equal buckets, one letter each, worst state in it: `h` healthy `d` degraded `x` down
   * `i` inactive `u` unknown `.` did not exist. Upper case: only reported. Where most of a bucket is
   * unknown, `y` for down and `e` for degraded. Strips are empty where `?strips=false` asked for the figures alone.
   */
  strip: z.string(),
  /** The same for the active connector: `a`, `b`, … in the order of their turns, `-` none, `+` several, `u` unknown; `~` none and `*` several where most is unknown. */
  activeStrip: z.string(),
})
export type TunnelSummary = z.infer<typeof TunnelSummary>

/** One connector's roles in a window. */
export const RoleLane = z.object({
  connectorId: z.string(),
  intervals: z.array(Interval),
  /** Milliseconds of the window in which it was listed, or may have been before Tandem watched. */
  totalMs: z.number(),
  /** … in which Tandem saw its role, and of these the ones in which it was active. */
  observedMs: z.number(),
  activeMs: z.number(),
  /** Connections that it opened in the window. */
  reconnects: z.number(),
})
export type RoleLane = z.infer<typeof RoleLane>

export const TunnelHistory = z.object({
  tunnelId: z.string(),
  from: z.number(),
  to: z.number(),
  /** When the answer was made: the end of what can be known. */
  at: z.number(),
  /** Since when Tandem watches this tunnel; null: not yet. */
  watchedSince: z.nullable(z.number()),
  /** The window held too much to show each interval: every bad state is kept in buckets this wide. */
  bucketMs: z.nullable(z.number()),
  status: z.array(Interval),
  active: z.array(Interval),
  lanes: z.array(RoleLane),
  /** So many connectors that left longest ago have no lane, because the window holds too much. */
  lanesLeftOut: z.number(),
  /** The figures of the window, reckoned before anything was down-sampled. */
  summary: TunnelSummary,
  /** How often the active connector changed, by cause, as the whole log of the window has it. */
  changeCauses: z.record(Cause, z.number()),
  /** In the order in which they opened. */
  connections: z.array(ConnectionLife),
  /**
   * Null: all connections of the window are listed. Else all that were open after this time, and of those
   * that had closed by then only some: how many were open before is not told.
   */
  connectionsFrom: z.nullable(z.number()),
  /** Newest last. Switches, failovers and time without an active connector first of all, then what else there is room for. */
  events: z.array(HistoryEvent),
  /** What people said of this stretch, in the order in which they did. */
  marks: z.array(Mark),
  /** More connections or events were there than are listed. */
  truncated: z.boolean(),
})
export type TunnelHistory = z.infer<typeof TunnelHistory>

export const HistorySummary = z.object({
  from: z.number(),
  to: z.number(),
  tunnels: z.array(TunnelSummary),
})
export type HistorySummary = z.infer<typeof HistorySummary>

export const ActivityPage = z.object({
  events: z.array(HistoryEvent),
  /** Hand it back for what is older; null: there is nothing older. */
  cursor: z.nullable(z.string()),
})
export type ActivityPage = z.infer<typeof ActivityPage>

/** Buckets of a strip: half an hour each for a day. */
export const stripBuckets = 48
/** Past this many intervals a window comes in buckets. */
export const mostIntervals = 2000

/** A state that was seen and is bad hides what is not known; that hides what is good. */
const badness: Record<LaneKind, Record<string, number>> = {
  status: { down: 9, degraded: 8, unknown: 6, inactive: 3 },
  active: { none: 9, several: 8, unknown: 6 },
  role: { offline: 9, unknown: 6, passive: 2, up: 2 },
}

/** How much a state needs to be seen where there is no room for all; higher is worse. Good ones are 1. */
export const badnessOf = (kind: LaneKind, value: string) => badness[kind][value] ?? 1
