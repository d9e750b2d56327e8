import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TagChange } from './tag-requests.ts'
import { changedTags, keyOf, longestTag, mostTags, parseTag, sortedTags, valueOf } from './tags.ts'

const tagOf = (text: string) => {
  const parsed = parseTag(text)
  return 'tag' in parsed ? parsed.tag : null
}
const whyNot = (text: string) => {
  const parsed = parseTag(text)
  return 'wrong' in parsed ? parsed.wrong : null
}

/** Texts of which many are tags. */
const nearly = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.stringMatching(/^[a-zA-Z0-9:._ -]{0,44}$/),
  fc.stringMatching(/^[A-ZÀ-ÿİßﬁΣς東京０-９Ａ-Ｚ]{1,8}:[a-z-]{1,8}$/u),
)

describe('a tag', () => {
  test('is a word or a key with its value, in letters of any script', () => {
    for (const tag of [
      'critical',
      'site:london',
      'tier-1',
      'v2.1',
      'team:net_ops',
      '拠点:東京',
      'סניף:חיפה',
    ])
      expect(tagOf(tag)).toBe(tag)
  })

  test('is the same however it is typed', () => {
    expect(tagOf('  Site:LONDON ')).toBe('site:london')
    expect(tagOf('ｓｉｔｅ：東京')).toBe('site:東京')
    expect(tagOf('cafe\u0301')).toBe('café')
    expect(tagOf('STRASSE')).toBe('strasse')
  })

  test('that is none says why', () => {
    expect(whyNot('')).toMatch(/at least one/)
    expect(whyNot('   ')).toMatch(/at least one/)
    expect(whyNot('New York')).toBe('A tag has no spaces: “new-york” would do.')
    expect(whyNot('site: -')).toBe('A tag has no spaces.')
    expect(whyNot('a:b:c')).toMatch(/one colon/)
    expect(whyNot('site:')).toMatch(/Before and after/)
    expect(whyNot(':london')).toMatch(/Before and after/)
    expect(whyNot('-x')).toMatch(/begins with/)
    expect(whyNot('a,b')).toMatch(/made of/)
    expect(whyNot('x'.repeat(longestTag + 1))).toMatch(/40 characters/)
    expect(whyNot('x'.repeat(longestTag))).toBeNull()
  })

  test('holds nothing that could hide, reorder or tear a row', () => {
    for (const odd of [
      'a\u202eb',
      'a\u200bb',
      'a\nb',
      'a\u0000b',
      '<b>',
      'a/b',
      'a%b',
      'a+b',
      '🙂',
      '\u0301a',
      '\ud800',
      'a\u00adb',
      '__proto__',
    ])
      expect([odd, tagOf(odd)]).toEqual([odd, null])
  })

  test('whatever a character is kept as, it is kept as that again', () => {
    const moved: string[] = []
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const character = String.fromCodePoint(code)
      const isKept = character.normalize('NFKC').toLowerCase() === character
      for (const text of isKept ? [] : [character, `a${character}`, `a:b${character}c`]) {
        const tag = tagOf(text)
        if (tag !== null && tagOf(tag) !== tag) moved.push(text)
      }
    }
    expect(moved).toEqual([])
  })

  test('any text that is none comes with a reason', () => {
    fc.assert(
      fc.property(nearly, (text) => {
        fc.pre(tagOf(text) === null)
        expect(whyNot(text)).toMatch(/^[A-Z].*\.$/s)
      }),
    )
  })

  test('any text that is one stays what it is, and can stand in an address as it is', () => {
    fc.assert(
      fc.property(nearly, (text) => {
        const tag = tagOf(text)
        fc.pre(tag !== null)
        expect(tagOf(tag)).toBe(tag)
        expect(tagOf(` ${text}\t`)).toBe(tag)
        expect([...tag].length).toBeLessThanOrEqual(longestTag)
        expect(tag).not.toMatch(/[\s,+&=#?/\\<>"'%]/)
        const key = keyOf(tag)
        expect(key === null ? valueOf(tag) : `${key}:${valueOf(tag)}`).toBe(tag)
      }),
    )
  })
})

describe('a change of tags', () => {
  const set = fc.uniqueArray(fc.constantFrom(...'abcdef'), { maxLength: 6 })

  test('is done alike in both orders when two change different ones', () => {
    fc.assert(
      fc.property(set, set, set, (before, mine, others) => {
        const own = { add: mine.filter((tag) => tag < 'c'), remove: [] }
        const other = { add: [], remove: others.filter((tag) => tag >= 'c') }
        const once = changedTags(changedTags(before, own), other)
        expect(changedTags(changedTags(before, other), own)).toEqual(once)
        expect(changedTags(once, own)).toEqual(once)
        expect(once).toEqual(sortedTags(once))
      }),
    )
  })

  test('is read as it is kept, and refused with a sentence', () => {
    expect(TagChange.parse({ add: ['B', 'a', ' b '], remove: ['Ｃ'] })).toEqual({
      add: ['a', 'b'],
      remove: ['c'],
    })
    const wrong = (change: unknown) => TagChange.safeParse(change).error?.issues[0]
    expect(wrong({ add: ['new york'], remove: [] })).toMatchObject({
      path: ['add', 0],
      message: expect.stringMatching(/^must be a tag/),
    })
    expect(wrong({ add: [], remove: [] })?.message).toBe('must add or remove a tag')
    expect(wrong({ add: ['a'], remove: ['A'] })?.path).toEqual(['add'])
    const many = Array.from({ length: mostTags + 1 }, (_, n) => `t${n}`)
    expect(wrong({ add: many, remove: [] })?.message).toMatch(/12 tags or fewer/)
    expect(wrong({ add: ['a'], remove: [], set: [] })).toBeDefined()
  })
})
