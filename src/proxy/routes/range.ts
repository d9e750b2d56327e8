import { ProblemError } from '../problem.ts'
import type { Parts, Request } from './route.ts'

const dayMs = 86_400_000

type Range = { from: number; to: number }

/** `from` and `to` as epoch milliseconds; what is left out is `fallback`. */
export function readTimes(c: Request, fallback: (to: number | null) => Range): Range {
  const read = (name: string) => {
    const value = c.req.query(name)
    if (value === undefined || value === '') return null
    if (/^\d{1,15}$/.test(value)) return Number(value)
    throw new ProblemError('invalid-request', `“${name}” is a time in milliseconds since 1970.`, {
      field: name,
    })
  }
  const [given, until] = [read('from'), read('to')]
  const otherwise = fallback(until)
  const range = { from: given ?? otherwise.from, to: until ?? otherwise.to }
  if (range.from < range.to) return range
  throw new ProblemError('invalid-request', '“from” must lie before “to”.', { field: 'from' })
}

/** A day up to the end that is given, or up to now. */
export const lastDay = (now: number) => (to: number | null) => ({
  from: (to ?? now) - dayMs,
  to: to ?? now,
})

/**
 * A window of history; the last 24 h if left out.
 *
 * @throws ProblemError `invalid-request`
 */
export function readRange(c: Request, { now, retentionMs }: Parts): Range {
  const { from, to } = readTimes(c, lastDay(now()))
  // Nothing older is kept, and nothing later is known: a longer window would only be empty there, and an
  // export goes through it day by day.
  const range = {
    from: Math.max(from, now() - retentionMs - dayMs),
    to: Math.min(to, now() + dayMs),
  }
  if (range.from < range.to) return range
  throw new ProblemError(
    'invalid-request',
    'Nothing is known of that time: it is in the future, or longer ago than history is kept.',
    { field: 'from' },
  )
}
