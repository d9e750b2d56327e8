import { useEffect, useSyncExternalStore } from 'react'

/** The theme somebody chose on this browser. `public/theme.js` applies it before the first paint. */
export const themes = ['system', 'dark', 'light'] as const
export type Theme = (typeof themes)[number]

const key = 'tandem.theme'
const listeners = new Set<() => void>()
let chosen: Theme | undefined

function read(): Theme {
  if (chosen) return chosen
  // What another tab chooses holds here too.
  window.addEventListener('storage', forget)
  try {
    const stored = localStorage.getItem(key)
    chosen = stored === 'dark' || stored === 'light' ? stored : 'system'
  } catch {
    chosen = 'system'
  }
  return chosen
}

function forget(event: StorageEvent) {
  if (event.key !== key && event.key !== null) return
  chosen = undefined
  for (const each of listeners) each()
}

export function setTheme(theme: Theme) {
  chosen = theme
  try {
    localStorage.setItem(key, theme)
  } catch {
    // Storage refused: the choice holds until the page is left.
  }
  apply()
  for (const each of listeners) each()
}

const isLight = (theme: Theme) =>
  theme === 'system' ? matchMedia('(prefers-color-scheme: light)').matches : theme === 'light'

/** What is seen: the page's own theme, or the chosen one. */
function apply() {
  const { dataset } = document.documentElement
  dataset.theme = dataset.fixedTheme ?? (isLight(read()) ? 'light' : 'dark')
}

/** From the one that holds now, on every page that has none of its own, to the other one. */
export const toggleTheme = () => setTheme(isLight(read()) ? 'dark' : 'light')

export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, read)
}

/**
 * A theme that a page has whatever was chosen, for as long as it is open; undefined: the chosen one. It stands in
 * the document, where `public/theme.js` looks when the system or another tab changes its own.
 */
export function useFixedTheme(theme: 'dark' | 'light' | undefined) {
  useEffect(() => {
    if (!theme) return
    const { dataset } = document.documentElement
    dataset.fixedTheme = theme
    apply()
    return () => {
      delete dataset.fixedTheme
      apply()
    }
  }, [theme])
}
