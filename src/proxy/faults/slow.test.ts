import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { socketLimits } from '../listen.ts'
import { openDoor } from './door.ts'
import { say, toText } from './raw.ts'
import { startRig } from './rig.ts'
import { startWorld, type World } from './world.ts'

/**
 * S21 and S22: senders that are slow, endless or ambiguous, over real sockets against the server as it is.
 * What takes ten seconds there takes a fiftieth of it here.
 */
const quicker = 50
const { headersMs, requestMs, checkMs, silentMs } = socketLimits
const limits = {
  headersMs: headersMs / quicker,
  requestMs: requestMs / quicker,
  checkMs: checkMs / quicker,
  silentMs: silentMs / quicker,
}

let world: World
let rig: Awaited<ReturnType<typeof startRig>>
let door: Awaited<ReturnType<typeof openDoor>>
beforeAll(async () => {
  world = await startWorld()
  await world.addTunnel('lon-core', 3)
  rig = await startRig(world)
  await rig.looked()
  door = await openDoor(rig, limits)
}, 120_000)
afterAll(async () => {
  await door.close()
  await rig.end()
  await world.end()
})

const host = ['host', '127.0.0.1:8787'] as [string, string]
const ask = (path: string) => say(door.port, toText('GET', path, [host], null))

/** Somebody who opens a connection, says this much and waits; resolves with what was said to them. */
function linger(text: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = ''
    const socket = connect({ port: door.port, host: '127.0.0.1' })
    socket.setEncoding('latin1').on('data', (chunk: string) => (heard += chunk))
    socket.on('error', () => {})
    socket.on('close', () => resolve(heard))
    socket.write(text)
  })
}

test('S22 the figures: ten seconds for the headers, fifteen for all of it, a hundred an address', () => {
  expect(socketLimits).toEqual({
    headersMs: 10_000,
    requestMs: 15_000,
    checkMs: 5_000,
    idleMs: 75_000,
    silentMs: 60_000,
    headerBytes: 16_384,
    sockets: 4_000,
    perAddress: 100,
  })
  // Whoever is slow in the headers, the body or both is gone after twenty.
  expect(Math.max(headersMs, requestMs) + checkMs).toBeLessThanOrEqual(20_000)
})

test('P19 a connection waits longer for its next request than a proxy in front keeps one open', async () => {
  const answer = await fetch(`http://127.0.0.1:${door.port}/api/session`)
  expect(answer.headers.get('keep-alive')).toBe('timeout=75')
})

describe('S22 slow senders', () => {
  const write =
    'POST /api/tunnels HTTP/1.1\r\nhost: 127.0.0.1:8787\r\nx-requested-by: tandem\r\ncontent-type: application/json\r\n'

  test.each([
    ['who says nothing', '', /^(?:HTTP\/1\.1 408 .*)?$/s],
    [
      'who never ends the headers',
      'GET /api/session HTTP/1.1\r\nhost: x\r\nx-a: b',
      /^HTTP\/1\.1 408 /,
    ],
    ['who never sends the body', `${write}content-length: 20\r\n\r\n{"na`, /^HTTP\/1\.1 408 /],
    [
      'who never ends the chunks',
      `${write}transfer-encoding: chunked\r\n\r\n4\r\n{"na\r\n`,
      /^HTTP\/1\.1 408 /,
    ],
  ])('one %s is cut off', async (_, text, says) => {
    expect(await linger(text)).toMatch(says)
  })

  // Cut off fifty times sooner, the first are gone when the last come. All of them at once, how quickly others are
  // answered meanwhile and when the last is gone are figures of the machine: `npm run soak -- senders`.
  test('2,000 one after the other: everybody else is answered, and they are gone by themselves', async () => {
    const slow: Promise<string>[] = []
    for (let round = 0; round < 50; round += 1) {
      for (let n = 0; n < 20; n += 1) {
        slow.push(linger('GET / HTTP/1.1\r\nx-a: '))
        slow.push(linger(`${write}content-length: 9\r\n\r\n{`))
      }
      expect((await ask('/api/tunnels')).status).toBe(200)
    }
    await Promise.all(slow)
    const left = await new Promise<number>((resolve) =>
      door.server.getConnections((_, count) => resolve(count)),
    )
    expect(left).toBeLessThan(5)
  }, 60_000)

  test('somebody who does not take the answer is dropped', async () => {
    const serverSide = new Promise<Socket>((resolve) => door.server.once('connection', resolve))
    const socket = connect({ port: door.port, host: '127.0.0.1' })
    socket.on('error', () => {})
    // Asked a thousand times, never read: more than any buffer between the two takes.
    socket.pause()
    const question = toText('GET', '/api/openapi.json', [host], null).replace('close', 'keep-alive')
    socket.write(question.repeat(1000))
    const theirs = await serverSide
    await new Promise<void>((resolve) => theirs.once('close', () => resolve()))
    expect(theirs.destroyed).toBe(true)
    socket.destroy()
  })
})

