import { expect, test } from 'vitest'
import { changesText } from './numbers.ts'

test('one change is no changes', () => {
  expect([1, 2, 99, 100].map(changesText)).toEqual([
    '1 change',
    '2 changes',
    '99 changes',
    '100+ changes',
  ])
})
