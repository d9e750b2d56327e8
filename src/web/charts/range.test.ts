import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  around,
  isLive,
  momentOf,
  narrowed,
  panned,
  parseRange,
  permanent,
  type Range,
  rangeQuery,
  rangeSearch,
  rangeText,
  reaching,
  stretchOf,
  toRange,
  widened,
} from './range.ts'

const now = Date.parse('2026-11-24T12:00:00Z')
const hour = 3_600_000
const at = (text: string) => Date.parse(`2026-11-24T${text}Z`)

describe('an address', () => {
  test('names the last hours, which go on with the time', () => {
    expect(parseRange('24h')).toEqual({ lastMs: 24 * hour })
    expect(parseRange('90d')).toEqual({ lastMs: 90 * 24 * hour })
    expect(stretchOf({ lastMs: hour }, now)).toEqual({ from: now - hour, to: now })
  })

  test('names a stretch that stays, in UTC where it names no zone', () => {
    const stretch = { from: at('09:00:00'), to: at('12:30:00') }
    expect(parseRange('2026-11-24T09:00Z..2026-11-24T12:30Z')).toEqual(stretch)
    expect(parseRange('2026-11-24T09:00..2026-11-24T12:30')).toEqual(stretch)
    expect(parseRange('2026-11-24T10:00+01:00..2026-11-24T13:30+01:00')).toEqual(stretch)
    expect(parseRange('2026-11-24T10:00 01:00..2026-11-24T13:30 01:00')).toEqual(stretch)
    expect(parseRange(`${stretch.from}..${stretch.to}`)).toEqual(stretch)
    expect(parseRange('2026-11-24..2026-11-25')).toEqual({
      from: at('00:00:00'),
      to: at('00:00:00') + 24 * hour,
    })
  })

  test('points at a moment of a stretch, where it lies in it', () => {
    const text = '2026-11-24T09:00Z..2026-11-24T12:30Z@2026-11-24T09:41:07Z'
    const range = parseRange(text)
    expect(range && momentOf(range)).toBe(at('09:41:07'))
    expect(range && rangeText(range)).toBe(text)
    const beside = parseRange('2026-11-24T09:00Z..2026-11-24T12:30Z@2026-11-24T13:00Z')
    expect(beside).toEqual({ from: at('09:00:00'), to: at('12:30:00') })
    expect(parseRange(`${text}@2026-11-24T10:00Z`)).toBeUndefined()
  })

  test('keeps what somebody pointed at to the millisecond', () => {
    const instant = fc.integer({ min: now - 1000 * hour, max: now })
    fc.assert(
      fc.property(
        instant,
        fc.integer({ min: 1000, max: 90 * 24 * hour }),
        fc.nat(),
        (from, span, n) => {
          const range = permanent({ from, to: from + span }, from + (n % (span + 1)))
          expect(parseRange(rangeText(range))).toEqual(range)
        },
      ),
    )
  })

  test('with nonsense in it means the default', () => {
    for (const text of [
      '',
      '0h',
      '5s',
      'h',
      '24',
      '9999999d',
      '..',
      '24h..',
      'yesterday..today',
      '2026..2027',
      '2026-11-24T12:00Z..2026-11-24T09:00Z',
      '2026-13-01..2026-14-01',
      '1h..2h..3h',
      7,
      null,
    ])
      expect(rangeSearch(text)).toBeUndefined()
  })

  test('leaves the default out', () => {
    expect(rangeSearch('24h')).toBeUndefined()
    expect(rangeSearch('1d')).toBeUndefined()
    expect(rangeSearch('7d')).toBe('7d')
  })

  const anyRange: fc.Arbitrary<Range> = fc.oneof(
    fc.record({ lastMs: fc.integer({ min: 10, max: 400 * 86_400 }).map((s) => s * 1000) }),
    fc
      .tuple(fc.integer({ min: 1.5e12, max: 1.9e12 }), fc.integer({ min: 10_000, max: 4e10 }))
      .map(([from, span]) => ({ from, to: from + span })),
  )

  test('holds every range and gives it back unchanged', () => {
    fc.assert(
      fc.property(anyRange, (range) => {
        expect(parseRange(rangeText(range))).toEqual(range)
      }),
    )
  })

  test('asks the server for the same stretch', () => {
    expect(rangeQuery({ lastMs: hour }, now)).toBe(`from=${now - hour}`)
    expect(rangeQuery({ from: 1_700_000_000_000, to: 1_700_000_900_000 }, now)).toBe(
      'from=1700000000000&to=1700000900000',
    )
  })
})

describe('a picture that follows the present', () => {
  test('ends with its last look, however far behind the clock of the page is', () => {
    expect(reaching({ from: now - hour, to: now }, now + 700)).toEqual({
      from: now - hour + 700,
      to: now + 700,
    })
  })

  test('goes on to the present when the last look is older', () => {
    const stretch = { from: now - hour, to: now }
    expect(reaching(stretch, now - 5000)).toEqual(stretch)
  })
})

describe('going about in time', () => {
  const fixed = { from: at('09:00:00'), to: at('10:00:00') }

  test('a stretch that reaches the present follows it', () => {
    expect(toRange({ from: now - hour, to: now }, now)).toEqual({ lastMs: hour })
    expect(toRange({ from: now - hour, to: now - 1000 }, now)).toEqual({ lastMs: hour })
    expect(toRange(fixed, now)).toEqual(fixed)
  })

  test('a stretch too short to be seen grows around its middle', () => {
    const { from } = fixed
    expect(toRange({ from, to: from + 2000 }, now)).toEqual({ from: from - 4000, to: from + 6000 })
  })

  test('zooming out doubles it and stops at the present', () => {
    expect(widened(fixed, now)).toEqual({ from: at('08:30:00'), to: at('10:30:00') })
    expect(widened({ from: now - hour, to: now }, now)).toEqual({ lastMs: 2 * hour })
  })

  test('zooming in halves it and goes on following', () => {
    expect(narrowed(fixed, now)).toEqual({ from: at('09:15:00'), to: at('09:45:00') })
    expect(narrowed({ lastMs: 2 * hour }, now)).toEqual({ lastMs: hour })
  })

  test('panning keeps the length and stops at the present', () => {
    expect(panned(fixed, -1, now)).toEqual({ from: at('08:30:00'), to: at('09:30:00') })
    expect(panned({ from: now - hour, to: now }, -1, now)).toEqual({
      from: now - 1.5 * hour,
      to: now - 0.5 * hour,
    })
    expect(panned({ from: now - 1.2 * hour, to: now - 0.2 * hour }, 1, now)).toEqual({
      lastMs: hour,
    })
  })

  test('an interval is shown with room around it', () => {
    const range = around(fixed, now)
    expect(isLive(range)).toBe(false)
    expect(range).toEqual({ from: at('08:51:00'), to: at('10:09:00') })
    expect(around({ from: now - hour, to: now }, now)).toEqual({ lastMs: 69 * 60_000 })
  })
})
