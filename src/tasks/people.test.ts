import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPeople } from '#proxy/identity/people.ts'
import { openStore } from '#proxy/store/open.ts'
import { bundled } from '#proxy/survival/bundle.ts'

const folder = mkdtempSync(join(tmpdir(), 'tandem-people-'))

/** The command in a process of its own, on the data folder that this test has open too. */
const people = (...args: string[]) => peopleWith({}, ...args)

function peopleWith(settings: Record<string, string>, ...args: string[]) {
  const env = {
    ...settings,
    PATH: process.env.PATH,
    TANDEM_DATA_DIR: folder,
    TANDEM_PUBLIC_URL: 'https://t.example',
  }
  const options = { cwd: folder, env, encoding: 'utf8' as const }
  const command = [bundled('people'), ...args]
  const { status, stdout, stderr } = spawnSync(process.execPath, command, options)
  return { status, stdout, stderr }
}

const access = {
  TANDEM_ACCESS_TEAM_DOMAIN: 'https://team.cloudflareaccess.com',
  TANDEM_ACCESS_AUD: 'a'.repeat(64),
  TANDEM_ACCESS_ADMINS: 'ada@example.com',
}

let db: Awaited<ReturnType<typeof openStore>>['db']
beforeAll(async () => {
  db = (await openStore(folder, Date.now)).db
})
afterAll(async () => {
  await db.destroy()
  rmSync(folder, { recursive: true, force: true })
})

test('the host’s owner invites, resets and disables people beside a running Tandem', async () => {
  expect(people('list').stdout).toMatch(/^Nobody yet/)
  const invited = people('invite', 'Ada', 'admin')
  expect(invited).toMatchObject({ status: 0, stderr: '' })
  const link = /https:\/\/t\.example\/invitation#([\w-]{43})/.exec(invited.stdout)?.[1] ?? ''
  const here = createPeople({ db, now: Date.now })
  expect(await here.invitation(link)).toMatchObject({ name: 'Ada', role: 'admin' })
  await here.accept(link, 'hash')
  expect(people('list').stdout).toMatch(/^Ada {2}admin {2}active$/m)
  expect(people('disable', 'ada').stderr).toMatch(/Nobody would be left/)
  const again = /#([\w-]{43})/.exec(people('reset', 'ada').stdout)?.[1] ?? ''
  expect(await here.invitation(again)).toMatchObject({ name: 'Ada' })
  people('invite', 'Ben', 'viewer')
  expect(people('disable', 'Ben')).toMatchObject({ status: 0 })
  expect(people('list').stdout).toMatch(/^Ben {2}viewer {2}disabled$/m)
}, 60_000)

test('what it does is on record, holds its copy of the log to the chain, and says what came of it', async () => {
  const said = people('invite', 'Cai', 'admin').stdout
  const refused = people('disable', 'Ada').stdout
  const anchor = /"audit":\{"seq":(\d+),"hash":"([0-9a-f]{64})"/
  const [, seq, hash] = anchor.exec(said) ?? []
  expect(refused).toMatch(anchor)
  const kept = await db.selectFrom('audit').selectAll().orderBy('seq', 'desc').execute()
  expect(kept.find((one) => one.seq === Number(seq))).toMatchObject({ what: 'person-added', hash })
  const [outcome] = kept
  const deed = kept.find((one) => one.seq === outcome?.refers)
  expect([deed?.what, outcome?.outcome]).toEqual(['person-disabled', 'last-admin'])
}, 60_000)

test('a reset that switches somebody on again says so, and so does its record', async () => {
  people('invite', 'Gil', 'viewer')
  const plain = people('reset', 'Gil').stdout
  people('disable', 'Gil')
  expect(plain).not.toContain('switched')
  expect(people('reset', 'Gil').stdout).toContain(
    'Gil was switched off and is switched on again.\n',
  )
  const resets = await db
    .selectFrom('audit')
    .select('facts')
    .where('what', '=', 'password-reset')
    .where('target', '=', `person:${(await createPeople({ db, now: Date.now }).byName('Gil'))?.id}`)
    .orderBy('seq')
    .execute()
  expect(resets.map(({ facts }) => JSON.parse(facts))).toEqual([
    { name: 'Gil' },
    { name: 'Gil', disabled: { from: true, to: false } },
  ])
}, 60_000)

test('without passwords no link is made to set one with', async () => {
  const added = await createPeople({ db, now: Date.now }).add('Dee', 'viewer')
  for (const args of [
    ['invite', 'Eli', 'viewer'],
    ['reset', 'Dee'],
  ]) {
    const refused = peopleWith(access, ...args)
    expect(refused).toMatchObject({ status: 1, stdout: '' })
    expect(refused.stderr).toMatch(/^People sign in here with Cloudflare Access only.*\n$/)
    expect(refused.stderr).toContain('TANDEM_LOCAL_ACCOUNTS=on')
    expect(peopleWith({ TANDEM_SIGN_IN: 'off' }, ...args).stderr).toMatch(/^TANDEM_SIGN_IN=off/)
  }
  const names = (await createPeople({ db, now: Date.now }).list()).map(({ name }) => name)
  expect(names).not.toContain('Eli')
  const links = db.selectFrom('invitations').select('person_id')
  expect(await links.where('person_id', '=', added.id).execute()).toEqual([])
  const beside = { ...access, TANDEM_LOCAL_ACCOUNTS: 'on' }
  expect(peopleWith(beside, 'reset', 'Dee')).toMatchObject({ status: 0, stderr: '' })
}, 60_000)

test('an admin whose way in is not set up is no reason to let the last other one go', async () => {
  const here = createPeople({ db, now: Date.now })
  await here.add('Hal', 'admin', { subject: 'access:https://x.example:1' })
  expect(people('disable', 'Ada').stderr).toMatch(/^Nobody would be left/)
  const beside = { ...access, TANDEM_LOCAL_ACCOUNTS: 'on' }
  expect(peopleWith(beside, 'disable', 'Ada')).toMatchObject({ status: 0, stderr: '' })
  expect(peopleWith(beside, 'disable', 'Hal').stderr).toMatch(/^Nobody would be left/)
}, 60_000)

test('where the settings name no admin’s way in, whoever is not the last one can still be sent away', async () => {
  const here = createPeople({ db, now: Date.now })
  await here.add('Ivo', 'admin', { subject: 'access:https://x.example:2' })
  await here.add('Jo', 'viewer', { subject: 'access:https://x.example:3' })
  // Ada went in the test before: Hal and Ivo are the admins.
  expect(people('disable', 'Jo')).toMatchObject({ status: 0, stderr: '' })
  expect(people('disable', 'Ivo')).toMatchObject({ status: 0, stderr: '' })
  expect(people('disable', 'Hal').stderr).toMatch(/^Nobody would be left/)
}, 60_000)

test('a name is held to what the page holds it to', () => {
  for (const name of ['', ' ', 'x'.repeat(65), 'Ada\nBen', '<b>']) {
    const { status, stderr } = people('invite', name, 'viewer')
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^NAME m[^\n]+\.\n$/)])
  }
  expect(people('invite', '  Fay ', 'viewer').stdout).toContain('A link for Fay (viewer)')
}, 60_000)

test('what it can’t do is said in one line', () => {
  for (const args of [
    [],
    ['invite'],
    ['invite', 'Zed', 'root'],
    ['reset', 'Nobody'],
    ['frobnicate'],
  ]) {
    const { status, stderr } = people(...args)
    expect(status).toBe(1)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(stderr).not.toMatch(/ at /)
  }
}, 60_000)
