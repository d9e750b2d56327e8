import * as z from 'zod/mini'

/**
 * What people say to a tunnel's story: that they have seen a change, what they know of a moment, and when
 * its traffic may be worked on.
 */
export const MarkKind = z.enum(['acknowledgement', 'note', 'maintenance'])
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
  /** The one entry of the log that was acknowledged, with its switch; null: all that had come until then. */
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

export const holds = ({ from, to }: Window, at: number) => from <= at && at < to

/** Who gave the last acknowledgement is told for so long. */
export const acknowledgedForMs = 24 * 3_600_000
