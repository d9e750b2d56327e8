import { ProblemError } from '../problem.ts'
import type { Request } from './route.ts'

/**
 * "Check now": `?fresh=true` on a read asks Cloudflare, as often as `mayRefresh` lets it; beyond that the
 * answer is what is already known, with its age.
 */
export function wantsFresh(c: Request): boolean {
  const fresh = c.req.query('fresh')
  if (fresh === undefined || fresh === 'false') return false
  // A screen spends no calls: it is told what is known.
  if (fresh === 'true') return c.get('who')?.role !== 'screen'
  throw new ProblemError('invalid-request', '“fresh” is true or false.', { field: 'fresh' })
}
