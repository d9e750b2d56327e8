import { addSite, type Mood } from './large.ts'
import type { Scene } from './scene.ts'

const moods: Mood[] = [
  ...Array.from({ length: 9 }, (): Mood => 'down'),
  ...Array.from({ length: 8 }, (): Mood => 'degraded'),
  ...Array.from({ length: 5 }, (): Mood => 'no-active'),
  ...Array.from({ length: 4 }, (): Mood => 'no-standby'),
  ...Array.from({ length: 4 }, (): Mood => 'healthy'),
]

/** A bad night: most of thirty tunnels down, degraded or without an active connector at once. */
export const outage: Scene = ({ world, random }) => {
  const accountId = random.hex(32)
  world.accounts.push(accountId)
  const added = moods.map((mood, index) => ({
    mood,
    id: addSite(world, random, { accountId, index, mood }).id,
  }))
  const lively = added.filter(({ mood }) => mood === 'healthy').map(({ id }) => id)
  return { everyMs: 15_000, lively, flapping: lively.slice(0, 2) }
}
