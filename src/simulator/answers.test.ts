import { describe, expect, test } from 'vitest'
import { createAccess } from './access.ts'
import { answer } from './answers.ts'
import { createClock } from './clock.ts'
import { createRandom } from './random.ts'
import { createWorld, type TunnelSeed } from './world.ts'

const startAt = Date.parse('2026-11-24T10:00:00Z')
const accountId = 'a'.repeat(32)

type Options = {
  as?: 'write' | 'read' | 'key' | 'nobody'
  body?: unknown
  headers?: Record<string, string>
}

/** An account, its two tokens, and a way to ask. */
function desk({ limit = 1_200 } = {}) {
  let real = startAt
  const clock = createClock(() => real)
  const world = createWorld({ random: createRandom(3), startAt })
  world.accounts.push(accountId)
  const access = createAccess({ random: createRandom(4), wall: clock.wall, limit })
  const credentials = {
    write: { authorization: `Bearer ${access.tokens.write.value}` },
    read: { authorization: `Bearer ${access.tokens.read.value}` },
    key: { 'x-auth-email': access.email, 'x-auth-key': access.key },
    nobody: {},
  }
  function askAnywhere(method: string, url: string, { as = 'write', body, headers }: Options = {}) {
    const [path = '', query = ''] = url.split('?')
    world.advance(clock.now())
    const said = answer(
      {
        method,
        path,
        query: new URLSearchParams(query),
        headers: { ...credentials[as], ...headers },
        body: body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body),
      },
      { world, access, clock },
    )
    // oxlint-disable-next-line typescript/no-explicit-any -- bodies are what is under test
    return { ...said, body: said.body as any }
  }
  return {
    world,
    access,
    clock,
    askAnywhere,
    /** Under the account's tunnels. */
    ask: (method: string, url = '', options: Options = {}) =>
      askAnywhere(method, `/accounts/${accountId}/warp_connector${url}`, options),
    after: (ms: number) => {
      real += ms
      world.advance(clock.now())
    },
    add: (seed: Partial<TunnelSeed> & { name: string }) =>
      world.addTunnel({ accountId, ha: true, ...seed }),
  }
}

const pair: TunnelSeed['connectors'] = [
  { colos: ['lhr16'], originIp: '198.51.100.1', role: 'active' },
  { colos: ['man02'], originIp: '198.51.100.2' },
]

const names = (said: { body: { result: { name: string }[] } }) =>
  said.body.result.map(({ name }) => name).toSorted()

const vip = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ address: `10.0.0.${index + 1}` }))

const codes = (said: { status: number; body: { errors: { code: number }[] } }) => [
  said.status,
  ...said.body.errors.map(({ code }) => code),
]

const bearing = (authorization: string) => ({ as: 'nobody' as const, headers: { authorization } })

