import type { HistoryEvent } from '#contract/history.ts'
import { shortId } from '#web/ui/names.ts'
import { shownSentence } from '#web/ui/sentence.ts'

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
  const sentence = shownSentence(event)
  if (named.size === 0) return [{ text: sentence, connectorId: null }]
  return sentence
    .split(new RegExp(`(${[...named.keys()].join('|')})`))
    .filter((text) => text !== '')
    .map((text) => ({ text, connectorId: named.get(text) ?? null }))
}
