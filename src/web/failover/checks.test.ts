import { expect, test } from 'vitest'
import type { FailoverCheck } from '#contract/failover.ts'
import { type CheckId, checkLink, checkRules } from '#contract/failover-checks.ts'
import { noConsent, whyNotYet, withNamed } from './checks.ts'

const check = (id: CheckId, sentence: string): FailoverCheck => ({
  ...checkRules[id],
  id,
  sentence,
  link: checkLink(id),
})

test('each risk is to be accepted', () => {
  const checks = [check('same-colo', 'It shares lhr13.'), check('sessions-hang', 'They may hang.')]
  expect(whyNotYet(checks, noConsent)).toBe('Accept the 2 risks first.')
  expect(whyNotYet(checks, { ...noConsent, ticked: ['same-colo'] })).toBe('Accept the risk first.')
})

test('what a refusal named is there to be ticked, though a later look from memory does not show it', () => {
  const [colo, stale] = [
    check('same-colo', 'It shares lhr13.'),
    check('stale-read', 'It is 3 s old.'),
  ]
  const offline = check('offline', 'Cloudflare reports it offline.')
  expect(withNamed([colo], [stale, colo])).toEqual([colo, stale])
  expect(withNamed([{ ...stale, sentence: 'It is 20 s old.' }], [stale])).toHaveLength(1)
  // Whether it is blocked, and what has passed since, the later look knows better.
  const connected = check('just-connected', 'It connected only 3 s ago.')
  expect(withNamed([colo], [offline])).toEqual([colo])
  expect(withNamed([colo], [connected])).toEqual([colo])
  expect(withNamed(null, [stale])).toBe(null)
})
