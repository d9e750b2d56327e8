import { expect, test } from 'vitest'
import type { Telling } from './series.ts'
import { toText } from './TellingView.tsx'

const seenAt = Date.UTC(2026, 10, 24, 12, 40)
const telling: Telling = {
  title: 'Tunnel status',
  state: 'Down',
  from: Date.UTC(2026, 10, 24, 12),
  fromPrecisionMs: null,
  to: null,
  toPrecisionMs: null,
  ms: 3_600_000,
  cut: false,
  unknown: false,
  notes: [],
}

test('what holds goes on only as far as somebody looks', () => {
  expect(toText(telling, 'utc', null)).toBe('ongoing')
  expect(toText(telling, 'utc', seenAt)).toBe('seen until 24 Nov 2026, 12:40:00')
})

test('that nobody watches goes on by itself, and what has ended or leaves the window does not', () => {
  expect(toText({ ...telling, unknown: true }, 'utc', seenAt)).toBe('ongoing')
  expect(toText({ ...telling, cut: true }, 'utc', seenAt)).toBe('after this window')
  expect(toText({ ...telling, to: seenAt }, 'utc', seenAt + 1)).toBe('24 Nov 2026, 12:40:00')
})
