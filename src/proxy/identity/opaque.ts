import { createHash, randomBytes } from 'node:crypto'

/** Secrets that open something: long, random, and known to the store by their hash only. */

/** 256 bits, in letters that fit a cookie and a fragment. */
export const newOpaque = () => randomBytes(32).toString('base64url')

/** SHA-256 suffices: nothing that is guessed at random hits one of 2²⁵⁶. */
export const opaqueHash = (secret: string) => createHash('sha256').update(secret).digest('hex')

/** Crockford's alphabet: no I, L, O or U, so that nothing is mistaken when it is typed. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A code for people to type, five bits a character, in groups of `group`. */
export function newCode(characters: number, group: number): string {
  // 32 divides 256: every letter is equally likely.
  const text = [...randomBytes(characters)].map((byte) => alphabet[byte % 32]).join('')
  return text.match(new RegExp(`.{1,${group}}`, 'g'))?.join('-') ?? text
}

/** As it was meant: without spaces and hyphens, with the digits that letters were taken for. */
export const readCode = (typed: string) =>
  typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1')
