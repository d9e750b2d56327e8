import * as fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  CfConfiguration,
  CfConnector,
  CfConnectorList,
  CfTunnel,
  CfTunnelList,
} from '#contract/cloudflare.ts'
import type { ActivityPage, TunnelHistory } from '#contract/history.ts'
import {
  Configuration,
  ConnectorList,
  ConnectorRole,
  TunnelDetail,
  TunnelStatus,
} from '#contract/tunnel.ts'
import {
  toConfiguration,
  toListedTunnel,
  toSeenConnector,
  toSeenConnectors,
} from '../cloudflare/translate.ts'
import { outlookOf, promotionChecks, readinessOf } from '../failover/checks.ts'
import { diff } from '../poller/diff.ts'
import { consent } from './failing-over.ts'
import { collectGarbage } from './garbage.ts'
import { good, noSuccess } from './no-success.ts'
import { oddNames } from './odd-names.ts'
import { type Rig, type RigOptions, startRig } from './rig.ts'
import { startWorld, type World } from './world.ts'

/** What happens when an answer comes but is broken, odd, hostile, incomplete or very large. */

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 60_000)
afterAll(() => world.end())
beforeEach(() => world.reset())

/** A watched tunnel; with room for thousands of calls of our own. */
async function watch(connectors = 2, options: RigOptions = {}) {
  await world.order('/rate-limit', { limit: 100_000 })
  const { tunnelId, connectorIds } = await world.addTunnel('lon-core', connectors)
  const rig = await startRig(world, { rateLimit: 100_000, ...options })
  await rig.looked()
  const accountId = world.accounts[0] ?? ''
  const look = () => rig.tandem.parts.poller.look(tunnelId, 'person')
  const readTunnel = () => rig.tandem.parts.poller.readTunnel(tunnelId, 'person')
  return { rig, tunnelId, connectorIds, accountId, look, readTunnel }
}

/** Everything that is known, as one text. */
function knowledge({ tandem }: Rig): string {
  const { present } = tandem.parts
  const tunnels = present.tunnels()
  return JSON.stringify([
    tunnels,
    tunnels.map(({ id }) => [
      present.tunnel(id),
      present.connectors(id),
      present.configuration(id),
    ]),
  ])
}

const kindOf = (work: Promise<unknown>) =>
  work.then(
    () => 'taken for an answer',
    (error: unknown) => (error as { kind?: string }).kind ?? String(error),
  )

describe('U7 truncated JSON', () => {
  test('U7 cut at 1,000 places: nothing is changed, every time it is said', async () => {
    const { rig, look, readTunnel, accountId } = await watch(4)
    const before = knowledge(rig)
    const list = () =>
      rig.tandem.parts.client.call('tunnelList', { accountId }, { purpose: 'person' })
    const kinds = new Map<string, number>()
    for (let cut = 0; cut < 1000; cut += 1) {
      const [ask, at] =
        cut < 500 ? [look, cut * 2] : cut < 750 ? [readTunnel, cut - 500] : [list, cut - 750]
      await world.breakWith({ kind: 'truncate', at, times: 1 })
      const kind = await kindOf(ask())
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    }
    expect(Object.fromEntries(kinds)).toEqual({ 'unexpected-answer': 1000 })
    expect(knowledge(rig)).toBe(before)
    await rig.end()
  })

  test('U7 a connection that breaks off in the middle is tried once more', async () => {
    const { rig, look } = await watch()
    const before = knowledge(rig)
    await world.breakWith({ kind: 'truncate', at: 100, abrupt: true, times: 1 })
    const from = rig.calls.length
    await rig.time.during(look())
    expect(rig.calls.length - from).toBe(2)
    await world.breakWith({ kind: 'truncate', at: 100, abrupt: true, times: 2 })
    expect(await rig.time.during(kindOf(look()))).toBe('cloudflare-unreachable')
    expect(JSON.parse(knowledge(rig))[0][0].readiness).toBe(JSON.parse(before)[0][0].readiness)
    await rig.end()
  })
})

