import * as fc from 'fast-check'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { offsetMs } from '#web/ui/zone.ts'
import { ticksOf } from './ticks.ts'

const quarter = 900_000
const hour = 4 * quarter
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

  describe('where days begin, wherever one is', () => {
    const zone = process.env.TZ
    beforeAll(() => {
      // What wrote one time keeps the zone of then, for other tests as well.
      for (const span of [20_000, hour, 10 * day, 2000 * day]) ticksOf(0, span, 10, 'local')
    })
    afterEach(() => {
      if (zone === undefined) delete process.env.TZ
      else process.env.TZ = zone
    })

    const dayOf = (time: number) => Math.floor((time + offsetMs(time, 'local')) / day)
    /** The first moment of each day, by looking at every quarter of an hour. */
    const daysIn = (from: number, to: number) => {
      const begun: number[] = []
      let last = dayOf(from - 1)
      for (let time = Math.ceil(from / quarter) * quarter; time <= to; time += quarter) {
        if (dayOf(time) <= last) continue
        last = dayOf(time)
        begun.push(time)
      }
      return begun
    }
    const anywhere = fc.constantFrom(
      'Africa/Cairo',
      'America/Asuncion',
      'America/Havana',
      'America/Santiago',
      'America/Sao_Paulo',
      'Asia/Amman',
      'Asia/Beirut',
      'Asia/Kathmandu',
      'Asia/Pyongyang',
      'Asia/Tokyo',
      'Atlantic/Azores',
      'Australia/Lord_Howe',
      'Australia/Sydney',
      'Europe/London',
      'Pacific/Apia',
    )
    const anyTime = fc.integer({ min: at('2000-01-01T00:00'), max: at('2035-01-01T00:00') })

    test('days are marked by their first moment, each of them, and no other moment is', () => {
      fc.assert(
        fc.property(
          anywhere,
          anyTime,
          fc.integer({ min: 1, max: 30 * 96 }),
          fc.integer({ min: 2, max: 20 }),
          fc.boolean(),
          (place, about, quarters, most, isDay) => {
            process.env.TZ = place
            const begins = daysIn(about, about + 2 * day)[0] ?? about
            const from = isDay ? begins : about
            const to = from + quarters * quarter
            const least = (to - from) / most
            fc.pre(least <= day)
            const ticks = ticksOf(from, to, most, 'local')
            const marked = least > day / 2 ? ticks : ticks.filter(({ major }) => major)
            expect(marked.map((tick) => tick.at)).toEqual(daysIn(from, to))
          },
        ),
        {
          numRuns: 3000,
          // A last day that begins an hour less than a day after the one before.
          examples: [['Australia/Sydney', 1_505_531_700_000, 1479, 16, false]],
        },
      )
    })

    test('and months too', () => {
      fc.assert(
        fc.property(anywhere, anyTime, fc.integer({ min: 2, max: 10 }), (place, from, years) => {
          process.env.TZ = place
          const begins = (time: number) => {
            const date = new Date(time)
            return date.getDate() === 1 && dayOf(time) > dayOf(time - 1)
          }
          for (const tick of ticksOf(from, from + years * 365 * day, 20, 'local'))
            expect(begins(tick.at)).toBe(true)
        }),
      )
    })
  })
})
