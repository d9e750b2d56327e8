import Cloudflare, {
  AuthenticationError,
  BadRequestError,
  ConflictError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from 'cloudflare'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator } from './server.ts'

/**
 * Cloudflare's own client against the simulator: it shares nothing with us, so what it takes for
 * Cloudflare is shaped like Cloudflare. Its repeats are off, so that one call is one request.
 */

let simulator: Awaited<ReturnType<typeof startSimulator>>
let account: { account_id: string }

const client = (options: Partial<NonNullable<ConstructorParameters<typeof Cloudflare>[0]>> = {}) =>
  new Cloudflare({
    apiToken: simulator.ready.token,
    baseURL: simulator.ready.baseUrl,
    maxRetries: 0,
    ...options,
  })
const tunnelsOf = (sdk: Cloudflare) => sdk.zeroTrust.tunnels.warpConnector
const tunnels = () => tunnelsOf(client())

async function control(method: string, path: string, body: unknown = {}) {
  const answer = await fetch(`${simulator.ready.control}${path}`, {
    method,
    ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(await answer.text())
  return answer.json()
}

async function collect<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of pages) items.push(item)
  return items
}

beforeAll(async () => {
  simulator = await startSimulator({ port: 0, scene: 'demo', life: false })
  account = { account_id: simulator.ready.accounts[0] ?? '' }
})
afterAll(() => simulator.close())
beforeEach(async () => {
  await control('DELETE', '/faults')
  await control('POST', '/tokens/write/restore')
})

async function byName(name: string) {
  const [tunnel] = await collect(tunnels().list({ ...account, name }))
  if (tunnel?.id === undefined) throw new Error(`no tunnel ${name}`)
  return { ...tunnel, id: tunnel.id }
}
async function connectorsOf(tunnelId: string) {
  const connectors = await collect(tunnels().connections.get(tunnelId, account))
  return connectors.map((connector) => ({ ...connector, id: connector.id ?? '' }))
}

describe('the official SDK', () => {
  test('lists every tunnel over several pages', async () => {
    const all = await collect(tunnels().list({ ...account, is_deleted: false, per_page: 5 }))
    expect(all).toHaveLength(12)
    expect(new Set(all.map(({ id }) => id)).size).toBe(12)
    expect(new Set(all.map(({ status }) => status))).toEqual(
      new Set(['healthy', 'degraded', 'down', 'inactive']),
    )
    expect(all.every(({ tun_type }) => tun_type === 'warp_connector')).toBe(true)
  })

  test('filters a listing in every documented way', async () => {
    const names = async (filter: Record<string, unknown>) =>
      (await collect(tunnels().list({ ...account, ...filter }))).map(({ name }) => name).toSorted()
    const yesterday = new Date(Date.now() - 86_400_000).toISOString()
    const { id } = await byName('fra-dc2-edge')
    expect(await names({ uuid: id })).toEqual(['fra-dc2-edge'])
    expect(await names({ status: 'down' })).toEqual(['cdg-dc-legacy'])
    expect(await names({ is_deleted: true })).toEqual(['lon-branch-old'])
    expect(await names({ include_prefix: 'lon-' })).toEqual(['lon-branch-core'])
    expect(await names({ exclude_prefix: 's', per_page: 1000 })).toHaveLength(9)
    expect(await names({ existed_at: yesterday })).toHaveLength(12)
    expect(await names({ was_active_at: yesterday })).toHaveLength(11)
    expect(await names({ was_inactive_at: yesterday })).toEqual(['sfo-lab-poc'])
  })

  test('creates, reads, renames and deletes a tunnel', async () => {
    const made = await tunnels().create({ ...account, name: 'mad-branch-core', ha: true })
    const id = made.id ?? ''
    expect(made).toMatchObject({ name: 'mad-branch-core', status: 'inactive', connections: [] })
    expect(await tunnels().get(id, account)).toEqual(made)
    const renamed = await tunnels().edit(id, { ...account, name: 'mad-branch-edge' })
    expect(renamed).toEqual({ ...made, name: 'mad-branch-edge' })
    const deleted = await tunnels().delete(id, account)
    expect(Date.parse(deleted.deleted_at ?? '')).toBeGreaterThan(0)
    expect(await tunnels().get(id, account)).toEqual(deleted)
    expect(await collect(tunnels().list({ ...account, name: 'mad-branch-edge' }))).toEqual([])
  })

  test('reads a token that changes with the secret', async () => {
    const { id } = await byName('sfo-lab-poc')
    const before = await tunnels().token.get(id, account)
    const tunnel_secret = Buffer.alloc(32, 1).toString('base64')
    await tunnels().edit(id, { ...account, tunnel_secret })
    const after = await tunnels().token.get(id, account)
    expect(after).not.toBe(before)
    expect(JSON.parse(Buffer.from(after, 'base64').toString())).toEqual({
      a: account.account_id,
      t: id,
      s: tunnel_secret,
    })
  })

  test('reads connectors together and one by one', async () => {
    const { id } = await byName('fra-dc2-edge')
    const connectors = await connectorsOf(id)
    expect(connectors.map(({ ha_status }) => ha_status)).toEqual(['active', 'passive', 'passive'])
    for (const connector of connectors) {
      const params = { ...account, tunnel_id: id }
      expect(await tunnels().connectors.get(connector.id, params)).toEqual(connector)
      expect(connector.conns?.every(({ client_id }) => client_id === connector.id)).toBe(true)
    }
  })

  test('fails over, and sees the roles change a moment later', async () => {
    const { id } = await byName('lon-branch-core')
    const [active, standby] = await connectorsOf(id)
    const answer = await tunnels().failover.update(id, {
      ...account,
      client_id: standby?.id ?? '',
    })
    expect(answer).toBeNull()
    await control('POST', '/clock', { advanceMs: 4_000 })
    const after = await connectorsOf(id)
    expect(after.find((each) => each.id === active?.id)?.ha_status).toBe('passive')
    expect(after.find((each) => each.id === standby?.id)?.ha_status).toBe('active')
  })

  test('reads and sets the HA configuration', async () => {
    const { id } = await byName('dub-dc1-edge')
    const before = await tunnels().configurations.get(id, account)
    expect(before).toMatchObject({ ha_mode: 'aws', config: { fnr_id: 'eni-0123456789abcdef0' } })
    const config = { vips: [{ address: '10.0.0.10' }], vips_previous: [] }
    const after = await tunnels().configurations.update(id, {
      ...account,
      ha_mode: 'local',
      config,
    })
    expect(after).toMatchObject({
      ha_mode: 'local',
      config,
      configuration_version: before.configuration_version + 1,
    })
    expect(await tunnels().configurations.get(id, account)).toEqual(after)
  })

  test('verifies an account token where accounts verify theirs', async () => {
    expect(await client().accounts.tokens.verify(account)).toMatchObject({ status: 'active' })
    await expect(client().user.tokens.verify()).rejects.toBeInstanceOf(AuthenticationError)
  })

  test('may use an e-mail and a key', async () => {
    const { email, key } = simulator.ready
    const sdk = client({ apiToken: null, apiEmail: email, apiKey: key })
    expect(await collect(tunnelsOf(sdk).list(account))).toHaveLength(12)
  })
})