describe('U8 not the JSON that was asked for', () => {
  test.each([
    ['an HTML page', { kind: 'html' }, /an HTML page/],
    ['JSON that says it is HTML', { kind: 'body', body: good, contentType: 'text/html' }, /HTML/],
    ['JSON that says it is text', { kind: 'body', body: good, contentType: 'text/plain' }, /plain/],
    ['no content type', { kind: 'body', body: good, contentType: null }, /no content type/],
    ['nothing at all', { kind: 'body', body: '' }, /could|unreadable/],
    ['a list instead of an envelope', { kind: 'body', body: '[]' }, /unreadable/],
    ['null', { kind: 'body', body: 'null' }, /unreadable/],
    ['HTML that says it is JSON', { kind: 'body', body: '<html></html>' }, /an HTML page/],
    ['a gzip bomb', { kind: 'gzip-bomb', megabytes: 100 }, /larger than 5 MiB/],
    ['50 MB', { kind: 'huge', megabytes: 50 }, /larger than 5 MiB/],
  ])('U8 %s is refused and changes nothing', async (_, fault, says) => {
    const { rig, look } = await watch()
    const before = knowledge(rig)
    await world.breakWith(fault)
    collectGarbage()
    const rss = process.memoryUsage().rss
    const error = await look().catch((reason: unknown) => reason)
    collectGarbage()
    expect(process.memoryUsage().rss - rss).toBeLessThan(30 * 1024 * 1024)
    expect(error).toMatchObject({
      kind: 'unexpected-answer',
      message: expect.stringMatching(says),
    })
    expect(knowledge(rig)).toBe(before)
    await rig.end()
  })

  test('U8 the start of the page is in the debug log only, in one line', async () => {
    const { rig, look, tunnelId } = await watch()
    const body = `<html>\n${'Ray ID '.repeat(100)}</html>`
    await world.breakWith({ kind: 'body', body, contentType: 'text/html' })
    await kindOf(look())
    const lines = rig.lines.filter((line) => line.includes('Ray ID'))
    expect(lines.map((line) => JSON.parse(line).level)).toEqual([20])
    expect(JSON.parse(lines[0] ?? '').body).toHaveLength(200)
    // An install token is a secret even when its answer can't be read.
    const from = rig.lines.length
    await rig.refused('GET', `/tunnels/${tunnelId}/token`)
    expect(rig.lines.slice(from).join('')).not.toContain('Ray ID')
    // So is a tunnel's, which the answer to a change may repeat.
    const secret = Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')
    await world.heal()
    await world.breakWith({
      kind: 'body',
      body: `<html>${secret}`,
      contentType: 'text/html',
      match: { method: 'PATCH' },
    })
    await rig.refused('PATCH', `/tunnels/${tunnelId}`, { secret })
    expect(rig.lines.join('')).not.toContain(secret)
    await rig.end()
  })
})

describe('U9 no success', () => {
  test.each(noSuccess)('U9 %s is a failure', async (_, status, body) => {
    const { rig, look, tunnelId } = await watch()
    const before = knowledge(rig)
    await world.breakWith({ kind: 'body', status, body, match: { path: '/connections$' } })
    await world.breakWith({ kind: 'body', status, body, match: { method: 'PATCH' } })
    expect(await kindOf(look())).not.toBe('taken for an answer')
    expect(knowledge(rig)).toBe(before)
    const problem = await rig.refused('PATCH', `/tunnels/${tunnelId}`, { name: 'other' })
    expect(problem.status).toBeGreaterThanOrEqual(400)
    expect(problem.detail).not.toBe('')
    expect(rig.tandem.parts.present.tunnel(tunnelId)?.name).toBe('lon-core')
    await rig.end()
  })

  test('U9 codes and messages travel as text', async () => {
    const { rig, tunnelId } = await watch()
    const errors = [
      { code: '1234', message: 'the first' },
      { code: 5678, message: 'the second' },
    ]
    await world.breakWith({
      kind: 'body',
      status: 400,
      body: JSON.stringify({ success: false, result: [], errors }),
      match: { method: 'PATCH' },
    })
    expect(await rig.refused('PATCH', `/tunnels/${tunnelId}`, { name: 'other' })).toMatchObject({
      type: 'urn:tandem:problem:refused-by-cloudflare',
      detail: 'the first (1234); the second (5678)',
      cloudflare: {
        status: 400,
        errors: [
          { code: '1234', message: 'the first' },
          { code: '5678', message: 'the second' },
        ],
      },
    })
    await rig.end()
  })
})

test('I10 the answer to a change says what the tunnel is by then: its record took a while', async () => {
  const { rig, tunnelId } = await watch()
  const { audit, present } = rig.tandem.parts
  const { settle } = audit
  audit.settle = async (...what) => {
    await present.landDeleted(tunnelId, rig.time.now())
    return settle(...what)
  }
  const { json } = await rig.ask('PATCH', `/tunnels/${tunnelId}`, { name: 'lon-edge' })
  expect(json).toMatchObject({ name: 'lon-edge', deletedAt: expect.any(Number) })
  await rig.end()
})

