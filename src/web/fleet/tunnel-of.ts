import { usual } from '#contract/stream.ts'
import type { Tunnel } from '#contract/tunnel.ts'

/** A healthy HA tunnel with one standby, for tests: its name, an id made of it, and what differs. */
export const tunnelOf = (name: string, change: Partial<Tunnel> = {}): Tunnel => ({
  ...usual,
  id: `${name}-id`,
  accountId: 'a',
  name,
  status: 'healthy',
  readiness: 'ready',
  standbyCount: 1,
  ha: true,
  haMode: 'none',
  activeConnectorId: 'c1',
  activeColos: ['lhr16'],
  colos: ['lhr16', 'man02'],
  connectorCount: 2,
  connectionCount: 8,
  since: { at: 1000, source: 'reported' },
  checkedAt: 5000,
  staleAfterMs: 30_000,
  ...change,
})
