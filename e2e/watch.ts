import { type BrowserContext, expect, type Page } from '@playwright/test'
import { type Acknowledged, toAcknowledged } from '../src/proxy/faults/invariants.ts'

/** Files of the build that were read to their end; the digest in their names tells what is in them. */
const seen = new Set<string>()

/**
 * Looks over the browser's shoulder for the length of a test: everything that it was sent, and whatever
 * its console held against our own page.
 *
 * @param acknowledged is told which changes Tandem said were done.
 */
export async function watchBrowser(context: BrowserContext, acknowledged: Acknowledged[] = []) {
  const complaints: string[] = []
  const received: { url: string; text: string }[] = []
  const reading: Promise<unknown>[] = []

  // What the policy stops is told to the page itself, whatever becomes of the console.
  await context.exposeBinding('__violated', (_, says: string) => void complaints.push(says))
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (violation) => {
      const { effectiveDirective, blockedURI, sourceFile, lineNumber, sample } = violation
      const where = `${sourceFile}:${lineNumber}`
      const says = `CSP ${effectiveDirective} stopped ${blockedURI} at ${where}: ${sample}`
      ;(window as unknown as { __violated: (says: string) => void }).__violated(says)
    })
  })

  context.on('weberror', (failure) => {
    const { name, message, stack } = failure.error()
    complaints.push(`uncaught: ${name}: ${message}\n${stack}`)
  })
  context.on('console', (message) => {
    if (/Content Security Policy|Trusted(?:HTML|Script|Type)/i.test(message.text())) {
      complaints.push(message.text())
    }
  })
  context.on('requestfinished', (request) => {
    const read = async () => {
      const { pathname } = new URL(request.url())
      // What the build made is the same in every test: looked at once is enough.
      if (seen.has(pathname)) return
      const response = await request.response()
      if (response && pathname.startsWith('/api/')) {
        const answer = { ok: response.ok(), headers: new Map(Object.entries(response.headers())) }
        const path = pathname.slice('/api'.length)
        acknowledged.push(...toAcknowledged(request.method(), path, answer))
      }
      const headers = JSON.stringify(await response?.headersArray())
      // A page that has moved on keeps no bodies of what it left behind.
      const body = await response?.text().catch(() => '')
      received.push({ url: request.url(), text: headers }, { url: request.url(), text: body ?? '' })
      if (body && pathname.startsWith('/assets/')) seen.add(pathname)
    }
    reading.push(read().catch(() => undefined))
  })

  /** A live stream never finishes, so it is read event by event. */
  async function watchStreams(page: Page) {
    const session = await context.newCDPSession(page)
    session.on('Network.eventSourceMessageReceived', ({ data }) =>
      received.push({ url: 'event stream', text: data }),
    )
    await session.send('Network.enable')
  }
  const watching = context.pages().map(watchStreams)
  context.on('page', (page) => watching.push(watchStreams(page).catch(() => undefined)))
  await Promise.all(watching)

  return {
    /** Asserts that nothing was complained about and that no secret reached the browser. */
    async expectClean(secrets: string[]) {
      await Promise.all(reading)
      expect(complaints, 'what the browser complained about').toEqual([])
      const leaks = received.filter(({ text }) => holdsSecret(text, secrets))
      expect(
        leaks.map(({ url }) => url),
        'answers that hold a piece of an API token',
      ).toEqual([])
    },
  }
}

const pieceLength = 12

/** Whether any 12 characters in a row of a secret, plain or in base64, stand in the text. */
export function holdsSecret(text: string, secrets: string[]): boolean {
  const holdsOne = (form: string, length: number, step: number) => {
    for (let from = 0; from + length <= form.length; from += step) {
      if (text.includes(form.slice(from, from + length))) return true
    }
    return false
  }
  return secrets
    .flatMap((secret) => [secret, Buffer.from(secret).toString('base64')])
    .some(
      (form) =>
        // Any twelve in a row hold one of these whole, and they are far fewer to look for.
        holdsOne(form, pieceLength / 2, pieceLength / 2) && holdsOne(form, pieceLength, 1),
    )
}
