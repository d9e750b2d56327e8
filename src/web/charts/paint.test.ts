import { expect, test } from 'vitest'
import { clustersOf } from './paint.ts'
import type { Mark } from './series.ts'

const apart = 18
const clusters = (...times: number[]) =>
  clustersOf(
    times.map((at) => ({ at }) as Mark),
    { from: 0, to: 1000 },
    1000,
    apart,
  )

test('marks that would overlap are one', () => {
  expect(clusters(100, 110, 200).map(({ marks }) => marks.length)).toEqual([2, 1])
})

test('a mark at the edge is drawn inside of it, and one that it would cover there is one with it', () => {
  expect(clusters(0, 1000).map(({ x }) => x)).toEqual([apart / 2, 1000 - apart / 2])
  expect(clusters(975, 999).map(({ marks }) => marks.length)).toEqual([2])
})