describe('S22 ambiguous senders', () => {
  const head = 'POST /api/tunnels HTTP/1.1\r\nhost: 127.0.0.1:8787\r\n'
  test.each([
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
  ])('%s: 400, and the connection is closed', async (_, text) => {
    expect((await say(door.port, text)).status).toBe(400)
  })
})

describe('S21 too much', () => {
  const post = (headers: [string, string][], body: string) =>
    say(
      door.port,
      toText(
        'POST',
        '/api/tunnels',
        [host, ['x-requested-by', 'tandem'], ['content-type', 'application/json'], ...headers],
        body,
      ),
    )

  test('10,000 headers, or a single one of 20 KB: 431', async () => {
    const many = Array.from({ length: 10_000 }, (_, n): [string, string] => [`x-${n}`, 'y'])
    expect(
      (await say(door.port, toText('GET', '/api/session', [host, ...many], null))).status,
    ).toBe(431)
    const long = [host, ['x-a', 'y'.repeat(20_000)]] as [string, string][]
    expect((await say(door.port, toText('GET', '/api/session', long, null))).status).toBe(431)
  })

  test('an address of 20 KB: 431', async () => {
    expect((await ask(`/api/activity?cursor=${'9'.repeat(20_000)}`)).status).toBe(431)
  })

  test('an address over 8 KB: 414; one that just fits is looked at', async () => {
    const fits = `/api/nothing?q=${'9'.repeat(8192 - '/api/nothing?q='.length)}`
    expect((await ask(fits)).status).toBe(404)
    expect((await ask(`${fits}9`)).status).toBe(414)
  })

  test('a body over 16 KB: 413, whether or not its length was said', async () => {
    const fits = JSON.stringify({ name: 'x'.repeat(16_384 - 21), ha: true })
    expect(fits).toHaveLength(16_384)
    expect((await post([], fits)).status).toBe(400)
    const body = JSON.stringify({ name: 'x'.repeat(16_384), ha: true })
    expect((await post([], body)).status).toBe(413)
    const chunked = toText(
      'POST',
      '/api/tunnels',
      [
        host,
        ['x-requested-by', 'tandem'],
        ['content-type', 'application/json'],
        ['transfer-encoding', 'chunked'],
      ],
      null,
    )
    const chunk = `${(8192).toString(16)}\r\n${'x'.repeat(8192)}\r\n`
    expect((await say(door.port, `${chunked}${chunk.repeat(3)}0\r\n\r\n`)).status).toBe(413)
  })

  test('chunks without end are cut off, and little of them is kept', async () => {
    const before = process.memoryUsage().rss
    const serverSide = new Promise<Socket>((resolve) => door.server.once('connection', resolve))
    const head = toText(
      'POST',
      '/api/tunnels',
      [
        host,
        ['x-requested-by', 'tandem'],
        ['content-type', 'application/json'],
        ['transfer-encoding', 'chunked'],
      ],
      null,
    )
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`
    const status = await new Promise<number>((resolve) => {
      let heard = ''
      const socket = connect({ port: door.port, host: '127.0.0.1' })
      socket.setEncoding('latin1').on('data', (text: string) => (heard += text))
      socket.on('error', () => {})
      socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(heard)?.[1])))
      const goOn = () => {
        while (!socket.destroyed && socket.write(chunk));
      }
      socket.write(head)
      socket.on('drain', goOn)
      goOn()
    })
    expect(status).toBe(413)
    // The table's 10 MB are held in bytes that were taken in: this process grows by what the sender piles up too.
    expect((await serverSide).bytesRead).toBeLessThan(10e6)
    expect(process.memoryUsage().rss - before).toBeLessThan(50e6)
  })

  test.each([
    ['a form', 'application/x-www-form-urlencoded'],
    ['a file', 'multipart/form-data; boundary=x'],
    ['XML', 'application/xml'],
  ])('%s: 415', async (_, type) => {
    const { status } = await say(
      door.port,
      toText(
        'POST',
        '/api/tunnels',
        [
          host,
          ['x-requested-by', 'tandem'],
          ['content-type', type],
          ['origin', 'http://127.0.0.1:8787'],
        ],
        'a=b',
      ),
    )
    expect(status).toBe(415)
  })
})
