import { get, type IncomingMessage } from 'node:http'
import { type LiveEvent, ToldEvent } from '#contract/events.ts'
import { fromTold } from '#contract/stream.ts'
import type { Visitor } from './visitor.ts'

/** What the stream of somebody's browser hears, as it comes: each event is one that the contract has. */
export function openStream(port: number, visitor: Pick<Visitor, 'jar'>, page?: string) {
  const heard: LiveEvent[] = []
  const headers = {
    host: 'tandem.example.com',
    'x-forwarded-proto': 'https',
    cookie: [...visitor.jar].map(([name, value]) => `${name}=${value}`).join('; '),
  }
  const path = `/api/events${page === undefined ? '' : `?page=${page}`}`
  const options = { host: '127.0.0.1', port, path, headers, agent: false }
  return new Promise<{
    status: number
    heard: LiveEvent[]
    ended: Promise<void>
    close: () => void
  }>((resolve, reject) => {
    const request = get(options, (response: IncomingMessage) => {
      let text = ''
      const ended = new Promise<void>((done) => response.once('close', done))
      response.setEncoding('utf8').on('data', (chunk: string) => {
        const messages = (text + chunk).split('\n\n')
        text = messages.pop() ?? ''
        for (const message of messages) {
          // Lines end as the stream's do: a name may hold what ends one elsewhere.
          const data = message.split('\n').find((line) => line.startsWith('data: '))
          if (data) heard.push(fromTold(ToldEvent.parse(JSON.parse(data.slice('data: '.length)))))
        }
      })
      response.on('error', () => {})
      resolve({
        status: response.statusCode ?? 0,
        heard,
        ended,
        close: () => response.destroy(),
      })
    })
    request.once('error', reject)
  })
}
