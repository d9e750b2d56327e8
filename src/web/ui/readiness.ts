import type { ReadinessKind } from '#contract/tunnel.ts'

type Look = {
  word: string
  /** Where there is little room. */
  short?: string
  ink: string
  meaning: string
}

/** The words and colours of HA readiness; `ready` counts its standbys instead of using its word. */
export const readinessLooks: Record<ReadinessKind, Look> = {
  ready: {
    word: 'Ready',
    ink: 'text-good',
    meaning: 'A standby takes over if the active one fails',
  },
  exposed: {
    word: 'No standby',
    ink: 'text-warn',
    meaning: 'Nobody takes over if the active connector fails',
  },
  'no-active': {
    word: 'No active',
    ink: 'text-bad',
    meaning: 'Connectors are connected, but none of them is active',
  },
  disconnected: {
    word: 'None connected',
    short: 'Offline',
    ink: 'text-bad',
    meaning: 'No connector is connected',
  },
  conflict: {
    word: 'Two active',
    ink: 'text-bad',
    meaning: 'Cloudflare reports more than one active connector',
  },
  'not-ha': { word: 'Not HA', ink: 'text-ink-3', meaning: 'Cloudflare reports no HA for it' },
  unknown: { word: 'Unknown', ink: 'text-unknown', meaning: 'Not known yet who is active' },
}

/** "2 standbys", "1 standby", "No standby", "Not HA", … */
export function readinessText(readiness: ReadinessKind, standbyCount: number): string {
  if (readiness !== 'ready') return readinessLooks[readiness].word
  return standbyCount === 1 ? '1 standby' : `${standbyCount} standbys`
}
