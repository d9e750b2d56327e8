import { beforeEach, describe, expect, test } from 'vitest'
import { createVirtualTime } from '../faults/time.ts'
import type { AuditEntry } from './audit.ts'
import { createRefusals, type Refusal } from './refusals.ts'
import { createStrangers } from './strangers.ts'

const minute = 60_000
const refusal: Refusal = {
  who: { id: 'person:vic', name: 'Vic', role: 'viewer' },
  from: '192.0.2.7',
  why: 'role-missing',
  method: 'POST',
  path: '/api/tunnels/11111111-1111-4111-8111-111111111111/failovers',
  requestId: 'r-1',
}

let time: ReturnType<typeof createVirtualTime>
let entries: AuditEntry[]
let refusals: ReturnType<typeof createRefusals>
beforeEach(() => {
  time = createVirtualTime(0, () => true)
  entries = []
  const append = async (entry: AuditEntry) => String(entries.push(entry))
  const parts = { audit: { append }, after: time.after }
  const strangers = createStrangers({ ...parts, now: time.now })
  refusals = createRefusals({ ...parts, strangers })
})

describe('what is refused is remembered, and bounded', () => {
  test('the first at once, with who, from where and about which tunnel', () => {
    refusals.note(refusal)
    expect(entries).toEqual([
      {
        who: refusal.who,
        from: '192.0.2.7',
        what: 'refused',
        tunnelId: '11111111-1111-4111-8111-111111111111',
        target: `POST ${refusal.path}`,
        facts: { why: 'role-missing' },
        requestId: 'r-1',
      },
    ])
  })

  test('a long path is cut between its characters', () => {
    const path = `/api/${'a'.repeat(194)}`
    refusals.note({ ...refusal, path: `${path}\u{1f600}more` })
    expect(entries[0]?.target).toBe(`POST ${path}\u{1f600}`)
  })

  test('the same one again is counted, and told once a minute', async () => {
    for (let n = 0; n < 1000; n += 1) refusals.note(refusal)
    expect(entries).toHaveLength(1)
    await time.run(minute)
    expect(entries.map(({ facts }) => facts.times)).toEqual([undefined, 999])
    for (let n = 0; n < 5; n += 1) refusals.note(refusal)
    await time.run(minute)
    expect(entries.map(({ facts }) => facts.times)).toEqual([undefined, 999, 5])
    await time.run(10 * minute)
    expect(entries).toHaveLength(3)
  })

  test('at the end of Tandem what was counted is told, once', async () => {
    for (let n = 0; n < 10; n += 1) refusals.note(refusal)
    refusals.note({ ...refusal, method: 'GET' })
    await refusals.flush()
    expect(entries.map(({ facts }) => facts.times)).toEqual([undefined, undefined, 9])
    await time.run(10 * minute)
    expect(entries).toHaveLength(3)
  })

  test('somebody else, or something else, is another one', () => {
    refusals.note(refusal)
    refusals.note({ ...refusal, who: null })
    refusals.note({ ...refusal, who: null, from: '192.0.2.8' })
    refusals.note({ ...refusal, why: 'sign-in-again' })
    refusals.note({ ...refusal, method: 'GET' })
    expect(entries).toHaveLength(5)
  })

  test('a flood of different ones is sixty records and one for the rest, of the same one', async () => {
    for (let n = 0; n < 10_000; n += 1) refusals.note({ ...refusal, path: `/api/${n}` })
    expect(entries).toHaveLength(61)
    await time.run(minute)
    expect(entries.slice(61)).toMatchObject([
      { who: refusal.who, target: 'ANY many different ones', facts: { times: 9939 } },
    ])
  })

  test('one’s flood leaves the records of others whole', () => {
    for (let n = 0; n < 100; n += 1) refusals.note({ ...refusal, path: `/api/${n}` })
    const who = { id: 'person:victor', name: 'Victor', role: 'viewer' as const }
    for (let n = 0; n < 60; n += 1) refusals.note({ ...refusal, who, path: `/api/${n}` })
    expect(entries.slice(61).map((entry) => [entry.who, entry.target])).toEqual(
      Array.from({ length: 60 }, (_, n) => [who, `POST /api/${n}`]),
    )
  })

  test('an address of any length takes little room', () => {
    refusals.note({ ...refusal, path: `/api/${'x'.repeat(5000)}` })
    expect(entries[0]?.target).toHaveLength('POST '.length + 200)
  })
})
