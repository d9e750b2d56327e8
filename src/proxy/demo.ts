import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as z from 'zod/mini'

/** The built-in stand-in for Cloudflare: another process, spoken to over HTTP like the real one. */
export type Demo = {
  baseUrl: string
  accountIds: string[]
  token: string
  /** What a watcher would have seen of its past, line by line; nothing where it has none. */
  replay: () => AsyncGenerator<string>
  /** Its tunnels as they are now; rejects when it can’t be asked. */
  tunnels: () => Promise<DemoTunnel[]>
  stop: () => void
}

const State = z.object({ tunnels: z.array(z.object({ id: z.string(), name: z.string() })) })
export type DemoTunnel = z.infer<typeof State>['tunnels'][number]

const Ready = z.object({
  baseUrl: z.string(),
  control: z.string(),
  accounts: z.array(z.string()),
  token: z.string(),
})

/**
 * Starts the simulator on a free loopback port. It ends with this process, however that ends: it stops
 * when its standard input closes.
 *
 * @param args which world, e.g. `--scene=large`.
 * @param pastDays of its past that it lives first; 0 where it has none.
 * @throws Error with one sentence when it does not start.
 */
export function startDemo(args: string[], pastDays: number): Promise<Demo> {
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
      '--past',
      String(pastDays),
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
      const { baseUrl, control, accounts, token } = Ready.parse(JSON.parse(line))
      resolve({
        baseUrl,
        accountIds: accounts,
        token,
        replay: () => readLines(`${control}/replay`),
        tunnels: async () => State.parse(await (await fetch(`${control}/state`)).json()).tunnels,
        stop: () => child.kill(),
      })
    })
  })
}

/** The lines of a text, as they come; none when it is not there. */
async function* readLines(address: string): AsyncGenerator<string> {
  const answer = await fetch(address)
  if (!answer.ok || !answer.body) return
  let begun = ''
  for await (const text of answer.body.pipeThrough(new TextDecoderStream())) {
    const lines = (begun + text).split('\n')
    begun = lines.pop() ?? ''
    yield* lines
  }
}