describe('listing', () => {
  test('gives pages of 20, newest first, and says where they end', () => {
    const { add, ask } = desk()
    for (let index = 0; index < 45; index += 1)
      add({ name: `t${index}`, createdAt: startAt - index * 1_000 })
    const first = ask('GET')
    expect(first.body.result).toHaveLength(20)
    expect(first.body.result[0].name).toBe('t0')
    expect(first.body.result_info).toEqual({
      page: 1,
      per_page: 20,
      count: 20,
      total_count: 45,
      total_pages: 3,
    })
    expect(ask('GET', '?page=3').body.result_info.count).toBe(5)
    expect(ask('GET', '?page=4').body.result).toEqual([])
    expect(ask('GET', '?per_page=1000').body.result).toHaveLength(45)
    expect(ask('GET', '?per_page=7&page=7').body.result).toHaveLength(3)
  })

  test('leaves deleted tunnels out unless only they are asked for', () => {
    const { add, ask, after } = desk()
    add({ name: 'live' })
    const { id } = add({ name: 'gone' })
    after(1_000)
    expect(ask('DELETE', `/${id}`, { body: {} }).status).toBe(200)
    expect(names(ask('GET'))).toEqual(['live'])
    expect(names(ask('GET', '?is_deleted=false'))).toEqual(['live'])
    expect(names(ask('GET', '?is_deleted=true'))).toEqual(['gone'])
    expect(ask('GET', `/${id}`).body.result.deleted_at).toBe('2026-11-24T10:00:01.000000Z')
  })

  test('says of a tunnel made without HA that it has HA where that guess is turned', () => {
    const { world, ask } = desk()
    const modeOfNew = (name: string) => {
      const { id } = ask('POST', '', { body: { name } }).body.result
      return ask('GET', `/${id}/configurations`).body.result.ha_mode
    }
    expect(modeOfNew('one')).toBe('disabled')
    world.guesses.modeWithoutHa = 'none'
    expect(modeOfNew('two')).toBe('none')
  })

  test('counts every tunnel of the account where that guess is turned', () => {
    const { world, add, ask } = desk()
    for (let n = 0; n < 5; n += 1) add({ name: `t${n}` })
    world.remove(add({ name: 'gone' }))
    world.guesses.totalCount = 'all'
    const counts = ({ body }: ReturnType<typeof ask>) => [
      body.result_info.count,
      body.result_info.total_count,
    ]
    expect(counts(ask('GET', '?is_deleted=false'))).toEqual([5, 6])
    expect(counts(ask('GET', '?name=t1'))).toEqual([1, 6])
    expect(counts(ask('GET', '?page=2'))).toEqual([0, 6])
  })

  test('filters by name, prefix, id and status', () => {
    const { add, ask } = desk()
    const edge = add({ name: 'lon-edge', connectors: pair })
    add({ name: 'lon-core' })
    add({ name: 'dub-edge' })
    expect(names(ask('GET', '?name=lon-edge'))).toEqual(['lon-edge'])
    expect(names(ask('GET', '?name=lon'))).toEqual([])
    expect(names(ask('GET', '?include_prefix=lon-'))).toEqual(['lon-core', 'lon-edge'])
    expect(names(ask('GET', '?exclude_prefix=lon-'))).toEqual(['dub-edge'])
    expect(names(ask('GET', '?include_prefix=lon-&exclude_prefix=lon-c'))).toEqual(['lon-edge'])
    expect(names(ask('GET', `?uuid=${edge.id}`))).toEqual(['lon-edge'])
    expect(names(ask('GET', '?status=healthy'))).toEqual(['lon-edge'])
    expect(names(ask('GET', '?status=inactive'))).toEqual(['dub-edge', 'lon-core'])
  })

  test('filters by what was at a time', () => {
    const { world, add, ask, after } = desk()
    const tunnel = add({ name: 'young', connectors: pair?.slice(0, 1) ?? [] })
    add({ name: 'old', createdAt: startAt - 86_400_000 })
    after(10_000)
    const [connector] = tunnel.connectors
    if (connector) world.kill(connector, tunnel)
    after(10_000)
    const at = (ms: number) => encodeURIComponent(new Date(startAt + ms).toISOString())
    expect(names(ask('GET', `?existed_at=${at(-1_000)}`))).toEqual(['old'])
    expect(names(ask('GET', `?existed_at=${at(5_000)}`))).toEqual(['old', 'young'])
    expect(names(ask('GET', `?was_active_at=${at(5_000)}`))).toEqual(['young'])
    expect(names(ask('GET', `?was_active_at=${at(15_000)}`))).toEqual([])
    expect(names(ask('GET', `?was_inactive_at=${at(5_000)}`))).toEqual(['old'])
    expect(names(ask('GET', `?was_inactive_at=${at(15_000)}`))).toEqual(['old', 'young'])
  })

  test.each([
    'page=0',
    'page=x',
    'page=1.5',
    'per_page=0',
    'per_page=1001',
    'per_page=-1',
    'status=paused',
    'is_deleted=maybe',
    'uuid=nope',
    'existed_at=yesterday',
    'was_active_at=2026-13-45T00:00:00Z',
    'was_inactive_at=1700000000',
  ])('refuses %s', (query) => {
    const { ask } = desk()
    const said = ask('GET', `?${query}`)
    expect(said.status).toBe(400)
    expect(said.body).toMatchObject({ success: false, result: null })
    expect(said.body.errors[0].source.pointer).toBe(`/${query.split('=')[0]}`)
  })
})

