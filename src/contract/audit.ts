import * as z from 'zod/mini'
import { type OperationId, operations } from './operations.ts'
import { Role } from './roles.ts'
import { summaries } from './summaries.ts'

/**
 * What people did, as it is remembered: a record for each deed, and what came of it in a record of its
 * own. Records are only ever added; each carries the hash of the one before it.
 */

/** What is remembered besides the operations that are marked `audited`. */
export const auditEvents = {
  'signed-in': 'Signed in',
  'sign-in-failed': 'Failed to sign in',
  'signed-out': 'Signed out',
  refused: 'Was refused',
  'set-up': 'Set Tandem up',
  'session-revoked': 'Ended a session',
  'person-added': 'Added a person',
  'person-changed': 'Changed a person',
  'person-disabled': 'Disabled a person',
  'person-removed': 'Removed a person',
  'invitation-made': 'Invited a person',
  'invitation-revoked': 'Took an invitation back',
  'invitation-accepted': 'Accepted an invitation',
  'password-changed': 'Changed a password',
  'password-reset': 'Reset a password',
  'second-factor-added': 'Added a second factor',
  'second-factor-removed': 'Removed a second factor',
  'screen-paired': 'Paired a screen',
  'screen-link-made': 'Made a link for a screen',
  'screen-claimed': 'Came in as a screen',
  'screen-renamed': 'Renamed a screen',
  'screen-revoked': 'Took a screen’s access away',
} as const
export type AuditEvent = keyof typeof auditEvents

export type AuditWhat = OperationId | AuditEvent

const deeds: Partial<Record<OperationId, string>> = {
  tunnelCreate: 'Created a tunnel',
  tunnelUpdate: 'Changed a tunnel',
  tunnelDelete: 'Deleted a tunnel',
  tokenGet: 'Saw an install token',
  configurationPut: 'Changed an HA configuration',
  failoverRun: 'Started a failover',
  tunnelTag: 'Changed tags',
  acknowledgementAdd: 'Acknowledged changes',
  noteAdd: 'Wrote a note',
  noteDelete: 'Deleted a note',
  maintenanceAdd: 'Planned maintenance',
  maintenanceEnd: 'Ended maintenance',
}

/** Everything that a record can be about, in the order in which filters list it. */
export const auditWhats: AuditWhat[] = [
  ...Object.entries(operations)
    .filter(([, operation]) => 'audited' in operation)
    .map(([id]) => id as OperationId),
  ...(Object.keys(auditEvents) as AuditEvent[]),
]

const isEvent = (what: string): what is AuditEvent => Object.hasOwn(auditEvents, what)
const isOperation = (what: string): what is OperationId => Object.hasOwn(operations, what)

/** The deed in a few words, for people; one that this version does not know stays as it is. */
export function auditDeed(what: string): string {
  if (isEvent(what)) return auditEvents[what]
  return isOperation(what) ? (deeds[what] ?? summaries[what]) : what
}

export const AuditWho = z.object({ id: z.string(), name: z.string(), role: Role })
export type AuditWho = z.infer<typeof AuditWho>

/** Facts of a record: what changed, `from` → `to`. Never a secret, only that one changed. */
const Facts = z.record(z.string(), z.unknown())

export const AuditOutcome = z.object({
  at: z.number(),
  /** `done`, a problem's kind, how a failover ended, or that it was `not-sent` before Tandem was stopped. */
  result: z.string(),
  facts: Facts,
})
export type AuditOutcome = z.infer<typeof AuditOutcome>

export const AuditRecord = z.object({
  /** Its place in the chain, from 1 on. */
  seq: z.number(),
  at: z.number(),
  /** Null: nobody that Tandem knows. */
  who: z.nullable(AuditWho),
  /** The client's address. */
  from: z.nullable(z.string()),
  what: z.string(),
  tunnelId: z.nullable(z.string()),
  /** The tunnel's name as Tandem knows it now. */
  tunnelName: z.nullable(z.string()),
  /** What else it was done to: a person, a screen, an operation. */
  target: z.nullable(z.string()),
  facts: Facts,
  /** Finds the log lines. */
  requestId: z.nullable(z.string()),
  /** In the order in which they came; none, and not under way: how it ended is not known. */
  outcomes: z.array(AuditOutcome),
  /** It is being done at this moment: its outcome is yet to come. */
  underWay: z.boolean(),
  /** SHA-256 over the hash before it and this record, 64 hex digits. */
  hash: z.string(),
})
export type AuditRecord = z.infer<typeof AuditRecord>

export const AuditPage = z.object({
  records: z.array(AuditRecord),
  /** Everybody's records, or those of the one who asks. */
  whose: z.enum(['everybody', 'own']),
  /** Hand it back for what is older; null: there is nothing older. */
  cursor: z.nullable(z.string()),
})
export type AuditPage = z.infer<typeof AuditPage>

/** How the chain looks from its first record to its last. */
export const AuditChain = z.object({
  isWhole: z.boolean(),
  /** Records that were looked at and found in order. */
  records: z.number(),
  /** The last of them; null when there is none. */
  last: z.nullable(z.object({ seq: z.number(), at: z.number(), hash: z.string() })),
  /** The first one that was changed or is missing. */
  fault: z.nullable(z.object({ seq: z.number(), sentence: z.string() })),
  checkedAt: z.number(),
})
export type AuditChain = z.infer<typeof AuditChain>

/** Deeds whose outcome nobody waits for: the record itself says all. */
export const isPlain = (what: string) => isEvent(what)

/** How it ended, in a word or two; an outcome that never came is said so. */
export function outcomeWord({
  what,
  outcomes,
  underWay,
}: Pick<AuditRecord, 'what' | 'outcomes' | 'underWay'>): string {
  const last = outcomes.at(-1)
  if (last) return last.result
  if (isPlain(what)) return ''
  return underWay ? 'started' : 'not known'
}
