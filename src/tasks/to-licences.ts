import * as z from 'zod/mini'

/** Under which licences is what others made, and what of it is in the product? Pure. */

const Lockfile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.optional(z.string()),
      license: z.optional(z.string()),
      dev: z.optional(z.boolean()),
      devOptional: z.optional(z.boolean()),
    }),
  ),
})

export type Licensed = { name: string; version: string; licence: string; isShipped: boolean }

/** Every package of a lock file, by name; the same one in the same version once. */
export function readLicences(lock: unknown): Licensed[] {
  const found = new Map<string, Licensed>()
  for (const [path, entry] of Object.entries(Lockfile.parse(lock).packages)) {
    if (path === '') continue
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const version = entry.version ?? ''
    const isShipped = !entry.dev && !entry.devOptional
    const key = `${name}@${version}`
    const shippedElsewhere = found.get(key)?.isShipped ?? false
    found.set(key, {
      name,
      version,
      licence: entry.license ?? 'unknown',
      isShipped: isShipped || shippedElsewhere,
    })
  }
  const order = (one: Licensed) => `${one.name} ${one.version}`
  return [...found.values()].toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
}

/** docs/licences.md as text. */
export function toLicences(lock: unknown): string {
  const all = readLicences(lock)
  const shipped = all.filter(({ isShipped }) => isShipped)
  const tools = all.filter(({ isShipped }) => !isShipped)
  const counts = new Map<string, number>()
  for (const { licence } of tools) counts.set(licence, (counts.get(licence) ?? 0) + 1)
  const rows = shipped.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`)
  const totals = [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([licence, count]) => `| ${licence} | ${count} |`)
  return `# Licences of what others made

Made by \`npm run licences\` from \`package-lock.json\`; a test fails when it is no longer true.

## In the product, or installed with it (${shipped.length})

| Package | Version | Licence |
| --- | --- | --- |
${rows.join('\n')}

## Tools that build and test it (${tools.length})

| Licence | Packages |
| --- | --- |
${totals.join('\n')}
`
}
