import { FailoverRequest, PreferenceChange } from '#contract/failover.ts'
import { Uuid } from '#contract/tunnel.ts'
import { savePreference } from '../failover/preferences.ts'
import { notRecorded } from '../identity/actions.ts'
import { failoverForScreen, isScreen } from '../identity/for-screens.ts'
import { signedIn } from '../identity/guard.ts'
import { ProblemError } from '../problem.ts'
import { liveTunnel, type Parts, perform, type Request, type Route, readBody } from './route.ts'

export function failoverRoutes(route: Route, parts: Parts) {
  const { failovers, poller, present, now, mayRefresh } = parts
  /** By tunnel, how the last look for its checks failed, and when: who is answered from memory must hear of it too. */
  const failed = new Map<string, { failure: ProblemError; at: number }>()

  route('failoverChecks', async (c, { tunnelId = '' }) => {
    const to = c.req.query('to') ?? null
    if (to !== null) assertId(to, 'to')
    liveTunnel(parts, tunnelId)
    // Out of a share of their own: nobody who reloads a page keeps them from looking before they act.
    const isDue = mayRefresh('failoverChecks', tunnelId, signedIn(c).id)
    const asked = isDue ? await lookNow(tunnelId) : {}
    const failure = failureOf(tunnelId)
    const checks = await failovers.checksOf(tunnelId, to, { ...asked, failure })
    return c.json(checks ?? liveTunnel(parts, tunnelId))
  })

  /** Asks Cloudflare; that it does not answer is what there is to tell, not a failure of this request. */
  async function lookNow(tunnelId: string) {
    const readAt = now()
    try {
      await poller.look(tunnelId, 'look')
      return { readAt }
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      // Cloudflare is not silent, it was not asked; the failover itself has calls of its own to look with.
      if (error.kind === 'budget-spent') failed.delete(tunnelId)
      else failed.set(tunnelId, { failure: error, at: now() })
      return {}
    }
  }

  /** Of the last look for the checks that Cloudflare was asked for; null once a look succeeds, whosever it is. */
  function failureOf(tunnelId: string): ProblemError | null {
    const last = failed.get(tunnelId)
    if (last && (present.connectors(tunnelId)?.checkedAt ?? 0) > last.at) failed.delete(tunnelId)
    return failed.get(tunnelId)?.failure ?? null
  }

  route('failoverRun', async (c, { tunnelId = '' }) => {
    const request = await readBody(c, FailoverRequest)
    assertId(request.client_id, 'client_id')
    if (request.expected_active_id !== null)
      assertId(request.expected_active_id, 'expected_active_id')
    liveTunnel(parts, tunnelId)
    const key = readKey(c)
    const { method } = signedIn(c)
    const input = { ...request, method, agent: c.get('way').agent }
    const facts = { operation: 'failoverRun', tunnelId, input } as const
    const work = () =>
      perform(parts, c, facts, async (who, noted) => {
        try {
          const from = { key, auditId: noted.id }
          const failover = await failovers.start(tunnelId, request, who.name, from)
          noted.note({ failoverId: failover.id, accepted: failover.accepted }, 'started')
          return failover
        } catch (error) {
          if (error instanceof ProblemError && error.extra.checks)
            noted.note({ checks: error.extra.checks.map(({ id }) => id) })
          throw error
        }
      })
    const { failover, isRepeat } =
      key === null
        ? { failover: await work(), isRepeat: false }
        : await failovers.once(key, { tunnelId, connectorId: request.client_id }, work)
    c.header('location', `/api/failovers/${failover.id}`)
    return c.json(failover, isRepeat ? 200 : 202)
  })

  route('failoverList', async (c, { tunnelId = '' }) => {
    if (!present.tunnel(tunnelId)) liveTunnel(parts, tunnelId)
    return c.json({ failovers: await failovers.list(tunnelId) })
  })

  route('failoverGet', async (c, { failoverId = '' }) => {
    const failover = await failovers.get(failoverId)
    if (!failover) throw new ProblemError('not-found', 'Tandem does not know this failover.')
    return c.json(isScreen(c.get('who')) ? failoverForScreen(failover) : failover)
  })

  route('preferencePut', async (c, { tunnelId = '' }) => {
    const { connector_id: to } = await readBody(c, PreferenceChange)
    const { preferredConnectorId: from } = liveTunnel(parts, tunnelId)
    const its = present.connectors(tunnelId)?.connectors ?? []
    if (to !== null && to !== from && !its.some(({ id }) => id === to)) {
      throw new ProblemError(
        'invalid-request',
        'Cloudflare lists no such connector for this tunnel now. Nothing was changed.',
        { field: 'connector_id' },
      )
    }
    const facts = { operation: 'preferencePut', tunnelId, input: { from, to } } as const
    await perform(parts, c, facts, async () => {
      await savePreference(parts.db, tunnelId, to).catch((error: unknown) => {
        throw notRecorded(error)
      })
      const since = to === null ? null : await parts.reader.ceasedAt(tunnelId, to)
      present.setPreference(tunnelId, to, since)
    })
    return c.json(present.tunnel(tunnelId))
  })
}

function assertId(id: string, field: string) {
  if (Uuid.safeParse(id).success) return
  throw new ProblemError('invalid-request', `“${field}” must be a connector’s id.`, { field })
}

/** The key of the dialog that a request comes from; null when it has none. */
function readKey(c: Request): string | null {
  const key = c.req.header('idempotency-key')?.toLowerCase()
  if (key === undefined) return null
  if (Uuid.safeParse(key).success) return key
  throw new ProblemError('invalid-request', 'The header Idempotency-Key must be a UUID.', {
    field: 'Idempotency-Key',
  })
}
