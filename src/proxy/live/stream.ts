import type { ServerResponse } from 'node:http'
import type { LiveEvent } from '#contract/events.ts'
import { heartbeatMs, longestStreamMs } from '#contract/stream.ts'
import type { Bus, Ear, Frame } from './bus.ts'

/**
 * One browser's live stream, written without waiting for it. A page that reads too slowly is not queued
 * for without end: past `queueCapBytes` it misses frames and gets one snapshot when it has caught up; if
 * it does not catch up, it is dropped and comes back by itself.
 */
export type StreamDeps = {
  bus: Bus
  snapshot: () => LiveEvent
  now: () => number
  /** Calls back after `ms`; returns what takes it back. */
  after: (ms: number, callback: () => void) => () => void
  ear: Ear
  /** Whether whoever opened it may still see it: asked with every heartbeat, and when that changed. */
  isAlive: () => Promise<boolean>
  onEnded: (callback: () => void) => () => void
  /** Told what broke where nobody waits for it; this page's stream is ended by that, and no other. */
  onFault: (fault: unknown) => void
}

const queueCapBytes = 256 * 1024
const stalledMs = 30_000
/** What the browser waits before it comes back when nothing else told it. */
const retryMs = 2_000

/**
 * Writes the headers and everything that follows until either side ends it.
 *
 * @param last the version the page has, or null: then it begins with a snapshot.
 * @returns ends the stream; with an event, after saying that one.
 */
export function openStream(
  response: ServerResponse,
  last: string | null,
  headers: Record<string, string>,
  { bus, snapshot, now, after, ear, isAlive, onEnded, onFault }: StreamDeps,
): (goodbye?: LiveEvent) => void {
  /** What may wait for this page. A snapshot may be longer than a queue, and is not what it lags behind with. */
  let mostQueuedBytes = queueCapBytes
  /** It misses frames. */
  let isLagging = false
  /** Takes back the end of a page that reads too slowly; null while it keeps up. */
  let keep: (() => void) | null = null
  let isOver = false
  const bytesOf = (frame: Frame) => frame.bytesFor(ear)
  const missed = missedSince(last)
  // Made before anything is said: where it can't be, the page is told so as by every other request.
  const begin = missed ? null : snapshotNow()
  response.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  response.write(`retry: ${retryMs}\n\n`)
  for (const frame of missed ?? []) response.write(bytesOf(frame))
  if (begin) sendSnapshot(begin)
  // What it missed is of another time: it is told what time it is now.
  if (missed) response.write(bytesOf(heartbeat()))

  function heartbeat() {
    return bus.frameNow({ type: 'heartbeat', at: now() })
  }

  /** What it missed, unless a snapshot says the same in fewer bytes than a queue may hold. */
  function missedSince(version: string | null): Frame[] | null {
    const frames = version === null ? null : bus.since(version)
    const bytes = frames?.reduce((sum, frame) => sum + bytesOf(frame).byteLength, 0) ?? 0
    return bytes > queueCapBytes ? null : frames
  }

  function send(frame: Frame) {
    if (isLagging || isOver) return
    write(bytesOf(frame))
    isLagging = response.writableLength > mostQueuedBytes
  }

  function snapshotNow() {
    return bytesOf(bus.snapshotFrame(snapshot, now()))
  }

  function sendSnapshot(bytes: Buffer) {
    mostQueuedBytes = queueCapBytes + bytes.byteLength
    write(bytes)
  }

  function write(bytes: Buffer) {
    response.write(bytes)
    if (response.writableLength > queueCapBytes) dropLater()
  }

  function dropLater() {
    keep ??= after(stalledMs, () => response.destroy())
  }

  response.on('drain', () => {
    if (isOver) return
    keep?.()
    keep = null
    mostQueuedBytes = queueCapBytes
    if (!isLagging) return
    isLagging = false
    try {
      sendSnapshot(snapshotNow())
    } catch (fault) {
      onFault(fault)
      response.destroy()
    }
  })

  /** Nothing more is said to somebody whose sign-in is over; what can't be looked up counts as over. */
  async function check() {
    if (!(await isAlive().catch(() => false))) end({ type: 'signed-out', at: now() })
  }

  function beat() {
    void check().then(() => send(heartbeat()))
    stopBeat = after(heartbeatMs, beat)
  }

  const unsubscribe = bus.subscribe(send)
  let stopBeat = after(heartbeatMs, beat)
  const cancelLongest = after(longestStreamMs, () => end())
  const deaf = onEnded(() => void check())

  function end(goodbye?: LiveEvent) {
    if (isOver) return
    isOver = true
    stopBeat()
    cancelLongest()
    deaf()
    unsubscribe()
    if (goodbye && !isLagging) response.write(bytesOf(bus.frameNow(goodbye)))
    response.end()
    // What it does not take of the rest holds its connection for so long and no longer.
    dropLater()
  }
  response.on('close', () => {
    end()
    keep?.()
  })
  return end
}
