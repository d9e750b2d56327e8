import type { AuditWhat } from '#contract/audit.ts'
import type { Family } from '#web/log/families.ts'

/** What people do, in the few groups in which one looks for it. */
export const families: readonly Family<AuditWhat>[] = [
  {
    label: 'Failovers',
    meaning: 'Failovers, and which connector is preferred',
    kinds: ['failoverRun', 'preferencePut'],
  },
  {
    label: 'Tunnels',
    meaning: 'Tunnels created, renamed, tagged, deleted; HA configuration changed',
    kinds: ['tunnelCreate', 'tunnelUpdate', 'tunnelTag', 'tunnelDelete', 'configurationPut'],
  },
  {
    label: 'Notes',
    meaning: 'Acknowledgements, notes and maintenance',
    kinds: ['acknowledgementAdd', 'noteAdd', 'noteDelete', 'maintenanceAdd', 'maintenanceEnd'],
  },
  { label: 'Secrets', meaning: 'Install tokens that somebody saw', kinds: ['tokenGet'] },
  {
    label: 'Sign-ins',
    meaning: 'Signing in and out, failed sign-ins, passwords, second factors, sessions',
    kinds: [
      'signed-in',
      'sign-in-failed',
      'signed-out',
      'session-revoked',
      'password-changed',
      'second-factor-added',
      'second-factor-removed',
    ],
  },
  {
    label: 'People and screens',
    meaning: 'Who may come in, and with which role',
    kinds: [
      'set-up',
      'person-added',
      'person-changed',
      'person-disabled',
      'person-removed',
      'password-reset',
      'invitation-made',
      'invitation-revoked',
      'invitation-accepted',
      'screen-paired',
      'screen-link-made',
      'screen-claimed',
      'screen-renamed',
      'screen-revoked',
    ],
  },
  {
    label: 'Refused',
    meaning: 'What somebody tried and may not do; what another site tried',
    kinds: ['refused'],
  },
]
