import { readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { sqliteCodeOf } from './open.ts'

/**
 * Whose is the data folder? One Tandem's at a time: two would both watch, both count calls and both fail
 * over. Held through a lock of the operating system, so that it ends with the process, however that ends.
 *
 * Only file systems that are known not to keep such a lock between machines are refused. FUSE and 9p are not:
 * local ones are among them, and some sandboxes show every folder as 9p. CephFS keeps it.
 */
const networkKinds = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
])

/**
 * @param kindOf the type of the file system under a folder, as `statfs` has it
 * @returns lets go of it
 * @throws Error whose message is one sentence for people: another Tandem has it, or it can't be held at all.
 */
export function holdFolder(
  dataDir: string,
  kindOf = (folder: string) => statfsSync(folder).type,
): () => void {
  const network = networkKinds.get(kindOf(dataDir) >>> 0)
  if (network) {
    throw new Error(
      `The folder ${dataDir} is on a network drive (${network}), where SQLite’s locks can’t be trusted: set TANDEM_DATA_DIR to a local one.`,
    )
  }
  const holder = join(dataDir, 'tandem.pid')
  let lock: Database.Database | null = null
  try {
    lock = new Database(join(dataDir, 'tandem.lock'), { timeout: 0 })
    lock.pragma('journal_mode = memory')
    lock.exec('begin exclusive')
    const held = lock
    sign(holder)
    return () => {
      unsign(holder)
      held.close()
    }
  } catch (cause) {
    lock?.close()
    const code = sqliteCodeOf(cause) || 'unknown'
    const says = code.startsWith('SQLITE_BUSY')
      ? `Another Tandem${readHolder(holder)} is running on the folder ${dataDir}: end it first, or set another TANDEM_DATA_DIR.`
      : `Nothing can be written to the folder ${dataDir} (${code}): check TANDEM_DATA_DIR.`
    throw new Error(says, { cause })
  }
}

/** Whether a Tandem runs on that folder. What can't be looked at is held by nobody that we know of. */
export function isHeld(dataDir: string): boolean {
  let lock: Database.Database | null = null
  try {
    lock = new Database(join(dataDir, 'tandem.lock'), { timeout: 0, fileMustExist: true })
    lock.exec('begin immediate')
    return false
  } catch (cause) {
    return sqliteCodeOf(cause).startsWith('SQLITE_BUSY')
  } finally {
    lock?.close()
  }
}

/** Who holds the folder, for whoever finds it held; that it can't be said is no reason not to hold it. */
function sign(holder: string) {
  unsign(holder)
  try {
    writeFileSync(holder, `${process.pid} ${hostname()}\n`)
  } catch {
    // A second one is told of nobody in particular.
  }
}

function unsign(holder: string) {
  try {
    rmSync(holder, { force: true })
  } catch {
    // The next one overwrites it.
  }
}

/** ` (process 4242 on host)`; empty where it is not known. */
function readHolder(holder: string): string {
  try {
    const [, pid, host] = /^(\d{1,10}) ([\w.-]{1,253})\n$/.exec(readFileSync(holder, 'utf8')) ?? []
    return pid ? ` (process ${pid} on ${host})` : ''
  } catch {
    return ''
  }
}
