import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ticksOf } from './ticks.ts'

const hour = 3_600_000
const day = 24 * hour
const at = (text: string) => Date.parse(`${text}Z`)
const texts = (from: string, to: string, most: number) =>
  ticksOf(at(from), at(to), most, 'utc').map(({ text }) => text)

describe('an axis is marked', () => {
  test('at whole quarters of an hour', () => {
    expect(texts('2026-11-24T09:04', '2026-11-24T10:04', 5)).toEqual([
      '09:15',
      '09:30',
      '09:45',
      '10:00',
    ])
  })

  test('with the day where one begins', () => {
    expect(texts('2026-11-23T12:00', '2026-11-24T12:00', 8)).toEqual([
      '12:00',
      '15:00',
      '18:00',
      '21:00',
      '24 Nov',
      '03:00',
      '06:00',
      '09:00',
      '12:00',
    ])
  })

  test('with seconds where minutes would be the same', () => {
    expect(texts('2026-11-24T09:00:00', '2026-11-24T09:00:30', 4)).toEqual([
      '09:00:00',
      '09:00:10',
      '09:00:20',
      '09:00:30',
    ])
  })

  test('loudly once a month, at the first mark in it', () => {
    const loud = (from: string, to: string, most: number) =>
      ticksOf(at(from), at(to), most, 'utc').flatMap(({ text, major }) => (major ? [text] : []))
    expect(loud('2026-10-29T00:00', '2026-11-28T00:00', 16)).toEqual(['1 Nov'])
    expect(loud('2026-09-01T00:00', '2026-11-24T00:00', 12)).toEqual(['7 Sept', '5 Oct', '2 Nov'])
  })

  test('on Mondays over a quarter, and by months over a year', () => {
    expect(texts('2026-09-01T00:00', '2026-11-24T00:00', 12)[0]).toBe('7 Sept')
    expect(texts('2025-11-24T00:00', '2026-11-24T00:00', 12)).toEqual([
      'Dec',
      '2026',
      'Feb',
      'Mar',
      'Apr',
      'May',
      'Jun',
      'Jul',
      'Aug',
      'Sept',
      'Oct',
      'Nov',
    ])
  })

  test('evenly, in order, inside the window and never too often, in either zone', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: at('2020-01-01T00:00'), max: at('2030-01-01T00:00') }),
        fc.integer({ min: 10_000, max: 400 * day }),
        fc.integer({ min: 2, max: 20 }),
        fc.constantFrom('local' as const, 'utc' as const),
        (from, span, most, zone) => {
          const ticks = ticksOf(from, from + span, most, zone)
          // A change of the clocks or a short month may fit one more in.
          expect(ticks.length).toBeLessThanOrEqual(most + 2)
          for (const [index, tick] of ticks.entries()) {
            expect(tick.at).toBeGreaterThanOrEqual(from)
            expect(tick.at).toBeLessThanOrEqual(from + span)
            expect(tick.at).toBeGreaterThan(ticks[index - 1]?.at ?? 0)
          }
        },
      ),
    )
  })
})
