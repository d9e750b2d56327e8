import { expect, test } from 'vitest'
import type { HistoryEvent } from '#contract/history.ts'
import type { Mark } from '#contract/marks.ts'
import { attendedOf } from './attended.ts'

const event = (at: number, change: Partial<HistoryEvent> = {}) =>
  ({ id: `1-${at}-0`, at, kind: 'active-changed', to: 'b', ...change }) as HistoryEvent
const mark = (change: Partial<Mark>) =>
  ({
    kind: 'acknowledgement',
    at: 100,
    from: null,
    to: null,
    eventId: null,
    endedAt: null,
    by: 'Ada',
    ...change,
  }) as Mark
const waiting = { count: 3, firstAt: 10, lastAt: 30 }
const stateOf = (...given: Parameters<typeof attendedOf>) => attendedOf(...given).state

test('what the proxy says waits, waits; what came before it began does not', () => {
  expect(stateOf(event(10), waiting, [])).toBe('waits')
  expect(stateOf(event(30), waiting, [])).toBe('waits')
  expect(stateOf(event(9), waiting, [])).toBe('none')
  expect(stateOf(event(31), waiting, [])).toBe('none')
  expect(stateOf(event(20), null, [])).toBe('none')
})

test('nothing is claimed while it is not known what people said', () => {
  expect(stateOf(event(20), waiting, undefined)).toBe('none')
})

test('an entry that nobody has to see never waits', () => {
  expect(stateOf(event(20, { kind: 'connection-opened' }), waiting, [])).toBe('none')
  expect(stateOf(event(20, { kind: 'status-changed', to: 'degraded' }), waiting, [])).toBe('none')
  expect(stateOf(event(20, { kind: 'status-changed', to: 'down' }), waiting, [])).toBe('waits')
})

test('an acknowledgement covers all until then, or the one that it names', () => {
  const all = mark({ from: 10, to: 20 })
  expect(attendedOf(event(10), waiting, [all])).toEqual({ state: 'acknowledged', mark: all })
  expect(stateOf(event(30), waiting, [all])).toBe('waits')
  const one = mark({ from: 20, to: 20, eventId: '1-20-0' })
  expect(stateOf(event(20), waiting, [one])).toBe('acknowledged')
  expect(stateOf(event(20, { id: '1-20-1' }), waiting, [one])).toBe('waits')
})

test('of a switch that is acknowledged by one of its entries, the other one waits no longer', () => {
  const began = event(10, { kind: 'no-active-began', to: null })
  const down = { kind: 'status-changed', to: 'down' } as const
  for (const eventId of ['1-10-0', '1-20-0']) {
    const one = mark({ from: 10, to: 20, eventId })
    expect(stateOf(began, waiting, [one])).toBe('acknowledged')
    expect(stateOf(event(20), waiting, [one])).toBe('acknowledged')
    expect(stateOf(event(10, { id: 'its down', ...down }), waiting, [one])).toBe('waits')
    expect(stateOf(event(20, { id: 'its down', ...down }), waiting, [one])).toBe('waits')
  }
})

test('what a maintenance had announced waits for nobody', () => {
  const work = mark({ kind: 'maintenance', from: 15, to: 40, endedAt: 25 })
  expect(stateOf(event(20), waiting, [work])).toBe('none')
  expect(stateOf(event(25), waiting, [work])).toBe('waits')
  expect(stateOf(event(30), waiting, [mark({ kind: 'note', at: 30 })])).toBe('waits')
})
