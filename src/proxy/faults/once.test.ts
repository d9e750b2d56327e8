import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Failover } from '#contract/failover.ts'
import type { Problem } from '#contract/problem.ts'
import { openDoor } from './door.ts'
import { endOf, puts, short, watchTunnel } from './failing-over.ts'
import { startRig } from './rig.ts'
import { startWorld, type World } from './world.ts'

/** However often it is asked for, and by whomever: one decision is one PUT. */

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 60_000)
afterAll(() => world.end())
beforeEach(() => world.reset())

const keyed = (key: string) => ({ 'idempotency-key': key })

describe('F2 the same decision again', () => {
  test('100 at once and two more after its end: the same failover, one PUT, one record', async () => {
    const { rig, path, body, standby } = await watchTunnel(world)
    const key = randomUUID()
    const answers = await rig.time.during(
      Promise.all(Array.from({ length: 100 }, () => rig.send('POST', path, body, keyed(key)))),
    )
    const statuses = answers.map(({ status }) => status).toSorted()
    expect(statuses).toEqual([...Array.from({ length: 99 }, () => 200), 202])
    expect(new Set(answers.map(({ json }) => (json as Failover).id)).size).toBe(1)
    const [{ id = '' } = {}] = answers.map(({ json }) => json as Failover)
    expect(await endOf(rig, id)).toMatchObject({ state: 'confirmed', activeNow: [standby] })

    const late = await rig.ask('POST', path, body, keyed(key.toUpperCase()))
    expect(late).toMatchObject({ status: 200, json: { id, state: 'confirmed' } })
    expect(puts(rig)).toBe(1)
    const records = await rig.db
      .selectFrom('audit')
      .select('seq')
      .where('what', '=', 'failoverRun')
      .where('refers', 'is', null)
      .execute()
    expect(records).toHaveLength(1)
    await rig.end()
  })

  test('the answer got lost and Tandem was killed: the key still knows its failover', async () => {
    const { rig, path, body } = await watchTunnel(world)
    const key = randomUUID()
    const { json } = await rig.ask('POST', path, body, keyed(key))
    await rig.time.run(1500)
    await rig.kill()
    const second = await startRig(world, { folder: rig.folder })
    await second.looked()
    const { id } = json as Failover
    const answer = await second.ask('POST', path, body, keyed(key))
    expect(answer).toMatchObject({ status: 200, json: { id } })
    await endOf(second, id)
    expect(puts(rig) + puts(second)).toBe(1)
    await second.end()
  })

  test('a key of another failover, and one that is none, are refused', async () => {
    const { rig, path, body, third } = await watchTunnel(world)
    const key = randomUUID()
    const { json } = await rig.ask('POST', path, body, keyed(key))
    const other = await rig.ask('POST', path, { ...body, client_id: third }, keyed(key))
    expect(other).toMatchObject({
      status: 400,
      json: { field: 'Idempotency-Key', failoverId: (json as Failover).id },
    })
    const odd = await rig.ask('POST', path, body, keyed('1'))
    expect(odd).toMatchObject({ status: 400, json: { field: 'Idempotency-Key' } })
    await endOf(rig, (json as Failover).id)
    expect(puts(rig)).toBe(1)
    await rig.end()
  })

  test('a refusal uses no key up: the same dialog sends again once the risks are accepted', async () => {
    const { rig, path, body } = await watchTunnel(world)
    const key = randomUUID()
    const refused = await rig.ask('POST', path, { ...body, ticked: [] }, keyed(key))
    expect(refused).toMatchObject({
      status: 409,
      json: { type: 'urn:tandem:problem:checks-changed' },
    })
    const { status, json } = await rig.ask('POST', path, body, keyed(key))
    expect(status).toBe(202)
    await endOf(rig, (json as Failover).id)
    expect(puts(rig)).toBe(1)
    await rig.end()
  })
})

/**
 * Twenty-five stand for the table's thousand, which `npm run soak -- races` runs: in one process each is decided in
 * the same turn, so more rivals find more than more races do.
 */
const races = Number(process.env.TANDEM_RACES ?? 25)

test(
  `F3 40 rivals in each of ${races} races: one PUT a race, everybody else is told whom to follow`,
  async () => {
    const { rig, path, body, active, standby } = await watchTunnel(world, 2)
    await world.order('/failover', { mode: 'normal', demoteMs: 0, promoteMs: 500 })
    for (let race = 0; race < races; race += 1) {
      const [from, to] = race % 2 === 0 ? [active, standby] : [standby, active]
      const request = { ...body, client_id: to, expected_active_id: from }
      const answers = await rig.time.during(
        Promise.all(
          Array.from({ length: 40 }, () => rig.send('POST', path, request, keyed(randomUUID()))),
        ),
      )
      const won = answers.filter(({ status }) => status === 202)
      expect(won, `winners of race ${race}`).toHaveLength(1)
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(39)
      const [{ id = '' } = {}] = won.map(({ json }) => json as Failover)
      const late = await rig.refused('POST', path, request)
      expect(late).toMatchObject({
        type: 'urn:tandem:problem:failover-running',
        failoverId: id,
        detail: expect.stringMatching(
          new RegExp(`^local admin started a failover to ${short(to)} \\d+ s ago\\.`),
        ),
      })
      expect(await endOf(rig, id)).toMatchObject({ state: 'confirmed' })
      expect(puts(rig)).toBe(race + 1)
      await rig.time.run(1000)
    }
    await rig.end()
  },
  Math.max(120_000, races * 1000),
)

/** A reverse proxy that gives an answer up too soon: it sends each request once more, and tells what came of that. */
async function startImpatient(port: number) {
  const server = createServer((request, response) => {
    void (async () => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      const headers = new Headers()
      for (const name of ['content-type', 'x-requested-by', 'idempotency-key'])
        if (request.headers[name]) headers.set(name, String(request.headers[name]))
      const send = () =>
        fetch(`http://127.0.0.1:${port}${request.url}`, {
          method: request.method ?? 'GET',
          headers,
          body: Buffer.concat(parts),
        })
      const [, told] = await Promise.all([send(), send()])
      response.writeHead(told.status).end(await told.text())
    })().catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

test.each([
  ['with its key', true, 200],
  // What comes second can’t be known to be the same one: it is told which one to follow.
  ['without a key', false, 409],
])('F23 a reverse proxy that sends a failover twice, %s: one PUT', async (_, isKeyed, expected) => {
  const { rig, path, body } = await watchTunnel(world)
  const door = await openDoor(rig)
  const { address, server } = await startImpatient(door.port)
  const post = async () => {
    const answer = await fetch(`${address}/api${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-requested-by': 'tandem',
        ...(isKeyed ? keyed(randomUUID()) : {}),
      },
      body: JSON.stringify(body),
    })
    return { status: answer.status, json: (await answer.json()) as Failover & Problem }
  }
  const { status, json } = await rig.time.during(post())
  expect([202, expected]).toContain(status)
  await endOf(rig, json.failoverId ?? json.id)
  expect(puts(rig)).toBe(1)
  const { failovers } = await rig.get<{ failovers: Failover[] }>(path)
  expect(failovers).toMatchObject([{ id: json.failoverId ?? json.id, state: 'confirmed' }])
  server.close()
  await door.close()
  await rig.end()
})
