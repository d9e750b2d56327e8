import { useWindowVirtualizer } from '@tanstack/react-virtual'
import {
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { Button } from '#web/ui/Button.tsx'
import { Skeleton } from '#web/ui/Skeleton.tsx'
import { longDayIn, useZone, type Zone } from '#web/ui/zone.ts'
import { type Entry, type Row, toRows } from './rows.ts'

/** Within so many pixels of its top a page counts as being read from there. */
const topPx = 120
/** The next page is asked for when so many rows are left. */
const aheadRows = 20

const logBegins = 'This is where the log begins.'
const stretchBegins = 'There is nothing earlier in this stretch of time.'

/**
 * The entries. What is new comes on top of a reader who is there; whoever has scrolled keeps their place and
 * is told how many there are.
 */
export function DayLog<T extends Entry>({
  entries,
  hasMore,
  isLoading,
  isOfStretch,
  onMore,
  rowPx,
  renderEntry,
}: {
  /** Newest first. */
  entries: readonly T[]
  hasMore: boolean
  isLoading: boolean
  isOfStretch: boolean
  onMore: () => void
  /** How high an entry is as a rule, until it was measured. */
  rowPx: number
  renderEntry: (entry: T, zone: Zone) => ReactNode
}) {
  const zone = useZone()
  const list = useRef<HTMLDivElement>(null)
  const isAtTop = useAtTop()
  const newestId = entries[0]?.id
  const [shownId, setShownId] = useState(newestId)
  if (isAtTop && shownId !== newestId) setShownId(newestId)
  const waiting = Math.max(
    0,
    entries.findIndex(({ id }) => id === shownId),
  )
  const rows = useMemo(() => toRows(entries.slice(waiting), zone), [entries, waiting, zone])
  const { items, before, after, measure, firstVisible } = useVirtualRows(rows, list, rowPx)

  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (last >= rows.length - aheadRows) onMore()
  }, [last, rows.length, onMore])

  const day = rows[firstVisible]
  return (
    <div ref={list} className="relative rounded-lg border border-line bg-panel">
      {waiting > 0 ? (
        <div className="pointer-events-none sticky top-[calc(var(--top)+0.5rem)] z-10 -mb-9 flex h-9 justify-center">
          <Button
            variant="primary"
            size="sm"
            icon="arrowUp"
            className="pointer-events-auto shadow-overlay"
            onClick={() => {
              setShownId(newestId)
              window.scrollTo({ top: 0, behavior: 'instant' })
            }}
          >
            {waiting === 1 ? '1 new entry' : `${waiting} new entries`}
          </Button>
        </div>
      ) : null}
      {day ? (
        <p
          aria-hidden="true"
          className="sticky top-(--top) z-5 -mb-9 h-9 rounded-t-lg border-b border-line bg-panel px-3 text-sm leading-9 font-semibold sm:px-4"
        >
          {longDayIn(day.at, zone)}
        </p>
      ) : null}
      <ol aria-label="Entries, newest first">
        <li aria-hidden="true" style={{ height: before }} />
        {items.map(({ index, key }) => {
          const row = rows[index]
          return row ? (
            <li key={key} ref={measure} data-index={index}>
              {row.kind === 'entry' ? (
                <div className="border-t border-line-soft">{renderEntry(row.entry, zone)}</div>
              ) : (
                <h2 className="h-9 px-3 text-sm leading-9 font-semibold sm:px-4">
                  {longDayIn(row.at, zone)}
                </h2>
              )}
            </li>
          ) : null
        })}
        <li aria-hidden="true" style={{ height: after }} />
      </ol>
      <p className="flex h-12 items-center justify-center text-sm text-ink-2">
        {isLoading ? 'Loading…' : hasMore ? '' : isOfStretch ? stretchBegins : logBegins}
      </p>
    </div>
  )
}

function useVirtualRows<T extends Entry>(
  rows: readonly Row<T>[],
  list: { current: HTMLElement | null },
  rowPx: number,
) {
  const [offset, setOffset] = useState(0)
  useLayoutEffect(() => {
    const top = (list.current?.getBoundingClientRect().top ?? 0) + window.scrollY
    setOffset(Math.round(top))
  }, [list])
  // oxlint-disable-next-line react/incompatible-library -- no compiler memoizes here, and nothing is handed on
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (index) => (rows[index]?.kind === 'day' ? 36 : rowPx),
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 12,
    scrollMargin: offset,
  })
  const items = virtual.getVirtualItems()
  const [first, last] = [items[0], items.at(-1)]
  const top = (virtual.scrollOffset ?? 0) + stickyPx()
  return {
    items,
    before: first ? first.start - offset : 0,
    after: last ? virtual.getTotalSize() - (last.end - offset) : 0,
    measure: virtual.measureElement,
    firstVisible: items.find(({ end }) => end > top + 18)?.index ?? 0,
  }
}

/** How much of the window the page's header covers. */
const stickyPx = () =>
  Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--top')) || 0

function useAtTop(): boolean {
  return useSyncExternalStore(
    (listener) => {
      window.addEventListener('scroll', listener, { passive: true })
      return () => window.removeEventListener('scroll', listener)
    },
    () => window.scrollY < topPx,
  )
}

/** Where the entries will be. */
export function LogLoading() {
  return (
    <output
      aria-busy="true"
      className="flex flex-col gap-px rounded-lg border border-line bg-panel p-4"
    >
      <span className="sr-only">Loading the log</span>
      {Array.from({ length: 12 }, (_, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- all the same
        <Skeleton key={index} className="my-2 h-5 w-full" />
      ))}
    </output>
  )
}
