/**
 * What time is it? Epoch milliseconds that never go back, because budget, schedule and lock-outs count
 * with them: a system clock that is set back by an hour must not stop the watch for an hour.
 *
 * A step forward (the machine slept, or was corrected) is followed at once. After a step back time goes
 * on at nine tenths of its pace until the system clock has caught up.
 */
export type ClockDeps = {
  /** The system's clock, epoch milliseconds; may jump. */
  wall: () => number
  /** Milliseconds since any moment; never jumps. */
  monotonic: () => number
  /** Told once for a step back of a second or more, with its size in milliseconds. */
  onStepBack: (ms: number) => void
}

const slowed = 0.9
const worthTellingMs = 1000

export function createClock({ wall, monotonic, onStepBack }: ClockDeps): () => number {
  let at = wall()
  let seen = monotonic()
  let told = false
  return () => {
    const passed = Math.max(0, monotonic() - seen)
    seen += passed
    const system = wall()
    const ahead = at + passed - system
    at = Math.max(system, at + passed * (ahead > 1 ? slowed : 1))
    if (ahead >= worthTellingMs && !told) onStepBack(ahead)
    told = ahead >= worthTellingMs
    return Math.floor(at)
  }
}
