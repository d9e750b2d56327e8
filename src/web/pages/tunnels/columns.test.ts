import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { absentColumns, type ColumnId, cardLines, choosable, columns, widthOf } from './columns.ts'

const some = fc.subarray(choosable.map(({ id }) => id))
const widths = fc.double({ min: 20, max: 200, noNaN: true })
const here = (hidden: readonly ColumnId[], rem: number) => {
  const absent = absentColumns(hidden, rem)
  return columns.map(({ id }) => id).filter((id) => !absent.includes(id))
}

test('on a usual screen all but the last two find room, on a large one all of them', () => {
  expect(absentColumns([], 98)).toEqual(['colos', 'changed'])
  expect(absentColumns([], 150)).toEqual([])
})

test('on a usual screen a name of 16 letters stands whole beside two badges', () => {
  const tableRem = 98
  const others = columns.filter(({ id }) => id !== 'name' && here([], tableRem).includes(id))
  const taken = others.reduce((sum, column) => sum + Number.parseFloat(widthOf(column, false)), 0)
  // Padding, letters of half a rem, and the badges with their gaps.
  expect(tableRem - taken).toBeGreaterThanOrEqual(1.5 + 8 + 6)
})

test('what is hidden makes room for what comes next', () => {
  expect(absentColumns(['strip', 'month'], 98)).toEqual(['strip', 'month', 'colos'])
})

test('the name, the box and the failover are there whatever is hidden and however narrow it is', () => {
  fc.assert(
    fc.property(some, widths, (hidden, rem) => {
      expect(here(hidden, rem)).toEqual(expect.arrayContaining(['select', 'name', 'actions']))
    }),
  )
})

test('what is hidden stays hidden, and a wider table shows no less', () => {
  fc.assert(
    fc.property(some, widths, widths, (hidden, a, b) => {
      const [narrow, wide] = [Math.min(a, b), Math.max(a, b)]
      const there = here(hidden, wide)
      expect(there.filter((id) => hidden.includes(id))).toEqual([])
      // Past that width columns grow, but they fit all of them.
      expect(there).toEqual(expect.arrayContaining(here(hidden, narrow)))
    }),
  )
})

test('hiding a column takes no other one away', () => {
  fc.assert(
    fc.property(some, widths, fc.constantFrom(...choosable), (hidden, rem, { id }) => {
      const before = here(hidden, rem).filter((each) => each !== id)
      expect(here([...hidden, id], rem)).toEqual(expect.arrayContaining(before))
    }),
  )
})

test('a card tells every column that can be chosen, and has no line without one', () => {
  // Status and strip have a place of their own.
  const lines = (hidden: readonly ColumnId[]) =>
    cardLines(columns.filter(({ id }) => !hidden.includes(id))).map((line) =>
      line.map(({ id }) => id),
    )
  expect(lines([])).toEqual([
    ['readiness', 'active'],
    ['since', 'changed'],
    ['day', 'month', 'age'],
    ['colos', 'connectors'],
  ])
  expect(lines(['colos', 'changed', 'age', 'readiness'])).toEqual([
    ['active'],
    ['since'],
    ['day', 'month'],
    ['connectors'],
  ])
})
