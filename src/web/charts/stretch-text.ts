import { dayIn, minuteIn, yearIn, type Zone } from '#web/ui/zone.ts'
import type { Stretch } from './range.ts'

/**
 * A stretch of time in words: `24 Nov, 12:04 – 14:00`, its day once where it is one. Days have their year where not
 * both are of the present one: those of a whole year would be told as minutes. Pure.
 *
 * @param follows its end is the present.
 */
export function stretchText({ from, to }: Stretch, now: number, zone: Zone, follows = false) {
  const isOfNow = [from, to].every((at) => yearIn(at, zone) === yearIn(now, zone))
  const dayOf = (at: number) =>
    isOfNow ? dayIn(at, zone) : `${dayIn(at, zone)} ${yearIn(at, zone)}`
  const momentOf = (at: number) => `${dayOf(at)}, ${minuteIn(at, zone)}`
  const end = dayOf(from) === dayOf(to) ? minuteIn(to, zone) : momentOf(to)
  return `${momentOf(from)} – ${follows ? 'now' : end}`
}
