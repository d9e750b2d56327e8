import { useSyncExternalStore } from 'react'

/** The theme's colours for what is painted on a canvas, which knows no style sheet. */
const names = {
  good: '--good',
  goodSoft: '--good-soft',
  warn: '--warn',
  warnSoft: '--warn-soft',
  bad: '--bad',
  badSoft: '--bad-soft',
  unknown: '--unknown',
  unknownSoft: '--unknown-soft',
  ink: '--ink',
  ink2: '--ink-2',
  ink3: '--ink-3',
  line: '--line',
  lineStrong: '--line-strong',
  panel: '--panel',
  accent: '--accent',
  accentInk: '--accent-ink',
  dangerInk: '--danger-ink',
} as const

export type Ink = Record<keyof typeof names, string> & { sans: string; mono: string }

let ink: Ink | undefined
const listeners = new Set<() => void>()
let stopWatching: (() => void) | undefined

function read(): Ink {
  if (ink) return ink
  const style = getComputedStyle(document.documentElement)
  const colours = Object.fromEntries(
    Object.entries(names).map(([name, variable]) => [
      name,
      style.getPropertyValue(variable).trim(),
    ]),
  ) as Record<keyof typeof names, string>
  ink = {
    ...colours,
    sans: style.getPropertyValue('--font-sans') || 'sans-serif',
    mono: style.getPropertyValue('--font-mono') || 'monospace',
  }
  return ink
}

function forget() {
  ink = undefined
  for (const each of listeners) each()
}

/** The colour variables follow the theme and the wish for more contrast; letters come with the fonts. */
function watch() {
  const theme = new MutationObserver(forget)
  theme.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  const contrast = matchMedia('(prefers-contrast: more)')
  contrast.addEventListener('change', forget)
  document.fonts.addEventListener('loadingdone', forget)
  return () => {
    theme.disconnect()
    contrast.removeEventListener('change', forget)
    document.fonts.removeEventListener('loadingdone', forget)
  }
}

export function useInk(): Ink {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    if (listeners.size === 1) {
      // The theme may have changed while nobody looked.
      ink = undefined
      stopWatching = watch()
    }
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) stopWatching?.()
    }
  }, read)
}
