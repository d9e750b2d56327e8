import { useSyncExternalStore } from 'react'

/**
 * Which rows of a long list are near the window? For rows of one height that scroll with the page, so
 * that a thousand of them cost no more than the fifty one sees. (A virtualising library does much more
 * and weighs 10 KB.)
 */

/** Rows are added and dropped in blocks, so that scrolling draws only now and then. */
const block = 10

export type RowWindow = { first: number; end: number }

/** The rows from `first` up to, not including, `end`, given where the list begins in the window. */
export function rowsInWindow(
  count: number,
  rowPx: number,
  listTop: number,
  windowHeight: number,
): RowWindow {
  const top = Math.floor(-listTop / rowPx)
  const bottom = Math.ceil((windowHeight - listTop) / rowPx)
  const first = Math.floor(top / block) * block - block
  const end = Math.ceil(bottom / block) * block + block
  return {
    first: Math.min(Math.max(0, first), Math.max(0, count - 1)),
    end: Math.min(Math.max(0, end), count),
  }
}

/** Follows the window; `list` is the element whose first row begins `headPx` below its top. */
export function useWindowRows(
  list: { current: HTMLElement | null },
  count: number,
  rowPx: number,
  headPx: number,
): RowWindow {
  const text = useSyncExternalStore(subscribe, () => {
    const top = (list.current?.getBoundingClientRect().top ?? 0) + headPx
    const { first, end } = rowsInWindow(count, rowPx, top, window.innerHeight)
    return `${first} ${end}`
  })
  const [first = 0, end = 0] = text.split(' ').map(Number)
  return { first, end }
}

function subscribe(listener: () => void) {
  window.addEventListener('scroll', listener, { passive: true })
  window.addEventListener('resize', listener)
  return () => {
    window.removeEventListener('scroll', listener)
    window.removeEventListener('resize', listener)
  }
}

/** Scrolls as little as it takes to show a row whole, below what sticks to the top. */
export function showRow(
  list: HTMLElement | null,
  index: number,
  rowPx: number,
  headPx: number,
  stickyPx: number,
) {
  if (!list) return
  const top = list.getBoundingClientRect().top + headPx + index * rowPx
  const bottom = top + rowPx
  if (top < stickyPx) window.scrollBy({ top: top - stickyPx, behavior: 'instant' })
  else if (bottom > window.innerHeight)
    window.scrollBy({ top: bottom - window.innerHeight + rowPx / 2, behavior: 'instant' })
}
