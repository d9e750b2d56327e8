import { stripVTControlCharacters } from 'node:util'
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

type Suite = {
  specs: { title: string; tests: { results: { errors: { message?: string | undefined }[] }[] }[] }[]
  suites?: Suite[] | undefined
}
const Suite: z.ZodMiniType<Suite> = z.object({
  specs: z.array(
    z.object({
      title: z.string(),
      tests: z.array(
        z.object({
          results: z.array(
            z.object({ errors: z.array(z.object({ message: z.optional(z.string()) })) }),
          ),
        }),
      ),
    }),
  ),
  get suites() {
    return z.optional(z.array(Suite))
  },
})
const PlaywrightStories = z.object({ suites: z.array(Suite) })

/** So many lines tell what was expected and what there was; what follows them are locators that were tried. */
const linesOfReason = 8

/** Each story that failed and why, in a few lines: what a log that is cut off must still show at its end. */
export function reasonsPlaywright(report: unknown): string[] {
  const reasonsOf = ({ specs, suites = [] }: Suite): string[] => [
    ...specs.flatMap(({ title, tests }) =>
      tests
        .flatMap(({ results }) => results.flatMap(({ errors }) => errors))
        .map(({ message = 'no reason given' }) => {
          const lines = stripVTControlCharacters(message).split('\n')
          const told = lines.filter((line) => line.trim() !== '').slice(0, linesOfReason)
          return [`“${title}”`, ...told.map((line) => `  ${line}`)].join('\n')
        }),
    ),
    ...suites.flatMap(reasonsOf),
  ]
  return PlaywrightStories.parse(report).suites.flatMap(reasonsOf)
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
