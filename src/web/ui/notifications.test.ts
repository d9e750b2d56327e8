import { afterEach, expect, test, vi } from 'vitest'

afterEach(() => vi.unstubAllGlobals())

test('a browser that has notifications and shows none takes nothing down, and says so from then on', async () => {
  class Notification {
    static permission = 'granted'
    constructor() {
      throw new TypeError(
        'Illegal constructor. Use ServiceWorkerRegistration.showNotification() instead.',
      )
    }
  }
  vi.stubGlobal('Notification', Notification)
  vi.stubGlobal('window', Object.assign(new EventTarget(), { Notification }))
  const { notify, whyNoNotifications } = await import('./notifications.ts')
  expect(whyNoNotifications()).toBeNull()
  notify('1 tunnel down', 'lon', '/icon.svg')
  expect(whyNoNotifications()).toBe('This browser has no notifications here')
})
