import { createContext, use, useEffect, useRef } from 'react'

/**
 * Where in time does the reader point? One cursor for all charts of a page, kept outside of React's state:
 * it moves with every move of the pointer and must not render anything again.
 */
export type Cursor = {
  /** Epoch ms, or null when nobody points. */
  at: () => number | null
  /** `by` names the chart. Null takes away only what it set itself: another one may be pointed at by now. */
  set: (at: number | null, by: string) => void
  subscribe: (listener: () => void) => () => void
}

export function createCursor(): Cursor {
  let at: number | null = null
  let setBy = ''
  const listeners = new Set<() => void>()
  return {
    at: () => at,
    set: (next, by) => {
      if (next === null && by !== setBy) return
      setBy = by
      if (next === at) return
      at = next
      for (const each of listeners) each()
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Charts outside of a common frame have a cursor of their own. */
export const CursorContext = createContext<Cursor>(createCursor())

export const useCursor = (): Cursor => use(CursorContext)

/** A ref for the line of a chart: it follows the cursor between `from` and `to` over `width` pixels. */
export function useCursorLine<T extends HTMLElement>(
  { from, to }: { from: number; to: number },
  width: number,
) {
  const cursor = useCursor()
  const ref = useRef<T>(null)
  useEffect(() => {
    const move = () => {
      const line = ref.current
      const at = cursor.at()
      if (!line) return
      const inside = at !== null && at >= from && at <= to
      line.style.visibility = inside ? 'visible' : 'hidden'
      if (inside) line.style.transform = `translateX(${((at - from) / (to - from)) * width}px)`
    }
    move()
    return cursor.subscribe(move)
  }, [cursor, from, to, width])
  return ref
}
