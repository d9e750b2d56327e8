import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, type MouseEvent, memo, type ReactNode, useState } from 'react'
import type { FailoverState } from '#contract/failover.ts'
import type { TunnelSummary } from '#contract/history.ts'
import type { ConnectorRole, Tunnel } from '#contract/tunnel.ts'
import { useCheckedAt, useStatusAt } from '#web/api/ages.ts'
import { failoverQuery } from '#web/api/queries.ts'
import { availabilityText, isLittleObserved, percentText } from '#web/charts/percent.ts'
import { Strip } from '#web/charts/Strip.tsx'
import { whyNotFromRow } from '#web/failover/reason.ts'
import { IconButton } from '#web/ui/Button.tsx'
import { useClock } from '#web/ui/clock.ts'
import { Icon } from '#web/ui/Icon.tsx'
import { Name } from '#web/ui/Name.tsx'
import { displayName, shortId } from '#web/ui/names.ts'
import { countText, manyText, waitingText } from '#web/ui/numbers.ts'
import { Colo, Places } from '#web/ui/Place.tsx'
import { ReadinessMark } from '#web/ui/ReadinessMark.tsx'
import { RoleShape } from '#web/ui/RoleShape.tsx'
import { readinessLooks } from '#web/ui/readiness.ts'
import { StatusMark, StatusShape, statusLooks } from '#web/ui/StatusMark.tsx'
import { Age, asSign, NotReported, SinceText, TimeAgo, useStale } from '#web/ui/TimeAgo.tsx'
import { durationText } from '#web/ui/time.ts'
import { tip, tipIfCut } from '#web/ui/tip.ts'
import { instantIn, useZone } from '#web/ui/zone.ts'
import { type Column, type ColumnId, cardLines } from './columns.ts'
import { RowLink, useRowPreload } from './RowLink.tsx'
import { RowTags } from './RowTags.tsx'
import { SelectBox } from './SelectBox.tsx'
import { useSelection } from './use-selection.ts'

type RowProps = {
  tunnel: Tunnel
  index: number
  heightPx: number
  isCursor: boolean
  onFocus: (tunnelId: string) => void
  /** What keeps every row from offering a failover. */
  mayNotFailOver: string | null
  /** What the last day and the last 30 days were like; null until it is known. */
  day: TunnelSummary | null
  month: TunnelSummary | null
  /** Those that are there, in their order. */
  columns: readonly Column[]
}

/** A row with what its ages say now. */
type Shown = RowProps & { checkedAt: number | null; stale: boolean }

/** What may be longer than its column. Not `truncate`: what is hidden can be scrolled to, and that costs. */
const cut = 'overflow-clip text-ellipsis'

/** What stands in each column, and its look beside that of all. */
const cells: Record<ColumnId, { look?: string; of: (row: Shown) => ReactNode }> = {
  select: { look: 'pr-0', of: ({ tunnel }) => <SelectBox tunnel={tunnel} /> },
  status: {
    look: `${cut} pl-1`,
    of: ({ tunnel, stale }) => (
      <StatusMark status={tunnel.status} reported={tunnel.statusReported} stale={stale} />
    ),
  },
  name: {
    look: `${cut} text-left font-normal`,
    of: ({ tunnel, day }) => <NameLink tunnel={tunnel} day={day} />,
  },
  readiness: { look: cut, of: ({ tunnel, stale }) => <Readiness tunnel={tunnel} stale={stale} /> },
  active: {
    look: cut,
    of: ({ tunnel, stale }) => <ActiveConnector tunnel={tunnel} stale={stale} />,
  },
  strip: { of: ({ day }) => (day ? <Strip summary={day} className="h-4.5 w-full" /> : null) },
  day: { of: ({ day }) => <Availability summary={day} days="24 h" /> },
  month: { of: ({ month }) => <Availability summary={month} days="30 d" /> },
  colos: { look: `${cut} text-ink-2`, of: ({ tunnel }) => <Places colos={tunnel.colos} /> },
  connectors: { of: ({ tunnel }) => <Counts tunnel={tunnel} /> },
  since: { look: `${cut} text-ink-2`, of: ({ tunnel }) => <SinceText since={tunnel.since} /> },
  changed: {
    look: `${cut} text-ink-2`,
    of: ({ tunnel }) => <TimeAgo at={tunnel.changedAt} none="none seen" />,
  },
  age: {
    look: 'pl-0',
    of: ({ tunnel, checkedAt }) => <DataAge tunnel={tunnel} checkedAt={checkedAt} />,
  },
  actions: { look: 'pr-2 pl-0 text-right', of: (row) => <FailoverAction {...row} /> },
}