type Json = Record<string, unknown>
/** A rig whose answers are changed on their way, where `change.of` names their path. */
async function watchThrough(change: { of: RegExp; to: ((body: Json) => unknown) | null }) {
  return watch(2, {
    via: async (send, { path }) => {
      const response = await send()
      if (!change.to || !change.of.test(path)) return response
      const body = change.to((await response.json()) as Json)
      return Response.json(body, { status: response.status })
    },
  })
}

const pairs = (names: string[]) => [
  ...names.map((name) => [name]),
  ...names.flatMap((one, at) => names.slice(at + 1).map((other) => [one, other])),
]
const without = (record: Json, names: string[]) =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)))

describe('U10 missing fields', () => {
  test('U10 each field and each pair of a tunnel, a connector, a connection, a configuration', async () => {
    const change: Parameters<typeof watchThrough>[0] = { of: /./, to: null }
    const { rig, look, readTunnel, tunnelId } = await watchThrough(change)
    const ask = {
      connectors: look,
      tunnel: readTunnel,
      configuration: () => rig.tandem.parts.poller.readConfiguration(tunnelId, 'person'),
    }
    const raw: Record<string, Json> = {}
    change.to = (body) => {
      raw.last = body
      return body
    }
    const fieldsOf = async (what: keyof typeof ask, pick: (result: unknown) => unknown) => {
      await ask[what]()
      return Object.keys(pick(raw.last?.result) as Json)
    }
    const first = (value: unknown) => (value as Json[])[0] ?? {}
    const tunnelFields = await fieldsOf('tunnel', (result) => result)
    const connectorFields = await fieldsOf('connectors', first)
    const connFields = await fieldsOf('connectors', (result) => first(first(result).conns))
    const configurationFields = await fieldsOf('configuration', (result) => result)
    const each = (list: unknown, with_: (item: Json) => Json) => (list as Json[]).map(with_)
    const cases: [keyof typeof ask, (result: unknown) => unknown][] = [
      ...pairs(tunnelFields).map((names): [keyof typeof ask, (result: unknown) => unknown] => [
        'tunnel',
        (result) => without(result as Json, names),
      ]),
      ...pairs(connectorFields).map((names): [keyof typeof ask, (result: unknown) => unknown] => [
        'connectors',
        (result) => each(result, (one) => without(one, names)),
      ]),
      ...pairs(connFields).map((names): [keyof typeof ask, (result: unknown) => unknown] => [
        'connectors',
        (result) =>
          each(result, (one) => ({
            ...one,
            conns: each(one.conns, (conn) => without(conn, names)),
          })),
      ]),
      ...pairs(configurationFields).map(
        (names): [keyof typeof ask, (result: unknown) => unknown] => [
          'configuration',
          (result) => without(result as Json, names),
        ],
      ),
    ]
    expect(cases.length).toBeGreaterThanOrEqual(130)
    for (const [what, remove] of cases) {
      change.to = (body) => ({ ...body, result: remove(body.result) })
      // Connectors without ids are no answer at all.
      const kind = await kindOf(ask[what]())
      expect(['taken for an answer', 'unexpected-answer']).toContain(kind)
      // What is shown is still what the contract says, whatever was missing.
      TunnelDetail.parse(rig.tandem.parts.present.tunnel(tunnelId))
      ConnectorList.parse(rig.tandem.parts.present.connectors(tunnelId))
      Configuration.parse(rig.tandem.parts.present.configuration(tunnelId))
    }
    await rig.end()
  })

  test('U10 what is not reported is null and never made up', async () => {
    const { rig, look, readTunnel, tunnelId } = await watch()
    await world.breakWith({ kind: 'missing-fields' })
    await readTunnel()
    await look()
    const tunnel = rig.tandem.parts.present.tunnel(tunnelId)
    expect(tunnel).toMatchObject({ name: '', status: 'unknown', createdAt: null, metadata: null })
    const list = rig.tandem.parts.present.connectors(tunnelId)
    expect(list?.connectors).toMatchObject([
      { role: 'none', version: null, arch: null, features: null, runAt: null, connections: [] },
      { role: 'none', version: null, arch: null, features: null, runAt: null, connections: [] },
    ])
    expect(list?.connectors.map(({ promotion }) => promotion[0]?.kind)).toEqual(['block', 'block'])
    await rig.end()
  })

  test('U10 a configuration that never changed is told from one of which that is not reported', async () => {
    const { rig, tunnelId } = await watch()
    const read = () => rig.tandem.parts.poller.readConfiguration(tunnelId, 'person')
    expect((await read()).updatedAt).toBe('never')
    await world.breakWith({ kind: 'missing-fields', fields: ['updated_at'] })
    expect((await read()).updatedAt).toBeNull()
    await rig.end()
  })
})

