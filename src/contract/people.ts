import * as z from 'zod/mini'
import { Role } from './roles.ts'
import { type SignIn, WhoMethod } from './session.ts'

/** People, their sessions and the screens on walls: who may come in, and how. */

/** Roles that a person can have; `screen` is for screens. */
export const personRoles = ['viewer', 'operator', 'admin'] as const
export const PersonRole = z.enum(personRoles)
export type PersonRole = z.infer<typeof PersonRole>

export const shortestPassword = 15
export const longestPassword = 128
/** How long a one-time invitation is good for. */
export const invitationMs = 72 * 3_600_000
/** How long a code that a screen shows, or a link for one, is good for. */
export const screenLinkMs = 10 * 60_000
/** A screen may keep its access for at most this many days. */
export const longestScreenDays = 90

/** How people sign in to this Tandem. */
export type Ways = SignIn['methods']

/** Why nobody can be invited, or null: what a link does is to set a password. */
export const whyNotInvite = (ways: Ways): string | null =>
  ways.includes('local')
    ? null
    : 'Here nobody signs in with a password: people come by your organisation’s sign-in.'

/** Why whoever came in that way ends no other session of theirs here, or null. */
export const whyNotEndOthers = (method: WhoMethod): string | null =>
  method === 'access' ? 'Cloudflare Access keeps your sign-in: it ends there.' : null

/** Why the role of whoever signs in that way can't be given here, or null. */
export const whyNotRole = (method: WhoMethod): string | null =>
  method === 'local'
    ? null
    : 'The role comes from where this person signs in, at each sign-in. Change it there.'

export const Person = z.object({
  id: z.string(),
  name: z.string(),
  role: PersonRole,
  method: WhoMethod,
  /** `invited`: has not set a password yet. */
  state: z.enum(['active', 'invited', 'disabled']),
  hasSecondFactor: z.boolean(),
  createdAt: z.number(),
  /** When one of the sessions was last used; null: none. */
  seenAt: z.nullable(z.number()),
  /** The last sign-in; null: not since Tandem remembers. */
  signedInAt: z.nullable(z.number()),
  /** Until when a one-time link for this person is good; null: there is none. */
  invitedUntil: z.nullable(z.number()),
})
export type Person = z.infer<typeof Person>

/** The one who asks. */
export const Account = z.extend(Person, { passwordAt: z.nullable(z.number()) })
export type Account = z.infer<typeof Account>

export const PersonList = z.object({ people: z.array(Person) })
export type PersonList = z.infer<typeof PersonList>

/** A one-time link, told once to the one who made it. The secret is in its fragment, which no server sees. */
export const Invitation = z.object({
  person: Person,
  /** `/invitation#…`, under Tandem's own address. */
  path: z.string(),
  expiresAt: z.number(),
})
export type Invitation = z.infer<typeof Invitation>

/** What the holder of an invitation is told before accepting. */
export const InvitationLook = z.object({
  name: z.string(),
  role: PersonRole,
  expiresAt: z.number(),
})
export type InvitationLook = z.infer<typeof InvitationLook>

export const SessionRow = z.object({
  id: z.string(),
  method: WhoMethod,
  signedInAt: z.number(),
  seenAt: z.number(),
  /** It ends then even if it is used. */
  endsAt: z.number(),
  from: z.string(),
  /** What the browser calls itself: untrusted text. */
  agent: z.string(),
  /** The one that asks. */
  isThis: z.boolean(),
})
export type SessionRow = z.infer<typeof SessionRow>

export const SessionList = z.object({ sessions: z.array(SessionRow) })
export type SessionList = z.infer<typeof SessionList>

export const Screen = z.object({
  id: z.string(),
  name: z.string(),
  view: z.string(),
  addedAt: z.number(),
  addedBy: z.string(),
  expiresAt: z.number(),
  seenAt: z.number(),
  from: z.nullable(z.string()),
  /** It was used from more than two addresses of late: its cookie may have been copied. */
  isSpread: z.boolean(),
})
export type Screen = z.infer<typeof Screen>

export const ScreenList = z.object({ screens: z.array(Screen) })
export type ScreenList = z.infer<typeof ScreenList>

/** What a screen that wants to be paired is told. Only the screen knows `secret`; people read `code`. */
export const Pairing = z.object({ code: z.string(), secret: z.string(), expiresAt: z.number() })
export type Pairing = z.infer<typeof Pairing>

