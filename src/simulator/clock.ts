/**
 * What time is it in the simulated world? Built on a real clock that is handed in, and then frozen,
 * advanced, sped up or set wrong from outside.
 */
export type Clock = {
  /** The world's time, epoch milliseconds. Stands still while frozen. */
  now: () => number
  /** Like `now`, but goes on while the world is frozen: rate limits and tokens live by it. */
  wall: () => number
  /** Milliseconds by which everything that Cloudflare reports is wrong, the Date header included. */
  offsetMs: () => number
  frozen: () => boolean
  speed: () => number
  freeze: (frozen: boolean) => void
  advance: (ms: number) => void
  setSpeed: (speed: number) => void
  setOffset: (ms: number) => void
}

/** @param real epoch milliseconds of the machine, e.g. `Date.now` */
export function createClock(real: () => number, initialSpeed = 1): Clock {
  let speed = initialSpeed
  let frozen = false
  let offsetMs = 0
  // Both clocks are a reading at an anchor plus what passed since, times the speed.
  let anchor = real()
  let worldAtAnchor = anchor
  let wallAtAnchor = anchor

  const wall = () => wallAtAnchor + Math.max(0, real() - anchor) * speed
  const now = () => (frozen ? worldAtAnchor : worldAtAnchor + Math.max(0, real() - anchor) * speed)
  const drop = () => {
    const world = now()
    const passing = wall()
    anchor = real()
    worldAtAnchor = world
    wallAtAnchor = passing
  }

  return {
    now: () => Math.round(now()),
    wall: () => Math.round(wall()),
    offsetMs: () => offsetMs,
    frozen: () => frozen,
    speed: () => speed,
    freeze: (value) => {
      drop()
      frozen = value
    },
    advance: (ms) => {
      drop()
      worldAtAnchor += ms
      wallAtAnchor += ms
    },
    setSpeed: (value) => {
      drop()
      speed = value
    },
    setOffset: (ms) => {
      offsetMs = ms
    },
  }
}
