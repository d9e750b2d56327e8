import type { Context } from 'hono'
import type { Role } from '#contract/operations.ts'
import type { Me } from '#contract/session.ts'
import { isLoopback } from '../config.ts'
import type { Env } from '../routes/route.ts'
import type { Who } from './guard.ts'

/** Who is asking? Found once a request, from what the request carries. */

/** What of a request tells who it is from. */
export type Asking = {
  /** The address at the other end of the socket; empty where there is none. */
  peer: string
  header: (name: string) => string | undefined
}

export const toAsking = (c: Context<Env>): Asking => ({
  // Without a socket, as in tests, there is nothing to read from.
  peer: (c.env as Partial<Env['Bindings']> | undefined)?.incoming?.socket.remoteAddress ?? '',
  header: (name) => c.req.header(name),
})

type Config = { mode: 'demo' | 'live'; host: string; demoRole: Role }

/**
 * Without sign-in, being on this machine is what counts: on a loopback address everybody is the
 * machine's admin; beyond it everybody only looks, in the demo with the role that was set for it.
 */
export function createIdentify({ config }: { config: Config }) {
  const nobody = { sessionId: null, signedInAt: null, reason: null }
  return async ({ peer }: Asking): Promise<Who | null> => {
    const from = peer
    if (isLoopback(config.host)) {
      const [kind, method] =
        config.mode === 'demo' ? (['demo', 'demo'] as const) : (['machine', 'off'] as const)
      return { ...nobody, id: kind, name: 'local admin', role: 'admin', kind, method, from }
    }
    if (config.mode === 'demo') {
      const role = config.demoRole
      return { ...nobody, id: 'demo', name: 'visitor', role, kind: 'demo', method: 'demo', from }
    }
    return {
      ...nobody,
      id: 'machine',
      name: 'visitor',
      role: 'viewer',
      reason: 'Tandem listens beyond this machine and has no sign-in, so everybody only looks.',
      kind: 'machine',
      method: 'off',
      from,
    }
  }
}

/** The same as the page may know it. */
export const toMe = ({ id, name, role, reason, kind, method, signedInAt }: Who): Me => ({
  id,
  name,
  role,
  reason,
  kind,
  method,
  signedInAt,
  maySignOut: false,
  tryRoles: [],
})
