import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { setServerTime } from '#web/ui/clock.ts'
import { tunnelHistoryQuery } from './queries.ts'

const at = 1_000_000
const moveTo = (now: number) => {
  vi.setSystemTime(now)
  setServerTime(now)
}
beforeEach(() => {
  vi.useFakeTimers()
  moveTo(at)
})
afterEach(() => {
  vi.useRealTimers()
  setServerTime(Date.now())
})

test('a stretch that ends in a time to come is asked again while it lasts, and once more after its end', () => {
  const asked = () => {
    const { refetchInterval, staleTime } = tunnelHistoryQuery('t', { from: 0, to: at + 1000 })
    return [refetchInterval, staleTime]
  }
  expect(asked()).toEqual([60_000, 10_000])
  moveTo(at + 60_000)
  expect(asked()).toEqual([60_000, 10_000])
  moveTo(at + 61_000)
  expect(asked()).toEqual([false, Number.POSITIVE_INFINITY])
})
