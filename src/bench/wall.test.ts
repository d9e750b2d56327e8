import { expect, test } from 'vitest'
import { msPerChange } from './wall.bench.ts'

const second = (busyMs: number, told = 0) => ({ busyMs, told })

test('a change costs what its second and the next one took beyond quiet ones, however dear those are', () => {
  const changed = [second(10), second(10), second(17, 1), second(11), second(10)]
  expect(msPerChange(changed)).toBe(8)
  expect(msPerChange(changed.map(({ busyMs, told }) => second(busyMs + 30, told)))).toBe(8)
  expect(msPerChange([second(10), second(26, 2), second(10), second(10)])).toBe(8)
})
