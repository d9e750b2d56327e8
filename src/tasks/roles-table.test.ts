import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { roles } from '#contract/roles.ts'
import { summaries } from '#contract/summaries.ts'
import { toRolesTable } from './roles-table.ts'

const root = join(import.meta.dirname, '../..')

test('docs/roles.md is what the table of operations says: npm run roles writes it', () => {
  expect(readFileSync(join(root, 'docs/roles.md'), 'utf8')).toBe(toRolesTable())
})

test('every operation stands in it once, and every role has a column', () => {
  const lines = toRolesTable().split('\n')
  for (const summary of Object.values(summaries)) {
    expect(lines.filter((line) => line.startsWith(`| ${summary} |`))).toHaveLength(1)
  }
  expect(lines.find((line) => line.startsWith('| What |'))?.toLowerCase()).toContain(
    roles.join(' | '),
  )
})

test('the sentences of README name each role that a person can have', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  expect(readme).toContain('docs/roles.md')
  expect(roles.filter((role) => !new RegExp(`\\*\\*${role}\\*\\*`, 'i').test(readme))).toEqual([])
})
