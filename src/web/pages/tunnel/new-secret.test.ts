import { expect, test } from 'vitest'
import * as z from 'zod/mini'
import { TunnelChange } from '#contract/tunnel-requests.ts'
import { newSecret, wrongWithSecret } from './new-secret.ts'

const accepted = (secret: string) => z.safeParse(TunnelChange, { secret }).success

const judged = (secret: string) => ({
  secret,
  isWrong: wrongWithSecret(secret) !== null,
  isTaken: accepted(secret),
})

test('a new secret is 32 bytes of base64 that the proxy takes', () => {
  const secret = newSecret()
  expect(Buffer.from(secret, 'base64')).toHaveLength(32)
  expect(wrongWithSecret(secret)).toBeNull()
  expect(accepted(secret)).toBe(true)
  expect(newSecret()).not.toBe(secret)
})

test('all bytes can stand in it', () => {
  const secret = newSecret((bytes) => bytes.forEach((_, at) => (bytes[at] = 255 - at)))
  expect([...Buffer.from(secret, 'base64')]).toEqual(
    Array.from({ length: 32 }, (_, at) => 255 - at),
  )
})

test('what somebody types is judged as the proxy judges it', () => {
  for (const secret of [
    '',
    'abc',
    'x'.repeat(42),
    'ü'.repeat(50),
    'a b'.repeat(20),
    '='.repeat(50),
    // Not whole: base64 comes in fours, with = where the last one is not full.
    'x'.repeat(43),
    'x'.repeat(45),
    `${'x'.repeat(44)}=`,
    // 31 bytes.
    `${'x'.repeat(42)}==`,
  ]) {
    expect(judged(secret)).toEqual({ secret, isWrong: true, isTaken: false })
  }
  for (const secret of [
    `${'x'.repeat(43)}=`,
    'x'.repeat(44),
    `${'x'.repeat(46)}==`,
    'A+/0'.repeat(20),
    'x'.repeat(1024),
  ]) {
    expect(judged(secret)).toEqual({ secret, isWrong: false, isTaken: true })
  }
  expect(wrongWithSecret('x'.repeat(1025))).toMatch(/Too long/)
})
