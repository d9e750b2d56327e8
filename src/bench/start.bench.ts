import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTandem } from '../../e2e/tandem.ts'
import { freshPage, launchBrowser } from './browser.ts'
import type { Group } from './group.ts'

/** How long until a newcomer sees something? Measured in demo mode, the way Tandem starts by itself. */

const times = 7
const root = join(import.meta.dirname, '../..')

/**
 * From the start of the server's process on an empty folder to its address, which it prints when the month of
 * the demo's past is recorded, and to rows that can be used; ms. The browser is there already.
 */
async function firstStart(): Promise<{ addressMs: number; usableMs: number }> {
  const browser = await launchBrowser()
  try {
    const startedAt = Date.now()
    const tandem = await startTandem({ LOG_LEVEL: 'warn' })
    const addressMs = Date.now() - startedAt
    try {
      const page = await freshPage(browser, tandem.address)
      await page.goto('/', { waitUntil: 'commit' })
      await page.evaluate(() => tandemProbe.usable)
      return { addressMs, usableMs: Date.now() - startedAt }
    } finally {
      await tandem.end()
      tandem.remove()
    }
  } finally {
    await browser.close()
  }
}

/** From the command to the address, with everything installed and built already, ms. */
async function npmStartMs(): Promise<number> {
  const data = mkdtempSync(join(tmpdir(), 'tandem-bench-'))
  const startedAt = performance.now()
  const child = spawn('npm', ['start'], {
    cwd: root,
    env: { ...process.env, PORT: '0', TANDEM_DATA_DIR: data, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
    // A process group of its own: npm, its shell and the server end together.
    detached: true,
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const ms = await new Promise<number>((resolve, reject) => {
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (output.includes('is running: http:')) resolve(performance.now() - startedAt)
    })
    void ended.then(() => reject(new Error(`npm start ended by itself:\n${output}`)))
  })
  if (child.pid) process.kill(-child.pid, 'SIGTERM')
  await ended
  rmSync(data, { recursive: true, force: true })
  return ms
}

export const start: Group = {
  name: 'start',
  says: 'from the command to the first page (1 min)',

  async run() {
    const starts: { addressMs: number; usableMs: number }[] = []
    const commands: number[] = []
    for (let count = 0; count < times; count += 1) {
      starts.push(await firstStart())
      commands.push(await npmStartMs())
    }
    return [
      {
        name: 'first start with a month of 12 tunnels → address printed',
        unit: 's',
        samples: starts.map(({ addressMs }) => addressMs / 1000),
        by: 'p95',
        goal: { below: 3 },
      },
      {
        name: 'server start → first page usable',
        unit: 's',
        samples: starts.map(({ usableMs }) => usableMs / 1000),
        by: 'p95',
        goal: { atMost: 5 },
      },
      {
        name: 'second npm start → address printed',
        unit: 's',
        samples: commands.map((ms) => ms / 1000),
        by: 'p95',
        goal: { below: 3 },
      },
    ]
  },
}
