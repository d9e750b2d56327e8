import { expect, test } from 'vitest'
import { availabilityText, percentText } from './percent.ts'

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
  expect(availabilityText({ availability: 0.9998, observedMs: 972, totalMs: 1000 })).toBe(
    '99.98 % of the 97.2 % observed',
  )
  expect(availabilityText({ availability: null, observedMs: 0, totalMs: 1000 })).toBe(
    'nothing observed',
  )
})
