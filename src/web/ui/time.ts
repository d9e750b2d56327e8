/** How times and lengths of time are written. All pure; lengths in milliseconds, times in epoch ms. */

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** A length of time in its two largest units: `45 s`, `2 m 10 s`, `3 h 12 m`, `41 d 3 h`. */
export function durationText(ms: number): string {
  const length = Math.max(0, ms)
  if (length < minute) return `${Math.floor(length / second)} s`
  if (length < hour) return two(length, minute, 'm', second, 's')
  if (length < day) return two(length, hour, 'h', minute, 'm')
  return two(length, day, 'd', hour, 'h')
}

/**
 * How long something holds that began then, or held where it has ended, all epoch ms: `just now`, `3 h 12 m`. What has
 * ended is never just now.
 */
export function sinceText(at: number, end: number | null, now: number): string {
  return end === null && now - at < 5 * second ? 'just now' : durationText((end ?? now) - at)
}

/** A length of time in its largest unit: `45 s`, `2 m`, `3 h`, `41 d`. For ages, where less is more. */
export function ageText(ms: number): string {
  const length = Math.max(0, ms)
  if (length < minute) return `${Math.floor(length / second)} s`
  if (length < hour) return `${Math.floor(length / minute)} m`
  if (length < day) return `${Math.floor(length / hour)} h`
  return `${Math.floor(length / day)} d`
}

/** Seconds with one decimal, for phases of a failover: `0.4 s`, `3.1 s`, `1 m 2 s`. */
export function preciseText(ms: number): string {
  const length = Math.max(0, ms)
  return length < minute ? `${(length / second).toFixed(1)} s` : durationText(length)
}

/** Minutes and seconds that are left, as on a clock: `4:12`, `0:07`, `1:02:00`. */
export function countdownText(ms: number): string {
  const left = Math.ceil(Math.max(0, ms) / second)
  const hours = Math.floor(left / 3600)
  const minutes = Math.floor(left / 60) % 60
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(left % 60)}` : `${minutes}:${pad(left % 60)}`
}

/** Time against now: `just now`, `12 s ago`, `3 h ago`, `in 4 m`. */
export function relativeText(at: number, now: number): string {
  const past = now - at
  if (past < -second) return `in ${ageText(-past)}`
  return past < 5 * second ? 'just now' : `${ageText(past)} ago`
}

const pad = (value: number) => String(value).padStart(2, '0')

function two(length: number, unit: number, name: string, part: number, partName: string) {
  const whole = Math.floor(length / unit)
  const rest = Math.floor((length - whole * unit) / part)
  return rest === 0 ? `${whole} ${name}` : `${whole} ${name} ${rest} ${partName}`
}

/** Made when first needed: a formatter takes milliseconds, and the first page needs none. */
function formatter(options: Intl.DateTimeFormatOptions): (at: number) => string {
  let made: Intl.DateTimeFormat | undefined
  return (at) => {
    // Day before month and 24 hours: read the same everywhere.
    made ??= new Intl.DateTimeFormat('en-GB', options)
    return made.format(at)
  }
}
const localZone = formatter({ dateStyle: 'medium', timeStyle: 'long' })
const utc = formatter({ dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' })

/** Both zones, for a hover: local with its zone, then UTC on a line of its own. */
export const bothZonesText = (at: number) => `${localZone(at)}\n${utc(at)} UTC`