describe('tunnels', () => {
  test('are created without HA unless it is asked for', () => {
    const { ask } = desk()
    const made = ask('POST', '', { body: { name: '東京 🗼' } })
    expect(made.status).toBe(200)
    expect(made.body.result).toMatchObject({
      name: '東京 🗼',
      account_tag: accountId,
      status: 'inactive',
      connections: [],
      conns_active_at: null,
      deleted_at: null,
      tun_type: 'warp_connector',
      metadata: {},
    })
    expect(ask('GET', `/${made.body.result.id}/configurations`).body.result.ha_mode).toBe(
      'disabled',
    )
    const ha = ask('POST', '', { body: { name: 'ha', ha: true } })
    expect(ask('GET', `/${ha.body.result.id}/configurations`).body.result).toMatchObject({
      ha_mode: 'none',
      configuration_version: 1,
      updated_at: null,
    })
  })

  test.each([
    ['no JSON', 'nonsense'],
    ['no object', [1]],
    ['no name', {}],
    ['an empty name', { name: '  ' }],
    ['a number for a name', { name: 7 }],
    ['too long a name', { name: 'x'.repeat(256) }],
    ['a word for ha', { name: 'x', ha: 'yes' }],
  ])('are not created with %s', (_, body) => {
    const { ask, world } = desk()
    expect(ask('POST', '', { body }).status).toBe(400)
    expect(world.tunnels.size).toBe(0)
  })

  test('have names that are unique among the live ones of the account', () => {
    const { ask, add } = desk()
    const { id } = add({ name: 'taken' })
    const mine = add({ name: 'mine' })
    const created = ask('POST', '', { body: { name: 'taken' } })
    expect([created.status, created.body.errors[0].code]).toEqual([409, 1013])
    expect(ask('PATCH', `/${mine.id}`, { body: { name: 'taken' } }).status).toBe(409)
    expect(ask('PATCH', `/${mine.id}`, { body: { name: 'mine' } }).status).toBe(200)
    expect(ask('DELETE', `/${id}`).status).toBe(200)
    expect(ask('POST', '', { body: { name: 'taken' } }).status).toBe(200)
  })

  test('are not deleted while connected', () => {
    const { ask, add } = desk()
    const { id } = add({ name: 'busy', connectors: pair })
    const said = ask('DELETE', `/${id}`, { body: {} })
    expect([said.status, said.body.errors[0].code]).toEqual([400, 1022])
    expect(ask('GET', `/${id}`).body.result.deleted_at).toBeNull()
  })

  test('stay readable when deleted, and take no change', () => {
    const { ask, add } = desk()
    const { id } = add({ name: 'gone' })
    ask('DELETE', `/${id}`)
    expect(ask('GET', `/${id}`).status).toBe(200)
    expect(ask('GET', `/${id}/connections`).body.result).toEqual([])
    for (const [method, path, body] of [
      ['PATCH', '', { name: 'back' }],
      ['DELETE', '', {}],
      ['GET', '/token', undefined],
      ['PUT', '/configurations', { ha_mode: 'none' }],
    ] as const) {
      const said = ask(method, `/${id}${path}`, { body })
      expect([said.status, said.body.errors[0].code]).toEqual([404, 1003])
    }
  })

  test('have a token that holds account, tunnel and secret, and changes with the secret', () => {
    const { ask, add } = desk()
    const { id } = add({ name: 'x' })
    const token = () => ask('GET', `/${id}/token`).body.result as string
    const before = token()
    const secret = Buffer.alloc(32, 7).toString('base64')
    expect(ask('PATCH', `/${id}`, { body: { tunnel_secret: secret } }).status).toBe(200)
    expect(token()).not.toBe(before)
    expect(JSON.parse(Buffer.from(token(), 'base64').toString())).toEqual({
      a: accountId,
      t: id,
      s: secret,
    })
    for (const short of ['abc', Buffer.alloc(31).toString('base64'), '!'.repeat(44), 5])
      expect(ask('PATCH', `/${id}`, { body: { tunnel_secret: short } }).status).toBe(400)
  })
})

