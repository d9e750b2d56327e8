import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { choosable } from './columns.ts'
import { densities, parseLook, usualLook } from './look.ts'

test('what was kept is found again', () => {
  const look = { hidden: ['strip', 'colos'], density: 'compact' }
  expect(parseLook(JSON.parse(JSON.stringify(look)))).toEqual(look)
})

test('nothing kept, or something broken, is the usual look', () => {
  for (const broken of [undefined, null, 7, 'compact', [], { hidden: 'x', density: 'tiny' }])
    expect(parseLook(broken)).toEqual(usualLook)
})

test('a name that is no column’s is left out, and so is one that can’t be hidden', () => {
  expect(parseLook({ hidden: ['name', 'select', 'nonsense', 'day'] }).hidden).toEqual(['day'])
})

test('anything at all gives a look that the list can have', () => {
  const ids = new Set<string>(choosable.map(({ id }) => id))
  fc.assert(
    fc.property(fc.anything(), (stored) => {
      const { hidden, density } = parseLook(stored)
      expect(hidden.every((id) => ids.has(id))).toBe(true)
      expect(densities).toContain(density)
    }),
  )
})
