import { expect, test } from 'vitest'
import { clockIn, momentIn } from './zone.ts'

const noon = Date.UTC(2026, 10, 24, 12, 4, 10)
const hour = 3_600_000

test('a moment of today is told by the clock alone', () => {
  expect(momentIn(noon, noon + 5 * hour, 'utc')).toBe('12:04:10')
  expect(momentIn(noon, noon - 5 * hour, 'utc')).toBe('12:04:10')
})

test('a moment of another day is told with its day', () => {
  expect(momentIn(noon, noon + 12 * hour, 'utc')).toBe('24 Nov, 12:04:10')
  expect(momentIn(noon, noon - 13 * hour, 'utc')).toBe('24 Nov, 12:04:10')
  // The same day of another month and of another year is another day.
  expect(momentIn(noon, noon + 30 * 24 * hour, 'utc')).toBe('24 Nov, 12:04:10')
  expect(momentIn(noon, noon + 365 * 24 * hour, 'utc')).toBe('24 Nov, 12:04:10')
})

test('which day it is depends on the zone', () => {
  const evening = noon + 4 * hour
  expect(momentIn(noon, evening, 'Asia/Tokyo')).toBe('24 Nov, 21:04:10')
  expect(momentIn(noon, evening, 'America/Los_Angeles')).toBe('04:04:10')
})

test('a zone may be chosen, named or left out', () => {
  expect(clockIn(noon, 'utc')).toBe(clockIn(noon, 'UTC'))
  expect(clockIn(noon, 'local')).toBe(clockIn(noon, undefined))
})
