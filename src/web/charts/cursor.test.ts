import { expect, test } from 'vitest'
import { createCursor } from './cursor.ts'

test('a chart takes away only what it pointed at itself, and not what another one points at since', () => {
  const cursor = createCursor()
  cursor.set(5, 'roles')
  cursor.set(5, 'connections')
  cursor.set(null, 'roles')
  expect(cursor.at()).toBe(5)
  cursor.set(null, 'connections')
  expect(cursor.at()).toBeNull()
})
