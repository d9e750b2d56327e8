import { describe, expect, test } from 'vitest'
import {
  ageText,
  countdownText,
  durationText,
  preciseText,
  relativeText,
  sinceText,
} from './time.ts'

const s = 1000
const m = 60 * s
const h = 60 * m
const d = 24 * h

test.each([
  [0, '0 s'],
  [999, '0 s'],
  [45 * s, '45 s'],
  [60 * s, '1 m'],
  [2 * m + 10 * s, '2 m 10 s'],
  [3 * h + 12 * m + 59 * s, '3 h 12 m'],
  [24 * h, '1 d'],
  [41 * d + 3 * h, '41 d 3 h'],
  [-5 * s, '0 s'],
])('a length of %i ms is written “%s”', (ms, text) => {
  expect(durationText(ms)).toBe(text)
})

test.each([
  [null, 3 * s, 'just now'],
  [null, 5 * s, '5 s'],
  [3 * s, 2 * h, '3 s'],
  [-4 * s, 2 * h, '0 s'],
])('what began at 0 and ended at %s is told at %i as “%s”', (end, now, text) => {
  expect(sinceText(0, end, now)).toBe(text)
})

test.each([
  [59_999, '59 s'],
  [90 * m, '1 h'],
  [50 * h, '2 d'],
  [-1, '0 s'],
])('an age of %i ms is written “%s”, in one unit', (ms, text) => {
  expect(ageText(ms)).toBe(text)
})

test.each([
  [0, '0:00'],
  [1, '0:01'],
  [7 * s, '0:07'],
  [4 * m + 12 * s, '4:12'],
  [62 * m, '1:02:00'],
  [-9, '0:00'],
])('%i ms that are left are counted down as “%s”', (ms, text) => {
  expect(countdownText(ms)).toBe(text)
})

test('the phases of a failover are told to a tenth of a second', () => {
  expect(preciseText(440)).toBe('0.4 s')
  expect(preciseText(62_000)).toBe('1 m 2 s')
})

describe('time against now', () => {
  test('tells the past, the present and the future', () => {
    expect(relativeText(0, 12 * s)).toBe('12 s ago')
    expect(relativeText(0, 2 * s)).toBe('just now')
    expect(relativeText(4 * m, 0)).toBe('in 4 m')
  })

  test('a clock that is a little behind does not send the past into the future', () => {
    expect(relativeText(900, 0)).toBe('just now')
  })
})
