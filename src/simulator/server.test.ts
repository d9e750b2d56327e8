import { gunzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { type SimulatorOptions, startSimulator } from './server.ts'

const running: { close: () => Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()))
})

/** A simulator whose clock stands still until it is advanced. */
async function start(options: Partial<SimulatorOptions> = {}) {
  const simulator = await startSimulator({ port: 0, life: false, ...options })
  running.push(simulator)
  const { ready } = simulator
  const list = `/accounts/${ready.accounts[0]}/warp_connector`
  const api = (path = list, init: RequestInit & { as?: 'token' | 'readToken' } = {}) =>
    fetch(`${ready.baseUrl}${path}`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(5_000),
      ...init,
      headers: { authorization: `Bearer ${ready[init.as ?? 'token']}` },
    })
  const control = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${ready.control}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    // oxlint-disable-next-line typescript/no-explicit-any -- answers are what is under test
    return { status: answer.status, text, body: (answer.ok ? JSON.parse(text) : null) as any }
  }
  const fault = (kind: string, more: object = {}) => control('POST', '/faults', { kind, ...more })
  return { ready, list, api, control, fault }
}

// oxlint-disable-next-line typescript/no-explicit-any -- answers are what is under test
const json = async (answer: Response | Promise<Response>) => (await (await answer).json()) as any

test('the same seed gives the same accounts, tokens and tunnels, another one gives others', async () => {
  const [one, same, other] = [await start({ seed: 5 }), await start({ seed: 5 }), await start()]
  expect({ ...one.ready, baseUrl: '', control: '' }).toEqual({
    ...same.ready,
    baseUrl: '',
    control: '',
  })
  expect(one.ready.token).not.toBe(other.ready.token)
  for (const token of [one.ready.token, one.ready.readToken])
    expect(token).toMatch(/^[A-Za-z0-9_-]{40}$/)
  const ids = async (each: typeof one) =>
    (await json(each.api())).result.map(({ id }: { id: string }) => id)
  expect(await ids(one)).toEqual(await ids(same))
})

test('another world begins in place of one that was played with, as if it had been started so', async () => {
  const { ready, api, control, fault } = await start({ seed: 5 })
  await fault('status', { status: 500 })
  await control('POST', '/tokens/write/revoke')
  expect((await control('POST', '/reset', { scene: 'docs' })).body.accounts).toEqual([
    '699d98642c564d2e855e9661899b7252',
  ])
  const again = await control('POST', '/reset')
  expect(again.body).toEqual(ready)
  const fresh = await start({ seed: 5 })
  const { tunnels } = (await control('GET', '/state')).body
  expect(tunnels).toEqual((await fresh.control('GET', '/state')).body.tunnels)
  expect((await api()).status).toBe(200)
  expect((await control('GET', '/requests')).body).toHaveLength(1)
  expect(await control('POST', '/reset', { scene: 'none' })).toMatchObject({ status: 400 })
})

test('answers look like Cloudflare’s from the outside', async () => {
  const { api } = await start()
  const { headers, status } = await api()
  expect(status).toBe(200)
  expect(headers.get('content-type')).toBe('application/json')
  expect(headers.get('ratelimit')).toBe('"default";r=1199;t=300')
  expect(headers.get('ratelimit-policy')).toBe('"default";q=1200;w=300')
  expect(headers.get('cf-ray')).toMatch(/^[0-9a-f]{16}-LHR$/)
  expect(Math.abs(Date.parse(headers.get('date') ?? '') - Date.now())).toBeLessThan(5_000)
})

test('the large scene has a thousand tunnels over twenty accounts', async () => {
  const { ready, api } = await start({ scene: 'large' })
  expect(ready.accounts).toHaveLength(20)
  const counts = await Promise.all(
    ready.accounts.map(
      async (id) =>
        (await json(api(`/accounts/${id}/warp_connector?per_page=1000`))).result_info.total_count,
    ),
  )
  expect(counts).toEqual(Array.from({ length: 20 }, () => 50))
})

