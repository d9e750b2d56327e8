import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as z from 'zod/mini'

/** The built-in stand-in for Cloudflare: another process, spoken to over HTTP like the real one. */
export type Demo = {
  baseUrl: string
  accountIds: string[]
  token: string
  stop: () => void
}

const Ready = z.object({
  baseUrl: z.string(),
  accounts: z.array(z.string()),
  token: z.string(),
})

/**
 * Starts the simulator on a free loopback port. It ends with this process, however that ends: it stops
 * when its standard input closes.
 *
 * @param args handed on as they are, e.g. `--scene large`.
 * @throws Error with one sentence when it does not start.
 */
export function startDemo(args: string[]): Promise<Demo> {
  // Bundled it is a neighbour; run from source it is in its own room.
  const entry = import.meta.url.endsWith('.ts') ? '../simulator/main.ts' : './simulator.js'
  const child = spawn(
    process.execPath,
    [
      ...process.execArgv,
      fileURLToPath(new URL(entry, import.meta.url)),
      '--port',
      '0',
      '--parent-pipe',
      ...args,
    ],
    { stdio: ['pipe', 'pipe', 'inherit'], env: { PATH: process.env.PATH } },
  )
  return new Promise((resolve, reject) => {
    let text = ''
    child.once('exit', (code) =>
      reject(new Error(`The simulator stopped at its start (exit ${code}).`)),
    )
    child.once('error', () => reject(new Error('The simulator can’t be started.')))
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const line = text.split('\n')[0]
      if (line === undefined || line === text) return
      child.stdout.removeAllListeners('data').resume()
      const { baseUrl, accounts, token } = Ready.parse(JSON.parse(line))
      resolve({ baseUrl, accountIds: accounts, token, stop: () => child.kill() })
    })
  })
}
