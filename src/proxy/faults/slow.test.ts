import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { socketLimits } from '../listen.ts'
import { openDoor } from './door.ts'
import { say, toText } from './raw.ts'
import { startRig } from './rig.ts'
import {
  ambiguousSenders,
  chunked,
  excessiveSenders,
  host,
  lateBody,
  linger,
  slowSenders,
} from './senders.ts'
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

const ask = (path: string) => say(door.port, toText('GET', path, [host], null))

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
  test.each(slowSenders)('one %s is cut off', async (_, text, says) => {
    expect(await linger(door.port, text)).toMatch(says)
  })

  // Cut off fifty times sooner, the first are gone when the last come. All of them at once, how quickly others are
  // answered meanwhile and when the last is gone are figures of the machine: `npm run soak -- senders`.
  test('2,000 one after the other: everybody else is answered, and they are gone by themselves', async () => {
    const slow: Promise<string>[] = []
    for (let round = 0; round < 50; round += 1) {
      for (let n = 0; n < 20; n += 1) {
        slow.push(linger(door.port, 'GET / HTTP/1.1\r\nx-a: '))
        slow.push(linger(door.port, `${lateBody}content-length: 9\r\n\r\n{`))
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
  test.each(ambiguousSenders)('%s: 400, and the connection is closed', async (_, text) => {
    expect((await say(door.port, text)).status).toBe(400)
  })
})

describe('S21 too much', () => {
  test.each(excessiveSenders)('%s: %i', async (_, status, text) => {
    expect((await say(door.port, text)).status).toBe(status)
  })

  test('chunks without end are cut off, and little of them is kept', async () => {
    const before = process.memoryUsage().rss
    const serverSide = new Promise<Socket>((resolve) => door.server.once('connection', resolve))
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
      socket.write(chunked)
      socket.on('drain', goOn)
      goOn()
    })
    expect(status).toBe(413)
    // The table's 10 MB are held in bytes that were taken in: this process grows by what the sender piles up too.
    expect((await serverSide).bytesRead).toBeLessThan(10e6)
    expect(process.memoryUsage().rss - before).toBeLessThan(50e6)
  })
})
