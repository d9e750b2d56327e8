import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { seated } from './seats.ts'

/** All of them in a list that was empty. */
const firstOf = (ids: readonly string[]) => seated(new Map(), ids, null)

test('each has a seat alone, who stays keeps it, and nobody takes the one that is held', () => {
  const name = fc.integer({ min: 0, max: 30 }).map(String)
  const rows = fc.uniqueArray(name, { maxLength: 20 })
  fc.assert(
    fc.property(rows, rows, rows, fc.option(name), (first, second, third, held) => {
      let before = firstOf(first)
      for (const ids of [second, third]) {
        const after = seated(before, ids, held)
        expect([...after.keys()]).toEqual(ids)
        expect(new Set(after.values()).size).toBe(ids.length)
        const heldSeat = before.get(held ?? '') ?? -1
        for (const id of ids) {
          const seat = after.get(id)
          expect(seat === before.get(id) || (!before.has(id) && seat !== heldSeat)).toBe(true)
        }
        before = after
      }
    }),
  )
})

test('who comes where nobody stays, or behind who stays, takes a seat that is free', () => {
  expect([...seated(firstOf(['a', 'b', 'c']), ['d', 'e', 'f', 'g'], null).values()]).toEqual([
    0, 1, 2, 3,
  ])
  expect([...seated(firstOf(['a', 'b', 'c']), ['b', 'c', 'd'], null).values()]).toEqual([1, 2, 0])
  expect([...seated(firstOf(['a', 'b', 'c']), ['d', 'e', 'f'], 'a').values()]).toEqual([1, 2, 3])
})

test('who comes in front of those who stay moves none of them', () => {
  expect([...seated(firstOf(['b', 'c', 'd']), ['a', 'b', 'c'], null).values()]).toEqual([3, 0, 1])
})
