import { expect, test } from 'vitest'
import { toRows } from './rows.ts'

test('each day has one heading, before what happened in it', () => {
  const at = (text: string) => Date.parse(text)
  const rows = toRows(
    [
      { id: '3', at: at('2026-11-24T00:00:10Z') },
      { id: '2', at: at('2026-11-23T23:59:50Z') },
      { id: '1', at: at('2026-11-23T01:00:00Z') },
    ],
    'utc',
  )
  expect(rows.map(({ kind, key }) => (kind === 'day' ? 'day' : key))).toEqual([
    'day',
    '3',
    'day',
    '2',
    '1',
  ])
})
