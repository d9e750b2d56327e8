import type { TunnelsSearch } from '#web/router.tsx'

/** Made of what was asked for last: of two quick presses, the second comes before the first is drawn. */
export type Change = (old: TunnelsSearch) => Partial<TunnelsSearch>

/** What the list can be sorted by. Without a choice the worst come first. */
export const sortKeys = [
  'status',
  'name',
  'readiness',
  'active',
  'colos',
  'connectors',
  'since',
  'changed',
  'age',
  'day',
  'month',
] as const
export type SortKey = (typeof sortKeys)[number]
