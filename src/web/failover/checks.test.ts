import { expect, test } from 'vitest'
import type { FailoverCheck } from '#contract/failover.ts'
import { checkLink, checkRules } from '#contract/failover-checks.ts'
import { noConsent, risksIn, whyNotYet } from './checks.ts'

const risk = (id: 'same-colo' | 'sessions-hang', sentence: string): FailoverCheck => ({
  ...checkRules[id],
  id,
  sentence,
  link: checkLink(id),
})

test('two active ones make one rule speak twice: it is one risk, accepted once', () => {
  const checks = [
    risk('same-colo', 'It shares lhr13.'),
    risk('sessions-hang', 'Connections may hang.'),
    risk('same-colo', 'It shares ams01.'),
  ]
  expect(risksIn(checks).map(({ id, sentence }) => [id, sentence])).toEqual([
    ['same-colo', 'It shares lhr13. It shares ams01.'],
    ['sessions-hang', 'Connections may hang.'],
  ])
  expect(whyNotYet(checks, noConsent)).toBe('Accept the 2 risks first.')
})
