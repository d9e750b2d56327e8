import { createKept } from './kept.ts'

/** Whether this browser is told of what happens while nobody looks at the page. Off until somebody wants it. */

const kept = createKept('tandem.notify', (stored) => stored === true)

let known: NotificationPermission | null = null
let isFollowed = false
/** Chrome for Android has them and lets no page show one. */
let isBarred = false

/**
 * Whether the browser allows it; null: it has none. Kept until somebody comes back to the page, who may have been
 * in the browser's settings: to ask takes milliseconds, as the browser's own process answers.
 */
function permission(): NotificationPermission | null {
  if (isBarred || !('Notification' in window)) return null
  if (!isFollowed) {
    isFollowed = true
    window.addEventListener('focus', () => (known = null))
  }
  known ??= Notification.permission
  return known
}

export const wantsNotifications = (): boolean => kept.read() && permission() === 'granted'

export function useNotifications(): boolean {
  return kept.use() && permission() === 'granted'
}

/** Why this browser can't, or null. */
export function whyNoNotifications(): string | null {
  const allowed = permission()
  if (allowed === null) return 'This browser has no notifications here'
  return allowed === 'denied' ? 'This browser refuses notifications for this address' : null
}

/** Asks the browser where it must be asked. */
export async function setNotifications(on: boolean) {
  if (on) known = await Notification.requestPermission()
  kept.write(on && known === 'granted')
}

/** Tells it; one that is still there is replaced, aloud, and a click on it brings the page to the front. */
export function notify(title: string, body: string, icon: string) {
  const options = { body, icon, tag: 'tandem', renotify: true }
  try {
    const shown = new Notification(title, options)
    shown.addEventListener('click', () => {
      window.focus()
      shown.close()
    })
  } catch {
    isBarred = true
  }
}