describe('U10 a list that is none', () => {
  const said = (result: string) => `{"success":true,"errors":[],"messages":[]${result}}`
  const noLists = [
    ['no result at all', said('')],
    ['an object', said(',"result":{}')],
    ['a text', said(',"result":"x"')],
  ]
  test.each([
    ...noLists,
    ['rows without an id', said(',"result":[{"ha_status":"active"},{"ha_status":"passive"}]')],
  ])('U10 %s for the connectors: nobody is gone, and what was seen grows old', async (_, body) => {
    const { rig, look, tunnelId } = await watch()
    const before = knowledge(rig)
    await world.breakWith({ kind: 'body', body, match: { path: '/connections$' } })
    expect(await kindOf(look())).toBe('unexpected-answer')
    expect(knowledge(rig)).toBe(before)
    const { checkedAt } = await rig.tunnel(tunnelId)
    await rig.time.run(60_000)
    expect(await rig.tunnel(tunnelId)).toMatchObject({
      checkedAt,
      readiness: 'ready',
      connectorCount: 2,
      trouble: expect.stringMatching(/^Cloudflare answered 200, but what came was /),
      unacknowledged: null,
    })
    await world.heal()
    await rig.time.run(60_000)
    const { events } = await rig.get<ActivityPage>('/activity')
    expect(events.map(({ kind }) => kind)).not.toContain('connector-gone')
    expect((await rig.tunnel(tunnelId)).trouble).toBeNull()
    await rig.end()
  })

  test('U10 one row without an id among the connectors: whoever is not named is not gone', async () => {
    const { rig, look, tunnelId, connectorIds } = await watch()
    const [first, second] = connectorIds.map((id) => `{"id":"${id}","ha_status":"passive"}`)
    const say = (...rows: (string | undefined)[]) =>
      world.breakWith({
        kind: 'body',
        body: said(`,"result":[${[...rows, '{"ha_status":"active"}'].join()}]`),
        match: { path: '/connections$' },
      })
    const before = knowledge(rig)
    await say(first)
    expect(await kindOf(look())).toBe('unexpected-answer')
    expect(knowledge(rig)).toBe(before)
    await world.heal()
    await say(first, second)
    await look()
    expect(await rig.tunnel(tunnelId)).toMatchObject({
      connectorCount: 2,
      trouble: 'Cloudflare lists 1 without an id.',
    })
    const { events } = await rig.get<ActivityPage>('/activity')
    expect(events.map(({ kind }) => kind)).not.toContain('connector-gone')
    await rig.end()
  })

  test.each(noLists)('U10 %s for the tunnels: none is missing from it', async (_, body) => {
    const { rig, tunnelId } = await watch()
    await world.breakWith({ kind: 'body', body, match: { path: 'warp_connector$' } })
    await rig.time.run(30_000)
    expect((await rig.tunnel(tunnelId)).unlistedSince).toBeNull()
    expect(await rig.poller()).toMatchObject({
      state: 'failing',
      reason: expect.stringMatching(/^Cloudflare answered 200, but what came was no list\. /),
    })
    await rig.end()
  })

  test('U10 null for a list is none of them', async () => {
    const { rig, look, tunnelId } = await watch()
    const body = said(',"result":null')
    await world.breakWith({ kind: 'body', body, match: { path: '/connections$' } })
    await look()
    expect((await rig.tunnel(tunnelId)).connectorCount).toBe(0)
    await rig.end()
  })
})

