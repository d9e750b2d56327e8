import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGzip } from 'node:zlib'
import type { ApiAnswer } from './answers.ts'
import type { Fault } from './faults.ts'

/** How does an answer leave? Whole as a rule; late, short, slow or not at all where a fault says so. */

const htmlPage = (status: number) => `<!DOCTYPE html>
<html lang="en-US">
<head><title>api.cloudflare.com | ${status}</title></head>
<body><h1>Error ${status}</h1><p>Cloudflare Ray ID: 8f00b204e9800998</p></body>
</html>
`

function* repeat(letter: string, megabytes: number) {
  const piece = Buffer.alloc(65_536, letter)
  for (let sent = 0; sent < megabytes * 16; sent += 1) yield piece
}
function* paddedEnvelope(megabytes: number) {
  yield '{"success":true,"errors":[],"messages":[],"result":[],"padding":"'
  yield* repeat('x', megabytes)
  yield '"}'
}

/** @returns the status that was sent, or null when the caller never saw one */
export async function deliver(
  response: ServerResponse,
  answer: ApiAnswer,
  fault: Fault | null,
  headers: Record<string, string>,
): Promise<number | null> {
  const text = JSON.stringify(answer.body)
  const all = { ...headers, ...answer.headers }
  const send = (status: number, contentType: string | null, body: string) => {
    const typed = contentType === null ? all : { ...all, 'content-type': contentType }
    response.writeHead(status, { ...typed, 'content-length': String(Buffer.byteLength(body)) })
    response.end(body)
    return status
  }
  const json = (body = text) => send(answer.status, 'application/json', body)
  const stream = async (body: Iterable<string | Buffer>, encoding?: 'gzip') => {
    const typed = { ...all, 'content-type': 'application/json' }
    response.writeHead(200, encoding ? { ...typed, 'content-encoding': encoding } : typed)
    const source = Readable.from(body)
    // The caller is expected to hang up long before the end.
    await (encoding ? pipeline(source, createGzip(), response) : pipeline(source, response)).catch(
      () => undefined,
    )
    return 200
  }

  switch (fault?.kind) {
    case 'refuse':
    case 'reset-after-apply':
      response.destroy()
      return null
    case 'hang':
      return null
    case 'hang-headers-sent':
      response.writeHead(answer.status, { ...all, 'content-type': 'application/json' })
      response.flushHeaders()
      return answer.status
    case 'delay':
      await sleep(fault.ms)
      return json()
    case 'drip': {
      response.writeHead(answer.status, { ...all, 'content-type': 'application/json' })
      const bytes = Buffer.from(text)
      const step = Math.max(1, Math.round(fault.bytesPerSecond / 10))
      for (let at = 0; at < bytes.length && !response.destroyed; at += step) {
        response.write(bytes.subarray(at, at + step))
        await sleep((1_000 * step) / fault.bytesPerSecond)
      }
      response.end()
      return answer.status
    }
    case 'truncate': {
      const bytes = Buffer.from(text)
      const kept = bytes.subarray(0, Math.min(fault.at ?? bytes.length >> 1, bytes.length))
      response.writeHead(answer.status, {
        ...all,
        'content-type': 'application/json',
        'content-length': String(fault.abrupt ? bytes.length : kept.length),
      })
      if (!fault.abrupt) {
        response.end(kept)
        return answer.status
      }
      if (!response.write(kept)) await once(response, 'drain')
      response.socket?.end(() => response.destroy())
      return answer.status
    }
    case 'html':
      return send(fault.status ?? 200, 'text/html; charset=UTF-8', htmlPage(fault.status ?? 200))
    case 'rate-limit':
      return fault.html ? send(429, 'text/html; charset=UTF-8', htmlPage(429)) : json()
    case 'body': {
      const contentType = fault.contentType === undefined ? 'application/json' : fault.contentType
      return send(fault.status ?? 200, contentType, fault.body)
    }
    case 'gzip-bomb':
      return stream(repeat(' ', fault.megabytes), 'gzip')
    case 'huge':
      return stream(paddedEnvelope(fault.megabytes))
    case 'redirect':
      response.writeHead(302, { ...all, location: fault.location, 'content-length': '0' })
      response.end()
      return 302
    default:
      return json()
  }
}
