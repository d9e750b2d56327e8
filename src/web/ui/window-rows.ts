import { useCallback, useRef, useSyncExternalStore } from 'react'

/**
 * Which rows of a long list are near the window? For rows of one height that scroll with the page, so
 * that a thousand of them cost no more than the fifty one sees. (A virtualising library does much more
 * and weighs 10 KB.)
 */

/** Rows are added and dropped in blocks, so that scrolling draws only now and then. */
const block = 3

export type RowWindow = { first: number; end: number }

/** `seenEnd`: the rows up to, not including, this one are in the window; those that follow are ready for scrolling. */
type SeenWindow = RowWindow & { seenEnd: number }

/** The first row that begins so far below the first one or further. */
const rowAt = (px: number, rowPx: number) => Math.max(0, Math.ceil(px / rowPx))

/** The rows from `first` up to, not including, `end`, given where the list begins in the window. */
export function rowsInWindow(
  count: number,
  rowPx: number,
  listTop: number,
  windowHeight: number,
): RowWindow {
  const top = Math.floor(-listTop / rowPx)
  const bottom = rowAt(windowHeight - listTop, rowPx)
  const first = Math.floor(top / block) * block - block
  const end = Math.ceil(bottom / block) * block + block
  return {
    first: Math.min(Math.max(0, first), Math.max(0, count - 1)),
    end: Math.min(Math.max(0, end), count),
  }
}

/**
 * Follows the window; `list` is the element whose first row begins `headPx` below its top.
 *
 * It is looked at only when the browser has laid the page out anyway: asking in the middle of drawing makes
 * the browser lay out at once, and once more afterwards. Until then the list begins a third down the window.
 */
export function useWindowRows(
  list: { current: HTMLElement | null },
  count: number,
  rowPx: number,
  headPx: number,
): SeenWindow {
  const known = useRef<string>(null)
  const subscribe = useCallback(
    (listener: () => void) => {
      const look = () => {
        if (!list.current) return
        const before = known.current
        known.current = spanAt(list.current.getBoundingClientRect().top + headPx, rowPx)
        // Where sight ends moves with every row, and draws nothing by itself.
        if (blocksOf(known.current) !== blocksOf(before ?? '')) listener()
      }
      // What comes and goes above the list changes the height of the page.
      const heights = new ResizeObserver(look)
      heights.observe(document.body)
      window.addEventListener('scroll', look, { passive: true })
      window.addEventListener('resize', look)
      return () => {
        heights.disconnect()
        window.removeEventListener('scroll', look)
        window.removeEventListener('resize', look)
      }
    },
    [list, rowPx, headPx],
  )
  const text = useSyncExternalStore(
    subscribe,
    () => (known.current ??= spanAt(window.innerHeight / 3, rowPx)),
  )
  const [first = 0, end = 0, seenEnd = 0] = text.split(' ').map(Number)
  return {
    first: Math.min(first, Math.max(0, count - 1)),
    end: Math.min(end, count),
    seenEnd: Math.min(seenEnd, count),
  }
}

/** The rows of an endless list, as a text that can be compared. */
function spanAt(listTop: number, rowPx: number): string {
  const { first, end } = rowsInWindow(Number.MAX_SAFE_INTEGER, rowPx, listTop, window.innerHeight)
  return `${first} ${end} ${rowAt(window.innerHeight - listTop, rowPx)}`
}
const blocksOf = (span: string) => span.slice(0, span.lastIndexOf(' '))

/** Scrolls as little as it takes to show a row whole, below what sticks to the top, above what covers the bottom. */
export function showRow(
  list: HTMLElement | null,
  index: number,
  rowPx: number,
  headPx: number,
  stickyPx: number,
  coveredPx = 0,
) {
  if (!list) return
  const top = list.getBoundingClientRect().top + headPx + index * rowPx
  const bottom = top + rowPx + coveredPx
  if (top < stickyPx) window.scrollBy({ top: top - stickyPx, behavior: 'instant' })
  else if (bottom > window.innerHeight)
    window.scrollBy({ top: bottom - window.innerHeight + rowPx / 2, behavior: 'instant' })
}
