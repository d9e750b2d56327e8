import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type LiveEvent, ToldEvent } from './events.ts'
import { fromTold, nothingPolled, toTold, usual } from './stream.ts'
import type { Tunnel } from './tunnel.ts'

const whole: Tunnel = {
  ...usual,
  id: 'f70ff985-a4ef-4643-bbbc-4a0ed4fc8415',
  accountId: '699d98642c564d2e855e9661899b7252',
  name: 'lon-branch-core',
  tags: ['site:london'],
  status: 'healthy',
  readiness: 'ready',
  standbyCount: 1,
  ha: true,
  haMode: 'local',
  activeConnectorId: '1bedc50d-42b3-473c-b108-ff3d10c0d925',
  activeColos: ['lhr16'],
  colos: ['lhr16', 'man02'],
  connectorCount: 2,
  connectionCount: 8,
  since: { at: 1, source: 'reported' },
  activeSince: { at: 2, source: 'observed' },
  readinessSince: { at: 0, source: 'observed' },
  changedAt: 0,
  createdAt: 4,
  checkedAt: 5,
  staleAfterMs: 30_000,
  trouble: '',
  unacknowledged: { count: 0, firstAt: 0, lastAt: 0 },
}

/** Rows of which any part is not known. */
const tunnels = fc
  .array(fc.subarray(Object.keys(usual) as (keyof typeof usual)[]), { maxLength: 4 })
  .map((rows) =>
    rows.map(
      (missing): Tunnel => ({
        ...whole,
        ...Object.fromEntries(missing.map((name) => [name, usual[name]])),
      }),
    ),
  )
const polls = fc.record({
  tunnels,
  checked: fc.dictionary(fc.uuid(), fc.nat()),
  connectorsMoved: fc.array(fc.uuid()),
})

test('what is told is what was to be told, whatever is missing of it', () => {
  fc.assert(
    fc.property(polls, (poll) => {
      const event: LiveEvent = { type: 'polled', at: 9, ...nothingPolled, ...poll }
      const told: unknown = JSON.parse(JSON.stringify(toTold(event)))
      expect(fromTold(ToldEvent.parse(told))).toEqual(event)
      expect(JSON.stringify(told)).not.toMatch(/:(?:null|\[\]|\{\})[,}]/)
    }),
  )
})

test('nothing is taken from what others still hold', () => {
  const event: LiveEvent = { type: 'polled', at: 9, ...nothingPolled, tunnels: [whole] }
  const before = structuredClone(event)
  toTold(event)
  expect(event).toEqual(before)
})
