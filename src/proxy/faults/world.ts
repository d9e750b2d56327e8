import { start } from '../../../e2e/processes.ts'
import { enterWorld, type Ready } from './hand.ts'

/** A simulated Cloudflare in a process of its own. */

export type World = ReturnType<typeof enterWorld>

/**
 * Nothing happens there by itself, and by default its clock stands still unless a test moves it.
 *
 * @param scene what follows `--scene`: its name and more options
 * @param options.early see `start`
 */
export async function startWorld(scene = 'empty', { speed = 1e-6, early = true } = {}) {
  const program = start(
    'simulator',
    `--port 0 --life off --parent-pipe --scene ${scene}`.split(' '),
    { early },
  )
  const ready = JSON.parse(await program.line(/"ready":true/)) as Ready
  const world = enterWorld(ready, () => program.end('SIGKILL'))
  await world.order('/clock', { speed })
  return world
}
