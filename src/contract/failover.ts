import * as z from 'zod/mini'
import { Check, ConnectorList, Uuid } from './tunnel.ts'

/**
 * A failover from the click to its end.
 *
 *     sending → accepted ─┬→ confirmed      a read after the PUT showed the target active and connected, the old one not
 *        │        ↑       ├→ other-active   a third connector became active
 *        ├→ unknown ──────┴→ not-confirmed  60 s passed, or the target is active without a connection
 *        └→ rejected                        Cloudflare refused; nothing changed
 *
 * `unknown` means that no clear answer came (time-out, reset, 5xx): the PUT is never repeated, the
 * connectors are read until they tell. A finished failover is never edited: what is seen in the ten
 * minutes after it is kept beside it, as facts of their own.
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

/** Those that were to give up the traffic; older records tell only the one. */
export const oldOnes = ({ from, activeBefore }: Pick<Failover, 'from' | 'activeBefore'>) =>
  activeBefore.length === 0 && from ? [from.connectorId] : activeBefore

export const isRunning = (state: FailoverState) =>
  state === 'sending' || state === 'accepted' || state === 'unknown'

/** Seconds after the PUT at which the connectors are read; then the failover counts as not confirmed. */
export const verifySeconds = [
  1, 2, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 34, 39, 44, 49, 54, 59,
]
export const verifyDeadlineMs = 60_000
/** For so long a switch is on its way; after it, no active connector or two are a warning. */
export const transitionMs = 15_000
/** After its end the connectors are watched for so long more. */
export const watchAfterMs = 600_000

/** A connector as it was when the failover was asked for. */
const Party = z.object({
  connectorId: z.string(),
  colos: z.array(z.string()),
  version: z.nullable(z.string()),
})

/**
 * What was seen after the end. `late` the target is active, and connected, after all · `restored` it is active once more ·
 * `flipped-back` the old one is active again · `moved-on` another one is · `none-active` · `several-active`.
 */
export const afterKinds = [
  'late',
  'restored',
  'flipped-back',
  'moved-on',
  'none-active',
  'several-active',
] as const
export const AfterFact = z.object({
  at: z.number(),
  kind: z.enum(afterKinds),
  activeNow: z.array(z.string()),
})
export type AfterFact = z.infer<typeof AfterFact>

export const Failover = z.object({
  id: z.string(),
  tunnelId: z.string(),
  accountId: z.string(),
  tunnelName: z.string(),
  by: z.string(),
  /** Done to practise, not because something broke. */
  drill: z._default(z.boolean(), false),
  /** Why, in the person's words; grave risks need one. */
  reason: z._default(z.nullable(z.string()), null),
  /** The risks that were ticked, as they stood there. */
  accepted: z._default(z.array(z.object({ id: z.string(), sentence: z.string() })), []),
  state: FailoverState,
  /** Null when no connector was active, or several. */
  from: z.nullable(Party),
  /** The connectors that were active when it was asked for. */
  activeBefore: z._default(z.array(z.string()), []),
  to: Party,
  requestedAt: z.number(),
  /** On disk, then sent. */
  sentAt: z.nullable(z.number()),
  acceptedAt: z.nullable(z.number()),
  /** First read that showed none of the old ones active. */
  demotedAt: z.nullable(z.number()),
  /** First read that showed the target active. */
  promotedAt: z.nullable(z.number()),
  /** First read that showed nobody active; null: none did. */
  vacantAt: z._default(z.nullable(z.number()), null),
  /**
   * Milliseconds without an active connector, as exactly as the reads tell; while it lasts and when it
   * did not end: null.
   */
  vacantMs: z._default(z.nullable(z.number()), null),
  endedAt: z.nullable(z.number()),
  /** The connectors that Cloudflare reported active at the last read. */
  activeNow: z.array(z.string()),
  /** Why it was rejected, is unclear or was not confirmed, for people. */
  detail: z.nullable(z.string()),
  cloudflare: z.array(z.object({ code: z.string(), message: z.string() })),
  /** What was seen in the ten minutes after its end, oldest first. */
  afterwards: z._default(z.array(AfterFact), []),
})
export type Failover = z.infer<typeof Failover>

/** When the target of an unconfirmed failover was active, and connected, after all; null when it was not. */
export const lateAtOf = ({ afterwards }: Pick<Failover, 'afterwards'>): number | null =>
  afterwards.find(({ kind }) => kind === 'late')?.at ?? null

/** How long its parts took, milliseconds since it was sent; null where it did not happen or is not known. */
export function measuredOf(failover: Failover) {
  const { sentAt, demotedAt, promotedAt, from, vacantAt, vacantMs } = failover
  const since = (at: number | null) => (at === null || sentAt === null ? null : at - sentAt)
  return {
    demotionMs: from === null ? null : since(demotedAt),
    // A gap that fell between two reads was shorter than the time between them.
    vacantMs: vacantAt === null ? (promotedAt === null ? null : 0) : vacantMs,
    promotionMs: since(promotedAt),
  }
}

/** One reason for or against a failover, out of the list of rules. */
export const FailoverCheck = z.extend(Check, {
  /** A risk that needs a reason beside its tick. */
  grave: z.boolean(),
  /** What the rule protects from. */
  why: z.string(),
  /** Where the console explains it: a path with a fragment. */
  link: z.string(),
})
export type FailoverCheck = z.infer<typeof FailoverCheck>

/** What speaks against a failover now, and the state of the connectors that this rests on. */
export const FailoverChecks = z.object({
  tunnelId: z.string(),
  /** The connector to promote; null: none was named, so only what concerns all is told. */
  to: z.nullable(z.string()),
  /** Blocks first. */
  checks: z.array(FailoverCheck),
  activeId: z.nullable(z.string()),
  /** The server's clock, and when Cloudflare was asked by that clock. */
  at: z.number(),
  readAt: z.nullable(z.number()),
  connectors: ConnectorList,
})
export type FailoverChecks = z.infer<typeof FailoverChecks>

/** Failovers of one tunnel, newest first. */
export const FailoverList = z.object({ failovers: z.array(Failover) })
export type FailoverList = z.infer<typeof FailoverList>

export const mostReason = 500

const Reason = z
  .string()
  .check(z.trim(), z.maxLength(mostReason, `must be ${mostReason} characters or fewer`))

/** The names are part of Tandem's published API. */
export const FailoverRequest = z.strictObject({
  /** The connector to promote. */
  client_id: z.string(),
  /** The connector that the person saw as active; null if none. */
  expected_active_id: z.nullable(z.string()),
  /** Ids of the risks that the person takes. One that applies and is missing: refused, with the list. */
  ticked: z.optional(
    z.array(z.string().check(z.maxLength(40))).check(z.maxLength(40, 'holds too many')),
  ),
  /** Needed where a ticked risk is grave. */
  reason: z.optional(z.nullable(Reason)),
  drill: z.optional(z.boolean()),
})
export type FailoverRequest = z.infer<typeof FailoverRequest>

/** The connector that should carry the traffic when nothing is wrong; null: none is preferred. */
export const PreferenceChange = z.strictObject({ connector_id: z.nullable(Uuid) })
export type PreferenceChange = z.infer<typeof PreferenceChange>
