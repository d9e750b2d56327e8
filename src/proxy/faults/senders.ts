import { connect } from 'node:net'
import { toText } from './raw.ts'

/** S21 and S22: what senders say that are slow, ambiguous or say too much, to a Tandem where nobody signs in. */

type Header = [name: string, value: string]
export const host: Header = ['host', '127.0.0.1:8787']
const own: Header[] = [host, ['x-requested-by', 'tandem']]
const json: Header = ['content-type', 'application/json']

/** Somebody who opens a connection, says this much and waits; resolves with what was said to them. */
export function linger(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = ''
    const socket = connect({ port, host: '127.0.0.1' })
    socket.setEncoding('latin1').on('data', (chunk: string) => (heard += chunk))
    socket.on('error', () => {})
    socket.on('close', () => resolve(heard))
    socket.write(text)
  })
}

/** The beginning of a change, up to how its body is sent. */
export const lateBody =
  'POST /api/tunnels HTTP/1.1\r\nhost: 127.0.0.1:8787\r\nx-requested-by: tandem\r\ncontent-type: application/json\r\n'

/** Who it is, what they say before they fall silent, and what they are told. */
export const slowSenders: [who: string, text: string, says: RegExp][] = [
  ['who says nothing', '', /^(?:HTTP\/1\.1 408 .*)?$/s],
  [
    'who never ends the headers',
    'GET /api/session HTTP/1.1\r\nhost: x\r\nx-a: b',
    /^HTTP\/1\.1 408 /,
  ],
  ['who never sends the body', `${lateBody}content-length: 20\r\n\r\n{"na`, /^HTTP\/1\.1 408 /],
  [
    'who never ends the chunks',
    `${lateBody}transfer-encoding: chunked\r\n\r\n4\r\n{"na\r\n`,
    /^HTTP\/1\.1 408 /,
  ],
]

const head = 'POST /api/tunnels HTTP/1.1\r\nhost: 127.0.0.1:8787\r\n'

/** What two servers in a row may understand differently. */
export const ambiguousSenders: [what: string, text: string][] = [
  [
    'a length and chunks',
    `${head}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nX`,
  ],
  ['two lengths', `${head}content-length: 5\r\ncontent-length: 6\r\n\r\nhello!`],
  ['a length that is none', `${head}content-length: +5\r\n\r\nhello`],
  ['a negative length', `${head}content-length: -1\r\n\r\n`],
  [
    'chunks under another name',
    `${head}transfer-encoding: xchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
  ],
  ['a folded header', `${head}transfer-encoding:\r\n chunked\r\ncontent-length: 3\r\n\r\nabc`],
  ['a space before the colon', `${head}content-length : 5\r\n\r\nhello`],
  ['a bare line feed in a header', `${head}x-a: b\nx-c\r\n\r\n`],
  [
    'a chunk length that is none',
    `${head}transfer-encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n`,
  ],
  ['no host', 'GET /api/session HTTP/1.1\r\n\r\n'],
]

const get = (path: string, headers: Header[] = []) => toText('GET', path, [host, ...headers], null)
const post = (headers: Header[], body: string) =>
  toText('POST', '/api/tunnels', [...own, ...headers], body)

/** A change whose body comes in chunks: without any yet. */
export const chunked = toText(
  'POST',
  '/api/tunnels',
  [...own, json, ['transfer-encoding', 'chunked']],
  null,
)
const chunk = `${(8192).toString(16)}\r\n${'x'.repeat(8192)}\r\n`
/** An address of this many bytes. */
const address = (bytes: number) => `/api/nothing?q=${'9'.repeat(bytes - '/api/nothing?q='.length)}`
const change = (nameLength: number) => JSON.stringify({ name: 'x'.repeat(nameLength), ha: true })
const aroundName = change(0).length
const foreign = (type: string) =>
  post(
    [
      ['content-type', type],
      ['origin', 'http://127.0.0.1:8787'],
    ],
    'a=b',
  )

/** What it is, what it is answered with, and its text; what just fits stands before what does not. */
export const excessiveSenders: [what: string, status: number, text: string][] = [
  [
    '10,000 headers',
    431,
    get(
      '/api/session',
      Array.from({ length: 10_000 }, (_, n) => [`x-${n}`, 'y']),
    ),
  ],
  ['a header of 20 KB', 431, get('/api/session', [['x-a', 'y'.repeat(20_000)]])],
  ['an address of 20 KB', 431, get(`/api/activity?cursor=${'9'.repeat(20_000)}`)],
  ['an address of 8 KB to nowhere', 404, get(address(8192))],
  ['an address over 8 KB', 414, get(address(8193))],
  ['a body of 16 KB with too long a name', 400, post([json], change(16_384 - aroundName))],
  ['a body over 16 KB', 413, post([json], change(16_385 - aroundName))],
  ['a body over 16 KB whose length was not said', 413, `${chunked}${chunk.repeat(3)}0\r\n\r\n`],
  ['a form', 415, foreign('application/x-www-form-urlencoded')],
  ['a file', 415, foreign('multipart/form-data; boundary=x')],
  ['XML', 415, foreign('application/xml')],
  ['a compressed body', 415, post([json, ['content-encoding', 'gzip']], '{}')],
]
