/** Virtual addresses of the `local` HA mode, as people type them and as Cloudflare takes them. Pure. */

export const mostVips = 8

/** Addresses out of a text: separated by commas, spaces or lines; each once, in their order. */
export function readVips(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter(Boolean))]
}

/**
 * Which addresses the connectors should clean up after a change: those that held until now and no longer
 * do, then those still to be cleaned up from before, without any that hold again. Eight at most; the
 * oldest are given up first.
 */
export function vipsToCleanUp(
  before: { vips: readonly string[]; vipsPrevious: readonly string[] },
  next: readonly string[],
): string[] {
  const candidates = new Set([...before.vips, ...before.vipsPrevious])
  return [...candidates].filter((address) => !next.includes(address)).slice(0, mostVips)
}
