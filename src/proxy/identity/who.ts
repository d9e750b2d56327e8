import type { HttpBindings } from '@hono/node-server'
import type { Role } from '#contract/roles.ts'
import type { WhoKind, WhoMethod } from '#contract/session.ts'
import type { CookieKind } from './cookies.ts'

/** Who asks and in which way, as every request carries it from the first step on. */

/** Who is asking, as far as we found out. */
export type Who = {
  /** Stable: `person:<uuid>`, `screen:<uuid>`, `machine` or `demo`. */
  id: string
  name: string
  role: Role
  /** Why the role is what it is, when that needs saying; else null. */
  reason: string | null
  kind: WhoKind
  method: WhoMethod
  sessionId: string | null
  signedInAt: number | null
  /** The page that it is for, of a screen. */
  view?: string
  /** When its access ends whatever it does, of a screen. */
  endsAt?: number
  /** The client's address. */
  from: string
}

/** The ways a request came, as far as they matter. */
export type Way = {
  from: string
  /** What the browser calls itself: untrusted text, cut to what is kept of it. */
  agent: string
  isSecure: boolean
  cookie: (kind: CookieKind) => string | undefined
}

/** What a request has with it from Node, and what is found out before its route is asked. */
export type Env = {
  Bindings: HttpBindings
  Variables: { requestId: string; way: Way; who: Who | null }
}
