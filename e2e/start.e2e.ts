import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bare, expect, test } from './fixtures.ts'
import { start } from './processes.ts'
import { startTandem } from './tandem.ts'

/** From the command to the first page: what starts, what refuses to start, and what it says. */

/** Runs the proxy to its end, as somebody whose configuration is wrong sees it. */
async function runToEnd(args: string[], env: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-start-'))
  const program = start('proxy', args, { env, cwd: folder })
  const code = await program.ended
  rmSync(folder, { recursive: true, force: true })
  return { code, output: program.output(), lines: program.output().trimEnd().split('\n') }
}

bare('without any configuration the demo starts and says that it is one', async ({ page }) => {
  const tandem = await startTandem({})
  await page.goto(tandem.address)
  await expect(page.getByRole('row', { name: /lon-branch-core/ })).toBeVisible()
  await expect(page.getByText('Demo', { exact: true })).toBeVisible()
  await tandem.end()
  tandem.remove()
})

bare('each scene of the demo has a folder of its own: none deletes another’s tunnels', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-start-'))
  const seenIn = async (...args: string[]) => {
    const program = start('proxy', args, {
      cwd: folder,
      env: { PORT: '0', TANDEM_DATA_DIR: join(folder, 'data') },
    })
    const [address] = /http:\S+/.exec(await program.line(/is running: http:/)) ?? []
    const get = async (path: string) => (await fetch(`${address}${path}`)).json()
    await expect.poll(async () => (await get('/readyz')).ready).toBe(true)
    const { tunnels } = await get('/api/tunnels')
    const { events } = await get('/api/activity')
    await program.end()
    return { tunnels: tunnels.length, hasHistory: events.length > 0 }
  }
  const empty = { tunnels: 0, hasHistory: false }
  expect(await seenIn('--scene', 'empty')).toEqual(empty)
  const usual = { tunnels: 12, hasHistory: true }
  expect(await seenIn()).toEqual(usual)
  expect(await seenIn('--scene', 'empty')).toEqual(empty)
  expect(await seenIn()).toEqual(usual)
  rmSync(folder, { recursive: true })
})

bare(
  'a demo that listens beyond this machine shows everything and changes nothing, unless a setting says so',
  async ({ request }) => {
    const folder = mkdtempSync(join(tmpdir(), 'tandem-start-'))
    const headers = { 'content-type': 'application/json', 'x-requested-by': 'tandem' }
    for (const { role, env, created } of [
      { role: 'viewer', env: {}, created: 403 },
      { role: 'admin', env: { TANDEM_DEMO_ROLE: 'admin' }, created: 201 },
    ]) {
      const program = start('proxy', ['--scene', 'docs'], {
        cwd: folder,
        env: { HOST: '0.0.0.0', PORT: '0', TANDEM_DATA_DIR: folder, ...env },
      })
      const [, port] = /http:\/\/0\.0\.0\.0:(\d+)/.exec(await program.line(/is running: /)) ?? []
      const api = `http://127.0.0.1:${port}/api`
      await expect.poll(async () => (await request.get(`${api}/tunnels`)).status()).toBe(200)
      const { me } = await (await request.get(`${api}/session`)).json()
      expect(me).toMatchObject({ name: 'visitor', role })
      const asked = { headers, data: { name: 'par-core', ha: true } }
      expect((await request.post(`${api}/tunnels`, asked)).status()).toBe(created)
      // Nobody there tries another role on.
      const tried = { headers, data: { role: 'admin' } }
      expect((await request.post(`${api}/demo/role`, tried)).status()).toBe(404)
      await program.end()
    }
    rmSync(folder, { recursive: true })
  },
)

bare('--help lists every setting', async () => {
  const { code, output } = await runToEnd(['--help'], {})
  expect(code).toBe(0)
  for (const name of [
    'CLOUDFLARE_API_TOKEN',
    'CLOUDFLARE_ACCOUNT_ID',
    'CLOUDFLARE_READ_TOKEN',
    'CLOUDFLARE_BASE_URL',
    'HOST',
    'PORT',
    'TANDEM_DATA_DIR',
    'LOG_LEVEL',
  ]) {
    expect(output).toMatch(new RegExp(`^\\s+${name}\\s+\\S`, 'm'))
  }
})

