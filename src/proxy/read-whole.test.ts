import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { collectGarbage } from './faults/garbage.ts'
import { fetchingWhole, readWhole } from './read-whole.ts'

const mebibyte = 1024 * 1024
let server: Server
let address: string
let underWay = 0

beforeAll(async () => {
  server = createServer(({ url }, response) => {
    underWay += 1
    response.on('close', () => {
      underWay -= 1
    })
    if (url === '/none') return response.writeHead(204).end()
    response.writeHead(200, { 'content-type': 'application/json' })
    if (url === '/whole') return response.end('{"keys":[]}')
    if (url === '/huge') return response.end(Buffer.alloc(6 * mebibyte))
    response.write('{')
    if (url === '/stalls') return
    const dripping = setInterval(() => response.write(' '), 20)
    return response.on('close', () => clearInterval(dripping))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

const get = (path: string, deadlineMs: number) =>
  fetchingWhole(fetch)(address + path, { signal: AbortSignal.timeout(deadlineMs) })

describe('an answer that is read whole', () => {
  test('is what came', async () => {
    const answer = await get('/whole', 5000)
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(await answer.json()).toEqual({ keys: [] })
    expect((await get('/none', 5000)).status).toBe(204)
    expect(await readWhole(new Response('text'))).toEqual(Buffer.from('text'))
  })

  test.each(['/stalls', '/drips'])(
    '%s: ends at its deadline and lets go of its connection, whatever was collected meanwhile',
    async (path) => {
      const collecting = setInterval(collectGarbage, 50)
      const ends = await Promise.allSettled(Array.from({ length: 10 }, () => get(path, 400)))
      clearInterval(collecting)
      for (const end of ends) {
        expect(end).toMatchObject({ status: 'rejected', reason: { name: 'TimeoutError' } })
      }
      await expect.poll(() => underWay, { timeout: 5000 }).toBe(0)
    },
    10_000,
  )

  test('is thrown away past 5 MiB', async () => {
    await expect(get('/huge', 5000)).rejects.toThrow(/larger than 5 MiB/)
  })

  test('is not begun once its time is over', async () => {
    const signal = AbortSignal.abort(new Error('too late'))
    await expect(readWhole(new Response('text'), signal)).rejects.toThrow('too late')
  })
})
