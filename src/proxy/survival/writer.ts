import { cpSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { ConnectorRole } from '#contract/tunnel.ts'
import { act } from '../identity/actions.ts'
import { createAudit } from '../identity/audit.ts'
import { openStore } from '../store/open.ts'
import { connectorIdOf, type Scene, startWatcher, tunnelIdOf } from './watcher.ts'

/**
 * A program to be killed: it writes history with the real store and recorder as fast as it can and says,
 * line by line on standard output, what it was told is on the disk. What it said must be there afterwards.
 *
 * `writer.js write FOLDER` goes on until it is killed. `writer.js open FOLDER COPIES` opens the database and
 * copies it before each statement, which is what a kill at that moment leaves: `COPIES/1` and so on.
 */
const [, , mode = '', folder = '', copies = ''] = process.argv

/** Straight to the pipe: what was said is out before anything else happens. */
const say = (line: string) => writeSync(1, `${line}\n`)

const tunnels = 5
const roles: ConnectorRole[] = ['active', 'passive', 'offline']
const pick = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)] as T

/** Each start begins ten minutes after the last one ended: a gap that must be declared. */
const restMs = 600_000

async function write() {
  const { db } = await openStore(folder, Date.now)
  const row = await db
    .selectFrom('confirmations')
    .select((eb) => eb.fn.max('seen_at').as('at'))
    .executeTakeFirst()
  const last = row?.at ? Number(row.at) : Date.UTC(2026, 0, 1)
  const watcher = await startWatcher(db, last + restMs)
  const audit = createAudit({ db, now: watcher.now, log: () => {} })
  say(JSON.stringify({ type: 'began', last, at: watcher.now() }))
  let said = 0
  // A look that changed nothing is only confirmed: it is on the disk with the next flush.
  const looked = new Set<number>()
  const confirmed: string[] = []
  for (let n = 0; ; n += 1) {
    watcher.pass(1_000)
    const tunnel = 1 + (n % tunnels)
    const scene: Scene = {
      status: pick(['healthy', 'degraded', 'down']),
      roles: [pick(roles), pick(roles)],
      runs: [n, n],
    }
    await watcher.see(tunnel, scene)
    const isWritten = watcher.told.length > said || !looked.has(tunnel)
    looked.add(tunnel)
    for (const event of watcher.told.slice(said)) say(JSON.stringify({ type: 'event', event }))
    said = watcher.told.length
    const look = JSON.stringify({ type: 'look', tunnel, at: watcher.now(), ...scene })
    if (isWritten) say(look)
    else confirmed.push(look)
    if (n % 10 === 9) {
      await watcher.recorder.flush()
      for (const line of confirmed.splice(0)) say(line)
      say(JSON.stringify({ type: 'flushed', at: watcher.now() }))
      const requestId = `${process.pid}-${n}`
      const who = {
        id: 'person:ana',
        name: 'Ana',
        role: 'operator',
        reason: null,
        kind: 'person',
        method: 'local',
        sessionId: null,
        signedInAt: null,
        from: '192.0.2.1',
      } as const
      await act(
        audit,
        { who, operation: 'failoverRun', tunnelId: tunnelIdOf(tunnel), input: {}, requestId },
        async () => connectorIdOf(tunnel, 0),
      )
      say(JSON.stringify({ type: 'action', requestId }))
    }
  }
}

/** Every way in which a statement reaches the database. */
function copyBeforeEachStatement() {
  let count = 0
  const counted = <Args extends unknown[], Result>(run: (...args: Args) => Result) =>
    function (this: unknown, ...args: Args): Result {
      count += 1
      cpSync(folder, join(copies, String(count)), { recursive: true })
      return run.apply(this, args)
    }
  const { prototype } = Database
  prototype.exec = counted(prototype.exec)
  prototype.pragma = counted(prototype.pragma)
  prototype.prepare = counted(prototype.prepare) as typeof prototype.prepare
}

async function open() {
  copyBeforeEachStatement()
  const { db } = await openStore(folder, Date.now)
  await db.destroy()
}

await (mode === 'write' ? write() : open())