bare('every fault in the configuration is one clear line, and none repeats a secret', async () => {
  const { code, output, lines } = await runToEnd([], {
    CLOUDFLARE_API_TOKEN: 'hush hush',
    CLOUDFLARE_ACCOUNT_ID: 'my account',
    CLOUDFLARE_BASE_URL: 'http://example.com/client/v4',
    HOST: 'everywhere',
    PORT: '99999',
    LOG_LEVEL: 'chatty',
  })
  expect(code).toBe(1)
  expect(lines).toEqual([
    expect.stringContaining('CLOUDFLARE_API_TOKEN'),
    expect.stringContaining('CLOUDFLARE_ACCOUNT_ID'),
    expect.stringContaining('CLOUDFLARE_BASE_URL'),
    expect.stringContaining('HOST'),
    expect.stringContaining('LOG_LEVEL'),
    expect.stringContaining('PORT'),
  ])
  expect(output).not.toContain('hush')
  expect(output).not.toMatch(/^\s+at /m)
})

bare('an option that would open the simulator to others, or move it, is refused', async () => {
  const opened = await runToEnd(['--host', '0.0.0.0'], { PORT: '0' })
  expect(opened.code).toBe(1)
  expect(opened.lines).toEqual(['Unknown option --host: set HOST in the environment or in .env.'])
  const moved = await runToEnd(['--scene', 'empty', '--port=9000'], { PORT: '0' })
  expect(moved.code).toBe(1)
  expect(moved.lines).toEqual(['Unknown option --port: set PORT in the environment or in .env.'])
})

bare('a token without its account is refused, and so is an account without its token', async () => {
  const account = '0123456789abcdef0123456789abcdef'
  const alone = await runToEnd([], { CLOUDFLARE_API_TOKEN: 'A'.repeat(40) })
  expect(alone.code).toBe(1)
  expect(alone.lines).toEqual([expect.stringMatching(/^CLOUDFLARE_ACCOUNT_ID is missing/)])
  const orphan = await runToEnd([], { CLOUDFLARE_ACCOUNT_ID: account })
  expect(orphan.code).toBe(1)
  expect(orphan.lines).toEqual([expect.stringMatching(/^CLOUDFLARE_API_TOKEN is missing/)])
})

bare('a port that is taken is said in one line', async () => {
  const squatter = createServer()
  await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve))
  const address = squatter.address()
  const port = typeof address === 'object' && address ? String(address.port) : ''
  const { code, output } = await runToEnd([], { PORT: port, LOG_LEVEL: 'silent' })
  squatter.close()
  expect(code).toBe(1)
  expect(output).toContain(`127.0.0.1:${port} is in use`)
  expect(output).not.toMatch(/^\s+at /m)
})

test('where there is no source, as in a container, the host’s commands run from what was built', async ({
  tandem,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-commands-'))
  const run = async (name: 'people' | 'backup' | 'audit', ...args: string[]) => {
    const options = { env: { TANDEM_DATA_DIR: tandem.dataDir }, cwd: folder }
    const program = start(name, args, options)
    return [await program.ended, program.output()]
  }
  expect(await run('people', 'invite', 'Ada', 'admin')).toEqual([
    0,
    expect.stringContaining('/invitation#'),
  ])
  expect(await run('people', 'list')).toEqual([0, expect.stringContaining('Ada  admin')])
  expect(await run('backup', 'copy.db')).toEqual([0, 'Backed up to copy.db.\n'])
  expect(await run('audit', 'verify')).toEqual([0, expect.stringMatching(/^The chain is whole/)])
  rmSync(folder, { recursive: true })
})

test('SIGTERM ends it within 5 s, open pages or not', async ({ tandem, page }) => {
  await page.goto('/')
  await expect(page.getByRole('row', { name: /lon-branch-core/ })).toBeVisible()
  const askedAt = Date.now()
  expect(await tandem.end('SIGTERM')).toBe(0)
  expect(Date.now() - askedAt).toBeLessThan(5_000)
})

test('it says that it is alive, and ready once it has looked', async ({ tandem, request }) => {
  expect((await request.get(`${tandem.address}/healthz`)).ok()).toBe(true)
  await expect.poll(async () => (await request.get(`${tandem.address}/readyz`)).status()).toBe(200)
})
