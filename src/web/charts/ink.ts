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

const current = (): Ink => (ink ??= read())

function read(): Ink {
  const style = getComputedStyle(document.documentElement)
  const colours = Object.fromEntries(
    Object.entries(names).map(([name, variable]) => [
      name,
      style.getPropertyValue(variable).trim(),
    ]),
  ) as Record<keyof typeof names, string>
  return {
    ...colours,
    sans: style.getPropertyValue('--font-sans') || 'sans-serif',
    mono: style.getPropertyValue('--font-mono') || 'monospace',
  }
}

/** A new object even if the colours are the same: the letters may have come. */
function refresh() {
  ink = read()
  for (const each of listeners) each()
}

/** The colour variables follow the theme and the wish for more contrast; letters come with the fonts. */
function watch() {
  const theme = new MutationObserver(refresh)
  theme.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  const contrast = matchMedia('(prefers-contrast: more)')
  contrast.addEventListener('change', refresh)
  document.fonts.addEventListener('loadingdone', refresh)
  return () => {
    theme.disconnect()
    contrast.removeEventListener('change', refresh)
    document.fonts.removeEventListener('loadingdone', refresh)
    // The theme may change while nobody looks.
    ink = undefined
  }
}

function subscribe(listener: () => void) {
  if (listeners.size === 0) stopWatching = watch()
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) stopWatching?.()
  }
}

export const useInk = (): Ink => useSyncExternalStore(subscribe, current)
