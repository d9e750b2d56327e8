import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createVirtualTime } from '../faults/time.ts'
import { openStore } from '../store/open.ts'
import { createRecords } from './records.ts'
import { createFailovers, type FailoverDeps } from './run.ts'

/** The time of a failover, where a real Cloudflare would need as long. */

const [tunnelId, old, target] = ['t', 'old', 'new']
const connectorOf = (id: string) => ({ id, colos: [], version: null })
const startedAt = 1_700_000_000_000

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-run-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('its time ends after 60 s though every read hangs, and the next one may begin', async () => {
  const time = createVirtualTime(startedAt, () => true)
  const { db } = await openStore(folder, time.now)
  let looks = 0
  const deps = {
    records: createRecords(db),
    survey: {
      survey: async () => ({
        checks: [],
        active: connectorOf(old),
        target: connectorOf(target),
        actives: [old],
      }),
    },
    client: { lockedUntil: () => 0, call: async () => ({ ray: null }) },
    now: time.now,
    sleep: (ms: number) => new Promise<void>((resolve) => void time.after(ms, resolve)),
    // The first is the check before it; those after the PUT never come to an end.
    look: () => (++looks === 1 ? Promise.resolve([]) : new Promise(() => {})),
    tunnel: () => ({ id: tunnelId, accountId: 'a', name: 'gw' }),
    setFailover: () => {},
    publish: () => {},
    verifyRoom: () => 1000,
    settle: async () => {},
    onWrite: () => {},
    warn: () => {},
  } as unknown as FailoverDeps
  const failovers = createFailovers(deps)
  const request = { client_id: target, expected_active_id: old }
  const { id } = await failovers.start(tunnelId, request, 'ana', { key: null, auditId: 'x' })
  const tookMs = await time.until('it ended', () => failovers.running().length === 0, 600_000)
  expect(tookMs).toBeLessThanOrEqual(62_000)
  expect(await failovers.get(id)).toMatchObject({
    state: 'not-confirmed',
    detail: expect.stringContaining('could not be asked for the connectors since'),
  })
  failovers.stop()
  await db.destroy()
})
