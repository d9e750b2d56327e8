import { BlockList, isIP } from 'node:net'

/** Where does a request come from, when something trusted stands in between? Pure. */

/** The addresses and networks (`10.0.0.0/8`) of the proxies in front of Tandem. */
export type TrustedProxies = { has: (address: string) => boolean }

/** @returns null when an entry is neither an address nor a network. */
export function toTrustedProxies(entries: readonly string[]): TrustedProxies | null {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/')
    const version = isIP(address)
    if (version === 0) return null
    const family = version === 4 ? 'ipv4' : 'ipv6'
    if (prefix === undefined) list.addAddress(address, family)
    else if (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128)) {
      list.addSubnet(address, Number(prefix), family)
    } else return null
  }
  return {
    has: (address) => {
      const version = isIP(address)
      return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6')
    },
  }
}

/** `::ffff:192.0.2.1` is how a socket for both kinds says 192.0.2.1. */
export const plainAddress = (address: string) =>
  /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(address) ? address.slice(7) : address

/**
 * The client's own address. Anybody can write a forwarded header, so it is believed from trusted peers
 * only, and of it only what the outermost of them saw: the last address that is not one of theirs.
 *
 * @param peer the address at the other end of the socket.
 */
export function clientAddress(
  peer: string,
  forwardedFor: string | undefined,
  trusted: TrustedProxies,
): string {
  const hops = [...(forwardedFor ?? '').split(','), peer].map((hop) => plainAddress(hop.trim()))
  let client = hops.at(-1) ?? ''
  for (const hop of hops.toReversed()) {
    // What is no address was not written by a proxy of ours; nothing before it counts.
    if (hop !== client && isIP(hop) === 0) break
    client = hop
    if (!trusted.has(hop)) break
  }
  return client
}

/**
 * What one household or machine has: an IPv4 address, or the /64 of an IPv6 one.
 *
 * @param length of an IPv6 network, in bits: 48 is what a whole site is given.
 */
export function networkOf(address: string, length: 48 | 64 = 64): string {
  if (isIP(address) !== 6) return address
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? []
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
  const groups = tail === undefined ? left : [...left, ...zeros, ...right]
  return `${groups
    .slice(0, length / 16)
    .map((group) => Number.parseInt(group || '0', 16).toString(16))
    .join(':')}::/${length}`
}
