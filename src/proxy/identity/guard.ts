import type { MiddlewareHandler } from 'hono'
import { type OperationId, operations, type Role, whyNot } from '#contract/operations.ts'
import { isLoopback } from '../config.ts'
import { ProblemError } from '../problem.ts'

/** Who is asking. `reason` says why the role is what it is, when that needs saying. */
export type Who = { name: string; role: Role; reason: string | null }

/**
 * Without sign-in, being on this machine is what counts: on a loopback address everybody is the
 * machine's admin; beyond it everybody only looks, in the demo with the role that was set for it.
 */
export function whoIs(config: { mode: 'demo' | 'live'; host: string; demoRole: Role }): Who {
  if (isLoopback(config.host)) return { name: 'local admin', role: 'admin', reason: null }
  if (config.mode === 'demo') return { name: 'visitor', role: config.demoRole, reason: null }
  return {
    name: 'visitor',
    role: 'viewer',
    reason: 'Tandem listens beyond this machine and has no sign-in, so everybody only looks.',
  }
}

/** Asked first of all, for every operation: may this role do that? */
export function assertMay(who: Who, operationId: OperationId) {
  const reason = whyNot(who.role, operationId)
  if (reason === null) return
  throw new ProblemError('role-missing', who.reason ? `${reason} ${who.reason}` : reason)
}

/**
 * Refuses what another site's page could make a browser send, before any work is done.
 * A write must come as JSON, with our own header, from our own page; a read must not come from another
 * site. Hono's `csrf()` looks at form types only and lets a cross-site JSON request through.
 */
export function sameSite(host: string): MiddlewareHandler {
  const refuse = (detail: string) => {
    throw new ProblemError('cross-site', detail)
  }
  return async (c, next) => {
    const site = c.req.header('sec-fetch-site')
    // A name that points at this machine from elsewhere (DNS rebinding) is not this machine's name.
    const hostname = (c.req.header('host') ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
    if (isLoopback(host) && !isLoopback(hostname)) {
      refuse('The address in the request is not one that Tandem listens on.')
    }
    const write = !['GET', 'HEAD'].includes(c.req.method)
    if (write) {
      if (c.req.header('x-requested-by') !== 'tandem') {
        refuse('A change needs the header X-Requested-By: tandem.')
      }
      const origin = c.req.header('origin')
      if (
        site !== undefined
          ? site !== 'same-origin'
          : origin && !isOwnOrigin(origin, c.req.header('host'))
      ) {
        refuse('A change must come from Tandem’s own page.')
      }
      if (!/^application\/json(?:;\s*charset=utf-8)?$/i.test(c.req.header('content-type') ?? '')) {
        throw new ProblemError('media-type', 'Send the change as application/json.')
      }
    } else if (site === 'cross-site' || site === 'same-site') {
      refuse('Another site’s page may not read from Tandem.')
    }
    await next()
  }
}

function isOwnOrigin(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host
}

/** `/tunnels/{tunnelId}` → `/api/tunnels/:tunnelId`, as the router wants it. */
export const routePath = (operationId: OperationId) =>
  `/api${operations[operationId].path.replace(/\{(\w+)\}/g, ':$1')}`
