import { expect, test } from 'vitest'
import { displayName, visibleName } from './names.ts'

test('controls that reorder text are taken out of what is shown', () => {
  expect(visibleName('evil\u202egnp.exe')).toBe('evilgnp.exe')
  expect(visibleName('\u2066isolated\u2069\u200f')).toBe('isolated')
})

test('what can’t be seen can’t make two names differ', () => {
  expect(visibleName('gw\u200b-\u00ad1\ufeff')).toBe('gw-1')
  expect(visibleName('g\u200dw')).toBe('gw')
})

test('line breaks and tabs do not tear a row', () => {
  expect(visibleName('two\nlines\tand\u0000more')).toBe('two lines and more')
})

test('scripts and emoji stay as they are, joined ones too', () => {
  expect(visibleName('東京-gw')).toBe('東京-gw')
  expect(visibleName('مكتب دبي')).toBe('مكتب دبي')
  expect(visibleName('👩‍💻 lab')).toBe('👩‍💻 lab')
})

test('a name with nothing to show has words in its place', () => {
  expect(displayName('')).toBe('(no name)')
  expect(displayName(' \u200b\u202e ')).toBe('(no name)')
})
