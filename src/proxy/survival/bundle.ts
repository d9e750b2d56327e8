import { spawn } from 'node:child_process'
import { join } from 'node:path'

/** Programs that tests start, and often: bundled as the build does it, each starts in a moment. */

const root = join(import.meta.dirname, '../../..')
const outDir = join(root, 'node_modules/.tandem-tests')

/** @param programs name → source, from the project's folder; `bundled` says where they lie then. */
export async function bundle(programs: Record<string, string>): Promise<void> {
  const { build } = await import('vite') // loaded here only: who starts a program needs none of it
  await build({
    configFile: false,
    root,
    publicDir: false,
    logLevel: 'error',
    ssr: { noExternal: true, external: ['better-sqlite3', 'vitest'] },
    build: {
      ssr: true,
      outDir,
      // Another run may be using what lies there.
      emptyOutDir: false,
      target: 'node20',
      minify: false,
      rollupOptions: {
        input: programs,
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  })
}

export const bundled = (name: string) => join(outDir, `${name}.js`)

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
