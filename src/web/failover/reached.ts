import type { Failover } from '#contract/failover.ts'

const steps = [
  ['promotedAt', 'promoted'],
  ['demotedAt', 'demoted'],
  ['acceptedAt', 'accepted'],
  ['sentAt', 'sent'],
] as const

/**
 * How far is a running failover, in a word? The last thing that happened; `sending` before all of them. Pure, and
 * by itself because a wall loads it too.
 */
export const reachedOf = (failover: Failover): string =>
  steps.find(([at]) => failover[at] !== null)?.[1] ?? 'sending'