describe('U10 a tunnel whose connectors report no HA role', () => {
  test.each([
    ['its configuration can’t be read', 'disabled', 500, []],
    ['its HA mode says that there is HA', 'none', null, [/should be Disabled/]],
  ])('is unknown, and nobody’s alarm, while %s', async (_, modeWithoutHa, status, notes) => {
    if (status)
      await world.breakWith({ kind: 'status', match: { path: '/configurations$' }, status })
    await world.order('/guesses', { modeWithoutHa })
    const rig = await startRig(world)
    const { json } = await rig.ask('POST', '/tunnels', { name: 'plain', ha: false })
    const { id } = json as { id: string }
    await rig.time.run(20_000)
    for (const _connector of [1, 2]) await world.order(`/tunnels/${id}/add-connector`)
    await rig.time.run(60_000)
    expect(await rig.tunnel(id)).toMatchObject({
      readiness: 'unknown',
      connectorCount: 2,
      unacknowledged: null,
    })
    const { outlook } = await rig.connectors(id)
    expect(outlook).toEqual({
      verdict: 'unknown',
      sentence: expect.stringMatching(/reports no HA role/),
      notes: notes.map((note) => expect.stringMatching(note)),
    })
    await rig.end()
  })
})

describe('U11 words that nobody knows yet', () => {
  test('U11 they are kept, shown as unknown, and make no candidate for a failover', async () => {
    const { rig, look, readTunnel, tunnelId, connectorIds } = await watch()
    await world.breakWith({ kind: 'unknown-enums' })
    await readTunnel()
    await look()
    expect(await rig.tunnel(tunnelId)).toMatchObject({
      status: 'unknown',
      statusReported: 'paused',
      tunType: 'hyperlane',
      readiness: 'unknown',
      activeConnectorId: null,
      unacknowledged: null,
    })
    const { connectors, outlook } = await rig.connectors(tunnelId)
    expect(outlook.verdict).toBe('unknown')
    expect(connectors.map(({ role, roleReported }) => [role, roleReported])).toEqual([
      ['unknown', 'draining'],
      ['unknown', 'draining'],
    ])
    const problem = await rig.refused('POST', `/tunnels/${tunnelId}/failovers`, {
      client_id: connectorIds[1],
      expected_active_id: null,
    })
    expect(problem).toMatchObject({
      type: 'urn:tandem:problem:not-eligible',
      detail: expect.stringMatching(/“draining”/),
    })
    await rig.tandem.parts.poller.readConfiguration(tunnelId, 'person')
    expect(rig.tandem.parts.present.configuration(tunnelId)).toMatchObject({
      haMode: null,
      haModeReported: 'gcp',
    })
    expect(rig.calls.filter(({ method }) => method === 'PUT')).toEqual([])
    await rig.end()
  })
})

