import { dayIn, minuteIn, offsetMs, yearIn, type Zone, zonedMinuteIn } from '#web/ui/zone.ts'
import type { Stretch } from './range.ts'

/**
 * A stretch of time in words: `24 Nov, 12:04 – 14:00`, its day once where it is one, and so the minute. Days have their year where not
 * both are of the present one: those of a whole year would be told as minutes. Pure.
 *
 * @param follows its end is the present.
 */
export function stretchText({ from, to }: Stretch, now: number, zone: Zone, follows = false) {
  const isOfNow = [from, to].every((at) => yearIn(at, zone) === yearIn(now, zone))
  const dayOf = (at: number) =>
    isOfNow ? dayIn(at, zone) : `${dayIn(at, zone)} ${yearIn(at, zone)}`
  const isOneDay = dayOf(from) === dayOf(to)
  // In the hour that clocks repeat, an end would be told as the beginning, or as before it.
  const isReset = isOneDay && offsetMs(from, zone) !== offsetMs(to, zone)
  const clockOf = (at: number) => (isReset ? zonedMinuteIn : minuteIn)(at, zone)
  const momentOf = (at: number) => `${dayOf(at)}, ${clockOf(at)}`
  if (follows) return `${momentOf(from)} – now`
  if (momentOf(from) === momentOf(to)) return momentOf(from)
  return `${momentOf(from)} – ${isOneDay ? clockOf(to) : momentOf(to)}`
}
