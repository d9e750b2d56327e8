import type { ConnectorRole } from '#contract/tunnel.ts'
import { tip } from './Tooltip.tsx'

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

/** The shape alone. `ghost` is the place of a connector that should be there and is not. */
export function RoleShape({
  role,
  className = 'size-3',
}: {
  role: ConnectorRole | 'ghost'
  className?: string
}) {
  return (
    <svg viewBox="0 0 12 12" aria-hidden="true" className={`shrink-0 ${className}`}>
      {shapes[role]}
    </svg>
  )
}

const triangle = 'M6 1.6 11 10.4H1L6 1.6Z'
const outline = {
  d: triangle,
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: 1.2,
  strokeLinejoin: 'round',
} as const

const shapes = {
  active: <path {...outline} fill="currentColor" />,
  passive: <path {...outline} />,
  ghost: <path {...outline} strokeDasharray="1.6 1.9" />,
  offline: (
    <path
      d="M2.4 2.4l7.2 7.2M9.6 2.4 2.4 9.6"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
    />
  ),
  unknown: (
    <circle
      cx="6"
      cy="6"
      r="4.3"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeDasharray="2.2 2.3"
    />
  ),
  none: <path d="M2.5 6h7" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" />,
} as const
