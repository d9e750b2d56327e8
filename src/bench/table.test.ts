import { expect, test } from 'vitest'
import { toTable } from './table.ts'

test('each figure stands beside its goal, its verdict and its spread', () => {
  const table = toTable([
    {
      name: 'seen after',
      unit: 's',
      samples: [0.4, 2.6, 1.25],
      by: 'max',
      goal: { atMost: 2.5 },
      note: 'the worst was the last',
    },
    { name: 'code', unit: 'KB', samples: [1234.5], by: 'max', goal: null },
  ])
  expect(table.split('\n')).toEqual([
    'figure      measured  goal              by    min  median   p95   max  n',
    expect.stringMatching(/^─+$/),
    'seen after    2.60 s  ≤ 2.50 s  MISSES  max  0.40    1.25  2.60  2.60  3',
    `code        1,235 KB${' '.repeat(51)}1`,
    '',
    'seen after: the worst was the last',
  ])
})
