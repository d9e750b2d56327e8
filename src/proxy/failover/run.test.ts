import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { SeenConnector } from '../cloudflare/translate.ts'
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

const never = () => new Promise<SeenConnector[]>(() => {})

/** @param read what comes of their reads, but for the check before each. */
async function begin({ verifyRoom = 1000, read = never } = {}) {
  const time = createVirtualTime(startedAt, () => true)
  const { db } = await openStore(folder, time.now)
  let isChecked = false
  let puts = 0
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
    client: { lockedUntil: () => 0, call: async () => ({ ray: String((puts += 1)) }) },
    now: time.now,
    sleep: (ms: number) => new Promise<void>((resolve) => void time.after(ms, resolve)),
    look: () => {
      if (isChecked) return read()
      isChecked = true
      return Promise.resolve([])
    },
    tunnel: (id: string) => ({ id, accountId: 'a', name: 'gw' }),
    setFailover: () => {},
    publish: () => {},
    verifyRoom: () => verifyRoom,
    settle: async () => {},
    onWrite: () => {},
    warn: () => {},
  } as unknown as FailoverDeps
  let failovers = createFailovers(deps)
  /** As after a process was killed. */
  const restart = async () => {
    failovers.stop()
    failovers = createFailovers(deps)
    await failovers.resume()
  }
  const ask = (by: string, of = tunnelId) =>
    failovers.start(of, { client_id: target, expected_active_id: old }, by, {
      key: null,
      auditId: 'x',
    })
  const start = async (by: string, of = tunnelId) => {
    isChecked = false
    const { id } = await ask(by, of)
    return id
  }
  const ended = () => time.until('it ended', () => failovers.running().length === 0, 600_000)
  const end = async () => {
    failovers.stop()
    await db.destroy()
  }
  return { time, failovers, restart, ask, start, ended, end, puts: () => puts }
}

test('its time ends after 60 s though every read hangs, and the next one may begin', async () => {
  const { failovers, start, ended, end } = await begin()
  const id = await start('ana')
  expect(await ended()).toBeLessThanOrEqual(62_000)
  expect(await failovers.get(id)).toMatchObject({
    state: 'not-confirmed',
    detail: expect.stringContaining('could not be asked for the connectors since'),
  })
  await end()
})

test('a switch after a second try is the second one’s work, whichever was heard of last', async () => {
  const { time, failovers, start, ended, end } = await begin()
  const first = await start('ana')
  await ended()
  const between = time.now()
  await time.run(5_000)
  const second = await start('ben')
  await time.run(5_000)
  const madeBy = (at: number) => failovers.madeBy(tunnelId, target, at)
  expect(madeBy(time.now())).toEqual({ by: 'ben', failoverId: second })
  expect(madeBy(between)).toEqual({ by: 'ana', failoverId: first })
  await end()
})

test('a connection that comes late is the failover’s work; what comes back after the traffic went back is not', async () => {
  const active = (id: string, connections: unknown[]) =>
    [{ id, role: 'active', connections }] as unknown as SeenConnector[]
  let seen = active(target, [])
  const { time, failovers, start, ended, end } = await begin({ read: async () => seen })
  const failoverId = await start('ana')
  await ended()
  await time.run(5_000)
  const madeNow = () => failovers.madeBy(tunnelId, target, time.now())
  expect(await failovers.get(failoverId)).toMatchObject({ state: 'not-confirmed' })
  expect(madeNow()).toEqual({ by: 'ana', failoverId })
  seen = active(old, [{}])
  await time.run(12_000)
  expect(await failovers.get(failoverId)).toMatchObject({ afterwards: [{ kind: 'flipped-back' }] })
  expect(madeNow()).toBeNull()
  await end()
})

test('what could not be checked within 20 s is not sent, nor what waited behind it', async () => {
  const { time, ask, start, ended, end, puts } = await begin()
  await start('ana')
  await ended()
  await time.run(5_000)
  const askedAt = time.now()
  const tooLate = {
    kind: 'cloudflare-unreachable',
    message: expect.stringContaining('within 20 s'),
  }
  const answers = await time.during(Promise.allSettled([ask('ben'), ask('eva')]))
  expect(answers).toMatchObject([{ reason: tooLate }, { reason: tooLate }])
  expect(time.now() - askedAt).toBeLessThan(21_000)
  await time.run(60_000)
  expect(puts()).toBe(1)
  await end()
})

test('one that is nearly over keeps only the calls that it may still make', async () => {
  // As it is when watching has spent all that it may.
  const { time, start, ended, end } = await begin({ verifyRoom: 120 })
  await start('ana')
  await time.run(58_000)
  for (const tunnel of ['t1', 't2', 't3', 't4']) await start('ben', tunnel)
  await expect(start('ben', 't5')).rejects.toMatchObject({
    kind: 'budget-spent',
    message: expect.stringMatching(/is kept for other failovers that run now/),
  })
  await ended()
  await end()
})

test('one that was taken up keeps the calls of a reading that begins anew', async () => {
  const { time, restart, start, ended, end } = await begin({ verifyRoom: 48 })
  await start('ana')
  await time.run(58_000)
  await restart()
  await expect(start('ben', 't1')).rejects.toMatchObject({ kind: 'budget-spent' })
  await time.run(1_000)
  await start('ben', 't1')
  await ended()
  await end()
})
