import { useEffect, useRef } from 'react'
import type { IconName } from './Icon.tsx'

/** What a part of the page can do while it is there, for the palette to list. */
export type Offer = {
  icon: IconName
  words: string
  /** More words to find it by. */
  also?: string
  /** The name of whom or what it is about, where there is one for each of many: listed when it is looked for. */
  about?: string
  /** Why it can't be done now. */
  reason?: string | null
  run: () => void
}

const makers = new Set<{ current: () => readonly Offer[] }>()

/** Offers what `make` gives when somebody looks, while the component is mounted. */
export function useOffers(make: () => readonly Offer[]) {
  const latest = useRef(make)
  useEffect(() => {
    latest.current = make
  })
  useEffect(() => {
    makers.add(latest)
    return () => void makers.delete(latest)
  }, [])
}

export const offersNow = (): Offer[] => [...makers].flatMap(({ current }) => current())
