import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { Uuid } from '#contract/tunnel.ts'
import { openStream } from '../live/stream.ts'
import { ProblemError } from '../problem.ts'
import { securityHeaderValues } from './headers.ts'
import type { Parts, Route } from './route.ts'

const mostStreams = 2000
/** Tunnels that one stream may ask to be looked at often. */
const mostWatched = 8
const longestVersion = 64

export function eventRoutes(route: Route, parts: Parts) {
  route('eventStream', (c) => {
    // Hono answers HEAD with GET's handler; a stream without a body would stay open for nothing.
    if (c.req.method !== 'GET') {
      throw new ProblemError('method-not-allowed', 'The live stream takes GET only.')
    }
    if (parts.streams.size >= mostStreams) {
      throw new ProblemError(
        'not-ready',
        'Too many live streams are open. Close other pages and reload.',
      )
    }
    const last = c.req.header('last-event-id') ?? c.req.query('after') ?? ''
    const known = last !== '' && last.length <= longestVersion ? last : null
    const watching = (c.req.queries('watching') ?? [])
      .filter((id) => Uuid.safeParse(id).success && parts.present.tunnel(id) !== null)
      .slice(0, mostWatched)
      .map((id) => parts.poller.watch(id))
    const response = c.env.outgoing
    const end = openStream(response, known, securityHeaderValues, parts)
    parts.streams.add(end)
    response.on('close', () => {
      parts.streams.delete(end)
      for (const unwatch of watching) unwatch()
    })
    return RESPONSE_ALREADY_SENT
  })
}
