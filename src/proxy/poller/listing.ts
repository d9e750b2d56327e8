import { CfTunnel, CfTunnelList } from '#contract/cloudflare.ts'
import type { Answer } from '../cloudflare/client.ts'
import { type ListedTunnel, toListedTunnel } from '../cloudflare/translate.ts'
import { ProblemError, sentenceOf } from '../problem.ts'

/** What does a listing say of an account, and what does it prove that a tunnel is not in it? */

export type PageQuery = { is_deleted: false; page: number; per_page: number }

const pageSize = 100
const mostPages = 50

export type Listing = {
  tunnels: ListedTunnel[]
  complete: boolean
  /** So many more were counted than came. */
  surplus: number
  pages: number
}

/**
 * All pages of one account. Complete: every page said the same total, no tunnel came twice and as many
 * came as were announced; an offset listing can otherwise skip a live tunnel.
 *
 * `total_count` is documented as “without any search parameters”: deleted tunnels, which are not asked for, may be
 * counted too. Where more are counted than come, pages are read to the end, and two listings in a row that agree are
 * complete.
 *
 * @param ask makes the call for one page
 * @param before the listing before, where more were counted than came
 */
export async function readListing(
  accountId: string,
  ask: (query: PageQuery) => Promise<Answer>,
  before: Listing | null,
): Promise<Listing> {
  const rows: ListedTunnel[] = []
  const seen = new Set<string>()
  let complete = true
  let collected = 0
  let total: number | undefined
  let page = 1
  const surplus = () => (total ?? collected) - collected
  const isAsBefore = () =>
    before !== null &&
    before.surplus === surplus() &&
    before.tunnels.length === rows.length &&
    before.tunnels.every(({ id }) => seen.has(id))
  for (; ; page += 1) {
    const { result, info } = await ask({ is_deleted: false, page, per_page: pageSize })
    const cfRows = CfTunnelList.parse(result)
    const known = seen.size
    // A page behind the last one has nothing to say of the others.
    if (page === 1 || cfRows.length > 0) {
      if (page > 1 && info?.total_count !== total) complete = false
      total = info?.total_count
    }
    collected += cfRows.length
    for (const cf of cfRows) {
      const row = toListedTunnel(cf, accountId)
      // A row that can't be read means that absence proves nothing.
      if (!row || seen.has(row.id)) complete = false
      if (!row || seen.has(row.id)) continue
      seen.add(row.id)
      rows.push(row)
    }
    if (seen.size === known || (total !== undefined && collected >= total)) break
    // Where more are counted than came, a short page need not be the last one.
    const isShort = cfRows.length < (info?.per_page ?? pageSize)
    if (isShort && (total === undefined || isAsBefore())) break
    if (page >= mostPages) {
      complete = false
      break
    }
  }
  if (surplus() < 0 || (surplus() > 0 && !isAsBefore())) complete = false
  return { tunnels: rows, complete, surplus: surplus(), pages: page }
}

/**
 * Absence alone proves nothing; a tunnel is gone when a read of it says so.
 *
 * @param read reads the tunnel by its id
 * @param goneAt when it was deleted where Cloudflare does not know it any more; null: that proves nothing, since an
 *   account that can't be found answers so of each of its tunnels.
 * @returns when it was deleted; null: it was not. Throws what `read` does.
 */
export async function proveDeletion(
  accountId: string,
  read: () => Promise<Answer>,
  goneAt: (() => number) | null,
): Promise<number | null> {
  try {
    const { result } = await read()
    return toListedTunnel(CfTunnel.parse(result), accountId)?.deletedAt ?? null
  } catch (error) {
    if (!goneAt || !(error instanceof ProblemError) || error.kind !== 'not-found') throw error
    return goneAt()
  }
}

/** A list that answers 404 means the account: the path has nothing else that could be wrong. */
export function toListProblem(error: unknown, accountId: string): ProblemError {
  if (!(error instanceof ProblemError))
    return new ProblemError('internal', sentenceOf(error), {}, error)
  if (error.kind !== 'not-found') return error
  return new ProblemError(
    'not-found',
    `Cloudflare does not know the account ${accountId}: check CLOUDFLARE_ACCOUNT_ID. It said: ${error.message}`,
    error.extra,
    error,
  )
}
