import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { build } from 'vite'

/** One of the programs of this folder, bundled so that it starts in a moment, and often. */

const root = join(import.meta.dirname, '../../..')
const outDir = join(root, 'node_modules/.tandem-survival')

/** @returns the path of the bundled `writer.ts`. */
export async function bundleWriter(): Promise<string> {
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    ssr: { noExternal: true, external: ['better-sqlite3'] },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: true,
      target: 'node20',
      minify: false,
      rollupOptions: {
        input: join(import.meta.dirname, 'writer.ts'),
        output: { entryFileNames: 'writer.js' },
      },
    },
  })
  return join(outDir, 'writer.js')
}

export type Run = {
  /** What it said, line by line; a line that was cut off by its end is not among them. */
  lines: string[]
  /** How it ended. */
  signal: NodeJS.Signals | null
  errors: string
}

/** Runs it to its end, which `killAfterMs` after its first line is by SIGKILL if it is given. */
export function run(program: string, args: string[], killAfterMs?: number): Promise<Run> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const killAtExit = () => child.kill('SIGKILL')
  process.once('exit', killAtExit)
  let output = ''
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (output === '' && killAfterMs !== undefined) {
      setTimeout(() => child.kill('SIGKILL'), killAfterMs)
    }
    output += text
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (_, signal) => {
      process.off('exit', killAtExit)
      resolve({ lines: output.split('\n').slice(0, -1), signal, errors })
    })
  })
}
