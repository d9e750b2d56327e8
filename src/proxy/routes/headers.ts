import type { MiddlewareHandler } from 'hono'
import type { Env } from '../identity/who.ts'

/**
 * What every answer carries, errors too. The page needs nothing from anywhere else and nothing inline;
 * styles that React sets go through the CSSOM, which `style-src` does not touch.
 */
const always: Record<string, string> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy':
    'accelerometer=(), camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
}

/** Over TLS the browser is told never to come by plain HTTP again, for a year. */
const overTls = {
  ...always,
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
}

export const securityHeadersOf = ({ isSecure }: { isSecure: boolean }) =>
  isSecure ? overTls : always

export function securityHeaders(): MiddlewareHandler<Env> {
  return async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(securityHeadersOf(c.get('way')))) {
      c.header(name, value)
    }
  }
}
