import { type PointerEvent, useId, useRef, useState } from 'react'
import { useCursor } from './cursor.ts'
import type { Stretch } from './range.ts'

/** Pointing at a time and dragging over a stretch, for charts without lanes. Lengths in CSS pixels. */
export function useStretchPointer({
  stretch: { from, to },
  width,
  onZoom,
  onBack,
}: {
  stretch: Stretch
  width: number
  /** Left out where the chart stands still: then it can only be pointed at. */
  onZoom: ((stretch: Stretch) => void) | undefined
  onBack: (() => void) | undefined
}) {
  const cursor = useCursor()
  const chart = useId()
  const [x, setX] = useState<number | null>(null)
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null)
  const press = useRef<number | null>(null)

  const timeAt = (left: number) => from + (Math.min(Math.max(0, left), width) / width) * (to - from)
  const place = (event: PointerEvent<HTMLElement>) =>
    event.clientX - event.currentTarget.getBoundingClientRect().left
  const leave = () => {
    if (press.current !== null) return
    cursor.set(null, chart)
    setX(null)
  }
  const point = (left: number) => {
    cursor.set(timeAt(left), chart)
    setX(left)
  }
  return {
    drag,
    x: x ?? 0,
    at: x === null ? null : timeAt(x),
    handlers: {
      onPointerMove: (event: PointerEvent<HTMLElement>) => {
        const left = place(event)
        point(left)
        if (press.current !== null && Math.abs(left - press.current) > 5)
          setDrag({ from: Math.min(press.current, left), to: Math.max(press.current, left) })
      },
      onPointerDown: (event: PointerEvent<HTMLElement>) => {
        if (event.button !== 0) return
        const left = place(event)
        point(left)
        if (!onZoom) return
        press.current = left
        event.currentTarget.setPointerCapture(event.pointerId)
      },
      onPointerUp: ({ pointerType }: PointerEvent) => {
        press.current = null
        if (!drag) return
        setDrag(null)
        if (pointerType === 'touch') leave()
        onZoom?.({ from: timeAt(drag.from), to: timeAt(drag.to) })
      },
      onPointerCancel: () => {
        press.current = null
        setDrag(null)
        leave()
      },
      // A finger leaves with every touch: what it showed stays until it touches something else.
      onPointerLeave: ({ pointerType }: PointerEvent) => pointerType === 'touch' || leave(),
      onBlur: leave,
      onDoubleClick: onBack,
    },
  }
}
