import * as z from 'zod/mini'

/**
 * What people say to a tunnel's story: that they have seen a change, what they know of a moment, and when
 * its traffic may be worked on.
 */
export const markKinds = ['acknowledgement', 'note', 'maintenance'] as const
export const MarkKind = z.enum(markKinds)
export type MarkKind = z.infer<typeof MarkKind>

export const Mark = z.object({
  id: z.string(),
  tunnelId: z.string(),
  kind: MarkKind,
  /** Of a note: the moment it speaks of. Of the others: when they were given. */
  at: z.number(),
  /** Maintenance: its begin. Acknowledgement: the first change that it covers. Else null. */
  from: z.nullable(z.number()),
  /** Maintenance: its planned end. Acknowledgement: the last change that it covers. Else null. */
  to: z.nullable(z.number()),
  by: z.string(),
  /** Who that is, whatever the name becomes: `person:<uuid>`, `machine` or `demo`. */
  byId: z.string(),
  text: z.nullable(z.string()),
  /** The one entry of the log that was acknowledged; null: all that had come until then. */
  eventId: z.nullable(z.string()),
  /** When somebody ended the maintenance before its time; null: nobody did. */
  endedAt: z.nullable(z.number()),
})
export type Mark = z.infer<typeof Mark>

export const MarkList = z.object({ marks: z.array(Mark) })
export type MarkList = z.infer<typeof MarkList>

/** A stretch of time: `from` is included, `to` is not. */
export type Window = { from: number; to: number }

/** When a maintenance was or is; null for one that was called off before it began, and for other marks. */
export function windowOf({ kind, from, to, endedAt }: Mark): Window | null {
  if (kind !== 'maintenance' || from === null || to === null) return null
  const end = endedAt === null ? to : Math.min(to, endedAt)
  return end > from ? { from, to: end } : null
}

/** Who gave the last acknowledgement is told for so long. */
export const acknowledgedForMs = 24 * 3_600_000
/** A maintenance may have begun so long before it is told, not more: the past is not rewritten. */
export const maintenanceBackMs = 3_600_000
export const longestMaintenanceMs = 14 * 24 * 3_600_000
/** … and be planned so far ahead. */
export const maintenanceAheadMs = 90 * 24 * 3_600_000
export const mostText = 500

const Text = z
  .string('must be a text')
  .check(z.trim(), z.maxLength(mostText, `must be ${mostText} characters or fewer`))
/** The last moment that a date can hold. */
const lastMoment = 8_640_000_000_000_000
const noTime = 'must be a time in milliseconds since 1970'
const Time = z.int(noTime).check(z.gte(0, noTime), z.lte(lastMoment, noTime))

export const AcknowledgementRequest = z
  .strictObject({
    /** The `lastAt` that the person saw: what came after it still waits. */
    through: z.optional(Time),
    /** Instead: one entry of the log. */
    eventId: z.optional(z.string().check(z.maxLength(60))),
    comment: z.optional(z.nullable(Text)),
  })
  .check(
    z.refine(({ through, eventId }) => (through === undefined) !== (eventId === undefined), {
      message: 'must hold either “through” or “eventId”',
    }),
  )
export type AcknowledgementRequest = z.infer<typeof AcknowledgementRequest>

export const NoteRequest = z.strictObject({
  /** The moment it speaks of. */
  at: Time,
  text: Text.check(z.minLength(1, 'must not be empty')),
})
export type NoteRequest = z.infer<typeof NoteRequest>

export const MaintenanceRequest = z.strictObject({
  from: Time,
  to: Time,
  text: z.optional(z.nullable(Text)),
})
export type MaintenanceRequest = z.infer<typeof MaintenanceRequest>

/** Why a maintenance can't be from then to then, and which of both is wrong; null when it can. */
export function whyNoMaintenance(
  { from, to }: Window,
  now: number,
): { field: 'from' | 'to'; sentence: string } | null {
  const wrong = (field: 'from' | 'to', sentence: string) => ({ field, sentence })
  if (to <= from) return wrong('to', 'The end must lie after the begin.')
  if (to <= now) return wrong('to', 'The end lies in the past: maintenance is told beforehand.')
  if (from < now - maintenanceBackMs)
    return wrong('from', 'The begin may lie an hour back at most: the past is not rewritten.')
  if (from > now + maintenanceAheadMs)
    return wrong('from', 'The begin may lie 90 days ahead at most.')
  if (to - from > longestMaintenanceMs) return wrong('to', 'A maintenance lasts 14 days at most.')
  return null
}
