import { createContext, use, useEffect, useRef, useState } from 'react'
import type { Stretch } from './range.ts'

/** The moment that the address points at, epoch ms; null: none. One for all charts of a page. */
export const MomentContext = createContext<number | null>(null)

/** Marks that moment in a chart whose plot is `width` pixels wide; it fills the height of what it lies in. */
export function MomentLine({ stretch: { from, to }, width }: { stretch: Stretch; width: number }) {
  const moment = use(MomentContext)
  if (moment === null || moment < from || moment > to) return null
  return (
    <div
      aria-hidden="true"
      className="pointer-events-none absolute inset-y-0 left-0 w-0 border-l-2 border-dashed border-ink"
      style={{ transform: `translateX(${((moment - from) / (to - from)) * width - 1}px)` }}
    />
  )
}

/**
 * A link to a moment opens at the chart that shows it: at the top of the page one looked for it in vain. Once, and
 * not where somebody has scrolled or came back to where they were.
 *
 * @returns the ref of that chart, which is mounted when it has something to show
 */
export function useMomentInView() {
  const chart = useRef<HTMLDivElement>(null)
  const moment = use(MomentContext)
  const [isLinked] = useState(moment !== null)
  useEffect(() => {
    if (isLinked && window.scrollY === 0) chart.current?.scrollIntoView()
  }, [isLinked])
  return chart
}
