import { describe, expect, test } from 'vitest'
import { reasonsPlaywright, tallyPlaywright, tallyStep, tallyVitest } from './tally.ts'

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((status) => ({ status })),
})

describe('the tally of a test run', () => {
  test('takes what Vitest counted', () => {
    const report = {
      numPassedTests: 7,
      numFailedTests: 2,
      testResults: [file('passed', 'passed'), file('failed', 'passed', 'failed', 'failed')],
    }
    expect(tallyVitest(report)).toEqual({ passed: 7, failed: 2 })
  })

  test('counts a test file that does not load as a failure', () => {
    const report = { numPassedTests: 1, numFailedTests: 0, testResults: [file('failed')] }
    expect(tallyVitest(report)).toEqual({ passed: 1, failed: 1 })
  })

  test('counts flaky end-to-end tests and errors outside of tests as failures', () => {
    const report = {
      stats: { expected: 5, unexpected: 1, flaky: 2, skipped: 3 },
      errors: [{ message: 'no tests found' }],
    }
    expect(tallyPlaywright(report)).toEqual({ passed: 5, failed: 4 })
  })

  test('refuses a report that it cannot read', () => {
    expect(() => tallyVitest({})).toThrow(/numPassedTests/)
    expect(() => tallyPlaywright({})).toThrow(/stats/)
  })
})

describe('the tally of a step', () => {
  test('is one failure when a check without a report fails', () => {
    expect(tallyStep(1, null)).toEqual({ passed: 0, failed: 1 })
    expect(tallyStep(0, null)).toEqual({ passed: 0, failed: 0 })
  })

  test('does not believe a clean report of a runner that ended badly', () => {
    expect(tallyStep(1, { passed: 3, failed: 0 })).toEqual({ passed: 3, failed: 1 })
    expect(tallyStep(1, { passed: 3, failed: 2 })).toEqual({ passed: 3, failed: 2 })
  })

  test('is a failure when a runner ran nothing', () => {
    expect(tallyStep(0, { passed: 0, failed: 0 })).toEqual({ passed: 0, failed: 1 })
  })
})

test('the reasons of stories that failed are told in a few lines each, without colours', () => {
  const story = (title: string, ...messages: string[]) => ({
    title,
    tests: [{ results: [{ errors: messages.map((message) => ({ message })) }] }],
  })
  const tried = Array.from({ length: 80 }, (_, index) => `  - try ${index}`)
  const message = ['\u001B[31mError: toHaveCount\u001B[39m', '', 'Expected: 1', ...tried].join('\n')
  const inner = { specs: [story('the dialog opens', message)] }
  const report = { suites: [{ specs: [story('all is well')], suites: [inner] }] }
  const [reason, ...more] = reasonsPlaywright(report)
  expect(more).toEqual([])
  const lines = reason?.split('\n') ?? []
  expect(lines.slice(0, 3)).toEqual(['“the dialog opens”', '  Error: toHaveCount', '  Expected: 1'])
  expect(lines).toHaveLength(9)
})
