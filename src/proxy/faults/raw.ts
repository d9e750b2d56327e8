import { connect } from 'node:net'

/**
 * A client that says exactly what it is told to, right or wrong, over a socket of its own. Node's own
 * clients refuse to send most of what a hostile one would.
 */
export type Heard = {
  /** 0: the connection was closed without an answer. */
  status: number
  headers: Map<string, string>
  /** As it came, chunks and all. */
  body: string
}

/** One request, said at once; a live stream is left as soon as it has begun. */
export function say(port: number, text: string): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' })
    let answer = ''
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      answer += chunk
      if (/^content-type: text\/event-stream/im.test(answer)) socket.destroy()
    })
    // A server that has heard enough may cut off somebody who is still talking.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error)
    })
    socket.on('close', () => resolve(toHeard(answer)))
    socket.write(text, 'latin1')
  })
}

function toHeard(said: string): Heard {
  const answer = said.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '')
  const end = answer.indexOf('\r\n\r\n')
  const [first = '', ...lines] = answer.slice(0, end === -1 ? undefined : end).split('\r\n')
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? 0),
    headers: new Map(
      lines.map((line) => {
        const at = line.indexOf(':')
        return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()]
      }),
    ),
    body: end === -1 ? '' : answer.slice(end + 4),
  }
}

/** A request as text. Nothing in it is checked or escaped. */
export function toText(
  method: string,
  target: string,
  headers: [string, string][],
  body: string | null,
): string {
  // In bytes, as the other end counts; the text itself is sent byte by byte.
  const bytes = body === null ? null : Buffer.from(body).toString('latin1')
  const all = [...headers, ['connection', 'close']]
  if (bytes !== null) all.push(['content-length', String(bytes.length)])
  return `${method} ${target} HTTP/1.1\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${bytes ?? ''}`
}
