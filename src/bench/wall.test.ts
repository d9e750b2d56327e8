import { expect, test } from 'vitest'
import { msPerChange, secondsOfFirst } from './wall.bench.ts'

const second = (busyMs: number, told = 0, asked = 0) => ({ busyMs, told, asked })

test('a change costs what its second and the next one took beyond quiet ones, however dear those are', () => {
  const changed = [second(10), second(10), second(17, 1), second(11), second(10)]
  expect(msPerChange(changed)).toBe(8)
  expect(msPerChange(changed.map(({ busyMs, told }) => second(busyMs + 30, told)))).toBe(8)
  expect(msPerChange([second(10), second(26, 2), second(10), second(10)])).toBe(8)
})

test('what a wall asks for long after a change is part of what the change costs', () => {
  const seconds = [second(10), second(16, 1), second(10), second(10), second(12, 0, 1), second(10)]
  expect(msPerChange(seconds)).toBe(8)
})

test('a wall stays at its first page for as long as is measured, whatever the hour', () => {
  for (let hour = 0; hour < 7 * 24; hour += 1) {
    const now = Date.UTC(2026, 10, 28) + hour * 3_600_000 + hour * 1000
    const seconds = secondsOfFirst(7, now)
    for (const later of [0, 360]) expect(Math.floor((now / 1000 + later) / seconds) % 7).toBe(0)
  }
})
