import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { rowsInWindow, seated } from './window-rows.ts'

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

test('who stays keeps the seat, who comes takes one that is free, and nobody the one that is held', () => {
  const name = fc.integer({ min: 0, max: 30 }).map(String)
  const rows = fc.uniqueArray(name, { maxLength: 20 })
  fc.assert(
    fc.property(rows, rows, rows, fc.option(name), (first, second, third, held) => {
      let before = seated(new Map(), first, null)
      for (const ids of [second, third]) {
        const after = seated(before, ids, held)
        expect([...after.keys()]).toEqual(ids)
        expect(new Set(after.values()).size).toBe(ids.length)
        const [stayed, came] = [
          ids.filter((id) => before.has(id)),
          ids.filter((id) => !before.has(id)),
        ]
        for (const id of stayed) expect(after.get(id)).toBe(before.get(id))
        const heldSeat = before.get(held ?? '') ?? -1
        for (const id of came) expect(after.get(id)).not.toBe(heldSeat)
        const left = [...before].filter(([id]) => !after.has(id) && id !== held)
        const fresh = [...after.values()].filter((seat) => ![...before.values()].includes(seat))
        expect(fresh).toHaveLength(Math.max(0, came.length - left.length))
        before = after
      }
    }),
  )
})
