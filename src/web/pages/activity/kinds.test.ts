import { expect, test } from 'vitest'
import { type EventKind, eventKinds } from '#contract/history.ts'
import { chosen, toggled } from '#web/log/families.ts'
import { families } from './kinds.ts'

test('every kind of entry belongs to exactly one family', () => {
  expect(families.flatMap(({ kinds }) => kinds).toSorted()).toEqual([...eventKinds].toSorted())
})

test('a family is chosen and given back as a whole', () => {
  const [failovers, status] = families
  const once = toggled<EventKind>(undefined, status.kinds)
  expect(once).toEqual(['status-changed'])
  const both = toggled(once, failovers.kinds)
  expect(chosen(both, failovers.kinds)).toBe(true)
  expect(toggled(toggled(both, status.kinds), failovers.kinds)).toBeUndefined()
})

test('a part of a family that an address asks for is completed first', () => {
  const [failovers] = families
  expect(chosen(['active-changed'], failovers.kinds)).toBe('mixed')
  expect(chosen(toggled(['active-changed'], failovers.kinds), failovers.kinds)).toBe(true)
})
