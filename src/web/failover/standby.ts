import type { Connector } from '#contract/tunnel.ts'
import { candidatesOf, isPromotable } from './order.ts'
import { noStandby } from './reason.ts'

/** Why can nobody be picked to take over? A sentence for the button that lets somebody pick. Pure. */
export function whyNoStandby(connectors: readonly Connector[]): string | null {
  if (connectors.length === 0) return 'No connector is known.'
  const candidates = candidatesOf(connectors)
  if (candidates.some(isPromotable)) return null
  if (candidates.length === 0) return 'There is no other connector. Add a replica first.'
  return candidates.some(({ role }) => role === 'unknown')
    ? 'Cloudflare reports a role that Tandem does not know, so no connector can be promoted safely.'
    : noStandby
}
