import { useCallback, useEffect, useRef } from 'react'

/**
 * A callback that stays the same while what it does may change, for parts that are too costly to render again
 * only because a function is new. Not to be called while rendering.
 */
export function useStable<A extends unknown[]>(run: (...args: A) => void): (...args: A) => void {
  const latest = useRef(run)
  useEffect(() => {
    latest.current = run
  })
  return useCallback((...args: A) => latest.current(...args), [])
}
