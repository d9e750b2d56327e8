import { expect, test } from 'vitest'
import type { HistoryEvent } from '#contract/history.ts'
import { toPieces } from './rows.ts'

const event = (change: Partial<HistoryEvent>): HistoryEvent => ({
  id: '1',
  at: 0,
  tunnelId: 'a',
  tunnelName: 'lon',
  kind: 'status-changed',
  connectorId: null,
  from: 'healthy',
  to: 'down',
  cause: null,
  by: null,
  failoverId: null,
  note: null,
  precisionMs: null,
  ...change,
})

test('a sentence is cut where it names connectors, and nowhere else', () => {
  const from = '1bedc50d-42b3-473c-b108-ff3d10c0d925'
  const to = '2bedc50d-42b3-473c-b108-ff3d10c0d925'
  const pieces = toPieces(
    event({ kind: 'active-changed', connectorId: to, from, to, cause: 'manual', by: 'Ada' }),
  )
  expect(pieces).toEqual([
    { text: 'Active changed from ', connectorId: null },
    { text: '1bedc50d', connectorId: from },
    { text: ' to ', connectorId: null },
    { text: '2bedc50d', connectorId: to },
    { text: ' (manual failover by Ada)', connectorId: null },
  ])
  expect(toPieces(event({}))).toEqual([
    { text: 'Status changed from healthy to down', connectorId: null },
  ])
})
