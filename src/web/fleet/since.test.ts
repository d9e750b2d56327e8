import { describe, expect, test } from 'vitest'
import type { Tunnel } from '#contract/tunnel.ts'
import { durationText } from '#web/ui/time.ts'
import { type Grade, judged } from './judge.ts'
import { sinceOf, sinceText } from './since.ts'
import { tunnelOf } from './tunnel-of.ts'

const hour = 3_600_000
const days = 24 * hour
/** Healthy for 41 days; what its readiness and its changes say began later. */
const statusSince = { at: 0, source: 'reported' } as const
const readinessSince = { at: 40 * days, source: 'observed' } as const

function judge(change: Partial<Tunnel>, isStale = false) {
  const tunnel = tunnelOf('one', { since: statusSince, readinessSince, ...change })
  const [one] = judged([tunnel], new Set(isStale ? [tunnel.id] : []))
  if (!one) throw new Error('It was not judged.')
  return { grade: one.grade, since: sinceOf(one) }
}

describe('since when, by grade', () => {
  const cases: [Grade, Partial<Tunnel>, 'status' | 'readiness'][] = [
    ['down', { status: 'down', readiness: 'disconnected' }, 'status'],
    ['down', { readiness: 'disconnected' }, 'readiness'],
    ['no-active', { readiness: 'no-active' }, 'readiness'],
    ['no-active', { readiness: 'conflict' }, 'readiness'],
    ['degraded', { status: 'degraded' }, 'status'],
    ['exposed', { readiness: 'exposed' }, 'readiness'],
    ['unknown', { status: 'unknown' }, 'status'],
    ['unknown', { readiness: 'unknown' }, 'readiness'],
    ['fine', {}, 'status'],
    ['idle', { status: 'inactive', readiness: 'disconnected' }, 'status'],
  ]
  test.each(cases)('%s %o: of its %s', (grade, change, fact) => {
    const since = fact === 'status' ? statusSince : readinessSince
    expect(judge(change)).toEqual({ grade, since })
  })

  test('changed: since the first change that nobody has acknowledged', () => {
    const unacknowledged = { count: 2, firstAt: 41 * days - hour, lastAt: 41 * days }
    expect(judge({ unacknowledged })).toEqual({
      grade: 'changed',
      since: { at: 41 * days - hour, source: 'observed' },
    })
  })

  test('what is too old to be believed has no such time', () => {
    expect(judge({ status: 'down' }, true)).toEqual({ grade: 'unknown', since: null })
  })
})

test('a time that Tandem only saw is the least that it can be', () => {
  const now = 3 * hour + 12 * 60_000
  expect(sinceText({ at: 0, source: 'reported' }, now)).toBe('3 h')
  expect(sinceText({ at: 0, source: 'observed' }, now)).toBe('≥ 3 h')
  expect(sinceText({ at: 0, source: 'observed' }, now, durationText)).toBe('≥ 3 h 12 m')
  expect(sinceText({ at: 0, source: 'reported' }, 2000)).toBe('just now')
  // It may be old: Tandem has only begun to look.
  expect(sinceText({ at: 0, source: 'observed' }, 2000)).toBe('just seen')
})