/** One tunnel as a row of the table. The whole row opens it; the name is its link. */
export const TunnelRow = memo(function TunnelRow(props: RowProps) {
  const { tunnel, index, heightPx } = props
  const checkedAt = useCheckedAt(tunnel)
  const stale = useStale(useStatusAt(tunnel), tunnel.staleAfterMs)
  const row = useRow<HTMLTableRowElement>(props)
  const shown = { ...props, checkedAt, stale }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the link in the row does the same
    <tr
      {...row}
      aria-rowindex={index + 2}
      style={{ height: heightPx }}
      className={`group relative cursor-pointer -outline-offset-2 hover:bg-hover focus-visible:bg-hover has-checked:bg-accent-soft ${row.className}`}
    >
      {props.columns.map(({ id, right }) => {
        const { look = '', of } = cells[id]
        const className = `whitespace-nowrap border-b border-line-soft px-3 align-middle group-last:border-transparent ${right ? 'text-right' : ''} ${look}`
        return id === 'name' ? (
          <th key={id} scope="row" className={className}>
            {of(shown)}
          </th>
        ) : (
          <td key={id} className={className}>
            {of(shown)}
          </td>
        )
      })}
    </tr>
  )
})

/** The same in lines, where a table has no room. What nobody hid a card tells, as a row does. */
export const TunnelCard = memo(function TunnelCard(props: RowProps) {
  const { tunnel, columns, heightPx } = props
  const checkedAt = useCheckedAt(tunnel)
  const stale = useStale(useStatusAt(tunnel), tunnel.staleAfterMs)
  const shown = { ...props, checkedAt, stale }
  const row = useRow<HTMLLIElement>(props)
  const has = (wanted: ColumnId) => columns.some(({ id }) => id === wanted)
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the link in the card does the same
    <li
      {...row}
      style={{ height: heightPx }}
      className={`relative flex cursor-pointer flex-col justify-center gap-0.5 border-b border-line-soft px-3 pb-1 -outline-offset-2 last:border-0 hover:bg-hover ${row.className}`}
    >
      <div className="-mr-1.5 flex items-center gap-2">
        <StatusShape status={tunnel.status} stale={stale} />
        <span className="min-w-0 flex-1 truncate font-medium">
          <NameLink tunnel={tunnel} day={props.day} />
        </span>
        {has('status') ? (
          <span className="shrink-0 text-sm text-ink-2">
            {tunnel.statusReported ?? statusLooks[tunnel.status].word}
            {stale ? <span className="sr-only"> (stale)</span> : null}
          </span>
        ) : null}
        <FailoverAction {...props} />
      </div>
      {cardLines(columns).map((line) => (
        <div
          key={line[0]?.id}
          className="flex h-4.5 items-center gap-1 text-sm whitespace-nowrap text-ink-2"
        >
          {line.map(({ id, head, right, width }) => (
            // As wide as it is in the table, of what there is: what a word becomes moves no other one.
            <span key={id} style={{ flex: `${width} 0 0` }} className={`min-w-0 ${cut}`}>
              {right ? <span className="text-ink-3">{`${head} `}</span> : null}
              {cells[id].of(shown)}
            </span>
          ))}
        </div>
      ))}
      {props.day && has('strip') ? (
        <Strip flat summary={props.day} className="absolute inset-x-0 bottom-0 h-1.5 w-full" />
      ) : null}
    </li>
  )
})

/** What makes an element a row: focus, keys, clicks, and one soft flash when its state changes. */
function useRow<T extends HTMLElement>({ tunnel, isCursor, onFocus }: RowProps) {
  const navigate = useNavigate()
  const flash = useFlash(tunnel)
  const preload = useRowPreload(tunnel.id)
  const selection = useSelection()
  const open = () => void navigate({ to: '/tunnels/$tunnelId', params: { tunnelId: tunnel.id } })

  return {
    ...preload,
    'data-row': tunnel.id,
    tabIndex: isCursor ? 0 : -1,
    className: flash.className,
    onAnimationEnd: flash.onEnd,
    onFocus: () => onFocus(tunnel.id),
    // With the shift key the browser would mark the text of all the rows between.
    onMouseDown: (event: MouseEvent<T>) => {
      if (event.shiftKey && !isInner(event.target)) event.preventDefault()
    },
    onClick: (event: MouseEvent<T>) => {
      // What is in the row keeps its own click, and marking text is no click.
      if (isInner(event.target)) return
      if (event.shiftKey) selection.stretchTo(tunnel.id)
      // A hand that misses the box does not open the row.
      else if (isBesideBox(event.target)) selection.toggle(tunnel.id)
      else if (!window.getSelection()?.toString()) open()
    },
    onKeyDown: (event: KeyboardEvent<T>) => {
      if (event.key === 'Enter' && event.target === event.currentTarget) open()
    },
  }
}

