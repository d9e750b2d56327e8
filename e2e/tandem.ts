import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Program, start } from './processes.ts'

/** Tandem's own server in a process of its own, with a data folder that outlives a restart. */

export type Tandem = Awaited<ReturnType<typeof startTandem>>

/**
 * @param env its settings; nothing else of the environment reaches it
 * @param args what would follow `npm start --`
 */
export async function startTandem(env: Record<string, string>, args: string[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-e2e-'))
  let output = ''
  let port = '0'
  let program: Program

  async function run(change: Record<string, string> = {}) {
    program = start('proxy', args, {
      cwd: folder,
      env: { PORT: port, TANDEM_DATA_DIR: join(folder, 'data'), ...env, ...change },
    })
    const [, address = '', found = ''] =
      /(http:\/\/127\.0\.0\.1:(\d+))/.exec(await program.line(/is running: http:/)) ?? []
    port = found
    return address
  }
  const address = await run()

  return {
    address,
    /** Where its database is. */
    dataDir: join(folder, 'data'),
    /** Of its present life. */
    pid: () => program.pid,
    /** Everything that it has printed, over all its lives. */
    output: () => output + program.output(),
    /** Ends it; pages that are open lose their stream. */
    async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM') {
      const code = await program.end(signal)
      output += program.output()
      return code
    },
    /** Starts it once more at the same address with the same data, and with other settings if given. */
    again: run,
    /** Freezes it without closing a connection. */
    pause: () => program.pause(),
    resume: () => program.resume(),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
