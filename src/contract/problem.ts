import * as z from 'zod/mini'
import { FailoverCheck } from './failover.ts'

/**
 * What went wrong, as an RFC 9457 problem document (`application/problem+json`).
 * `type` is stable and for programs, `title` and `detail` are for people: what happened, what still
 * works, what to do. When Cloudflare spoke, its own codes and messages travel along as text.
 */
export const problemKinds = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'sign-in-needed': { status: 401, title: 'Sign in first' },
  'sign-in-again': { status: 401, title: 'Sign in once more' },
  'sign-in-failed': { status: 401, title: 'That did not match' },
  'sign-in-refused': { status: 403, title: 'You don’t have access' },
  'sign-in-unavailable': { status: 503, title: 'Your identity can’t be checked right now' },
  'code-needed': { status: 401, title: 'A code from your authenticator app is needed' },
  'link-spent': { status: 410, title: 'This link is no longer good' },
  'name-taken': { status: 409, title: 'A person with this name exists' },
  'last-admin': { status: 409, title: 'At least one admin is required' },
  'too-many-attempts': { status: 429, title: 'Too many attempts' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'This address does not take that method' },
  'cross-site': { status: 403, title: 'Refused: the request did not come from Tandem’s own page' },
  'too-large': { status: 413, title: 'The request is too large' },
  'media-type': { status: 415, title: 'Only JSON is accepted' },
  'role-missing': { status: 403, title: 'Your role does not allow this' },
  'name-conflict': { status: 409, title: 'A tunnel with this name exists' },
  'has-connections': { status: 409, title: 'The tunnel still has connections' },
  'active-changed': { status: 409, title: 'The active connector has changed' },
  'already-active': { status: 409, title: 'This connector is already active' },
  'already-acknowledged': { status: 409, title: 'Already acknowledged' },
  'already-ended': { status: 409, title: 'It has ended already' },
  'failover-running': { status: 409, title: 'A failover of this tunnel is already running' },
  'checks-changed': { status: 409, title: 'A risk was not accepted' },
  'not-eligible': { status: 409, title: 'This connector can’t be promoted' },
  'tunnel-deleted': { status: 410, title: 'The tunnel has been deleted' },
  'refused-by-cloudflare': { status: 422, title: 'Cloudflare refused the request' },
  'budget-spent': { status: 429, title: 'Tandem’s call budget is spent' },
  'locked-out': { status: 429, title: 'Cloudflare is refusing calls' },
  'token-rejected': { status: 502, title: 'Cloudflare rejected the API token' },
  'permission-missing': { status: 502, title: 'The API token lacks a permission' },
  'unexpected-answer': { status: 502, title: 'Cloudflare’s answer could not be read' },
  'cloudflare-failing': { status: 502, title: 'Cloudflare answered with an error' },
  'cloudflare-unreachable': { status: 504, title: 'Cloudflare can’t be reached' },
  'outcome-unknown': { status: 504, title: 'No clear answer: the change may have happened' },
  'not-recorded': { status: 503, title: 'Tandem can’t write to its disk' },
  'not-ready': { status: 503, title: 'Tandem has not looked yet' },
  internal: { status: 500, title: 'Something broke inside Tandem' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemKind = keyof typeof problemKinds

/** Every `type` starts with this. */
export const problemPrefix = 'urn:tandem:problem:'

export const Problem = z.object({
  /** `urn:tandem:problem:<kind>` */
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  /** Finds the log line. */
  requestId: z.optional(z.string()),
  /** The input field that is wrong, for forms. */
  field: z.optional(z.string()),
  /** When it is worth trying again; epoch milliseconds. */
  retryAt: z.optional(z.number()),
  /** A failover that is in the way. */
  failoverId: z.optional(z.string()),
  /** What speaks against the failover that was asked for. */
  checks: z.optional(z.array(FailoverCheck)),
  /** What Cloudflare itself said. Text to show, never to branch on. */
  cloudflare: z.optional(
    z.object({
      status: z.nullable(z.number()),
      errors: z.array(z.object({ code: z.string(), message: z.string() })),
      /** Its own id of the request, to ask its support by. */
      ray: z.optional(z.nullable(z.string())),
    }),
  ),
})
export type Problem = z.infer<typeof Problem>
