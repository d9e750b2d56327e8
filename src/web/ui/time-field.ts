import { offsetMs, type Zone } from './zone.ts'

/** A moment as a date and time field holds it, and the other way round. Pure. */

/** `2026-11-24T12:04:10` */
export const fieldOf = (at: number, zone: Zone): string =>
  new Date(at + offsetMs(at, zone)).toISOString().slice(0, 19)

/**
 * What a field says; null for what is no time.
 *
 * @param begun the moment that the field began with. As long as it says that, it means that: in the hour that clocks
 * repeat, a text alone would mean the first time.
 */
export function fromField(text: string, zone: Zone, begun: number): number | null {
  if (text === fieldOf(begun, zone)) return begun - (begun % 1000)
  const at = Date.parse(zone === 'utc' ? `${text}Z` : text)
  return Number.isNaN(at) ? null : at
}