test('every request is written down with who asked and what came of it', async () => {
  const { api, list, control } = await start()
  await api(`${list}?is_deleted=false`)
  await api(list, { method: 'POST', body: '{"name":"new"}', as: 'readToken' })
  const { body } = await control('GET', '/requests?since=0')
  expect(body).toMatchObject([
    { n: 1, method: 'GET', path: list, query: 'is_deleted=false', token: 'write', status: 200 },
    { n: 2, method: 'POST', path: list, token: 'read', status: 403, body: '{"name":"new"}' },
  ])
  expect((await control('GET', '/requests?since=1')).body).toHaveLength(1)
  await control('DELETE', '/requests')
  expect((await control('GET', '/requests')).body).toEqual([])
})

test('fate plays with connectors and tunnels', async () => {
  const { control } = await start({ scene: 'docs' })
  const tunnelId = 'f70ff985-a4ef-4643-bbbc-4a0ed4fc8415'
  const first = '1bedc50d-42b3-473c-b108-ff3d10c0d925'
  const second = '1bedc50d-42b3-473c-b108-ff3d10c0d926'
  const post = (path: string, body?: unknown) => control('POST', path, body ?? {})
  const tunnel = async () => (await control('GET', '/state')).body.tunnels[0]
  const roles = async () =>
    (await tunnel()).connectors.map(({ haStatus }: { haStatus: string }) => haStatus)
  await post('/clock', { freeze: true })

  await post(`/connectors/${first}/kill`)
  expect(await roles()).toEqual(['offline', 'passive'])
  await post('/clock', { advanceMs: 6_000 })
  expect(await roles()).toEqual(['offline', 'active'])
  await post(`/connectors/${first}/revive`)
  expect(await roles()).toEqual(['passive', 'active'])
  await post(`/tunnels/${tunnelId}/swap`, { connectorId: first })
  expect(await roles()).toEqual(['active', 'passive'])
  await post(`/tunnels/${tunnelId}/both-active`, { forMs: 1_000 })
  expect(await roles()).toEqual(['active', 'active'])
  await post('/clock', { advanceMs: 1_000 })
  await post(`/tunnels/${tunnelId}/none-active`, { forMs: 20_000 })
  await post('/clock', { advanceMs: 19_999 })
  expect(await roles()).toEqual(['passive', 'passive'])
  await post('/clock', { advanceMs: 1 })
  expect((await roles()).toSorted()).toEqual(['active', 'passive'])

  await post(`/connectors/${second}/flap`, { times: 2, everyMs: 10_000 })
  expect((await roles())[1]).toBe('offline')
  await post('/clock', { advanceMs: 5_000 })
  expect((await roles())[1]).toBe('passive')
  await post('/clock', { advanceMs: 5_000 })
  expect((await roles())[1]).toBe('offline')
  await post('/clock', { advanceMs: 5_000 })
  expect((await roles())[1]).toBe('passive')

  await post(`/connectors/${second}/move`, { colo: 'iad08' })
  await post(`/connectors/${second}/upgrade`, { version: '2026.11.1.0' })
  await post(`/tunnels/${tunnelId}/rename`, { name: 'bl\u202eog' })
  await post(`/tunnels/${tunnelId}/metadata`, { metadata: { a: [1] } })
  const { body: added } = await post(`/tunnels/${tunnelId}/add-connector`, { colo: 'ams07' })
  const { connectors, name } = await tunnel()
  expect(name).toBe('bl\u202eog')
  expect(connectors[1]).toMatchObject({ version: '2026.11.1.0', colos: ['iad08', 'iah02'] })
  expect(connectors[2]).toMatchObject({ id: added.id, haStatus: 'passive', connected: true })

  const made = await post('/tunnels', { name: 'from outside', ha: true, connectors: 3 })
  await post(`/tunnels/${tunnelId}/delete`)
  const { tunnels } = (await control('GET', '/state')).body
  expect(tunnels[0]).toMatchObject({ deleted: true })
  expect(tunnels[1]).toMatchObject({ id: made.body.id, ha: true, haMode: 'none' })
})

