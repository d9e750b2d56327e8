import { expect, test } from 'vitest'
import { createClock } from './clock.ts'

test('a clock runs, freezes, jumps and hurries, and its wall never stands still', () => {
  let real = 1_000
  const clock = createClock(() => real)
  real += 10
  expect([clock.now(), clock.wall()]).toEqual([1_010, 1_010])
  clock.freeze(true)
  real += 100
  expect([clock.now(), clock.wall()]).toEqual([1_010, 1_110])
  clock.advance(1_000)
  expect([clock.now(), clock.wall()]).toEqual([2_010, 2_110])
  clock.freeze(false)
  clock.setSpeed(10)
  real += 5
  expect([clock.now(), clock.wall()]).toEqual([2_060, 2_160])
})

test('a machine whose clock steps back does not take the world back', () => {
  let real = 1_000
  const clock = createClock(() => real)
  real -= 500
  expect(clock.now()).toBe(1_000)
})
