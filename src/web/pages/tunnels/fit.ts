import { useCallback, useMemo, useRef, useSyncExternalStore } from 'react'
import { absentColumns, type Column, type ColumnId, columns, isWideTable } from './columns.ts'

/** How wide is the list's table on this screen? */

/** As `max-md` of the style sheets, which grows with the letters that the browser begins with: there are cards. */
export const narrow = '(width < 48rem)'

/** The page's own margins, and its width at most, rem; a scrollbar, pixels. See `TunnelsPage`. */
const page = { marginsRem: 48 / 14, mostRem: (520 * 4) / 14 }
const scrollbarPx = 17

/** Before the table was measured: asking then would make the browser lay out in the middle of drawing. */
export const guessedRem = (rem: number) =>
  Math.min((window.innerWidth - scrollbarPx) / rem, page.mostRem) - page.marginsRem

/**
 * Follows the table's width: which columns are there, and whether it is very wide. Draws again only when that
 * changes. A card tells all that nobody hid.
 *
 * @param isTable false while there are cards in its place
 */
export function useFit(
  box: { current: HTMLElement | null },
  rem: number,
  hidden: readonly ColumnId[],
  isTable: boolean,
): { here: readonly Column[]; isWide: boolean } {
  const width = useRef<number>(null)
  const subscribe = useCallback(
    (listener: () => void) =>
      watchWidth(box, (px) => {
        if (!isTable) return
        width.current = px
        listener()
      }),
    [box, isTable],
  )
  const text = useSyncExternalStore(subscribe, () => {
    const wanted = width.current === null ? guessedRem(rem) : width.current / rem
    const absent = isTable ? absentColumns(hidden, wanted) : hidden
    return [isWideTable(wanted) ? 'wide' : 'usual', ...absent].join(' ')
  })
  return useMemo(() => {
    const [breadth, ...absent] = text.split(' ')
    return { here: columns.filter(({ id }) => !absent.includes(id)), isWide: breadth === 'wide' }
  }, [text])
}

function watchWidth(box: { current: HTMLElement | null }, onWidth: (px: number) => void) {
  const sizes = new ResizeObserver(([entry]) => entry && onWidth(entry.contentRect.width))
  if (box.current) sizes.observe(box.current)
  return () => sizes.disconnect()
}
