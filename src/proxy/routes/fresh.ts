import { ProblemError } from '../problem.ts'
import type { Request } from './route.ts'

/**
 * "Check now": `?fresh=true` on a read asks Cloudflare, at most once in 10 s for one subject and 20 times
 * a minute in all; beyond that the answer is what is already known, with its age. So nobody can spend the
 * call budget by reloading.
 */
const perSubjectMs = 10_000
const perMinute = 20

export function wantsFresh(c: Request): boolean {
  const fresh = c.req.query('fresh')
  if (fresh === undefined || fresh === 'false') return false
  // A screen spends no calls: it is told what is known.
  if (fresh === 'true') return c.get('who')?.role !== 'screen'
  throw new ProblemError('invalid-request', '“fresh” is true or false.', { field: 'fresh' })
}

export function createFreshness(now: () => number): (subject: string) => boolean {
  const asked = new Map<string, number>()
  return (subject) => {
    for (const [key, at] of asked) if (now() - at >= 60_000) asked.delete(key)
    if (now() - (asked.get(subject) ?? Number.NEGATIVE_INFINITY) < perSubjectMs) return false
    if (asked.size >= perMinute) return false
    asked.set(subject, now())
    return true
  }
}
