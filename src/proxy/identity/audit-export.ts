import { type AuditRecord, auditDeed, outcomeWord } from '#contract/audit.ts'
import { instant, toRow } from '#contract/csv.ts'

/** The audit as files that a spreadsheet or a script reads. */

export const auditHeader = toRow([
  'seq',
  'at',
  'who',
  'who_id',
  'role',
  'from',
  'what',
  'deed',
  'tunnel',
  'tunnel_id',
  'target',
  'facts',
  'outcome',
  'outcome_at',
  'outcome_facts',
  'request_id',
  'hash',
])

export function auditRow(record: AuditRecord): string {
  const last = record.outcomes.at(-1)
  return toRow([
    record.seq,
    instant(record.at),
    record.who?.name ?? null,
    record.who?.id ?? null,
    record.who?.role ?? null,
    record.from,
    record.what,
    auditDeed(record.what),
    record.tunnelName,
    record.tunnelId,
    record.target,
    JSON.stringify(record.facts),
    outcomeWord(record),
    instant(last?.at ?? null),
    last ? JSON.stringify(Object.assign({}, ...record.outcomes.map(({ facts }) => facts))) : null,
    record.requestId,
    record.hash,
  ])
}

/** One JSON object a line. */
export const auditLine = (record: AuditRecord): string =>
  `${JSON.stringify({ ...record, deed: auditDeed(record.what) })}\n`
