import { Secret, TOTP } from 'otpauth'
import type { SecondFactor } from '#contract/people.ts'

/** Codes of an authenticator app (RFC 6238): six digits, a new one every 30 s, each good once. */

const periodMs = 30_000
/** Clocks of phones are off by a little: the step before and the one after count too. */
const drift = 1

const totp = (secret: string, name: string) =>
  new TOTP({ issuer: 'Tandem', label: name, secret: Secret.fromBase32(secret), digits: 6 })

export function newSecondFactor(name: string): SecondFactor {
  const secret = new Secret({ size: 20 }).base32
  return { secret, uri: totp(secret, name).toString() }
}

/** The 30 s step that a code is of, for using it up; null when it is wrong. */
export function stepOf(code: string, secret: string, at: number): number | null {
  const token = code.replaceAll(/\s/g, '')
  if (!/^\d{6}$/.test(token)) return null
  const delta = totp(secret, '').validate({ token, timestamp: at, window: drift })
  return delta === null ? null : Math.floor(at / periodMs) + delta
}
