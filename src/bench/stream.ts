import { get } from 'node:http'
import { type LiveEvent, ToldEvent } from '#contract/events.ts'
import { fromTold } from '#contract/stream.ts'

/** An open page as the proxy sees one: a live stream. Without the page it costs the bench nothing. */

type OnEvent = (event: LiveEvent, text: string) => void

/**
 * Opens a stream and resolves when the proxy has answered.
 *
 * @param options.watching the tunnel whose page it is; a page of none where left out.
 * @param options.onEvent hears every event, and the text that told of it; without it the bytes are read and thrown
 * away.
 * @returns closes it
 */
export function openStream(
  address: string,
  { watching, onEvent }: { watching?: string; onEvent?: OnEvent } = {},
): Promise<() => void> {
  const query = watching ? `?watching=${watching}` : ''
  return new Promise((resolve, reject) => {
    // Each its own connection, as every browser has one.
    const request = get(`${address}/api/events${query}`, { agent: false }, (response) => {
      if (response.statusCode !== 200) {
        reject(new Error(`The stream was answered with ${response.statusCode}.`))
        return
      }
      // Closing it on purpose ends it in an error that nobody needs to hear of.
      response.on('error', () => {})
      if (onEvent) listen(response, onEvent)
      else response.resume()
      resolve(() => void response.destroy())
    })
    request.on('error', reject)
  })
}

function listen(response: NodeJS.ReadableStream, onEvent: OnEvent) {
  let text = ''
  response.setEncoding('utf8')
  response.on('data', (chunk: string) => {
    const messages = (text + chunk).split('\n\n')
    text = messages.pop() ?? ''
    for (const message of messages) {
      const line = message.split('\n').find((each) => each.startsWith('data: '))
      const data = line?.slice('data: '.length)
      if (data) onEvent(fromTold(ToldEvent.parse(JSON.parse(data))), data)
    }
  })
}