describe('U12 any JSON at all', () => {
  const uuid = 'f70ff985-a4ef-4643-bbbc-4a0ed4fc8415'
  const odd = fc.oneof(
    fc.constantFrom(null, '', 0, -1, '1', true, [], {}, uuid, uuid.toUpperCase()),
    fc.constantFrom('active', 'passive', 'healthy', '2026-01-01T00:00:00Z', '0001-01-01T00:00:00Z'),
    fc.jsonValue({ maxDepth: 3 }),
  )
  const record = (names: string[]) =>
    fc.dictionary(fc.constantFrom(...names, '__proto__', 'constructor', 'toString'), odd)
  const conn = record(['id', 'client_id', 'client_version', 'colo_name', 'opened_at', 'origin_ip'])
  const connector = fc
    .tuple(
      record(['id', 'arch', 'version', 'features', 'run_at', 'ha_status']),
      fc.oneof(fc.array(conn, { maxLength: 3 }), odd),
      fc.boolean(),
    )
    .map(([fields, conns, isOurs]) => ({ ...fields, conns, ...(isOurs ? { id: uuid } : {}) }))
  const tunnel = fc
    .tuple(
      record(['id', 'name', 'status', 'created_at', 'deleted_at', 'metadata', 'tun_type']),
      fc.boolean(),
    )
    .map(([fields, isOurs]) => ({ ...fields, ...(isOurs ? { id: uuid } : {}) }))
  const configuration = fc
    .tuple(record(['tunnel_id', 'ha_mode', 'configuration_version']), record(['fnr_id', 'vips']))
    .map(([fields, config]) => ({ ...fields, config }))

  test('U12 10,000 inputs: nothing throws, and no prototype is touched', () => {
    const prototype = Object.getOwnPropertyNames(Object.prototype).toSorted().join()
    fc.assert(
      fc.property(
        fc.oneof(fc.array(tunnel, { maxLength: 3 }), odd),
        fc.oneof(fc.array(connector, { maxLength: 4 }), odd),
        fc.oneof(configuration, odd),
        (tunnels, connectors, configured) => {
          // As it comes off the wire: `__proto__` is then a field like any other.
          const arrived = JSON.parse(JSON.stringify([tunnels, connectors, configured]))
          const listed = CfTunnelList.parse(arrived[0]).map((row) => toListedTunnel(row, 'a'))
          const { connectors: seen } = toSeenConnectors(CfConnectorList.parse(arrived[1]))
          const landed = toConfiguration(CfConfiguration.parse(arrived[2]), uuid, 1)
          const situation = {
            ha: null,
            haMode: landed.haMode,
            deleted: false,
            connectors: seen,
            now: 1_800_000_000_000,
          }
          const right =
            listed.every((one) => !one || TunnelStatus.safeParse(one.status).success) &&
            seen.every(({ role }) => ConnectorRole.safeParse(role).success) &&
            readinessOf(seen, null).standbyCount <= seen.length &&
            outlookOf(situation).sentence !== '' &&
            seen.every((one) => promotionChecks(one, situation).length >= 0)
          const one = listed.find((row) => row !== null)
          if (one) {
            const sight = { listed: one, connectors: seen, configuration: landed }
            return right && diff(sight, sight).length === 0
          }
          return right
        },
      ),
      { numRuns: 10_000 },
    )
    expect(Object.getOwnPropertyNames(Object.prototype).toSorted().join()).toBe(prototype)
    expect(({} as Json).polluted).toBeUndefined()
  })

  test('U12 one record of odd types reads as well as may be, alone or in a list', () => {
    const hostile = JSON.parse(
      `{"id":"${uuid}","name":7,"status":["healthy"],"metadata":{"__proto__":{"polluted":1}},"conns":"none"}`,
    )
    expect(toListedTunnel(CfTunnel.parse(hostile), 'a')).toMatchObject({
      name: '',
      status: 'unknown',
    })
    expect(toSeenConnector(CfConnector.parse(hostile))).toMatchObject({ connections: [] })
    expect(({} as Json).polluted).toBeUndefined()
  })

  test('U12 metadata nested 200,000 deep leaves a normal row, and every other tunnel too', async () => {
    const deep = 200_000
    const change: Parameters<typeof watchThrough>[0] = { of: /warp_connector$/, to: null }
    const { rig, tunnelId } = await watch(2, {
      via: async (send, { path }) => {
        const response = await send()
        if (!change.to || !change.of.test(path)) return response
        const text = (await response.text()).replace(
          '"metadata":{}',
          `"metadata":${'['.repeat(deep)}${']'.repeat(deep)}`,
        )
        return new Response(text, { headers: { 'content-type': 'application/json' } })
      },
    })
    change.to = (body) => body
    const from = rig.calls.length
    await rig.time.run(15_000)
    expect(rig.calls.length).toBeGreaterThan(from)
    expect(await rig.poller()).toMatchObject({ state: 'running', listIncompleteSince: null })
    const { metadata, trouble } = await rig.tunnel(tunnelId)
    expect(trouble).toBeNull()
    expect(JSON.stringify(metadata)).toBe(`${'['.repeat(100)}"…"${']'.repeat(100)}`)
    await rig.end()
  })
})

describe('U13 the same thing twice', () => {
  test('U13 a connector listed twice: the one that started last is kept, and it is said', async () => {
    const { rig, look, tunnelId } = await watch()
    const { connectors: before } = await rig.connectors(tunnelId)
    await world.breakWith({ kind: 'duplicate-ids', match: { path: '/connections$' } })
    await look()
    const { connectors } = await rig.connectors(tunnelId)
    expect(connectors).toEqual(before)
    expect((await rig.tunnel(tunnelId)).trouble).toMatch(
      /^Cloudflare lists connector .{8} twice\.$/,
    )
    await rig.end()
  })

  test('U13 a tunnel listed twice: one row, and nothing is concluded about others', async () => {
    const { rig, tunnelId } = await watch()
    const other = await world.addTunnel('dub-edge')
    await rig.time.until('the other appeared', () =>
      rig.tandem.parts.present.tunnels().some(({ id }) => id === other.tunnelId),
    )
    await world.breakWith({ kind: 'duplicate-ids', match: { path: 'warp_connector$' } })
    await world.order(`/tunnels/${other.tunnelId}/delete`)
    // Its connectors are still answered, so only the listing could tell.
    await rig.time.run(12_000)
    expect((await rig.tunnels()).filter(({ id }) => id === tunnelId)).toHaveLength(1)
    expect((await rig.poller()).listIncompleteSince).not.toBeNull()
    await rig.end()
  })

  test('U13 two active ones are a conflict; a failover begins with a fresh read', async () => {
    const { rig, look, tunnelId, connectorIds } = await watch(3)
    await world.order(`/tunnels/${tunnelId}/both-active`, { forMs: 3_600_000 })
    await look()
    expect(await rig.tunnel(tunnelId)).toMatchObject({
      readiness: 'conflict',
      activeConnectorId: null,
    })
    expect((await rig.connectors(tunnelId)).outlook).toMatchObject({
      verdict: 'bad',
      sentence: 'Cloudflare reports 2 active connectors at once.',
    })
    const from = rig.calls.length
    const { status } = await rig.ask('POST', `/tunnels/${tunnelId}/failovers`, {
      client_id: connectorIds[2],
      expected_active_id: null,
      ...consent,
    })
    expect(status).toBe(202)
    await rig.time.run(0)
    expect(rig.calls.slice(from, from + 2).map(({ method }) => method)).toEqual(['GET', 'PUT'])
    await rig.end()
  })
})

