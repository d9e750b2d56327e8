import { type ReactNode, useLayoutEffect, useRef } from 'react'

/**
 * What stands beside the reader's pointer in a chart. It lies in the chart's own coordinates (CSS pixels),
 * below `top`, and never leaves the plot's sides.
 */
export function Bubble({
  x,
  width,
  top,
  children,
}: {
  x: number
  /** Of the plot. */
  width: number
  top: number
  children: ReactNode
}) {
  const ref = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const bubble = ref.current
    if (!bubble) return
    const own = bubble.offsetWidth
    const wanted = x + 14
    const left = wanted + own <= width ? wanted : Math.max(0, x - 14 - own)
    bubble.style.transform = `translate(${Math.round(Math.min(left, Math.max(0, width - own)))}px, ${Math.round(top + 6)}px)`
  })
  return (
    <div
      ref={ref}
      role="presentation"
      className="pointer-events-none absolute top-0 left-0 z-20 w-max max-w-[min(24rem,100%)] rounded-md bg-overlay px-3 py-2 text-sm text-ink shadow-overlay"
    >
      {children}
    </div>
  )
}
