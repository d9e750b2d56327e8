import { useEffect } from 'react'
import type { Headline } from './headline.ts'

type Tone = Headline['tone']

/** The address of the icon that carries a state. */
export const pageIcon = (tone: Tone) =>
  tone === 'good' || tone === 'news' ? '/favicon.svg' : `/favicon-${tone}.svg`

/** Carries a state in the tab's icon for as long as the component stands. */
export function usePageIcon(tone: Tone) {
  useEffect(() => {
    const set = (tone: Tone) =>
      document.querySelector('link[rel="icon"]')?.setAttribute('href', pageIcon(tone))
    set(tone)
    return () => set('good')
  }, [tone])
}
