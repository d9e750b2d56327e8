import { expect, test } from 'vitest'
import { rowsInWindow } from './window-rows.ts'

test('of a thousand rows only those near the window are drawn', () => {
  const { first, end } = rowsInWindow(1000, 36, -18_000, 900)
  expect(first).toBeLessThanOrEqual(500 - 3)
  expect(end).toBeGreaterThanOrEqual(525 + 3)
  expect(end - first).toBeLessThan(36)
})

test('every row that can be seen is among them, wherever the window stands', () => {
  for (let scrolled = 0; scrolled < 36_000; scrolled += 217) {
    const { first, end } = rowsInWindow(1000, 36, 300 - scrolled, 900)
    const topmost = Math.max(0, Math.floor((scrolled - 300) / 36))
    const lowest = Math.min(999, Math.floor((scrolled - 300 + 900) / 36))
    expect(first).toBeLessThanOrEqual(Math.min(topmost, 999))
    expect(end).toBeGreaterThan(lowest)
  }
})

test('a short list is drawn whole, an empty one not at all', () => {
  expect(rowsInWindow(3, 36, 200, 900)).toEqual({ first: 0, end: 3 })
  expect(rowsInWindow(0, 36, 200, 900)).toEqual({ first: 0, end: 0 })
})
