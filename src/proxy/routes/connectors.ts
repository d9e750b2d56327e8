import { CfConnector } from '#contract/cloudflare.ts'
import { mostLetters } from '#contract/most-letters.ts'
import { toSeenConnector } from '../cloudflare/translate.ts'
import { connectorForScreen, connectorsForScreen, isScreen } from '../identity/for-screens.ts'
import { ProblemError } from '../problem.ts'
import { wantsFresh } from './fresh.ts'
import { liveTunnel, type Parts, type Route } from './route.ts'

/** Connectors that a search answers with. */
const mostFound = 100

export function connectorRoutes(route: Route, parts: Parts) {
  const { present, poller, client, mayRefresh } = parts

  route('connectorList', async (c, { tunnelId = '' }) => {
    if (wantsFresh(c)) {
      liveTunnel(parts, tunnelId)
      if (mayRefresh('connectorList', tunnelId)) await poller.look(tunnelId, 'look')
    }
    const known = present.connectors(tunnelId)
    if (known) return c.json(isScreen(c.get('who')) ? connectorsForScreen(known) : known)
    liveTunnel(parts, tunnelId)
    throw new ProblemError('not-found', 'Tandem does not know this tunnel.')
  })

  route('connectorFind', (c) => {
    const q = c.req.query('q') ?? ''
    if (q.length > mostLetters) {
      throw new ProblemError('invalid-request', `A search has at most ${mostLetters} letters.`)
    }
    const words = q.toLowerCase().split(/\s+/).filter(Boolean)
    return c.json({ connectors: words.length > 0 ? present.findConnectors(words, mostFound) : [] })
  })

  route('connectorGet', async (c, { tunnelId = '', connectorId = '' }) => {
    let isYetToCome = false
    if (wantsFresh(c)) {
      const { accountId } = liveTunnel(parts, tunnelId)
      if (mayRefresh('connectorGet', connectorId)) {
        const ids = { accountId, tunnelId, connectorId }
        const { result, sentAt, at } = await client.call('connectorGet', ids, { purpose: 'look' })
        const seen = toSeenConnector(CfConnector.parse(result))
        if (
          seen?.id === connectorId &&
          !(await present.landConnector(tunnelId, seen, sentAt, at))
        ) {
          isYetToCome = !(await lookAtAll(tunnelId))
        }
      }
    }
    const list = present.connectors(tunnelId)
    const connector = list?.connectors.find((one) => one.id === connectorId)
    if (connector) {
      return c.json(isScreen(c.get('who')) ? connectorForScreen(connector) : connector)
    }
    if (!list) liveTunnel(parts, tunnelId)
    if (isYetToCome) {
      throw new ProblemError(
        'not-ready',
        'Cloudflare lists this connector, and Tandem has not looked at the others of its tunnel since: ask again in some seconds.',
      )
    }
    throw new ProblemError('not-found', 'Cloudflare lists no such connector for this tunnel now.')
  })

  /** Now, or as soon as the poller may where “check now” has no call left: then false. */
  async function lookAtAll(tunnelId: string): Promise<boolean> {
    const isNow = mayRefresh('connectorList', tunnelId)
    if (isNow) await poller.look(tunnelId, 'look')
    else poller.poke(tunnelId)
    return isNow
  }
}
