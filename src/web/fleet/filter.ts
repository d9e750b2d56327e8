import type { ReadinessKind, Tunnel, TunnelStatus } from '#contract/tunnel.ts'
import { visibleName } from '#web/ui/names.ts'

/** Which tunnels does somebody want to see? Pure. */

export type Filter = {
  q?: string | undefined
  status?: readonly TunnelStatus[] | undefined
  readiness?: readonly ReadinessKind[] | undefined
}

// A row's searchable text is made once for as long as the row stays the same object.
const texts = new WeakMap<Tunnel, string>()

function textOf(tunnel: Tunnel): string {
  let text = texts.get(tunnel)
  if (text === undefined) {
    text = [
      visibleName(tunnel.name),
      tunnel.id,
      tunnel.accountId,
      tunnel.activeConnectorId ?? '',
      ...tunnel.colos,
    ]
      .join(' ')
      .toLowerCase()
    texts.set(tunnel, text)
  }
  return text
}

/** Every word must occur; of statuses and of readiness one each must hold. Keeps the order. */
export function filtered(tunnels: readonly Tunnel[], { q, status, readiness }: Filter): Tunnel[] {
  const words = (q ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  return tunnels.filter(
    (tunnel) =>
      (!status || status.includes(tunnel.status)) &&
      (!readiness || readiness.includes(tunnel.readiness)) &&
      words.every((word) => textOf(tunnel).includes(word)),
  )
}
