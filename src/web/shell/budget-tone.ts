import type { PollerState } from '#contract/session.ts'

/** Polling fills its share by design; what people do comes on top and is worth a colour only when it is much. */
export function budgetTone(
  { used, polling, hardStop }: PollerState['budget'],
  fine: string,
): string {
  if (used > hardStop) return 'bg-bad'
  return used > (polling + hardStop) / 2 ? 'bg-warn' : fine
}
