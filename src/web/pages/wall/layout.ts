import type { Density } from './settings.ts'

/**
 * How do so many tiles fill a screen exactly, legible from six metres? All lengths in pixels. Pure.
 *
 * A tile is measured in its own text size: so many characters wide, so many lines high. The text is as large
 * as lets all tiles fit; where it would be smaller than what can be read, there are pages.
 */

export type Layout = {
  columns: number
  rows: number
  /** Tiles on a page. */
  perPage: number
  pages: number
  /** Text size of a tile. */
  textPx: number
}

/** The least height of text that carries state, as a part of the screen's height. */
export const leastText = 0.022
/** Larger than this nothing is easier to read. */
const mostText = 0.06

/** What a tile needs, in sizes of its text. */
const tileSizes: Record<Density, { width: number; height: number }> = {
  roomy: { width: 13, height: 5.6 },
  normal: { width: 10.5, height: 5 },
  dense: { width: 8.2, height: 3.1 },
}

/**
 * @param count tiles to be shown
 * @param room width and height for the tiles
 * @param screenHeight of which the text must be a part
 */
export function layoutOf(
  count: number,
  room: { width: number; height: number },
  screenHeight: number,
  density: Density,
): Layout {
  const need = tileSizes[density]
  const least = leastText * screenHeight
  const most = mostText * screenHeight
  const textOf = (columns: number, rows: number) =>
    Math.min(room.width / columns / need.width, room.height / rows / need.height)
  const fits = (columns: number, rows: number): Layout => ({
    columns,
    rows,
    perPage: columns * rows,
    pages: Math.max(1, Math.ceil(count / (columns * rows))),
    textPx: Math.max(least, Math.min(most, textOf(columns, rows))),
  })

  let best: Layout | null = null
  for (let columns = 1; columns <= Math.max(1, count); columns += 1) {
    const rows = Math.ceil(count / columns) || 1
    if (textOf(columns, rows) < least) continue
    const next = fits(columns, rows)
    // Of equally legible ones the one that leaves fewer places empty.
    if (!best || next.textPx > best.textPx || isFuller(next, best)) best = next
  }
  if (best) return best
  return fits(
    Math.max(1, Math.floor(room.width / (need.width * least))),
    Math.max(1, Math.floor(room.height / (need.height * least))),
  )
}

const isFuller = (a: Layout, b: Layout) => a.textPx === b.textPx && a.perPage < b.perPage
