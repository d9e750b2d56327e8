/**
 * Reads what Cloudflare says about its own limits.
 * `Ratelimit: "default";r=50;t=30` — `r` calls left, `t` seconds until the window resets;
 * `Ratelimit-Policy: "default";q=1200;w=300` — `q` calls in `w` seconds. Both hold several items.
 * Source: https://developers.cloudflare.com/fundamentals/api/reference/limits/
 */
export type Remaining = {
  /** Which limit it is, e.g. `default`; empty when it has no name. */
  name: string
  remaining: number
  resetMs: number
  /** How many calls that limit allows in its window; null when the policy does not say. */
  quota: number | null
}

const itemsOf = (header: string | null) =>
  (header ?? '')
    .slice(0, 1000)
    .split(',')
    .map((text) => ({ text, name: /^\s*"?([^";]*)"?/.exec(text)?.[1]?.trim() ?? '' }))

const numberAt = (item: string, key: string) => {
  const digits = new RegExp(`;\\s*${key}=(\\d{1,9})(?=\\s*(?:;|$))`).exec(item)?.[1]
  return digits === undefined ? null : Number(digits)
}

/** @returns the item that leaves the fewest calls a second; null when nothing readable is said. */
export function parseRatelimit(header: string | null, policy: string | null): Remaining | null {
  const quotas = new Map<string, number>()
  for (const { text, name } of itemsOf(policy)) {
    const quota = numberAt(text, 'q')
    if (quota !== null) quotas.set(name, quota)
  }
  let tightest: Remaining | null = null
  let tightestPace = Number.POSITIVE_INFINITY
  for (const { text, name } of itemsOf(header)) {
    const remaining = numberAt(text, 'r')
    if (remaining === null) continue
    // A window without an end is taken for the documented five minutes.
    const resetMs = (numberAt(text, 't') ?? 300) * 1000
    const pace = remaining / Math.max(resetMs, 1000)
    if (pace >= tightestPace) continue
    tightestPace = pace
    tightest = { name, remaining, resetMs, quota: quotas.get(name) ?? null }
  }
  return tightest
}

export const lockoutMs = 300_000
export const longestLockoutMs = 3_600_000

/**
 * How long a token must rest after a 429. Seconds or an HTTP date; anything else counts as the
 * documented five minutes. At least 1 s, at most 1 h: then one probe tells more than any header.
 *
 * @param now the clock that wrote the header, where it is known: ours may be wrong.
 */
export function parseRetryAfter(header: string | null, now: number): number {
  const value = header?.trim() ?? ''
  const seconds = /^\d{1,12}$/.test(value) ? Number(value) * 1000 : Number.NaN
  // Only an HTTP date: Date.parse alone would read many a number or word as one.
  const date = /^[A-Z][a-z]{2}, /.test(value) ? Date.parse(value) - now : Number.NaN
  const wait = Number.isFinite(seconds) ? seconds : Number.isFinite(date) ? date : lockoutMs
  return Math.min(Math.max(wait, 1000), longestLockoutMs)
}
