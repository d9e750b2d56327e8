import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'

/** The program as it is started by a person or by `npm start`. */
function run(...words: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/simulator/main.ts', ...words])
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk) => {
    said.out += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    said.err += String(chunk)
  })
  return { child, said, ended: once(child, 'close').then(([code]) => code as number | null) }
}

test('it says in one JSON line where it is and who may ask, and stops when told to', async () => {
  const { child, said, ended } = run('--port', '0', '--scene', 'docs')
  await once(child.stdout, 'data')
  expect(said.out.split('\n')).toEqual([expect.stringMatching(/^\{.*\}$/), ''])
  const ready = JSON.parse(said.out)
  expect(ready).toMatchObject({ ready: true, accounts: ['699d98642c564d2e855e9661899b7252'] })
  const answer = await fetch(`${ready.baseUrl}/accounts/${ready.accounts[0]}/warp_connector`, {
    headers: { authorization: `Bearer ${ready.readToken}` },
  })
  expect(answer.status).toBe(200)
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
  expect(said.err).toBe('')
})

test('with --parent-pipe it stops when its standard input closes', async () => {
  const { child, ended } = run('--port', '0', '--parent-pipe')
  await once(child.stdout, 'data')
  child.stdin.end()
  expect(await ended).toBe(0)
})

test('a bad option is told in one line, and a port that is taken too', async () => {
  const bad = run('--scene', 'heaven')
  expect(await bad.ended).toBe(1)
  expect(bad.said).toEqual({ out: '', err: expect.stringMatching(/^simulator: --scene .*\n$/) })

  const first = run('--port', '0', '--parent-pipe')
  await once(first.child.stdout, 'data')
  const { port } = new URL(JSON.parse(first.said.out).baseUrl)
  const second = run('--port', port)
  expect(await second.ended).toBe(1)
  expect(second.said.err).toMatch(/^simulator: .*EADDRINUSE.*\n$/)
  first.child.stdin.end()
  expect(await first.ended).toBe(0)
})
