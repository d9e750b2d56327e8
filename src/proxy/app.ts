import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { compress } from 'hono/compress'
import { type OperationId, operations } from '#contract/operations.ts'
import type { ProblemKind } from '#contract/problem-kinds.ts'
import { Uuid } from '#contract/tunnel.ts'
import { assertMay, routePath, sameSite, whyNotHere } from './identity/guard.ts'
import { toAsking } from './identity/identify.ts'
import type { Env } from './identity/who.ts'
import { ProblemError, toProblem } from './problem.ts'
import { auditRoutes } from './routes/audit.ts'
import { configurationRoutes } from './routes/configuration.ts'
import { connectorRoutes } from './routes/connectors.ts'
import { eventRoutes } from './routes/events.ts'
import { failoverRoutes } from './routes/failovers.ts'
import { securityHeaders } from './routes/headers.ts'
import { healthRoutes } from './routes/health.ts'
import { historyRoutes } from './routes/history.ts'
import { markRoutes } from './routes/marks.ts'
import { assertKnownQuery, openapiRoutes } from './routes/openapi.ts'
import { type Page, pageRoutes } from './routes/page.ts'
import { peopleRoutes } from './routes/people.ts'
import type { Parts, Request, Route } from './routes/route.ts'
import { screenRoutes } from './routes/screens.ts'
import { sessionRoutes } from './routes/session.ts'
import { setCookies, signInRoutes } from './routes/sign-in.ts'
import { tagRoutes } from './routes/tags.ts'
import { tunnelRoutes } from './routes/tunnels.ts'

/** The app is a value: the list of routes and the one error handler. */

const bodyCapBytes = 16 * 1024
const longestAddress = 8 * 1024

export function createApp(parts: Parts, page: Page): Hono<Env> {
  const app = new Hono<Env>()

  const { identity } = parts
  app.use(async (c, next) => {
    c.set('requestId', parts.requestId())
    c.set('way', identity.toWay(toAsking(c)))
    await next()
  })
  app.use(securityHeaders())
  app.use('/api/*', async (c, next) => {
    await next()
    c.header('cache-control', 'no-store')
    c.header('x-request-id', c.get('requestId'))
  })
  // Strips and intervals repeat themselves: a month of a thousand tunnels becomes a tenth.
  for (const path of ['/api/history/*', '/api/tunnels/:tunnelId/*', '/api/activity']) {
    app.use(path, compress({ encoding: 'gzip' }))
  }
  app.use('/api/*', async (c, next) => {
    const { pathname, search } = new URL(c.req.url)
    if (pathname.length + search.length > longestAddress) {
      throw new ProblemError('address-too-long', 'The address may hold 8 KB at most.')
    }
    await next()
  })
  app.use('/api/*', sameSite(identity.settings))
  app.use('/api/*', async (c, next) => {
    const { who, cookies } = await identity.find(toAsking(c), c.get('way'))
    c.set('who', who)
    await next()
    setCookies(c, cookies)
  })
  app.use(
    '/api/*',
    bodyLimit({
      maxSize: bodyCapBytes,
      onError: () => {
        throw new ProblemError('too-large', 'The body may hold 16 KB at most. Nothing was changed.')
      },
    }),
  )

  const route: Route = (operationId, handle) => {
    const { method } = operations[operationId]
    app.on(method, routePath(operationId), async (c) => {
      assertMay(c.get('who'), operationId, parts.now(), identity.settings.recentSignInMs)
      assertKnownQuery(operationId, new URL(c.req.url).searchParams.keys())
      return handle(c, readIds(c))
    })
  }
  healthRoutes(app, parts)
  openapiRoutes(route)
  sessionRoutes(route, parts)
  signInRoutes(route, parts)
  peopleRoutes(route, parts)
  screenRoutes(route, parts)
  tunnelRoutes(route, parts)
  connectorRoutes(route, parts)
  configurationRoutes(route, parts)
  failoverRoutes(route, parts)
  markRoutes(route, parts)
  tagRoutes(route, parts)
  historyRoutes(route, parts)
  eventRoutes(route, parts)
  auditRoutes(route, parts)

  app.all('/api/*', (c) => {
    const taken = (Object.keys(operations) as OperationId[])
      .filter((id) => matches(routePath(id), c.req.path))
      .flatMap((id) => (operations[id].method === 'GET' ? ['GET', 'HEAD'] : operations[id].method))
    if (taken.length > 0) {
      c.header('allow', taken.join(', '))
      throw new ProblemError('method-not-allowed', `${c.req.path} does not take ${c.req.method}.`)
    }
    throw new ProblemError(
      'not-found',
      'Tandem’s API has no such address; /api/openapi.json lists them.',
    )
  })
  pageRoutes(app, page, parts, async (c) => {
    const { isSecure } = c.get('way')
    if (whyNotHere(c.req.header('host'), isSecure, identity.settings) !== null) return null
    const found = await identity.find(toAsking(c), c.get('way')).catch(() => null)
    return found?.who ?? null
  })

  app.onError((error, c) => {
    const requestId = c.get('requestId')
    const problem =
      error instanceof ProblemError ? error : new ProblemError('internal', internal, {}, error)
    const body = toProblem(problem, requestId)
    noteRefusal(c, problem)
    // Whoever can't be checked was logged where it is known why, and not for each who comes.
    if (body.status >= 500 && problem.kind !== 'sign-in-unavailable') {
      parts.log(
        { requestId, kind: problem.kind, path: c.req.path, err: problem },
        'a request failed',
      )
    }
    if (problem.extra.retryAt !== undefined) {
      const seconds = Math.max(1, Math.ceil((problem.extra.retryAt - parts.now()) / 1000))
      c.header('retry-after', String(seconds))
    }
    c.header('cache-control', 'no-store')
    c.header('x-request-id', requestId)
    c.header('content-type', 'application/problem+json')
    return c.body(JSON.stringify(body), body.status as 400)
  })
  /** What somebody may not do is remembered; that somebody is not signed in yet, only for a change. */
  function noteRefusal(c: Request, { kind }: ProblemError) {
    const isChange = !['GET', 'HEAD'].includes(c.req.method)
    if (!refusedKinds.has(kind) && !(kind === 'sign-in-needed' && isChange)) return
    const who = c.get('who') ?? null
    parts.refusals.note({
      who,
      from: c.get('way').from,
      why: kind,
      method: c.req.method,
      path: c.req.path,
      requestId: c.get('requestId'),
    })
  }
  return app
}

const refusedKinds = new Set<ProblemKind>([
  'role-missing',
  'sign-in-again',
  'sign-in-refused',
  'too-many-attempts',
  'link-spent',
  'cross-site',
])

const internal =
  'Something broke inside Tandem. Watching goes on; the log has the cause under this request id.'

/** `/api/a/:b` against `/api/a/x`. */
function matches(pattern: string, path: string): boolean {
  const [left, right] = [pattern.split('/'), path.split('/')]
  return (
    left.length === right.length &&
    left.every((part, at) => part.startsWith(':') || part === right[at])
  )
}

/** Every id in the path, checked before anything is done with it. */
function readIds(c: Request): Record<string, string> {
  const ids: Record<string, string> = c.req.param()
  for (const [name, value] of Object.entries(ids)) {
    if (!Uuid.safeParse(value).success) {
      throw new ProblemError(
        'invalid-request',
        `The ${name} in the address is not an id (a lower-case UUID).`,
        {
          field: name,
        },
      )
    }
  }
  return ids
}
