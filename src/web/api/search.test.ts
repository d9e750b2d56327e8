import { expect, test } from 'vitest'
import { oneOf, parseSearch, someOf, stringifySearch, textOf } from './search.ts'

test('an address reads as one would type it', () => {
  expect(stringifySearch({ status: ['down', 'degraded'], q: 'lon gw', sort: undefined })).toBe(
    '?status=down,degraded&q=lon+gw',
  )
  expect(stringifySearch({ q: '', status: undefined })).toBe('')
})

test('what is written is read again, whatever was typed', () => {
  for (const q of ['10', 'true', 'a&b=c', '"x"', 'ü %', '[1]']) {
    expect(parseSearch(stringifySearch({ q }))).toEqual({ q })
  }
})

test('unknown words are left out instead of breaking the page', () => {
  const words = ['down', 'degraded'] as const
  expect(someOf(words, 'degraded,nonsense,down')).toEqual(['down', 'degraded'])
  expect(someOf(words, 'nonsense')).toBeUndefined()
  expect(someOf(words, 7)).toBeUndefined()
  expect(oneOf(words, 'up')).toBeUndefined()
  expect(textOf(['a'])).toBeUndefined()
})
