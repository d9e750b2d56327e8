/** Which rows are selected? */

export type Selection = {
  ids: ReadonlySet<string>
  /** Where a stretch begins that is then drawn out: the row that was selected last. */
  anchor: string | null
  /** What was selected before that stretch: it may be drawn in again. */
  before: ReadonlySet<string>
}

const none: ReadonlySet<string> = new Set()
export const nothingSelected: Selection = { ids: none, anchor: null, before: none }

export function toggled({ ids }: Selection, id: string): Selection {
  const next = new Set(ids)
  if (!next.delete(id)) next.add(id)
  return { ids: next, anchor: id, before: next }
}

/**
 * From the anchor to that row, in the order that is shown, and what was selected before.
 *
 * @param from the anchor where there is none, or where it is not shown any more
 */
export function stretched(
  { anchor, before, ids }: Selection,
  shown: readonly string[],
  id: string,
  from: string,
): Selection {
  const kept = anchor !== null && shown.includes(anchor)
  const start = kept ? anchor : from
  const base = kept ? before : ids
  const [first, last] = [shown.indexOf(start), shown.indexOf(id)].toSorted((a, b) => a - b)
  if (first === undefined || last === undefined || first < 0)
    return toggled({ ids: base, anchor, before }, id)
  return {
    ids: new Set([...base, ...shown.slice(first, last + 1)]),
    anchor: start,
    before: base,
  }
}

/** With all that are shown; what the filters hide stays selected. */
export const withShown = ({ ids }: Selection, shown: readonly string[]): Selection => ({
  ids: new Set([...ids, ...shown]),
  anchor: null,
  before: none,
})

/** Without those that are shown. */
export const withoutShown = ({ ids }: Selection, shown: readonly string[]): Selection => {
  const left = new Set(ids)
  for (const id of shown) left.delete(id)
  return { ids: left, anchor: null, before: none }
}

/** Without those that are gone; the same object where all are there. */
export function surviving(selection: Selection, exists: (id: string) => boolean): Selection {
  if ([...selection.ids].every(exists)) return selection
  const only = (ids: ReadonlySet<string>) => new Set([...ids].filter(exists))
  return { ...selection, ids: only(selection.ids), before: only(selection.before) }
}

export type SelectionStore = ReturnType<typeof createSelection>

/** Kept beside the page's state on purpose: with a thousand rows only those whose own box changes are drawn. */
export function createSelection() {
  let selection = nothingSelected
  let shown: readonly string[] = []
  const listeners = new Set<() => void>()
  const become = (next: Selection) => {
    if (next === selection) return
    selection = next
    for (const each of listeners) each()
  }
  return {
    subscribe: (listener: () => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    ids: () => selection.ids,
    /** Tells the rows that are shown, in their order. */
    show: (ids: readonly string[]) => {
      shown = ids
    },
    toggle: (id: string) => become(toggled(selection, id)),
    stretchTo: (id: string, from = id) => become(stretched(selection, shown, id, from)),
    selectShown: () => become(withShown(selection, shown)),
    unselectShown: () => become(withoutShown(selection, shown)),
    clear: () => become(nothingSelected),
    survive: (exists: (id: string) => boolean) => become(surviving(selection, exists)),
  }
}
