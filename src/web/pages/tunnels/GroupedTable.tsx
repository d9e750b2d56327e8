import { type KeyboardEvent, memo, type ReactNode, useCallback, useMemo } from 'react'
import { type Tunnel, tunnelStatuses } from '#contract/tunnel.ts'
import { useStable } from '#web/charts/use-stable.ts'
import { headlineOf, type Tone } from '#web/fleet/headline.ts'
import { type Grade, judged } from '#web/fleet/judge.ts'
import { useStaleIds } from '#web/fleet/use-stale-ids.ts'
import { Icon } from '#web/ui/Icon.tsx'
import { countText } from '#web/ui/numbers.ts'
import { StatusShape, statusLooks } from '#web/ui/StatusMark.tsx'
import { grouped } from './groups.ts'
import { byStatus, type GroupHead, type Line } from './rows.ts'
import type { Change } from './search.ts'
import type { HeadProps } from './TunnelTable.tsx'

/**
 * The list in groups: the same table, with a row above each group that says how it stands. The table is handed
 * in, so that whoever never groups does not load it apart.
 */
export function GroupedTable({
  rows,
  group,
  closed,
  onFilter,
  renderTable,
}: {
  rows: readonly Tunnel[]
  /** `status` or a key of tags. */
  group: string
  closed: readonly string[] | undefined
  onFilter: (change: Change, resetScroll: boolean) => void
  renderTable: (lines: readonly Line[], renderHead: (props: HeadProps) => ReactNode) => ReactNode
}) {
  const lines = useMemo(() => grouped(rows, group, closed), [rows, group, closed])
  const onToggle = useStable((place: string) => {
    onFilter(({ closed = [] }) => {
      const others = closed.filter((one) => one !== place)
      const next = closed.includes(place) ? others : [...others, place]
      return { closed: next.length > 0 ? next : undefined }
    }, false)
  })
  const renderHead = useCallback(
    (props: HeadProps) => (
      <HeadRow key={props.head.id} {...props} group={group} onToggle={onToggle} />
    ),
    [group, onToggle],
  )
  return renderTable(lines, renderHead)
}

type HeadRowProps = HeadProps & { group: string; onToggle: (place: string) => void }

const HeadRow = memo(function HeadRow(props: HeadRowProps) {
  const { isNarrow, index, heightPx } = props
  if (isNarrow)
    return (
      <li style={{ height: heightPx }} className="group relative">
        <HeadButton {...props} />
      </li>
    )
  return (
    // Its one cell lies over the whole row: to span columns that are hidden would make them.
    <tr aria-rowindex={index + 2} style={{ height: heightPx }} className="group relative">
      <th scope="rowgroup" className="p-0 font-normal">
        <HeadButton {...props} />
      </th>
    </tr>
  )
})

/** Opens and closes its group: by a click, Enter, or the arrow keys that point there. */
function HeadButton({ head, index, group, isNarrow, isCursor, onFocus, onToggle }: HeadRowProps) {
  const { id, place, tunnels, isOpen } = head
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== (isOpen ? 'ArrowLeft' : 'ArrowRight')) return
    event.preventDefault()
    onToggle(place)
  }
  return (
    <button
      type="button"
      data-row={id}
      tabIndex={isCursor ? 0 : -1}
      aria-expanded={isOpen}
      onFocus={() => onFocus(id)}
      onClick={() => onToggle(place)}
      onKeyDown={onKeyDown}
      className={`absolute inset-0 flex min-w-0 items-center gap-2 border-b border-line-soft bg-page px-3 text-left -outline-offset-2 group-last:rounded-b-lg group-last:border-transparent hover:bg-hover ${isNarrow && index === 0 ? 'rounded-t-lg' : ''}`}
    >
      <Icon
        name="chevronRight"
        className={`size-3.5 text-ink-2 transition-transform ${isOpen ? 'rotate-90' : ''}`}
      />
      <span className={`flex min-w-0 flex-1 ${isNarrow ? 'flex-col' : 'items-baseline gap-3'}`}>
        <span className="flex min-w-0 items-baseline gap-2">
          <bdi className="truncate font-semibold">{nameOf(head, group)}</bdi>
          <span className="shrink-0 text-sm text-ink-2">
            {countText(tunnels.length)}
            <span className="sr-only"> {tunnels.length === 1 ? 'tunnel' : 'tunnels'}</span>
          </span>
        </span>
        <HowItStands head={head} />
      </span>
    </button>
  )
}

function nameOf({ name }: GroupHead, group: string): string {
  if (name === null) return `No ${group}`
  const status = group === byStatus ? tunnelStatuses.find((one) => one === name) : undefined
  return status ? statusLooks[status].word : name
}

const shapes = {
  down: 'down',
  'no-active': 'down',
  degraded: 'degraded',
  exposed: 'degraded',
  unknown: 'unknown',
  changed: 'healthy',
  fine: 'healthy',
  idle: 'inactive',
} as const satisfies Record<Grade, string>
const inks: Record<Tone, string> = {
  bad: 'text-bad',
  warn: 'text-warn',
  news: 'text-ink',
  good: 'text-ink-2',
  unknown: 'text-ink-2',
  idle: 'text-ink-2',
}

/** The worst of the group by shape, colour and word, as the wall says it, and the counts of the rest. */
function HowItStands({ head: { tunnels } }: { head: GroupHead }) {
  const staleIds = useStaleIds(tunnels)
  const { tone, grade, text, rest } = useMemo(
    () => headlineOf(judged(tunnels, staleIds)),
    [tunnels, staleIds],
  )
  const said = [text, ...rest]
  return (
    <span className="flex min-w-0 items-center gap-2 self-stretch text-sm">
      {grade === null ? (
        <Icon name="wrench" className="size-3 text-accent-text" />
      ) : (
        <StatusShape status={shapes[grade]} />
      )}
      <span className="min-w-0 truncate">
        <span className={inks[tone]}>{said[0]}</span>
        {said.length > 1 ? (
          <span className="text-ink-2"> · {said.slice(1).join(' · ')}</span>
        ) : null}
      </span>
    </span>
  )
}
