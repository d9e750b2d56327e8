import { expect, test } from 'vitest'
import type { HistoryEvent } from '#contract/history.ts'
import { shownSentence } from './sentence.ts'

const event = (change: Partial<HistoryEvent>): HistoryEvent => ({
  id: '1',
  at: 0,
  tunnelId: 'a',
  tunnelName: 'lon',
  kind: 'tunnel-renamed',
  connectorId: null,
  from: 'lon',
  to: 'dub',
  cause: null,
  by: null,
  failoverId: null,
  note: null,
  precisionMs: null,
  ...change,
})

test('names, people and words that run from right to left stand apart from the sentence', () => {
  expect(shownSentence(event({ to: 'مكتب دبي' }))).toBe('Renamed from lon to \u2068مكتب دبي\u2069')
  expect(shownSentence(event({ kind: 'acknowledged', by: 'ليلى', note: 'شبكة معطلة' }))).toBe(
    'Acknowledged by \u2068ليلى\u2069: \u2068شبكة معطلة\u2069',
  )
  expect(shownSentence(event({ kind: 'noted', by: 'Ada', note: 'שלום 12:00' }))).toBe(
    'Note by Ada: \u2068שלום 12:00\u2069',
  )
})

test('nothing in them reorders, hides or tears the sentence', () => {
  expect(shownSentence(event({ to: '\u202egnp.nol' }))).toBe('Renamed from lon to gnp.nol')
  expect(shownSentence(event({ to: '\u2069\u2069مكتب' }))).toBe(
    'Renamed from lon to \u2068مكتب\u2069',
  )
  expect(shownSentence(event({ from: '\u200b' }))).toBe('Renamed from (no name) to dub')
  expect(shownSentence(event({ kind: 'acknowledged', by: 'Ada', note: 'two\nlines' }))).toBe(
    'Acknowledged by Ada: two lines',
  )
})

test('what runs as the sentence does is copied as it was written', () => {
  expect(shownSentence(event({ to: 'Zürich 東京' }))).toBe('Renamed from lon to Zürich 東京')
})
