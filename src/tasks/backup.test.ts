import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createPeople } from '#proxy/identity/people.ts'
import { holdFolder } from '#proxy/store/hold.ts'
import { openStore } from '#proxy/store/open.ts'
import { bundled } from '#proxy/survival/bundle.ts'

/** The host's commands find their folder as Tandem does: in the environment, else in `.env`. */

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-backup-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function run(task: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bundled(task), ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH },
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

test('a folder that is set in .env only is the one that is backed up and verified', async () => {
  const token = `CLOUDFLARE_API_TOKEN=${'x'.repeat(40)}\nCLOUDFLARE_ACCOUNT_ID=0123456789abcdef0123456789abcdef\n`
  writeFileSync(join(folder, '.env'), `${token}TANDEM_DATA_DIR=./kept\n`)
  const { db } = await openStore(join(folder, 'kept'), Date.now)
  try {
    expect(run('backup', 'copy.db')).toMatchObject({ status: 0, stderr: '' })
    expect(existsSync(join(folder, 'copy.db'))).toBe(true)
    expect(run('audit', 'verify')).toMatchObject({ status: 0, stderr: '' })
  } finally {
    await db.destroy()
  }
}, 60_000)

test('in the demo every command finds the demo’s folder, and an account’s own wherever there is one', async () => {
  const { db } = await openStore(join(folder, 'data', 'demo'), Date.now)
  await db.destroy()
  expect(run('backup', 'demo.db')).toMatchObject({ status: 0, stderr: '' })
  expect(run('audit', 'verify')).toMatchObject({ status: 0, stderr: '' })
  expect(run('people', 'list')).toMatchObject({ status: 0, stderr: '' })
  // The token may be known to Tandem’s own process only.
  const own = await openStore(join(folder, 'data'), Date.now)
  await createPeople({ db: own.db, now: Date.now }).add('Ada', 'admin', { id: 'p-ada' })
  await own.db.destroy()
  expect(run('people', 'list').stdout).toMatch(/^Ada/)
}, 60_000)

test('of several demos they find the one that runs, and else the usual one', async () => {
  const of = (world: string) => join(folder, 'data', world)
  for (const world of ['demo-outage', 'demo']) {
    const { db } = await openStore(of(world), Date.now)
    await createPeople({ db, now: Date.now }).add(world, 'admin', { id: 'p-1' })
    await db.destroy()
  }
  expect(run('people', 'list').stdout).toMatch(/^demo {2}admin/)
  // What a killed one leaves behind says nothing of who runs.
  writeFileSync(join(of('demo'), 'tandem.pid'), '1 here\n')
  const letGo = holdFolder(of('demo-outage'))
  expect(run('people', 'list').stdout).toMatch(/^demo-outage {2}admin/)
  letGo()
  rmSync(of('demo'), { recursive: true })
  expect(run('people', 'list').stdout).toMatch(/^demo-outage {2}admin/)
}, 60_000)

test('a .env that can’t be read ends every command with one line that says why', () => {
  mkdirSync(join(folder, '.env'))
  const refused = {
    status: 1,
    stderr: '.env can’t be read (EISDIR): it must be a file that Tandem may read.\n',
  }
  expect(run('backup', 'copy.db')).toMatchObject(refused)
  expect(run('audit', 'verify')).toMatchObject(refused)
  expect(run('people', 'list')).toMatchObject(refused)
}, 60_000)
