import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { selfSigned } from '../src/proxy/faults/certificate.ts'

/** The TLS proxy in front of a Tandem; browsers must be told to take its certificate. */

export type TlsFront = Awaited<ReturnType<typeof startTlsFront>>

/** It has its address before Tandem starts, which must know it: where it leads to is said then. */
export async function startTlsFront() {
  let port = 0

  function pass(asked: IncomingMessage, answer: ServerResponse) {
    const forwarded = {
      'x-forwarded-for': asked.socket.remoteAddress,
      'x-forwarded-proto': 'https',
    }
    const { method, url } = asked
    const headers = { ...asked.headers, ...forwarded }
    const passed = request({ port, host: '127.0.0.1', method, path: url, headers }, (from) => {
      answer.writeHead(from.statusCode ?? 502, from.rawHeaders)
      from.pipe(answer)
    })
    passed.on('error', () => answer.destroy())
    answer.on('close', () => passed.destroy())
    asked.pipe(passed)
  }
  const server = createServer(selfSigned, pass)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    address: `https://localhost:${(server.address() as AddressInfo).port}`,
    leadTo(tandem: string) {
      port = Number(new URL(tandem).port)
    },
    async end() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
