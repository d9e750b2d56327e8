import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { serverNow, setServerTime } from './clock.ts'

const serverAt = Date.UTC(2026, 10, 28, 3)
const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

beforeEach(() => void vi.useFakeTimers({ now: serverAt }))
afterEach(() => void vi.useRealTimers())

test.each([
  -dayMs,
  -60 * minuteMs,
  -10 * minuteMs,
  -31_000,
  31_000,
  10 * minuteMs,
  60 * minuteMs,
  dayMs,
])('U16 a browser whose clock is off by %i ms tells the time of the server', (offMs) => {
  vi.setSystemTime(serverAt + offMs)
  setServerTime(serverAt)
  expect(serverNow()).toBe(serverAt)
  vi.advanceTimersByTime(90_000)
  expect(serverNow()).toBe(serverAt + 90_000)
})

test('U16 a clock that is set back while the page is open makes nothing younger', () => {
  setServerTime(serverAt)
  vi.advanceTimersByTime(minuteMs)
  vi.setSystemTime(serverAt - 60 * minuteMs)
  expect(serverNow()).toBe(serverAt + minuteMs)
})

test('U16 a machine that slept has grown older by its own clock, until the server says what time it is', () => {
  setServerTime(serverAt)
  vi.setSystemTime(serverAt + 8 * 60 * minuteMs)
  expect(serverNow()).toBe(serverAt + 8 * 60 * minuteMs)
  setServerTime(serverAt + 60_000)
  expect(serverNow()).toBe(serverAt + 60_000)
})
