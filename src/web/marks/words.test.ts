import { expect, test } from 'vitest'
import { markOf } from '#contract/mark-of.ts'
import type { Mark } from '#contract/marks.ts'
import { coveredText, markText, waitingStretchText } from './words.ts'

const at = (text: string) => Date.parse(`2026-11-24T${text}Z`)
const mark = (more: Partial<Mark>) =>
  markOf({
    kind: 'maintenance',
    at: at('11:00:00'),
    from: at('12:00:00'),
    to: at('14:00:00'),
    ...more,
  })

test('what waits for an acknowledgement is told as people count', () => {
  const of = (count: number) =>
    waitingStretchText({ count, firstAt: at('12:00:05'), lastAt: at('12:04:00') }, 'utc')
  expect(of(1)).toBe('The change of 24 Nov, 12:00')
  expect(of(2)).toBe('Both changes, 24 Nov, 12:00 – 12:04')
  expect(of(3)).toBe('All 3 changes, 24 Nov, 12:00 – 12:04')
})

test('maintenance is told as it was in the end', () => {
  expect(markText(mark({}), 'utc')).toBe('Maintenance 24 Nov, 12:00 – 14:00')
  expect(markText(mark({ endedAt: at('13:00:00') }), 'utc')).toBe(
    'Maintenance 24 Nov, 12:00 – 13:00, ended early',
  )
  expect(markText(mark({ endedAt: at('11:30:00') }), 'utc')).toBe('Maintenance, called off')
})

test('an acknowledgement tells which changes it covers; nothing else does', () => {
  const one = { kind: 'acknowledgement', from: at('10:00:00'), to: at('10:00:00') } as const
  expect(coveredText(mark(one), 'utc')).toBe('the change of 24 Nov, 10:00:00')
  expect(coveredText(mark({ ...one, to: at('10:30:05') }), 'utc')).toBe(
    'the changes from 24 Nov, 10:00:00 to 10:30:05',
  )
  expect(coveredText(mark({ ...one, to: at('10:30:05') + 86_400_000 }), 'utc')).toBe(
    'the changes from 24 Nov, 10:00:00 to 25 Nov, 10:30:05',
  )
  expect(coveredText(mark({}), 'utc')).toBeNull()
})