describe('connectors', () => {
  test('carry their role on HA tunnels and none on the others', () => {
    const { ask, add } = desk()
    const ha = add({ name: 'ha', connectors: pair })
    const single = add({ name: 'single', ha: false, connectors: pair?.slice(0, 1) ?? [] })
    const [first] = ask('GET', `/${ha.id}/connections`).body.result
    expect(first).toMatchObject({ ha_status: 'active', arch: 'linux_amd64' })
    expect(first.conns[0]).toMatchObject({
      client_id: first.id,
      client_version: first.version,
      colo_name: 'lhr16',
      origin_ip: '198.51.100.1',
    })
    expect(first.conns[0].id).not.toBe(first.id)
    expect(ask('GET', `/${single.id}/connections`).body.result[0]).not.toHaveProperty('ha_status')
  })

  test('are offline and without connections once lost, and can be read one by one', () => {
    const { world, ask, add } = desk()
    const tunnel = add({ name: 'ha', connectors: pair })
    const [lost] = tunnel.connectors
    if (lost) world.kill(lost, tunnel)
    const url = `/${tunnel.id}/connectors/${lost?.id}`
    expect(ask('GET', url).body.result).toMatchObject({ ha_status: 'offline', conns: [] })
    expect(ask('GET', `/${tunnel.id}/connectors/${tunnel.id}`).status).toBe(404)
  })

  test('stay in answers, and nowhere else, where that guess is turned', () => {
    const { world, ask, add } = desk()
    world.guesses.lostConns = 'linger'
    const tunnel = add({ name: 'ha', connectors: pair })
    for (const connector of tunnel.connectors) world.kill(connector, tunnel)
    const lost = { ha_status: 'offline', conns: [{ client_version: '2026.9.558.0' }] }
    expect(ask('GET', `/${tunnel.id}/connections`).body.result).toMatchObject([lost, lost])
    expect(ask('GET', `/${tunnel.id}`).body.result.status).toBe('down')
    const [first] = tunnel.connectors
    if (first) world.revive(first, tunnel)
    const { result } = ask('GET', `/${tunnel.id}/connectors/${first?.id}`).body
    expect(result).toMatchObject({ ha_status: 'passive', conns: [{ colo_name: 'lhr16' }] })
  })
})

describe('failover', () => {
  test('is accepted at once and happens later', () => {
    const { ask, add, after } = desk()
    const { id, connectors } = add({ name: 'ha', connectors: pair })
    const roles = () =>
      ask('GET', `/${id}/connections`).body.result.map(
        (each: { ha_status: string }) => each.ha_status,
      )
    const said = ask('PUT', `/${id}/failover`, { body: { client_id: connectors[1]?.id } })
    expect(said.status).toBe(200)
    expect(said.body).toEqual({ success: true, errors: [], messages: [], result: null })
    expect(roles()).toEqual(['active', 'passive'])
    after(4_000)
    expect(roles()).toEqual(['passive', 'active'])
  })

  test('is refused where it makes no sense, each with its own words', () => {
    const { world, ask, add, after } = desk()
    const ha = add({ name: 'ha', connectors: pair })
    const other = add({ name: 'other', connectors: pair })
    const single = add({ name: 'single', ha: false, connectors: pair })
    const [, standby] = ha.connectors
    if (standby) world.kill(standby, ha)
    const refusals = [
      ask('PUT', `/${single.id}/failover`, { body: { client_id: single.connectors[0]?.id } }),
      ask('PUT', `/${ha.id}/failover`, { body: { client_id: other.connectors[0]?.id } }),
      ask('PUT', `/${ha.id}/failover`, { body: { client_id: standby?.id } }),
      ask('PUT', `/${ha.id}/failover`, { body: { client_id: 'x' } }),
      ask('PUT', `/${ha.id}/failover`, { body: {} }),
      ask('PUT', `/${ha.id}/failover`, { body: 'x' }),
    ]
    expect(refusals.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400, 400])
    expect(new Set(refusals.slice(0, 4).map(({ body }) => body.errors[0].message)).size).toBe(4)
    after(10_000)
    expect(world.activeOf(ha)).toEqual([ha.connectors[0]])
  })

  test('is refused while HA is disabled', () => {
    const { ask, add } = desk()
    const { id, connectors } = add({ name: 'ha', connectors: pair })
    ask('PUT', `/${id}/configurations`, { body: { ha_mode: 'disabled' } })
    expect(ask('PUT', `/${id}/failover`, { body: { client_id: connectors[1]?.id } }).status).toBe(
      400,
    )
  })
})

