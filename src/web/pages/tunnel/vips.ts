import { toOneSpelling } from '#contract/tunnel-requests.ts'

/** Virtual addresses of the `local` HA mode, as people type them and as Cloudflare takes them. Pure. */

export const mostVips = 8

/** Addresses out of a text: separated by commas, spaces or lines; each once, in their order. */
export function readVips(text: string): string[] {
  return eachOnce(text.split(/[\s,;]+/).filter(Boolean))
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
  return eachOnce([...before.vips, ...before.vipsPrevious], next).slice(0, mostVips)
}

/** Whether they are the same addresses in the same order, however each is spelled. */
export const isSameVips = (a: readonly string[], b: readonly string[]): boolean =>
  a.map(toOneSpelling).join() === b.map(toOneSpelling).join()

/** Those that are not among `others`, each as it is spelled first. */
function eachOnce(addresses: string[], others: readonly string[] = []): string[] {
  const seen = new Set(others.map(toOneSpelling))
  return addresses.filter((address) => seen.size < seen.add(toOneSpelling(address)).size)
}
