import * as z from 'zod/mini'
import { Role } from './operations.ts'

/** Who is looking, at what, and how well Tandem itself can see. */

/**
 * `starting` no sweep yet · `running` · `failing` the last looks failed · `paused` Cloudflare locked
 * the token out until `until` · `rejected` Cloudflare does not take the token.
 */
export const PollerState = z.object({
  state: z.enum(['starting', 'running', 'failing', 'paused', 'rejected']),
  /** One sentence for people when it is not running, else null. */
  reason: z.nullable(z.string()),
  /** Since when it is in this state. */
  since: z.number(),
  /** When it tries again, where that is known. */
  until: z.nullable(z.number()),
  /** When all accounts were last listed completely. */
  listedAt: z.nullable(z.number()),
  /** The listing could not be read completely since then: nothing is concluded about absent tunnels. */
  listIncompleteSince: z.nullable(z.number()),
  /** When every tunnel had last been looked at once more. */
  sweptAt: z.nullable(z.number()),
  sweepMs: z.nullable(z.number()),
  /** Calls in the last 300 s. */
  budget: z.object({
    used: z.number(),
    /** What polling may use, what anything may use, Cloudflare's own limit. */
    polling: z.number(),
    hardStop: z.number(),
    limit: z.number(),
    /** What Cloudflare last said is left for the token, if it said so. */
    remaining: z.nullable(z.number()),
    /** Somebody else is spending calls of the same token. */
    neighbour: z.boolean(),
  }),
  /** Cloudflare's clock minus the proxy's, milliseconds; null while unknown. */
  clockSkewMs: z.nullable(z.number()),
})
export type PollerState = z.infer<typeof PollerState>

/** How one token fares. `purpose` is what it is used for; the token itself never leaves the proxy. */
export const TokenState = z.object({
  purpose: z.enum(['everything', 'reading', 'writing']),
  verdict: z.enum([
    'unchecked',
    'works',
    'rejected',
    'expired',
    'permission-missing',
    'unreachable',
  ]),
  sentence: z.string(),
  expiresAt: z.nullable(z.number()),
  lockedUntil: z.nullable(z.number()),
})
export type TokenState = z.infer<typeof TokenState>

export const Session = z.object({
  mode: z.enum(['demo', 'live']),
  /** Changes with every build: a page of another build reloads itself. */
  build: z.string(),
  accounts: z.array(z.object({ id: z.string() })),
  who: z.string(),
  role: Role,
  /** Why the role is what it is, when that needs saying; else null. */
  roleReason: z.nullable(z.string()),
  serverAt: z.number(),
  tokens: z.array(TokenState),
  /** What happened to the database at the start, e.g. that a damaged file was moved aside; else null. */
  storeNotice: z.nullable(z.string()),
  /** Human actions can't be written down, so they are refused; null when the disk is fine. */
  notRecordingSince: z.nullable(z.number()),
  poller: PollerState,
})
export type Session = z.infer<typeof Session>
