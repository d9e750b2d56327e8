import type { LiveEvent } from '#contract/events.ts'
import { eventForScreen } from '../identity/for-screens.ts'

/**
 * One publisher, many streams. An event is serialised once and the same bytes go to everybody. The last
 * `ringSize` frames are kept, so that a page that was away for a moment gets what it missed.
 */
export type Frame = {
  version: number
  event: LiveEvent
  bytes: Buffer
  /** The same as a screen may see it; made when the first one is there. */
  forScreen: () => Buffer
}
export type Bus = ReturnType<typeof createBus>

const ringSize = 500

/**
 * @param epoch tells this process's versions from an earlier one's; letters and digits.
 * @param onFault told what a listener threw; the others hear the event all the same.
 */
export function createBus(epoch: string, onFault: (fault: unknown) => void) {
  const ring: Frame[] = []
  const listeners = new Set<(frame: Frame) => void>()
  let version = 0

  function toFrame(event: LiveEvent, at: number): Frame {
    const toBytes = (said: LiveEvent) =>
      Buffer.from(`id: ${epoch}-${at}\ndata: ${JSON.stringify(said)}\n\n`)
    let made: Buffer | null = null
    const forScreen = () => {
      made ??= toBytes(eventForScreen(event))
      return made
    }
    return { version: at, event, bytes: toBytes(event), forScreen }
  }

  /** Tells everybody. */
  function publish(event: LiveEvent) {
    version += 1
    const frame = toFrame(event, version)
    ring.push(frame)
    if (ring.length > ringSize) ring.shift()
    for (const listener of listeners) {
      try {
        listener(frame)
      } catch (fault) {
        onFault(fault)
      }
    }
  }

  /** The same frame for one listener, at the present version and outside the ring. */
  const frameNow = (event: LiveEvent) => toFrame(event, version)

  /**
   * What a page missed since `last` (`epoch-number`): the frames, or null when only a snapshot helps,
   * because it is another process's, too long ago, from the future or not a version at all.
   */
  function since(last: string): Frame[] | null {
    const match = /^([0-9a-z]{1,16})-(\d{1,15})$/.exec(last)
    if (match?.[1] !== epoch) return null
    const seen = Number(match[2])
    const oldest = ring[0]?.version ?? version + 1
    if (seen > version || seen < oldest - 1) return null
    return ring.filter((frame) => frame.version > seen)
  }

  function subscribe(listener: (frame: Frame) => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  return {
    publish,
    frameNow,
    since,
    subscribe,
    version: () => `${epoch}-${version}`,
    streams: () => listeners.size,
  }
}
