import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const manifest = join(import.meta.dirname, '../dist/web/.vite/manifest.json')

/**
 * Where the browser asks for the code of a source file that comes by itself; of `index.html`, the program.
 *
 * @param source as the build names it, e.g. `src/web/ui/TermText.tsx`
 * @returns a pattern for `page.route`. Throws when the build has no such piece.
 */
export function builtFrom(source: string): string {
  const chunks = JSON.parse(readFileSync(manifest, 'utf8')) as Record<string, { file: string }>
  const chunk = chunks[source]
  if (!chunk) throw new Error(`The build made no file of ${source} alone.`)
  return `**/${chunk.file}`
}
