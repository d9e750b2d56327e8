import type { SVGProps } from 'react'
import type { ConnectorRole } from '#contract/tunnel.ts'

/** ▲ active, △ passive, × offline, ◌ unknown, without the word. `ghost` is the place of a connector that should be there and is not. */
export function RoleShape({
  role,
  className = 'size-3',
}: {
  role: ConnectorRole | 'ghost'
  className?: string
}) {
  return (
    <svg viewBox="0 0 12 12" aria-hidden="true" className={`shrink-0 ${className}`}>
      <path {...rolePaths[role]} />
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

/** The same for a drawing of several, each in a square of 12. */
export const rolePaths: Record<ConnectorRole | 'ghost', SVGProps<SVGPathElement>> = {
  active: { ...outline, fill: 'currentColor' },
  passive: outline,
  ghost: { ...outline, strokeDasharray: '1.6 1.9' },
  offline: {
    d: 'M2.4 2.4l7.2 7.2M9.6 2.4 2.4 9.6',
    stroke: 'currentColor',
    strokeWidth: 1.6,
    strokeLinecap: 'round',
  },
  unknown: {
    d: 'M1.7 6a4.3 4.3 0 1 0 8.6 0a4.3 4.3 0 1 0-8.6 0',
    fill: 'none',
    stroke: 'currentColor',
    strokeWidth: 1.4,
    strokeDasharray: '2.2 2.3',
  },
  none: { d: 'M2.5 6h7', stroke: 'currentColor', strokeWidth: 1.4, strokeLinecap: 'round' },
}
