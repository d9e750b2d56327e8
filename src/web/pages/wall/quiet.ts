import { clockIn } from '#web/ui/zone.ts'
import { hoursOf } from './settings.ts'

/** Whether it is quiet then, in the zone (undefined: the screen's own). */
export function isQuiet(quiet: string | undefined, at: number, zone: string | undefined): boolean {
  const hours = hoursOf(quiet)
  if (!hours) return false
  const now = Number(clockIn(at, zone).slice(0, 2))
  return hours.from < hours.to
    ? now >= hours.from && now < hours.to
    : now >= hours.from || now < hours.to
}
