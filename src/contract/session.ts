import * as z from 'zod/mini'
import { Role } from './roles.ts'

/** What is watched, how well Tandem itself can see, and who is looking. */

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
  /** While there are tunnels that were never read: how many were, of how many; else null. */
  firstSweep: z.nullable(z.object({ read: z.number(), of: z.number() })),
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

/** What was found out about one permission group of a token: `not-known` where only a use of it would tell. */
export const TokenPermission = z.object({
  group: z.enum(['WARP Read', 'WARP Write']),
  found: z.enum(['granted', 'missing', 'not-known']),
  /** How that was found out, or why it was not. */
  sentence: z.string(),
})
export type TokenPermission = z.infer<typeof TokenPermission>

/** What each token is called. */
export const tokenNames = {
  everything: 'API token',
  reading: 'Read token',
  writing: 'Write token',
} as const

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
  /** Those that its purpose needs. */
  permissions: z.array(TokenPermission),
  /** When Cloudflare last said something about it; null while it did not. */
  checkedAt: z.nullable(z.number()),
})
export type TokenState = z.infer<typeof TokenState>

/** What everybody who is signed in may see alike: the live stream tells its changes. */
export const Session = z.object({
  mode: z.enum(['demo', 'live']),
  /** Changes with every build: a page of another build reloads itself. */
  build: z.string(),
  accounts: z.array(z.object({ id: z.string() })),
  serverAt: z.number(),
  tokens: z.array(TokenState),
  /** What happened to the database at the start, e.g. that a damaged file was moved aside; else null. */
  storeNotice: z.nullable(z.string()),
  /** How large the database is, as of the last hour; for people, and null before it was measured. */
  storeBytes: z.nullable(z.number()),
  /** Human actions can't be written down, so they are refused; null when the disk is fine. */
  notRecordingSince: z.nullable(z.number()),
  /** Why not: half a sentence, as “the disk is full”. */
  notRecordingBecause: z.nullable(z.string()),
  poller: PollerState,
})
export type Session = z.infer<typeof Session>

/** How somebody came in. `off`: Tandem asks nobody. */
export const WhoMethod = z.enum(['local', 'access', 'oidc', 'off', 'demo', 'screen'])
export type WhoMethod = z.infer<typeof WhoMethod>

export const WhoKind = z.enum(['person', 'screen', 'machine', 'demo'])
export type WhoKind = z.infer<typeof WhoKind>

/** Who is looking. */
export const Me = z.object({
  /** Stable: `person:<uuid>`, `screen:<uuid>`, `machine` or `demo`. */
  id: z.string(),
  name: z.string(),
  role: Role,
  /** Why the role is what it is, when that needs saying; else null. */
  reason: z.nullable(z.string()),
  kind: WhoKind,
  method: WhoMethod,
  signedInAt: z.nullable(z.number()),
  maySignOut: z.boolean(),
  /** The page that a screen is for: a path of Tandem's own; null for everybody else. */
  view: z.nullable(z.string()),
  /** When a screen's access ends, and it needs another approval; null for everybody else. */
  endsAt: z.nullable(z.number()),
  /** Roles that can be tried on, in the demo; else none. */
  tryRoles: z.array(Role),
})
export type Me = z.infer<typeof Me>

/** What a sign-in page must know. */
export const SignIn = z.object({
  methods: z.array(z.enum(['local', 'access', 'oidc'])),
  /** No admin can sign in: one is to be made, with the code from the log. */
  needsSetup: z.boolean(),
  /** There is nothing to sign in to either: nobody has a password, and nobody else vouches for people. */
  onlySetup: z.boolean(),
})
export type SignIn = z.infer<typeof SignIn>

/** Without `me` the shared part is blank but for mode, build and time. */
export const SessionAnswer = z.extend(Session, { me: z.nullable(Me), signIn: SignIn })
export type SessionAnswer = z.infer<typeof SessionAnswer>

/** The answer of what has nothing to tell but that it was done. */
export const Done = z.object({ done: z.literal(true) })
export type Done = z.infer<typeof Done>
