import { writeSync } from 'node:fs'
import { places, watchUntilCrash } from '../faults/crashing.ts'
import { enterWorld } from '../faults/hand.ts'

/**
 * A program that kills itself in the middle of a failover: `failer.js FOLDER WORLD PLACE MS` fails a new tunnel over, with
 * Cloudflare taking so long to switch, and says first, as JSON, which tunnel and from where to where.
 */
const [, , folder = '', world = '', at = '', promoteMs = ''] = process.argv

const place = places[Number(at)]
if (!place) throw new Error(`There is no place ${at}.`)
const { rig, isOver, ...watched } = await watchUntilCrash(
  enterWorld(JSON.parse(world)),
  place,
  Number(promoteMs),
  () => process.kill(process.pid, 'SIGKILL'),
  { folder },
)
writeSync(1, `${JSON.stringify(watched)}\n`)
await rig.ask('POST', watched.path, watched.body)
await rig.time.until('it was killed', isOver)
