import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createServer } from 'vite'
import { readSettings } from '../proxy/settings.ts'

/**
 * `npm run dev`: the proxy, restarted when its source changes, and Vite's server with hot reload of the
 * page in front of it. Demo mode unless the environment or .env names an account.
 */

const root = join(import.meta.dirname, '../..')
try {
  Object.assign(process.env, readSettings())
} catch (error) {
  console.error((error as Error).message)
  process.exit(1)
}
const port = process.env.PORT?.trim() || '8787'
process.env.TANDEM_PROXY ??= `http://127.0.0.1:${port}` // vite.config.ts hands /api to it

const proxy = spawn(
  process.execPath,
  [
    join(root, 'node_modules/tsx/dist/cli.mjs'),
    'watch',
    '--clear-screen=false',
    'src/proxy/main.ts',
  ],
  { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, PORT: port } },
)
const others = process.listeners('SIGTERM')
const vite = await createServer({ root, server: { host: '127.0.0.1' }, clearScreen: false })
await vite.listen()
// Vite would end this process as soon as it has closed itself, before the proxy has ended. What tsx listens with stays.
for (const listener of process.listeners('SIGTERM'))
  if (!others.includes(listener)) process.off('SIGTERM', listener)
console.log(`\nOpen ${vite.resolvedUrls?.local[0]} — Ctrl-C ends the page and the proxy.\n`)

let stopping = false
async function stop(code: number) {
  if (stopping) return
  stopping = true
  proxy.kill('SIGTERM')
  await vite.close()
  if (proxy.exitCode === null && proxy.signalCode === null) {
    await new Promise((resolve) => proxy.once('exit', resolve))
  }
  process.exit(code)
}
process.once('SIGINT', () => void stop(0))
process.once('SIGTERM', () => void stop(0))
proxy.once('exit', (code) => void stop(code ?? 1))
