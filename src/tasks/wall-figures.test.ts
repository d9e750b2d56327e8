import { expect, test } from 'vitest'
import { isInOrder } from '../../e2e/tile-states.ts'
import { isReached } from '../bench/figure.ts'
import { wallFigures } from './wall-figures.ts'

const page = { heap: 6e6, nodes: 1000, listeners: 200, elements: 900, plainElements: 600 }
const week = {
  days: 7,
  changes: 100,
  checks: 10,
  missed: [] as string[],
  weights: [page, page],
  resident: [3e8, 3e8],
  atRest: { mainThread: 0.01, renderer: 0.015, gpu: 0.5, others: 0.5 },
  restSeconds: 60,
}
type Week = typeof week

test.each<[string, Partial<Week>, number]>([
  ['nothing', {}, 0],
  ['a change that was not seen', { missed: ['site-01'] }, 1],
  ['fewer changes than wanted', { changes: 99 }, 1],
  ['a heap that grew, of whatever', { weights: [page, { ...page, heap: 6.31e6 }] }, 1],
  ['an element more', { weights: [page, { ...page, plainElements: 601 }] }, 1],
  ['paths that stayed', { weights: [page, { ...page, elements: 949 }] }, 1],
  ['nodes that no document holds', { weights: [page, { ...page, nodes: 1049 }] }, 1],
  ['a listener that stayed', { weights: [page, { ...page, listeners: 201 }] }, 1],
  ['a busy renderer', { atRest: { ...week.atRest, renderer: 0.02 } }, 1],
])('a week on a wall is not as it should be for %s', (_, change, misses) => {
  const figures = wallFigures({ ...week, ...change }, 100)
  expect(figures.filter((figure) => isReached(figure) === false)).toHaveLength(misses)
})

test('what came at once may be drawn at once, but never backwards nor out of nothing', () => {
  const told = ['a', 'none', 'b', 'failing over', 'a']
  for (const shown of [[], ['b'], ['a', 'b', 'a'], told]) expect(isInOrder(shown, told)).toBe(true)
  for (const shown of [['c'], ['b', 'none'], ['a', 'a', 'a'], ['failing over', 'b']])
    expect(isInOrder(shown, told)).toBe(false)
})