test('how a failover goes can be set for one tunnel or for all', async () => {
  const { api, list, control } = await start({ scene: 'docs' })
  const tunnelId = 'f70ff985-a4ef-4643-bbbc-4a0ed4fc8415'
  const put = () =>
    api(`${list}/${tunnelId}/failover`, {
      method: 'PUT',
      body: '{"client_id":"1bedc50d-42b3-473c-b108-ff3d10c0d926"}',
    })
  await control('POST', '/failover', { mode: 'refuse', status: 409, code: 7, message: 'No.' })
  expect(await json(put())).toMatchObject({ errors: [{ code: 7, message: 'No.' }] })
  await control('POST', '/failover', { tunnelId, mode: 'never' })
  expect((await put()).status).toBe(200)
  await control('POST', '/clock', { advanceMs: 60_000 })
  const [first] = (await json(api(`${list}/${tunnelId}/connections`))).result
  expect(first.ha_status).toBe('active')
})

test('bad input to the control API is told in plain text', async () => {
  const { control, ready } = await start()
  for (const [path, body] of [
    ['/faults', { kind: 'earthquake' }],
    ['/faults', { kind: 'status' }],
    ['/faults', { kind: 'refuse', match: { path: '(' } }],
    ['/clock', { freeze: 'yes' }],
    ['/failover', { mode: 'sometimes' }],
    ['/tunnels', {}],
    ['/tokens/read/spend', {}],
  ] as const) {
    const said = await control('POST', path, body)
    expect([path, said.status]).toEqual([path, 400])
    expect(said.text).not.toBe('')
  }
  expect((await control('POST', '/connectors/nobody/kill', {})).status).toBe(404)
  expect((await control('GET', '/nothing')).status).toBe(404)
  const broken = await fetch(`${ready.control}/clock`, { method: 'POST', body: '{' })
  expect([broken.status, broken.headers.get('content-type')]).toEqual([400, 'text/plain'])
})

test('tokens can be revoked, restored, expired, locked and spent', async () => {
  const { api, control } = await start()
  const status = async (as: 'token' | 'readToken') => (await api(undefined, { as })).status
  await control('POST', '/tokens/read/revoke', {})
  expect([await status('token'), await status('readToken')]).toEqual([200, 403])
  await control('POST', '/tokens/read/restore', {})
  expect(await status('readToken')).toBe(200)
  await control('POST', '/tokens/read/expire', {})
  expect(await status('readToken')).toBe(403)
  await control('POST', '/tokens/read/restore', {})
  await control('POST', '/tokens/read/lock', { seconds: 37 })
  expect((await api(undefined, { as: 'readToken' })).headers.get('retry-after')).toBe('37')
  const spent = await control('POST', '/tokens/write/spend', { calls: 900 })
  expect(spent.body).toMatchObject({ revoked: false, lockedUntil: null, used: 901 })
  await control('POST', '/rate-limit', { limit: 905 })
  const answers = [await status('token'), await status('token'), await status('token')]
  expect([...answers, await status('token'), await status('token')]).toEqual([
    200, 200, 200, 200, 429,
  ])
})

test('a fault strikes whom it is meant for, after so many requests and so many times', async () => {
  const { api, list, fault, control } = await start()
  const match = { method: 'get', path: 'warp_connector$', token: 'read' }
  const { body } = await fault('status', { status: 503, match, after: 1, times: 2 })
  const ask = async () => (await api(list, { as: 'readToken' })).status
  expect((await api(list)).status).toBe(200)
  expect([await ask(), await ask(), await ask(), await ask()]).toEqual([200, 503, 503, 200])
  expect((await control('DELETE', `/faults/${body.id}`)).status).toBe(404)
  await fault('status', { status: 500 })
  expect((await control('GET', '/faults')).body).toMatchObject([{ fault: { kind: 'status' } }])
  await control('DELETE', '/faults')
  expect((await api(list)).status).toBe(200)
})

