import { type AuditChain, type AuditPage, type AuditRecord, auditWhats } from '#contract/audit.ts'
import { Uuid } from '#contract/tunnel.ts'
import type { AuditQuery } from '../identity/audit.ts'
import { auditHeader, auditLine, auditRow } from '../identity/audit-export.ts'
import { signedIn } from '../identity/guard.ts'
import { ProblemError } from '../problem.ts'
import { download } from './download.ts'
import { readTimes } from './range.ts'
import type { Parts, Request, Route } from './route.ts'

const pageSize = 100
/** Records that an export reads at once. */
const exportPage = 500
/** Following the chain costs a read of all of it: an answer serves everybody for so long. */
const chainMs = 10_000
const mostText = 100

export function auditRoutes(route: Route, parts: Parts) {
  const { audit, now } = parts
  let chain: { at: number; answer: Promise<AuditChain> } | null = null

  route('auditList', async (c) => {
    const { query, whose } = readQuery(c)
    const { records, before } = await audit.list({ ...query, limit: pageSize })
    const cursor = before === null ? null : String(before)
    return c.json({ records, whose, cursor } satisfies AuditPage)
  })

  route('auditCsv', (c) =>
    download(
      pages(readQuery(c).query, auditRow, auditHeader),
      'text/csv; charset=utf-8',
      'audit.csv',
    ),
  )

  route('auditJsonl', (c) =>
    download(pages(readQuery(c).query, auditLine), 'application/x-ndjson', 'audit.jsonl'),
  )

  route('auditChain', async (c) => {
    if (!chain || now() - chain.at > chainMs) chain = { at: now(), answer: audit.verify() }
    // One that failed must not be everybody's answer.
    chain.answer.catch(() => {
      chain = null
    })
    return c.json(await chain.answer)
  })

  /** Every record of a query, newest first, page by page. */
  async function* pages(
    query: Omit<AuditQuery, 'limit'>,
    toLine: (record: AuditRecord) => string,
    header = '',
  ) {
    if (header) yield header
    let { before } = query
    for (;;) {
      const page = await audit.list({ ...query, before, limit: exportPage })
      yield page.records.map(toLine).join('')
      if (page.before === null) return
      before = page.before
    }
  }
}

/** Operators are shown their own records, whatever they ask for. */
function readQuery(c: Request): { query: Omit<AuditQuery, 'limit'>; whose: AuditPage['whose'] } {
  const { id, role } = signedIn(c)
  const whose = role === 'admin' ? 'everybody' : 'own'
  const range = readTimes(c, () => ({ from: 0, to: Number.MAX_SAFE_INTEGER }))
  const who = c.req.query('who')?.trim() || undefined
  if (who !== undefined && who.length > mostText) {
    throw invalid('who', `may have ${mostText} characters at most`)
  }
  const tunnelId = c.req.query('tunnel') || undefined
  if (tunnelId !== undefined && !Uuid.safeParse(tunnelId).success) {
    throw invalid('tunnel', 'is not an id')
  }
  const what = (c.req.queries('what') ?? []).flatMap((one) => one.split(',')).filter(Boolean)
  const unknown = what.find((one) => !auditWhats.some((known) => known === one))
  if (unknown !== undefined) throw invalid('what', `is one of ${auditWhats.join(', ')}`)
  const cursor = c.req.query('cursor')
  if (cursor && !/^\d{1,15}$/.test(cursor)) {
    throw invalid('cursor', 'is not one that Tandem gave out')
  }
  return {
    whose,
    query: {
      ...range,
      who,
      tunnelId,
      whoId: whose === 'own' ? id : undefined,
      what: what.length > 0 ? what : undefined,
      before: cursor ? Number(cursor) : undefined,
    },
  }
}

const invalid = (field: string, says: string) =>
  new ProblemError('invalid-request', `“${field}” ${says}.`, { field })
