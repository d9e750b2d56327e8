import type { Life } from '../life.ts'
import type { Random } from '../random.ts'
import type { Tape } from '../tape.ts'
import type { World } from '../world.ts'

/** What a scene is: it fills an empty world and says what may happen by itself. */
export type Scene = (stage: {
  world: World
  random: Random
  /** How many tunnels and accounts, where the scene lets one choose. */
  tunnels: number
  accounts: number
  /** Given when the world begins so many milliseconds before it is needed, in a scene that can tell. */
  past?: Past | undefined
}) => Life

export type Past = { ms: number; random: Random; tape: Tape }

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour
