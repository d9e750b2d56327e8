import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'

/** What `npm ci` must be able to rely on, on any machine and from any registry. */

const root = join(import.meta.dirname, '../..')
const read = (name: string): unknown => JSON.parse(readFileSync(join(root, name), 'utf8'))

const Manifest = z.object({ allowScripts: z.record(z.string(), z.boolean()) })
const Lockfile = z.object({
  lockfileVersion: z.number(),
  packages: z.record(
    z.string(),
    z.object({
      resolved: z.optional(z.string()),
      integrity: z.optional(z.string()),
      hasInstallScript: z.optional(z.boolean()),
      optionalDependencies: z.optional(z.record(z.string(), z.string())),
    }),
  ),
})

const { allowScripts } = Manifest.parse(read('package.json'))
const lock = Lockfile.parse(read('package-lock.json'))
const packages = Object.entries(lock.packages).filter(([path]) => path !== '')

const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 13)

/** Node's own search: beside the package, then in every node_modules above it. */
function resolves(name: string, from: string): boolean {
  for (let folder = from; ; folder = folder.slice(0, folder.lastIndexOf('/node_modules/'))) {
    if (`${folder}/node_modules/${name}` in lock.packages) return true
    if (!folder.includes('/node_modules/')) return `node_modules/${name}` in lock.packages
  }
}

describe('package-lock.json', () => {
  test('holds more than a handful of packages in a format that npm 11 writes', () => {
    expect(lock.lockfileVersion).toBe(3)
    expect(packages.length).toBeGreaterThan(50)
  })

  test('has an entry for every optional dependency, those of other platforms too', () => {
    const missing = packages.flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !resolves(name, path))
        .map((name) => `${path} → ${name}`),
    )
    expect(missing).toEqual([])
  })

  test('has the integrity of every package', () => {
    expect(packages.filter(([, { integrity }]) => !integrity).map(([path]) => path)).toEqual([])
  })

  test('names no registry, so that it installs from whichever one is configured', () => {
    expect(packages.filter(([, { resolved }]) => resolved).map(([path]) => path)).toEqual([])
  })

  test('holds no install script that nobody has looked at, and only SQLite may run its own', () => {
    const withScripts = packages
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => nameOf(path))
    expect(withScripts.filter((name) => !(name in allowScripts))).toEqual([])
    expect(Object.keys(allowScripts).filter((name) => allowScripts[name])).toEqual([
      'better-sqlite3',
    ])
  })
})
