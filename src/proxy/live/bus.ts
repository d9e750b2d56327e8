import type { LiveEvent } from '#contract/events.ts'
import { toTold } from '#contract/stream.ts'
import { eventForScreen } from '../identity/for-screens.ts'

/**
 * One publisher, many streams. An event is serialised once for each kind of listener, and the same bytes
 * go to all of that kind. The last `ringSize` frames are kept, so that a page that was away for a moment
 * gets what it missed.
 */
export type Frame = {
  version: number
  event: LiveEvent
  bytesFor: (ear: Ear) => Buffer
}
/** Who listens: what it may know, and which tunnels it shows. */
export type Ear = { isScreen: boolean; watching: ReadonlySet<string> }
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
  let whole: { frame: Frame; at: number } | null = null

  function toFrame(event: LiveEvent, at: number): Frame {
    const toBytes = (said: LiveEvent) =>
      Buffer.from(`id: ${epoch}-${at}\ndata: ${JSON.stringify(toTold(said))}\n\n`)
    const made = new Map<string, Buffer>()
    const bytesFor = ({ isScreen, watching }: Ear) => {
      const isBrief = saysTooMuch(event, watching)
      const kind = `${isScreen ? 'screen' : 'person'} ${isBrief ? 'brief' : 'whole'}`
      const known = made.get(kind)
      if (known) return known
      const said = isBrief ? inBrief(event) : event
      const bytes = toBytes(isScreen ? eventForScreen(said) : said)
      made.set(kind, bytes)
      return bytes
    }
    return { version: at, event, bytesFor }
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
   * The whole state for one that comes, and for all that come within the next second unless something happens:
   * after a restart that is hundreds.
   *
   * @param now epoch ms
   */
  function snapshotFrame(snapshot: () => LiveEvent, now: number): Frame {
    if (whole?.frame.version !== version || now - whole.at >= 1000)
      whole = { frame: frameNow(snapshot()), at: now }
    return whole.frame
  }

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
    snapshotFrame,
    since,
    subscribe,
    version: () => `${epoch}-${version}`,
    streams: () => listeners.size,
  }
}

/** Connectors are many times as long as the row of their tunnel, and only its own page shows them. */
const saysTooMuch = (event: LiveEvent, watching: ReadonlySet<string>): boolean =>
  event.type === 'polled' &&
  event.connectors.length > 0 &&
  !event.connectors.some(({ tunnelId }) => watching.has(tunnelId))

const inBrief = (event: LiveEvent): LiveEvent =>
  event.type === 'polled'
    ? { ...event, connectors: [], connectorsMoved: event.connectors.map((list) => list.tunnelId) }
    : event
