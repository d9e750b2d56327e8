import type { MiddlewareHandler } from 'hono'
import { type Operation, type OperationId, operations, whyNot } from '#contract/operations.ts'
import { type Config, isLoopback } from '../config.ts'
import { ProblemError } from '../problem.ts'
import { oidcPath } from './oidc.ts'
import type { Env, Who } from './who.ts'

/**
 * Asked first of all, for every operation: may this one do that?
 *
 * @param recentMs how long after a sign-in the operations marked `recent` are allowed; 0: for ever.
 * @throws ProblemError `sign-in-needed`, `role-missing` or `sign-in-again`.
 */
export function assertMay(
  who: Who | null,
  operationId: OperationId,
  now: number,
  recentMs: number,
) {
  const reason = whyNot(who?.role ?? null, operationId)
  if (reason !== null && who === null) throw new ProblemError('sign-in-needed', reason)
  if (reason !== null) {
    throw new ProblemError('role-missing', who?.reason ? `${reason} ${who.reason}` : reason)
  }
  const operation: Operation = operations[operationId]
  if (!operation.recent || recentMs === 0 || !who || who.signedInAt === null) return
  if (now - who.signedInAt <= recentMs) return
  throw new ProblemError(
    'sign-in-again',
    'Your sign-in is too long ago for this. Nothing was changed. Sign in once more and repeat it.',
  )
}

/** Who asked, in the work of an operation that needs somebody. */
export function signedIn(c: { get: (key: 'who') => Who | null }): Who {
  const who = c.get('who')
  if (!who) throw new ProblemError('sign-in-needed', 'This needs a sign-in.')
  return who
}

/** Where Tandem listens, and where people reach it. */
type Place = Pick<Config, 'host' | 'publicUrl'>

/**
 * Why a request is not for this Tandem; null: it is. A name that points at this machine from elsewhere (DNS
 * rebinding) is not this machine's name: to a browser, the page of that name may read what it is answered.
 *
 * @param named the `Host` that it asks for.
 */
export function whyNotHere(
  named: string | undefined,
  isSecure: boolean,
  { host, publicUrl }: Place,
): string | null {
  const hostname = (named ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
  if (isSecure || isLoopback(hostname)) return null
  if (publicUrl) {
    return `Tandem is reached over its TLS proxy, at ${publicUrl}, which must set X-Forwarded-Proto to https.`
  }
  return isLoopback(host) ? 'The address in the request is not one that Tandem listens on.' : null
}

/**
 * Refuses what another site's page could make a browser send, before any work is done.
 * A write must come with our own header, from our own page, and as JSON if it brings anything; a read must not
 * come from another site. The header alone keeps other pages out: a browser asks whether they may send it, and is
 * never told so. Hono's `csrf()` looks at form types only and lets a cross-site JSON request through.
 */
export function sameSite(place: Place): MiddlewareHandler<Env> {
  const refuse = (detail: string) => {
    throw new ProblemError('cross-site', detail)
  }
  return async (c, next) => {
    const site = c.req.header('sec-fetch-site')
    const { isSecure } = c.get('way')
    const elsewhere = whyNotHere(c.req.header('host'), isSecure, place)
    if (elsewhere !== null) refuse(elsewhere)
    const write = !['GET', 'HEAD'].includes(c.req.method)
    if (write) {
      if (c.req.header('x-requested-by') !== 'tandem') {
        refuse('A change needs the header X-Requested-By: tandem.')
      }
      const origin = c.req.header('origin')
      // Behind a TLS proxy the Host may be anything, so the address is compared with the setting.
      const isOwn = isSecure
        ? origin === undefined
          ? site !== undefined
          : origin === place.publicUrl
        : origin === undefined || isOwnOrigin(origin, c.req.header('host'))
      if (!isOwn || (site !== undefined && site !== 'same-origin')) {
        refuse('A change must come from Tandem’s own page.')
      }
      // Without a body there is nothing to name; whoever reads one asks for its type.
      const type = c.req.header('content-type') ?? 'application/json'
      if (!/^application\/json(?:;\s*charset=utf-8)?$/i.test(type)) throw wrongType()
      if ((c.req.header('content-encoding') ?? 'identity') !== 'identity') {
        throw new ProblemError('media-type', 'Send the change as it is, not compressed.')
      }
    } else if ((site === 'cross-site' || site === 'same-site') && !isReturn(c.req)) {
      refuse('Another site’s page may not read from Tandem.')
    }
    await next()
  }
}

export const wrongType = () =>
  new ProblemError('media-type', 'Send the change as application/json.')

/**
 * A browser that its identity provider sends back comes from another site by its nature. It carries what
 * only the one that left has: the state, and the cookie that goes with it.
 */
const isReturn = (request: { path: string; header: (name: string) => string | undefined }) =>
  request.path === oidcPath && request.header('sec-fetch-mode') === 'navigate'

function isOwnOrigin(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host
}

/** `/tunnels/{tunnelId}` → `/api/tunnels/:tunnelId`, as the router wants it. */
export const routePath = (operationId: OperationId) =>
  `/api${operations[operationId].path.replace(/\{(\w+)\}/g, ':$1')}`
