import { expect, test } from 'vitest'
import type { LiveEvent } from '#contract/events.ts'
import { problemPrefix } from '#contract/problem.ts'
import { wrongInAnswer, wrongInEvent } from './promised.ts'

/** What every rig is held to would hold nothing if it let a wrong word through. */

const id = '6f3a0c52-7d1e-4b8a-9c40-1e5d2f7b8a90'
const tokenPath = `/tunnels/${id}/token`

test('an answer is held to the schema of its own operation', async () => {
  const says = (json: unknown) => wrongInAnswer('GET', tokenPath, Response.json(json))
  expect(await says({ token: 'secret' })).toBeNull()
  expect(await says({})).toContain(`GET ${tokenPath} 200 is not as promised`)
  expect(await says({ token: 5 })).toContain('token')
  expect(await wrongInAnswer('PUT', tokenPath, Response.json({}))).toContain('no operation')
})

test('a refusal is held to the table of problems, with the status that stands there', async () => {
  const says = (json: unknown, status: number) =>
    wrongInAnswer('GET', '/tunnels', Response.json(json, { status }))
  const problem = { type: `${problemPrefix}not-found`, title: 'Not found', status: 404, detail: '' }
  expect(await says(problem, 404)).toBeNull()
  expect(await says(problem, 500)).toContain('no problem of the table')
  expect(await says({ ...problem, type: `${problemPrefix}oops` }, 404)).toContain('no problem')
  expect(await says({ ...problem, detail: undefined }, 404)).toContain('detail')
})

test('an event is held to what the stream may say', () => {
  expect(wrongInEvent({ type: 'heartbeat', at: 1 })).toBeNull()
  expect(wrongInEvent({ type: 'heartbeat' } as LiveEvent)).toContain('at')
})
