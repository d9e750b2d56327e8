import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from '@playwright/test'
import type { Tunnel } from '#contract/tunnel.ts'
import { start } from '../../e2e/processes.ts'
import { browserArgs, ensureBrowser } from './browser.ts'

/**
 * `npm run screenshots [-- NAME…]`: a picture of every page and dialog × {dark, light} × {360, 1440, 3840},
 * from the demo, into docs/screenshots. Names limit it, e.g. `tunnels failover`.
 */
const folder = 'docs/screenshots'
const sizes = { 360: 780, 1440: 900, 3840: 2160 } as const
const themes = ['dark', 'light'] as const

type Shot = { name: string; path: string; act?: (page: Page) => Promise<void> }

function shotsOf(tunnels: Tunnel[]): Shot[] {
  const named = (start: string) => tunnels.find((tunnel) => tunnel.name.startsWith(start))
  const triple = named('fra') ?? tunnels.find((tunnel) => tunnel.standbyCount > 1)
  const down = tunnels.find((tunnel) => tunnel.status === 'down')
  if (!triple || !down) throw new Error('The demo shows no triple or no tunnel that is down.')
  const page = `/tunnels/${triple.id}`
  const press = (keys: string) => (shown: Page) => shown.keyboard.press(keys)
  return [
    { name: 'tunnels', path: '/' },
    { name: 'tunnels-filtered', path: '/?status=["degraded","down"]' },
    { name: 'tunnels-no-match', path: '/?q=nothing-like-this' },
    { name: 'create', path: '/?dialog=create' },
    { name: 'palette', path: '/', act: press('Control+k') },
    { name: 'help', path: '/', act: press('?') },
    { name: 'tunnel', path: page },
    { name: 'tunnel-30d', path: `${page}?range=30d` },
    { name: 'tunnel-down', path: `/tunnels/${down.id}` },
    { name: 'connector', path: `${page}/connectors/${triple.activeConnectorId}` },
    ...[
      'failover',
      'rename',
      'secret',
      'configuration',
      'delete',
      'replica',
      'acknowledge',
      'note',
      'maintenance',
    ].map((dialog) => ({
      name: dialog,
      path: `${page}?dialog=${dialog}`,
    })),
    { name: 'activity', path: '/activity' },
    { name: 'not-found', path: '/nowhere' },
  ]
}

async function take(browser: Browser, base: string, shots: Shot[]) {
  for (const theme of themes) {
    for (const [width, height] of Object.entries(sizes)) {
      const page = await browser.newPage({
        viewport: { width: Number(width), height },
        colorScheme: theme,
        reducedMotion: 'reduce',
      })
      for (const { name, path, act } of shots) {
        await page.goto(base + path)
        // The stream keeps the network busy for ever: what is awaited is what a person would await.
        await page.getByRole('main').waitFor()
        await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'))
        await page.evaluate(() => document.fonts.ready)
        await act?.(page)
        await page.waitForTimeout(300)
        await page.screenshot({ path: join(folder, `${name}-${theme}-${width}.png`) })
        console.log(`${name} ${theme} ${width}`)
      }
      await page.close()
    }
  }
}

mkdirSync(folder, { recursive: true })
const data = mkdtempSync(join(tmpdir(), 'tandem-screenshots-'))
const proxy = start('proxy', [], { env: { PORT: '0', TANDEM_DATA_DIR: data, LOG_LEVEL: 'warn' } })
const browser = await chromium.launch({ executablePath: ensureBrowser(), args: browserArgs })
try {
  const line = await proxy.line(/is running: http/)
  const base = /http:\S+/.exec(line)?.[0] ?? ''
  const { tunnels } = (await (await fetch(`${base}/api/tunnels`)).json()) as { tunnels: Tunnel[] }
  const only = process.argv.slice(2)
  const shots = shotsOf(tunnels).filter(({ name }) => only.length === 0 || only.includes(name))
  await take(browser, base, shots)
} finally {
  await browser.close()
  await proxy.end()
}
