import { ProblemError } from './problem.ts'

const capBytes = 5 * 1024 * 1024

/**
 * The whole body of an answer of somebody else, counted after decompression.
 *
 * `signal` must be the one that the answer was fetched with. It is heeded here as well: `fetch` forgets it as
 * soon as garbage is collected between headers and the end of a body (undici, Node 20 to 24), and a body that
 * stalls would then be waited for without end.
 *
 * @throws ProblemError `unexpected-answer` past 5 MiB; the signal's reason once it has been given.
 */
export async function readWhole(response: Response, signal?: AbortSignal | null): Promise<Buffer> {
  if (!response.body) return Buffer.alloc(0)
  const reader = response.body.getReader()
  // Ends the read that is under way, and the connection with it.
  const giveUp = () => void reader.cancel(signal?.reason).catch(() => {})
  if (signal?.aborted) giveUp()
  signal?.addEventListener('abort', giveUp, { once: true })
  try {
    const chunks: Uint8Array[] = []
    let bytes = 0
    for (;;) {
      const { done, value } = await reader.read()
      signal?.throwIfAborted()
      if (done) return Buffer.concat(chunks)
      bytes += value.byteLength
      if (bytes > capBytes) {
        giveUp()
        throw new ProblemError(
          'unexpected-answer',
          'The answer was larger than 5 MiB and was thrown away.',
        )
      }
      chunks.push(value)
    }
  } finally {
    signal?.removeEventListener('abort', giveUp)
  }
}

/** A `fetch` whose answers have come whole, for libraries that read a body with nothing but their signal. */
export const fetchingWhole =
  (send: typeof fetch): typeof fetch =>
  async (input, init) => {
    const response = await send(input, init)
    const { status, statusText, headers } = response
    const body = await readWhole(response, init?.signal)
    // Statuses like 204 allow no body, not even an empty one.
    return new Response(response.body && new Uint8Array(body), { status, statusText, headers })
  }
