import { expect, test } from 'vitest'
import { stretchText } from './stretch-text.ts'

const at = (text: string) => Date.parse(`${text}Z`)
const now = at('2026-11-24T15:00')
const told = (from: string, to: string, follows = false) =>
  stretchText({ from: at(from), to: at(to) }, now, 'utc', follows)

test('a stretch is told with its day once, where it is one', () => {
  expect(told('2026-11-24T12:04', '2026-11-24T14:00')).toBe('24 Nov, 12:04 – 14:00')
  expect(told('2026-11-23T12:04', '2026-11-24T14:00')).toBe('23 Nov, 12:04 – 24 Nov, 14:00')
  expect(told('2026-11-24T12:04', '2026-11-24T15:00', true)).toBe('24 Nov, 12:04 – now')
})

test('of other years than the present one it is told with them', () => {
  expect(told('2025-11-24T12:04', '2026-11-24T14:00')).toBe(
    '24 Nov 2025, 12:04 – 24 Nov 2026, 14:00',
  )
  expect(told('2025-11-24T12:04', '2025-11-24T14:00')).toBe('24 Nov 2025, 12:04 – 14:00')
  expect(told('2025-10-20T15:00', '2026-11-24T15:00', true)).toBe('20 Oct 2025, 15:00 – now')
})
