import { createClock } from '../clock.ts'

/** The clocks of a machine that is ahead by so much, until it is set right: for `startRig`. */
export function aheadBy(ms: number) {
  let aheadMs = ms
  const wall = (now: () => number) => () => now() + aheadMs
  return {
    wall,
    clock: (now: () => number) =>
      createClock({ wall: wall(now), monotonic: now, onStepBack: () => {} }),
    setRight: () => {
      aheadMs = 0
    },
  }
}

/**
 * Time that only moves when a test says so, for rows that need minutes: everything that is under way is
 * waited for, then the clock jumps to the next timer.
 *
 * @param isQuiet whether nothing is under way outside, such as a call of Cloudflare.
 */
export function createVirtualTime(startAt: number, isQuiet: () => boolean) {
  let at = startAt
  let order = 0
  const timers = new Map<number, { at: number; callback: () => void }>()

  function after(ms: number, callback: () => void): () => void {
    order += 1
    const id = order
    timers.set(id, { at: at + Math.max(0, ms), callback })
    return () => timers.delete(id)
  }

  function next() {
    let soonest: { id: number; at: number } | null = null
    for (const [id, timer] of timers) {
      if (!soonest || timer.at < soonest.at) soonest = { id, at: timer.at }
    }
    return soonest
  }

  const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

  /** Waits until what was started has come to its end or to a timer. */
  async function settle() {
    for (let quiet = 0; quiet < 3; ) {
      await turn()
      quiet = isQuiet() ? quiet + 1 : 0
    }
  }

  /** Lets time pass up to `until`, or until `isDone` says so; true when it did. */
  async function runUntil(until: number, isDone: () => boolean): Promise<boolean> {
    for (;;) {
      await settle()
      if (isDone()) return true
      const due = next()
      if (!due || due.at > until) break
      at = Math.max(at, due.at)
      const timer = timers.get(due.id)
      timers.delete(due.id)
      timer?.callback()
    }
    at = until
    return isDone()
  }

  return {
    now: () => at,
    after,
    /** Lets `ms` pass. */
    run: (ms: number) => runUntil(at + ms, () => false),
    /** Lets time pass until it is so; throws when it is not within `ms`. Returns how long it took. */
    async until(what: string, isSo: () => boolean, ms = 120_000): Promise<number> {
      const began = at
      if (await runUntil(at + ms, isSo)) return at - began
      throw new Error(`Not within ${ms / 1000} s: ${what}`)
    },
    /** Lets time pass until a promise has settled. */
    async during<T>(promise: Promise<T>, ms = 120_000): Promise<T> {
      let isSettled = false
      const settled = promise.finally(() => {
        isSettled = true
      })
      settled.catch(() => {})
      await runUntil(at + ms, () => isSettled)
      if (!isSettled) throw new Error(`Nothing came of it within ${ms / 1000} s`)
      return settled
    },
  }
}
