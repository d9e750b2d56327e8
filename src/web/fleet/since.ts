import type { Since } from '#contract/tunnel.ts'
import { ageText } from '#web/ui/time.ts'
import type { Judged } from './judge.ts'

/** Since when is a tunnel as it is judged? Pure. */

/**
 * Of the fact that its grade rests on: a healthy tunnel that lost its standby an hour ago has been exposed for
 * an hour. Null where that is not known.
 */
export function sinceOf({ tunnel, grade, stale }: Pick<Judged, 'tunnel' | 'grade' | 'stale'>) {
  const { status, since, readinessSince, unacknowledged } = tunnel
  if (stale) return null
  switch (grade) {
    case 'down':
      return status === 'down' ? since : readinessSince
    case 'unknown':
      return status === 'unknown' ? since : readinessSince
    case 'no-active':
    case 'exposed':
      return readinessSince
    case 'changed':
      return unacknowledged && ({ at: unacknowledged.firstAt, source: 'observed' } satisfies Since)
    case 'degraded':
    case 'fine':
    case 'idle':
      return since
    default:
      return grade satisfies never
  }
}

/**
 * `3 h`; `≥ 3 h` where Tandem only saw that it was so, and it began at some time before. After a start everything is
 * just seen, and nothing of it need be new.
 */
export function sinceText({ at, source }: Since, now: number, lengthText = ageText): string {
  const ms = now - at
  const isSeen = source === 'observed'
  if (ms < 5000) return isSeen ? 'just seen' : 'just now'
  return `${isSeen ? '≥ ' : ''}${lengthText(ms)}`
}
