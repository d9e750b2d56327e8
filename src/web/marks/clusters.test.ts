import { expect, test } from 'vitest'
import { markOf } from '#contract/mark-of.ts'
import type { Mark } from '#contract/marks.ts'
import { clustersOf } from './clusters.ts'

const mark = (at: number, kind: Mark['kind'] = 'note') => markOf({ id: String(at), kind, at })
const stretch = { from: 100, to: 200 }
const idsOf = (marks: Mark[]) =>
  clustersOf(marks, stretch, 1000, 28).map((cluster) => cluster.marks.map(({ id }) => id))

test('marks that lie near each other are one, others stay apart, whatever their order', () => {
  expect(idsOf([mark(150), mark(101), mark(152), mark(180)])).toEqual([
    ['101'],
    ['150', '152'],
    ['180'],
  ])
})

test('what lies outside of the stretch, and maintenance, is not on the rail', () => {
  expect(idsOf([mark(99), mark(201), mark(150, 'maintenance'), mark(200)])).toEqual([['200']])
})

test('two clusters are never nearer than told', () => {
  const clusters = clustersOf(
    Array.from({ length: 100 }, (_, at) => mark(100 + at)),
    stretch,
    1000,
    28,
  )
  const gaps = clusters.slice(1).map(({ x }, at) => x - (clusters[at]?.x ?? 0))
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(28)
  expect(clusters.flatMap(({ marks }) => marks)).toHaveLength(100)
})
