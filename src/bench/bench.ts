import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import { ensureBrowser } from '../tasks/browser.ts'
import { type Figure, isReached, measured } from './figure.ts'
import type { Group } from './group.ts'
import { history } from './history.bench.ts'
import { interaction } from './interaction.bench.ts'
import { large } from './large.bench.ts'
import { latency } from './latency.bench.ts'
import { looks } from './lighthouse.bench.ts'
import { load as busyDay } from './load.bench.ts'
import { size } from './size.bench.ts'
import { workMs } from './speed.ts'
import { start } from './start.bench.ts'
import { sweeping } from './sweeps.bench.ts'
import { toTable } from './table.ts'
import { timeline } from './timeline.bench.ts'
import { upstream } from './upstream.bench.ts'
import { wall } from './wall.bench.ts'

/** `npm run bench`: measures what was promised and prints each figure next to its goal. */

const groups: Group[] = [
  size,
  start,
  upstream,
  latency,
  large,
  interaction,
  busyDay,
  history,
  timeline,
  sweeping,
  wall,
  looks,
]

const usage = `Usage: npm run bench [-- GROUP…] [-- --json FILE]

${groups.map(({ name, says }) => `  ${name.padEnd(10)}${says}`).join('\n')}

Without a group all of them run. --json also writes every single measurement into FILE.
Ends with 1 when a goal is missed or something could not be measured.
`

type Order = { chosen: Group[]; json: string | null }

/** What the command line asks for, or one line about what is wrong with it. */
function readOrder(args: readonly string[]): Order | { wrong: string } {
  const names = new Set<string>()
  let json: string | null = null
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? ''
    if (word === '--json') {
      json = args[++index] ?? null
      if (json === null) return { wrong: '--json needs a file.' }
    } else if (groups.some(({ name }) => name === word)) names.add(word)
    else return { wrong: `There is no group “${word}”.` }
  }
  const chosen = groups.filter(({ name }) => names.size === 0 || names.has(name))
  return { chosen, json }
}

const load = () => loadavg()[0] ?? 0
const cores = cpus().length

/** What the figures hang on beside Tandem itself. */
function machine(browser: string) {
  const version = execFileSync(browser, ['--version'], { encoding: 'utf8', stdio: 'pipe' })
  return {
    processor: `${cores} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    memoryGb: Math.round(totalmem() / 1_000_000_000),
    node: process.version,
    browser: version.trim(),
    build: String(
      (
        JSON.parse(readFileSync(join(import.meta.dirname, '../../dist/build.json'), 'utf8')) as {
          build: unknown
        }
      ).build,
    ),
  }
}

type Result = {
  group: string
  load: number
  workMs: number
  figures: Figure[]
  failure: string | null
}

async function runGroup({ name, says, run }: Group): Promise<Result> {
  const before = { group: name, load: load(), workMs: workMs() }
  console.error(`${name}: ${says}`)
  if (before.load > cores / 2)
    console.error(
      `  The load is ${before.load.toFixed(1)}: others are busy, times will be too long.`,
    )
  try {
    const figures = await run((text) => console.error(`  ${text}`))
    return { ...before, figures, failure: null }
  } catch (error) {
    const failure = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { ...before, figures: [], failure }
  }
}

async function bench({ chosen, json }: Order) {
  const about = machine(ensureBrowser())
  const results: Result[] = []
  for (const group of chosen) results.push(await runGroup(group))
  const figures = results.flatMap((result) => result.figures)
  const failures = results.filter(({ failure }) => failure !== null)

  const states = results.map(
    ({ group, load, workMs }) => `${group} ${load.toFixed(1)}, ${workMs.toFixed(0)} ms`,
  )
  console.log(`\nTandem ${about.build} on ${about.processor}, Node ${about.node}, ${about.browser}`)
  console.log(
    `Before each group, load of the machine and how long a fixed piece of work took: ${states.join('; ')}\n`,
  )
  if (figures.length > 0) console.log(toTable(figures))
  for (const { group, failure } of failures)
    console.log(`\n${group} could not be measured: ${failure}`)

  if (json) {
    const judged = results.map(({ figures, ...result }) => ({
      ...result,
      figures: figures.map((figure) => ({
        ...figure,
        measured: measured(figure),
        reached: isReached(figure),
      })),
    }))
    const document = { at: Date.now(), machine: about, groups: judged }
    writeFileSync(json, `${JSON.stringify(document, null, 2)}\n`)
  }
  const missed = figures.some((figure) => isReached(figure) === false)
  process.exitCode = failures.length > 0 || missed ? 1 : 0
}

const args = process.argv.slice(2)
const order = readOrder(args)
if (args.includes('--help') || args.includes('-h')) console.log(usage)
else if ('wrong' in order) {
  console.error(`${order.wrong}\n\n${usage}`)
  process.exitCode = 1
} else await bench(order)
