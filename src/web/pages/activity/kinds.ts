import type { EventKind } from '#contract/history.ts'
import type { Family } from '#web/log/families.ts'

/** The kinds of entries as people ask for them: a few families instead of twenty words. */
export const families = [
  {
    label: 'Failovers',
    meaning: 'Failovers, switches of the active connector, time without one or with several',
    kinds: [
      'active-changed',
      'no-active-began',
      'no-active-ended',
      'several-active-began',
      'several-active-ended',
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
    label: 'Notes',
    meaning: 'Acknowledgements, notes and maintenance',
    kinds: ['acknowledged', 'noted', 'note-deleted', 'maintenance-planned', 'maintenance-ended'],
  },
  {
    label: 'Watching',
    meaning: 'Tandem itself stopped watching, or went on',
    kinds: ['watching-stopped', 'watching-resumed'],
  },
] as const satisfies readonly Family<EventKind>[]
