import { expect, test } from 'vitest'
import type { ApiAnswer } from './answers.ts'
import { applies, distort, Fault } from './faults.ts'

const good: ApiAnswer = {
  status: 200,
  headers: { ratelimit: '"default";r=1199;t=300' },
  body: {
    success: true,
    errors: [],
    messages: [],
    result: [
      {
        id: 'one',
        ha_status: 'active',
        run_at: '2026-11-24T10:00:00.000000Z',
        conns: [{ id: 'c', colo_name: 'lhr16' }],
        metadata: { tier: 1 },
      },
    ],
    result_info: { page: 1, count: 1 },
  },
}
const after = (fault: unknown) => distort(good, Fault.parse(fault))

test('strange words, nulls, gaps and numbers as texts reach every level of a result', () => {
  expect(after({ kind: 'unknown-enums' }).body.result).toMatchObject([
    { id: 'one', ha_status: 'draining' },
  ])
  expect(after({ kind: 'nulls' }).body.result).toEqual([
    { id: 'one', ha_status: null, run_at: null, conns: null, metadata: { tier: null } },
  ])
  expect(after({ kind: 'nulls', fields: ['colo_name'] }).body.result).toMatchObject([
    { ha_status: 'active', conns: [{ id: 'c', colo_name: null }] },
  ])
  expect(after({ kind: 'missing-fields' }).body.result).toEqual([{ id: 'one' }])
  expect(after({ kind: 'missing-fields', fields: ['id'] }).body.result).toMatchObject([
    { conns: [{ colo_name: 'lhr16' }] },
  ])
  expect(after({ kind: 'strings-for-numbers' }).body).toMatchObject({
    success: true,
    result: [{ metadata: { tier: '1' } }],
    result_info: { page: '1' },
  })
})

test('a duplicate is an older copy of the first', () => {
  expect(after({ kind: 'duplicate-ids' }).body.result).toMatchObject([
    { id: 'one', run_at: '2026-11-24T10:00:00.000000Z' },
    { id: 'one', run_at: '2020-01-01T00:00:00.000000Z' },
  ])
})

test('headers and statuses are what the fault says', () => {
  const header = (fault: object) => after({ kind: 'ratelimit-header', ...fault }).headers.ratelimit
  expect(header({ remaining: 3, reset: 120 })).toBe('"default";r=3;t=120')
  expect(header({ raw: 'garbage' })).toBe('garbage')
  expect(after({ kind: 'success-false' })).toMatchObject({ status: 200, body: { success: false } })
  expect(
    after({ kind: 'status', status: 522, retryAfter: 9, code: 1, message: 'm' }),
  ).toMatchObject({
    status: 522,
    headers: { 'retry-after': '9' },
    body: { success: false, errors: [{ code: 1, message: 'm' }] },
  })
})

test('the answer that was distorted is left as it was', () => {
  const before = structuredClone(good)
  for (const kind of ['unknown-enums', 'nulls', 'missing-fields', 'duplicate-ids'])
    expect(after({ kind })).not.toEqual(before)
  expect(good).toEqual(before)
})

test('only faults that answer for Cloudflare keep the work from being done', () => {
  const does = (fault: object) => applies(Fault.parse(fault))
  expect(does({ kind: 'hang' })).toBe(false)
  expect(does({ kind: 'hang', apply: true })).toBe(true)
  expect(does({ kind: 'delay', ms: 1 })).toBe(true)
  expect(does({ kind: 'truncate' })).toBe(true)
  expect(does({ kind: 'reset-after-apply' })).toBe(true)
})
