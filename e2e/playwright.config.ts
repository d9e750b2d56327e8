import { defineConfig, type ReporterDescription } from '@playwright/test'
import { browserArgs, ensureBrowser } from '../src/tasks/browser.ts'

/** `npm test` wants a report that it can count, a person wants to read along. */
const reportFile = process.env.TANDEM_E2E_REPORT
const reporter: ReporterDescription[] = reportFile
  ? [['dot'], ['json', { outputFile: reportFile }]]
  : [['list']]

/**
 * Each test has a world, a proxy and a browser profile of its own, in real processes; those that only look share world
 * and proxy.
 */
export default defineConfig({
  testDir: '.',
  testMatch: '*.e2e.ts',
  outputDir: '../test-results',
  fullyParallel: true,
  // Twice as many as there are processors in CI: much of a story is waiting for what takes its time.
  workers: 4,
  retries: 0,
  forbidOnly: true,
  // Only what hangs must run into these: on a slow virtual machine, with four stories on two processors, a step that
  // hashes a password was seen to take 20 s. How fast Tandem is, the bench tells.
  timeout: 300_000,
  expect: { timeout: 60_000 },
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
