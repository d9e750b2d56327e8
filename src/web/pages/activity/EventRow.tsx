import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { type HistoryEvent, isChange } from '#contract/history.ts'
import {
  type ConnectorRole,
  connectorRoles,
  type TunnelStatus,
  tunnelStatuses,
} from '#contract/tunnel.ts'
import { precisionText } from '#web/charts/precision.ts'
import { rangeSearch, rangeText, toRange } from '#web/charts/range.ts'
import { AttendedNote } from '#web/marks/AttendedNote.tsx'
import { serverNow } from '#web/ui/clock.ts'
import { Icon, type IconName } from '#web/ui/Icon.tsx'
import { Name } from '#web/ui/Name.tsx'
import { RoleShape } from '#web/ui/RoleShape.tsx'
import { StatusShape } from '#web/ui/StatusMark.tsx'
import { shownSentence } from '#web/ui/sentence.ts'
import { tip, tipAt } from '#web/ui/tip.ts'
import { clockIn, type Zone } from '#web/ui/zone.ts'
import { toPieces } from './rows.ts'

/** One entry of the log: when (and how exactly), what, and where. */
export function EventRow({
  event,
  zone,
  onAcknowledge,
}: {
  event: HistoryEvent
  zone: Zone
  onAcknowledge: (event: HistoryEvent) => void
}) {
  return (
    <div
      data-entry={event.id}
      tabIndex={-1}
      className="grid grid-cols-[1.25rem_minmax(0,1fr)] items-start gap-x-2.5 px-3 py-1.5 leading-6 -outline-offset-2 hover:bg-hover sm:grid-cols-[10.5rem_1.25rem_minmax(0,1fr)_minmax(8rem,18rem)] sm:px-4"
    >
      <span className="flex items-baseline gap-1.5 whitespace-nowrap max-sm:col-start-2 max-sm:row-start-2 max-sm:text-sm">
        <Moment event={event} zone={zone} />
        <span
          className="text-xs text-ink-3"
          {...tip(event.precisionMs ? 'It happened at most so much earlier' : null)}
        >
          {precisionText(event.precisionMs).trim()}
        </span>
      </span>
      <span className="flex h-6 items-center justify-center max-sm:row-start-1">
        <EventMark event={event} />
      </span>
      <span className="min-w-0 break-words max-sm:row-start-1">
        <span className="flex flex-wrap items-start gap-x-3 gap-y-0.5">
          <span className="min-w-0 break-words">
            <Sentence event={event} />
          </span>
          {event.tunnelId !== null && isChange(event) ? (
            <AttendedNote
              event={event}
              tunnelId={event.tunnelId}
              zone={zone}
              onAcknowledge={() => onAcknowledge(event)}
            />
          ) : null}
        </span>
      </span>
      <span className="min-w-0 truncate max-sm:col-start-2 max-sm:row-start-3 max-sm:text-sm">
        {event.tunnelId === null ? (
          <span className="text-ink-2">Tandem</span>
        ) : (
          <Link
            to="/tunnels/$tunnelId"
            params={{ tunnelId: event.tunnelId }}
            className="inline-flex min-h-6 max-w-full items-center text-accent-text hover:underline max-sm:min-h-6"
          >
            <Name name={event.tunnelName ?? event.tunnelId} className="truncate" />
          </Link>
        )}
      </span>
    </div>
  )
}

/** The time, as the way to the timeline of that moment. */
function Moment({ event: { at, tunnelId }, zone }: { event: HistoryEvent; zone: Zone }) {
  const text = clockIn(at, zone)
  const time = <time dateTime={new Date(at).toISOString()}>{text}</time>
  if (tunnelId === null) return <span {...tipAt(at)}>{time}</span>
  const around = toRange({ from: at - 15 * 60_000, to: at + 15 * 60_000 }, serverNow())
  return (
    <Link
      to="/tunnels/$tunnelId"
      params={{ tunnelId }}
      search={{ range: rangeSearch(rangeText(around)) }}
      preload={false}
      className="inline-flex min-h-6 items-center hover:text-accent-text hover:underline"
      {...tipAt(at, 'See it in the timeline')}
    >
      {time}
    </Link>
  )
}

function Sentence({ event }: { event: HistoryEvent }) {
  const { tunnelId } = event
  if (tunnelId === null) return shownSentence(event)
  return toPieces(event).map(({ text, connectorId }, index) =>
    connectorId === null ? (
      // oxlint-disable-next-line react/no-array-index-key -- the pieces of one sentence never move
      <span key={index}>{text}</span>
    ) : (
      <Link
        // oxlint-disable-next-line react/no-array-index-key
        key={index}
        to="/tunnels/$tunnelId/connectors/$connectorId"
        params={{ tunnelId, connectorId }}
        className="font-mono text-accent-text hover:underline"
      >
        {text}
      </Link>
    ),
  )
}

const icons: Partial<Record<HistoryEvent['kind'], [icon: IconName, tone: string]>> = {
  'tunnel-created': ['plus', 'text-ink-2'],
  'tunnel-appeared': ['eye', 'text-ink-2'],
  'tunnel-renamed': ['pencil', 'text-ink-2'],
  'tunnel-deleted': ['trash', 'text-ink-2'],
  'active-changed': ['failover', 'text-ink'],
  'connector-joined': ['plus', 'text-ink-2'],
  'connector-gone': ['minus', 'text-ink-2'],
  'version-changed': ['arrowUp', 'text-ink-2'],
  'connection-opened': ['arrowUp', 'text-good'],
  'connection-closed': ['arrowDown', 'text-bad'],
  'connection-moved': ['arrowRight', 'text-ink-2'],
  'configuration-changed': ['settings', 'text-ink-2'],
  'failover-started': ['person', 'text-accent-text'],
  'failover-ended': ['person', 'text-accent-text'],
  'failover-after': ['failover', 'text-warn'],
  acknowledged: ['check', 'text-accent-text'],
  noted: ['flag', 'text-accent-text'],
  'note-deleted': ['flag', 'text-ink-2'],
  'maintenance-planned': ['wrench', 'text-accent-text'],
  'maintenance-ended': ['wrench', 'text-ink-2'],
  'watching-stopped': ['eyeOff', 'text-warn'],
  'watching-resumed': ['eye', 'text-ink-2'],
}

/** What kind of thing happened; states keep the marks that they have everywhere. */
function EventMark({ event }: { event: HistoryEvent }): ReactNode {
  const { kind, to, cause } = event
  if (kind === 'status-changed') {
    const status: TunnelStatus = tunnelStatuses.find((each) => each === to) ?? 'unknown'
    return <StatusShape status={status} />
  }
  if (kind === 'role-changed') {
    const role: ConnectorRole = connectorRoles.find((each) => each === to) ?? 'unknown'
    return (
      <RoleShape
        role={role}
        className={`size-3 ${role === 'offline' ? 'text-bad' : 'text-ink-2'}`}
      />
    )
  }
  if (kind === 'no-active-began') return <RoleShape {...vacant} className="size-3 text-bad" />
  if (kind === 'several-active-began') return <RoleShape {...held} className="size-3 text-bad" />
  if (kind === 'no-active-ended' || kind === 'several-active-ended')
    return <RoleShape {...held} className="size-3 text-good" />
  const [icon, tone] = icons[kind] ?? ['info', 'text-ink-2']
  return <Icon name={icon} className={`size-4 ${cause === 'manual' ? 'text-accent-text' : tone}`} />
}

// Shapes, not ARIA roles: said once here, so that no linter takes them for those.
const vacant = { role: 'ghost' } as const
const held = { role: 'active' } as const