const isInner = (target: EventTarget) =>
  target instanceof Element && target.closest('a, button, input') !== null

const isBesideBox = (target: EventTarget) =>
  target instanceof Element && target.querySelector(':scope > [type="checkbox"]') !== null

function useFlash({ id, status, readiness, activeConnectorId }: Tunnel) {
  const state = `${status} ${readiness} ${activeConnectorId}`
  const [seen, setSeen] = useState({ id, state })
  const [on, setOn] = useState(false)
  if (seen.id !== id || seen.state !== state) {
    setSeen({ id, state })
    // Another tunnel in the same element has not changed.
    setOn(seen.id === id)
  }
  return { className: on ? 'animate-flash' : '', onEnd: () => setOn(false) }
}

function NameLink({ tunnel, day }: { tunnel: Tunnel; day: TunnelSummary | null }) {
  const { unacknowledged, maintenance, tags } = tunnel
  const plain = !(unacknowledged || maintenance || tags.length > 0 || isFlapping(day))
  return (
    // Beside a long name the id falls into a second line that is not shown.
    <span
      className={`flex min-w-0 items-baseline gap-x-2 ${plain ? 'h-5 flex-wrap overflow-clip' : ''}`}
    >
      <RowLink
        tunnelId={tunnel.id}
        tabIndex={-1}
        className={`min-w-0 whitespace-nowrap ${cut} font-medium group-hover:underline`}
        {...tipIfCut(displayName(tunnel.name))}
      >
        <Name name={tunnel.name} />
      </RowLink>
      {plain ? (
        <span className="font-mono text-xs text-ink-3 max-md:hidden">{shortId(tunnel.id)}</span>
      ) : (
        <>
          <Flapping summary={day} />
          <People tunnel={tunnel} />
          <RowTags tags={tunnel.tags} />
        </>
      )}
    </span>
  )
}

function Readiness({ tunnel, stale }: { tunnel: Tunnel; stale: boolean }) {
  return tunnel.failoverId ? (
    <FailoverProgress failoverId={tunnel.failoverId} stale={stale} />
  ) : (
    <ReadinessMark
      readiness={tunnel.readiness}
      standbyCount={tunnel.standbyCount}
      stale={stale}
      quiet={tunnel.status === 'inactive'}
    />
  )
}

const progressWords: Record<FailoverState, string> = {
  sending: 'Failover sent',
  accepted: 'Promoting',
  unknown: 'No clear answer',
  rejected: 'Failover refused',
  confirmed: 'Failed over',
  'other-active': 'Another took over',
  'not-confirmed': 'Not confirmed',
}

/** How far it is and for how long; of what is stale only that it was under way: it may long be over. */
function FailoverProgress({ failoverId, stale }: { failoverId: string; stale: boolean }) {
  const { data } = useQuery(failoverQuery(failoverId))
  const text = useClock((now) =>
    stale
      ? 'Was failing over'
      : data
        ? `${progressWords[data.state]} · ${durationText(now - data.requestedAt)}`
        : 'Failing over',
  )
  return (
    <span
      className={`inline-flex max-w-full items-center gap-2 rounded-sm px-1.5 whitespace-nowrap ${stale ? 'bg-unknown-soft text-ink-2' : 'bg-accent-soft text-accent-text'}`}
      {...tip(data && `Started by ${data.by}${data.drill ? ', a drill' : ''}`)}
    >
      <Icon name="failover" />
      {text}
      {data && !stale ? <bdi className="min-w-0 truncate text-ink-2">{data.by}</bdi> : null}
    </span>
  )
}

function ActiveConnector({ tunnel, stale }: { tunnel: Tunnel; stale: boolean }) {
  const role: ConnectorRole = 'active'
  if (!tunnel.activeConnectorId) {
    return (
      <NotReported
        why={
          tunnel.readiness === 'not-ha'
            ? 'Tunnels without HA have no active connector'
            : tunnel.readiness === 'unknown'
              ? readinessLooks.unknown.meaning
              : 'No active connector'
        }
      />
    )
  }
  return (
    <>
      <RoleShape
        role={role}
        className={`mid-2.5 mr-2 size-2.5 ${stale ? 'text-unknown' : 'text-good'}`}
      />
      <span className="font-mono text-[0.93em]" {...tip(tunnel.activeConnectorId)}>
        {shortId(tunnel.activeConnectorId)}
      </span>{' '}
      {tunnel.activeColos[0] ? (
        <Colo colo={tunnel.activeColos[0]} className="ml-1 text-ink-2" />
      ) : null}
    </>
  )
}

