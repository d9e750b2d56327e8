import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const read = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8')

/** By their text: a group brings a browser with it. */
const groups = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.bench.ts'))
  .map((name) => / name: '(\w+)',\n {2}says: .*\((\d+) (min|s)\)/.exec(read(name)) ?? [])

test('README asks the question of each group, and tells how long all of them take', () => {
  const readme = read('README.md')
  expect(groups.filter(([, name]) => !readme.includes(`\n| \`${name}\` | `))).toEqual([])
  const minutes = groups.map(([, , time, unit]) => Number(time) / (unit === 's' ? 60 : 1))
  const all = Math.round(minutes.reduce((total, each) => total + each, 0))
  expect(readme).toContain(`# everything, about ${all} minutes\n`)
})
