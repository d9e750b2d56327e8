import { describe, expect, test } from 'vitest'
import { auditWhats } from '#contract/audit.ts'
import { failoverStates, isRunning } from '#contract/failover.ts'
import { factsOf, openOutcomes, outcomeWords, raysOf, reasonOf, targetText } from './facts.ts'
import { families } from './families.ts'

const outcome = (result: string, facts: Record<string, unknown> = {}) => ({ at: 0, result, facts })
const of = (facts: Record<string, unknown>, outcomes = [outcome('done')]) =>
  factsOf({ facts, outcomes })
const id = '1bedc50d-42b3-473c-b108-ff3d10c0d925'

test('every deed belongs to exactly one family', () => {
  expect(families.flatMap(({ kinds }) => kinds).toSorted()).toEqual(auditWhats.toSorted())
})

test('whatever a failover comes to on its way has words, and is no end while it runs', () => {
  const states = failoverStates.filter((state) => state !== 'sending')
  expect(states.filter((state) => outcomeWords[state] === undefined)).toEqual([])
  expect(states.filter((state) => openOutcomes.has(state))).toEqual(states.filter(isRunning))
})

describe('facts in words', () => {
  test('a renaming', () => {
    expect(of({ name: { from: 'edge', to: 'edge-2' } })).toEqual([
      { name: 'name', from: 'edge', to: 'edge-2' },
    ])
  })

  test('two configurations: what changed only', () => {
    const from = { haMode: 'local', fnrId: null, vips: ['10.0.0.1'] }
    expect(of({ from, to: { haMode: 'local', vips: ['10.0.0.1', '10.0.0.2'] } })).toEqual([
      { name: 'virtual IPs', from: '10.0.0.1', to: '10.0.0.1, 10.0.0.2' },
    ])
  })

  test('a failover: to whom, the ticked risks by their sentences, and nothing that says nothing', () => {
    const facts = {
      client_id: id,
      expected_active_id: id,
      reason: 'drill',
      drill: true,
      ticked: [],
    }
    const ended = [
      outcome('started', {
        failoverId: id,
        accepted: ['It is older.', 'It is new.'].map((sentence) => ({ id: 'x', sentence })),
      }),
      outcome('confirmed', { vacantMs: 970, promotedAt: 1, activeNow: [id] }),
    ]
    expect(of(facts, ended)).toEqual([
      { name: 'to', from: null, to: '1bedc50d' },
      { name: 'reason', from: null, to: 'drill' },
      { name: 'drill', from: null, to: 'yes' },
      { name: 'accepted that', from: null, to: 'It is older. It is new.' },
      { name: 'nobody active for', from: null, to: '1.0 s' },
    ])
  })

  test('a browser by its name', () => {
    const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'
    expect(of({ method: 'local', agent })).toEqual([
      { name: 'method', from: null, to: 'local' },
      { name: 'with', from: null, to: 'Firefox on Linux' },
    ])
    // As a record that counts has them: what reads alike is told once.
    expect(of({ because: 'name', agent: [agent, `${agent} `, 'curl/8.5.0'] })).toEqual([
      { name: 'because', from: null, to: 'name' },
      { name: 'with', from: null, to: 'Firefox on Linux, curl/8.5.0' },
    ])
  })

  test('a choice from one id to another, and back to none', () => {
    expect(of({ from: id, to: null })).toEqual([{ name: '', from: '1bedc50d', to: 'none' }])
  })

  test('since when a password had waited for its code, once and counted', () => {
    expect(of({ because: 'no code', awaitedMs: 600_000 })).toEqual([
      { name: 'because', from: null, to: 'no code' },
      { name: 'code awaited for', from: null, to: '10 m' },
    ])
    expect(of({ awaitedMs: [30_000, 8_000] })).toEqual([
      { name: 'code awaited for', from: null, to: '30.0 s, 8.0 s' },
    ])
  })

  test('text that would reorder, hide or flood is tamed', () => {
    const [fact] = of({ name: `a\u202eb\u0000${'x'.repeat(500)}` })
    expect(fact?.to).toMatch(/^ab x+…$/)
    expect(fact?.to.length).toBe(201)
  })
})

describe('how it ended', () => {
  test('a refusal in the words in which it was told', () => {
    expect(reasonOf({ facts: { why: 'role-missing' }, outcomes: [] }).title).toBe(
      'Your role does not allow this',
    )
  })

  test('what Cloudflare said, and its id of the request once', () => {
    const cloudflare = { status: 409, errors: [{ code: '1013', message: 'taken' }], ray: 'a-LHR' }
    const record = { facts: {}, outcomes: [outcome('name-conflict', { cloudflare, ray: 'a-LHR' })] }
    expect(reasonOf(record)).toEqual({
      title: 'A tunnel with this name exists',
      cloudflare: 'taken (1013)',
    })
    expect(raysOf(record)).toEqual(['a-LHR'])
  })

  test('a target by its kind, or as it is', () => {
    expect(targetText(`person:${id}`)).toBe('person 1bedc50d')
    expect(targetText('GET /api/tunnels')).toBe('GET /api/tunnels')
  })

  test('facts of any shape are no reason to break', () => {
    const odd = { cloudflare: { errors: [null, 3, { message: null }] }, ray: 7 }
    const record = { facts: { from: 1, x: [[{}]], to: {} }, outcomes: [outcome('?', odd)] }
    expect(reasonOf(record).cloudflare).toBe('none (none)')
    expect(raysOf(record)).toEqual([])
    expect(factsOf(record)).toEqual([
      { name: '', from: '1', to: '{}' },
      { name: 'x', from: null, to: '{}' },
    ])
  })
})
