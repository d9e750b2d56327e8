import { type ReactNode, useEffect, useState } from 'react'
import { useClock } from '#web/ui/clock.ts'

/** What makes a page a screen: it stays on, hides its pointer, fills the glass and spares it. */

const wakeAgainMs = 10_000

/** Asks the machine not to blank the screen; asked again when it was taken back and when the page comes back to sight. */
export function useWakeLock() {
  useEffect(() => {
    let lock: WakeLockSentinel | null = null
    let isAsking = false
    let isOver = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = async () => {
      if (isAsking || lock || document.visibilityState !== 'visible') return
      isAsking = true
      // Refused without TLS, or by a battery that is low: then the machine's own settings must see to it.
      const next = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null
      isAsking = false
      if (isOver) return void next?.release()
      lock = next
      lock?.addEventListener('release', onRelease)
    }
    // The machine may take it back; it is not asked again in the same breath.
    const onRelease = () => {
      lock = null
      clearTimeout(timer)
      if (!isOver) timer = setTimeout(ask, wakeAgainMs)
    }
    void ask()
    document.addEventListener('visibilitychange', ask)
    return () => {
      isOver = true
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', ask)
      void lock?.release()
    }
  }, [])
}

const pointerRestMs = 3000

/** Whether the pointer rests; it is there while it moves. */
export function usePointerRests(): boolean {
  const [rests, setRests] = useState(false)
  useEffect(() => {
    let timer = setTimeout(() => setRests(true), pointerRestMs)
    const onMove = () => {
      setRests(false)
      clearTimeout(timer)
      timer = setTimeout(() => setRests(true), pointerRestMs)
    }
    document.addEventListener('pointermove', onMove)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('pointermove', onMove)
    }
  }, [])
  return rests
}

/**
 * `f` or a double click fills the screen, and again leaves it; on a tile that leads somewhere it goes there. `?` tells
 * the keys.
 *
 * @param onHelp takes what tells them, or null; the same function always
 */
export function useWallKeys(onHelp: (help: ReactNode) => void) {
  useEffect(() => {
    const turn = () => {
      if (document.fullscreenElement) void document.exitFullscreen()
      else void document.documentElement.requestFullscreen().catch(() => undefined)
    }
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key === 'f') turn()
      // Where its code does not come, nothing is shown.
      if (event.key === '?')
        void import('./WallHelp.tsx').then(
          ({ wallHelp }) => onHelp(wallHelp(() => onHelp(null))),
          () => undefined,
        )
    }
    document.addEventListener('dblclick', turn)
    document.addEventListener('keydown', onKey)
    return () => {
      document.removeEventListener('dblclick', turn)
      document.removeEventListener('keydown', onKey)
    }
  }, [onHelp])
}

const shifts = [
  [0, 0],
  [2, 0],
  [4, 1],
  [4, 3],
  [2, 4],
  [0, 3],
  [-2, 2],
  [-2, 0],
] as const

/** Where everything stands now: it moves by a few pixels every five minutes, so that no edge burns into the glass. */
export function usePixelShift(): string {
  return useClock((now) => {
    const [x, y] = shifts[Math.floor(now / 300_000) % shifts.length] ?? shifts[0]
    return `${x}px ${y}px`
  })
}
