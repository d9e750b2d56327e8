import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** How much memory does a process hold? Asked of the system, not of the process. */

/** Resident now, bytes. */
export function residentBytes(pid: number): number {
  const kib = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }))
  if (!(kib > 0)) throw new Error(`Process ${pid} is not there.`)
  return kib * 1024
}

/** The most that was ever resident, bytes; null where the system does not keep it (it is Linux that does). */
export function peakResidentBytes(pid: number): number | null {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kib ? Number(kib) * 1024 : null
  } catch {
    return null
  }
}
