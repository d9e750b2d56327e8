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
