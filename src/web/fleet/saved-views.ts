import { stringifySearch } from '#web/api/search.ts'
import { createKept } from '#web/ui/kept.ts'
import { visibleName } from '#web/ui/names.ts'

/** The views of the list that somebody named, on this browser. A view is what the list's address says. */

export type SavedView = {
  /** No two views have the same one, however it is written. */
  name: string
  /** As `viewSearch` writes it, e.g. `?q=lon&status=down`; empty: all tunnels. */
  search: string
}

export const mostViews = 50
export const longestViewName = 60

/**
 * What an address says about the list, in one way of several: whatever stands in it but a dialog, its words
 * in the order of the alphabet.
 */
export function viewSearch(search: Record<string, unknown>): string {
  const words = Object.entries(search).filter(([key]) => key !== 'dialog')
  return stringifySearch(Object.fromEntries(words.toSorted(([a], [b]) => (a < b ? -1 : 1))))
}

const nameOf = (text: string) => visibleName(text).slice(0, longestViewName).trim()
const isSame = (a: string, b: string) =>
  nameOf(a).toLocaleLowerCase() === nameOf(b).toLocaleLowerCase()

/** Those of what is stored that are views, whatever became of the rest. */
export function parseViews(stored: unknown): SavedView[] {
  const views: SavedView[] = []
  for (const one of Array.isArray(stored) ? stored : []) {
    const { name, search } = Object(one) as Record<string, unknown>
    if (typeof name !== 'string' || typeof search !== 'string') continue
    if (!/^(\?|$)/.test(search) || whyNotName(views, name)) continue
    views.push({ name: nameOf(name), search })
  }
  return views
}

export const savedViews = createKept('tandem.views', parseViews)

/** The view that is open at that address, or undefined. */
export const openView = (views: readonly SavedView[], search: string): SavedView | undefined =>
  views.find((view) => view.search === search)

/** Why a view can't have that name, or null. */
export function whyNotName(views: readonly SavedView[], name: string, now?: string): string | null {
  if (nameOf(name) === '') return 'A view needs a name.'
  if (views.some((view) => view.name !== now && isSame(view.name, name)))
    return 'Another view has that name.'
  return now === undefined && views.length >= mostViews
    ? `There are ${mostViews} views already; delete one first.`
    : null
}

export const withView = (
  views: readonly SavedView[],
  name: string,
  search: string,
): SavedView[] => [...views, { name: nameOf(name), search }]

/** The view of that name, with another name or for another address. */
export const withChange = (
  views: readonly SavedView[],
  name: string,
  change: Partial<SavedView>,
): SavedView[] =>
  views.map((view) =>
    view.name === name
      ? { ...view, ...change, ...(change.name === undefined ? {} : { name: nameOf(change.name) }) }
      : view,
  )

export const withoutView = (views: readonly SavedView[], name: string): SavedView[] =>
  views.filter((view) => view.name !== name)
