import { useSyncExternalStore } from 'react'

/**
 * What somebody chose and this browser keeps. What is stored may be of an older Tandem, edited by hand or
 * cut off: `parse` makes the best of anything, and of nothing (undefined) the default. Tabs follow each other.
 */
export function createKept<T>(key: string, parse: (stored: unknown) => T) {
  const listeners = new Set<() => void>()
  let value: { now: T } | null = null

  const read = (): T => (value ??= { now: parse(stored(key)) }).now
  const tell = () => {
    for (const each of listeners) each()
  }
  const onStorage = (event: StorageEvent) => {
    if (event.key !== key && event.key !== null) return
    value = null
    tell()
  }
  const subscribe = (listener: () => void) => {
    if (listeners.size === 0) window.addEventListener('storage', onStorage)
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
      if (listeners.size > 0) return
      window.removeEventListener('storage', onStorage)
      // Nobody listens to the other tabs now.
      value = null
    }
  }
  return {
    read,
    use: (): T => useSyncExternalStore(subscribe, read),
    write: (next: T) => {
      value = { now: next }
      try {
        localStorage.setItem(key, JSON.stringify(next))
      } catch {
        // Storage refused: the choice holds until the page is left.
      }
      tell()
    },
  }
}

function stored(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}
