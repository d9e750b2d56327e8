import type { EventKind } from '#contract/history.ts'

/** The kinds of entries as people ask for them: a few families instead of twenty words. */
export const families = [
  {
    label: 'Failovers',
    meaning: 'Failovers, switches of the active connector, time without one',
    kinds: [
      'active-changed',
      'no-active-began',
      'no-active-ended',
      'failover-started',
      'failover-ended',
      'failover-after',
    ],
  },
  { label: 'Status', meaning: 'A tunnel’s status changed', kinds: ['status-changed'] },
  {
    label: 'Connectors',
    meaning: 'Connectors joined, left, changed role or version',
    kinds: ['role-changed', 'connector-joined', 'connector-gone', 'version-changed'],
  },
  {
    label: 'Connections',
    meaning: 'Connections opened, closed or moved to another colo',
    kinds: ['connection-opened', 'connection-closed', 'connection-moved'],
  },
  {
    label: 'Settings',
    meaning: 'Tunnels created, renamed, deleted; HA configuration changed',
    kinds: [
      'tunnel-created',
      'tunnel-appeared',
      'tunnel-renamed',
      'tunnel-deleted',
      'configuration-changed',
    ],
  },
  {
    label: 'Watching',
    meaning: 'Tandem itself stopped watching, or went on',
    kinds: ['watching-stopped', 'watching-resumed'],
  },
] as const satisfies readonly { label: string; meaning: string; kinds: readonly EventKind[] }[]

/** Whether a family is asked for whole, in part, or not at all. */
export function chosen(
  kinds: readonly EventKind[] | undefined,
  family: readonly EventKind[],
): boolean | 'mixed' {
  const count = family.filter((kind) => kinds?.includes(kind)).length
  return count === 0 ? false : count === family.length ? true : 'mixed'
}

/** The choice with a family more or less; undefined when nothing is left of it: then all are shown. */
export function toggled(
  kinds: readonly EventKind[] | undefined,
  family: readonly EventKind[],
): EventKind[] | undefined {
  const rest = (kinds ?? []).filter((kind) => !family.includes(kind))
  const next = chosen(kinds, family) === true ? rest : [...rest, ...family]
  return next.length > 0 ? next : undefined
}
