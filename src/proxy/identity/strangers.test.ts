import { beforeEach, describe, expect, test } from 'vitest'
import { createVirtualTime } from '../faults/time.ts'
import type { AuditEntry } from './audit.ts'
import { createStrangers, type Strangers } from './strangers.ts'

const tenMinutes = 600_000
const guess: AuditEntry = {
  who: null,
  from: '203.0.113.9',
  what: 'sign-in-failed',
  tunnelId: null,
  target: null,
  facts: { because: 'name' },
  requestId: 'r-1',
}
const ada = { id: 'person:ada', name: 'Ada', role: 'admin' } as const
const probe: AuditEntry = {
  ...guess,
  what: 'refused',
  target: 'POST /api/tunnels',
  facts: { why: 'sign-in-needed' },
}
const networkOf = (n: number) => `2001:db8:0:${n.toString(16)}::1`

let time: ReturnType<typeof createVirtualTime>
let entries: AuditEntry[]
let strangers: Strangers
beforeEach(() => {
  time = createVirtualTime(0, () => true)
  entries = []
  const append = async (entry: AuditEntry) => String(entries.push(entry))
  strangers = createStrangers({ audit: { append }, after: time.after, now: time.now })
})
const note = (entry: AuditEntry, times = 1) => {
  for (let n = 0; n < times; n += 1) strangers.note(entry)
}

describe('what strangers try is remembered, and bounded', () => {
  test('the first five of a network at once, the others as one record in ten minutes that counts', async () => {
    note(guess, 1000)
    expect(entries).toEqual([guess, guess, guess, guess, guess])
    await time.run(tenMinutes)
    expect(entries.slice(5)).toEqual([{ ...guess, facts: { because: 'name', times: 995 } }])
  })

  test('a day of guessing twenty times a minute is less than a thousand records', async () => {
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      note(guess, 20)
      await time.run(60_000)
    }
    await time.run(tenMinutes)
    const counted = entries.map(({ facts }) => Number(facts.times ?? 1))
    expect(counted.reduce((sum, times) => sum + times)).toBe(24 * 60 * 20)
    expect(entries.length).toBeLessThan(1000)
  })

  test('whose names were tried is told with the count, and decides nothing before', async () => {
    note(guess, 5)
    note({ ...guess, who: ada, facts: { because: 'password' } }, 3)
    note(guess)
    expect(entries).toHaveLength(5)
    await time.run(tenMinutes)
    expect(entries[5]).toMatchObject({
      who: null,
      from: '203.0.113.9',
      facts: { because: ['password', 'name'], name: 'Ada', times: 4 },
    })
  })

  test('a flood of different requests is not a record for each', async () => {
    for (let n = 0; n < 10_000; n += 1) note({ ...probe, target: `POST /api/${n}` })
    expect(entries).toHaveLength(5)
    await time.run(tenMinutes)
    expect(entries.slice(5)).toMatchObject([
      { target: 'ANY many different ones', facts: { why: 'sign-in-needed', times: 9995 } },
    ])
  })

  test('many networks are twenty records, ten that count, and one that names some of the others', async () => {
    for (let n = 0; n < 1000; n += 1) note({ ...probe, from: networkOf(n) }, 10)
    expect(entries).toHaveLength(20)
    await time.run(tenMinutes)
    const [first, ...others] = entries.slice(20)
    expect(first).toMatchObject({ from: '2001:db8:0:0::/64', facts: { times: 5 } })
    expect(others).toHaveLength(10)
    expect(others.at(-1)).toMatchObject({ from: null, facts: { why: 'sign-in-needed' } })
    expect(others.at(-1)?.facts.network).toHaveLength(10)
    const counted = entries.map(({ facts }) => Number(facts.times ?? 1))
    expect(counted.reduce((sum, times) => sum + times)).toBe(10_000)
  })

  test('what only fails when nothing follows is written down then, or when it comes again', async () => {
    const half: AuditEntry = { ...guess, who: ada, facts: { because: 'no code' } }
    strangers.noteUnless(half)
    strangers.followed(half)
    await time.run(tenMinutes)
    expect(entries).toEqual([])
    strangers.noteUnless(half)
    strangers.noteUnless({ ...half, from: '198.51.100.1' })
    strangers.followed({ ...half, from: '198.51.100.1' })
    await time.run(tenMinutes)
    const late = (awaitedMs: number) => ({ because: 'no code', awaitedMs })
    expect(entries).toEqual([{ ...half, facts: late(tenMinutes) }])
    for (const requestId of ['r-2', 'r-3', 'r-4']) {
      strangers.noteUnless({ ...half, requestId })
      await time.run(20_000)
    }
    expect(entries.slice(1)).toMatchObject([
      { requestId: 'r-2', facts: late(20_000) },
      { requestId: 'r-3', facts: late(20_000) },
    ])
    await time.run(10_000)
    await strangers.flush()
    expect(entries.slice(3)).toMatchObject([{ facts: { name: 'Ada', ...late(30_000), times: 1 } }])
    await time.run(tenMinutes)
    expect(entries).toHaveLength(4)
  })

  test('at the end of Tandem what was counted is written down, once', async () => {
    note(guess, 8)
    await strangers.flush()
    expect(entries.slice(5)).toEqual([{ ...guess, facts: { because: 'name', times: 3 } }])
    await time.run(tenMinutes)
    expect(entries).toHaveLength(6)
  })

  test('a disk that refuses one count is not asked for the others', async () => {
    let asked = 0
    const append = async () => {
      asked += 1
      throw new Error('the disk is full')
    }
    const full = createStrangers({ audit: { append }, after: time.after, now: time.now })
    for (let n = 0; n < 30; n += 1) full.note({ ...guess, from: networkOf(n) })
    const before = asked
    await expect(full.flush()).rejects.toThrow('the disk is full')
    expect(asked - before).toBe(1)
  })

  test('what cannot be written down stops nobody', () => {
    const append = async () => {
      throw new Error('the disk is full')
    }
    const { note } = createStrangers({ audit: { append }, after: time.after, now: time.now })
    expect(() => note(guess)).not.toThrow()
  })
})
