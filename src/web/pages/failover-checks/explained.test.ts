import { expect, test } from 'vitest'
import { checkIds } from '#contract/failover-checks.ts'
import { explained } from './explained.ts'

test('every rule says in whole sentences how it is found and what to do, under a name of its own', () => {
  for (const id of checkIds) {
    const { title, found, remedy } = explained[id]
    expect(title).toMatch(/^[A-Z].*[^.]$/)
    for (const text of [found, remedy]) expect(text).toMatch(/^[A-Z“].*\.$/)
  }
  const titles = checkIds.map((id) => explained[id].title)
  expect(new Set(titles).size).toBe(titles.length)
})
