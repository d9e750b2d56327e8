import { Readable } from 'node:stream'

/** A file that is made while it is sent, however long it gets. */
export function download(lines: AsyncGenerator<string>, type: string, name: string): Response {
  // A body is bytes: some servers and every client that follows the standard refuse text in its place.
  async function* bytes() {
    for await (const text of lines) yield Buffer.from(text)
  }
  const body = Readable.toWeb(Readable.from(bytes(), { objectMode: false })) as unknown as BodyInit
  return new Response(body, {
    headers: { 'content-type': type, 'content-disposition': `attachment; filename="${name}"` },
  })
}
