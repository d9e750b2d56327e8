import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silenceMs } from '#contract/stream.ts'
import { soakWall } from '../../e2e/wall-soak.ts'
import { isReached, percentile } from '../bench/figure.ts'
import { toTable } from '../bench/table.ts'
import { timeSignIns } from '../proxy/faults/sign-in-times.ts'
import { bundle, bundled } from '../proxy/survival/bundle.ts'
import { crowdDoor } from '../proxy/survival/crowd.ts'
import { killFailovers } from '../proxy/survival/failed.ts'
import { killOften } from '../proxy/survival/killed.ts'
import { cramp } from './cramped.ts'
import { wallFigures } from './wall-figures.ts'

/**
 * `npm run soak [STEP [COUNT [SEED]]]`: what takes too long for every day, all steps or one of them, as often as it
 * should be or COUNT times. Needs a build, says a line a step, and exits 1 when anything is missing
 * or breaks.
 */

/** What is run, how often by itself; it tells whether it held. */
type Step = { count: number; run: (count: number) => boolean | Promise<boolean> }

const steps: Record<string, Step> = {
  recorder: { count: 200, run: killRecorder },
  failovers: { count: 250, run: killInFailovers },
  races: { count: 1000, run: raceFailovers },
  listings: { count: 5000, run: changeListings },
  requests: { count: 100_000, run: sendHostile },
  senders: { count: 2000, run: holdSenders },
  'sign-ins': { count: 200, run: compareSignIns },
  limits: { count: 60, run: crampTandem },
  wall: { count: 100_000, run: watchWall },
}

const [only, wanted, seed = String(randomInt(2 ** 31))] = process.argv.slice(2)

/** Kills the writer of history by SIGKILL, and holds the database to everything that was said to be on the disk. */
async function killRecorder(kills: number): Promise<boolean> {
  await bundle({ writer: 'src/proxy/survival/writer.ts' })
  const writer = bundled('writer')
  const seconds = stopwatch()
  const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'tandem-soak-')))
  const verdicts = await Promise.all(
    folders.map((folder, at) => killOften(writer, folder, Math.ceil((kills - at) / 2), 400)),
  )
  for (const folder of folders) rmSync(folder, { recursive: true })
  const sum = (key: 'kills' | 'looks' | 'events' | 'actions') =>
    verdicts.reduce((total, verdict) => total + verdict[key], 0)
  const faults = verdicts.flatMap((verdict) => verdict.faults)
  for (const fault of faults) console.log(fault)
  console.log(
    `${sum('kills')} kills, ${sum('looks')} looks, ${sum('events')} events and ${sum('actions')} actions said to be on the disk, ${faults.length} missing or wrong, ${seconds()}`,
  )
  return faults.length === 0 && sum('kills') >= kills
}

/** Kills a process in the middle of a failover, at each of ten places as often; another one takes it up. */
async function killInFailovers(kills: number): Promise<boolean> {
  await bundle({ failer: 'src/proxy/survival/failer.ts' })
  const seconds = stopwatch()
  const verdicts = await Promise.all(
    [0, 1].map((first) => killFailovers(bundled('failer'), kills, [first, 2])),
  )
  const sum = (key: 'kills' | 'puts') =>
    verdicts.reduce((total, verdict) => total + verdict[key], 0)
  const faults = verdicts.flatMap((verdict) => verdict.faults)
  for (const fault of faults) console.log(fault)
  console.log(
    `${sum('kills')} failovers killed and taken up, ${sum('puts')} of them sent, none twice and each end known and on record, ${faults.length} not, ${seconds()}`,
  )
  return faults.length === 0 && sum('kills') === kills
}

/** People who start a failover of one tunnel at once, again and again. */
function raceFailovers(races: number): boolean {
  return testMore('src/proxy/faults/once.test.ts', { TANDEM_RACES: String(races) }, 'F3 ')
}

