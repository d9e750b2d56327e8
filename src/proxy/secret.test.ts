import { format, inspect } from 'node:util'
import pino from 'pino'
import { expect, test } from 'vitest'
import { createSecret } from './secret.ts'

const value = 'v1.0-hush-hush-0123456789abcdef0123456789'

test('a secret gives its value to whoever asks for it by name, and to nobody else', () => {
  const secret = createSecret(value)
  expect(secret.reveal()).toBe(value)
  const lines: string[] = []
  const log = pino({}, { write: (line: string) => lines.push(line) })
  log.error(
    { secret, nested: { deep: [secret] }, err: new Error('x', { cause: secret }) },
    '%o',
    secret,
  )
  const texts = [
    String(secret),
    `${secret}`,
    JSON.stringify({ secret }),
    JSON.stringify([secret]),
    inspect(secret, { depth: 9, showHidden: true, getters: true }),
    inspect({ a: { b: secret } }, { depth: 9 }),
    format('%s %o %O %j', secret, secret, secret, secret),
    Object.entries(secret).join(),
    Object.values({ ...secret }).join(),
    new Error(String(secret)).stack ?? '',
    ...lines,
  ]
  for (const text of texts) expect(text).not.toContain('hush')
  expect(String(secret)).toBe('[redacted]')
  expect(Object.isFrozen(secret)).toBe(true)
})

test('two secrets are told apart by fingerprints that hold neither', () => {
  const [one, two, same] = [createSecret(value), createSecret(`${value}x`), createSecret(value)]
  expect(one.fingerprint).toBe(same.fingerprint)
  expect(one.fingerprint).not.toBe(two.fingerprint)
  expect(one.fingerprint).toMatch(/^[0-9a-f]{16}$/)
})
