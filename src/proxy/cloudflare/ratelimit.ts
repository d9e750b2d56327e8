/**
 * Reads what Cloudflare says about its own limits.
 * `Ratelimit: "default";r=50;t=30` — `r` calls left, `t` seconds until the window resets; a header
 * holds several items, of which the tightest rules.
 * Source: https://developers.cloudflare.com/fundamentals/api/reference/limits/
 */
export type Remaining = { remaining: number; resetMs: number }

/** @returns the item that leaves least, or null when the header is absent or says nothing readable. */
export function parseRatelimit(header: string | null): Remaining | null {
  let tightest: Remaining | null = null
  for (const item of (header ?? '').slice(0, 1000).split(',')) {
    const remaining = /;\s*r=(\d{1,9})(?=\s*(?:;|$))/.exec(item)?.[1]
    const reset = /;\s*t=(\d{1,9})(?=\s*(?:;|$))/.exec(item)?.[1]
    if (remaining === undefined) continue
    const found = { remaining: Number(remaining), resetMs: Number(reset ?? 300) * 1000 }
    if (!tightest || found.remaining < tightest.remaining) tightest = found
  }
  return tightest
}

export const lockoutMs = 300_000
const longestLockoutMs = 3_600_000

/**
 * How long a token must rest after a 429. Seconds or an HTTP date; anything else counts as the
 * documented five minutes. At least 1 s, at most 1 h: then one probe tells more than any header.
 */
export function parseRetryAfter(header: string | null, now: number): number {
  const value = header?.trim() ?? ''
  const seconds = /^\d{1,12}$/.test(value) ? Number(value) * 1000 : Number.NaN
  // Only an HTTP date: Date.parse alone would read many a number or word as one.
  const date = /^[A-Z][a-z]{2}, /.test(value) ? Date.parse(value) - now : Number.NaN
  const wait = Number.isFinite(seconds) ? seconds : Number.isFinite(date) ? date : lockoutMs
  return Math.min(Math.max(wait, 1000), longestLockoutMs)
}
