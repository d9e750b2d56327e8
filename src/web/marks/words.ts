import { type Mark, windowOf } from '#contract/marks.ts'
import { stretchText } from '#web/charts/stretch-text.ts'
import { changesText } from '#web/ui/numbers.ts'
import { clockIn, dayIn, momentIn, shortIn, type Zone } from '#web/ui/zone.ts'

/** Marks in words. Pure. */

/** Changes that wait to be acknowledged: `Both changes, 24 Nov, 12:04 – 14:00`. */
export function waitingStretchText(
  { count, firstAt, lastAt }: { count: number; firstAt: number; lastAt: number },
  zone: Zone,
): string {
  if (count === 1) return `The change of ${shortIn(firstAt, zone)}`
  const all = count === 2 ? 'Both changes' : `All ${changesText(count)}`
  return `${all}, ${stretchText({ from: firstAt, to: lastAt }, firstAt, zone)}`
}

/** What it is and when, without who and the text. */
export function markText(mark: Mark, zone: Zone): string {
  if (mark.kind === 'note') return `Note to ${shortIn(mark.at, zone)}`
  if (mark.kind === 'acknowledgement') return `Acknowledged ${shortIn(mark.at, zone)}`
  const window = windowOf(mark)
  if (!window) return 'Maintenance, called off'
  const early = mark.endedAt === null ? '' : ', ended early'
  return `Maintenance ${stretchText(window, window.from, zone)}${early}`
}

/** What an acknowledgement covers; null for other marks. */
export function coveredText({ kind, from, to }: Mark, zone: Zone): string | null {
  if (kind !== 'acknowledgement' || from === null || to === null) return null
  const begin = `${dayIn(from, zone)}, ${clockIn(from, zone)}`
  return from === to
    ? `the change of ${begin}`
    : `the changes from ${begin} to ${momentIn(to, from, zone)}`
}
