import { FailoverRequest } from '#contract/failover.ts'
import { Uuid } from '#contract/tunnel.ts'
import { ProblemError } from '../problem.ts'
import { liveTunnel, type Parts, perform, type Route, readBody } from './route.ts'

export function failoverRoutes(route: Route, parts: Parts) {
  route('failoverRun', async (c, { tunnelId = '' }) => {
    const request = await readBody(c, FailoverRequest)
    for (const field of ['client_id', 'expected_active_id'] as const) {
      const id = request[field]
      if (id !== null && !Uuid.safeParse(id).success) {
        throw new ProblemError('invalid-request', `“${field}” must be a connector’s id.`, { field })
      }
    }
    liveTunnel(parts, tunnelId)
    const facts = { operation: 'failoverRun', tunnelId, input: request } as const
    const failover = await perform(parts, c, facts, (who) =>
      parts.failovers.start(tunnelId, request, who.name),
    )
    c.header('location', `/api/failovers/${failover.id}`)
    return c.json(failover, 202)
  })

  route('failoverGet', async (c, { failoverId = '' }) => {
    const failover = await parts.failovers.get(failoverId)
    if (!failover) throw new ProblemError('not-found', 'Tandem does not know this failover.')
    return c.json(failover)
  })
}
