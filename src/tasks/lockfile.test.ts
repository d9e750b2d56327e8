import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { readLicences, toLicences } from './to-licences.ts'

/** What `npm ci` must be able to rely on, on any machine and from any registry. */

const root = join(import.meta.dirname, '../..')
const read = (name: string): unknown => JSON.parse(readFileSync(join(root, name), 'utf8'))

const Manifest = z.object({ allowScripts: z.record(z.string(), z.boolean()) })
const Scripts = z.object({ scripts: z.object({ start: z.string() }) })
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

describe('S27 package-lock.json', () => {
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

describe('S27 licences', () => {
  test('docs/licences.md says what the lock file says: npm run licences writes it', () => {
    expect(readFileSync(join(root, 'docs/licences.md'), 'utf8')).toBe(
      toLicences(read('package-lock.json')),
    )
  })

  test('nothing is in the product that asks for more than to be named', () => {
    const permissive = /^(?:MIT|ISC|0BSD|Unlicense|OFL-1\.1|Apache-2\.0|BSD-[23]-Clause)$/
    const odd = readLicences(read('package-lock.json'))
      .filter(({ isShipped }) => isShipped)
      // “or”: one that fits is enough; “and”: all must fit.
      .filter(({ licence }) => {
        const choices = licence.replace(/[()]/g, '').split(' OR ')
        return !choices.some((choice) => choice.split(' AND ').every((one) => permissive.test(one)))
      })
    expect(odd).toEqual([])
  })
})

describe('S27 the image', () => {
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8')
  const compose = readFileSync(join(root, 'compose.yaml'), 'utf8')
  const readme = readFileSync(join(root, 'README.md'), 'utf8')

  test('runs as somebody who is not root, holds no build tools, and takes in no secret', () => {
    const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
    expect(last).toMatch(/^USER 1000:1000$/m)
    expect(last).not.toMatch(/\bnpm\b/)
    const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n')
    expect(ignored).toContain('*')
    expect(ignored.filter((line) => /^!.*(?:env|data)/.test(line))).toEqual([])
  })

  test('has a root that can’t be written to, no new rights and no capabilities in compose.yaml', () => {
    expect(compose).toMatch(/read_only: true/)
    expect(compose).toMatch(/no-new-privileges/)
    expect(compose).toMatch(/cap_drop:\s*(?:- |\[)ALL/)
  })

  test('has a gateway that stays, from which a proxy on the host comes: README says to trust it', () => {
    const [, gateway = ''] = /^ *gateway: (\S+)$/m.exec(compose) ?? []
    expect(compose).toContain(`TANDEM_TRUST_PROXY=${gateway}\n`)
    expect(readme).toContain(`\`TANDEM_TRUST_PROXY=${gateway}\``)
  })

  test('starts Tandem as npm does, and so does the service of README', () => {
    const { scripts } = Scripts.parse(read('package.json'))
    const [, program = ''] = scripts.start.split('exec ')
    expect(readme).toContain(`\nExecStart=/usr/bin/${program}\n`)
    expect(dockerfile).toContain(
      `\nCMD ${JSON.stringify(program.split(' ')).replaceAll(',', ', ')}\n`,
    )
  })
})
