import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reasonsPlaywright, type Tally, tallyPlaywright, tallyStep, tallyVitest } from './tally.ts'

/**
 * `npm test`: everything that must hold, with one line a step, the output of those that fail, and
 * `N passed, N failed` at the end. All steps run even when an earlier one fails; only the end-to-end
 * tests need the build.
 */

const root = join(import.meta.dirname, '../..')
const reports = mkdtempSync(join(tmpdir(), 'tandem-test-'))
const vitestReport = join(reports, 'vitest.json')
const playwrightReport = join(reports, 'playwright.json')

type Step = {
  name: string
  command: string[]
  /** Reads the runner's own report; a static check has none. */
  tally?: () => Tally
  env?: Record<string, string>
  /** Let its output through as it comes, because it takes minutes. */
  live?: boolean
  /** Reads why, told once more below what went by. */
  reasons?: () => string[]
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))
const bin = (name: string, ...args: string[]) => [join(root, 'node_modules/.bin', name), ...args]

/** What `npm ci --ignore-scripts` leaves out: it takes a processor a minute. */
const native: Step = {
  name: 'native module',
  command: ['npm', 'run', '--silent', 'native'],
}
const nativeFile = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node'

const checks: Step[] = [
  { name: 'types', command: bin('tsc') },
  { name: 'lint', command: bin('oxlint', '--deny-warnings') },
  { name: 'format', command: bin('biome', 'ci', '--colors=off') },
  { name: 'dead code', command: bin('knip', '--no-progress') },
]
/** To list the stories is to look for a browser, and to install one where there is none. */
const browser: Step = { name: 'browser', command: bin('playwright', 'test', '-c', 'e2e', '--list') }
const units: Step = {
  name: 'unit tests',
  command: bin(
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${vitestReport}`,
  ),
  tally: () => tallyVitest(readJson(vitestReport)),
}
const build: Step = {
  name: 'build',
  command: [process.execPath, '--import', 'tsx', 'src/tasks/build.ts'],
}
const endToEnd: Step = {
  name: 'end to end',
  command: bin('playwright', 'test', '-c', 'e2e'),
  tally: () => tallyPlaywright(readJson(playwrightReport)),
  env: { TANDEM_E2E_REPORT: playwrightReport },
  live: true,
  reasons: () => reasonsPlaywright(readJson(playwrightReport)),
}

/** Runs one step to its end and says how it went in one line. */
async function run({ name, command, tally, env, live, reasons }: Step): Promise<Tally> {
  const startedAt = Date.now()
  const [program = '', ...args] = command
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: live ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text))
  }
  const exitCode = await new Promise<number>((resolve) => {
    child.once('error', (error) => {
      output += `${error.message}\n`
      resolve(1)
    })
    child.once('close', (code) => resolve(code ?? 1))
  })
  let report: Tally | null = null
  let unreadable = false
  try {
    report = tally?.() ?? null
  } catch (error) {
    unreadable = true
    output += `Its report could not be read: ${error instanceof Error ? error.message : error}\n`
  }
  const result = tallyStep(unreadable ? 1 : exitCode, report)
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
  const counts = report ? ` (${result.passed} passed, ${result.failed} failed)` : ''
  const failed = result.failed > 0
  if (failed && output !== '') process.stdout.write(`\n${output.trimEnd()}\n`)
  console.log(`${failed ? 'FAILED' : 'ok    '} ${name} ${seconds} s${counts}`)
  if (failed && report) for (const reason of reasons?.() ?? []) console.log(reason)
  return result
}

async function runInTurn(steps: Step[]): Promise<Tally[]> {
  const tallies: Tally[] = []
  for (const step of steps) tallies.push(await run(step))
  return tallies
}

// The checks and the build need nothing native, and fit beside what does. The browser then has all cores, because
// its tests measure seconds.
const needed = existsSync(join(root, nativeFile)) ? [units] : [native, units]
const [unitTallies, checkTallies] = await Promise.all([
  runInTurn(needed),
  runInTurn([browser, ...checks, build]),
])
const built = checkTallies.at(-1)?.failed === 0
const tallies = [...unitTallies, ...checkTallies]
if (built) tallies.push(await run(endToEnd))
else {
  console.log('FAILED end to end: there is no build to test')
  tallies.push({ passed: 0, failed: 1 })
}
rmSync(reports, { recursive: true, force: true })

const sum = (key: keyof Tally) => tallies.reduce((total, tally) => total + tally[key], 0)
const passed = sum('passed')
const failed = sum('failed')
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
