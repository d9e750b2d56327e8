import { expect, test } from 'vitest'
import { type Figure, isReached, measured, median, percentile } from './figure.ts'

const figure = (change: Partial<Figure>): Figure => ({
  name: 'a figure',
  unit: 'ms',
  samples: [1],
  by: 'median',
  goal: null,
  ...change,
})
const oneToTwenty = Array.from({ length: 20 }, (_, index) => 20 - index)

test('a percentile is a sample that was measured, whatever their order', () => {
  expect(percentile(oneToTwenty, 0.95)).toBe(19)
  expect(percentile(oneToTwenty, 1)).toBe(20)
  expect(percentile([7], 0.95)).toBe(7)
})

test('the median of an even number lies between the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5)
  expect(median([4, 1, 2, 100])).toBe(3)
})

test('nothing measured is a fault, not a zero', () => {
  expect(() => median([])).toThrow('Nothing was measured')
  expect(() => percentile([], 0.95)).toThrow('Nothing was measured')
})

test('each figure is judged by the statistic that it names', () => {
  expect(measured(figure({ samples: oneToTwenty, by: 'median' }))).toBe(10.5)
  expect(measured(figure({ samples: oneToTwenty, by: 'p95' }))).toBe(19)
  expect(measured(figure({ samples: oneToTwenty, by: 'p99' }))).toBe(20)
  expect(measured(figure({ samples: oneToTwenty, by: 'max' }))).toBe(20)
})

test('at most and at least include the goal itself, below does not', () => {
  expect(isReached(figure({ samples: [50], goal: { atMost: 50 } }))).toBe(true)
  expect(isReached(figure({ samples: [50.1], goal: { atMost: 50 } }))).toBe(false)
  expect(isReached(figure({ samples: [50], goal: { atLeast: 50 } }))).toBe(true)
  expect(isReached(figure({ samples: [49.9], goal: { atLeast: 50 } }))).toBe(false)
  expect(isReached(figure({ samples: [50], goal: { below: 50 } }))).toBe(false)
  expect(isReached(figure({ samples: [49.9], goal: { below: 50 } }))).toBe(true)
})

test('equal means within a share of the other figure, to either side', () => {
  const goal = { equals: 100, within: 0.05 }
  expect(isReached(figure({ samples: [95], goal }))).toBe(true)
  expect(isReached(figure({ samples: [105], goal }))).toBe(true)
  expect(isReached(figure({ samples: [94], goal }))).toBe(false)
  expect(isReached(figure({ samples: [106], goal }))).toBe(false)
})

test('what has no goal is not judged', () => {
  expect(isReached(figure({}))).toBe(null)
})
