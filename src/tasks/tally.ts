import * as z from 'zod/mini'

/** How many tests passed and failed, read from the runners' own JSON reports. */
export type Tally = { passed: number; failed: number }

const VitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(
    z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) }),
  ),
})

/** A file that could not even be loaded has no failed test in it, and counts as one. */
export function tallyVitest(report: unknown): Tally {
  const { numPassedTests, numFailedTests, testResults } = VitestReport.parse(report)
  const broken = testResults.filter(
    (file) =>
      file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  )
  return { passed: numPassedTests, failed: numFailedTests + broken.length }
}

const PlaywrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number() }),
  errors: z.array(z.unknown()),
})

/** A test that passed only when it was tried again counts as failed, and so does an error outside one. */
export function tallyPlaywright(report: unknown): Tally {
  const { stats, errors } = PlaywrightReport.parse(report)
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length }
}

/**
 * The tally of a step. A step without a report, or one that ended badly although its report shows no
 * failure, or a runner that ran nothing, has failed once.
 */
export function tallyStep(exitCode: number, report: Tally | null): Tally {
  if (!report) return { passed: 0, failed: exitCode === 0 ? 0 : 1 }
  const clean = report.failed === 0
  return { ...report, failed: clean && (exitCode !== 0 || report.passed === 0) ? 1 : report.failed }
}
