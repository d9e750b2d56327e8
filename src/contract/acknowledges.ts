import type { HistoryEvent } from './history.ts'
import type { Mark } from './marks.ts'

/**
 * Whether an acknowledgement speaks of this change. One that was given to a single entry of a switch has the switch's
 * begin and end as `from` and `to`.
 */
export function acknowledges(
  { kind, from, to, eventId }: Mark,
  event: Pick<HistoryEvent, 'id' | 'at' | 'kind'>,
): boolean {
  if (kind !== 'acknowledgement') return false
  if (eventId === null) return event.at >= (from ?? 0) && event.at <= (to ?? 0)
  if (eventId === event.id) return true
  if (from === to) return false
  return event.kind === 'active-changed'
    ? event.at === to
    : event.at === from && event.kind.endsWith('-active-began')
}
