/** What was measured, and is it good enough? All pure. */

export type Unit =
  | 'ms'
  | 's'
  | 'B'
  | 'KB'
  | 'MB'
  | '×'
  | '%'
  | 'calls/min'
  | 'points'
  | 'days'
  | 'changes'
  | 'nodes'
  | 'listeners'

/** `median`: what usually happens · `p95`, `p99`: what rarely is worse · `max`: the worst that was seen. */
export type Statistic = 'median' | 'p95' | 'p99' | 'max'

/** `equals` a figure of the same run: both may differ by the share `within`. Null: told, not judged. */
export type Goal =
  | { atMost: number }
  | { atLeast: number }
  | { below: number }
  | { equals: number; within: number }
  | null

export type Figure = {
  /** What a person would call it, short enough for a table. */
  name: string
  unit: Unit
  /** Every single measurement, in the order in which they were taken. */
  samples: number[]
  /** Which statistic of the samples is held against the goal. */
  by: Statistic
  goal: Goal
  /** What helps to read it, e.g. which interaction the worst one was. */
  note?: string
}

/** The value that `share` of the samples do not exceed (nearest rank): always one that was measured. */
export function percentile(samples: readonly number[], share: number): number {
  if (samples.length === 0) throw new Error('Nothing was measured.')
  const ascending = samples.toSorted((a, b) => a - b)
  return ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)] as number
}

/** The middle sample, or the mean of the two in the middle. */
export function median(samples: readonly number[]): number {
  const ascending = samples.toSorted((a, b) => a - b)
  const upper = ascending[Math.floor(ascending.length / 2)]
  const lower = ascending[Math.ceil(ascending.length / 2) - 1]
  if (upper === undefined || lower === undefined) throw new Error('Nothing was measured.')
  return (lower + upper) / 2
}

/** The one number of a figure that is held against its goal. */
export function measured({ samples, by }: Pick<Figure, 'samples' | 'by'>): number {
  if (by === 'median') return median(samples)
  return percentile(samples, { p95: 0.95, p99: 0.99, max: 1 }[by])
}

/** Whether the goal is reached; null where there is none. */
export function isReached(figure: Figure): boolean | null {
  const { goal } = figure
  if (goal === null) return null
  const value = measured(figure)
  if ('atMost' in goal) return value <= goal.atMost
  if ('atLeast' in goal) return value >= goal.atLeast
  if ('below' in goal) return value < goal.below
  return Math.abs(value - goal.equals) <= goal.equals * goal.within
}
