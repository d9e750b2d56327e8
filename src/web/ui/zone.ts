import { useSyncExternalStore } from 'react'

/** Which zone are charts and logs told in? Chosen once per browser: the reader's own, or UTC. */
export const zones = ['local', 'utc'] as const
export type Zone = (typeof zones)[number]

const key = 'tandem.zone'
const listeners = new Set<() => void>()
let chosen: Zone | undefined

function read(): Zone {
  if (chosen) return chosen
  try {
    chosen = localStorage.getItem(key) === 'utc' ? 'utc' : 'local'
  } catch {
    chosen = 'local'
  }
  return chosen
}

export function setZone(zone: Zone) {
  chosen = zone
  try {
    localStorage.setItem(key, zone)
  } catch {
    // Storage refused: the choice holds until the page is left.
  }
  for (const each of listeners) each()
}

export function useZone(): Zone {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, read)
}

/** How far a zone's clock is ahead of UTC at that time, milliseconds. */
export const offsetMs = (at: number, zone: Zone): number =>
  zone === 'utc' ? 0 : -new Date(at).getTimezoneOffset() * 60_000

/** A zone of the choice above, or by its IANA name as a wall's address holds it; undefined: the reader's own. */
export type AnyZone = Zone | (string & {}) | undefined

function formatter(options: Intl.DateTimeFormatOptions): (at: number, zone: AnyZone) => string {
  const made = new Map<AnyZone, Intl.DateTimeFormat>()
  return (at, zone) => {
    let format = made.get(zone)
    if (!format) {
      const timeZone = zone === 'local' ? undefined : zone
      format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone })
      made.set(zone, format)
    }
    return format.format(at)
  }
}

/** `24 Nov 2026, 12:04:10` */
export const instantIn = formatter({ dateStyle: 'medium', timeStyle: 'medium' })
/** `12:04:10` */
export const clockIn = formatter({ timeStyle: 'medium' })
/** `12:04` */
export const minuteIn = formatter({ hour: '2-digit', minute: '2-digit' })
/** `12:04 GMT` */
export const zonedMinuteIn = formatter({
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
})
/** `24 Nov` */
export const dayIn = formatter({ day: 'numeric', month: 'short' })
/** `24/11/2026`, to tell days apart. */
const wholeDayIn = formatter({ dateStyle: 'short' })
/** `24 Nov, 12:04` */
export const shortIn = formatter({
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
})

/**
 * A moment as it is told to somebody who reads it now: `12:04:10`, with its day where that is not today,
 * `23 Nov, 12:04:10`, because what is left open overnight would tell a wrong one.
 */
export function momentIn(at: number, now: number, zone: AnyZone): string {
  const clock = clockIn(at, zone)
  return wholeDayIn(at, zone) === wholeDayIn(now, zone) ? clock : `${dayIn(at, zone)}, ${clock}`
}

/** `Nov` */
export const monthIn = formatter({ month: 'short' })
/** `2026` */
export const yearIn = formatter({ year: 'numeric' })
/** `Tuesday, 24 November 2026` */
export const longDayIn = formatter({
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
})

/** The zone in words: `UTC`, or the reader's own as `Europe/London`. */
export const zoneName = (zone: Zone): string =>
  zone === 'utc' ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone
