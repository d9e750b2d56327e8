import { expect, test } from 'vitest'
import { codeOf } from './search.ts'

test.each([
  ['#ABCD-1234', 'ABCD-1234'],
  ['#abcd1234', 'ABCD1234'],
  ['', ''],
  ['#main', ''],
  ['#ABCD-12345', ''],
  ['#<script>', ''],
])('the fragment %j holds the code %j', (hash, code) => {
  expect(codeOf(hash)).toBe(code)
})
