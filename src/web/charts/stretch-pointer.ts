import {
  type FocusEvent,
  type KeyboardEvent,
  type PointerEvent,
  useId,
  useRef,
  useState,
} from 'react'
import { useCursor } from './cursor.ts'
import type { Stretch } from './range.ts'

/**
 * Pointing at a time and dragging over a stretch, for charts without lanes; by the keyboard from stop to stop. Lengths in
 * CSS pixels.
 */
export function useStretchPointer({
  stretch: { from, to },
  width,
  stops,
  onZoom,
  onBack,
}: {
  stretch: Stretch
  width: number
  /** Where something changes, epoch ms: ascending, none outside of the stretch. */
  stops: readonly number[]
  /** Left out where the chart stands still: then it can only be pointed at. */
  onZoom: ((stretch: Stretch) => void) | undefined
  onBack: (() => void) | undefined
}) {
  const cursor = useCursor()
  const chart = useId()
  // A pointer stays where it is while the stretch moves on, the keyboard at what it has come to.
  const [spot, setSpot] = useState<{ x: number } | { at: number } | null>(null)
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null)
  const press = useRef<number | null>(null)

  const timeAt = (left: number) => from + (Math.min(Math.max(0, left), width) / width) * (to - from)
  const place = (event: PointerEvent<HTMLElement>) =>
    event.clientX - event.currentTarget.getBoundingClientRect().left
  const leave = () => {
    if (press.current !== null) return
    cursor.set(null, chart)
    setSpot(null)
  }
  const point = (left: number) => {
    cursor.set(timeAt(left), chart)
    setSpot({ x: left })
  }
  const isKeyed = spot !== null && 'at' in spot
  const at = spot === null ? null : 'at' in spot ? spot.at : timeAt(spot.x)
  const go = (stop: number | undefined) => {
    if (stop === undefined) return
    cursor.set(stop, chart)
    setSpot({ at: stop })
  }
  /** From here to the next stop, with some room around it. */
  const zoomIn = (from: number) => {
    const until = stops.find((each) => each > from) ?? to
    const room = Math.max((until - from) * 0.15, 5000)
    onZoom?.({ from: from - room, to: until + room })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    switch (event.key) {
      case 'ArrowLeft':
        go(at === null ? stops.at(-1) : stops.findLast((each) => each < at))
        break
      case 'ArrowRight':
        go(at === null ? stops.at(-1) : stops.find((each) => each > at))
        break
      case 'Home':
        go(stops[0])
        break
      case 'End':
        go(stops.at(-1))
        break
      case 'Enter':
        if (!isKeyed || !onZoom) return
        zoomIn(spot.at)
        break
      case 'Escape':
      case 'Backspace':
        if (drag) {
          press.current = null
          setDrag(null)
        } else if (onBack) onBack()
        else return
        break
      default:
        return
    }
    event.preventDefault()
    event.stopPropagation()
  }
  return {
    drag,
    x: isKeyed ? ((spot.at - from) / (to - from)) * width : (spot?.x ?? 0),
    at,
    /** Whether the keyboard led there. */
    isKeyed,
    handlers: {
      onKeyDown,
      onFocus: ({ currentTarget }: FocusEvent<HTMLElement>) => {
        if (currentTarget.matches(':focus-visible') && !spot) go(stops.at(-1))
      },
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