describe('U14 many and none', () => {
  test.each([0, 1, 2, 25, 200])('U14 %i connectors are counted and listed', async (count) => {
    const { rig, tunnelId } = await watch(count)
    expect(await rig.tunnel(tunnelId)).toMatchObject({
      connectorCount: count,
      connectionCount: count * 2,
      standbyCount: Math.max(0, count - 1),
      readiness: count === 0 ? 'disconnected' : count === 1 ? 'exposed' : 'ready',
    })
    expect((await rig.connectors(tunnelId)).connectors).toHaveLength(count)
    await rig.end()
  })

  test('U14 no tunnel at all is a state like any other', async () => {
    const rig = await startRig(world)
    await rig.time.run(6000)
    expect(await rig.tunnels()).toEqual([])
    expect(await rig.poller()).toMatchObject({ state: 'running', reason: null })
    await rig.end()
  })

  // What a page with 1,000 rows looks like and how fast it is there is for the browser's tests.
  test('U14 1,000 tunnels in 20 accounts: all are there at once, and read within the budget', async () => {
    const fleet = await startWorld('large')
    await fleet.order('/rate-limit', { limit: 100_000 })
    const rig = await startRig(fleet, { still: true })
    await rig.time.run(20_000)
    expect(await rig.tunnels()).toHaveLength(1000)
    await rig.time.run(100_000)
    const tunnels = await rig.tunnels()
    // Half of the pace goes to 20 listings, and a third of the rest to first configurations; what
    // becomes of it in an hour is in schedule.test.ts.
    expect(tunnels.filter(({ checkedAt }) => checkedAt !== null).length).toBeGreaterThan(70)
    expect(rig.calls.length).toBeLessThanOrEqual(40 + 120 * 2.4)
    expect((await rig.poller()).listedAt).toBeGreaterThan(rig.time.now() - 20_000)
    await rig.end()
    await fleet.end()
  })
})

describe('U15 names', () => {
  test('U15 20 names are kept as they are', async () => {
    const { rig, tunnelId, readTunnel } = await watch()
    for (const { name } of oddNames) {
      await world.order(`/tunnels/${tunnelId}/rename`, { name })
      await readTunnel()
      expect((await rig.tunnel(tunnelId)).name).toBe(name)
    }
    expect(oddNames).toHaveLength(20)
    await world.order(`/tunnels/${tunnelId}/rename`, { name: '' })
    await readTunnel()
    expect((await rig.tunnel(tunnelId)).name).toBe('')
    // One event is one line, whatever is in a name.
    expect(rig.lines.every((line) => line.trimEnd().split('\n').length === 1)).toBe(true)
    await rig.end()
  })
})

