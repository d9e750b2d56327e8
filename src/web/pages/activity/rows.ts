import { eventSentence, type HistoryEvent } from '#contract/history.ts'
import { shortId } from '#web/ui/names.ts'
import { offsetMs, type Zone } from '#web/ui/zone.ts'

/** The log as rows: a heading for each day, then what happened in it. Pure. */
export type Row =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'event'; key: string; at: number; event: HistoryEvent }

const day = 86_400_000

/** @param events newest first */
export function toRows(events: readonly HistoryEvent[], zone: Zone): Row[] {
  const rows: Row[] = []
  let current: number | null = null
  for (const event of events) {
    const number = Math.floor((event.at + offsetMs(event.at, zone)) / day)
    if (number !== current) rows.push({ kind: 'day', key: `day ${number}`, at: event.at })
    current = number
    rows.push({ kind: 'event', key: event.id, at: event.at, event })
  }
  return rows
}

/** A sentence in pieces: those that name a connector carry its id. */
export type Piece = { text: string; connectorId: string | null }

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The event's sentence, cut where it names connectors. */
export function toPieces(event: HistoryEvent): Piece[] {
  const named = new Map(
    [event.connectorId, event.from, event.to]
      .filter((id): id is string => id !== null && uuid.test(id))
      .map((id) => [shortId(id), id]),
  )
  const sentence = eventSentence(event)
  if (named.size === 0) return [{ text: sentence, connectorId: null }]
  return sentence
    .split(new RegExp(`(${[...named.keys()].join('|')})`))
    .filter((text) => text !== '')
    .map((text) => ({ text, connectorId: named.get(text) ?? null }))
}
