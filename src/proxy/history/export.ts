import { instant, toRow } from '#contract/csv.ts'
import { eventSentence } from '#contract/event-sentence.ts'
import type { HistoryEvent, TunnelSummary } from '#contract/history.ts'
import { type Mark, windowOf } from '#contract/marks.ts'
import { unknownReasons } from '#contract/unknown-reasons.ts'
import type { HistoryPage } from './read.ts'

/** History as files that a spreadsheet or a script reads. */

const seconds = (ms: number | null) => (ms === null ? null : Math.round(ms / 100) / 10)

const historyColumns = [
  'kind',
  'connector',
  'from',
  'to',
  'seconds',
  'value',
  'source',
  'precision_seconds',
  'unknown_because',
  'colo',
  'origin_ip',
  'version',
  'connection',
]
export const historyHeader = toRow(historyColumns)

/** With empty cells up to the last column: some programs refuse a row that ends early. */
const toHistoryRow = (cells: (string | number | null)[]) =>
  toRow(historyColumns.map((_, at) => cells[at] ?? null))

/** Of one tunnel: intervals, then connections, then events. An unknown value is an empty cell. */
export function* historyRows(history: HistoryPage): Generator<string> {
  const lanes = [
    { kind: 'status', connectorId: null, intervals: history.status },
    { kind: 'active', connectorId: null, intervals: history.active },
    ...history.lanes.map((lane) => ({ kind: 'role', ...lane })),
  ]
  for (const { kind, connectorId, intervals } of lanes) {
    for (const { from, to, value, source, precisionMs, reason } of intervals) {
      const shown = value === 'unknown' ? null : value
      const because = reason === null ? null : unknownReasons[reason]
      const times = [instant(from), instant(to), seconds(to - from)]
      yield toHistoryRow([
        kind,
        connectorId,
        ...times,
        shown,
        source,
        seconds(precisionMs),
        because,
      ])
    }
  }
  for (const life of history.connections) {
    const until = life.closedAt ?? life.lastSeenAt
    yield toHistoryRow([
      'connection',
      life.connectorId,
      instant(life.openedAt),
      instant(life.closedAt),
      seconds(until - life.openedAt),
      life.closedAt === null ? 'open' : 'closed',
      life.source,
      seconds(life.precisionMs),
      null,
      life.colo,
      life.originIp,
      life.version,
      life.connectionId,
    ])
  }
  for (const mark of history.marks) yield markRow(mark)
  for (const event of history.events) {
    const what = [eventSentence(event), null, seconds(event.precisionMs)]
    yield toHistoryRow(['event', event.connectorId, instant(event.at), null, null, ...what])
  }
}

/** Maintenance as it was in the end, a note at its moment, an acknowledgement when it was given. */
function markRow(mark: Mark): string {
  const { kind, at, by, text } = mark
  if (kind !== 'maintenance')
    return toHistoryRow([kind, null, instant(at), null, null, said(by, text)])
  const window = windowOf(mark)
  const { from, to } = window ?? { from: mark.from ?? at, to: mark.from ?? at }
  const what = `${window ? '' : 'called off: '}${said(by, text)}`
  return toHistoryRow([kind, null, instant(from), instant(to), seconds(to - from), what])
}

const said = (by: string, text: string | null) => (text ? `${by}: ${text}` : by)

/** The availability of the window, with and without the time of announced maintenance. */
export function* availabilityRows(
  { from, to }: { from: number; to: number },
  summary: TunnelSummary,
): Generator<string> {
  const { availability, availabilityOutside, maintenanceMs, observedMs, observedOutsideMs } =
    summary
  const row = (kind: string, ms: number | null, share: number | null) =>
    toHistoryRow([kind, null, instant(from), instant(to), seconds(ms), share])
  yield row('availability', observedMs, availability)
  if (maintenanceMs === 0) return
  yield row('availability outside maintenance', observedOutsideMs, availabilityOutside)
  yield row('time of maintenance', maintenanceMs, null)
}

export const activityHeader = toRow([
  'at',
  'tunnel',
  'tunnel_id',
  'kind',
  'what',
  'connector',
  'from',
  'to',
  'cause',
  'by',
  'failover',
  'note',
  'precision_seconds',
])

export const activityRow = (event: HistoryEvent): string =>
  toRow([
    instant(event.at),
    event.tunnelName,
    event.tunnelId,
    event.kind,
    eventSentence(event),
    event.connectorId,
    event.from,
    event.to,
    event.cause,
    event.by,
    event.failoverId,
    event.note,
    seconds(event.precisionMs),
  ])

/** One JSON object a line. */
export const activityLine = (event: HistoryEvent): string =>
  `${JSON.stringify({ ...event, what: eventSentence(event) })}\n`
