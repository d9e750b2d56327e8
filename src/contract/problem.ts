import * as z from 'zod/mini'
import { FailoverCheck } from './failover.ts'

/** Every `type` starts with this. */
export const problemPrefix = 'urn:tandem:problem:'

/**
 * What went wrong, as an RFC 9457 problem document (`application/problem+json`).
 * `type` is stable and for programs, `title` and `detail` are for people: what happened, what still
 * works, what to do. When Cloudflare spoke, its own codes and messages travel along as text.
 */
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
