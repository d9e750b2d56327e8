import { spawn } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

/** What whoever works on Tandem has open all day: the page from its source, and the proxy behind it. */

const root = join(import.meta.dirname, '../..')

/** The project without what was built of it. Its packages are linked one by one: Vite keeps a folder beside them. */
function copied(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-dev-'))
  for (const name of ['src', 'public', 'index.html', 'package.json', 'vite.config.ts'])
    cpSync(join(root, name), join(folder, name), { recursive: true })
  mkdirSync(join(folder, 'node_modules'))
  for (const name of readdirSync(join(root, 'node_modules')))
    if (!name.startsWith('.vite'))
      symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  return folder
}

async function freePort(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? String(address.port) : ''
}

function startDev(folder: string, port: string) {
  const program = spawn(join(folder, 'node_modules/.bin/tsx'), ['src/tasks/dev.ts'], {
    cwd: folder,
    // A group of its own, so that nothing outlives a test that failed.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      PORT: port,
      TANDEM_DATA_DIR: join(folder, 'data'),
    },
  })
  // Its output is open for as long as any of its processes lives.
  const ended = new Promise<number | null>((resolve) => program.once('close', resolve))
  const listeners = new Set<() => void>()
  let output = ''
  for (const stream of [program.stdout, program.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      for (const listener of listeners) listener()
    })
  const said = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const [, found] = pattern.exec(output) ?? []
        if (found !== undefined) resolve(found)
      }
      listeners.add(look)
      look()
      void ended.then(() => reject(new Error(`It ended before it said ${pattern}:\n${output}`)))
    })
  return {
    said,
    ended,
    end: () => program.kill('SIGTERM'),
    kill() {
      if (program.exitCode === null) process.kill(-(program.pid ?? 0), 'SIGKILL')
    },
  }
}

test('`npm run dev` serves page and proxy, follows a change of the proxy, and leaves nothing behind', async () => {
  const folder = copied()
  const dev = startDev(folder, await freePort())
  onTestFinished(() => {
    dev.kill()
    rmSync(folder, { recursive: true, force: true })
  })
  const page = await dev.said(/Open (http:\S+\d)/)
  const proxy = await dev.said(/is running: (http:\S+)/)
  const get = (path: string) => fetch(`${page}${path}`)

  expect(await (await get('/')).text()).toContain('/@vite/client')
  expect(await (await get('/src/web/main.tsx')).text()).toContain('createRoot')
  expect(await (await get('/api/session')).json()).toMatchObject({ mode: 'demo' })

  const main = join(folder, 'src/proxy/main.ts')
  writeFileSync(main, readFileSync(main, 'utf8').replace('is running: ', 'is running anew: '))
  expect(await dev.said(/is running anew: (http:\S+)/)).toBe(proxy)
  expect((await get('/api/session')).status).toBe(200)

  dev.end()
  expect(await dev.ended).toBe(0)
  await expect(fetch(proxy)).rejects.toThrow('fetch failed')
  await expect(get('/')).rejects.toThrow('fetch failed')
})
