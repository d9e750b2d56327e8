import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { soakWall } from '../../e2e/wall-soak.ts'
import { bundle, bundled } from '../proxy/survival/bundle.ts'
import { killOften } from '../proxy/survival/killed.ts'

/**
 * `npm run soak [KILLS] [REQUESTS] [CHANGES] [SEED]`: what takes too long for every day. Kills the writer of history by
 * SIGKILL 200 times and holds the database to everything that was said to be on the disk; then sends 100,000
 * hostile requests to all operations of the API; then changes what an open wall shows 100,000 times. Exits 1 when
 * anything is missing or breaks.
 */

const [kills = 200, requests = 100_000, changes = 100_000, seed = randomInt(2 ** 31)] = process.argv
  .slice(2)
  .map(Number)

/** @returns whether everything that was said to be on the disk was there. */
async function killWriter(): Promise<boolean> {
  await bundle({ writer: 'src/proxy/survival/writer.ts' })
  const writer = bundled('writer')
  const startedAt = Date.now()
  const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'tandem-soak-')))
  const verdicts = await Promise.all(
    folders.map((folder, at) => killOften(writer, folder, Math.ceil((kills - at) / 2), 400)),
  )
  for (const folder of folders) rmSync(folder, { recursive: true })
  const sum = (key: 'kills' | 'looks' | 'events' | 'actions') =>
    verdicts.reduce((total, verdict) => total + verdict[key], 0)
  const faults = verdicts.flatMap((verdict) => verdict.faults)
  for (const fault of faults) console.log(fault)
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(0)
  console.log(
    `${sum('kills')} kills, ${sum('looks')} looks, ${sum('events')} events and ${sum('actions')} actions said to be on the disk, ${faults.length} missing or wrong, ${seconds} s`,
  )
  return faults.length === 0 && sum('kills') >= kills
}

/** The test of every day, with more requests and another seed. @returns whether it held. */
function sendHostile(): boolean {
  const root = join(import.meta.dirname, '../..')
  const { status } = spawnSync(
    join(root, 'node_modules/.bin/vitest'),
    ['run', 'src/proxy/faults/hostile.test.ts'],
    {
      cwd: root,
      stdio: 'inherit',
      env: {
        ...process.env,
        TANDEM_HOSTILE_REQUESTS: String(requests),
        TANDEM_HOSTILE_SEED: String(seed),
      },
    },
  )
  return status === 0
}

/** Needs a build. @returns whether the wall missed nothing and did not grow. */
async function watchWall(): Promise<boolean> {
  const startedAt = Date.now()
  const { heapGrowth, nodes, missed, ...verdict } = await soakWall(changes)
  for (const each of missed) console.log(each)
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(0)
  console.log(
    `${verdict.changes} changes on a wall, ${verdict.checks} looks at it, ${missed.length} missed; heap ${(heapGrowth * 100).toFixed(1)} %, ${nodes.before} elements before, ${nodes.after} after, ${seconds} s`,
  )
  return missed.length === 0 && heapGrowth < 0.05 && nodes.after === nodes.before
}

const isKept = kills === 0 || (await killWriter())
const isStanding = requests === 0 || sendHostile()
const isSteady = changes === 0 || (await watchWall())
process.exitCode = isKept && isStanding && isSteady ? 0 : 1
