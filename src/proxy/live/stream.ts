import type { ServerResponse } from 'node:http'
import { heartbeatMs, type LiveEvent } from '#contract/events.ts'
import type { Bus, Frame } from './bus.ts'

/**
 * One browser's live stream, written without waiting for it. A page that reads too slowly is not queued
 * for without end: past `queueCapBytes` it misses frames and gets one snapshot when it has caught up; if
 * it does not catch up, it is dropped and comes back by itself.
 */
export type StreamDeps = {
  bus: Bus
  snapshot: () => LiveEvent
  now: () => number
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
  { bus, snapshot, now }: StreamDeps,
): (goodbye?: LiveEvent) => void {
  /** Runs while the page reads too slowly. */
  let lagging: NodeJS.Timeout | null = null
  response.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  response.write(`retry: ${retryMs}\n\n`)
  const missed = missedSince(last)
  if (missed) for (const frame of missed) response.write(frame.bytes)
  else response.write(bus.frameNow(snapshot()).bytes)
  if (missed?.length === 0) response.write(heartbeat())

  function heartbeat() {
    return bus.frameNow({ type: 'heartbeat', at: now() }).bytes
  }

  /** What it missed, unless a snapshot says the same in fewer bytes than a queue may hold. */
  function missedSince(version: string | null): Frame[] | null {
    const frames = version === null ? null : bus.since(version)
    const bytes = frames?.reduce((sum, frame) => sum + frame.bytes.byteLength, 0) ?? 0
    return bytes > queueCapBytes ? null : frames
  }

  function send({ bytes }: Pick<Frame, 'bytes'>) {
    if (lagging) return
    response.write(bytes)
    if (response.writableLength <= queueCapBytes) return
    lagging = setTimeout(() => response.destroy(), stalledMs)
  }

  response.on('drain', () => {
    if (!lagging) return
    clearTimeout(lagging)
    lagging = null
    response.write(bus.frameNow(snapshot()).bytes)
  })

  const unsubscribe = bus.subscribe(send)
  const beat = setInterval(() => send({ bytes: heartbeat() }), heartbeatMs)

  function end(goodbye?: LiveEvent) {
    clearInterval(beat)
    if (lagging && response.closed) clearTimeout(lagging)
    unsubscribe()
    if (goodbye && !lagging) response.write(bus.frameNow(goodbye).bytes)
    response.end()
  }
  response.on('close', () => end())
  return end
}
