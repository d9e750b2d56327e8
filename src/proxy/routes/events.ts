import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { Uuid } from '#contract/tunnel.ts'
import { isLoopback } from '../config.ts'
import { isScreen } from '../identity/for-screens.ts'
import { signedIn } from '../identity/guard.ts'
import { openStream } from '../live/stream.ts'
import { ProblemError } from '../problem.ts'
import { securityHeadersOf } from './headers.ts'
import type { Parts, Route } from './route.ts'

const mostStreams = 2000
/** Of one session or screen; a page has one, and a second for a moment while it changes. */
const mostEach = 4
/** Of one address where nobody signs in. */
const mostOfAddress = 16
/** Tunnels that one stream may ask to be looked at often. */
const mostWatched = 8
/** What a page may say of itself: which version it has, and which page it is. */
const longestId = 64

export function eventRoutes(route: Route, parts: Parts) {
  route('eventStream', (c) => {
    // Hono answers HEAD with GET's handler; a stream without a body would stay open for nothing.
    if (c.req.method !== 'GET') {
      throw new ProblemError('method-not-allowed', 'The live stream takes GET only.')
    }
    const response = c.env.outgoing
    // It went while it was asked who it is: nothing would ever end what begins now.
    if (response.destroyed) return RESPONSE_ALREADY_SENT
    const who = signedIn(c)
    const owner = who.sessionId ?? who.from
    // A page whose network went comes back long before the stream that it had there is known to be dead.
    const page = (c.req.query('page') ?? '').slice(0, longestId)
    for (const [end, each] of parts.streams) {
      if (page === '' || each.page !== page || each.owner !== owner) continue
      parts.streams.delete(end)
      end()
    }
    if (parts.streams.size >= mostStreams) {
      throw new ProblemError(
        'not-ready',
        'Too many live streams are open. Close other pages and reload.',
      )
    }
    const most = who.sessionId ? mostEach : isLoopback(who.from) ? mostStreams : mostOfAddress
    const open = [...parts.streams.values()].filter((each) => each.owner === owner).length
    if (open >= most) {
      throw new ProblemError(
        'too-many-attempts',
        `More than ${most} live streams are open already. Close other pages of Tandem and reload.`,
      )
    }
    const last = c.req.header('last-event-id') ?? c.req.query('after') ?? ''
    const known = last !== '' && last.length <= longestId ? last : null
    // Known or not: a page may come before the first listing, and says it once.
    const watching = (c.req.queries('watching') ?? [])
      .filter((id) => Uuid.safeParse(id).success)
      .slice(0, mostWatched)
    const end = openStream(response, known, securityHeadersOf(c.get('way')), {
      bus: parts.bus,
      snapshot: parts.snapshot,
      now: parts.now,
      after: parts.after,
      ear: { isScreen: isScreen(who), watching: new Set(watching) },
      isAlive: () => parts.identity.isAlive(who),
      onEnded: (callback) => parts.identity.onEnded(who, callback),
      onFault: (err) => parts.log({ err }, 'a live stream broke off'),
    })
    parts.streams.set(end, { owner, page })
    const unwatches = watching.map((id) => parts.poller.watch(id))
    response.on('close', () => {
      parts.streams.delete(end)
      for (const unwatch of unwatches) unwatch()
    })
    // It came on a connection that was open already, after the others were told.
    if (parts.isStopping()) end({ type: 'bye', at: parts.now() })
    return RESPONSE_ALREADY_SENT
  })
}
