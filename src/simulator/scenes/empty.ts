import type { Scene } from './scene.ts'

/** An account in which nobody has made a tunnel yet. */
export const empty: Scene = ({ world, random }) => {
  world.accounts.push(random.hex(32))
  return { everyMs: 60_000, lively: [], flapping: [] }
}
