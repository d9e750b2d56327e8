import { parse } from 'hono/utils/cookie'

/**
 * Tandem's cookies. Over TLS their names begin with `__Host-`, so that no other host of the domain and no
 * plain page can set one; on a loopback address without TLS browsers would not take such a name.
 */
export type CookieKind = 'sid' | 'device' | 'screen' | 'demo-role' | 'oidc'

const nameOf = (kind: CookieKind, isSecure: boolean) => (isSecure ? `__Host-${kind}` : kind)

export function readCookie(
  header: string | undefined,
  kind: CookieKind,
  isSecure: boolean,
): string | undefined {
  const name = nameOf(kind, isSecure)
  return header ? parse(header, name)[name] : undefined
}

/**
 * The `Set-Cookie` line. Never readable for scripts. Lax: coming back from a sign-in elsewhere, or over a
 * link in a chat, must find the session.
 *
 * @param maxAgeMs null: until the browser is closed; 0: takes it away.
 */
export function writeCookie(
  kind: CookieKind,
  value: string,
  { isSecure, maxAgeMs }: { isSecure: boolean; maxAgeMs: number | null },
): string {
  const age = maxAgeMs === null ? '' : `; Max-Age=${Math.floor(maxAgeMs / 1000)}`
  const secure = isSecure ? '; Secure' : ''
  return `${nameOf(kind, isSecure)}=${value}; Path=/; HttpOnly; SameSite=Lax${secure}${age}`
}
