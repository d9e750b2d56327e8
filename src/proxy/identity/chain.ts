import { createHash } from 'node:crypto'
import type { Schema } from '../store/schema.ts'

/**
 * The chain of the audit records: each hash is made of the one before it and of everything in its row, so
 * a row that is changed, taken out or put in breaks every hash after it.
 */
export type ChainRow = Omit<Schema['audit'], 'hash'>

/** What the first record is chained to. */
export const beginning = '0'.repeat(64)

/** SHA-256 over the hash before and the row's columns in their order, in hex. */
export function hashOf(previous: string, row: ChainRow): string {
  // A list, not an object: its order is the same whoever made the row.
  const canonical = JSON.stringify([
    row.seq,
    row.at,
    row.who_id,
    row.who_name,
    row.role,
    row.from_address,
    row.what,
    row.tunnel_id,
    row.target,
    row.facts,
    row.request_id,
    row.refers,
    row.outcome,
  ])
  return createHash('sha256').update(`${previous}\n${canonical}`).digest('hex')
}

/** How far the chain was followed. */
export type Followed = { seq: number; hash: string }

export type Fault = { seq: number; sentence: string }

/**
 * Follows the chain through rows in the order of `seq`.
 *
 * @returns where it ended, or the first record that is changed or missing.
 */
export function follow(from: Followed, rows: Schema['audit'][]): Followed | Fault {
  let { seq, hash } = from
  for (const row of rows) {
    if (row.seq !== seq + 1) return { seq: seq + 1, sentence: `Record ${seq + 1} is missing.` }
    hash = hashOf(hash, row)
    if (hash !== row.hash) {
      return {
        seq: row.seq,
        sentence: `Record ${row.seq} was changed, or the one before it was: its hash does not fit.`,
      }
    }
    seq = row.seq
  }
  return { seq, hash }
}

/** Whether the end that was followed is the end that was written down. */
export function whyNotEnd(followed: Followed, head: Followed): Fault | null {
  if (followed.seq < head.seq) {
    const seq = followed.seq + 1
    const last = head.seq === seq ? `Record ${seq} is` : `Records ${seq} to ${head.seq} are`
    return { seq, sentence: `${last} missing: the end of the chain was cut off.` }
  }
  if (followed.hash === head.hash) return null
  return { seq: head.seq, sentence: `Record ${head.seq} is not the one that was written last.` }
}