describe('what the official SDK throws', () => {
  test('a bad request, a conflict, a missing tunnel', async () => {
    await expect(tunnels().create({ ...account, name: '' })).rejects.toBeInstanceOf(BadRequestError)
    const taken = tunnels().create({ ...account, name: '東京-支社-gw' })
    await expect(taken).rejects.toBeInstanceOf(ConflictError)
    await expect(taken).rejects.toMatchObject({ status: 409, errors: [{ code: 1013 }] })
    const nobody = 'f70ff985-a4ef-4643-bbbc-4a0ed4fc8415'
    await expect(tunnels().get(nobody, account)).rejects.toBeInstanceOf(NotFoundError)
    await expect(tunnels().get('nope', account)).rejects.toBeInstanceOf(NotFoundError)
    const { id } = await byName('jnb-clinic-lan')
    await expect(tunnels().delete(id, account)).rejects.toMatchObject({ errors: [{ code: 1022 }] })
    await expect(
      tunnels().failover.update(id, { ...account, client_id: nobody }),
    ).rejects.toBeInstanceOf(BadRequestError)
  })

  test('an unknown token, and a token that may only read', async () => {
    const stranger = tunnelsOf(client({ apiToken: 'x'.repeat(40) }))
    await expect(stranger.list(account)).rejects.toBeInstanceOf(AuthenticationError)
    const reader = tunnelsOf(client({ apiToken: simulator.ready.readToken }))
    expect((await reader.list(account)).result).toHaveLength(12)
    await expect(reader.create({ ...account, name: 'x' })).rejects.toBeInstanceOf(
      PermissionDeniedError,
    )
    await control('POST', '/tokens/write/revoke')
    await expect(tunnels().list(account)).rejects.toBeInstanceOf(PermissionDeniedError)
  })

  test('a rate limit and a server that fails', async () => {
    await control('POST', '/tokens/write/lock', { seconds: 300 })
    const limited = tunnels().list(account)
    await expect(limited).rejects.toBeInstanceOf(RateLimitError)
    await expect(limited).rejects.toMatchObject({ status: 429, errors: [{ code: 971 }] })
    await control('POST', '/tokens/write/restore')
    await control('POST', '/faults', { kind: 'status', status: 503, times: 1 })
    await expect(tunnels().list(account)).rejects.toBeInstanceOf(InternalServerError)
    expect((await tunnels().list(account)).result).toHaveLength(12)
  })
})

test('an example pasted from the API reference works in the scene docs', async () => {
  const reference = await startSimulator({ port: 0, scene: 'docs', life: false })
  const sdk = tunnelsOf(
    new Cloudflare({ apiToken: reference.ready.token, baseURL: reference.ready.baseUrl }),
  )
  const account_id = '699d98642c564d2e855e9661899b7252'
  const tunnel_id = 'f70ff985-a4ef-4643-bbbc-4a0ed4fc8415'
  const client_id = '1bedc50d-42b3-473c-b108-ff3d10c0d925'
  expect(await sdk.get(tunnel_id, { account_id })).toMatchObject({ name: 'blog', id: tunnel_id })
  expect(await sdk.connectors.get(client_id, { account_id, tunnel_id })).toMatchObject({
    id: client_id,
    ha_status: 'active',
  })
  expect(await sdk.failover.update(tunnel_id, { account_id, client_id })).toBeNull()
  await reference.close()
})
