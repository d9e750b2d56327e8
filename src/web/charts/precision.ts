import { durationText } from '#web/ui/time.ts'

/** ` ± 5 s`: how much earlier than told something may have happened. Empty where the time is exact. */
export const precisionText = (ms: number | null): string =>
  ms === null || ms < 1000
    ? ''
    : ` ± ${ms < 60_000 ? `${Math.ceil(ms / 1000)} s` : durationText(ms)}`