/** `waiting`: nobody has approved it yet. */
export const PairingState = z.discriminatedUnion('state', [
  z.object({ state: z.literal('waiting'), expiresAt: z.number() }),
  z.object({ state: z.literal('paired'), view: z.string() }),
])
export type PairingState = z.infer<typeof PairingState>

/** A one-time link for a machine that nobody can type at. */
export const ScreenLink = z.object({ path: z.string(), expiresAt: z.number() })
export type ScreenLink = z.infer<typeof ScreenLink>

/** What a new second factor shows: for an authenticator app, as a QR code or typed in. */
export const SecondFactor = z.object({ uri: z.string(), secret: z.string() })
export type SecondFactor = z.infer<typeof SecondFactor>

/** Letters of any script, digits and a few marks: nothing that could pose as something else in a log. */
const PersonName = z
  .string('must be a text')
  .check(
    z.trim(),
    z.minLength(1, 'must not be empty'),
    z.maxLength(64, 'must be 64 characters or fewer'),
    z.regex(/^[\p{L}\p{M}\p{N} ._@+'’-]*$/u, 'may hold letters, digits, spaces and . _ @ + - only'),
  )

/** Its length and strength are judged where it is set, with a sentence for each reason. */
const Password = z.string('must be a text').check(z.maxLength(1024, 'is too long'))
const Code = z.string('must be a text').check(z.maxLength(64, 'is too long'))
const OneTimeSecret = z.string('must be a text').check(z.maxLength(128, 'is too long'))

export const SignInRequest = z.strictObject({
  name: z.string('must be a text').check(z.maxLength(256, 'is too long')),
  password: Password,
  /** Of the authenticator app, for people who use one. */
  code: z.optional(Code),
})
export type SignInRequest = z.infer<typeof SignInRequest>

export const SignInAgainRequest = z.strictObject({ password: Password, code: z.optional(Code) })
export type SignInAgainRequest = z.infer<typeof SignInAgainRequest>

export const SetupRequest = z.strictObject({ code: Code, name: PersonName, password: Password })
export type SetupRequest = z.infer<typeof SetupRequest>

export const InvitationLookRequest = z.strictObject({ secret: OneTimeSecret })
export const InvitationAcceptance = z.strictObject({ secret: OneTimeSecret, password: Password })
export type InvitationAcceptance = z.infer<typeof InvitationAcceptance>

export const PasswordChange = z.strictObject({ current: Password, password: Password })
export type PasswordChange = z.infer<typeof PasswordChange>

export const SecondFactorCode = z.strictObject({ code: Code })
export type SecondFactorCode = z.infer<typeof SecondFactorCode>

export const PersonAddition = z.strictObject({ name: PersonName, role: PersonRole })
export type PersonAddition = z.infer<typeof PersonAddition>

export const PersonChange = z
  .strictObject({ role: z.optional(PersonRole), disabled: z.optional(z.boolean()) })
  .check(
    z.refine((change) => change.role !== undefined || change.disabled !== undefined, {
      message: 'must hold a role, or whether the person is disabled',
    }),
  )
export type PersonChange = z.infer<typeof PersonChange>

const ScreenName = z
  .string('must be a text')
  .check(
    z.trim(),
    z.minLength(1, 'must not be empty'),
    z.maxLength(64, 'must be 64 characters or fewer'),
  )
/** A wall may name its tunnels one by one. */
export const longestView = 8192
const ScreenGrant = {
  name: ScreenName,
  /** One of Tandem's own pages. */
  view: z
    .string('must be a text')
    .check(
      z.maxLength(longestView, 'must be 8,192 characters or fewer'),
      z.regex(
        /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/,
        'must be an address of Tandem’s own, such as /wall',
      ),
    ),
  days: z
    .number('must be a number')
    .check(
      z.int('must be a whole number'),
      z.gte(1, 'must be 1 or more'),
      z.lte(longestScreenDays, 'must be 90 or fewer'),
    ),
}
export const ScreenApproval = z.strictObject({ code: Code, ...ScreenGrant })
export type ScreenApproval = z.infer<typeof ScreenApproval>
export const ScreenLinkRequest = z.strictObject(ScreenGrant)
export type ScreenLinkRequest = z.infer<typeof ScreenLinkRequest>
export const ScreenChange = z.strictObject({ name: ScreenName })
export type ScreenChange = z.infer<typeof ScreenChange>
export const ScreenClaim = z.strictObject({ secret: OneTimeSecret })

export const DemoRole = z.strictObject({ role: Role })
