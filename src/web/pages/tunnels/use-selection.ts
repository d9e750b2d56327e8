import { createContext, use, useEffect, useSyncExternalStore } from 'react'
import type { Tunnel } from '#contract/tunnel.ts'
import { useShortcut } from '#web/ui/shortcuts.ts'
import { isHead, type Line, tunnelsOf } from './rows.ts'
import { createSelection, type SelectionStore } from './selection.ts'

/** The page's selection, handed down to rows that are drawn only when their own box changes. */
export const SelectionContext = createContext<SelectionStore>(createSelection())

export const useSelection = () => use(SelectionContext)

export function useIsSelected(tunnelId: string): boolean {
  const { subscribe, ids } = useSelection()
  return useSyncExternalStore(subscribe, () => ids().has(tunnelId))
}

/** How much of what is shown is selected. */
export function useShownSelected(rows: readonly Tunnel[]): 'none' | 'some' | 'all' {
  const { subscribe, ids } = useSelection()
  return useSyncExternalStore(subscribe, () => {
    const selected = ids()
    if (selected.size === 0 || rows.length === 0) return 'none'
    if (rows.every(({ id }) => selected.has(id))) return 'all'
    return rows.some(({ id }) => selected.has(id)) ? 'some' : 'none'
  })
}

export function useAnySelected({ subscribe, ids }: SelectionStore): boolean {
  return useSyncExternalStore(subscribe, () => ids().size > 0)
}

/** Does something with the row that keys act on, which is at that place. */
export type Act = (run: (row: Line, at: number) => void) => void

/** The keys of selecting. `go` moves to a row. */
export function SelectKeys({
  rows,
  act,
  go,
}: {
  rows: readonly Line[]
  act: Act
  go: (index: number) => void
}) {
  const selection = useSelection()
  useEffect(() => selection.show(tunnelsOf(rows).map(({ id }) => id)), [selection, rows])

  useShortcut('select', () =>
    act((row, at) => {
      if (isHead(row)) return
      go(at)
      selection.toggle(row.id)
    }),
  )
  useShortcut('stretch', ({ key }) =>
    act((from, at) => {
      const to = rows[Math.min(Math.max(0, at + (key === 'ArrowUp' ? -1 : 1)), rows.length - 1)]
      if (!to) return
      go(rows.indexOf(to))
      // The head of a group is on the way only.
      if (!isHead(to)) selection.stretchTo(to.id, isHead(from) ? to.id : from.id)
    }),
  )
  useShortcut('selectAll', selection.selectShown)
  return null
}
