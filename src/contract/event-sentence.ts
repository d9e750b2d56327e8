import type { afterKinds } from './failover.ts'
import type { Cause, HistoryEvent, UnknownReason } from './history.ts'
import { shortId } from './short-id.ts'
import { unknownReasons } from './unknown-reasons.ts'

/** What an entry of the log says. Beside its shape and not in it, because every page loads that one and few say it. */

const short = (id: string | null) => (id === null ? 'none' : shortId(id))

const causes: Record<Cause, string> = {
  manual: 'manual failover',
  automatic: 'automatic',
  unknown: 'cause unknown, not started here',
}

type AfterKind = (typeof afterKinds)[number]

const aftermaths: Record<AfterKind, string> = {
  late: 'it was active and connected after all, too late to be confirmed',
  restored: 'it is active again',
  'flipped-back': 'the traffic went back to the old connector',
  'moved-on': 'another connector became active',
  'none-active': 'no connector is active any more',
  'several-active': 'Cloudflare reports more than one active connector',
}

const endings: Record<string, string> = {
  rejected: 'Cloudflare refused',
  'other-active': 'another connector became active',
  'not-confirmed': 'not confirmed',
}

/** The event as one plain sentence, the same in page, export and report. */
export function eventSentence(event: HistoryEvent): string {
  const { kind, from, to } = event
  const connector = short(event.connectorId)
  const by = event.by ? ` by ${event.by}` : ''
  const cause = event.cause ? ` (${causes[event.cause]}${by})` : by
  const said = event.note ? `: ${event.note}` : ''
  switch (kind) {
    case 'tunnel-created':
      return 'Tunnel created'
    case 'tunnel-appeared':
      return 'Tandem began to watch this tunnel'
    case 'tunnel-renamed':
      return `Renamed from ${from} to ${to}`
    case 'tunnel-deleted':
      return 'Tunnel deleted'
    case 'status-changed':
      return `Status changed from ${from} to ${to}`
    case 'active-changed':
      return `Active changed from ${short(from)} to ${short(to)}${cause}`
    case 'role-changed':
      return `${connector} changed from ${from} to ${to}`
    case 'no-active-began':
      return `No connector active any more; ${short(from)} was`
    case 'no-active-ended':
      return `Active again: ${to === null ? 'more than one connector' : short(to)}`
    case 'several-active-began':
      return `Cloudflare reports more than one active connector${from === null ? '' : `; ${short(from)} was`}`
    case 'several-active-ended':
      return to === null
        ? 'More than one connector was active; none is any more'
        : `One active connector again: ${short(to)}`
    case 'connector-joined':
      return `Connector ${connector} joined`
    case 'connector-gone':
      return `Connector ${connector} is no longer listed`
    case 'version-changed':
      return `${connector} changed version from ${from ?? 'not reported'} to ${to ?? 'not reported'}`
    case 'connection-opened':
      return `${connector} opened a connection to ${to ?? 'an unknown colo'}`
    case 'connection-closed':
      return `${connector} closed its connection to ${from ?? 'an unknown colo'}`
    case 'connection-moved':
      return `${connector} moved a connection from ${from ?? '?'} to ${to ?? '?'}`
    case 'configuration-changed':
      return `HA configuration changed from version ${from ?? '?'} to ${to ?? '?'}`
    case 'failover-started':
      return `Failover from ${short(from)} to ${short(to)} started${cause}${said}`
    case 'failover-after':
      return `After the failover to ${connector}: ${aftermaths[to as AfterKind] ?? to}`
    case 'failover-ended':
      return `Failover to ${short(event.connectorId)} ended: ${endings[to ?? ''] ?? to}`
    case 'acknowledged':
      return `Acknowledged${by}${said}`
    case 'noted':
      return `Note${by}${said}`
    case 'note-deleted':
      return `A note was deleted${by}`
    case 'maintenance-planned':
      return `Maintenance from ${from} to ${to} planned${by}${said}`
    case 'maintenance-ended':
      return `Maintenance until ${to} ended early${by}`
    case 'watching-stopped':
      return `Watching stopped${from ? `: ${unknownReasons[from as UnknownReason] ?? from}` : ''}`
    case 'watching-resumed':
      return 'Watching resumed'
    default:
      return kind satisfies never
  }
}
