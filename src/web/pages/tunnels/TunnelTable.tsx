import { useSuspenseQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import {
  memo,
  type ReactNode,
  useCallback,
  useDeferredValue,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import type { SessionAnswer } from '#contract/session.ts'
import type { Tunnel } from '#contract/tunnel.ts'
import { sessionQuery } from '#web/api/queries.ts'
import { StripPatterns } from '#web/charts/Strip.tsx'
import { whyNoFailovers, whyNotFromRow } from '#web/failover/reason.ts'
import { useClock } from '#web/ui/clock.ts'
import { Icon } from '#web/ui/Icon.tsx'
import { displayName } from '#web/ui/names.ts'
import { wantCities } from '#web/ui/Place.tsx'
import { nothingWaits, refuse } from '#web/ui/refusal.ts'
import { rootPx } from '#web/ui/root-size.ts'
import { useSeats } from '#web/ui/seats.ts'
import { useShortcut } from '#web/ui/shortcuts.ts'
import { tip } from '#web/ui/tip.ts'
import { showRow, useWindowRows } from '#web/ui/window-rows.ts'
import { type Column, cardLines, widthOf } from './columns.ts'
import { narrow, useFit } from './fit.ts'
import { listLook } from './look.ts'
import { placeOf, type RowDialog } from './RowLink.tsx'
import {
  type Direction,
  type Figures,
  type GroupHead,
  isHead,
  type Line,
  tunnelsOf,
} from './rows.ts'
import { SelectShown } from './SelectBox.tsx'
import type { SortKey } from './search.ts'
import { TunnelCard, TunnelRow } from './TunnelRow.tsx'
import { type Act, SelectKeys, useAnySelected, useSelection } from './use-selection.ts'

/** Rows and cards in units of the root size, so that they grow with the type. */
const rowRem = { comfortable: 36 / 14, compact: 28 / 14 }
const cardRem = (lines: number) => (36 + 20 * lines) / 14

/** So many rows are there at once when the list opens. */
const firstPainted = 6

/** What the head of a group needs to be a row among the others. */
export type HeadProps = {
  head: GroupHead
  index: number
  heightPx: number
  isCursor: boolean
  onFocus: (id: string) => void
  /** A card, where there is no table. */
  isNarrow: boolean
}

/**
 * The list: only what is on the screen is in the document. A table where there is room, cards where not.
 * No scroll anchoring: the browser would hold on to a spacer and undo a long jump.
 */
export const TunnelTable = memo(function TunnelTable({
  rows,
  asked,
  settled,
  figures,
  sort,
  direction,
  onSort,
  renderHead,
}: {
  rows: readonly Line[]
  /** Which rows are asked for and in which order, as a text; and what was, when the hand last rested. */
  asked: string
  settled: string
  figures: Figures
  sort: SortKey | undefined
  direction: Direction | undefined
  onSort: (key: SortKey) => void
  /** The row of a group's head, where there are any. */
  renderHead?: (props: HeadProps) => ReactNode
}) {
  const isNarrow = useMedia(narrow)
  const box = useRef<HTMLDivElement>(null)
  const rem = useRootSize()
  const { hidden, density } = listLook.use()
  const fit = useFit(box, rem, hidden, !isNarrow)
  const lines = cardLines(fit.here).length
  const rowPx = Math.round(rem * (isNarrow ? cardRem(lines) : rowRem[density]))

  const headPx = isNarrow ? 0 : Math.round(rem * rowRem.comfortable)
  const { first, end, seenEnd } = useWindowRows(box, rows.length, rowPx, headPx)
  const mayNotFailOver = useWhyNoFailovers()
  const cursor = useCursor(rows, mayNotFailOver, (index) =>
    showRow(box.current, index, rowPx, headPx, stickyPx() + headPx, dockPx()),
  )
  const isSelecting = useAnySelected(useSelection())
  const tunnels = useMemo(() => tunnelsOf(rows), [rows])
  // What stands further down follows when the rest has been painted, and the hand rests: it waits for that only.
  const painted = useDeferredValue<string | null>(settled, null)
  const visible = rows.slice(
    first,
    painted === null ? first + firstPainted : painted === asked ? end : seenEnd,
  )
  // The keyboard comes in by a row that is there: the one of the cursor, or the first.
  const door = (visible.find(({ id }) => id === cursor.id) ?? visible[0])?.id
  const seats = useSeats(
    tunnelsOf(visible).map(({ id }) => id),
    cursor.heldId,
  )
  const before = first * rowPx
  const after = (rows.length - first - visible.length) * rowPx
  const placed = ({ id }: Line, place: number) => ({
    index: first + place,
    heightPx: rowPx,
    isCursor: id === door,
    onFocus: cursor.onFocus,
  })
  const renderLine = (
    line: Line,
    place: number,
    renderTunnel: (props: ReturnType<typeof shared>) => ReactNode,
  ) =>
    isHead(line)
      ? renderHead?.({ head: line, isNarrow, ...placed(line, place) })
      : renderTunnel(shared(line, place))
  const shared = (tunnel: Tunnel, place: number) => ({
    tunnel,
    ...placed(tunnel, place),
    mayNotFailOver,
    day: figures.day.get(tunnel.id) ?? null,
    month: figures.month.get(tunnel.id) ?? null,
    columns: fit.here,
  })

  if (isNarrow)
    return (
      <div ref={box} className="rounded-lg border border-line bg-panel [overflow-anchor:none]">
        <StripPatterns />
        <ul aria-label="Tunnels">
          <li aria-hidden="true" style={{ height: before }} />
          {visible.map((line, place) =>
            renderLine(line, place, (props) => <TunnelCard key={seats.get(line.id)} {...props} />),
          )}
          <li aria-hidden="true" style={{ height: after }} />
        </ul>
      </div>
    )
  return (
    <div
      ref={box}
      onPointerEnter={wantCities}
      className="rounded-lg border border-line bg-panel [overflow-anchor:none]"
    >
      <StripPatterns />
      <SelectKeys rows={rows} act={cursor.act} go={cursor.go} />
      <table
        aria-label="Tunnels"
        aria-rowcount={rows.length + 1}
        data-density={density}
        data-selecting={isSelecting || undefined}
        className="w-full table-fixed border-separate border-spacing-0"
      >
        <thead className="sticky top-(--top) z-10">
          <tr aria-rowindex={1} className="group">
            {fit.here.map((column) => (
              <HeadCell
                key={column.id}
                column={column}
                tunnels={column.id === 'select' ? tunnels : none}
                isWide={fit.isWide}
                direction={column.sort && column.sort === sort ? (direction ?? 'asc') : null}
                onSort={onSort}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          <Spacer height={before} />
          {visible.map((line, place) =>
            renderLine(line, place, (props) => <TunnelRow key={seats.get(line.id)} {...props} />),
          )}
          <Spacer height={after} />
        </tbody>
      </table>
    </div>
  )
})

/** How much of the window the page's header covers. */
const stickyPx = () =>
  Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--top')) || 0

/** How much of it the bar covers that is there while rows are selected; see `SelectionBar`. */
const dockPx = () => document.querySelector('[data-dock]')?.clientHeight ?? 0

/**
 * The room of the rows that are not in the document. In the first column only: a cell that spanned columns which
 * are not there would make new ones, and they would take their share of the name's room.
 */
function Spacer({ height }: { height: number }) {
  return height > 0 ? (
    <tr aria-hidden="true">
      {/* oxlint-disable-next-line jsx-a11y/control-has-associated-label -- hidden, and no control */}
      <td style={{ height, padding: 0 }} />
    </tr>
  ) : null
}

const none: readonly Tunnel[] = []

const HeadCell = memo(function HeadCell({
  column,
  tunnels,
  isWide,
  direction,
  onSort,
}: {
  column: Column
  /** What the box above all others selects; the other heads have nothing to do with it. */
  tunnels: readonly Tunnel[]
  isWide: boolean
  direction: Direction | null
  onSort: (key: SortKey) => void
}) {
  const { id, sort, head, meaning, right } = column
  return (
    <th
      scope="col"
      style={{ width: widthOf(column, isWide) }}
      aria-sort={
        direction === 'asc' ? 'ascending' : direction === 'desc' ? 'descending' : undefined
      }
      className="h-9 border-b border-line bg-panel p-0 text-left text-sm font-medium text-ink-2 first:rounded-tl-lg last:rounded-tr-lg"
    >
      {sort ? (
        <button
          type="button"
          onClick={() => onSort(sort)}
          {...tip(meaning)}
          className={`flex h-full w-full items-center gap-1 ${id === 'status' ? 'pr-3 pl-1' : 'px-3'} whitespace-nowrap -outline-offset-2 hover:text-ink ${right ? 'flex-row-reverse' : ''} ${direction ? 'text-ink' : ''}`}
        >
          {head}
          <Icon
            name={direction === 'desc' ? 'arrowDown' : 'arrowUp'}
            className={`size-3 ${direction ? '' : 'invisible'}`}
          />
        </button>
      ) : id === 'select' ? (
        <SelectShown rows={tunnels} />
      ) : id === 'actions' ? (
        <span className="sr-only">{head}</span>
      ) : (
        <span className="px-3" {...tip(meaning)}>
          {head}
        </span>
      )}
    </th>
  )
})

/** The row that was left for another page: whoever comes back goes on there. */
let leftRow: string | null = null

/** A row that is to have the focus once it is in the document, and what has it until then. */
type Wish = { id: string; from: Element | null }

/** With the tunnel's name: where no row has the focus yet, nobody sees whose key it is. */
const refuseFor = ({ name }: Tunnel, reason: string) => refuse(`${displayName(name)}: ${reason}`)

/** The row that keys act on. It stays with its tunnel when the order changes. */
function useCursor(
  rows: readonly Line[],
  mayNotFailOver: string | null,
  scrollTo: (index: number) => void,
) {
  const navigate = useNavigate()
  const [cursorId, setCursorId] = useState(leftRow)
  /** The row that has the focus, or had it last: the cursor may be on its way to another. */
  const [heldId, setHeldId] = useState<string | null>(null)
  const wish = useRef<Wish | null>(leftRow === null ? null : { id: leftRow, from: null })
  const at = rows.findIndex(({ id }) => id === cursorId)
  const current = rows[at] ?? rows[0]

  // The same one always: a new one would draw every row again.
  const onFocus = useCallback((id: string) => {
    leftRow = id
    setCursorId(id)
    setHeldId(id)
  }, [])
  const go = (index: number) => {
    const next = rows[Math.min(Math.max(0, index), rows.length - 1)]
    if (!next) return
    scrollTo(rows.indexOf(next))
    setCursorId(next.id)
    wish.current = { id: next.id, from: document.activeElement }
  }
  const leave = (id: string, dialog: RowDialog) => {
    leftRow = id
    void navigate(placeOf(id, dialog))
  }
  const hasFocus = () => document.activeElement?.closest('[data-row]') != null
  // The first key only shows where the cursor is. One that comes while the focus is on its way counts from there.
  const step = (by: number) =>
    go((wish.current || hasFocus()) && at >= 0 ? at + by : Math.max(0, at))
  useShortcut('next', () => step(1))
  useShortcut('previous', () => step(-1))
  useShortcut('first', () => go(0))
  useShortcut('last', () => go(rows.length - 1))
  // Nor does a key act on another row than the one that the hand was on, which has left the list.
  const act: Act = (run) => {
    if (cursorId !== null && at < 0) go(0)
    else if (current) run(current, Math.max(0, at))
  }
  useShortcut('failover', () =>
    act((row) => {
      if (isHead(row)) return
      const reason = mayNotFailOver ?? whyNotFromRow(row)
      if (reason) refuseFor(row, reason)
      else leave(row.id, 'failover')
    }),
  )
  useShortcut('acknowledge', () =>
    act((row) => {
      if (isHead(row)) return
      if (row.unacknowledged) leave(row.id, 'acknowledge')
      else refuseFor(row, nothingWaits)
    }),
  )
  // The row may have to be scrolled into the document first: then a later render finds it.
  useEffect(() => {
    if (!wish.current) return
    const { id, from } = wish.current
    const row = document.querySelector<HTMLElement>(`[data-row="${id}"]`)
    const now = document.activeElement
    // Somebody has gone elsewhere meanwhile, into a field or a menu: there they stay.
    const isElsewhere = now !== from && now?.matches('body, main') === false
    if (row || isElsewhere) wish.current = null
    if (row && !isElsewhere) row.focus({ preventScroll: true })
  })

  return { id: current?.id ?? null, heldId, act, go, onFocus }
}

/** What keeps all rows from offering a failover: drawn again only when that changes. */
function useWhyNoFailovers(): string | null {
  const { data } = useSuspenseQuery({ ...sessionQuery, select: aboutFailovers })
  return useClock((now) => whyNoFailovers(data, now))
}

const aboutFailovers = ({ me, tokens, notRecordingSince }: SessionAnswer) => ({
  me,
  tokens,
  notRecordingSince,
})

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = matchMedia(query)
      media.addEventListener('change', listener)
      return () => media.removeEventListener('change', listener)
    },
    () => matchMedia(query).matches,
  )
}

function useRootSize(): number {
  return useSyncExternalStore((listener) => {
    window.addEventListener('resize', listener)
    return () => window.removeEventListener('resize', listener)
  }, rootPx)
}
