import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Hono } from 'hono'
import { isScreen } from '../identity/for-screens.ts'
import type { Env, Who } from '../identity/who.ts'
import { createAhead, manifestPath } from './ahead.ts'
import { createFirstView, wallPath } from './first-view.ts'
import type { Parts, Request } from './route.ts'

/**
 * The built page, read into memory at the start: what is not in this map can't be served, so no path
 * can climb out of it. Compressed twins (`.br`, `.gz`) are made by the build.
 */
type File = { type: string; plain: Bytes; br: Bytes | null; gz: Bytes | null; immutable: boolean }
type Bytes = Buffer<ArrayBuffer>
export type Page = Map<string, File>

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}

/** @param folder `dist/web`; a folder that does not exist makes a page with nothing in it. */
export function readPage(folder: string): Page {
  const page: Page = new Map()
  if (!existsSync(folder)) return page
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = types[extname(entry.name)]
    if (!entry.isFile() || !type) continue
    const file = join(entry.parentPath, entry.name)
    const twin = (suffix: string) =>
      existsSync(file + suffix) ? readFileSync(file + suffix) : null
    const path = `/${relative(folder, file).split(sep).join('/')}`
    page.set(path, {
      type,
      plain: readFileSync(file),
      br: twin('.br'),
      gz: twin('.gz'),
      // Vite puts a hash of the content into the names in there.
      immutable: path.startsWith('/assets/'),
    })
  }
  return page
}

/**
 * A page is told which build it is of, and whoever may ask for what is on it the version that its stream has to go on
 * from: all that it asks for is answered later, and each answer at a moment of its own.
 *
 * @param findWho who asks for the page; null for somebody who may not ask for what is on it.
 */
export function pageRoutes(
  app: Hono<Env>,
  page: Page,
  parts: Pick<Parts, 'bus' | 'present' | 'session' | 'now'>,
  findWho: (c: Request) => Promise<Who | null>,
) {
  const ahead = createAhead(page)
  const firstView = createFirstView(page.get('/index.html')?.plain.toString() ?? '', parts)
  app.on(['GET', 'HEAD'], '*', async (c) => {
    const { path } = c.req
    const isFile = page.has(path) && path !== '/index.html' && path !== manifestPath
    // The site map lives in the page: any other address without an ending is one of its pages.
    const file = isFile
      ? page.get(path)
      : extname(path) === ''
        ? page.get('/index.html')
        : undefined
    if (!file) {
      const missing = page.size === 0 ? 'The page is not built: run npm start.' : 'Not found.'
      return c.text(missing, 404, { 'cache-control': 'no-store' })
    }
    c.header('content-type', file.type)
    c.header('vary', 'accept-encoding')
    const accepts = c.req.header('accept-encoding') ?? ''
    if (!isFile) {
      const who = await findWho(c)
      // What a screen is told has less in it; a wall's first view tells nothing.
      const told = who && (!isScreen(who) || path === wallPath) ? firstView.of(path) : null
      const version = who ? ` data-version="${parts.bus.version()}"` : ''
      const attributes = ` data-build="${parts.session().build}"${version}`
      const document = (told ?? firstView.bare).replace('<html', (start) => `${start}${attributes}`)
      c.header('link', ahead(path, who !== null, told !== null))
      c.header('cache-control', who ? 'no-store' : 'no-cache')
      if (!/\bgzip\b/.test(accepts)) return c.body(document)
      c.header('content-encoding', 'gzip')
      return c.body(gzipSync(document, { level: 5 }))
    }
    c.header('cache-control', file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache')
    for (const [encoding, bytes] of [
      ['br', file.br],
      ['gzip', file.gz],
    ] as const) {
      if (bytes && new RegExp(`\\b${encoding}\\b`).test(accepts)) {
        c.header('content-encoding', encoding)
        return c.body(bytes)
      }
    }
    return c.body(file.plain)
  })
}
