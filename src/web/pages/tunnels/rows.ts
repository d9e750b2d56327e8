/** What the list can be sorted by. */
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
] as const
export type SortKey = (typeof sortKeys)[number]
