import * as z from 'zod/mini'

/**
 * A failover from the click to its end.
 *
 *     sending → accepted ─┬→ confirmed      a read after the PUT showed the target active, the old one not
 *        │        ↑       ├→ other-active   a third connector became active
 *        ├→ unknown ──────┴→ not-confirmed  60 s passed
 *        └→ rejected                        Cloudflare refused; nothing changed
 *
 * `unknown` means that no clear answer came (time-out, reset, 5xx): the PUT is never repeated, the
 * connectors are read until they tell. A finished failover is never edited.
 */
export const failoverStates = [
  'sending',
  'accepted',
  'unknown',
  'rejected',
  'confirmed',
  'other-active',
  'not-confirmed',
] as const
export const FailoverState = z.enum(failoverStates)
export type FailoverState = z.infer<typeof FailoverState>

export const isRunning = (state: FailoverState) =>
  state === 'sending' || state === 'accepted' || state === 'unknown'

/** Seconds after the PUT at which the connectors are read; then the failover counts as not confirmed. */
export const verifySeconds = [
  1, 2, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 34, 39, 44, 49, 54, 59,
]
export const verifyDeadlineMs = 60_000

/** A connector as it was when the failover was asked for. */
const Party = z.object({
  connectorId: z.string(),
  colos: z.array(z.string()),
  version: z.nullable(z.string()),
})

export const Failover = z.object({
  id: z.string(),
  tunnelId: z.string(),
  accountId: z.string(),
  tunnelName: z.string(),
  by: z.string(),
  state: FailoverState,
  /** Null when no connector was active. */
  from: z.nullable(Party),
  to: Party,
  requestedAt: z.number(),
  /** On disk, then sent. */
  sentAt: z.nullable(z.number()),
  acceptedAt: z.nullable(z.number()),
  /** First read that showed the old one no longer active. */
  demotedAt: z.nullable(z.number()),
  /** First read that showed the target active. */
  promotedAt: z.nullable(z.number()),
  endedAt: z.nullable(z.number()),
  /** The connectors that Cloudflare reported active at the last read. */
  activeNow: z.array(z.string()),
  /** Why it was rejected, is unclear or was not confirmed, for people. */
  detail: z.nullable(z.string()),
  cloudflare: z.array(z.object({ code: z.string(), message: z.string() })),
  /** The target was seen active only after the deadline. */
  lateAt: z.nullable(z.number()),
})
export type Failover = z.infer<typeof Failover>

/** The names are part of Tandem's published API. */
export const FailoverRequest = z.strictObject({
  /** The connector to promote. */
  client_id: z.string(),
  /** The connector that the person saw as active; null if none. */
  expected_active_id: z.nullable(z.string()),
})
export type FailoverRequest = z.infer<typeof FailoverRequest>
