import type { ReadinessKind, Tunnel, TunnelStatus } from '#contract/tunnel.ts'
import { visibleName } from '#web/ui/names.ts'
import { hasTags } from './tags.ts'

/** Which tunnels does somebody want to see? Pure. */

export type Filter = {
  q?: string | undefined
  status?: readonly TunnelStatus[] | undefined
  readiness?: readonly ReadinessKind[] | undefined
  tag?: readonly string[] | undefined
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
      ...tunnel.tags,
    ]
      .join(' ')
      .toLowerCase()
    texts.set(tunnel, text)
  }
  return text
}

/** Every word must occur; of statuses, of readiness and of each key of tags one must hold. Keeps the order. */
export function filtered(
  tunnels: readonly Tunnel[],
  { q, status, readiness, tag }: Filter,
): Tunnel[] {
  const words = (q ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  return tunnels.filter(
    (tunnel) =>
      (!status || status.includes(tunnel.status)) &&
      (!readiness || readiness.includes(tunnel.readiness)) &&
      (!tag || hasTags(tunnel, tag)) &&
      words.every((word) => textOf(tunnel).includes(word)),
  )
}
