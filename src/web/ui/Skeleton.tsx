import type { CSSProperties } from 'react'

/** The room that something will take once it is there. Hidden from screen readers: say "Loading" once. */
export function Skeleton({
  className = 'h-4 w-full',
  style,
}: {
  className?: string
  style?: CSSProperties
}) {
  return (
    <span aria-hidden="true" className={`block rounded-sm bg-hover ${className}`} style={style} />
  )
}
