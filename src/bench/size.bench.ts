import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import type { Page } from '@playwright/test'
import { inFreshBrowser, openList } from './browser.ts'
import type { Group } from './group.ts'
import { onStage } from './stage.ts'

/** How much code does a page load? Counted by what a browser really asked for. */

const web = join(import.meta.dirname, '../../dist/web')
const isCode = (path: string) => /\.(?:js|css)$/.test(path)
const gzippedBytes = (path: string) => statSync(join(web, `${path}.gz`)).size
const sum = (paths: Iterable<string>) =>
  [...paths].reduce((bytes, path) => bytes + gzippedBytes(path), 0)
const idleMs = 2_000

/** Notes every script and stylesheet that is asked for, preloaded or not. */
function noteCode(page: Page) {
  const asked = new Set<string>()
  let lastAt = Date.now()
  page.on('request', (request) => {
    lastAt = Date.now()
    const { pathname } = new URL(request.url())
    if (isCode(pathname)) asked.add(pathname)
  })
  return {
    asked,
    /** Waits until nothing was asked for in two seconds. */
    async idle() {
      while (Date.now() - lastAt < idleMs) await rest(100)
    },
  }
}

export const size: Group = {
  name: 'size',
  says: 'JavaScript and CSS of the pages, gzipped (20 s)',

  async run() {
    const simulator = ['--tunnels', '10', '--accounts', '1']
    const pages = await onStage({ simulator }, async (stage) => {
      await stage.swept(120_000)
      const wall = await inFreshBrowser(stage.address, async (page) => {
        const code = noteCode(page)
        await page.goto(`${stage.address}/wall`)
        await page.getByRole('listitem').first().waitFor()
        await code.idle()
        return code.asked
      })
      return inFreshBrowser(stage.address, async (page) => {
        const code = noteCode(page)
        await openList(page)
        await code.idle()
        const list = new Set(code.asked)
        await page.locator('[data-row] a').first().click()
        await page.waitForURL(/\/tunnels\//)
        await code.idle()
        return { wall, list, tunnel: [...code.asked].filter((path) => !list.has(path)) }
      })
    })

    const all = readdirSync(web, { recursive: true, encoding: 'utf8' })
      .map((path) => `/${path}`)
      .filter(isCode)
    const later = all.filter((path) => !pages.list.has(path))
    return [
      {
        name: 'JS + CSS of the list route, gzipped',
        unit: 'KB',
        samples: [sum(pages.list) / 1000],
        by: 'max',
        goal: { atMost: 170 },
        note: `${pages.list.size} files: ${toSizes(pages.list)}`,
      },
      {
        name: 'JS + CSS of the wall route, gzipped',
        unit: 'KB',
        samples: [sum(pages.wall) / 1000],
        by: 'max',
        goal: { atMost: 150 },
        note: `${pages.wall.size} files: ${toSizes(pages.wall)}`,
      },
      {
        name: 'JS + CSS that a tunnel’s page adds, gzipped',
        unit: 'KB',
        samples: [sum(pages.tunnel) / 1000],
        by: 'max',
        goal: null,
      },
      {
        name: 'JS + CSS that comes later, if at all, gzipped',
        unit: 'KB',
        samples: [sum(later) / 1000],
        by: 'max',
        goal: null,
      },
    ]
  },
}

/** The largest first. */
function toSizes(paths: Iterable<string>): string {
  const manifest: Record<string, { file: string; name?: string }> = JSON.parse(
    readFileSync(join(web, '.vite/manifest.json'), 'utf8'),
  )
  const names = new Map(Object.values(manifest).map(({ file, name }) => [`/${file}`, name]))
  return [...paths]
    .map((path) => ({ path, bytes: gzippedBytes(path) }))
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, 5)
    .map(({ path, bytes }) => `${names.get(path) ?? path} ${(bytes / 1000).toFixed(1)}`)
    .join(', ')
}
