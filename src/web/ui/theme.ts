import { useEffect, useSyncExternalStore } from 'react'

/** The theme somebody chose on this browser. `public/theme.js` applies it before the first paint. */
export const themes = ['system', 'dark', 'light'] as const
export type Theme = (typeof themes)[number]

const key = 'tandem.theme'
const listeners = new Set<() => void>()
let chosen: Theme | undefined

function read(): Theme {
  if (chosen) return chosen
  try {
    const stored = localStorage.getItem(key)
    chosen = stored === 'dark' || stored === 'light' ? stored : 'system'
  } catch {
    chosen = 'system'
  }
  return chosen
}

export function setTheme(theme: Theme) {
  chosen = theme
  try {
    localStorage.setItem(key, theme)
  } catch {
    // Storage refused: the choice holds until the page is left.
  }
  const light =
    theme === 'system' ? matchMedia('(prefers-color-scheme: light)').matches : theme === 'light'
  document.documentElement.dataset.theme = light ? 'light' : 'dark'
  for (const each of listeners) each()
}

/** From what is seen now to the other one. */
export const toggleTheme = () =>
  setTheme(document.documentElement.dataset.theme === 'light' ? 'dark' : 'light')

export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, read)
}

/** A theme that a page has whatever was chosen, for as long as it is open; undefined: the chosen one. */
export function useFixedTheme(theme: 'dark' | 'light' | undefined) {
  useEffect(() => {
    const { dataset } = document.documentElement
    const before = dataset.theme
    if (theme) dataset.theme = theme
    return () => {
      dataset.theme = before
    }
  }, [theme])
}
