import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundled } from '../src/proxy/survival/bundle.ts'

/** One of our programs in a process of its own. */

const root = join(import.meta.dirname, '..')

/** What `npm start` tells Node beside the program: that memory counts, and that one thread helps V8, not four. */
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: { start: string }
}
const [, program = ''] = scripts.start.split('exec ')
const nodeOptions = program.split(' ').filter((word) => word.startsWith('--'))

export type Program = {
  pid: number
  /** Everything that it has printed so far, both streams. */
  output: () => string
  /** The first line that matches, waited for; throws with the output when the program ends before. */
  line: (pattern: RegExp) => Promise<string>
  /** Resolves with the exit code when it has ended; null when a signal ended it. */
  ended: Promise<number | null>
  /** Ends it as an operator would (SIGTERM) or as a crash does (SIGKILL). */
  end: (signal?: 'SIGTERM' | 'SIGKILL') => Promise<number | null>
  /** Sends it a signal that it lives on with, such as SIGHUP. */
  signal: (name: NodeJS.Signals) => void
  /** Stops it where it stands, without closing a connection; `resume` lets it go on. */
  pause: () => void
  resume: () => void
}

/**
 * Hashing a password takes 128 MB, page by page: a second or more on a virtual machine whose page faults are slow,
 * and a story does it several times. glibc asks for pages of 2 MB with this; other systems do not know the name.
 */
const cheapMemory = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' }

/** The caller's own Tandem and Cloudflare settings must not leak into a test. */
function cleanEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(?:CLOUDFLARE_|TANDEM_|LOG_LEVEL$|HOST$|PORT$|NODE_OPTIONS$)/.test(name),
    ),
  )
}

/**
 * Starts `dist/<name>.js` with nothing of the caller's settings but `env`, in a folder without a .env.
 * Its standard input is a pipe that breaks when this process ends, however it ends.
 *
 * @param options.early runs what was bundled for the unit tests, which come before the build.
 */
export function start(
  name: 'proxy' | 'simulator' | 'people' | 'backup' | 'audit',
  args: string[],
  options: { env?: Record<string, string>; cwd?: string; early?: boolean } = {},
): Program {
  const file = options.early ? bundled(name) : join(root, 'dist', `${name}.js`)
  const program = [...(name === 'proxy' ? nodeOptions : []), file]
  const child: ChildProcess = spawn(process.execPath, [...program, ...args], {
    cwd: options.cwd ?? tmpdir(),
    env: { ...cleanEnv(), ...cheapMemory, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  // Nothing outlives a test that failed before it cleaned up.
  const killAtExit = () => child.kill('SIGKILL')
  process.once('exit', killAtExit)
  child.once('close', () => process.off('exit', killAtExit))
  let output = ''
  const listeners = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text
      for (const listener of listeners) listener()
    })
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))

  return {
    pid: child.pid ?? 0,
    output: () => output,
    ended,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = output
            .split('\n')
            .slice(0, -1)
            .find((line) => pattern.test(line))
          if (found === undefined) return
          listeners.delete(look)
          resolve(found)
        }
        listeners.add(look)
        look()
        void ended.then((code) =>
          reject(new Error(`${name} ended (${code}) before it printed ${pattern}:\n${output}`)),
        )
      }),
    async end(signal = 'SIGTERM') {
      child.kill('SIGCONT')
      child.kill(signal)
      return ended
    },
    signal: (name) => void child.kill(name),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  }
}
