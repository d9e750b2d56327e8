import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  mostViews,
  openView,
  parseViews,
  viewSearch,
  whyNotName,
  withChange,
  withoutView,
  withView,
} from './saved-views.ts'

const london = { name: 'London down', search: '?q=lon&status=down' }
const worst = { name: 'Worst', search: '?sort=day' }

test('a view is whatever the address says, but no dialog, in one order of words', () => {
  const search = { status: ['down'], q: 'lon', dialog: 'create', sort: undefined }
  expect(viewSearch(search)).toBe(london.search)
  expect(openView([worst, london], viewSearch({ q: 'lon', status: ['down'] }))).toBe(london)
  expect(openView([worst, london], viewSearch({ q: 'lond', status: ['down'] }))).toBeUndefined()
})

test('words that the list does not know yet are kept as well', () => {
  expect(viewSearch({ tag: 'site', group: 'tag' })).toBe('?group=tag&tag=site')
})

test('views are saved, renamed, brought up to date and deleted', () => {
  const views = withView([worst], '  London down ', london.search)
  expect(views).toEqual([worst, london])
  expect(withChange(views, 'Worst', { name: 'Worst day' })[0]?.name).toBe('Worst day')
  expect(withChange(views, 'Worst', { search: '?sort=month' })).toEqual([
    { name: 'Worst', search: '?sort=month' },
    london,
  ])
  expect(withoutView(views, 'Worst')).toEqual([london])
})

test('a name must be seen and told from the others', () => {
  expect(whyNotName([london], '  ')).toBe('A view needs a name.')
  expect(whyNotName([london], '\u200b\u202e')).toBe('A view needs a name.')
  expect(whyNotName([london], 'LONDON DOWN')).toBe('Another view has that name.')
  expect(whyNotName([london, worst], 'london down', 'London down')).toBeNull()
  const many = Array.from({ length: mostViews }, (_, at) => ({ name: `v${at}`, search: '' }))
  expect(whyNotName(many, 'one more')).toMatch(/already/)
})

test('of what is stored the views are taken, and the rest is left', () => {
  const stored = [london, null, 7, { name: 'x' }, { name: '', search: '' }, london, worst]
  expect(parseViews(stored)).toEqual([london, worst])
  expect(parseViews([{ name: 'out', search: 'https://example.com' }])).toEqual([])
  expect(parseViews('[]')).toEqual([])
})

test('anything at all gives views, and the same when they are stored again', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.anything(), fc.record({ name: fc.string(), search: fc.string() }))),
      (stored) => {
        const views = parseViews(stored)
        expect(parseViews(JSON.parse(JSON.stringify(views)))).toEqual(views)
      },
    ),
  )
})
