import { expect, test } from 'vitest'
import { eventSentence } from './event-sentence.ts'
import type { HistoryEvent } from './history.ts'

const ended = (to: string): HistoryEvent => ({
  id: '1-1-0',
  at: 1,
  tunnelId: 't',
  tunnelName: 'lon',
  kind: 'failover-ended',
  connectorId: 'b1c2d3e4-0000-4000-8000-000000000000',
  from: null,
  to,
  cause: null,
  by: null,
  failoverId: 'f',
  note: null,
  precisionMs: null,
})

test('a failover ends in the words of its dialog', () => {
  const words = ['confirmed', 'rejected', 'other-active', 'not-confirmed', 'as-of-tomorrow']
  expect(words.map((to) => eventSentence(ended(to)))).toEqual([
    'Failover to b1c2d3e4 ended: confirmed',
    'Failover to b1c2d3e4 ended: Cloudflare refused',
    'Failover to b1c2d3e4 ended: another connector became active',
    'Failover to b1c2d3e4 ended: not confirmed',
    'Failover to b1c2d3e4 ended: as-of-tomorrow',
  ])
})
