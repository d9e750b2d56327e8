import { useEffect } from 'react'
import { visibleName } from './names.ts'

/** Names the page in the browser's tab: the most particular first. */
export function usePageTitle(...parts: string[]) {
  const title = [...parts.map(visibleName), 'Tandem'].filter(Boolean).join(' · ')
  useEffect(() => {
    document.title = title
  }, [title])
}