describe('U25 answers as they were and as they are', () => {
  const connection = {
    colo_name: 'dfw08',
    client_id: '1bedc50d-42b3-473c-b108-ff3d10c0d925',
    client_version: '2022.7.1',
    id: '1bedc50d-42b3-473c-b108-ff3d10c0d925',
    opened_at: '2021-01-25T18:22:34.317854Z',
    origin_ip: '10.1.0.137',
  }
  const documented = {
    id: '1bedc50d-42b3-473c-b108-ff3d10c0d925',
    arch: 'linux_amd64',
    conns: [connection],
    features: ['ha-origin'],
    ha_status: 'offline',
    run_at: '2009-11-10T23:00:00Z',
    version: '2022.2.0',
  }
  const { version: _v, arch: _a, features: _f, ...bare } = documented
  const listed = {
    id: 'f70ff985-a4ef-4643-bbbc-4a0ed4fc8415',
    account_tag: '699d98642c564d2e855e9661899b7252',
    conns_active_at: '2009-11-10T23:00:00Z',
    conns_inactive_at: '2009-11-10T23:00:00Z',
    created_at: '2021-01-25T18:22:34.317854Z',
    deleted_at: null,
    metadata: {},
    name: 'blog',
    status: 'healthy',
    tun_type: 'warp_connector',
  }
  const before2026 = [{ ...connection, is_pending_reconnect: false, uuid: connection.id }]
  test.each([
    ['of today', listed, documented],
    ['with the empty deprecated connections', { ...listed, connections: [] }, documented],
    [
      'with connections, as before October 2026',
      { ...listed, connections: before2026 },
      documented,
    ],
    ['without what the example lacks', listed, bare],
    [
      'with is_pending_reconnect',
      listed,
      { ...documented, conns: [{ ...connection, is_pending_reconnect: true }] },
    ],
    ['with a field of tomorrow', { ...listed, tomorrow: 1 }, { ...documented, tomorrow: [] }],
  ])('U25 %s', (what, row, connector) => {
    expect(toListedTunnel(CfTunnel.parse(row), listed.account_tag)).toMatchObject({
      id: listed.id,
      name: 'blog',
      status: 'healthy',
      connsActiveAt: Date.parse('2009-11-10T23:00:00Z'),
    })
    const seen = toSeenConnector(CfConnector.parse(connector))
    expect(seen).toMatchObject({
      id: documented.id,
      role: 'offline',
      // Where the connector does not say its version, its connection does.
      version: connector === bare ? '2022.7.1' : '2022.2.0',
      // What is listed of an offline one has ended, whether that is said of it or not.
      colos: [],
      connections: [{ colo: 'dfw08', pendingReconnect: true }],
    })
    const carrying = toSeenConnector(CfConnector.parse({ ...connector, ha_status: 'passive' }))
    const isPending = what === 'with is_pending_reconnect'
    expect(carrying?.colos).toEqual(isPending ? [] : ['dfw08'])
    expect(carrying?.connections[0]?.pendingReconnect).toBe(isPending ? true : null)
  })

  test('U25 connections that stay listed after their connector was lost count nowhere', async () => {
    const { rig, tunnelId, connectorIds } = await watch()
    const [active = '', standby = ''] = connectorIds
    await world.order('/guesses', { lostConns: 'linger' })
    await world.order(`/connectors/${active}/kill`)
    await rig.time.run(30_000)
    expect(await rig.tunnel(tunnelId)).toMatchObject({
      activeConnectorId: standby,
      readiness: 'exposed',
      standbyCount: 0,
      connectorCount: 2,
      connectionCount: 2,
    })
    const { connectors } = await rig.connectors(tunnelId)
    expect(connectors.find(({ id }) => id === active)).toMatchObject({
      role: 'offline',
      colos: [],
      originIps: [],
      connections: [{ pendingReconnect: true }, { pendingReconnect: true }],
    })
    const path = `/tunnels/${tunnelId}/failovers`
    const request = { client_id: active, expected_active_id: standby, ...consent }
    const refused = await rig.refused('POST', path, request)
    expect(refused.checks?.[0]?.id).toBe('offline')

    const openOf = async () => {
      const { connections } = await rig.get<TunnelHistory>(`/tunnels/${tunnelId}/history`)
      return connections.filter(({ closedAt }) => closedAt === null)
    }
    expect((await openOf()).map(({ connectorId }) => connectorId)).toEqual([standby, standby])
    const log = `/activity?tunnel=${tunnelId}&kind=active-changed`
    expect((await rig.get<ActivityPage>(log)).events).toMatchObject([
      { from: active, to: standby, cause: 'automatic' },
    ])

    await world.order(`/connectors/${standby}/kill`)
    await rig.time.run(30_000)
    expect(await rig.tunnel(tunnelId)).toMatchObject({
      status: 'down',
      readiness: 'disconnected',
      connectionCount: 0,
      colos: [],
    })
    expect(await openOf()).toEqual([])
    await rig.end()

    // Whoever looks for the first time then claims no more of the time before.
    const later = await startRig(world)
    await later.looked()
    await later.time.run(10_000)
    const { lanes, connections } = await later.get<TunnelHistory>(`/tunnels/${tunnelId}/history`)
    expect(lanes.map(({ intervals }) => intervals.map(({ value }) => value))).toEqual([
      ['offline'],
      ['offline'],
    ])
    expect(connections).toEqual([])
    await later.end()
  })
})
