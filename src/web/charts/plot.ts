import { useLayoutEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { rootPx } from '#web/ui/root-size.ts'

/** How much room has a plot? Lengths in CSS pixels; `unit` is a fourteenth of the root's type size. */
export type PlotSize = { width: number; dpr: number; unit: number }

/** Too narrow for names beside the lanes: they go above them. */
export const narrowPx = 560

/**
 * On paper, which can't be measured before the page is laid out on it: A4 upright without margins and frames.
 * A plot that is wider makes the browser shrink the whole page, to letters that nobody reads.
 */
const onPaper = (size: PlotSize | null): PlotSize => ({
  width: Math.min(size?.width ?? Infinity, 620),
  dpr: 2,
  unit: 1,
})

/** Of the plot that was measured last: those of a window are equally wide. */
let last: { windowPx: number; size: PlotSize } | null = null

/**
 * Measures an element before it is first painted and whenever its size or the screen's density changes; while
 * it is printed it has the room of paper. Where another plot told already how wide it will be, the browser need
 * not lay out in the middle of drawing.
 */
export function usePlotSize(ref: { current: HTMLElement | null }): PlotSize | null {
  const [size, setSize] = useState(() => (last?.windowPx === window.innerWidth ? last.size : null))
  const isKnown = useRef(size !== null)
  useLayoutEffect(() => {
    const element = ref.current
    if (!element) return
    const measure = () => {
      const next = {
        width: Math.floor(element.clientWidth),
        dpr: Math.max(1, window.devicePixelRatio || 1),
        unit: rootPx() / 14,
      }
      last = { windowPx: window.innerWidth, size: next }
      setSize((old) =>
        old && old.width === next.width && old.dpr === next.dpr && old.unit === next.unit
          ? old
          : next,
      )
    }
    const toPaper = () => flushSync(() => setSize(onPaper))
    if (!isKnown.current) measure()
    const sizes = new ResizeObserver(measure)
    sizes.observe(element)
    window.addEventListener('resize', measure)
    window.addEventListener('beforeprint', toPaper)
    window.addEventListener('afterprint', measure)
    return () => {
      sizes.disconnect()
      window.removeEventListener('resize', measure)
      window.removeEventListener('beforeprint', toPaper)
      window.removeEventListener('afterprint', measure)
    }
  }, [ref])
  return size
}

/** The marks of a time axis are not nearer than this, in units. */
export const tickApartPx = 72

/** Lanes and what is around them, in CSS pixels. Charts of one page share `gutter`, so that times align. */
export type Geometry = {
  /** Room for names at the left of the plot. */
  gutter: number
  railHeight: number
  laneHeight: number
  /** Where a lane's band lies in it. */
  bandTop: number
  bandHeight: number
  axisHeight: number
}

/** Past so many lanes they are drawn thinner. */
const roomyLanes = 12

export function geometryOf(lanes: number, stacked: boolean, unit: number): Geometry {
  const thin = lanes > roomyLanes
  const [laneHeight, bandTop, bandHeight] = stacked
    ? [40, 19, 17]
    : thin
      ? [22, 3, 16]
      : [28, 4, 20]
  return {
    gutter: gutterOf(stacked, unit),
    railHeight: Math.round(24 * unit),
    laneHeight: Math.round(laneHeight * unit),
    bandTop: Math.round(bandTop * unit),
    bandHeight: Math.round(bandHeight * unit),
    axisHeight: Math.round(24 * unit),
  }
}

export const gutterOf = (stacked: boolean, unit: number) => (stacked ? 0 : Math.round(112 * unit))

/** The height of a whole timeline in rem, to keep its room before it is there. */
export function timelineRem(lanes: number): number {
  const { railHeight, laneHeight, axisHeight } = geometryOf(lanes, false, 1)
  return (railHeight + lanes * laneHeight + axisHeight) / 14
}

/** The height of the chart of connections with its legend, rem. */
export const connectionsRem = 13.5
