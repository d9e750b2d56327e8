import { defineConfig, type ReporterDescription } from '@playwright/test'
import { browserArgs, ensureBrowser } from '../src/tasks/browser.ts'

/** `npm test` wants a report that it can count, a person wants to read along. */
const reportFile = process.env.TANDEM_E2E_REPORT
const reporter: ReporterDescription[] = reportFile
  ? [['dot'], ['json', { outputFile: reportFile }]]
  : [['list']]

/** Each test has a simulator, a proxy and a browser page of its own, all of them real processes. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.e2e.ts',
  outputDir: '../test-results',
  fullyParallel: true,
  // Twice as many as there are processors in CI: much of a story is waiting for what takes its time.
  workers: 4,
  retries: 0,
  forbidOnly: true,
  // Long enough for a machine that does five other things; how fast it is, the bench tells.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter,
  use: {
    browserName: 'chromium',
    launchOptions: { executablePath: ensureBrowser(), args: browserArgs },
    contextOptions: { reducedMotion: 'reduce' },
    locale: 'en-GB',
    // A record of every action is for a person who looks for a fault.
    trace: reportFile ? 'off' : { mode: 'retain-on-failure', screenshots: false, snapshots: true },
    screenshot: 'only-on-failure',
  },
})
