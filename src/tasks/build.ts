import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

/**
 * Builds the page, the proxy, the simulator and the host's commands into dist/, but only when something they are made of has
 * changed: the digest of all sources is the build id, and dist/build.json keeps the last one. The proxy
 * reads it there, so that an open page can tell that it is older than its server.
 */

const root = join(import.meta.dirname, '../..')
const stamp = join(root, 'dist/build.json')
const programs = ['proxy', 'simulator', 'people', 'backup', 'audit']
const outputs = [
  'dist/web/index.html',
  ...programs.map((name) => `dist/${name}.js`),
  'dist/build.json',
]

/** What ends up in dist/, or decides how it is made. */
const sources = [
  'index.html',
  'package-lock.json',
  'package.json',
  'public',
  'src/contract',
  'src/proxy',
  'src/simulator',
  'src/tasks/audit.ts',
  'src/tasks/backup.ts',
  'src/tasks/build.ts',
  'src/tasks/data-dir.ts',
  'src/tasks/people.ts',
  'src/web',
  'vite.config.ts',
]

/** Woff2 and pictures are compressed already. */
const compressible = /\.(?:html|js|css|svg|json|webmanifest|txt)$/

function filesIn(path: string): string[] {
  if (!existsSync(join(root, path))) return []
  const children = readdirSync(join(root, path), { withFileTypes: true })
  return children
    .flatMap((child) =>
      child.isDirectory() ? filesIn(join(path, child.name)) : [join(path, child.name)],
    )
    .toSorted()
}

/** 12 hex digits that change when any source does. Tests are no sources. */
function digestSources(): string {
  const hash = createHash('sha256').update(process.versions.modules)
  for (const source of sources) {
    const files = /\.[a-z]+$/.test(source) ? [source] : filesIn(source)
    for (const file of files) {
      if (/\.test\.tsx?$/.test(file) || !existsSync(join(root, file))) continue
      hash.update(`\0${file}\0`).update(readFileSync(join(root, file)))
    }
  }
  return hash.digest('hex').slice(0, 12)
}

function lastBuild(): string | null {
  if (!outputs.every((output) => existsSync(join(root, output)))) return null
  try {
    const { build } = JSON.parse(readFileSync(stamp, 'utf8')) as { build?: unknown }
    return typeof build === 'string' ? build : null
  } catch {
    return null // half written, or not ours: build again
  }
}

/** Writes `x.br` and `x.gz` beside every text file of the page, so that serving it costs no work. */
async function compressPage() {
  const files = filesIn('dist/web').filter((file) => compressible.test(file))
  await Promise.all(
    files.map(async (file) => {
      const content = await readFile(join(root, file))
      const [brotli, gzipped] = await Promise.all([
        promisify(brotliCompress)(content, {
          // 11, the default, takes ten times as long as 9 and saves 3 % more.
          params: { [constants.BROTLI_PARAM_QUALITY]: 9 },
        }),
        promisify(gzip)(content, { level: 9, memLevel: 9 }),
      ])
      await Promise.all([
        writeFile(join(root, `${file}.br`), brotli),
        writeFile(join(root, `${file}.gz`), gzipped),
      ])
    }),
  )
}

async function build(id: string) {
  const startedAt = Date.now()
  await rm(stamp, { force: true }) // a build that stops half-way must not count as one
  await rm(join(root, 'dist/chunks'), { recursive: true, force: true })
  const { createBuilder, minifySync } = await import('vite') // loaded here only: it takes longer than the check
  const builder = await createBuilder({ root, logLevel: 'warn' })
  await builder.buildApp()
  // What lies in public/ is only copied.
  const theme = join(root, 'dist/web/theme.js')
  await writeFile(theme, minifySync('theme.js', await readFile(theme, 'utf8')).code)
  await compressPage()
  await writeFile(stamp, `${JSON.stringify({ build: id })}\n`)
  console.log(`Built Tandem ${id} in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`)
}

const id = digestSources()
if (lastBuild() !== id) {
  process.env.NODE_ENV = 'production'
  await build(id).catch((error: unknown) => {
    // What is wrong stands in the source, not in the stack of the bundler.
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  })
}
