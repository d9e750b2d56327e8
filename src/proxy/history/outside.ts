import type { Window } from '#contract/marks.ts'

/** Time with and without maintenance. Pure; a stretch includes its begin and not its end. */

/** The same time as stretches that neither overlap nor touch, in the order of time, within `bounds`. */
export function merged(windows: readonly Window[], bounds: Window): Window[] {
  const result: Window[] = []
  const clipped = windows
    .map(({ from, to }) => ({ from: Math.max(from, bounds.from), to: Math.min(to, bounds.to) }))
    .filter(({ from, to }) => from < to)
    .toSorted((a, b) => a.from - b.from)
  for (const window of clipped) {
    const last = result.at(-1)
    if (last && window.from <= last.to) last.to = Math.max(last.to, window.to)
    else result.push(window)
  }
  return result
}

/**
 * What of these stretches lies outside of the windows, cut where they meet.
 *
 * @param windows as `merged` makes them
 */
export function outside<T extends Window>(
  stretches: readonly T[],
  windows: readonly Window[],
): T[] {
  return stretches.flatMap((stretch) => {
    const pieces: T[] = []
    let from = stretch.from
    for (const window of windows) {
      if (window.to <= from || window.from >= stretch.to) continue
      if (window.from > from) pieces.push({ ...stretch, from, to: window.from })
      from = Math.min(stretch.to, window.to)
    }
    if (from < stretch.to) pieces.push({ ...stretch, from })
    return pieces
  })
}
