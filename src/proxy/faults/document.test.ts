import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OperationId, operations } from '#contract/operations.ts'
import type { Problem } from '#contract/problem.ts'
import { summaries } from '#contract/summaries.ts'
import { openapiDocument, shapes } from '../routes/openapi.ts'
import { startRig } from './rig.ts'
import { startWorld, type World } from './world.ts'

/** S21: whoever keeps to the OpenAPI document is understood, and whoever does not is told. */

let world: World
let rig: Awaited<ReturnType<typeof startRig>>

beforeAll(async () => {
  world = await startWorld()
  rig = await startRig(world)
  await rig.looked()
})
afterAll(async () => {
  await rig.end()
  await world.end()
})

test('S21 a failover that is asked for again by its key answers 200, and the document says so', () => {
  const paths = openapiDocument().paths as Record<string, Record<string, { responses: object }>>
  const { responses } = paths['/api/tunnels/{tunnelId}/failovers']?.post ?? {}
  expect(Object.keys(responses ?? {})).toEqual(['200', '202', 'default'])
})

describe('S21 a change without a body', () => {
  /** As it is sent by whoever has nothing to send. */
  async function send(method: string, path: string, type?: string) {
    const headers = { host: '127.0.0.1:8787', 'x-requested-by': 'tandem' }
    const request = new Request(`http://127.0.0.1:8787/api${path}`, {
      method,
      headers: { ...headers, ...(type === undefined ? {} : { 'content-type': type }) },
    })
    const { status } = await rig.app.fetch(request)
    return status
  }
  const note = `/tunnels/${crypto.randomUUID()}/notes/${crypto.randomUUID()}`

  test('needs no type', async () => {
    expect(await send('DELETE', note)).toBe(404)
    expect(await send('DELETE', note, 'application/json')).toBe(404)
  })

  test.each([
    ['where one is wanted', 'POST', '/tunnels', undefined],
    ['and with the type of something else', 'DELETE', note, 'text/plain'],
  ])('%s is refused', async (_, method, path, type) => {
    expect(await send(method, path, type)).toBe(415)
  })
})

test('what can be asked of Cloudflare anew says so, and nothing else does', () => {
  const ids = Object.keys(operations) as OperationId[]
  expect(ids.filter((id) => summaries[id].includes('?fresh=true'))).toEqual(
    ids.filter((id) => shapes[id].fresh),
  )
})

describe('S21 a name in the query that an operation does not have', () => {
  const reads = (Object.keys(operations) as OperationId[]).filter(
    (id) => operations[id].method === 'GET' && !shapes[id].openQuery && id !== 'eventStream',
  )
  test.each(reads)('%s', async (id) => {
    const path = operations[id].path.replaceAll(/\{\w+\}/g, crypto.randomUUID())
    const { status, json } = await rig.ask('GET', `${path}?frm=1`)
    expect([status, (json as Problem).field]).toEqual([400, 'frm'])
  })

  test('one that it has, and what an identity provider adds, are taken', async () => {
    expect((await rig.ask('GET', '/activity?kind=status-changed')).status).toBe(200)
    const back = await rig.ask('GET', '/sign-in/oidc/callback?session_state=x')
    expect((back.json as Problem | null)?.field).not.toBe('session_state')
  })
})
