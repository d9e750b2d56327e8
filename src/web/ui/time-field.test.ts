import { afterEach, expect, test, vi } from 'vitest'
import { fieldOf, fromField } from './time-field.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

const hour = 3_600_000
const noon = Date.UTC(2026, 10, 24, 12, 4, 10)

test('a field holds a moment to the second, and tells it again', () => {
  for (const zone of ['utc', 'local'] as const) {
    expect(fromField(fieldOf(noon + 250, zone), zone, noon + 250)).toBe(noon)
    expect(fromField(fieldOf(noon - hour, zone), zone, noon)).toBe(noon - hour)
  }
  expect(fieldOf(noon, 'utc')).toBe('2026-11-24T12:04:10')
  expect(fromField('', 'utc', noon)).toBeNull()
})

test('in the hour that clocks repeat, a field that nobody edited means the time that it began with', () => {
  vi.stubEnv('TZ', 'Europe/London')
  const [first, second] = [Date.UTC(2026, 9, 25, 0, 30), Date.UTC(2026, 9, 25, 1, 30)]
  expect(fieldOf(first, 'local')).toBe('2026-10-25T01:30:00')
  expect(fieldOf(second, 'local')).toBe('2026-10-25T01:30:00')
  for (const begun of [first, second])
    expect(fromField(fieldOf(begun, 'local'), 'local', begun)).toBe(begun)
  expect(fromField('2026-10-25T03:00', 'local', second)).toBe(Date.UTC(2026, 9, 25, 3))
})
