import { createCast } from './demo-cast.ts'
import { tellMonth } from './demo-month.ts'
import type { Scene } from './scene.ts'

/**
 * Twelve tunnels of one company that between them show every state. Those that stand for a state keep
 * it: life only touches the others. With a past, the same tunnels come to be like that in its course.
 */
export const demo: Scene = ({ world, random, past }) => {
  const accountId = random.hex(32)
  world.accounts.push(accountId)
  const cast = createCast(random, accountId, world.now() + (past?.ms ?? 0))
  if (past === undefined) for (const member of Object.values(cast)) world.addTunnel(member)
  else tellMonth(world, cast, past)

  const { london, dublin, frankfurt, tokyo, singapore, johannesburg, sydney } = cast
  return {
    everyMs: 20_000,
    lively: [london, dublin, frankfurt, tokyo, singapore, johannesburg].map(({ id }) => id),
    flapping: [sydney.id],
  }
}
