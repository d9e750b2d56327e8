import { expect, test } from 'vitest'
import type { HistoryEvent } from '#contract/history.ts'
import { versionsOf } from './versions.ts'

const event = (at: number, facts: Partial<HistoryEvent>): HistoryEvent => ({
  id: `1-${at}-0`,
  at,
  tunnelId: 't',
  tunnelName: 'lon-core',
  kind: 'version-changed',
  connectorId: 'c',
  from: null,
  to: null,
  cause: null,
  by: null,
  failoverId: null,
  note: null,
  precisionMs: null,
  ...facts,
})
const changed = (at: number, from: string, to: string) => event(at, { from, to })
const joined = (at: number) => event(at, { kind: 'connector-joined' })

const told = (present: string | null, events: HistoryEvent[], most = 12) =>
  versionsOf(present, events, most).map((one) => [one.version, one.event?.at ?? null])

test('a connector that nothing is on record of runs its version since before', () => {
  expect(told('3', [])).toEqual([['3', null]])
})

test('each change begins a version; the first one goes back to when it joined', () => {
  expect(told('3', [changed(20, '2', '3'), changed(10, '1', '2')])).toEqual([
    ['3', 20],
    ['2', 10],
    ['1', null],
  ])
  expect(told('2', [changed(10, '1', '2'), joined(5)])).toEqual([
    ['2', 10],
    ['1', 5],
  ])
})

test('one that came back with another version is not said to have run it before', () => {
  expect(told('3', [joined(30), joined(25), changed(10, '1', '2'), joined(5)])).toEqual([
    ['3', 30],
    ['2', 10],
    ['1', 5],
  ])
})

test('one that came back with the version it ran before has run it since then', () => {
  expect(told('2', [joined(30), changed(20, '1', '2'), joined(5)])).toEqual([
    ['2', 20],
    ['1', 5],
  ])
})

test('only the latest of many are told', () => {
  expect(told('3', [changed(20, '2', '3'), changed(10, '1', '2')], 2)).toEqual([
    ['3', 20],
    ['2', 10],
  ])
})
