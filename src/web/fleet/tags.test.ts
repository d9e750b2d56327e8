import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseSearch, stringifySearch } from '#web/api/search.ts'
import { filtered } from './filter.ts'
import { hasTags, keysInUse, tagsInUse, tagsOf, withoutTag, withTag } from './tags.ts'
import { tunnelOf } from './tunnel-of.ts'

const tagged = (name: string, ...tags: string[]) => tunnelOf(name, { tags })
const list = [
  tagged('a', 'critical', 'site:london', 'team:network'),
  tagged('b', 'site:dublin', 'team:network'),
  tagged('c', 'team:plants'),
  tagged('d'),
]
const names = (tunnels: { name: string }[]) => tunnels.map(({ name }) => name).join('')

test('an address holds tags as people type them; what is none is left out', () => {
  expect(tagsOf('Site:London, critical,site:london')).toEqual(['critical', 'site:london'])
  expect(tagsOf('a b,,:,-x')).toBeUndefined()
  expect(tagsOf(undefined)).toBeUndefined()
  expect(tagsOf('拠点:東京')).toEqual(['拠点:東京'])
})

test('any address gives tags whose own address gives the same tags', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const tag = tagsOf(text)
      expect(tagsOf(parseSearch(stringifySearch({ tag })).tag)).toEqual(tag)
    }),
  )
})

test('of one key any value will do, of different keys each must be there', () => {
  const found = (...wanted: string[]) => names(list.filter((tunnel) => hasTags(tunnel, wanted)))
  expect(found('site:london')).toBe('a')
  expect(found('site:dublin', 'site:london')).toBe('ab')
  expect(found('site:dublin', 'site:london', 'team:plants')).toBe('')
  expect(found('critical', 'team:network')).toBe('a')
  expect(found('critical', 'urgent')).toBe('')
})

test('the list is limited by tags, and its search finds them', () => {
  expect(names(filtered(list, { tag: ['team:network'] }))).toBe('ab')
  expect(names(filtered(list, { q: 'SITE:london' }))).toBe('a')
  expect(names(filtered(list, { q: 'team: dublin' }))).toBe('b')
})

test('a choice grows and shrinks, and is none when nothing is left', () => {
  expect(withTag(undefined, 'b')).toEqual(['b'])
  expect(withTag(['b'], 'a')).toEqual(['a', 'b'])
  expect(withoutTag(['a', 'b'], 'a')).toEqual(['b'])
  expect(withoutTag(['a'], 'a')).toBeUndefined()
})

test('what is in use is counted, and the keys that tell most come first', () => {
  expect(tagsInUse(list)).toEqual([
    { tag: 'critical', count: 1 },
    { tag: 'site:dublin', count: 1 },
    { tag: 'site:london', count: 1 },
    { tag: 'team:network', count: 2 },
    { tag: 'team:plants', count: 1 },
  ])
  expect(keysInUse(list)).toEqual(['team', 'site'])
  expect(keysInUse([tagged('x', 'site:a', 'site:b'), tagged('y', 'team:a')])).toEqual([
    'site',
    'team',
  ])
})
