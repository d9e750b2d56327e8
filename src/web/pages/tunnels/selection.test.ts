import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  createSelection,
  nothingSelected,
  stretched,
  surviving,
  toggled,
  withoutShown,
  withShown,
} from './selection.ts'

const shown = ['a', 'b', 'c', 'd', 'e']
const ids = ({ ids }: { ids: ReadonlySet<string> }) => [...ids].toSorted()

test('a row is selected and let go again', () => {
  const one = toggled(nothingSelected, 'b')
  expect(ids(one)).toEqual(['b'])
  expect(ids(toggled(one, 'b'))).toEqual([])
})

test('a stretch goes from the row that was selected last, both ways, and can be drawn in again', () => {
  const b = toggled(toggled(nothingSelected, 'e'), 'b')
  const long = stretched(b, shown, 'd', 'b')
  expect(ids(long)).toEqual(['b', 'c', 'd', 'e'])
  expect(ids(stretched(long, shown, 'c', 'd'))).toEqual(['b', 'c', 'e'])
  expect(ids(stretched(long, shown, 'a', 'd'))).toEqual(['a', 'b', 'e'])
})

test('a stretch follows the order that is shown when it is drawn', () => {
  const a = toggled(nothingSelected, 'a')
  expect(ids(stretched(a, ['c', 'a', 'e', 'b'], 'b', 'a'))).toEqual(['a', 'b', 'e'])
})

test('without a beginning that is still shown it begins at the row that keys act on', () => {
  expect(ids(stretched(nothingSelected, shown, 'c', 'b'))).toEqual(['b', 'c'])
  const gone = toggled(nothingSelected, 'x')
  expect(ids(stretched(gone, shown, 'c', 'b'))).toEqual(['b', 'c', 'x'])
})

test('all that are shown are selected and let go again; what the filters hide stays as it is', () => {
  const hidden = toggled(nothingSelected, 'x')
  const all = withShown(hidden, ['a', 'b'])
  expect(ids(all)).toEqual(['a', 'b', 'x'])
  expect(ids(withoutShown(all, ['a', 'b']))).toEqual(['x'])
})

test('what is gone is not selected any more, and what is there stays the same selection', () => {
  const two = stretched(toggled(nothingSelected, 'a'), shown, 'b', 'a')
  expect(surviving(two, () => true)).toBe(two)
  expect(ids(surviving(two, (id) => id !== 'a'))).toEqual(['b'])
})

test('whatever is done, only rows are selected that are there, and those that look are told of changes only', () => {
  const id = fc.constantFrom(...shown)
  const step = fc.oneof(
    fc.record({ do: fc.constant('toggle' as const), id }),
    fc.record({ do: fc.constant('stretchTo' as const), id }),
    fc.record({ do: fc.constant('lose' as const), id }),
    fc.record({ do: fc.constantFrom(...(['selectShown', 'unselectShown', 'clear'] as const)), id }),
  )
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const selection = createSelection()
      let here = [...shown]
      selection.show(here)
      let seen = selection.ids()
      selection.subscribe(() => {
        expect(selection.ids()).not.toBe(seen)
        seen = selection.ids()
      })
      for (const { do: what, id } of steps) {
        if (what === 'lose') {
          here = here.filter((each) => each !== id)
          selection.show(here)
          selection.survive((each) => here.includes(each))
        } else if (what === 'selectShown' || what === 'unselectShown' || what === 'clear')
          selection[what]()
        else if (here.includes(id)) selection[what](id)
        expect([...selection.ids()].every((each) => here.includes(each))).toBe(true)
        expect(selection.ids()).toBe(seen)
      }
    }),
  )
})
