import { type Density, densities } from './settings.ts'

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
  gapPx: number
  /**
   * A tile's size, in whole pixels: a tile that moves up by a place is the same picture there. At a fraction of a
   * pixel more or less all that is in it would have to be placed and painted anew.
   */
  widthPx: number
  heightPx: number
  density: Density
}
type Grid = Omit<Layout, 'gapPx' | 'widthPx' | 'heightPx'>

/** The least height of text that carries state, as a part of the screen's height. */
export const leastText = 0.022
/** Larger than this nothing is easier to read. */
const mostText = 0.06
const gap = 0.006

/** What a tile needs, in sizes of its text, and from which part of the screen's height on its text is worth it. */
const tiles: Record<Density, { width: number; height: number; from: number }> = {
  roomy: { width: 13.3, height: 7.4, from: 0.03 },
  normal: { width: 12.7, height: 6.1, from: leastText },
  dense: { width: 12.7, height: 3.7, from: leastText },
}

type Room = { width: number; height: number }

/**
 * @param count tiles to be shown
 * @param room width and height for the tiles
 * @param screenHeight of which the text must be a part
 * @param density undefined: as few pages as can be, and of the tiles that fit on them those that tell most
 */
export function layoutOf(
  count: number,
  room: Room,
  screenHeight: number,
  density: Density | undefined,
): Layout {
  const grid = gridOf(count, room, screenHeight, density)
  const gapPx = gapOf(screenHeight)
  return {
    ...grid,
    gapPx,
    widthPx: partOf(room.width, grid.columns, gapPx),
    heightPx: partOf(room.height, grid.rows, gapPx),
  }
}

const gapOf = (screenHeight: number) => Math.round(gap * screenHeight)
/** One of so many equal parts of a length that have gaps between them, in whole pixels. */
const partOf = (length: number, parts: number, gapPx: number) =>
  Math.floor((length + gapPx) / parts) - gapPx

function gridOf(
  count: number,
  room: Room,
  screenHeight: number,
  density: Density | undefined,
): Grid {
  if (density) return paged(count, room, screenHeight, density)
  const fewest = paged(count, room, screenHeight, 'dense')
  const telling = densities
    .map((each) => filled(fewest.perPage, room, screenHeight, each))
    .find(
      ({ pages, textPx, density }) => pages === 1 && textPx >= tiles[density].from * screenHeight,
    )
  return telling ? { ...telling, perPage: fewest.perPage, pages: fewest.pages } : fewest
}

/** Pages that are equally full: the last one is no half-empty wall. */
function paged(count: number, room: Room, screenHeight: number, density: Density): Grid {
  const { pages } = filled(count, room, screenHeight, density)
  const layout = filled(Math.ceil(count / pages), room, screenHeight, density)
  return { ...layout, perPage: Math.ceil(count / pages), pages }
}

function filled(count: number, room: Room, screenHeight: number, density: Density): Grid {
  const need = tiles[density]
  const least = leastText * screenHeight
  const largest = mostText * screenHeight
  const gapPx = gapOf(screenHeight)
  const textOf = (columns: number, rows: number) =>
    Math.min(
      partOf(room.width, columns, gapPx) / need.width,
      partOf(room.height, rows, gapPx) / need.height,
    )
  const fits = (columns: number, rows: number): Grid => ({
    columns,
    rows,
    perPage: columns * rows,
    pages: Math.max(1, Math.ceil(count / (columns * rows))),
    density,
    textPx: Math.max(least, Math.min(largest, textOf(columns, rows))),
  })

  let best: Grid | null = null
  for (let columns = 1; columns <= Math.max(1, count); columns += 1) {
    const rows = Math.ceil(count / columns) || 1
    if (textOf(columns, rows) < least) continue
    const next = fits(columns, rows)
    // Of equally legible ones the one that leaves fewer places empty.
    if (!best || next.textPx > best.textPx || isFuller(next, best)) best = next
  }
  if (best) return best
  const most = (length: number, size: number) =>
    Math.max(1, Math.floor((length + gapPx) / (size * least + gapPx)))
  return fits(most(room.width, need.width), most(room.height, need.height))
}

const isFuller = (a: Grid, b: Grid) => a.textPx === b.textPx && a.perPage < b.perPage
