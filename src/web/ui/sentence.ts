import { eventSentence } from '#contract/event-sentence.ts'
import type { HistoryEvent } from '#contract/history.ts'
import { displayName, visibleName } from './names.ts'

/**
 * The event's sentence as a page shows it: what other people wrote in it, names and words, can't reorder, hide or
 * tear what stands beside. Exports and what is copied have `eventSentence`, as it was written.
 */
export function shownSentence(event: HistoryEvent): string {
  const isRenamed = event.kind === 'tunnel-renamed'
  return eventSentence({
    ...event,
    by: event.by && apart(displayName(event.by)),
    note: event.note && apart(visibleName(event.note)),
    from: isRenamed ? apart(displayName(event.from ?? '')) : event.from,
    to: isRenamed ? apart(displayName(event.to ?? '')) : event.to,
  })
}

/** Letters that run from right to left: Hebrew, Arabic and their neighbours. */
const fromRight = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

/** In Unicode's own brackets of direction. What runs as the sentence does needs none, and is copied without. */
export const apart = (text: string) => (fromRight.test(text) ? `\u2068${text}\u2069` : text)
