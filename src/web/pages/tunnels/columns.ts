import type { SortKey } from './search.ts'

/** Which columns does the list have, and which of them find room? Pure. */

export type ColumnId =
  | 'select'
  | 'status'
  | 'name'
  | 'readiness'
  | 'active'
  | 'strip'
  | 'day'
  | 'month'
  | 'colos'
  | 'connectors'
  | 'since'
  | 'changed'
  | 'age'
  | 'actions'

export type Column = {
  id: ColumnId
  head: string
  sort?: SortKey
  meaning?: string
  right?: boolean
  /** In units of the 4 px grid. Fixed, so that nothing jumps; the name takes what is left. */
  width?: number
  /** The same on a very wide screen. */
  wide?: number
  /** Columns with a turn come one after the other as there is room; the others are there always. */
  turn?: number
  /** Without it a row is no row. */
  fixed?: true
}

const available = 'Share of the observed time in which it was available'

export const columns: readonly Column[] = [
  { id: 'select', head: 'Selected', width: 8, fixed: true },
  { id: 'status', sort: 'status', head: 'Status', width: 28 },
  { id: 'name', sort: 'name', head: 'Name', fixed: true },
  {
    id: 'readiness',
    sort: 'readiness',
    head: 'HA readiness',
    meaning: 'What happens if the active connector fails now',
    width: 46,
  },
  {
    id: 'active',
    sort: 'active',
    head: 'Active connector',
    width: 40,
    wide: 60,
    turn: 2,
  },
  {
    id: 'strip',
    head: 'Last 24 h',
    meaning: 'Status above, active connector below; the worst of each half-hour',
    width: 42,
    wide: 60,
    turn: 3,
  },
  {
    id: 'day',
    sort: 'day',
    head: '24 h',
    meaning: available,
    right: true,
    width: 21,
    turn: 4,
  },
  {
    id: 'month',
    sort: 'month',
    head: '30 d',
    meaning: available,
    right: true,
    width: 21,
    turn: 5,
  },
  {
    id: 'colos',
    sort: 'colos',
    head: 'Colos',
    meaning: 'Cloudflare data centres it is connected to',
    width: 52,
    wide: 72,
    turn: 8,
  },
  {
    id: 'connectors',
    sort: 'connectors',
    head: 'Conns',
    meaning: 'Connectors / connections',
    right: true,
    width: 21,
    turn: 6,
  },
  {
    id: 'since',
    sort: 'since',
    head: 'Since',
    meaning: 'How long the status holds',
    right: true,
    width: 28,
    wide: 36,
    turn: 1,
  },
  {
    id: 'changed',
    sort: 'changed',
    head: 'Last change',
    meaning: 'The last change that Tandem saw',
    right: true,
    width: 30,
    wide: 36,
    turn: 7,
  },
  {
    id: 'age',
    sort: 'age',
    head: 'Data',
    meaning: 'How old what is shown is',
    right: true,
    width: 18,
  },
  { id: 'actions', head: 'Actions', width: 14, fixed: true },
]

/** Which columns can be chosen, in the order of the table. */
export const choosable = columns.filter(({ fixed }) => !fixed)

const lines: ColumnId[][] = [
  ['readiness', 'active'],
  ['since', 'changed'],
  ['day', 'month', 'age'],
  ['colos', 'connectors'],
]

/** What a card tells below the name, line by line. */
export const cardLines = (here: readonly Column[]): Column[][] =>
  lines.map((ids) => here.filter(({ id }) => ids.includes(id))).filter((line) => line[0])

const unitRem = 4 / 14
/** So much the name keeps at least: for 16 letters beside two badges. */
const nameRem = 15.5
const wideRem = 145

export const isWideTable = (tableRem: number) => tableRem >= wideRem

/** A column's width in rem; the name's is what it keeps at least. */
const remOf = ({ width, wide }: Column, isWide: boolean) =>
  width === undefined ? nameRem : ((isWide && wide) || width) * unitRem

/** A column's width for a style sheet. */
export const widthOf = (column: Column, isWide: boolean): string =>
  column.width === undefined ? 'auto' : `${remOf(column, isWide)}rem`

/**
 * The columns that are not there in a table of that width: those that somebody hid, and from the first one
 * that finds no room on all whose turn comes later. In the order of the table.
 */
export function absentColumns(hidden: readonly ColumnId[], tableRem: number): ColumnId[] {
  const chosen = columns.filter(({ id }) => !hidden.includes(id))
  let left = tableRem
  const here = new Set<ColumnId>()
  const inTurn = chosen.toSorted((a, b) => (a.turn ?? 0) - (b.turn ?? 0))
  for (const column of inTurn) {
    left -= remOf(column, isWideTable(tableRem))
    if (column.turn && left < 0) break
    here.add(column.id)
  }
  return columns.map(({ id }) => id).filter((id) => !here.has(id))
}
