import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAudit } from '../proxy/identity/audit.ts'
import { openStore } from '../proxy/store/open.ts'
import { bundled } from '../proxy/survival/bundle.ts'

/** The command in a process of its own, on a data folder that Tandem has open at the time. */

let folder: string
let close: () => Promise<void>
let append: (name: string) => Promise<string>
const lines: string[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-audit-'))
  const { db } = await openStore(folder, Date.now)
  close = () => db.destroy()
  const audit = createAudit({
    db,
    now: Date.now,
    log: (facts, msg) => lines.push(JSON.stringify({ level: 30, ...facts, msg })),
  })
  append = (name) =>
    audit.append({
      who: { id: 'person:ana', name: 'Ana', role: 'admin' },
      from: '192.0.2.1',
      what: 'tunnelCreate',
      tunnelId: null,
      target: name,
      facts: { name },
      requestId: 'r',
    })
  for (const name of ['edge', '=cmd']) await append(name)
  writeFileSync(join(folder, 'tandem.log'), `not ours\n${lines.join('\n')}\n{"audit":{"seq":`)
})
afterAll(async () => {
  await close()
  rmSync(folder, { recursive: true })
})

const run = (...args: string[]) =>
  new Promise<{ code: number; out: string; errors: string }>((resolve) => {
    execFile(
      process.execPath,
      [bundled('audit'), ...args],
      { env: { ...process.env, TANDEM_DATA_DIR: folder } },
      (error, out, errors) => resolve({ code: error ? Number(error.code) : 0, out, errors }),
    )
  })

test('S28 verify: whole while Tandem runs; then the record that was changed by hand is named, with exit 1', async () => {
  const whole = await run('verify', '--log', join(folder, 'tandem.log'))
  expect(whole.out).toMatch(
    /^The chain is whole: 2 records, the last of 20.*Z \([0-9a-f]{64}\)\. 2 of them stand in the log/,
  )
  expect(whole.code).toBe(0)

  writeFileSync(join(folder, 'other.log'), 'a log of something else\n')
  const unheld = await run('verify', '--log', join(folder, 'other.log'))
  expect(unheld).toMatchObject({ code: 1, out: '' })
  expect(unheld.errors).toMatch(
    /^The log holds no hash of a record, so it proves nothing: .* The chain itself is whole: 2 records/,
  )

  const file = new Database(join(folder, 'tandem.db'))
  file.exec('drop trigger audit_no_update')
  file.exec(`update audit set who_name = 'Eve' where seq = 2`)
  file.close()
  const broken = await run('verify')
  expect(broken).toMatchObject({ code: 1, out: '' })
  expect(broken.errors).toMatch(
    /^The chain is broken\. Record 2 was changed.* In order until record 1\./,
  )
}, 60_000)

test('export: a line each, or CSV in which nothing runs; a wrong word shows the usage', async () => {
  const jsonl = await run('export')
  const records = jsonl.out.trim().split('\n')
  expect(records.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual([2, 1])
  const csv = await run('export', '--format', 'csv')
  expect(csv.out).toContain(`,'=cmd,`)
  const wrong = await run('erase')
  expect(wrong).toMatchObject({ code: 1, errors: expect.stringMatching(/^Usage: npm run audit/) })
  const nowhere = await run('verify', '--data-dir', '/nowhere')
  expect(nowhere).toMatchObject({ code: 1, errors: 'There is no database in /nowhere.\n' })
}, 60_000)

test('S28 verify --log: an end that was cut off is found though Tandem has written on', async () => {
  const file = new Database(join(folder, 'tandem.db'))
  file.exec('drop trigger audit_no_delete; delete from audit where seq = 2')
  file.exec('update audit_head set seq = 1, hash = (select hash from audit where seq = 1)')
  file.close()
  await append('edge-2')
  writeFileSync(join(folder, 'tandem.log'), lines.join('\n'))
  expect(await run('verify')).toMatchObject({ code: 0, errors: '' })
  const cut = await run('verify', '--log', join(folder, 'tandem.log'))
  expect(cut).toMatchObject({ code: 1, out: '' })
  expect(cut.errors).toMatch(
    /^The chain is broken\. The log names another record 2 .* until record 1\./,
  )
}, 60_000)