/** Tunnels that come and go between the pages of a listing. */
function changeListings(listings: number): boolean {
  return testMore('src/proxy/faults/listing.test.ts', { TANDEM_LISTINGS: String(listings) }, 'U20 ')
}

/** Hostile requests to all operations of the API, by another seed than every day's. */
function sendHostile(requests: number): boolean {
  return testMore('src/proxy/faults/hostile.test.ts', {
    TANDEM_HOSTILE_REQUESTS: String(requests),
    TANDEM_HOSTILE_SEED: seed,
  })
}

/** The tests of every day, with more of what they do. */
function testMore(file: string, env: Record<string, string>, title = ''): boolean {
  const root = join(import.meta.dirname, '../..')
  const { status } = spawnSync(
    join(root, 'node_modules/.bin/vitest'),
    ['run', file, '--testNamePattern', title],
    { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } },
  )
  return status === 0
}

/** Slow senders at once, whom others must not feel and who must be gone in time. */
async function holdSenders(count: number): Promise<boolean> {
  const { held, answered, refused, p99Ms, longestMs } = await crowdDoor(count)
  console.log(
    `${held} slow senders at once, the last gone after ${(longestMs / 1000).toFixed(1)} s; ${answered} others answered meanwhile, 99 of 100 within ${p99Ms.toFixed(0)} ms, ${refused} refused`,
  )
  return held === count && refused === 0 && p99Ms < 300 && Math.round(longestMs / 1000) <= 20
}

/** Whether time tells that there is somebody of a name. */
async function compareSignIns(tries: number): Promise<boolean> {
  const seconds = stopwatch()
  const { wrongPassword, wrongName } = await timeSignIns(tries)
  const difference = Math.abs(wrongName / wrongPassword - 1)
  console.log(
    `${tries} sign-ins with a wrong password: ${wrongPassword.toFixed(1)} ms; ${tries} with a wrong name: ${wrongName.toFixed(1)} ms; they differ by ${(difference * 100).toFixed(1)} %, ${seconds()}`,
  )
  return difference < 0.05
}

/** So many minutes with half a core, in which it must fit into 256 MB with room to spare and nobody must lose it. */
async function crampTandem(minutes: number): Promise<boolean> {
  const { peak, core, silentMs, answers, refused, known } = await cramp(minutes)
  const megabytes = (peak ?? Number.NaN) / 1e6
  console.log(
    `P23: ${minutes} min with half a core: ${megabytes.toFixed(0)} MB at its peak, ${(core * 100).toFixed(0)} % of a core taken, no screen without a word for longer than ${(silentMs / 1000).toFixed(1)} s; ${answers.length} questions, 99 of 100 answered within ${percentile(answers, 0.99).toFixed(0)} ms, ${refused} refused; ${known} tunnels read`,
  )
  return megabytes < 200 && silentMs < silenceMs && refused === 0
}

/** A week of changes on an open wall, which must miss nothing, not grow, and rest when nothing changes. */
async function watchWall(changes: number): Promise<boolean> {
  const seconds = stopwatch()
  const verdict = await soakWall(changes, (line) => console.log(`${line}, ${seconds()}`))
  for (const each of verdict.missed) console.log(each)
  const figures = wallFigures(verdict, changes)
  console.log(`${toTable(figures)}\nwall: ${seconds()}`)
  return figures.every((figure) => isReached(figure) !== false)
}

function stopwatch() {
  const startedAt = Date.now()
  return () => `${((Date.now() - startedAt) / 1000).toFixed(0)} s`
}

const names = Object.keys(steps).filter((name) => only === undefined || name === only)
let isSound = names.length > 0
if (!isSound) console.log(`There is no step ${only}. There are: ${Object.keys(steps).join(', ')}.`)
for (const name of names) {
  const { count, run } = steps[name] as Step
  isSound = (await run(Number(wanted ?? count))) && isSound
}
process.exitCode = isSound ? 0 : 1
