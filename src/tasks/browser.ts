import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { chromium } from '@playwright/test'

/**
 * Which browser do the end-to-end tests, the benchmarks and the screenshots use? In this order: the one
 * that TANDEM_CHROMIUM names, one of the system, Playwright's own; and if there is none, one is installed.
 */

/** The first is Chromium without windows: the same engine, and a story takes a fifth less of a processor. */
const commands = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
] as const
const macApplications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/**
 * Chromium's own buttons are pages of their own, which take two seconds of a processor for every window, and
 * nobody sees them here. Only the last list of this kind counts, so it repeats what Playwright leaves out and
 * a page of ours would notice.
 */
const withoutFeatures = [
  'InitialWebUI',
  'WebUIReloadButton',
  'WebUIToolbar',
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxFullPopup',
  'PreloadTopChromeWebUI',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'MediaRouter',
  'PaintHolding',
  'OptimizationHints',
  'ThirdPartyStoragePartitioning',
  'NetworkTimeServiceQuerying',
  'PreconnectToSearch',
  'AimEnabled',
]

/** What a browser needs to run as root in a container, and to send nothing but what a test asks for. */
export const browserArgs = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-quic',
  // Letters as wide as in a window, where they need not begin at a whole pixel.
  '--font-render-hinting=none',
  `--disable-features=${withoutFeatures.join(',')}`,
]

/** Ubuntu's chromium-browser may be a script that only tells people to install a snap. */
function runs(path: string): boolean {
  try {
    execFileSync(path, ['--version'], { stdio: 'ignore', timeout: 15_000 })
    return true
  } catch {
    return false
  }
}

/** Searches in the order above. An executable's path, or null when there is no browser. */
export function findBrowser(env: NodeJS.ProcessEnv = process.env): string | null {
  if (env.TANDEM_CHROMIUM) {
    if (existsSync(env.TANDEM_CHROMIUM)) return env.TANDEM_CHROMIUM
    throw new Error(`TANDEM_CHROMIUM names ${env.TANDEM_CHROMIUM}, which does not exist.`)
  }
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  const system = [
    ...commands.flatMap((command) => folders.map((folder) => join(folder, command))),
    ...macApplications,
  ]
  const found = system.find((path) => existsSync(path) && runs(path))
  if (found) return found
  return existsSync(chromium.executablePath()) ? chromium.executablePath() : null
}

type Installer = { title: string; possible: () => boolean; install: () => void }

const aptInstaller = (name: string): Installer => ({
  title: `the system's ${name} package`,
  possible: () => process.getuid?.() === 0 && existsSync('/usr/bin/apt-get'),
  install() {
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', name]]) {
      execFileSync('apt-get', args, {
        stdio: ['ignore', 2, 2],
        timeout: 600_000,
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      })
    }
  },
})

const installers: Installer[] = [
  {
    title: "Playwright's Chromium",
    possible: () => true,
    install() {
      const playwright = createRequire(import.meta.url).resolve('@playwright/test/cli')
      const args = process.getuid?.() === 0 ? ['--with-deps', 'chromium'] : ['chromium']
      execFileSync(process.execPath, [playwright, 'install', ...args], {
        stdio: ['ignore', 2, 2],
        timeout: 300_000,
      })
    },
  },
  aptInstaller('chromium-headless-shell'),
  aptInstaller('chromium'),
]

/**
 * A browser's path, installed first if need be. Remembers it in TANDEM_CHROMIUM, so that the worker
 * processes do not search again. Throws with what was tried and what to do when there is none.
 */
export function ensureBrowser(): string {
  const tried: string[] = []
  let path = findBrowser()
  for (const { title, possible, install } of installers) {
    if (path) break
    if (!possible()) continue
    console.error(`No Chromium found: installing ${title}.`)
    try {
      install()
      path = findBrowser()
      if (!path) tried.push(`${title}: installed, yet not found`)
    } catch (error) {
      tried.push(`${title}: ${error instanceof Error ? error.message.split('\n')[0] : error}`)
    }
  }
  if (path) return (process.env.TANDEM_CHROMIUM = path)
  throw new Error(
    `No Chromium was found and none could be installed (${tried.join('; ')}). ` +
      'Install Chromium or Chrome, or set TANDEM_CHROMIUM to the path of one.',
  )
}
