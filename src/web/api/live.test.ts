import { expect, test } from 'vitest'
import { isAfter } from './live.ts'

test('versions of one server count up', () => {
  expect(isAfter('ab12-10', 'ab12-9')).toBe(true)
  expect(isAfter('ab12-9', 'ab12-9')).toBe(false)
  expect(isAfter('ab12-8', 'ab12-9')).toBe(false)
})

test('a server that started anew counts from the beginning and is believed', () => {
  expect(isAfter('cd34-1', 'ab12-900')).toBe(true)
})
