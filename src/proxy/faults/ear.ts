import { connect } from 'node:net'
import type { LiveEvent, ToldEvent } from '#contract/events.ts'
import { fromTold } from '#contract/stream.ts'

/** A page as the proxy sees one: somebody who listens to the live stream, or has ceased to. */
export type Ear = ReturnType<typeof listenAt>

/**
 * @param lastEventId where the page was before, as a browser says it when it comes back
 * @param options.onEvent hears every event whole; without it only their names are read
 * @param options.watching a tunnel that somebody looks at
 */
export function listenAt(
  port: number,
  lastEventId?: string,
  { onEvent, watching }: { onEvent?: (event: LiveEvent) => void; watching?: string } = {},
) {
  const socket = connect({ port, host: '127.0.0.1' })
  const heard: { id: string; type: string }[] = []
  let status = 0
  let text = ''
  let wake = () => {}
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    if (status === 0) status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0)
    const events = text.split('\n\n')
    text = events.pop() ?? ''
    for (const event of events) {
      const [, id, type] = /id: (\S+)\ndata: \{"type":"(\S+?)"/.exec(event) ?? []
      if (id && type) heard.push({ id, type })
      if (id && onEvent)
        onEvent(fromTold(JSON.parse(event.split('\ndata: ')[1] ?? '') as ToldEvent))
    }
    wake()
  })
  socket.on('error', () => {})
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      resolve()
      wake()
    })
  })
  const from = lastEventId === undefined ? '' : `last-event-id: ${lastEventId}\r\n`
  const path = `/api/events${watching === undefined ? '' : `?watching=${watching}`}`
  socket.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:8787\r\nconnection: close\r\n${from}\r\n`)
  return {
    heard,
    closed,
    status: () => status,
    isOpen: () => !socket.destroyed,
    /** Stops reading, as a frozen screen does, and goes on. */
    freeze: () => void socket.pause(),
    thaw: () => void socket.resume(),
    close: () => void socket.destroy(),
    /** Waits until it is so, or nothing more can come. */
    async until(isSo: () => boolean) {
      while (!isSo() && !socket.destroyed) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      if (!isSo()) throw new Error(`The stream ended (${status}) after ${heard.length} events.`)
    },
  }
}

/**
 * P15: what pages say that they heard last, and how many events they missed by that; null: it is not known, so that
 * they get everything.
 *
 * @param version as the stream has it, `epoch-number`, of three events at least
 */
export function comebacks(version: string): [says: string, id: string, missed: number | null][] {
  const [epoch = '', last = ''] = version.split('-')
  return [
    ['the present version', version, 0],
    ['three before', `${epoch}-${Number(last) - 3}`, 3],
    ['one of the future', `${epoch}-${Number(last) + 100_000}`, null],
    ['a negative one', `${epoch}--1`, null],
    ['one of another process', `0000aaaa-${last}`, null],
    ['a number alone', last, null],
    ['a fraction', `${version}.5`, null],
    ['words', 'from the beginning', null],
    ['a lot', 'x'.repeat(65), null],
    ['zeros before it', `${epoch}-${last.padStart(15, '0')}`, 0],
    ['more digits than a number holds', `${epoch}-${'9'.repeat(16)}`, null],
  ]
}