/** `99.98 %`; on hover of how much that is. Paler and dotted where that is little. */
function Availability({ summary, days }: { summary: TunnelSummary | null; days: string }) {
  if (!summary) return null
  const text = `${availabilityText(summary)} in ${days}`
  if (summary.availability === null) return <NotReported why={`Not known: ${text}`} />
  const isLittle = isLittleObserved(summary)
  const percent = percentText(summary.availability)
  const ink = isLittle
    ? 'text-ink-3 underline decoration-dotted underline-offset-4'
    : summary.availability < 0.99
      ? ''
      : 'text-ink-2'
  return (
    <span
      className={ink}
      {...tip(`Available ${text}`)}
      {...(isLittle ? asSign(`${percent}, little was observed`) : null)}
    >
      {percent}
    </span>
  )
}

/** A mark beside a name: where there is no room for both, its count falls into a line that is not shown. */
const markClass =
  'flex h-4 min-w-5 shrink-[1000] flex-wrap items-center gap-x-1 self-center overflow-hidden rounded-sm px-1 text-xs leading-4'
const markIcon = 'h-4 w-3'

/** From so many switches and reconnects in an hour on a tunnel flaps. */
const flapping = 4
const isFlapping = (summary: TunnelSummary | null): summary is TunnelSummary =>
  summary !== null && summary.flapsLastHour >= flapping

function Flapping({ summary }: { summary: TunnelSummary | null }) {
  if (!isFlapping(summary)) return null
  const text = `Flapping: ${summary.flapsLastHour} role changes and reconnects in the last hour`
  return (
    <span className={`${markClass} bg-warn-soft text-warn`} {...tip(text)}>
      <Icon name="activity" className={markIcon} />
      <span aria-hidden="true">{countText(summary.flapsLastHour)}</span>
      <span className="sr-only">{text}</span>
    </span>
  )
}

/** What waits for people here, and that they are at work. */
function People({ tunnel: { id, unacknowledged, maintenance } }: { tunnel: Tunnel }) {
  const zone = useZone()
  if (maintenance) {
    const text = `Maintenance until ${instantIn(maintenance.to, zone)}`
    return (
      <span className={`${markClass} bg-accent-soft text-accent-text`} {...tip(text)}>
        <Icon name="wrench" className={markIcon} />
        <span className="sr-only">{text}</span>
      </span>
    )
  }
  if (!unacknowledged) return null
  const text = `${waitingText(unacknowledged.count)} not acknowledged`
  return (
    <RowLink
      tunnelId={id}
      dialog="acknowledge"
      tabIndex={-1}
      className={`${markClass} bg-accent-soft text-accent-text`}
      {...tip(`${text}: the active connector changed or was lost`)}
    >
      <Icon name="failover" className={markIcon} />
      <span aria-hidden="true">{waitingText(unacknowledged.count)}</span>
      <span className="sr-only">{text}</span>
    </RowLink>
  )
}

function Counts({ tunnel }: { tunnel: Tunnel }) {
  const { connectorCount, connectionCount } = tunnel
  if (connectorCount === null || connectionCount === null)
    return <NotReported why="Its connectors were not read yet" />
  return (
    <span
      {...tip(
        `${manyText(connectorCount, 'connector')}, ${manyText(connectionCount, 'connection')}`,
      )}
    >
      {connectorCount}
      <span className="text-ink-3"> / {connectionCount}</span>
    </span>
  )
}

function DataAge({ tunnel, checkedAt }: { tunnel: Tunnel; checkedAt: number | null }) {
  if (!tunnel.trouble && tunnel.unlistedSince === null)
    return <Age at={checkedAt} staleAfterMs={tunnel.staleAfterMs} />
  const why = tunnel.trouble ?? 'Missing from Cloudflare’s last list of tunnels.'
  return (
    <span className="whitespace-nowrap text-warn" {...tip(why)}>
      <Icon name="alert" className="mid-3.5 mr-1 size-3.5" />
      <span className="sr-only">{why}</span>
      <Age at={checkedAt} staleAfterMs={tunnel.staleAfterMs} />
    </span>
  )
}

/** Lower than a compact row. */
const low = 'in-data-[density=compact]:h-6'

function FailoverAction({ tunnel, mayNotFailOver }: RowProps) {
  const label = `Fail over ${displayName(tunnel.name)}`
  const reason = mayNotFailOver ?? whyNotFromRow(tunnel)
  if (reason)
    return (
      <IconButton
        label={label}
        icon="failover"
        size="sm"
        disabledReason={reason}
        tabIndex={-1}
        className={low}
      />
    )
  return (
    <RowLink
      dialog="failover"
      tunnelId={tunnel.id}
      aria-label={label}
      tabIndex={-1}
      className={`inline-flex size-7 items-center justify-center rounded-md text-ink-2 hover:bg-page hover:text-ink ${low}`}
      {...tip('Fail over')}
    >
      <Icon name="failover" />
    </RowLink>
  )
}