describe('HA configuration', () => {
  test('grows a version with each PUT and keeps what its mode holds', () => {
    const { ask, add, after } = desk()
    const { id } = add({ name: 'ha' })
    const put = (body: unknown) => ask('PUT', `/${id}/configurations`, { body })
    after(1_000)
    expect(
      put({ ha_mode: 'aws', config: { fnr_id: 'eni-0123456789abcdef0' } }).body.result,
    ).toEqual({
      tunnel_id: id,
      configuration_version: 2,
      ha_mode: 'aws',
      config: { fnr_id: 'eni-0123456789abcdef0' },
      created_at: '2026-11-24T10:00:00.000000Z',
      updated_at: '2026-11-24T10:00:01.000000Z',
    })
    const local = {
      ha_mode: 'local',
      config: { vips: [{ address: '2001:db8::1' }, ...vip(7)], vips_previous: vip(8) },
    }
    expect(put(local).body.result).toMatchObject({ ...local, configuration_version: 3 })
    expect(put({ ha_mode: 'none', config: {} }).body.result).not.toHaveProperty('config')
    expect(ask('GET', `/${id}/configurations`).body.result).toMatchObject({
      ha_mode: 'none',
      configuration_version: 4,
    })
  })

  test.each([
    {},
    { ha_mode: 'gcp' },
    { ha_mode: 'none', config: { fnr_id: 'eni-1' } },
    { ha_mode: 'disabled', config: { vips: vip(1) } },
    { ha_mode: 'aws' },
    { ha_mode: 'aws', config: null },
    { ha_mode: 'aws', config: { fnr_id: '' } },
    { ha_mode: 'local' },
    { ha_mode: 'local', config: { vips: [] } },
    { ha_mode: 'local', config: { vips: vip(9) } },
    { ha_mode: 'local', config: { vips: [{ address: '10.0.0.300' }] } },
    { ha_mode: 'local', config: { vips: ['10.0.0.1'] } },
    { ha_mode: 'local', config: { vips: vip(1), vips_previous: vip(9) } },
  ])('refuses %j', (body) => {
    const { ask, add } = desk()
    const { id } = add({ name: 'ha' })
    expect(ask('PUT', `/${id}/configurations`, { body }).status).toBe(400)
    expect(ask('GET', `/${id}/configurations`).body.result.configuration_version).toBe(1)
  })

  test('of a tunnel without HA is disabled and stays so', () => {
    const { ask, add } = desk()
    const { id } = add({ name: 'single', ha: false })
    expect(ask('PUT', `/${id}/configurations`, { body: { ha_mode: 'none' } }).status).toBe(400)
    expect(ask('PUT', `/${id}/configurations`, { body: { ha_mode: 'disabled' } }).status).toBe(200)
  })
})

describe('who is asking', () => {
  test('is told what is wrong with the credentials', () => {
    const { ask, access } = desk()
    expect(codes(ask('GET', '', { as: 'nobody' }))).toEqual([400, 9106])
    for (const malformed of [
      '',
      'Bearer',
      'Bearer short',
      'Basic abc',
      `Bearer ${'ä'.repeat(40)}`,
    ]) {
      const said = ask('GET', '', bearing(malformed))
      expect(codes(said)).toEqual([400, 6003])
      expect(said.body.errors[0].error_chain).toEqual([
        { code: 6111, message: 'Invalid format for Authorization header' },
      ])
    }
    expect(codes(ask('GET', '', bearing(`Bearer ${'x'.repeat(40)}`)))).toEqual([401, 10000])
    const wrongKey = { 'x-auth-email': access.email, 'x-auth-key': 'nope' }
    expect(codes(ask('GET', '', { as: 'nobody', headers: wrongKey }))).toEqual([400, 9103])
    access.tokens.write.revoked = true
    expect(codes(ask('GET'))).toEqual([403, 9109])
  })

  test('may write with the write token and with the key, and only read with the read token', () => {
    const { ask, add } = desk()
    const { id, connectors } = add({ name: 'ha', connectors: pair })
    const writes = [
      ['POST', '', { name: 'new' }],
      ['PATCH', `/${id}`, { name: 'renamed' }],
      ['DELETE', `/${id}`, {}],
      ['GET', `/${id}/token`, undefined],
      ['PUT', `/${id}/failover`, { client_id: connectors[1]?.id }],
      ['PUT', `/${id}/configurations`, { ha_mode: 'none' }],
    ] as const
    for (const [method, path, body] of writes)
      expect(codes(ask(method, path, { as: 'read', body }))).toEqual([403, 10000])
    for (const path of ['', `/${id}`, `/${id}/connections`, `/${id}/configurations`])
      expect(ask('GET', path, { as: 'read' }).status).toBe(200)
    expect(ask('POST', '', { as: 'key', body: { name: 'by-key' } }).status).toBe(200)
  })

  test('reaches no other account', () => {
    const { askAnywhere } = desk()
    const said = askAnywhere('GET', `/accounts/${'b'.repeat(32)}/warp_connector`)
    expect(codes(said)).toEqual([403, 10000])
  })

  test('can have an account token verified by the account, not by the user endpoint', () => {
    const { askAnywhere, access, clock, after } = desk()
    const verify = (headers?: Record<string, string>) =>
      askAnywhere(
        'GET',
        `/accounts/${accountId}/tokens/verify`,
        headers ? { as: 'nobody', headers } : {},
      )
    expect(verify().body.result).toEqual({ id: access.tokens.write.id, status: 'active' })
    expect(codes(askAnywhere('GET', '/user/tokens/verify'))).toEqual([401, 1000])
    expect(codes(verify({ authorization: `Bearer ${'x'.repeat(40)}` }))).toEqual([401, 1000])
    access.tokens.write.expiresAt = clock.wall() + 60_000
    expect(verify().body.result).toMatchObject({
      status: 'active',
      expires_on: '2026-11-24T10:01:00.000000Z',
    })
    after(60_000)
    expect(verify().body.result.status).toBe('expired')
    access.tokens.write.revoked = true
    expect(codes(verify())).toEqual([401, 1000])
  })

  test.each([
    [401, [401, 1000]],
    [403, [403, 9109]],
    [404, [404, 7003, 7000]],
  ] as const)(
    'can have a user’s token verified by the user endpoint, and answers %d elsewhere',
    (verifyElsewhere, refusal) => {
      const { world, askAnywhere, access } = desk()
      Object.assign(world.guesses, { tokensOf: 'user', verifyElsewhere })
      const verify = (path: string) => askAnywhere('GET', `${path}/tokens/verify`)
      expect(codes(verify(`/accounts/${accountId}`))).toEqual(refusal)
      expect(verify('/user').body.result).toEqual({ id: access.tokens.write.id, status: 'active' })
      access.tokens.write.revoked = true
      expect(codes(verify('/user'))).toEqual([401, 1000])
    },
  )

  test.each([
    '/zones',
    '/accounts/x/warp_connector',
    '/accounts',
    '/accounts/%2e%2e/warp_connector',
  ])('finds no route at %s', (path) => {
    expect(codes(desk().askAnywhere('GET', path))).toEqual([404, 7003, 7000])
  })

  test('finds no route at a tunnel id of the wrong shape, and no method that does not exist', () => {
    const { ask, add } = desk()
    expect(codes(ask('GET', '/not-a-uuid'))).toEqual([404, 7003, 7000])
    expect(codes(ask('GET', '/not-a-uuid/connections'))).toEqual([404, 7003, 7000])
    expect(codes(ask('PUT', `/${add({ name: 'x' }).id}`))).toEqual([405, 7001])
    expect(codes(ask('GET', '/5ac39b90-c42f-435a-ba7f-67902e3bf99f'))).toEqual([404, 1003])
  })
})

