import { useEffect } from 'react'
import { visibleName } from './names.ts'

let pageTitle = 'Tandem'
let state = ''

const write = () => {
  document.title = [state, pageTitle].filter(Boolean).join(' · ')
}

/** Names the page in the browser's tab: the most particular first. */
export function usePageTitle(...parts: string[]) {
  const title = [...parts.map(visibleName), 'Tandem'].filter(Boolean).join(' · ')
  useEffect(() => {
    pageTitle = title
    write()
  }, [title])
}

/** What stands before the page's name in the tab while it needs to be seen; empty: nothing. */
export function setTitleState(text: string) {
  state = text
  write()
}
