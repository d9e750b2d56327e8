import type { ConnectorRole } from '#contract/tunnel.ts'
import { RoleShape } from './RoleShape.tsx'
import { tip } from './tip.ts'

/** The words and colours of a connector's HA role. */
export const roleLooks: Record<ConnectorRole, { word: string; ink: string; meaning: string }> = {
  active: { word: 'Active', ink: 'text-good', meaning: 'Carries the traffic' },
  passive: {
    word: 'Passive',
    ink: 'text-ink-3',
    meaning: 'Connected and standing by: takes over when the active one is lost',
  },
  offline: { word: 'Offline', ink: 'text-bad', meaning: 'Not connected: can’t take over' },
  unknown: { word: 'Unknown', ink: 'text-unknown', meaning: 'Role not reported' },
  none: { word: 'No HA role', ink: 'text-unknown', meaning: 'The tunnel is not HA' },
}

/** ▲ active, △ passive, × offline, ◌ unknown, with the word. */
export function RoleMark({
  role,
  reported = null,
  stale = false,
  className = '',
}: {
  role: ConnectorRole
  reported?: string | null
  stale?: boolean
  className?: string
}) {
  const look = roleLooks[role]
  const text = reported ?? look.word
  return (
    <span
      className={`inline-flex items-center gap-1.5 whitespace-nowrap ${className}`}
      {...tip(
        stale
          ? `${look.word} when last seen; too old to be trusted`
          : reported
            ? `Cloudflare reports “${reported}”, which Tandem does not know`
            : look.meaning,
      )}
    >
      <RoleShape role={role} className={`size-3 ${stale ? 'text-unknown' : look.ink}`} />
      <span className={stale ? 'text-ink-2' : ''}>
        {text}
        {stale ? <span className="sr-only"> (stale)</span> : null}
      </span>
    </span>
  )
}
