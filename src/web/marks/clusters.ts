import type { Mark } from '#contract/marks.ts'
import type { Stretch } from '#web/charts/range.ts'

/** Marks that lie too near to be told apart, as one. `x` is the middle of them, CSS pixels. */
export type Cluster = { x: number; marks: Mark[] }

/** Notes and acknowledgements on a rail of that width; maintenance has bands of its own. Pure. */
export function clustersOf(
  marks: readonly Mark[],
  { from, to }: Stretch,
  width: number,
  apart: number,
): Cluster[] {
  const clusters: Cluster[] = []
  const moments = marks
    .filter(({ kind, at }) => kind !== 'maintenance' && at >= from && at <= to)
    .toSorted((a, b) => a.at - b.at)
  for (const mark of moments) {
    const x = ((mark.at - from) / (to - from)) * width
    const last = clusters.at(-1)
    if (last && x - last.x < apart) {
      last.marks.push(mark)
      last.x += (x - last.x) / last.marks.length
    } else clusters.push({ x, marks: [mark] })
  }
  return clusters
}
