import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { longestPassword, shortestPassword } from '#contract/people.ts'
import { ProblemError } from '../problem.ts'
import { assertGoodPassword, createPasswords } from './passwords.ts'

const passwords = createPasswords({ cost: 2 ** 10, now: () => 0 })

describe('a password', () => {
  test.each([
    'short',
    'fourteen chars',
    'passwordpassword',
    'Password12345678',
    'p@ssw0rdp@ssw0rd',
    'qwertyuiopqwertyuiop',
    '1234567890123456',
    'aaaaaaaaaaaaaaaaaaaa',
    'abcdefghijklmnopqrstuvwxyz',
    'tandem-tandem-tandem',
    'TandemCloudflare!!',
    'cloudflare123456789',
    'ada.lovelace1234',
    'Ada Lovelace Ada Lovelace',
    'iloveyouiloveyou',
    'letmein letmein letmein',
    'x'.repeat(129),
  ])('%s is refused with a reason', async (password) => {
    await expect(assertGoodPassword(password, ['ada.lovelace'])).rejects.toMatchObject({
      kind: 'invalid-request',
      extra: { field: 'password' },
      message: expect.stringMatching(/\.$/),
    })
  })

  test.each([
    'mossy lantern quietly orbits',
    'correct horse battery staple',
    'Zurück zum großen Fluss',
    'пароль из четырёх слов',
    'kX9#vL2$qW7!mN4@',
    'x1'.repeat(3) + 'lantern orbit moss',
  ])('%s is good enough', async (password) => {
    await expect(assertGoodPassword(password, ['ada.lovelace'])).resolves.toBeUndefined()
  })

  test('is kept so that it can be compared and not read, each time differently', async () => {
    const kept = await passwords.hash('mossy lantern')
    expect(kept).toMatch(/^scrypt\$1024\$8\$1\$[\w-]{22}\$[\w-]{43}$/)
    expect(await passwords.hash('mossy lantern')).not.toBe(kept)
    expect(await passwords.matches('mossy lantern', kept)).toBe(true)
    expect(await passwords.matches('mossy lanterm', kept)).toBe(false)
    expect(await passwords.matches('', kept)).toBe(false)
    expect(await passwords.matches('mossy lantern', null)).toBe(false)
  })

  test('typed on another keyboard is the same one', async () => {
    const kept = await passwords.hash('Zu\u0308rich am Fluss')
    expect(await passwords.matches('Z\u00fcrich am Fluss', kept)).toBe(true)
  })

  test('whatever may be set is right when it is typed, and nothing else is', async () => {
    const quick = createPasswords({ cost: 2 ** 6, now: () => 0 })
    // Written in one, in two that become one, in two halves, and in one that becomes three.
    const part = fc.constantFrom('a', 'u\u0308', '\u{1f600}', '\ufb03')
    const text = fc.array(part, { size: 'max', maxLength: 140 }).map((parts) => parts.join(''))
    const isSettable = (password: string) => {
      const { length } = [...password.normalize('NFKC')]
      return length >= shortestPassword && length <= longestPassword
    }
    await fc.assert(
      fc.asyncProperty(text.filter(isSettable), text, async (password, other) => {
        const kept = await quick.hash(password)
        expect(await quick.matches(password, kept)).toBe(true)
        expect(await quick.matches(other, kept)).toBe(
          other.normalize('NFKC') === password.normalize('NFKC'),
        )
      }),
      { numRuns: 200 },
    )
  })
})

test('S13 of 200 at once, two are worked on and twenty wait; the others are told to come back', async () => {
  const slow = createPasswords({ cost: 2 ** 12, now: () => 7000 })
  const all = await Promise.allSettled(Array.from({ length: 200 }, () => slow.matches('x', null)))
  const refused = all.filter(({ status }) => status === 'rejected')
  expect(refused).toHaveLength(178)
  for (const each of refused) {
    expect((each as PromiseRejectedResult).reason).toBeInstanceOf(ProblemError)
    expect((each as PromiseRejectedResult).reason).toMatchObject({
      kind: 'too-many-attempts',
      extra: { retryAt: 12_000 },
    })
  }
})

test('S13 a name that nobody has takes as long as one that exists', async () => {
  const real = createPasswords({ cost: 2 ** 14, now: () => 0 })
  const kept = await real.hash('mossy lantern')
  const times = { known: [] as number[], unknown: [] as number[] }
  // In turns, so that whatever else the machine does falls on both.
  for (let n = 0; n < 40; n += 1) {
    for (const name of ['known', 'unknown'] as const) {
      const began = performance.now()
      await real.matches('wrong', name === 'known' ? kept : null)
      times[name].push(performance.now() - began)
    }
  }
  const fastest = (all: number[]) => Math.min(...all)
  const ratio = fastest(times.known) / fastest(times.unknown)
  // Without the work for nobody it would be in the hundreds.
  expect(ratio).toBeGreaterThan(0.5)
  expect(ratio).toBeLessThan(2)
})
