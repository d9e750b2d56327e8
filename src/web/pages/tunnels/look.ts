import { oneOf, someOf } from '#web/api/search.ts'
import { createKept } from '#web/ui/kept.ts'
import { type ColumnId, choosable } from './columns.ts'

/** How somebody wants the list to look on this browser. */

export const densities = ['comfortable', 'compact'] as const
export type Density = (typeof densities)[number]

export type ListLook = {
  /** Kept are those that are hidden, not those that are shown: a new column is seen once. */
  hidden: readonly ColumnId[]
  density: Density
}

export const usualLook: ListLook = { hidden: [], density: 'comfortable' }

/** What is kept, whatever became of it; a column that can't be hidden is not. */
export function parseLook(stored: unknown): ListLook {
  const { hidden, density } = Object(stored) as Record<string, unknown>
  const ids = choosable.map(({ id }) => id)
  return {
    hidden: someOf(ids, hidden) ?? usualLook.hidden,
    density: oneOf(densities, density) ?? usualLook.density,
  }
}

export const listLook = createKept('tandem.list', parseLook)
