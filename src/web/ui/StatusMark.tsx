import type { TunnelStatus } from '#contract/tunnel.ts'
import { tip } from './tip.ts'

/** The words and colours of a tunnel's status, for marks, filters and titles. */
export const statusLooks: Record<TunnelStatus, { word: string; ink: string; meaning: string }> = {
  healthy: { word: 'Healthy', ink: 'text-good', meaning: 'Connected to Cloudflare' },
  degraded: {
    word: 'Degraded',
    ink: 'text-warn',
    meaning: 'Connected, but Cloudflare calls its state unhealthy',
  },
  down: { word: 'Down', ink: 'text-bad', meaning: 'No connections to Cloudflare' },
  inactive: { word: 'Inactive', ink: 'text-unknown', meaning: 'Never run' },
  unknown: {
    word: 'Unknown',
    ink: 'text-unknown',
    meaning: 'Not reported, or a word Tandem does not know',
  },
}

/**
 * Shape, colour and word: ● healthy ◐ degraded ■ down ○ inactive ◌ unknown. A stale mark keeps its
 * shape but loses its colour, because nobody knows whether it is still true.
 */
export function StatusMark({
  status,
  reported = null,
  stale = false,
  className = '',
}: {
  status: TunnelStatus
  /** Cloudflare's own word when it is one we do not know. */
  reported?: string | null
  stale?: boolean
  className?: string
}) {
  const look = statusLooks[status]
  const text = reported ?? look.word
  return (
    <span
      className={`whitespace-nowrap ${stale ? 'text-ink-2' : ''} ${className}`}
      {...tip(
        stale
          ? `${look.word} when last seen; too old to be trusted`
          : reported
            ? `Cloudflare reports “${reported}”, which Tandem does not know`
            : look.meaning,
      )}
    >
      <StatusShape status={status} stale={stale} className="mid-3 mr-2 size-3" />
      {text}
      {stale ? <span className="sr-only"> (stale)</span> : null}
    </span>
  )
}

/** The shape alone, for places that say the word themselves. */
export function StatusShape({
  status,
  stale = false,
  className = 'size-3',
}: {
  status: TunnelStatus
  stale?: boolean
  className?: string
}) {
  return (
    <svg
      viewBox="0 0 12 12"
      aria-hidden="true"
      className={`shrink-0 ${stale ? 'text-unknown' : statusLooks[status].ink} ${className}`}
    >
      {stale ? <StaleShape status={status} /> : shapes[status]}
    </svg>
  )
}

const shapes = {
  healthy: <circle cx="6" cy="6" r="5" fill="currentColor" />,
  degraded: (
    <>
      <circle cx="6" cy="6" r="4.4" fill="none" stroke="currentColor" strokeWidth="1.3" />
      <path d="M6 1.2a4.8 4.8 0 0 0 0 9.6Z" fill="currentColor" />
    </>
  ),
  down: <rect x="1.2" y="1.2" width="9.6" height="9.6" rx="1" fill="currentColor" />,
  inactive: <circle cx="6" cy="6" r="4.3" fill="none" stroke="currentColor" strokeWidth="1.4" />,
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
} as const

/** The outline of the last shape, hatched. */
function StaleShape({ status }: { status: TunnelStatus }) {
  const hatch = (
    <path
      d="M2.4 7.2 7.2 2.4M3.2 9.6l6.4-6.4M5.6 10.4l4.4-4.4"
      stroke="currentColor"
      strokeWidth="0.9"
    />
  )
  return status === 'down' ? (
    <>
      <rect x="1.7" y="1.7" width="8.6" height="8.6" rx="1" fill="none" stroke="currentColor" />
      {hatch}
    </>
  ) : (
    <>
      <circle cx="6" cy="6" r="4.8" fill="none" stroke="currentColor" />
      {status === 'inactive' || status === 'unknown' ? null : hatch}
    </>
  )
}
