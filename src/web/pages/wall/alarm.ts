import { useCallback, useEffect, useRef, useState } from 'react'
import { type Heard, hear } from '#web/fleet/hear.ts'
import type { Judged } from '#web/fleet/judge.ts'
import { useClock } from '#web/ui/clock.ts'
import { isQuiet } from './quiet.ts'
import type { WallSearch } from './settings.ts'

/** When a tunnel goes down or loses its active connector, a wall may say so to whoever looks elsewhere. */

export type Alarm = {
  /** Counts the alarms for which the headline flashes. */
  flash: number
  /** The browser wants a gesture before it lets the page be heard. */
  isBlocked: boolean
  /** Sound or flash are wanted, and it is not the hour for them. */
  isQuiet: boolean
}

/** @param isKnown there is a list: before, nothing that comes is news */
export function useAlarm(all: readonly Judged[], isKnown: boolean, search: WallSearch): Alarm {
  const { sound, flash, quiet, zone } = search
  const isQuietNow = useClock((now) => isQuiet(quiet, now, zone))
  const [heard, setHeard] = useState<Heard | null>(null)
  const next = isKnown ? hear(heard, all, isQuietNow) : heard
  if (next !== heard) setHeard(next)
  const count = heard?.count ?? 0
  const { isBlocked, play } = useTone(sound === 'on')
  useEffect(() => {
    if (count > 0) play()
  }, [count, play])
  return {
    flash: flash === 'on' ? count : 0,
    isBlocked,
    isQuiet: isQuietNow && (sound === 'on' || flash === 'on'),
  }
}

/** Between two tries to open a loudspeaker that could not be opened. */
const againMs = 5000

/** Two short tones, made by the browser itself. It may want a gesture before it lets a page be heard. */
function useTone(wanted: boolean) {
  const [isBlocked, setBlocked] = useState(false)
  const context = useRef<AudioContext | null>(null)
  useEffect(() => {
    if (!wanted) return
    const audio = new AudioContext()
    context.current = audio
    const look = () => setBlocked(audio.state === 'suspended')
    const wake = () => void audio.resume()
    let timer: ReturnType<typeof setTimeout> | undefined
    // Nobody stands by a wall to press a key for it. What only waits for a gesture tells of no error.
    const tryAgain = () => {
      clearTimeout(timer)
      timer = setTimeout(wake, againMs)
    }
    look()
    audio.addEventListener('statechange', look)
    audio.addEventListener('error', tryAgain)
    // For a finger the browser takes only the end of a touch for a gesture.
    document.addEventListener('pointerup', wake)
    document.addEventListener('keydown', wake)
    return () => {
      clearTimeout(timer)
      audio.removeEventListener('statechange', look)
      audio.removeEventListener('error', tryAgain)
      document.removeEventListener('pointerup', wake)
      document.removeEventListener('keydown', wake)
      context.current = null
      void audio.close()
    }
  }, [wanted])
  const play = useCallback(() => {
    const audio = context.current
    // What is not let to be heard would pile up, and all of it would sound at the first click.
    if (audio?.state !== 'running') return
    for (const [pitch, at] of [
      [660, 0],
      [440, 0.35],
    ] as const) {
      const start = audio.currentTime + at
      const oscillator = audio.createOscillator()
      const volume = audio.createGain()
      oscillator.frequency.value = pitch
      volume.gain.setValueAtTime(0.25, start)
      volume.gain.exponentialRampToValueAtTime(0.001, start + 0.3)
      oscillator.connect(volume).connect(audio.destination)
      oscillator.start(start)
      oscillator.stop(start + 0.3)
    }
  }, [])
  return { isBlocked: wanted && isBlocked, play }
}
