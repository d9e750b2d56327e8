import { useSyncExternalStore } from 'react'

/**
 * What time is it at the server? Every age on the page is counted with the proxy's clock, so a wrong
 * clock in the browser can't make old data look new.
 */

type Fix = { serverAt: number; dateAt: number; elapsedAt: number }

let fix: Fix = { serverAt: Date.now(), dateAt: Date.now(), elapsedAt: performance.now() }
let current = fix.serverAt
let readAt = fix.elapsedAt
let timer: ReturnType<typeof setInterval> | undefined
const listeners = new Set<() => void>()

/** Tells the clock what time (epoch ms) the proxy just said it is. */
export function setServerTime(at: number) {
  const isOff = Math.abs(at - serverNow()) > 1000
  fix = { serverAt: at, dateAt: Date.now(), elapsedAt: performance.now() }
  // A browser with another clock than the server's: no age is left wrong for the rest of a second.
  if (isOff) tell()
}

/**
 * The proxy's time now, epoch ms. Time since the last fix is the greater of two clocks: the wall
 * clock may be set back, the monotonic one may stand still while the machine sleeps. Erring towards
 * later makes data look older, never fresher.
 */
export function serverNow(): number {
  const byDate = Date.now() - fix.dateAt
  const byElapsed = performance.now() - fix.elapsedAt
  return fix.serverAt + Math.max(0, byDate, byElapsed)
}

function read() {
  if (performance.now() - readAt >= 990) tick()
  return current
}

function tick() {
  current = serverNow()
  readAt = performance.now()
}

function tell() {
  tick()
  for (const each of listeners) each()
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  timer ??= setInterval(tell, 1000)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
  }
}

/** Calls back once, with all that shows the time: what it changes is drawn in the frame that moves the clock. */
export function inNextSecond(callback: () => void) {
  const leave = subscribe(() => {
    leave()
    callback()
  })
}

/**
 * Something that depends on the time, e.g. the text of an age. The component renders again only when
 * what `select` gives changes, so it must give a text, a number or a boolean.
 */
export function useClock<T extends string | number | boolean | null>(
  select: (now: number) => T,
): T {
  return useSyncExternalStore(subscribe, () => select(read()))
}

/** The full minute that it is, epoch ms: what counts from it is drawn once a minute. */
export const useMinute = () => useClock((now) => now - (now % 60_000))
