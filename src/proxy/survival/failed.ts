import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { places, putsOf, takeUp } from '../faults/crashing.ts'
import type { Watched } from '../faults/failing-over.ts'
import { startWorld, type World } from '../faults/world.ts'
import { run } from './bundle.ts'

/** Kills failovers, each at one of its places, and has another Tandem take them up. */

/** How far Cloudflare is by then lies between these, evenly spread. */
const fastestMs = 500
const slowestMs = 30_000

const home = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

export type FailedVerdict = { kills: number; puts: number; faults: string[] }

/**
 * @param program the bundled `failer`
 * @param wanted kills in all, of which this does every `of`th, beginning with `first`
 */
export async function killFailovers(
  program: string,
  wanted: number,
  [first, of]: [number, number],
): Promise<FailedVerdict> {
  const verdict: FailedVerdict = { kills: 0, puts: 0, faults: [] }
  const world = await startWorld('empty', { early: false })
  const rounds = Math.ceil(wanted / places.length)
  for (let n = first; n < wanted; n += of) {
    const round = Math.floor(n / places.length)
    const promoteMs = fastestMs + ((slowestMs - fastestMs) * round) / rounds
    await world.reset()
    await killOne(program, world, n % places.length, promoteMs).then(
      () => (verdict.kills += 1),
      (error: Error) => verdict.faults.push(`kill ${n}: ${error.message}`),
    )
    verdict.puts += (await putsOf(world)).length
  }
  await world.end()
  return verdict
}

async function killOne(program: string, world: World, at: number, promoteMs: number) {
  const place = places[at]
  if (!place) throw new Error(`There is no place ${at}.`)
  const folder = mkdtempSync(join(home, 'tandem-failed-'))
  const args = [folder, JSON.stringify(world), String(at), String(promoteMs)]
  const { signal, lines, errors } = await run(program, args)
  if (signal !== 'SIGKILL') throw new Error(`${place.name}: it ended by itself: ${errors}`)
  const watched = JSON.parse(lines[0] ?? '') as Watched
  await takeUp(world, place, { ...watched, folder }).catch((error: Error) => {
    throw new Error(`${place.name}, ${promoteMs} ms: ${error.message}`)
  })
}
