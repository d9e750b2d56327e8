import { type Mark, windowOf } from '#contract/marks.ts'
import { clockIn, dayIn, shortIn, type Zone } from '#web/ui/zone.ts'

/** Marks in words. Pure. */

/** `24 Nov, 12:04 – 14:00`; the day once where it is one, and so the minute. */
export function stretchText({ from, to }: { from: number; to: number }, zone: Zone): string {
  const isOneDay = dayIn(from, zone) === dayIn(to, zone)
  const [begin, end] = [shortIn(from, zone), shortIn(to, zone)]
  if (begin === end) return begin
  return `${begin} – ${isOneDay ? end.slice(end.lastIndexOf(' ') + 1) : end}`
}

/** What it is and when, without who and the text. */
export function markText(mark: Mark, zone: Zone): string {
  if (mark.kind === 'note') return `Note to ${shortIn(mark.at, zone)}`
  if (mark.kind === 'acknowledgement') return `Acknowledged ${shortIn(mark.at, zone)}`
  const window = windowOf(mark)
  if (!window) return 'Maintenance, called off'
  const early = mark.endedAt === null ? '' : ', ended early'
  return `Maintenance ${stretchText(window, zone)}${early}`
}

/** What an acknowledgement covers; null for other marks. */
export function coveredText({ kind, from, to }: Mark, zone: Zone): string | null {
  if (kind !== 'acknowledgement' || from === null || to === null) return null
  return from === to
    ? `the change of ${clockIn(from, zone)}`
    : `the changes from ${shortIn(from, zone)} to ${clockIn(to, zone)}`
}
