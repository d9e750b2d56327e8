import { describe, expect, test } from 'vitest'
import { createClock } from './clock.ts'

const hour = 3_600_000

function machine(startAt: number) {
  const state = { wall: startAt, monotonic: 500, steps: [] as number[] }
  const clock = createClock({
    wall: () => state.wall,
    monotonic: () => state.monotonic,
    onStepBack: (ms) => state.steps.push(ms),
  })
  return {
    clock,
    steps: state.steps,
    pass: (ms: number) => {
      state.wall += ms
      state.monotonic += ms
    },
    setWall: (byMs: number) => {
      state.wall += byMs
    },
  }
}

describe('the clock', () => {
  test('follows the system clock to the millisecond', () => {
    const { clock, pass } = machine(1_000_000)
    expect(clock()).toBe(1_000_000)
    pass(1234)
    expect(clock()).toBe(1_001_234)
  })

  test('follows a step forward at once, as after a sleep of the machine', () => {
    const { clock, pass, setWall, steps } = machine(0)
    pass(10)
    setWall(8 * hour)
    expect(clock()).toBe(8 * hour + 10)
    expect(steps).toEqual([])
  })

  test('goes on when the system clock is set back by an hour, and says so once', () => {
    const { clock, pass, setWall, steps } = machine(10 * hour)
    setWall(-hour)
    expect(clock()).toBe(10 * hour)
    for (let second = 1; second <= 600; second += 1) {
      pass(1000)
      const at = clock()
      expect(at).toBeGreaterThan(10 * hour + (second - 1) * 900)
      expect(at).toBeLessThanOrEqual(10 * hour + second * 1000)
    }
    expect(steps).toEqual([hour])
  })

  test('meets the system clock again and then runs with it', () => {
    const { clock, pass, setWall } = machine(10 * hour)
    setWall(-60_000)
    for (let second = 0; second < 700; second += 1) {
      pass(1000)
      clock()
    }
    expect(clock()).toBe(10 * hour - 60_000 + 700_000)
  })

  test('never goes back, whatever the system clock does', () => {
    const { clock, pass, setWall } = machine(1_700_000_000_000)
    let last = clock()
    // A leap second, summer time taken for real, a wrong battery clock and its correction.
    for (const step of [-1000, 3600_000, -3600_000, -86_400_000, 86_400_000, -600_000, 5, -5]) {
      setWall(step)
      pass(250)
      const at = clock()
      expect(at).toBeGreaterThanOrEqual(last)
      last = at
    }
  })
})
