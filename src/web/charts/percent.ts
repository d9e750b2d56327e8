import type { TunnelSummary } from '#contract/history.ts'

/** Shares in words that never promise more than is known. */

/** `99.98 %`. Rounded towards zero: what was down for a second is not 100 %. */
export function percentText(share: number): string {
  if (share >= 1) return '100 %'
  const digits = share >= 0.99 ? 2 : share >= 0.1 ? 1 : 2
  const factor = 10 ** (digits + 2)
  // The tiny addition takes back what floating point lost, e.g. 0.57 * 100.
  return `${((Math.floor(share * factor + 1e-7) / factor) * 100).toFixed(digits)} %`
}

/**
 * `99.98 % of the 97.2 % observed`, and how much of it outside maintenance where there was any; unknown time counts
 * as neither up nor down, and time before a tunnel ever ran has no share at all.
 */
export function availabilityText({
  availability,
  availabilityOutside: outside,
  ...times
}: Times & Pick<TunnelSummary, 'availability' | 'availabilityOutside'>): string {
  if (times.observedMs === 0) return 'nothing observed'
  const observed = `the ${percentText(observedShare(times))} observed`
  if (availability === null) return `never connected in ${observed}`
  return `${percentText(availability)} of ${observed}${outside === null ? '' : `, ${outsideText(outside)}`}`
}

/** `100 % outside maintenance` */
export const outsideText = (share: number): string => `${percentText(share)} outside maintenance`

type Times = Pick<TunnelSummary, 'observedMs' | 'totalMs'>

export const observedShare = ({ observedMs, totalMs }: Times): number =>
  totalMs > 0 ? Math.min(1, observedMs / totalMs) : 0

const littleShare = 0.9

/** Whether so little of a window was observed that its shares say little of it. */
export const isLittleObserved = (times: Times): boolean => observedShare(times) < littleShare
