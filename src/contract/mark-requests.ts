import * as z from 'zod/mini'
import type { Window } from './marks.ts'

/** What is asked for when people say something to a tunnel's story, and what is no maintenance. */

/** A maintenance may have begun so long before it is told, not more: the past is not rewritten. */
const maintenanceBackMs = 3_600_000
const longestMaintenanceMs = 14 * 24 * 3_600_000
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
    /** One entry of the log, with the switch that it is part of as far as `through`; left out: all that waits. */
    eventId: z.optional(z.string().check(z.maxLength(60))),
    comment: z.optional(z.nullable(Text)),
  })
  .check(
    z.refine(({ through, eventId }) => through !== undefined || eventId !== undefined, {
      message: 'must hold “through” or “eventId”',
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
  if (to <= from) return wrong('to', 'The end must be after the start.')
  if (to <= now)
    return wrong('to', 'The end is in the past: maintenance must be announced in advance.')
  if (from < now - maintenanceBackMs)
    return wrong('from', 'The start can be at most one hour ago: the past is not rewritten.')
  if (from > now + maintenanceAheadMs)
    return wrong('from', 'The start can be at most 90 days ahead.')
  if (to - from > longestMaintenanceMs) return wrong('to', 'Maintenance can last at most 14 days.')
  return null
}
