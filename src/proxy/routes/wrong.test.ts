import { expect, test } from 'vitest'
import * as z from 'zod/mini'
import { FailoverRequest } from '#contract/failover.ts'
import { saysWrong } from './wrong.ts'

const says = (schema: z.ZodMiniType, value: unknown) => {
  const { error } = schema.safeParse(value, { error: saysWrong })
  return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

test('what is wrong with a request is said for people', () => {
  expect(says(FailoverRequest, [])).toEqual([': must be an object'])
  expect(says(FailoverRequest, {})).toEqual([
    'client_id: is missing',
    'expected_active_id: is missing',
  ])
  expect(says(z.uuid(), 'a')).toEqual([': must be an id (a UUID)'])
  expect(
    says(FailoverRequest, { client_id: '', expected_active_id: null, risks: [], force: true }),
  ).toEqual([': must not hold “risks”, “force”'])
  expect(says(z.enum(['viewer', 'operator']), 'root')).toEqual([
    ': must be one of “viewer”, “operator”',
  ])
  expect(says(z.literal('none'), 'all')).toEqual([': must be “none”'])
  expect(says(z.enum(['viewer']), undefined)).toEqual([': is missing'])
  expect(says(z.boolean(), 'yes')).toEqual([': must be true or false'])
  expect(says(z.int(), 1.5)).toEqual([': must be a whole number'])
  expect(says(z.string().check(z.maxLength(3)), 'abcd')).toEqual([
    ': must be at most 3 characters long',
  ])
  expect(says(z.array(z.string()).check(z.minLength(1)), [])).toEqual([
    ': must be at least 1 entries long',
  ])
  expect(says(z.number().check(z.gte(5)), 3)).toEqual([': must be at least 5'])
})

test('a schema’s own words come first, and what has no words is said all the same', () => {
  expect(says(z.string('must be a name'), 3)).toEqual([': must be a name'])
  expect(says(z.union([z.string(), z.number()]), null)).toEqual([': is not valid'])
})
