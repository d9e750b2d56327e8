/** Chance that repeats itself: the same seed gives the same world, ids and tokens. */
export type Random = {
  /** At least 0, below 1. */
  next: () => number
  /** A number from `low` to `high`. */
  between: (low: number, high: number) => number
  /** A whole number from `low` to `high`, both included. */
  whole: (low: number, high: number) => number
  pick: <T>(items: readonly [T, ...T[]] | readonly T[]) => T
  hex: (length: number) => string
  uuid: () => string
  /** Letters, digits, `_` and `-`, as in Cloudflare's API tokens. */
  token: (length: number) => string
  /** Base64 of so many bytes. */
  base64: (bytes: number) => string
}

const tokenLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-'

/**
 * @param seed any number; `stream` keeps parts of the world apart, so that more draws in one of them
 * do not change what happens in another.
 */
export function createRandom(seed: number, stream = ''): Random {
  let state = seed | 0
  for (const letter of stream) state = Math.imul(state ^ letter.charCodeAt(0), 0x01000193)

  // mulberry32: small, fast and good enough for a stage.
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const whole = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  const letters = (alphabet: string, length: number) =>
    Array.from({ length }, () => alphabet.charAt(whole(0, alphabet.length - 1))).join('')
  const hex = (length: number) => {
    let text = ''
    // Eight digits a draw: a thousand tunnels need some ten thousand ids.
    while (text.length < length)
      text += Math.floor(next() * 4_294_967_296)
        .toString(16)
        .padStart(8, '0')
    return text.slice(0, length)
  }

  return {
    next,
    between: (low, high) => low + next() * (high - low),
    whole,
    pick: (items) => {
      const item = items[whole(0, items.length - 1)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
    hex,
    uuid: () => {
      const digits = hex(32)
      const variant = '89ab'.charAt(whole(0, 3))
      return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20)}`
    },
    token: (length) => letters(tokenLetters, length),
    base64: (bytes) =>
      Buffer.from(Uint8Array.from({ length: bytes }, () => whole(0, 255))).toString('base64'),
  }
}
