import { expect, test } from 'vitest'
import { availabilityText, isLittleObserved, percentText } from './percent.ts'

test('a share never promises more than is known', () => {
  expect(percentText(1)).toBe('100 %')
  expect(percentText(0.999999)).toBe('99.99 %')
  expect(percentText(0.9998)).toBe('99.98 %')
  expect(percentText(0.972)).toBe('97.2 %')
  expect(percentText(0.57)).toBe('57.0 %')
  expect(percentText(0.0007)).toBe('0.07 %')
  expect(percentText(0)).toBe('0.00 %')
})

test('availability says of what', () => {
  const text = (availability: number | null, observedMs: number, outside: number | null = null) =>
    availabilityText({ availability, availabilityOutside: outside, observedMs, totalMs: 1000 })
  expect(text(0.9998, 972)).toBe('99.98 % of the 97.2 % observed')
  expect(text(0.8, 1000, 1)).toBe('80.0 % of the 100 % observed, 100 % outside maintenance')
  expect(text(null, 0)).toBe('nothing observed')
  // A new tunnel, seen all the time and never in use.
  expect(text(null, 995)).toBe('never connected in the 99.50 % observed')
})

test('what a minute of watching says of 30 days is little', () => {
  expect(isLittleObserved({ observedMs: 60_000, totalMs: 30 * 86_400_000 })).toBe(true)
  expect(isLittleObserved({ observedMs: 899, totalMs: 1000 })).toBe(true)
  expect(isLittleObserved({ observedMs: 900, totalMs: 1000 })).toBe(false)
})
