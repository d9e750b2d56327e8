import {
  type EventKind,
  eventKinds,
  type HistoryEvent,
  type TunnelSummary,
} from '#contract/history.ts'
import { mostTunnels } from '#contract/most-tunnels.ts'
import { shortId } from '#contract/short-id.ts'
import { Uuid } from '#contract/tunnel.ts'
import {
  activityHeader,
  activityLine,
  activityRow,
  availabilityRows,
  historyHeader,
  historyRows,
} from '../history/export.ts'
import { isScreen, loggedForScreen } from '../identity/for-screens.ts'
import { ProblemError } from '../problem.ts'
import { download } from './download.ts'
import { readRange } from './range.ts'
import type { Parts, Request, Route } from './route.ts'

const pageSize = 100
/** Rows that an export reads at once. */
const exportPage = 1000

export function historyRoutes(route: Route, parts: Parts) {
  const { reader } = parts

  async function window(c: Request, tunnelId: string, connectorId?: string) {
    const history = await reader.history(tunnelId, readRange(c, parts), { connectorId })
    if (!history) throw noHistory()
    return history
  }

  const noHistory = () =>
    parts.poller.hasLooked()
      ? new ProblemError('not-found', 'Tandem has no history of this tunnel.')
      : new ProblemError(
          'not-ready',
          'Tandem has not looked at Cloudflare yet. Try again in a moment.',
        )

  route('historyGet', async (c, { tunnelId = '' }) => c.json(await window(c, tunnelId)))

  route('connectorHistoryGet', async (c, { tunnelId = '', connectorId = '' }) =>
    c.json(await window(c, tunnelId, connectorId)),
  )

  route('historyExport', async (c, { tunnelId = '' }) => {
    const range = readRange(c, parts)
    const summary = await reader.summaryOf(tunnelId, range)
    if (!summary) throw noHistory()
    async function* lines(figures: TunnelSummary) {
      yield historyHeader
      yield* availabilityRows(range, figures)
      for await (const page of reader.pages(tunnelId, range)) yield [...historyRows(page)].join('')
    }
    return download(
      lines(summary),
      'text/csv; charset=utf-8',
      `tunnel-${shortId(tunnelId)}-history.csv`,
    )
  })

  route('historySummary', async (c) => {
    const withStrips = c.req.query('strips') !== 'false'
    return c.json(await reader.summary(readRange(c, parts), withStrips))
  })

  route('activityList', async (c) => {
    const page = await reader.activity({ ...readQuery(c, parts), limit: pageSize })
    return c.json(isScreen(c.get('who')) ? { ...page, events: loggedForScreen(page.events) } : page)
  })

  route('activityCsv', (c) => {
    const query = readQuery(c, parts)
    return download(
      pages(query, activityRow, activityHeader),
      'text/csv; charset=utf-8',
      'activity.csv',
    )
  })

  route('activityJsonl', (c) => {
    const query = readQuery(c, parts)
    return download(pages(query, activityLine), 'application/x-ndjson', 'activity.jsonl')
  })

  /** The whole log of a query, newest first, page by page. */
  async function* pages(
    query: ReturnType<typeof readQuery>,
    toLine: (event: HistoryEvent) => string,
    header = '',
  ) {
    if (header) yield header
    let { cursor } = query
    for (;;) {
      const page = await reader.activity({ ...query, cursor, limit: exportPage })
      yield page.events.map(toLine).join('')
      if (page.cursor === null) return
      cursor = toCursor(page.cursor)
    }
  }
}

function readQuery(c: Request, parts: Parts) {
  const tunnelIds = readIds(c, 'tunnel', mostTunnels)
  const [connectorId] = readIds(c, 'connector', 1) ?? []
  if (connectorId !== undefined && tunnelIds?.length !== 1) {
    throw new ProblemError('invalid-request', '“connector” needs its “tunnel”, and no other.', {
      field: 'connector',
    })
  }
  const kinds = readWords(c, 'kind').map((kind) => {
    const known = eventKinds.find((one) => one === kind)
    if (known) return known
    throw new ProblemError('invalid-request', `“kind” is one of ${eventKinds.join(', ')}.`, {
      field: 'kind',
    })
  })
  const cursor = c.req.query('cursor')
  const range = c.req.query('from') ? readRange(c, parts) : { from: 0, to: readRange(c, parts).to }
  return {
    ...range,
    tunnelIds,
    connectorId,
    kinds: kinds.length > 0 ? (kinds as EventKind[]) : undefined,
    cursor: cursor ? toCursor(cursor) : undefined,
  }
}

/** Words between commas, of a parameter that may be there several times. */
const readWords = (c: Request, field: string): string[] =>
  (c.req.queries(field) ?? []).flatMap((text) => text.split(',')).filter(Boolean)

/** Undefined where none is asked for: all are meant. */
function readIds(c: Request, field: 'tunnel' | 'connector', most: number): string[] | undefined {
  const ids = readWords(c, field)
  if (ids.length > most || ids.some((id) => !Uuid.safeParse(id).success)) {
    const sentence =
      most === 1 ? `“${field}” is not an id.` : `“${field}” takes ids, at most ${most} of them.`
    throw new ProblemError('invalid-request', sentence, { field })
  }
  return ids.length > 0 ? [...new Set(ids)] : undefined
}

function toCursor(text: string): [number, number, number] {
  const match = /^(\d{1,15})-(\d{1,9})-(\d{1,9})$/.exec(text)
  if (match) return [Number(match[1]), Number(match[2]), Number(match[3])]
  throw new ProblemError('invalid-request', '“cursor” is not one that Tandem gave out.', {
    field: 'cursor',
  })
}
