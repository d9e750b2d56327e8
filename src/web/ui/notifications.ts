import { useSyncExternalStore } from 'react'

/** Whether this browser is told of what happens while nobody looks at the page. Off until somebody wants it. */

const key = 'tandem.notify'
const listeners = new Set<() => void>()

export function wantsNotifications(): boolean {
  try {
    return (
      'Notification' in window &&
      Notification.permission === 'granted' &&
      localStorage.getItem(key) === 'on'
    )
  } catch {
    return false
  }
}

export function useNotifications(): boolean {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, wantsNotifications)
}

/** Why this browser can't, or null. */
export function whyNoNotifications(): string | null {
  if (!('Notification' in window)) return 'This browser has no notifications here'
  return Notification.permission === 'denied'
    ? 'This browser refuses notifications for this address'
    : null
}

/** Asks the browser where it must be asked. */
export async function setNotifications(on: boolean) {
  const allowed = on && (await Notification.requestPermission()) === 'granted'
  try {
    if (allowed) localStorage.setItem(key, 'on')
    else localStorage.removeItem(key)
  } catch {
    // Storage refused: nothing is kept, and nobody is told.
  }
  for (const each of listeners) each()
}

/** Tells it; one that is still there is replaced, and a click on it brings the page to the front. */
export function notify(title: string, body: string, icon: string) {
  const shown = new Notification(title, { body, icon, tag: 'tandem' })
  shown.addEventListener('click', () => {
    window.focus()
    shown.close()
  })
}
