import { useMemo, useState } from 'react'
import { useAddressText } from '#web/api/address-text.ts'
import { useClock } from '#web/ui/clock.ts'
import {
  grainOf,
  isLive,
  type Range,
  rangeOf,
  rangeSearch,
  rangeText,
  type Stretch,
  stretchOf,
} from './range.ts'

/** The stretch of time that a page shows, and the ways to another one. */
export type RangeControl = {
  range: Range
  /** What it comes to now; moves on by itself while it follows the present. */
  stretch: Stretch
  /** See `grainOf`. */
  grainMs: number
  go: (range: Range) => void
  /** To where one was before zooming; null where there is no before. */
  back: (() => void) | null
}

/**
 * @param inAddress what stands in the address
 * @param write puts another text there: `undefined` is the default
 */
export function useRange(
  inAddress: string | undefined,
  write: (text: string | undefined) => void,
): RangeControl {
  const { text: inWords, change } = useAddressText(inAddress, write)
  const text = inWords || undefined
  const range = useMemo(() => rangeOf(text), [text])
  const grainMs = grainOf(range)
  const now = useClock((at) => (isLive(range) ? Math.floor(at / grainMs) * grainMs : 0))
  const { from, to } = stretchOf(range, isLive(range) ? now : 0)
  const stretch = useMemo(() => ({ from, to }), [from, to])

  // Where one came from by zooming and panning, on this page and in this tab.
  const [trail, setTrail] = useState<readonly string[]>([])
  const current = rangeText(range)
  const before = trail.at(-1)
  const canGoBack = before !== undefined || text !== undefined
  return {
    range,
    stretch,
    grainMs,
    go: (next) => {
      const wanted = rangeText(next)
      if (wanted === current) return
      setTrail([...trail.slice(-19), current])
      change(rangeSearch(wanted) ?? '')
    },
    back: canGoBack
      ? () => {
          setTrail(trail.slice(0, -1))
          change(rangeSearch(before) ?? '')
        }
      : null,
  }
}
