import { expect, test } from 'vitest'
import type { Telling } from './series.ts'
import { lengthText, tellingText, toText } from './TellingView.tsx'

const seenAt = Date.UTC(2026, 10, 24, 12, 40)
const telling: Telling = {
  title: 'Tunnel status',
  state: 'Down',
  from: Date.UTC(2026, 10, 24, 12),
  fromPrecisionMs: null,
  to: null,
  toPrecisionMs: null,
  goesOn: true,
  ms: 3_600_000,
  cut: false,
  mixed: false,
  unknown: false,
  notes: [],
}

test('what holds goes on only as far as somebody looks', () => {
  expect(toText(telling, 'utc', null)).toBe('ongoing')
  expect(toText(telling, 'utc', seenAt)).toBe('seen until 24 Nov 2026, 12:40:00')
  expect(tellingText(telling, 'utc')).toBe(
    'Tunnel status: Down. Since 24 Nov 2026, 12:00:00, 1 h so far.',
  )
  expect(tellingText(telling, 'utc', seenAt)).toBe(
    'Tunnel status: Down. Since 24 Nov 2026, 12:00:00, seen until 24 Nov 2026, 12:40:00, 1 h.',
  )
})

test('that nobody watches goes on by itself, and what has ended or leaves the window does not', () => {
  expect(toText({ ...telling, unknown: true }, 'utc', seenAt)).toBe('ongoing')
  expect(tellingText({ ...telling, unknown: true }, 'utc', seenAt)).toContain(', 1 h so far.')
  const cut = { ...telling, goesOn: false, cut: true }
  expect(toText(cut, 'utc', seenAt)).toBe('after this window')
  expect(toText({ ...cut, from: null }, 'utc', seenAt)).toBe('after this window')
  expect(toText({ ...telling, to: seenAt }, 'utc', seenAt + 1)).toBe('24 Nov 2026, 12:40:00')
})

test('what the window cuts was longer, and the worst of many states may have been shorter', () => {
  const cut = { ...telling, goesOn: false, cut: true }
  expect(lengthText(cut)).toBe('1 h in this window, or longer')
  expect(lengthText({ ...telling, mixed: true })).toBe('1 h at most')
  expect(lengthText({ ...cut, mixed: true })).toBe('1 h at most in this window')
  expect(tellingText({ ...cut, from: null }, 'utc')).toBe(
    'Tunnel status: Down. From before this window to after this window, 1 h in this window, or longer.',
  )
})