test('faults of the wire reach the caller as such', async () => {
  const { api, list, fault, control } = await start()
  const once = async (kind: string, more: object = {}) => {
    await fault(kind, { times: 1, ...more })
    return api(list)
  }
  await expect(once('refuse')).rejects.toThrow('fetch failed')

  const late = performance.now()
  expect((await once('delay', { ms: 300 })).status).toBe(200)
  expect(performance.now() - late).toBeGreaterThanOrEqual(290)

  await fault('hang', { times: 1 })
  await expect(api(list, { signal: AbortSignal.timeout(200) })).rejects.toThrow(/abort|timeout/i)

  await fault('hang-headers-sent', { times: 1 })
  const headersOnly = await api(list, { signal: AbortSignal.timeout(200) })
  expect(headersOnly.status).toBe(200)
  await expect(headersOnly.text()).rejects.toThrow(/abort|timeout/i)

  await fault('drip', { bytesPerSecond: 100, times: 1 })
  const dripping = await api(list, { signal: AbortSignal.timeout(400) })
  await expect(dripping.text()).rejects.toThrow(/abort|timeout/i)

  expect(await (await once('truncate', { at: 16 })).text()).toBe('{"success":true,')
  await expect((await once('truncate', { abrupt: true })).text()).rejects.toThrow('terminated')

  const page = await once('html')
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8'])
  expect(await page.text()).toContain('<!DOCTYPE html>')

  const moved = await once('redirect', { location: 'https://example.com/' })
  expect([moved.status, moved.headers.get('location')]).toEqual([302, 'https://example.com/'])

  const raw = await once('body', { status: 418, contentType: null, body: 'raw' })
  expect([raw.status, raw.headers.get('content-type'), await raw.text()]).toEqual([
    418,
    null,
    'raw',
  ])

  const huge = await once('huge', { megabytes: 2 })
  expect((await huge.text()).length).toBeGreaterThan(2_000_000)
  const bomb = await once('gzip-bomb', { megabytes: 3 })
  expect(bomb.headers.get('content-encoding')).toBe('gzip')
  expect((await bomb.arrayBuffer()).byteLength).toBe(3 * 1_048_576)
  expect(gunzipSync(Buffer.from('H4sIAAAAAAAAAwMAAAAAAAAAAAA=', 'base64')).length).toBe(0)

  const { body } = await control('GET', '/requests')
  expect(body.at(0).status).toBeNull()
})

test('a reset after the work is done leaves the work done', async () => {
  const { api, list, fault } = await start()
  await fault('reset-after-apply', { match: { method: 'POST' }, times: 1 })
  const create = api(list, { method: 'POST', body: '{"name":"lost-answer"}' })
  await expect(create).rejects.toThrow('fetch failed')
  expect((await json(api(`${list}?name=lost-answer`))).result).toHaveLength(1)

  await fault('status', { status: 502, match: { method: 'POST' }, times: 1 })
  await api(list, { method: 'POST', body: '{"name":"not-done"}' })
  expect((await json(api(`${list}?name=not-done`))).result).toHaveLength(0)
  await fault('status', { status: 502, apply: true, match: { method: 'POST' }, times: 1 })
  await api(list, { method: 'POST', body: '{"name":"done"}' })
  expect((await json(api(`${list}?name=done`))).result).toHaveLength(1)
})

test('a 429 comes with a wait in seconds, a strange one, none, or as a page', async () => {
  const { api, fault } = await start()
  const retryAfter = async (more: object) => {
    await fault('rate-limit', { times: 1, ...more })
    const answer = await api()
    expect(answer.status).toBe(429)
    return [answer.headers.get('retry-after'), answer.headers.get('content-type')]
  }
  expect(await retryAfter({})).toEqual(['300', 'application/json'])
  expect(await retryAfter({ retryAfter: 37 })).toEqual(['37', 'application/json'])
  expect(await retryAfter({ retryAfter: 'abc' })).toEqual(['abc', 'application/json'])
  expect(await retryAfter({ retryAfter: null })).toEqual([null, 'application/json'])
  expect((await retryAfter({ html: true }))[1]).toBe('text/html; charset=UTF-8')
})

test('a request for something that is not there is told so, however odd its address', async () => {
  const { ready } = await start()
  const origin = ready.baseUrl.replace('/client/v4', '')
  for (const path of ['/', '//', '//client/v4/x', '/client/v4', '/__simulator', '/%'])
    expect([path, (await fetch(`${origin}${path}`)).status]).toEqual([path, 404])
  expect((await fetch(`${ready.baseUrl}/%ff`)).status).toBe(400)
})

test('stopping does not wait for a caller that hangs', async () => {
  const simulator = await startSimulator({ port: 0 })
  await fetch(`${simulator.ready.control}/faults`, { method: 'POST', body: '{"kind":"hang"}' })
  const hanging = fetch(`${simulator.ready.baseUrl}/x`).catch((error: unknown) => error)
  await new Promise((resolve) => setTimeout(resolve, 50))
  await simulator.close()
  expect(await hanging).toBeInstanceOf(Error)
})
