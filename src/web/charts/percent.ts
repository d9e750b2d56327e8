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
 * `99.98 % of the 97.2 % observed`; unknown time counts as neither up nor down, and time before a tunnel ever ran
 * has no share at all.
 */
export function availabilityText({ availability, observedMs, totalMs }: Observed): string {
  if (observedMs === 0) return 'nothing observed'
  const observed = `the ${percentText(observedShare({ observedMs, totalMs }))} observed`
  return availability === null
    ? `never connected in ${observed}`
    : `${percentText(availability)} of ${observed}`
}

type Observed = Pick<TunnelSummary, 'availability' | 'observedMs' | 'totalMs'>

export const observedShare = ({ observedMs, totalMs }: Omit<Observed, 'availability'>): number =>
  totalMs > 0 ? Math.min(1, observedMs / totalMs) : 0

const littleShare = 0.9

/** Whether so little of a window was observed that its shares say little of it. */
export const isLittleObserved = (times: Omit<Observed, 'availability'>): boolean =>
  observedShare(times) < littleShare
