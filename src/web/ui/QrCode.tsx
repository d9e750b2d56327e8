import { useMemo } from 'react'
import { toQr } from './qr.ts'

/**
 * A text as a QR code, dark on light in both themes: many cameras read no other. `label` says what it is to
 * those who can’t see it; the text itself must stand beside it.
 */
export function QrCode({
  text,
  label,
  className = 'size-44',
}: {
  text: string
  label: string
  className?: string
}) {
  const { side, path } = useMemo(() => toQr(text), [text])
  return (
    <svg
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- drawn here, so no element with a source
      role="img"
      aria-label={label}
      viewBox={`0 0 ${side} ${side}`}
      shapeRendering="crispEdges"
      className={`shrink-0 rounded-md forced-color-adjust-none ${className}`}
    >
      <path d={`M0 0h${side}v${side}h-${side}z`} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}
