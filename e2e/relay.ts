import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Something between the page and Tandem that does to the live stream what proxies and networks do. */

/**
 * `through`: everything passes · `held`: the stream's answer is kept back, as a proxy that buffers does ·
 * `sliced`: the stream comes a few bytes at a time · `late`: the stream takes 15 s on its way, as one does that is
 * longer than its line is fast · `dark`: nothing passes in either direction, and no connection ends.
 */
type Way = 'through' | 'held' | 'sliced' | 'late' | 'dark'

export type Relay = Awaited<ReturnType<typeof startRelay>>

const sliceBytes = 7
const lateByMs = 15_000

/** @param to where Tandem listens. */
export async function startRelay(to: string) {
  const port = Number(new URL(to).port)
  const open = new Set<Socket>()
  let way: Way = 'through'

  const server = createServer((page) => {
    const tandem = connect({ port, host: '127.0.0.1' })
    let isStream = false
    page.on('data', (bytes) => {
      isStream = bytes.toString('latin1').startsWith('GET /api/events')
      if (way !== 'dark') tandem.write(bytes)
    })
    tandem.on('data', (bytes) => {
      if (way === 'dark' || (way === 'held' && isStream)) return
      if (way === 'late' && isStream) return void setTimeout(() => page.write(bytes), lateByMs)
      if (way !== 'sliced' || !isStream) return void page.write(bytes)
      for (let at = 0; at < bytes.length; at += sliceBytes)
        page.write(bytes.subarray(at, at + sliceBytes))
    })
    for (const [one, other] of [
      [page, tandem],
      [tandem, page],
    ] as const) {
      open.add(one)
      one.setNoDelay()
      one.on('error', () => {})
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  /** Breaks every connection off. */
  const reset = () => {
    for (const each of open) each.resetAndDestroy()
  }
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    reset,
    /** From now on; what was under way another way is broken off, unless it becomes dark. */
    become(next: Way) {
      way = next
      if (next !== 'dark') reset()
    },
    async end() {
      reset()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