describe('the rate limit', () => {
  test('says on every answer what is left and when it starts again', () => {
    const { ask, after } = desk()
    expect(ask('GET').headers).toMatchObject({
      ratelimit: '"default";r=1199;t=300',
      'ratelimit-policy': '"default";q=1200;w=300',
    })
    after(120_000)
    expect(ask('GET', '/nope').headers.ratelimit).toBe('"default";r=1198;t=180')
    expect(ask('GET', '', { as: 'read' }).headers.ratelimit).toBe('"default";r=1199;t=300')
    after(180_000)
    expect(ask('GET').headers.ratelimit).toBe('"default";r=1199;t=300')
  })

  test('refuses every call of that token for 300 s once it is broken, and of no other', () => {
    const { ask, after } = desk({ limit: 3 })
    for (let calls = 0; calls < 3; calls += 1) expect(ask('GET').status).toBe(200)
    const refused = ask('GET')
    expect(refused.status).toBe(429)
    expect(refused.body).toMatchObject({ success: false, errors: [{ code: 971 }] })
    expect(refused.headers['retry-after']).toBe('300')
    after(299_000)
    expect(ask('GET').headers['retry-after']).toBe('1')
    expect(ask('GET', '', { as: 'read' }).status).toBe(200)
    after(1_000)
    expect(ask('GET').headers.ratelimit).toBe('"default";r=2;t=300')
  })

  test('goes on counting while the world is frozen', () => {
    const { ask, clock, after } = desk({ limit: 2 })
    clock.freeze(true)
    for (let calls = 0; calls < 3; calls += 1) ask('GET')
    expect(ask('GET').status).toBe(429)
    after(300_000)
    expect(ask('GET').status).toBe(200)
  })
})

test('a clock that is set wrong shifts every reported time and the filters with it', () => {
  const { ask, add, clock } = desk()
  add({ name: 'x' })
  clock.setOffset(600_000)
  expect(ask('GET').body.result[0].created_at).toBe('2026-11-24T10:10:00.000000Z')
  expect(ask('GET', '?existed_at=2026-11-24T10:09:59Z').body.result).toEqual([])
  expect(ask('GET', '?existed_at=2026-11-24T10:10:01Z').body.result).toHaveLength(1)
})
